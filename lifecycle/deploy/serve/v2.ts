/** The Open Inference Protocol, version 2, over HTTP and JSON. https://github.com/kserve/open-inference-protocol */
import type { ModelInfo } from '../../../schemas/generated/types';
import { HttpError } from '../../net/server';
import { type ValueError, toColumns, type RawColumns } from '../../onnx/rows';
import { short32 } from '../../statistics/short';
import type { Answered } from './answer';
import type { BinaryTensors } from './binary';
import type { ServedModel } from './model';
import { strict } from './model';

/** A request's rows, converted for the model, and as they were given. */
export interface Asked {
  readonly rows: number;
  readonly columns: RawColumns;
  /** The given value of a column (index in the model's inputs) in a row. */
  given(column: number, row: number): unknown;
}

export interface AskedV2 extends Asked {
  readonly id?: string;
  /** Names of the outputs that are wanted; all when absent. */
  readonly outputs?: readonly string[];
  /** Names of the outputs that are wanted as bytes. */
  readonly binaryOutputs?: ReadonlySet<string>;
}

const NUMERIC = /^(FP16|BF16|FP32|FP64|U?INT(8|16|32|64)|BOOL)$/;
const datatypeOf = { number: 'FP32', boolean: 'BOOL', text: 'BYTES', time: 'BYTES' } as const;

/** Answer of `GET /v2/models/NAME`. */
export function metadata({ name, info }: ServedModel, versions: readonly number[]): unknown {
  return {
    name,
    versions: versions.map(String),
    platform: 'onnxruntime_onnx',
    inputs: info.inputs.map((input) => ({
      name: input.name,
      datatype: datatypeOf[input.type],
      shape: [-1, 1],
      parameters: {
        required: input.required === true,
        ...(input.min !== undefined && { min: short32(input.min) }),
        ...(input.max !== undefined && { max: short32(input.max) }),
        ...categoriesOf(input),
      },
    })),
    outputs: outputsOf(info).map((output) => ({
      name: output,
      datatype: output === 'label' ? 'BYTES' : 'FP32',
      shape: output === 'probabilities' ? [-1, info.classes?.length ?? 2] : [-1, 1],
      ...(output === 'probabilities' && { parameters: { classes: info.classes } }),
    })),
  };
}

/** Most numbers that are listed: of more than that the range says what there is to say. */
const MOST_NUMBERS = 20;

function categoriesOf({ type, categories }: ModelInfo['inputs'][number]): { categories?: readonly unknown[] } {
  if (categories === undefined || (type === 'number' && categories.length > MOST_NUMBERS)) return {};
  return { categories: categories.map((value) => (typeof value === 'number' ? short32(value) : value)) };
}

function outputsOf(info: ModelInfo): readonly string[] {
  return info.task === 'regression' ? ['prediction'] : ['probabilities', 'label'];
}

/**
 * Reads an infer request: one tensor [N] or [N, 1] a column, data flat or nested.
 * @throws HttpError 400, ValueError (column, row and what was expected)
 */
export function readInfer(info: ModelInfo, body: unknown, binary?: BinaryTensors): AskedV2 {
  const refuse = (message: string, more: Record<string, unknown> = {}) =>
    new HttpError(400, 'not-an-infer-request', message, more);
  if (!isObject(body)) throw refuse('The body is not an object with `inputs`.');
  const { id, inputs, outputs } = body;
  if (id !== undefined && (typeof id !== 'string' || id.length > 200))
    throw refuse('`id` is not a text of at most 200 characters.');
  if (!Array.isArray(inputs)) throw refuse('`inputs` is not a list of tensors.');
  const columns: Record<string, unknown[]> = {};
  let rows: number | undefined;
  for (const tensor of inputs) {
    if (!isObject(tensor) || typeof tensor['name'] !== 'string') throw refuse('An input has no `name`.');
    const name = nameOf(tensor['name'], info);
    if (Object.hasOwn(columns, name)) throw refuse(`The input '${name}' is given twice.`, { column: name });
    const { length, data } = readTensor(tensor, name, info, refuse, binary);
    rows ??= length;
    if (length !== rows) throw refuse(`The input '${name}' has ${length} rows, others have ${rows}.`, { column: name });
    Object.defineProperty(columns, name, { value: data, enumerable: true });
  }
  binary?.end();
  if (rows === undefined || rows === 0) throw refuse('There are no rows to predict.');
  const wanted = outputs === undefined ? undefined : readOutputs(outputs, info, refuse);
  const binaryOutputs = binaryWanted(body['parameters'], outputs, info);
  const converted = toColumns(info, columns, strict);
  const given = info.inputs.map((input) => columns[input.name]);
  return {
    ...converted,
    given: (column, row) => given[column]?.[row],
    ...(id !== undefined && { id }),
    ...(wanted && { outputs: wanted }),
    ...(binaryOutputs.size > 0 && { binaryOutputs }),
  };
}

/** The name of a column, however long it is; of another no more than an answer should hold. */
function nameOf(given: string, { inputs }: ModelInfo): string {
  return given.length <= 100 || inputs.some(({ name }) => name === given) ? given : given.slice(0, 100);
}

/** Outputs are wanted as bytes one by one, or all of them unless said otherwise. */
function binaryWanted(parameters: unknown, outputs: unknown, info: ModelInfo): ReadonlySet<string> {
  const all = isObject(parameters) && parameters['binary_data_output'] === true;
  const wanted = new Set(all ? outputsOf(info) : []);
  for (const output of Array.isArray(outputs) ? (outputs as Record<string, unknown>[]) : []) {
    const own = isObject(output['parameters']) ? output['parameters']['binary_data'] : undefined;
    if (own === true) wanted.add(String(output['name']));
    if (own === false) wanted.delete(String(output['name']));
  }
  return wanted;
}

type Refuse = (message: string, more?: Record<string, unknown>) => HttpError;

function readTensor(
  tensor: Record<string, unknown>,
  name: string,
  info: ModelInfo,
  refuse: Refuse,
  binary: BinaryTensors | undefined,
): { length: number; data: unknown[] } {
  const { shape, datatype, data } = tensor;
  const place = { column: name };
  const size = isObject(tensor['parameters']) ? tensor['parameters']['binary_data_size'] : undefined;
  if (size !== undefined && binary === undefined)
    throw refuse(
      `The input '${name}' is sent as binary data, but the header \`Inference-Header-Content-Length\` is missing.`,
      place,
    );
  if (!Array.isArray(shape) || !shape.every((size) => Number.isInteger(size) && size >= 0))
    throw refuse(`The input '${name}' has no \`shape\`.`, place);
  const [length, width] = shape as number[];
  if (length === undefined || shape.length > 2 || (width !== undefined && width !== 1))
    throw refuse(`The input '${name}' has the shape [${shape.join(', ').slice(0, 60)}]; a column is [N] or [N, 1].`, {
      ...place,
      expected: '[N, 1]',
    });
  const input = info.inputs.find((candidate) => candidate.name === name);
  if (typeof datatype !== 'string') throw refuse(`The input '${name}' has no \`datatype\`.`, place);
  if (input !== undefined) {
    const expected = datatypeOf[input.type];
    if (expected === 'BYTES' ? datatype !== 'BYTES' : !NUMERIC.test(datatype))
      throw refuse(`The input '${name}' has the datatype ${datatype.slice(0, 20)}; the model takes ${expected}.`, {
        ...place,
        expected,
      });
  }
  if (size !== undefined && binary !== undefined) return { length, data: binary.take(name, datatype, size, length) };
  if (!Array.isArray(data)) throw refuse(`The input '${name}' has no \`data\`.`, place);
  const flat: unknown[] =
    data.length > 0 && Array.isArray(data[0]) ? data.map((row: unknown) => single(row, name, refuse)) : data;
  if (flat.length !== length)
    throw refuse(`The input '${name}' has the shape [${shape.join(', ')}] but ${flat.length} values.`, place);
  return { length, data: flat };
}

function single(row: unknown, name: string, refuse: Refuse): unknown {
  if (Array.isArray(row) && row.length === 1) return row[0];
  throw refuse(`The data of the input '${name}' are not one value a row.`, { column: name });
}

function readOutputs(outputs: unknown, info: ModelInfo, refuse: Refuse): string[] {
  const known = outputsOf(info);
  if (!Array.isArray(outputs)) throw refuse('`outputs` is not a list.');
  return outputs.map((output: unknown) => {
    const name = isObject(output) ? output['name'] : undefined;
    if (typeof name === 'string' && known.includes(name)) return name;
    throw refuse(`There is no output '${String(name).slice(0, 60)}'; there are ${known.join(', ')}.`);
  });
}

/** Body of the answer to an infer request. */
export function writeInfer(model: ServedModel, asked: AskedV2, answer: Answered, id: string): unknown {
  const { info } = model;
  const { rows, predictions, labels } = answer;
  const tensors: Record<string, unknown> = {
    ...(predictions.probabilities && {
      probabilities: {
        name: 'probabilities',
        datatype: 'FP32',
        shape: [rows, info.classes?.length ?? 2],
        data: [...predictions.probabilities],
      },
    }),
    ...(labels && {
      label: {
        name: 'label',
        datatype: 'BYTES',
        shape: [rows, 1],
        data: Array.from(labels, (label) => String(info.classes?.[label])),
      },
    }),
    ...(predictions.prediction && {
      prediction: { name: 'prediction', datatype: 'FP32', shape: [rows, 1], data: [...predictions.prediction] },
    }),
  };
  return {
    model_name: model.name,
    model_version: String(model.version),
    id: asked.id ?? id,
    outputs: (asked.outputs ?? outputsOf(info)).map((name) => tensors[name]),
  };
}

/** What a bad value or column is answered with. */
export function refusal(error: ValueError): HttpError {
  const { message, problem, place, code } = error;
  return new HttpError(400, code, message, { ...(problem.hint !== undefined && { hint: problem.hint }), ...place });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

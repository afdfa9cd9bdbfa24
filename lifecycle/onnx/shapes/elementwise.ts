import { type Attributes, intAttribute } from '../model';
import { type Question, type ShapeRule } from '../shapes';
import { type ElementType } from '../tensor';
import { broadcast, type Family, misfit, need, result } from './support';

const codes: Readonly<Record<number, ElementType>> = {
  1: 'float',
  2: 'uint8',
  3: 'int8',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'double',
};

const same: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  return result(type, shape);
};

const test: ShapeRule = (question) => result('bool', need(question, 0).shape);

/** The inputs from `first` on must be of one type. */
function oneType(question: Question, first = 0): ElementType {
  const { type } = need(question, first);
  for (const input of question.inputs.slice(first)) {
    if (input !== undefined && input.type !== type) {
      throw misfit(question.opType, `the inputs are ${type} and ${input.type}; cast one to the other's type`);
    }
  }
  return type;
}

const arithmetic: ShapeRule = (question) => {
  const type = oneType(question);
  return result(type, broadcast(question.opType, ...question.inputs.map((input) => input?.shape)));
};

const comparison: ShapeRule = (question) => {
  need(question, 1);
  oneType(question);
  return result('bool', broadcast(question.opType, ...question.inputs.map((input) => input?.shape)));
};

const power: ShapeRule = (question) => {
  const base = need(question, 0);
  return result(base.type, broadcast(question.opType, base.shape, need(question, 1).shape));
};

const where: ShapeRule = (question) => {
  const condition = need(question, 0);
  if (condition.type !== 'bool') throw misfit('Where', `the condition is ${condition.type}, not bool`);
  const type = oneType(question, 1);
  return result(type, broadcast('Where', condition.shape, need(question, 1).shape, need(question, 2).shape));
};

export function targetType(attributes: Attributes): ElementType | undefined {
  return codes[intAttribute(attributes, 'to') ?? 0];
}

const cast: ShapeRule = (question) => {
  const type = targetType(question.attributes);
  if (type === undefined) throw misfit(question.opType, `'to' is not an element type of this engine`);
  return result(type, need(question, 0).shape);
};

const prelu: ShapeRule = (question) => same(question);

const dropout: ShapeRule = (question) => {
  const [kept] = same(question);
  const mask = result('bool', need(question, 0).shape);
  return kept === undefined ? [] : [kept, ...mask].slice(0, question.outputCount);
};

const quantize: ShapeRule = (question) => result(question.inputs[2]?.type ?? 'uint8', need(question, 0).shape);
const dequantize: ShapeRule = (question) => result(need(question, 1).type, need(question, 0).shape);

function all(names: string, rule: ShapeRule): Family {
  return Object.fromEntries(names.split(' ').map((name) => [name, rule]));
}

export const elementwise: Family = {
  ...all(
    'Identity Neg Abs Sign Ceil Floor Round Exp Log Sqrt Reciprocal Relu LeakyRelu Elu Selu Celu ThresholdedRelu Sigmoid HardSigmoid ' +
      'HardSwish Tanh Softplus Softsign Erf Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Not Clip CumSum Softmax LogSoftmax ' +
      'Hardmax Gelu FastGelu BiasGelu',
    same,
  ),
  ...all('IsNaN IsInf', test),
  ...all('Add Sub Mul Div Mod Max Min Sum Mean And Or Xor BitShift', arithmetic),
  ...all('Equal Less LessOrEqual Greater GreaterOrEqual', comparison),
  Pow: power,
  PRelu: prelu,
  Where: where,
  Cast: cast,
  Dropout: dropout,
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  DynamicQuantizeLinear: (question) => [
    { type: 'uint8', ...shapeOf(need(question, 0).shape) },
    { type: 'float', shape: [] },
    { type: 'uint8', shape: [] },
  ],
};

function shapeOf<T>(shape: T | undefined): { shape: T } | Record<string, never> {
  return shape === undefined ? {} : { shape };
}

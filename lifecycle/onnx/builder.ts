import { checkTensor } from './encode';
import { OnnxError } from './error';
import { includeGraph } from './include';
import {
  type Attributes,
  type Dim,
  IR_VERSION,
  ML_DOMAIN,
  type NamedTensor,
  type OnnxModel,
  type OnnxNode,
  OPSETS,
  PRODUCER,
  type ValueInfo,
} from './model';
import { infer, type Known } from './shapes';
import { unify } from './shapes/support';
import { type ElementType, type TensorData } from './tensor';

export { type Attribute, type Attributes, type Dim } from './model';

/** A value in a graph under construction. Values of one builder mean nothing to another. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  /** Absent when not even the rank is known. */
  readonly shape?: readonly Dim[];
}

export interface OpOptions {
  /** Operator set; '' (standard) unless given. The ai.onnx.ml operators this engine knows are found by name. */
  readonly domain?: string;
  /** Stem of the result's name; the operator's name unless given. */
  readonly hint?: string;
  /** The result's type and shape, over what is inferred: needed for operators without a rule. */
  readonly type?: ElementType;
  readonly shape?: readonly Dim[];
  /** Of a Max: the first of equals gets the gradient, as in a pool; unless given they share it. */
  readonly ties?: 'first';
}

export interface OutputSpec {
  readonly hint?: string;
  readonly type?: ElementType;
  readonly shape?: readonly Dim[];
}

/** A node as the builder keeps it, with its values: what differentiation walks. */
export interface BuiltNode {
  readonly opType: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
  readonly ties?: 'first';
}

const mlOps = new Set([
  'TreeEnsembleRegressor',
  'TreeEnsembleClassifier',
  'LinearRegressor',
  'LinearClassifier',
  'SVMRegressor',
  'SVMClassifier',
  'LabelEncoder',
  'OneHotEncoder',
  'Scaler',
  'Normalizer',
  'Binarizer',
  'Imputer',
  'FeatureVectorizer',
  'ArrayFeatureExtractor',
  'DictVectorizer',
  'CategoryMapper',
  'ZipMap',
  'CastMap',
]);

/**
 * Builds an ONNX graph node by node, working out types and shapes on the way, so that a mistake shows where it is made.
 * Names depend only on the order of the calls: the same calls give the same bytes.
 */
export class GraphBuilder {
  private readonly inputs: ValueInfo[] = [];
  private readonly outputs: ValueInfo[] = [];
  private readonly nodes: OnnxNode[] = [];
  private readonly built: BuiltNode[] = [];
  private readonly initializers: NamedTensor[] = [];
  private readonly constants = new Map<string, TensorData>();
  private readonly values = new Map<string, Value>();
  private readonly counters = new Map<string, number>();
  private readonly properties = new Map<string, string>();

  constructor(readonly name: string) {}

  /** A graph input; its name is the feed's name. */
  input(name: string, type: ElementType, shape: readonly Dim[]): Value {
    if (name === '' || this.values.has(name)) {
      throw new OnnxError(
        name === '' ? 'A graph input needs a name.' : `There is already a value called '${name}' in the graph.`,
      );
    }
    const value: Value = { name, type, shape: [...shape] };
    this.inputs.push({ name, type, shape: [...shape] });
    this.values.set(name, value);
    return value;
  }

  /** A constant kept in the model as an initializer. The array is referenced, not copied: don't change it before the model is encoded. */
  constant(data: TensorData, hint = 'constant'): Value {
    const name = this.fresh(hint);
    checkTensor(data, name);
    const value: Value = { name, type: data.type, shape: [...data.dims] };
    this.initializers.push({ name, tensor: data });
    this.constants.set(name, data);
    this.values.set(name, value);
    return value;
  }

  /** Adds a node with one output. */
  op(
    opType: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes = {},
    options: OpOptions = {},
  ): Value {
    const { hint, type, shape, domain, ties } = options;
    const spec: OutputSpec = { ...(hint !== undefined && { hint }), ...(type && { type }), ...(shape && { shape }) };
    const [value] = this.ops(opType, inputs, [spec], attributes, {
      ...(domain !== undefined && { domain }),
      ...(ties && { ties }),
    });
    if (value === undefined) throw new Error(`${opType} gave no output`);
    return value;
  }

  /** Adds a node with several outputs: how many, or what each is called and is. */
  ops(
    opType: string,
    inputs: readonly (Value | undefined)[],
    outputs: number | readonly OutputSpec[],
    attributes: Attributes = {},
    options: Pick<OpOptions, 'domain' | 'ties'> = {},
  ): Value[] {
    const specs: readonly OutputSpec[] =
      typeof outputs === 'number' ? Array.from({ length: outputs }, () => ({})) : outputs;
    for (const input of inputs) {
      if (input !== undefined && this.values.get(input.name) !== input) {
        throw new Error(`${opType} is given the value '${input.name}', which is not of the graph '${this.name}'.`);
      }
    }
    const inferred = infer({
      opType,
      inputs: inputs.map((input) => input && this.known(input)),
      attributes,
      outputCount: specs.length,
    });
    const results = specs.map((spec, i): Value => {
      const type = spec.type ?? inferred?.[i]?.type;
      const shape = spec.shape ?? inferred?.[i]?.shape;
      if (type === undefined)
        throw new OnnxError(`The type of output ${i} of ${opType} is not known.`, 'Give it in the options.');
      const name = this.fresh(spec.hint ?? (specs.length > 1 ? `${opType}_out${i}` : opType));
      const value: Value = shape === undefined ? { name, type } : { name, type, shape: [...shape] };
      this.values.set(name, value);
      return value;
    });
    const last = inputs.findLastIndex((input) => input !== undefined);
    this.nodes.push({
      name: `${opType}.${this.nodes.length}`,
      opType,
      domain: options.domain ?? (mlOps.has(opType) ? ML_DOMAIN : ''),
      inputs: inputs.slice(0, last + 1).map((input) => input?.name ?? ''),
      outputs: results.map((value) => value.name),
      attributes,
    });
    this.built.push({ opType, inputs, outputs: results, attributes, ...(options.ties && { ties: options.ties }) });
    return results;
  }

  /**
   * Makes a value an output of the graph, under its own name or another (through an Identity node). The shape, when given, is what the
   * model declares; it must not contradict what was inferred.
   */
  output(value: Value, name = value.name, shape: readonly Dim[] | undefined = value.shape): void {
    if (this.outputs.some((output) => output.name === name))
      throw new OnnxError(`There is already an output called '${name}'.`);
    if (
      shape &&
      value.shape &&
      (shape.length !== value.shape.length || shape.some((dim, i) => unify(dim, value.shape?.[i] ?? '?') === undefined))
    ) {
      throw new OnnxError(`The output '${name}' is [${value.shape.join(', ')}], not [${shape.join(', ')}].`);
    }
    const direct = name === value.name && this.nodes.some((node) => node.outputs.includes(name));
    if (!direct) {
      const taken = name === value.name ? this.fresh(`${name}_out`) : name;
      if (taken === name && this.values.has(name))
        throw new OnnxError(`There is already a value called '${name}' in the graph.`);
      const renamed: Value = { ...value, name: taken };
      this.values.set(taken, renamed);
      this.nodes.push({
        name: `Identity.${this.nodes.length}`,
        opType: 'Identity',
        domain: '',
        inputs: [value.name],
        outputs: [taken],
        attributes: {},
      });
      this.built.push({ opType: 'Identity', inputs: [value], outputs: [renamed], attributes: {} });
      this.outputs.push(
        shape === undefined ? { name: taken, type: value.type } : { name: taken, type: value.type, shape: [...shape] },
      );
      return;
    }
    this.outputs.push(shape === undefined ? { name, type: value.type } : { name, type: value.type, shape: [...shape] });
  }

  /** A key of the model's metadata; set again, the last one holds. */
  metadata(key: string, value: string): void {
    this.properties.set(key, value);
  }

  /**
   * Inlines another model's graph, its inputs bound to values of this one, its inner names prefixed with its graph's name.
   * Gives the model's outputs by name.
   *
   * @throws OnnxError when an input is not bound, a binding has another type or shape, or the operator sets don't mix.
   */
  include(model: OnnxModel, bindings: Readonly<Record<string, Value>>): Record<string, Value> {
    return includeGraph(this, model, bindings);
  }

  /** The nodes so far, in the order they run. */
  get trace(): readonly BuiltNode[] {
    return this.built;
  }

  /** The data of a value that is a constant of this graph. */
  constantOf(value: Value): TensorData | undefined {
    return this.constants.get(value.name);
  }

  /** A value of this graph by name. */
  value(name: string): Value | undefined {
    return this.values.get(name);
  }

  /** The model as plain data, ready to encode. Only the operator sets in use are imported; unused initializers are left out. */
  build(): OnnxModel {
    if (this.outputs.length === 0) throw new OnnxError(`The graph '${this.name}' has no output.`);
    const used = new Set(this.nodes.flatMap((node) => [...node.inputs, ...capturedNames(node)]));
    const domains = [...new Set(this.nodes.map((node) => node.domain))].sort();
    return {
      irVersion: IR_VERSION,
      opsets: domains.map((domain) => ({ domain, version: versionOf(domain) })),
      producerName: PRODUCER,
      producerVersion: '',
      metadata: Object.fromEntries(this.properties),
      graph: {
        name: this.name,
        nodes: [...this.nodes],
        initializers: this.initializers.filter(({ name }) => used.has(name)),
        inputs: [...this.inputs],
        outputs: [...this.outputs],
        valueInfo: [],
      },
    };
  }

  private known(value: Value): Known {
    const constant = this.constants.get(value.name);
    return { type: value.type, ...(value.shape && { shape: value.shape }), ...(constant && { constant }) };
  }

  private fresh(hint: string): string {
    for (;;) {
      const count = this.counters.get(hint) ?? 0;
      this.counters.set(hint, count + 1);
      const name = count === 0 ? hint : `${hint}_${count}`;
      if (name !== '' && !this.values.has(name)) return name;
    }
  }
}

function versionOf(domain: string): number {
  const version = OPSETS[domain];
  if (version === undefined) throw new OnnxError(`The operator set '${domain}' is not one this engine writes.`);
  return version;
}

/** Names that the subgraphs of a node take from around it. */
function capturedNames(node: OnnxNode): string[] {
  return Object.values(node.attributes).flatMap((attribute) =>
    'graph' in attribute ? attribute.graph.nodes.flatMap((inner) => [...inner.inputs, ...capturedNames(inner)]) : [],
  );
}

import { type GraphBuilder, type Value } from './builder';
import { OnnxError } from './error';
import { type Attribute, type Attributes, type OnnxGraph, type OnnxModel, OPSETS } from './model';
import { unify } from './shapes/support';

/** Since opset 13 the meaning of the operators of this engine did not change up to the version it writes. */
const OLDEST_STANDARD = 13;

/** See GraphBuilder.include. */
export function includeGraph(
  builder: GraphBuilder,
  model: OnnxModel,
  bindings: Readonly<Record<string, Value>>,
): Record<string, Value> {
  checkOperatorSets(model);
  const { graph } = model;
  const known = new Map<string, Value>();
  for (const input of graph.inputs) {
    const bound = bindings[input.name];
    if (bound === undefined) throw new OnnxError(`The input '${input.name}' of '${graph.name}' is not bound.`);
    const fits =
      bound.type === input.type &&
      (!bound.shape ||
        !input.shape ||
        (bound.shape.length === input.shape.length &&
          bound.shape.every((dim, i) => unify(dim, input.shape?.[i] ?? '?') !== undefined)));
    if (!fits) {
      throw new OnnxError(
        `The input '${input.name}' of '${graph.name}' is ${input.type} [${input.shape?.join(', ') ?? '?'}], ` +
          `but bound to ${bound.type} [${bound.shape?.join(', ') ?? '?'}].`,
      );
    }
    known.set(input.name, bound);
  }
  const prefix = graph.name === '' ? 'model' : graph.name;
  for (const { name, tensor } of graph.initializers) known.set(name, builder.constant(tensor, `${prefix}/${name}`));
  const declared = new Map([...graph.valueInfo, ...graph.outputs].map((value) => [value.name, value]));
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => {
      if (name === '') return undefined;
      const value = known.get(name);
      if (value === undefined)
        throw new OnnxError(
          `The node '${node.name}' of '${graph.name}' takes '${name}', which nothing before it makes.`,
        );
      return value;
    });
    const specs = node.outputs.map((name) => {
      const info = declared.get(name);
      return {
        hint: `${prefix}/${name}`,
        ...(info && { type: info.type, ...(info.shape && { shape: bindSymbols(info.shape) }) }),
      };
    });
    const outputs = builder.ops(node.opType, inputs, specs, renamed(node.attributes, known), { domain: node.domain });
    node.outputs.forEach((name, i) => {
      const value = outputs[i];
      if (name !== '' && value) known.set(name, value);
    });
  }
  return Object.fromEntries(
    graph.outputs.map(({ name }) => {
      const value = known.get(name);
      if (value === undefined) throw new OnnxError(`Nothing in '${graph.name}' makes its output '${name}'.`);
      return [name, value];
    }),
  );
}

/** Symbols of the other model say nothing here: its declared rank and fixed sizes do. */
function bindSymbols(shape: readonly (number | string)[]): (number | string)[] {
  return shape.map((dim) => (typeof dim === 'number' ? dim : dim === 'N' ? 'N' : '?'));
}

function checkOperatorSets(model: OnnxModel): void {
  for (const { domain, version } of model.opsets) {
    const ours = OPSETS[domain];
    if (ours === undefined) continue;
    if (version > ours || (domain === '' && version < OLDEST_STANDARD)) {
      throw new OnnxError(
        `The model '${model.graph.name}' uses version ${version} of the operator set '${domain || 'ai.onnx'}'; ` +
          `it can only be joined with others from ${domain === '' ? OLDEST_STANDARD : 1} to ${ours}.`,
        `Export it with opset ${ours}.`,
      );
    }
  }
}

function renamed(attributes: Attributes, outer: ReadonlyMap<string, Value>): Attributes {
  const entries = Object.entries(attributes).map(([key, attribute]): [string, Attribute] => [
    key,
    'graph' in attribute ? { graph: renamedGraph(attribute.graph, outer) } : attribute,
  ]);
  return Object.fromEntries(entries);
}

/** Points the names that a subgraph takes from around it at their new names; its own names shadow and stay. */
function renamedGraph(graph: OnnxGraph, outer: ReadonlyMap<string, Value>): OnnxGraph {
  const visible = new Map(outer);
  for (const input of graph.inputs) visible.delete(input.name);
  for (const { name } of graph.initializers) visible.delete(name);
  for (const node of graph.nodes) for (const name of node.outputs) visible.delete(name);
  const nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => visible.get(name)?.name ?? name),
    attributes: renamed(node.attributes, visible),
  }));
  return { ...graph, nodes };
}

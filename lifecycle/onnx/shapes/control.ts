import { type Attributes, type OnnxGraph } from '../model';
import { type Inferred, type ShapeRule } from '../shapes';
import { type Family, misfit } from './support';

function subgraph(opType: string, attributes: Attributes, name: string): OnnxGraph {
  const attribute = attributes[name];
  if (attribute === undefined || !('graph' in attribute)) throw misfit(opType, `no ${name}`);
  return attribute.graph;
}

/** Symbols of a subgraph mean nothing outside it. */
function outside({ type, shape }: Inferred): Inferred {
  return { type, ...(shape && { shape: shape.map((dim) => (typeof dim === 'number' ? dim : '?')) }) };
}

/** Both branches give the same types; where their shapes differ, nothing is known. */
const either: ShapeRule = ({ opType, attributes }) => {
  const [then, otherwise] = ['then_branch', 'else_branch'].map((name) => subgraph(opType, attributes, name).outputs);
  return (then ?? []).map((output, i) => {
    const other = otherwise?.[i];
    if (other !== undefined && other.type !== output.type)
      throw misfit(opType, `the branches give ${output.type} and ${other.type}`);
    const same = JSON.stringify(other?.shape) === JSON.stringify(output.shape);
    return same ? outside(output) : { type: output.type };
  });
};

/** Carried values, then what is collected over the turns, which gains a leading axis. */
const loop: ShapeRule = ({ opType, attributes, inputs }) => {
  const carried = inputs.length - 2;
  return subgraph(opType, attributes, 'body')
    .outputs.slice(1)
    .map((output, i) => {
      const { type, shape } = outside(output);
      if (i < carried) return { type };
      return { type, ...(shape && { shape: ['?', ...shape] }) };
    });
};

const scan: ShapeRule = ({ opType, attributes, inputs }) => {
  const count = attributes['num_scan_inputs'];
  const states = inputs.length - (count && 'int' in count ? count.int : 0);
  return subgraph(opType, attributes, 'body').outputs.map((output, i) => {
    const { type, shape } = outside(output);
    return i < states || shape === undefined ? outside(output) : { type, shape: ['?', ...shape] };
  });
};

export const control: Family = { If: either, Loop: loop, Scan: scan };

/**
 * Gradients of operators that move elements: the gradient moves back.
 */
import { type GraphBuilder, type Value } from '../builder';
import { type Vjp } from '../differentiate';
import { OnnxError } from '../error';
import { type Dim, intAttribute, intsAttribute, stringAttribute } from '../model';
import { axisOf } from '../shapes/support';
import { numbers } from '../tensor';
import { Emit, type Family, must, rankOf, reduceTo, scalar, shapeOf, shaped, zerosLike } from './support';

function constants(builder: GraphBuilder, opType: string, value: Value | undefined): number[] | undefined {
  if (value === undefined) return undefined;
  const constant = builder.constantOf(value);
  if (constant === undefined) throw new OnnxError(`The parameters of ${opType} must be constant to differentiate it.`);
  return numbers(constant);
}

const reshape: Vjp = ({ builder, node, gradients }) => [
  shaped(new Emit(builder), must(gradients[0]), must(node.inputs[0])),
];

const transpose: Vjp = ({ builder, node, gradients }) => {
  const order = intsAttribute(node.attributes, 'perm');
  if (order === undefined) return [builder.op('Transpose', [must(gradients[0])])];
  const inverse = new Array<number>(order.length);
  order.forEach((axis, i) => (inverse[axis] = i));
  return [builder.op('Transpose', [must(gradients[0])], { perm: { ints: inverse } })];
};

function fixedSize(value: Value, axis: number): number {
  const size = shapeOf(value)[axis];
  if (typeof size !== 'number') {
    throw new OnnxError(`Axis ${axis} of '${value.name}' must have a fixed size to differentiate through it.`);
  }
  return size;
}

const concat: Vjp = ({ builder, node, gradients }) => {
  const emit = new Emit(builder);
  const axis = axisOf('Concat', intAttribute(node.attributes, 'axis') ?? 0, rankOf(must(node.inputs[0])));
  const g = must(gradients[0]);
  if (node.inputs.length === 1) return [g];
  const sizes = node.inputs.map((input) => fixedSize(must(input), axis));
  return builder.ops(
    'Split',
    [g, emit.ints(sizes)],
    node.inputs.map((input) => ({ shape: shapeOf(must(input)) })),
    { axis: { int: axis } },
  );
};

const split: Vjp = ({ builder, node, gradients }) => {
  const parts = node.outputs.map((output, i) => gradients[i] ?? zerosLike(builder, output));
  const axis = intAttribute(node.attributes, 'axis') ?? 0;
  return [builder.op('Concat', parts, { axis: { int: axis } }, { shape: shapeOf(must(node.inputs[0])) })];
};

/** What was cut away comes back as zeros. Steps other than 1 are not handled. */
const slice: Vjp = ({ builder, node, gradients }) => {
  const emit = new Emit(builder);
  const [x, g] = [must(node.inputs[0]), must(gradients[0])];
  const [starts, ends, axesGiven, steps] = [1, 2, 3, 4].map((i) => constants(builder, 'Slice', node.inputs[i]));
  if (steps?.some((step) => step !== 1)) throw new OnnxError('The gradient of Slice needs steps of 1.');
  const rank = rankOf(x);
  const pads = new Array<number>(2 * rank).fill(0);
  (axesGiven ?? starts?.map((_, i) => i) ?? []).forEach((given, i) => {
    const axis = axisOf('Slice', given, rank);
    const [start, end] = [starts?.[i] ?? 0, ends?.[i] ?? 0];
    const unbounded = start === 0 && end >= 2 ** 31 - 1;
    if (unbounded) return;
    const size = fixedSize(x, axis);
    const place = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, 0), size);
    pads[axis] = place(start);
    pads[axis + rank] = size - Math.max(place(end), place(start));
  });
  const zero = builder.constant(scalar(0, g.type), 'zero');
  return [builder.op('Pad', [g, emit.ints(pads), zero], {}, { shape: shapeOf(x) })];
};

const pad: Vjp = ({ builder, node, gradients }) => {
  const emit = new Emit(builder);
  if ((stringAttribute(node.attributes, 'mode') ?? 'constant') !== 'constant') {
    throw new OnnxError('The gradient of Pad is known for the mode constant only.');
  }
  const x = must(node.inputs[0]);
  const pads = constants(builder, 'Pad', node.inputs[1]) ?? [];
  const rank = rankOf(x);
  const axes = [...Array(rank).keys()].filter((axis) => pads[axis] !== 0 || pads[axis + rank] !== 0);
  if (axes.length === 0) return [gradients[0]];
  const starts = axes.map((axis) => pads[axis] ?? 0);
  const ends = axes.map((axis) => {
    const behind = pads[axis + rank] ?? 0;
    return behind === 0 ? 2 ** 31 - 1 : -behind;
  });
  return [
    builder.op(
      'Slice',
      [must(gradients[0]), emit.ints(starts), emit.ints(ends), emit.ints(axes)],
      {},
      { shape: shapeOf(x) },
    ),
  ];
};

const expand: Vjp = ({ builder, node, gradients }) => {
  const target = constants(builder, 'Expand', node.inputs[1]);
  const g = must(gradients[0]);
  return [target === undefined ? undefined : reduceTo(new Emit(builder), g, must(node.inputs[0]))];
};

/** Each copy's gradient is added up: axis d of size n repeated r times is seen as [r, n] and summed over r. */
const tile: Vjp = ({ builder, node, gradients }) => {
  const emit = new Emit(builder);
  const x = must(node.inputs[0]);
  const repeats = constants(builder, 'Tile', node.inputs[1]) ?? [];
  const apart: Dim[] = shapeOf(x).flatMap((size, axis) => [repeats[axis] ?? 1, size]);
  if (apart.filter((dim) => typeof dim !== 'number').length > 1)
    throw new OnnxError('The gradient of Tile needs fixed sizes.');
  const sizes = apart.map((dim) => (typeof dim === 'number' ? dim : -1));
  const spread = builder.op('Reshape', [must(gradients[0]), emit.ints(sizes)], {}, { shape: apart });
  const over = repeats.map((_, axis) => 2 * axis);
  return [emit.op('ReduceSum', [spread, emit.ints(over)], { keepdims: { int: 0 } })];
};

function moved(emit: Emit, value: Value, from: number, to: number): Value {
  if (from === to) return value;
  const order = Array.from({ length: rankOf(value) }, (_, i) => i).filter((axis) => axis !== from);
  order.splice(to, 0, from);
  return emit.op('Transpose', [value], { perm: { ints: order } });
}

/** Times that a place may be looked up for its gradients to be fetched rather than scattered. */
const FETCHES = 16;

/**
 * Of fixed places, each fetches its gradients from wherever it was looked up, as often as the most wanted one was: copies of whole blocks, where a scatter
 * goes number by number. Who was looked up less often fetches zeros.
 */
function fetched(emit: Emit, g: Value, table: Value, places: readonly number[], axis: number): Value | undefined {
  const size = shapeOf(table)[axis];
  if (typeof size !== 'number' || axis === rankOf(table) - 1) return undefined;
  const uses = Array.from({ length: size }, (): number[] => []);
  places.forEach((place, i) => uses[place < 0 ? place + size : place]?.push(i));
  const most = uses.reduce((largest, { length }) => Math.max(largest, length), 0);
  if (most === 0 || most > FETCHES) return undefined;
  const rank = rankOf(g);
  const ends = new Array<number>(2 * rank).fill(0).with(rank + axis, 1);
  const source = uses.every(({ length }) => length === most) ? g : emit.op('Pad', [g, emit.ints(ends)]);
  const rounds = Array.from({ length: most }, (_, round) => {
    const from = emit.ints(uses.map((of) => of[round] ?? places.length));
    return emit.builder.op('Gather', [source, from], { axis: { int: axis } }, { shape: shapeOf(table) });
  });
  return rounds.length === 1 ? rounds[0] : emit.op('Sum', rounds);
}

/**
 * Rows that were looked up (an embedding) collect what reached each use of them. By ScatterElements: onnxruntime's ScatterND loses additions to one
 * place when it runs on several threads (seen in 1.27).
 */
const gather: Vjp = ({ builder, node, gradients, wanted }) => {
  if (!wanted[0]) return [];
  const emit = new Emit(builder);
  const [table, indices] = [must(node.inputs[0]), must(node.inputs[1])];
  let g = must(gradients[0]);
  const rank = rankOf(table);
  const axis = axisOf('Gather', intAttribute(node.attributes, 'axis') ?? 0, rank);
  const fixed = builder.constantOf(indices);
  const found = fixed?.dims.length === 1 ? fetched(emit, g, table, numbers(fixed), axis) : undefined;
  if (found) return [found];
  if (axis > 0) {
    // Bring the looked-up axes to the front.
    const order = [...Array(rankOf(g)).keys()];
    const looked = order.splice(axis, rankOf(indices));
    g = emit.op('Transpose', [g], { perm: { ints: [...looked, ...order] } });
  }
  const width = [...Array(rank).keys()].reduce(
    (product, other) => (other === axis ? product : product * fixedSize(table, other)),
    1,
  );
  const front = moved(emit, zerosLike(builder, table), axis, 0);
  const flat = emit.op('Reshape', [front, emit.ints([-1, width])]);
  const updates = emit.op('Reshape', [g, emit.ints([-1, width])]);
  const places = emit.op('Expand', [emit.op('Reshape', [indices, emit.ints([-1, 1])]), emit.op('Shape', [updates])]);
  const collected = emit.op('ScatterElements', [flat, places, updates], {
    axis: { int: 0 },
    reduction: { string: 'add' },
  });
  return [moved(emit, shaped(emit, collected, front), 0, axis)];
};

const gatherElements: Vjp = ({ builder, node, gradients, wanted }) => {
  if (!wanted[0]) return [];
  const x = must(node.inputs[0]);
  return [
    builder.op('ScatterElements', [zerosLike(builder, x), must(node.inputs[1]), must(gradients[0])], {
      axis: { int: intAttribute(node.attributes, 'axis') ?? 0 },
      reduction: { string: 'add' },
    }),
  ];
};

export const movement: Family = {
  Reshape: reshape,
  Flatten: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Expand: expand,
  Tile: tile,
  Gather: gather,
  GatherElements: gatherElements,
};

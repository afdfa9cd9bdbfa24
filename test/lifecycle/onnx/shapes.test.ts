import assert from 'node:assert/strict';
import {
  type Attributes,
  bool,
  encodeModel,
  float,
  GraphBuilder,
  int64,
  openSession,
  strings,
  type TensorData,
  type Value,
} from '../../../lifecycle/onnx';

interface Case {
  readonly op: string;
  /** A shape stands for floats that are fed; a tensor for a constant. */
  readonly inputs: readonly (number[] | TensorData)[];
  readonly attributes?: Attributes;
  readonly outputs?: number;
}

const ints = (...values: number[]): TensorData => int64(values);
const int = (value: number): { int: number } => ({ int: value });
const list = (...values: number[]): { ints: number[] } => ({ ints: values });

const cases: readonly Case[] = [
  {
    op: 'Add',
    inputs: [
      [2, 3, 4],
      [3, 1],
    ],
  },
  { op: 'Greater', inputs: [[2, 3], [3]] },
  { op: 'IsNaN', inputs: [[2, 3]] },
  { op: 'Where', inputs: [bool([true, false, true]), [2, 3], []] },
  {
    op: 'MatMul',
    inputs: [
      [2, 3, 4],
      [4, 5],
    ],
  },
  { op: 'MatMul', inputs: [[4], [4, 5]] },
  { op: 'MatMul', inputs: [[3, 4], [4]] },
  {
    op: 'MatMul',
    inputs: [
      [2, 1, 3, 4],
      [5, 4, 2],
    ],
  },
  { op: 'Gemm', inputs: [[4, 3], [2, 4], [2]], attributes: { transA: int(1), transB: int(1) } },
  { op: 'Conv', inputs: [[2, 3, 8, 7], [4, 3, 3, 3], [4]] },
  {
    op: 'Conv',
    inputs: [
      [2, 3, 8, 7],
      [4, 3, 3, 2],
    ],
    attributes: { strides: list(2, 3), pads: list(1, 0, 1, 2), dilations: list(2, 1) },
  },
  {
    op: 'Conv',
    inputs: [
      [2, 4, 9],
      [6, 2, 3],
    ],
    attributes: { group: int(2), auto_pad: { string: 'SAME_UPPER' }, strides: list(2) },
  },
  {
    op: 'ConvTranspose',
    inputs: [
      [1, 3, 5, 5],
      [3, 2, 3, 3],
    ],
    attributes: { strides: list(2, 2), pads: list(1, 1, 1, 1), output_padding: list(1, 1) },
  },
  { op: 'MaxPool', inputs: [[1, 2, 7, 7]], attributes: { kernel_shape: list(3, 3), strides: list(2, 2) }, outputs: 2 },
  {
    op: 'MaxPool',
    inputs: [[1, 2, 7, 8]],
    attributes: { kernel_shape: list(2, 3), strides: list(2, 2), ceil_mode: int(1) },
  },
  {
    op: 'MaxPool',
    inputs: [[1, 2, 5, 5]],
    attributes: { kernel_shape: list(2, 2), strides: list(3, 3), pads: list(0, 0, 1, 1), ceil_mode: int(1) },
  },
  { op: 'AveragePool', inputs: [[1, 2, 7, 7]], attributes: { kernel_shape: list(3, 3), pads: list(1, 1, 1, 1) } },
  { op: 'GlobalAveragePool', inputs: [[1, 2, 7, 7]] },
  { op: 'BatchNormalization', inputs: [[2, 3, 4], [3], [3], [3], [3]] },
  { op: 'LayerNormalization', inputs: [[2, 3, 4], [4], [4]], outputs: 3 },
  {
    op: 'Concat',
    inputs: [
      [2, 3],
      [2, 1],
      [2, 4],
    ],
    attributes: { axis: int(-1) },
  },
  { op: 'Reshape', inputs: [[2, 3, 4], ints(0, -1)] },
  { op: 'Reshape', inputs: [[2, 3, 4], ints(4, -1, 2)] },
  { op: 'Flatten', inputs: [[2, 3, 4]], attributes: { axis: int(2) } },
  { op: 'Transpose', inputs: [[2, 3, 4]], attributes: { perm: list(1, 2, 0) } },
  { op: 'Transpose', inputs: [[2, 3, 4]] },
  { op: 'Squeeze', inputs: [[2, 1, 4, 1], ints(-1)] },
  { op: 'Squeeze', inputs: [[2, 1, 4, 1]] },
  { op: 'Unsqueeze', inputs: [[2, 3], ints(0, -1)] },
  { op: 'Gather', inputs: [[5, 3], int64([0, 1, 2, 3], [2, 2])] },
  { op: 'Gather', inputs: [[5, 3], int64([1], [])], attributes: { axis: int(1) } },
  { op: 'GatherND', inputs: [[2, 3, 4], int64([0, 1, 1, 2], [2, 2])] },
  { op: 'GatherElements', inputs: [[2, 3], int64([0, 1], [2, 1])], attributes: { axis: int(1) } },
  { op: 'Slice', inputs: [[5, 6], ints(1, -2), ints(100, 100), ints(0, 1)] },
  { op: 'Slice', inputs: [[5, 6], ints(-1), ints(-100), ints(1), ints(-2)] },
  { op: 'Slice', inputs: [[5, 6], ints(4), ints(1), ints(0)] },
  { op: 'Split', inputs: [[5, 6], ints(1, 4)], outputs: 2 },
  { op: 'Split', inputs: [[6, 5]], outputs: 3 },
  { op: 'Expand', inputs: [[3, 1], ints(2, 1, 4)] },
  { op: 'Tile', inputs: [[2, 3], ints(2, 1)] },
  { op: 'Pad', inputs: [[2, 3], ints(1, 0, 0, 2)] },
  { op: 'OneHot', inputs: [int64([0, 2], [2]), int64([3], []), float([0, 1])], attributes: { axis: int(0) } },
  { op: 'ReduceSum', inputs: [[2, 3, 4], ints(0, -1)], attributes: { keepdims: int(0) } },
  { op: 'ReduceMean', inputs: [[2, 3, 4]], attributes: { axes: list(1) } },
  { op: 'ReduceMax', inputs: [[2, 3, 4]], attributes: { keepdims: int(0) } },
  { op: 'ArgMax', inputs: [[2, 3, 4]], attributes: { axis: int(1), keepdims: int(0) } },
  { op: 'TopK', inputs: [[2, 5], ints(3)], outputs: 2 },
  { op: 'Softmax', inputs: [[2, 5]] },
  { op: 'Cast', inputs: [[2, 5]], attributes: { to: int(7) } },
  { op: 'Shape', inputs: [[2, 5]] },
  { op: 'Size', inputs: [[2, 5]] },
  { op: 'Range', inputs: [int64([2], []), int64([9], []), int64([3], [])] },
  { op: 'ConstantOfShape', inputs: [ints(2, 3)], attributes: { value: { tensor: int64([7]) } } },
  { op: 'QuantizeLinear', inputs: [[2, 3], float([0.1], []), { type: 'int8', dims: [], data: new Int8Array(1) }] },
  {
    op: 'LSTM',
    inputs: [
      [4, 2, 3],
      [1, 20, 3],
      [1, 20, 5],
    ],
    attributes: { hidden_size: int(5) },
    outputs: 3,
  },
  {
    op: 'GRU',
    inputs: [
      [4, 2, 3],
      [2, 15, 3],
      [2, 15, 5],
    ],
    attributes: { hidden_size: int(5), direction: { string: 'bidirectional' } },
    outputs: 2,
  },
  {
    op: 'LabelEncoder',
    inputs: [strings(['a', 'b'])],
    attributes: { keys_strings: { strings: ['a'] }, values_floats: { floats: [1] } },
  },
  {
    op: 'OneHotEncoder',
    inputs: [strings(['a', 'b'], [2, 1])],
    attributes: { cats_strings: { strings: ['a', 'b', 'c'] } },
  },
  { op: 'Scaler', inputs: [[2, 3]], attributes: { offset: { floats: [0, 0, 0] }, scale: { floats: [1, 1, 1] } } },
  {
    op: 'FeatureVectorizer',
    inputs: [
      [2, 3],
      [2, 1],
    ],
    attributes: { inputdimensions: list(3, 1) },
  },
  {
    op: 'LinearClassifier',
    inputs: [[4, 2]],
    attributes: {
      coefficients: { floats: [1, 2, 3, 4, 5, 6] },
      intercepts: { floats: [0, 0, 0] },
      classlabels_strings: { strings: ['a', 'b', 'c'] },
    },
    outputs: 2,
  },
  { op: 'LinearRegressor', inputs: [[4, 2]], attributes: { coefficients: { floats: [1, 2, 3, 4] }, targets: int(2) } },
];

describe('shape inference', () => {
  for (const { op, inputs, attributes, outputs } of cases) {
    const shown = inputs.map((input) => (Array.isArray(input) ? `[${input.join(',')}]` : 'constant')).join(' ');
    it(`${op} ${shown}: what onnxruntime gives`, async () => {
      const builder = new GraphBuilder('shape');
      const feeds: Record<string, TensorData> = {};
      const operands = inputs.map((input, i): Value => {
        if (!Array.isArray(input)) return builder.constant(input);
        const dims = input;
        const count = dims.reduce((product, dim) => product * dim, 1);
        feeds[`x${i}`] = float(
          Float32Array.from({ length: count }, (_, n) => Math.sin(n) + 1.5),
          dims,
        );
        return builder.input(`x${i}`, 'float', dims);
      });
      // A graph of constants alone would be folded away: give onnxruntime something to run.
      if (Object.keys(feeds).length === 0) feeds['spare'] = float([0]);
      const spare = feeds['spare'] && builder.input('spare', 'float', [1]);
      const values = builder.ops(op, operands, outputs ?? 1, attributes ?? {});
      if (spare) builder.output(spare, 'kept');
      values.forEach((value, i) =>
        builder.output(
          value,
          `y${i}`,
          value.shape?.map(() => '?'),
        ),
      );
      const session = await openSession(encodeModel(builder.build()));
      const results = await session.run(feeds);
      await session.close();
      values.forEach((value, i) => {
        const result = results[`y${i}`];
        assert.equal(value.type, result?.type);
        assert.deepEqual(value.shape, result?.dims);
      });
    });
  }

  const symbolic: readonly [string, (builder: GraphBuilder, x: Value) => Value, (number | string)[]][] = [
    ['a batch times a matrix', (b, x) => b.op('MatMul', [x, b.constant(float(new Float32Array(8), [4, 2]))]), ['N', 2]],
    ['flattened and split again', (b, x) => b.op('Reshape', [x, b.constant(int64([-1, 2, 2]))]), ['N', 2, 2]],
    ['zero keeps a dimension', (b, x) => b.op('Reshape', [x, b.constant(int64([0, -1]))]), ['N', 4]],
    ['a bias', (b, x) => b.op('Add', [x, b.constant(float([1, 2, 3, 4]))]), ['N', 4]],
    [
      'a column of the batch',
      (b, x) => b.op('Slice', [x, b.constant(int64([1])), b.constant(int64([2])), b.constant(int64([1]))]),
      ['N', 1],
    ],
    ['columns beside each other', (b, x) => b.op('Concat', [x, x], { axis: { int: 1 } }), ['N', 8]],
    ['the best class', (b, x) => b.op('ArgMax', [x], { axis: { int: 1 }, keepdims: { int: 0 } }), ['N']],
  ];
  for (const [what, make, wanted] of symbolic) {
    it(`a batch of any size: ${what}`, () => {
      const builder = new GraphBuilder('symbolic');
      assert.deepEqual(make(builder, builder.input('x', 'float', ['N', 4])).shape, wanted);
    });
  }

  const misfits: readonly [RegExp, (builder: GraphBuilder, x: Value) => Value][] = [
    [/Add: .*\[2, 4\] and \[3\] can't be broadcast/, (b, x) => b.op('Add', [x, b.input('y', 'float', [3])])],
    [/Add: the inputs are float and int64; cast/, (b, x) => b.op('Add', [x, b.constant(int64([1]))])],
    [
      /MatMul: \[2, 4\] times \[3, 2\]: 4 columns meet 3 rows/,
      (b, x) => b.op('MatMul', [x, b.input('y', 'float', [3, 2])]),
    ],
    [/Reshape: \[2, 4\] does not fill \[3, 3\]/, (b, x) => b.op('Reshape', [x, b.constant(int64([3, 3]))])],
    [
      /Concat: \[2, 4\] and \[3, 1\] differ beside axis 1/,
      (b, x) => b.op('Concat', [x, b.input('y', 'float', [3, 1])], { axis: { int: 1 } }),
    ],
    [/no axis 5/, (b, x) => b.op('ArgMax', [x], { axis: { int: 5 } })],
    [
      /does not fit|window of 3/,
      (b) => b.op('MaxPool', [b.input('y', 'float', [1, 1, 2, 2])], { kernel_shape: { ints: [3, 3] } }),
    ],
    [
      /3 channels in, but the weights \[4, 2, 1, 1\] expect 2/,
      (b) => b.op('Conv', [b.input('y', 'float', [1, 3, 5, 5]), b.input('w', 'float', [4, 2, 1, 1])]),
    ],
    [/type of output 0 of Mystery is not known/, (b, x) => b.op('Mystery', [x])],
  ];
  for (const [message, make] of misfits) {
    it(`says ${message.source}`, () => {
      const builder = new GraphBuilder('misfit');
      assert.throws(() => make(builder, builder.input('x', 'float', [2, 4])), message);
    });
  }
});

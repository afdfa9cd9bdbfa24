import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bool,
  decodeModel,
  encodeModel,
  float,
  GraphBuilder,
  int64,
  numbers,
  type OnnxModel,
  openSession,
  strings,
} from '../../../lifecycle/onnx';

function affine(name: string, factor: number): OnnxModel {
  const builder = new GraphBuilder(name);
  const x = builder.input('x', 'float', ['N', 1]);
  const scaled = builder.op('Mul', [x, builder.constant(float([factor]), 'factor')]);
  builder.output(builder.op('Add', [scaled, builder.constant(float([1]), 'one')]), 'y');
  return builder.build();
}

describe('building graphs', () => {
  it('gives the same bytes for the same calls', () => {
    assert.deepEqual(encodeModel(affine('a', 2)), encodeModel(affine('a', 2)));
  });

  it('imports only the operator sets in use, and leaves unused constants out', () => {
    const builder = new GraphBuilder('ml');
    builder.constant(float([1]), 'unused');
    const x = builder.input('x', 'string', ['N', 1]);
    const coded = builder.op('LabelEncoder', [x], {
      keys_strings: { strings: ['a'] },
      values_int64s: { ints: [1] },
      default_int64: { int: -1 },
    });
    builder.output(coded, coded.name);
    const model = builder.build();
    assert.deepEqual(model.opsets, [{ domain: 'ai.onnx.ml', version: 3 }]);
    assert.deepEqual(model.graph.initializers, []);
    assert.deepEqual(model.graph.outputs, [{ name: 'LabelEncoder', type: 'int64', shape: ['N', 1] }]);
  });

  it('keeps metadata and names', async () => {
    const builder = new GraphBuilder('g');
    const x = builder.input('x', 'float', ['N']);
    builder.output(x, 'same');
    builder.metadata('key', 'first');
    builder.metadata('key', 'last');
    const bytes = encodeModel(builder.build());
    assert.deepEqual(decodeModel(bytes).metadata, { key: 'last' });
    const session = await openSession(bytes);
    assert.deepEqual([session.inputs, session.outputs], [['x'], ['same']]);
    assert.deepEqual(await session.run({ x: float([1, 2]) }), { same: float([1, 2]) });
    await session.close();
  });

  it('refuses values of another graph, names twice, and a graph without output', () => {
    const builder = new GraphBuilder('one');
    const x = builder.input('x', 'float', [1]);
    assert.throws(() => builder.input('x', 'float', [1]), /already a value called 'x'/);
    assert.throws(() => new GraphBuilder('two').op('Neg', [x]), /'x', which is not of the graph 'two'/);
    assert.throws(() => builder.build(), /no output/);
    builder.output(builder.op('Neg', [x]), 'y');
    assert.throws(() => builder.output(x, 'y'), /already an output called 'y'/);
    assert.throws(() => builder.output(x, 'z', [2]), /'z' is \[1\], not \[2\]/);
  });

  it('joins models, also the same one twice', async () => {
    const builder = new GraphBuilder('joined');
    const x = builder.input('x', 'float', ['N', 1]);
    const first = builder.include(affine('half', 2), { x });
    assert.ok(first['y']);
    const second = builder.include(affine('half', 3), { x: first['y'] });
    assert.ok(second['y']);
    builder.output(second['y'], 'y');
    const session = await openSession(encodeModel(builder.build()));
    const { y } = await session.run({ x: float([0, 1], [2, 1]) });
    assert.deepEqual(y, float([4, 10], [2, 1]));
    await session.close();
  });

  it('joins models with subgraphs that take values from around them', async () => {
    const inner = new GraphBuilder('branching');
    const condition = inner.input('condition', 'bool', []);
    const x = inner.input('x', 'float', [1]);
    const negative = inner.op('Neg', [x], {}, { hint: 'negative' });
    const branch = (from: string): OnnxModel['graph'] => ({
      name: from,
      nodes: [{ name: '', opType: 'Identity', domain: '', inputs: [from], outputs: ['out'], attributes: {} }],
      initializers: [],
      inputs: [],
      outputs: [{ name: 'out', type: 'float', shape: [1] }],
      valueInfo: [],
    });
    const chosen = inner.op(
      'If',
      [condition],
      { then_branch: { graph: branch('x') }, else_branch: { graph: branch(negative.name) } },
      { type: 'float', shape: [1] },
    );
    inner.output(chosen, 'y');
    const builder = new GraphBuilder('outer');
    const c = builder.input('c', 'bool', []);
    const renamed = builder.op('Abs', [builder.input('v', 'float', [1])]);
    const { y } = builder.include(decodeModel(encodeModel(inner.build())), { condition: c, x: renamed });
    assert.ok(y);
    builder.output(y, 'y');
    const session = await openSession(encodeModel(builder.build()));
    assert.deepEqual((await session.run({ c: bool([true], []), v: float([-3]) }))['y'], float([3]));
    assert.deepEqual((await session.run({ c: bool([false], []), v: float([-3]) }))['y'], float([-3]));
    await session.close();
  });

  it('says which input is not bound, or bound wrongly, and which operator set does not mix', () => {
    const builder = new GraphBuilder('joined');
    const x = builder.input('x', 'int64', ['N', 1]);
    const y = builder.input('y', 'float', ['N', 2]);
    assert.throws(() => builder.include(affine('half', 2), {}), /input 'x' of 'half' is not bound/);
    assert.throws(() => builder.include(affine('half', 2), { x }), /is float \[N, 1\], but bound to int64 \[N, 1\]/);
    assert.throws(() => builder.include(affine('half', 2), { x: y }), /bound to float \[N, 2\]/);
    const newer = { ...affine('new', 2), opsets: [{ domain: '', version: 21 }] };
    assert.throws(() => builder.include(newer, { x: y }), /version 21/);
  });
});

describe('running models', () => {
  it('passes every element type through', async () => {
    const builder = new GraphBuilder('types');
    const feeds = {
      f: float([1.5, -2]),
      i: int64([1n, -(2n ** 62n)]),
      b: bool([true, false]),
      s: strings(['', 'é🤷']),
      d: { type: 'double', dims: [2], data: new Float64Array([1, 2]) },
      u: { type: 'uint8', dims: [2], data: new Uint8Array([1, 255]) },
      t: { type: 'int8', dims: [2], data: new Int8Array([1, -128]) },
      w: { type: 'int32', dims: [2], data: new Int32Array([1, -5]) },
    } as const;
    for (const [name, { type }] of Object.entries(feeds))
      builder.output(builder.input(name, type, ['N']), `${name}_out`);
    const session = await openSession(encodeModel(builder.build()));
    const results = await session.run(feeds);
    for (const [name, tensor] of Object.entries(feeds)) assert.deepEqual(results[`${name}_out`], tensor);
    assert.deepEqual(Object.keys(await session.run(feeds, ['s_out'])), ['s_out']);
    await session.close();
  });

  it('takes views, leaves the fed arrays alone, and many runs at once', async () => {
    const bytes = encodeModel(affine('a', 2));
    const padded = new Uint8Array(bytes.length + 3);
    padded.set(bytes, 3);
    const session = await openSession(padded.subarray(3));
    const whole = new Float32Array([9, 1, 2, 9]);
    const x = float(whole.subarray(1, 3), [2, 1]);
    const runs = await Promise.all(Array.from({ length: 20 }, () => session.run({ x })));
    for (const { y } of runs) assert.deepEqual(y && numbers(y), [3, 5]);
    assert.deepEqual([...whole], [9, 1, 2, 9]);
    await session.close();
    await session.close();
    await assert.rejects(session.run({ x }), /closed/);
  });

  it('opens a file, and says what is wrong with it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'onnx-'));
    try {
      const path = join(folder, 'model.onnx');
      await writeFile(path, encodeModel(affine('a', 2)));
      const session = await openSession(path, { threads: 2 });
      assert.equal(session.threads, 2);
      await assert.rejects(session.run({}), /input 'x' is not given; it takes x/);
      await assert.rejects(session.run({ x: int64([1], [1, 1]) }), /can't be run/);
      await assert.rejects(session.run({ x: float([1, 2, 3], [2, 1]) }), /input 'x' is not a tensor/);
      await session.close();
      await assert.rejects(openSession(join(folder, 'none.onnx')), /can't be read/);
      await writeFile(path, 'not a model');
      await assert.rejects(openSession(path), /Not a readable ONNX model/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

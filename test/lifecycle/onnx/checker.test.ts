import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, parse, toOnnx } from '../../../lifecycle/expression';
import { encodeModel, float, gradient, GraphBuilder, int64, type OnnxModel, strings } from '../../../lifecycle/onnx';
import { skip } from '../../rigs/skip';

const program = `
import sys, onnx
for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    # Writing it again must not lose anything: the canonical bytes have the same content.
    assert onnx.load_from_string(model.SerializeToString()) == model
print('ok')
`;

function network(): OnnxModel {
  const builder = new GraphBuilder('network');
  const x = builder.input('x', 'float', ['N', 3]);
  const w = builder.input('w', 'float', [3, 2]);
  const b = builder.input('b', 'float', [2]);
  const y = builder.op('Softmax', [builder.op('Relu', [builder.op('Gemm', [x, w, b])])], { axis: { int: -1 } });
  const loss = builder.op('ReduceMean', [y], { keepdims: { int: 0 } });
  builder.output(loss, 'loss');
  gradient(builder, loss, [w, b]).forEach((value, i) => builder.output(value, `g${i}`));
  builder.metadata('lifecycle.version', '1');
  return builder.build();
}

function trees(): OnnxModel {
  const builder = new GraphBuilder('trees');
  const x = builder.input('x', 'float', ['N', 2]);
  const y = builder.op('TreeEnsembleRegressor', [x], {
    n_targets: { int: 1 },
    nodes_treeids: { ints: [0, 0, 0] },
    nodes_nodeids: { ints: [0, 1, 2] },
    nodes_featureids: { ints: [1, 0, 0] },
    nodes_modes: { strings: ['BRANCH_LEQ', 'LEAF', 'LEAF'] },
    nodes_values: { floats: [0.5, 0, 0] },
    nodes_truenodeids: { ints: [1, 0, 0] },
    nodes_falsenodeids: { ints: [2, 0, 0] },
    nodes_missing_value_tracks_true: { ints: [1, 0, 0] },
    target_treeids: { ints: [0, 0] },
    target_nodeids: { ints: [1, 2] },
    target_ids: { ints: [0, 0] },
    target_weights: { floats: [1, 2] },
  });
  builder.output(y, 'y');
  return builder.build();
}

function expression(): OnnxModel {
  const columns = { a: 'number', s: 'text', p: 'boolean' } as const;
  const source = "if(a > 1 and s in ('x', 'y') or p, log1p(max(a, 0)) ^ 2 / 3, coalesce(round(a) % 2, 0))";
  const { tree } = parse(source);
  assert.ok(tree);
  assert.deepEqual(check(tree, columns).problems, []);
  const builder = new GraphBuilder('expression');
  const values = new Map([
    ['a', builder.input('a', 'float', ['N', 1])],
    ['s', builder.input('s', 'string', ['N', 1])],
    ['p', builder.input('p', 'float', ['N', 1])],
  ]);
  builder.output(toOnnx(builder, tree, columns, values), 'y', ['N', 1]);
  return builder.build();
}

function everything(): OnnxModel {
  const builder = new GraphBuilder('everything');
  const x = builder.input('x', 'float', ['N', 2, '?']);
  const parts = builder.ops('Split', [x], 2, { axis: { int: 1 } });
  const [first, second] = parts;
  assert.ok(first && second);
  const joined = builder.op('Concat', [second, first], { axis: { int: 1 } });
  builder.output(builder.op('Reshape', [joined, builder.constant(int64([0, -1]))]), 'flat');
  builder.output(builder.op('Add', [x, builder.constant(float([1], []))]), 'plus');
  builder.output(builder.op('Identity', [builder.constant(strings(['a', 'é']))]), 'texts');
  return builder.build();
}

describe("onnx's own checker", () => {
  it('accepts what is written', function () {
    this.timeout(60_000);
    const python = ['python3', '/usr/bin/python3'].find((name) => spawnSync(name, ['-c', 'import onnx']).status === 0);
    if (python === undefined) skip(this, 'no python3 with the onnx package');
    const folder = mkdtempSync(join(tmpdir(), 'onnx-checker-'));
    try {
      const paths = [network(), trees(), expression(), everything()].map((model, i) => {
        const path = join(folder, `${i}.onnx`);
        writeFileSync(path, encodeModel(model));
        return path;
      });
      const { status, stderr } = spawnSync(python, ['-c', program, ...paths], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

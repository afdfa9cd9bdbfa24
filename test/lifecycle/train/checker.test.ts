import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { OptimizeStage, TrainStage } from '../../../schemas/generated/types';
import { room as optimizeRoom } from '../../../lifecycle/optimize/room';
import { room } from '../../../lifecycle/train/room';
import { example } from './example';
import { runRoom, temporaryFolder, writeDataset } from './fixture';

const python = '/usr/bin/python3';
const script = `
import sys, onnx
for path in sys.argv[1:]:
    onnx.checker.check_model(onnx.load(path), full_check=True)
`;
import { skip } from '../../rigs/skip';

/** Every kind of model, checked by the ONNX project's own checker where it is installed. */
describe('models pass onnx.checker', function () {
  this.timeout(120_000);
  it('for every kind and task, quantised too', async function () {
    if (spawnSync(python, ['-c', 'import onnx']).status !== 0) skip(this, 'python3-onnx is not installed');
    const stages: Partial<TrainStage>[] = [
      { model: 'linear' },
      { model: { kind: 'boosted-trees', trees: 3 } },
      {
        model: {
          kind: 'network',
          layers: [
            { dense: { units: 64, activation: 'gelu' } },
            'batch-normalization',
            'layer-normalization',
            { dropout: 0.5 },
            { activation: 'elu' },
          ],
        },
        training: { epochs: 1 },
      },
    ];
    const files: string[] = [];
    for (const task of ['binary', 'multiclass', 'regression'] as const) {
      const folder = await temporaryFolder();
      // Text columns are left out: the checker's own shape inference does not know OneHotEncoder.
      await writeDataset(folder, { ...example(task, 100), texts: {} });
      for (const stage of stages) {
        const { output } = await runRoom(room, { kind: 'train', data: 'd', ...stage }, { d: folder });
        files.push(join(output, 'model.onnx'));
        const optimize: OptimizeStage = { kind: 'optimize', model: 'm', quantize: 'int8' };
        files.push(join((await runRoom(optimizeRoom, optimize, { m: output })).output, 'model.onnx'));
      }
    }
    const { status, stderr } = spawnSync(python, ['-c', script, ...files], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });
});

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelInfo, TrainStage } from '../../../schemas/generated/types';
import { room } from '../../../lifecycle/train/room';
import { example } from './example';
import { runRoom, temporaryFolder, writeDataset } from './fixture';
import { assertModelInfo } from './validate';
import { skip } from '../../rigs/skip';

const python = '/usr/bin/python3';
const has = (modules: string): boolean => spawnSync(python, ['-c', `import ${modules}`]).status === 0;

/** The programs of examples/command, where this machine has what they need. */
describe('programs in Python', function () {
  this.timeout(120_000);
  const programs: [string, string][] = [
    ['torch_model.py', 'torch, pandas'],
    ['sklearn_model.py', 'sklearn, pandas, onnx'],
    ['xgboost_model.py', 'xgboost, pandas, onnx'],
  ];
  for (const [file, modules] of programs) {
    it(`${file} trains a served model`, async function () {
      if (!has(modules)) skip(this, `python3 lacks ${[modules].flat().join(', ')}`);
      const folder = await temporaryFolder();
      await writeDataset(folder, example('binary', 400, false));
      const stage: TrainStage = {
        kind: 'train',
        data: 'd',
        command: [python, file],
        environment: { LIFECYCLE_FORMAT: 'csv' },
      };
      const ran = await runRoom(room, stage, { d: folder }, { folder: join(__dirname, '../../../examples/command') });
      const info = JSON.parse(await readFile(join(ran.output, 'model.json'), 'utf8')) as ModelInfo;
      assertModelInfo(info);
      assert.ok(info.servable);
      assert.ok(ran.result.metrics!['validation/auc']! > 0.9, JSON.stringify(ran.result.metrics));
      assert.ok(ran.metrics.some(({ name }) => name === 'validation/loss'));
      // What the program measured with its own library is what the graph it wrote gives.
      const own = ran.metrics.findLast(({ name }) => name === 'auc')?.value;
      assert.ok(own !== undefined || !file.startsWith('xgboost'));
      if (own !== undefined) assert.ok(Math.abs(own - ran.result.metrics!['validation/auc']!) < 1e-6, `${own}`);
    });
  }
});

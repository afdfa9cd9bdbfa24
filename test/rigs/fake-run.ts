import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../../lifecycle/pipeline/types';
import { problemOf } from '../../lifecycle/problem';
import { localCompute } from '../../lifecycle/run/compute';
import { runPipeline } from '../../lifecycle/run/supervisor';
import { runWorker } from '../../lifecycle/run/worker';
import { fakeRooms } from './fake-rooms';

/**
 * A program that runs a plan (`node fake-run.js FOLDER`, plan in FOLDER/plan.json) with the fake rooms, each stage in a process of its own.
 * Prints the id, then the status. For tests that kill it; bundle it with {@link bundled}.
 */
async function main(): Promise<void> {
  const self = process.argv[1] ?? '';
  if (process.argv[2] === '__stage') return runWorker(fakeRooms);
  const folder = process.argv[2] ?? '';
  const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as Plan;
  try {
    const record = await runPipeline({
      plan,
      execute: new Set(plan.stages.map((stage) => stage.name)),
      file: join(folder, 'x.pipeline.yaml'),
      root: folder,
      store: join(folder, '.lifecycle'),
      rooms: fakeRooms,
      compute: localCompute([process.execPath, self, '__stage']),
      cores: 4,
      onBegin: (info) => console.log(info.id),
    });
    console.log(record.status);
  } catch (error) {
    console.log(JSON.stringify(problemOf(error)));
    process.exitCode = 1;
  }
}

void main();

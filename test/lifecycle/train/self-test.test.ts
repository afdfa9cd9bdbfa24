import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorOf, subjects, testGradients } from '../../../lifecycle/train/network/self-test';
import { temporaryFolder } from './fixture';

describe('the self-test of gradients', () => {
  for (const subject of subjects)
    it(`holds with room to spare: ${subject.name}`, async () => {
      const error = await errorOf(subject, 'cpu');
      assert.ok(error < 5e-3, `${error}`);
    });

  it('sees a gradient that is wrong', async () => {
    // The weights of one layer are read twice as large on the way back.
    const error = await errorOf(subjects[0]!, 'cpu', (gradient) =>
      gradient.map((value, i) => (i < 30 ? 2 * value : value)),
    );
    assert.ok(error > 2e-2, `${error}`);
  });

  it('is remembered for a version of the runtime', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'self-test.json');
    await writeFile(file, 'torn');
    await testGradients('cpu', file, new Set());
    const { passed } = JSON.parse(await readFile(file, 'utf8')) as { passed: string[] };
    assert.match(passed.join(), /^\d+\.\d+\.\d+ cpu /);
    await rm(folder, { recursive: true });
  });
});

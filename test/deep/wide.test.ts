import assert from 'node:assert/strict';
import { assertWhole, smallProject, wide } from '../end-to-end/small';
import { addressOf, ask } from '../end-to-end/serving';

describe('10,000 columns, from the raw file to a served model', () => {
  it('are learnt from, evaluated, packaged, served and asked', async function () {
    this.timeout(1_200_000);
    const project = await smallProject();
    wide(project);
    const began = performance.now();
    try {
      const record = await project.run('--deploy');
      const took = Object.entries(record.stages).map(([name, { seconds = 0 }]) => `${name} ${seconds.toFixed(1)} s`);
      console.log(`      ${took.join(', ')}; ${((performance.now() - began) / 1000).toFixed(1)} s in all`);
      assert.match(record.stages['model']?.summary ?? '', /10,001 parameters/);
      const row = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`c${i}`, i % 101]));
      const [answer] = await ask(addressOf(project), [row]);
      assert.ok(Math.abs(answer!.reduce((sum, one) => sum + one, 0) - 1) < 1e-6);
      await assertWhole(project);
    } finally {
      project.go(['stop', 'local']);
    }
  });
});

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundled } from '../../rigs/bundle';
import { data, exam, model, planOf } from '../../rigs/fake-rooms';
import { freshFolder } from '../../rigs/folder';
import { killAtRandom } from '../../rigs/kill';
import { skip } from '../../rigs/skip';

describe('run, killed at random moments', () => {
  const folder = freshFolder();

  it('loses and repeats no finished stage, and the next run completes', async function () {
    if (process.platform === 'win32') skip(this, 'this needs POSIX signals');
    this.timeout(120_000);
    const program = await bundled('test/rigs/fake-run.ts');
    const reset = (round: number) => {
      writeFileSync(join(folder(), 'data.txt'), 'abc|def');
      const plan = planOf({
        customers: data(),
        a: model(['sleep', '60', String(round)]),
        b: model(['sleep', '200', String(round)]),
        exam: exam('a', 'b'),
        last: model(['sleep', '100', String(round)]),
        bundle: { kind: 'package', model: 'exam.best', name: 'm' },
      });
      writeFileSync(join(folder(), 'plan.json'), JSON.stringify(plan));
    };
    const report = await killAtRandom(
      { command: [process.execPath, program, folder()], cwd: folder(), store: join(folder(), '.lifecycle') },
      { times: 3, seed: 20261103, reset },
    );
    // How many kills meet a living process depends on how busy the machine is.
    assert.ok(report.hits >= 1 && report.kept > 0, JSON.stringify(report));
  });
});

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BatchTarget } from '../../../../schemas/generated/types';
import { deployBundle } from '../../../../lifecycle/deploy/deploy';
import { calendars } from '../../../../lifecycle/deploy/targets/schedule';
import { removeFolders, temporaryFolder, toyBundle } from '../support';

describe('a schedule of batches', () => {
  after(removeFolders);

  it('says the same to systemd as to cron', () => {
    // Each was accepted by `systemd-analyze calendar` of systemd 252.
    const cases: readonly (readonly [string, ...string[]])[] = [
      ['0 3 * * *', '*-*-* 03:00:00'],
      ['*/15 * * * *', '*-*-* *:00/15:00'],
      ['30 2 1 * *', '*-*-01 02:30:00'],
      ['0 6 * * 1-5', 'Mon..Fri *-*-* 06:00:00'],
      ['0 0 1 1 0', '*-01-01 00:00:00', 'Sun *-01-* 00:00:00'],
      ['5,10 8-18/2 * * 1,3,5', 'Mon,Wed,Fri *-*-* 08..18/2:05,10:00'],
    ];
    for (const [cron, ...expected] of cases) assert.deepEqual(calendars(cron), expected, cron);
  });

  it('is written beside the parts it scores, and nothing of a name is executed', async () => {
    const folder = path.join(await temporaryFolder());
    const store = path.join(folder, '.lifecycle');
    for (const name of ['a', 'b']) await writeFile(path.join(folder, `${name}.csv`), 'size,city\n1,Ulm\n2,Bonn\n');
    const settings: BatchTarget = {
      kind: 'batch',
      input: '*.csv',
      output: 'scored',
      partitioned: true,
      format: 'csv',
      schedule: { cron: '0 3 * * *', as: 'systemd' },
    };
    const options = { store, target: { name: 'nightly', settings, folder } };
    const { rows } = await deployBundle({ bundle: await toyBundle() }, options);
    assert.equal(rows, 4);
    const before = await readFile(path.join(folder, 'scored', '.parts.json'), 'utf8');
    assert.equal((await deployBundle({ model: 'toy' }, options)).rows, 4);
    assert.equal(await readFile(path.join(folder, 'scored', '.parts.json'), 'utf8'), before, 'kept, not scored again');
    const service = await readFile(path.join(folder, 'schedule', 'lifecycle-nightly.service'), 'utf8');
    assert.match(service, /^ExecStart=\/usr\/bin\/env lifecycle deploy --model toy@1 --target nightly --yes$/m);
    assert.match(
      await readFile(path.join(folder, 'schedule', 'lifecycle-nightly.timer'), 'utf8'),
      /^OnCalendar=\*-\*-\* 03:00:00$/m,
    );
  });
});

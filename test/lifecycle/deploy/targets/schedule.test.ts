import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CronJob } from 'kubernetes-models/batch/v1/CronJob';
import { parse } from 'yaml';
import type { BatchTarget } from '../../../../schemas/generated/types';
import { deployBundle } from '../../../../lifecycle/deploy/deploy';
import { calendars } from '../../../../lifecycle/deploy/targets/schedule';
import { UserError } from '../../../../lifecycle/problem';
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

  it('is a CronJob of the real type for a cluster, with no more rights than it needs', async () => {
    const root = await temporaryFolder();
    const folder = path.join(root, 'deploy');
    await mkdir(folder);
    await writeFile(path.join(folder, 'a.csv'), 'size,city\n1,Ulm\n');
    const schedule = {
      cron: '*/15 8-18 * * 1-5',
      as: 'kubernetes',
      image: 'r.example/lifecycle:1',
      claim: 'project',
    } as const;
    const bundle = await toyBundle();
    const deploy = (given: BatchTarget['schedule'], name = 'nightly') =>
      deployBundle(
        { bundle },
        {
          store: path.join(root, '.lifecycle'),
          target: { name, settings: { kind: 'batch', input: 'a.csv', output: 'scored.csv', schedule: given! }, folder },
        },
      );
    await deploy(schedule, 'nightly');
    const text = await readFile(path.join(folder, 'schedule', 'lifecycle-nightly.cronjob.yaml'), 'utf8');
    const job = new CronJob(parse(text) as ConstructorParameters<typeof CronJob>[0]);
    job.validate();
    const { schedule: when, concurrencyPolicy, jobTemplate } = job.spec!;
    assert.deepEqual([when, concurrencyPolicy], ['*/15 8-18 * * 1-5', 'Forbid']);
    const [container] = jobTemplate.spec!.template.spec!.containers;
    assert.deepEqual(container!.command, 'lifecycle deploy --model toy@1 --target nightly --yes'.split(' '));
    assert.equal(container!.workingDir, '/project/deploy');
    const { image: _image, ...without } = schedule;
    await assert.rejects(deploy(without), (error: unknown) => {
      assert.ok(error instanceof UserError);
      return error.problem.code === 'schedule-kubernetes' && error.message.includes('needs `image`');
    });
  });
});

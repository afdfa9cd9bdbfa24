import assert from 'node:assert/strict';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../../lifecycle/problem';
import {
  appendEntry,
  liveHistory,
  type NewEntry,
  readLedger,
  takenBack,
  targetFolder,
} from '../../../lifecycle/store/ledger';
import { removeFolders, temporaryFolder } from '../deploy/support';

const entry = (version: number, more: Partial<NewEntry> = {}): NewEntry => ({
  action: 'deploy',
  target: 'local',
  kind: 'local',
  model: 'toy',
  version,
  digest: String(version).repeat(64).slice(0, 64),
  ...more,
});

describe('the deployments ledger', () => {
  after(removeFolders);

  it('numbers and chains its entries', async () => {
    const store = await temporaryFolder();
    assert.deepEqual(await readLedger(store), { entries: [] });
    const one = await appendEntry(store, entry(1, { run: 'r' }));
    const two = await appendEntry(store, entry(2));
    assert.deepEqual([one.sequence, two.sequence, two.previous], [1, 2, one.hash]);
    assert.match(one.by, /@/);
    assert.deepEqual((await readLedger(store)).entries, [one, two]);
  });

  it('notices an entry that was changed, removed, added or damaged', async () => {
    const store = await temporaryFolder();
    for (const version of [1, 2, 3]) await appendEntry(store, entry(version));
    const file = path.join(store, 'deployments', 'ledger.jsonl');
    const good = await readFile(file, 'utf8');
    const lines = good.trimEnd().split('\n');
    const cases: [string, RegExp, number][] = [
      [good.replace('"version":2', '"version":9'), /line 2 .* was changed/, 1],
      [[lines[0], lines[2]].join('\n') + '\n', /line 2 .* does not follow the entry before it/, 1],
      [[lines[0], lines[0], lines[1]].join('\n') + '\n', /line 2/, 1],
      [lines.slice(1).join('\n') + '\n', /line 1/, 0],
      [[lines[0], 'garbage', lines[1]].join('\n') + '\n', /line 2 .* is not JSON/, 1],
      [[lines[0], '{}', lines[1]].join('\n') + '\n', /line 2 .* schema/, 1],
    ];
    for (const [text, message, count] of cases) {
      await writeFile(file, text);
      const { entries, problem } = await readLedger(store);
      assert.equal(entries.length, count);
      assert.match(problem?.message ?? '', message);
      await assert.rejects(
        appendEntry(store, entry(4)),
        (error) => error instanceof UserError && error.problem.code === 'ledger-broken',
      );
      assert.equal(await readFile(file, 'utf8'), text);
    }
  });

  it('drops an entry whose writer was killed', async () => {
    const store = await temporaryFolder();
    await appendEntry(store, entry(1));
    await appendFile(path.join(store, 'deployments', 'ledger.jsonl'), '{"format":1,"seq');
    assert.equal((await readLedger(store)).entries.length, 1);
    assert.equal((await appendEntry(store, entry(2))).sequence, 2);
    const { entries, problem } = await readLedger(store);
    assert.equal(entries.length, 2);
    assert.equal(problem, undefined);
  });

  it('lets writers at once through one after the other', async () => {
    const store = await temporaryFolder();
    await Promise.all([1, 2, 3, 4, 5, 6].map((version) => appendEntry(store, entry(version))));
    const { entries, problem } = await readLedger(store);
    assert.equal(problem, undefined);
    assert.deepEqual(entries.map(({ version }) => version).sort(), [1, 2, 3, 4, 5, 6]);
  });

  it('knows which versions were taken back since the last deployment', async () => {
    const store = await temporaryFolder();
    const back = async (version: number) =>
      takenBack((await readLedger(store)).entries, 'local', entry(version))?.reason;
    for (const version of [1, 2, 3]) await appendEntry(store, entry(version));
    assert.deepEqual([await back(3), await back(2)], [undefined, undefined]);
    await appendEntry(store, entry(2, { action: 'rollback', reason: 'worse' }));
    await appendEntry(store, entry(1, { action: 'rollback', reason: 'worse still' }));
    await appendEntry(store, entry(1, { target: 'elsewhere' }));
    assert.deepEqual([await back(3), await back(2), await back(1)], ['worse', 'worse still', undefined]);
    await appendEntry(store, entry(4));
    assert.deepEqual([await back(3), await back(2)], [undefined, undefined]);
    const candidate = { version: 5, digest: entry(5).digest };
    await appendEntry(store, entry(4, { action: 'rollout', candidate }));
    await appendEntry(store, entry(4, { action: 'rollback', reason: 'a gate', candidate }));
    assert.deepEqual([await back(5), await back(4)], ['a gate', undefined]);
  });

  it('knows what was live before, through deployments, rollbacks and stops', async () => {
    const store = await temporaryFolder();
    const live = async () => liveHistory((await readLedger(store)).entries, 'local').map(({ version }) => version);
    for (const version of [1, 2, 3]) await appendEntry(store, entry(version));
    await appendEntry(store, entry(9, { target: 'other' }));
    assert.deepEqual(await live(), [1, 2, 3]);
    await appendEntry(store, entry(2, { action: 'rollback', reason: 'errors' }));
    assert.deepEqual(await live(), [1, 2]);
    await appendEntry(store, entry(2, { action: 'stop' }));
    await appendEntry(store, entry(2));
    assert.deepEqual(await live(), [1, 2]);
    await appendEntry(store, entry(4));
    await appendEntry(store, entry(1, { action: 'rollback' }));
    assert.deepEqual(await live(), [1]);
  });

  it('keeps targets inside its folder', () => {
    assert.throws(() => targetFolder('/s', '../x'), /can't be the name of a target/);
    assert.throws(() => targetFolder('/s', 'a/b'), /can't be/);
    assert.equal(targetFolder('/s', 'local'), path.join('/s', 'deployments', 'local'));
  });
});

import assert from 'node:assert/strict';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type LoggedRequest, readRequests, requestLogFile, requestLogFolder } from '../../../lifecycle/store/requests';
import { removeFolders, temporaryFolder } from '../deploy/support';

const request = (time: string, sizes: (number | null)[], more: Partial<LoggedRequest> = {}): LoggedRequest => ({
  format: 1,
  time,
  id: 'x',
  model: 'toy',
  version: 1,
  rows: sizes.length,
  inputs: { size: sizes, city: sizes.map(() => 'Ulm') },
  outputs: { label: sizes.map(() => 1), probabilities: sizes.map(() => [0.2, 0.8]) },
  ...more,
});

async function logOf(...requests: LoggedRequest[]): Promise<string> {
  const store = await temporaryFolder();
  const folder = requestLogFolder(store, 'local');
  await mkdir(folder, { recursive: true });
  for (const one of requests) await appendFile(path.join(folder, requestLogFile(one.time)), JSON.stringify(one) + '\n');
  return store;
}

describe('the request log', () => {
  after(removeFolders);

  it('reads into columns, over days, with missing numbers as NaN', async () => {
    const store = await logOf(request('2026-01-02T10:00:00.000Z', [1, null]), request('2026-01-03T10:00:00.000Z', [3]));
    assert.deepEqual(await readRequests(store, 'local'), {
      rows: 3,
      requests: 2,
      inputs: { size: [1, NaN, 3], city: ['Ulm', 'Ulm', 'Ulm'] },
      prediction: [],
      label: [1, 1, 1],
      probabilities: [
        [0.2, 0.8],
        [0.2, 0.8],
        [0.2, 0.8],
      ],
      from: '2026-01-02T10:00:00.000Z',
      to: '2026-01-03T10:00:00.000Z',
      skipped: 0,
    });
  });

  it('keeps to a window of time, version or last rows', async () => {
    const store = await logOf(
      request('2026-01-02T10:00:00.000Z', [1]),
      request('2026-01-02T11:00:00.000Z', [2], { version: 2 }),
      request('2026-01-03T10:00:00.000Z', [3], { version: 2 }),
    );
    const sizes = async (window: Parameters<typeof readRequests>[2]) =>
      (await readRequests(store, 'local', window)).inputs['size'];
    assert.deepEqual(await sizes({ since: new Date('2026-01-02T10:30:00Z') }), [2, 3]);
    assert.deepEqual(await sizes({ until: new Date('2026-01-03T10:00:00Z') }), [1, 2]);
    assert.deepEqual(await sizes({ version: 2 }), [2, 3]);
    assert.deepEqual(await sizes({ last: 2 }), [2, 3]);
    assert.deepEqual((await readRequests(store, 'local', { since: new Date('2027-01-01') })).rows, 0);
    assert.deepEqual((await readRequests(store, 'nothing')).rows, 0);
  });

  it('passes over torn, damaged and newer lines', async () => {
    const store = await logOf(request('2026-01-02T10:00:00.000Z', [1]));
    const file = path.join(requestLogFolder(store, 'local'), '2026-01-02.jsonl');
    await appendFile(file, 'garbage\n{"format":2}\n');
    await appendFile(file, JSON.stringify(request('2026-01-02T11:00:00.000Z', [1, 2], { rows: 3 })) + '\n');
    await appendFile(file, JSON.stringify(request('2026-01-02T12:00:00.000Z', [5])) + '\n{"format":1,"ti');
    await writeFile(path.join(requestLogFolder(store, 'local'), 'notes.txt'), 'not a log');
    const { rows, skipped } = await readRequests(store, 'local');
    assert.deepEqual([rows, skipped], [2, 3]);
  });

  it('has no values in a column that was redacted for a time', async () => {
    const store = await logOf(
      request('2026-01-02T10:00:00.000Z', [1]),
      request('2026-01-02T11:00:00.000Z', [2], { inputs: { size: [2] } }),
    );
    assert.deepEqual((await readRequests(store, 'local')).inputs['city'], ['Ulm', NaN]);
  });
});

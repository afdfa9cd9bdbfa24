import assert from 'node:assert/strict';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startServer, type RunningServer } from '../../../../lifecycle/deploy/serve/server';
import type { ServeConfig } from '../../../../lifecycle/deploy/serve/config';
import type { Admission } from '../../../../lifecycle/deploy/rollout/contract';
import { UserError } from '../../../../lifecycle/problem';
import { removeFolders, toyInfo, type ToyOptions } from '../support';
import { ask, configFor, serve, stopServers } from './support';

const row = { size: 3, city: 'Ulm', garden: true };
const [size, city, garden] = toyInfo().inputs;
const inputs = (...list: (typeof size)[]) => ({ inputs: list.flatMap((input) => (input ? [input] : [])) });

describe('a version that must not get a request', () => {
  let server: RunningServer;
  let live: ServeConfig;
  before(async () => {
    live = await configFor();
    server = await serve(live);
  });
  after(async () => {
    await stopServers();
    await removeFolders();
  });

  async function refused(toy: ToyOptions, admission: Partial<Admission>, spoil?: (folder: string) => Promise<void>) {
    const next = await configFor({ toy, version: 2, store: live.store });
    await spoil?.(next.model.folder);
    const error = await server.load({ ...next, admission: { contract: 'same', ...admission } }).then(
      () => assert.fail('it was let in'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof UserError, String(error));
    const answer = await ask(`${server.url}/predict`, { body: { rows: [row] } });
    assert.deepEqual([answer.status, answer.value.version], [200, 1]);
    return error.problem;
  }

  const cases: readonly [string, ToyOptions, Partial<Admission>, string, RegExp][] = [
    [
      'lacks a column',
      { columns: ['size', 'city'], info: inputs(size, city) },
      {},
      'contract-column-missing',
      /takes no column 'garden', which they send/,
    ],
    [
      'takes another type',
      {
        textSize: true,
        info: inputs(
          size && ({ ...size, type: 'text', example: '3', min: undefined, max: undefined } as never),
          city,
          garden,
        ),
      },
      {},
      'contract-column-type',
      /takes text in 'size', where they send number/,
    ],
    [
      'has its columns in another order',
      { info: inputs(city, size, garden) },
      {},
      'contract-column-order',
      /'city' stands where 'size' was/,
    ],
    [
      'is too slow',
      { work: 40 },
      { budget: { latency: 0.000001 } },
      'budget-latency',
      /too slow: a typical row takes .* ms here, the target allows/,
    ],
    [
      'is too big',
      {},
      { budget: { bytes: 100 } },
      'budget-bytes',
      /too big: model\.onnx has [\d,]+ bytes, the target allows 100/,
    ],
    [
      'has its classes in another order',
      { bias: 2, info: { classes: ['Yes', 'No'] } },
      {},
      'contract-class-order',
      /classes have another order: Yes, No, not No, Yes/,
    ],
    [
      'is below the gate',
      { bias: 3 },
      { require: { auc: { min: 0.95 } } },
      'below-gate',
      /auc is 0\.9, at least 0\.95 is asked for/,
    ],
    ['has no such metric', { bias: 3 }, { require: { f1: { min: 0.5 } } }, 'below-gate', /has no metric 'f1'/],
    [
      'gives NaN at the end of its range',
      { flaw: { kind: 'nan', from: 9, to: 11 } },
      {},
      'model-gives-nonsense',
      /Asked about the largest values the model of .* answers NaN/,
    ],
  ];
  for (const [name, toy, admission, code, message] of cases)
    it(name, async () => {
      const problem = await refused({ bias: 1, ...toy }, admission);
      assert.equal(problem.code, code, problem.message);
      assert.match(problem.message, message);
    });

  it('is the wrong file', async () => {
    const problem = await refused({ bias: 5 }, {}, (folder) => writeFile(path.join(folder, 'bundle.json'), '<html>'));
    assert.equal(problem.code, 'bundle-damaged');
    const missing = await refused({ bias: 6 }, {}, async (folder) => {
      const { rm } = await import('node:fs/promises');
      await rm(path.join(folder, 'model.onnx'));
    });
    assert.match(missing.message, /model\.onnx is missing/);
  });

  it('has one byte changed', async () => {
    const problem = await refused({ bias: 7 }, {}, async (folder) => {
      const file = path.join(folder, 'model.onnx');
      const bytes = await readFile(file);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      await writeFile(file, bytes);
    });
    assert.equal(problem.code, 'bundle-damaged');
    assert.match(problem.message, /model\.onnx was changed/);
    const longer = await refused({ bias: 8 }, {}, (folder) => appendFile(path.join(folder, 'metrics.json'), ' '));
    assert.match(longer.message, /metrics\.json was changed/);
  });

  it('is let in when the target says that clients change too', async () => {
    const own = await configFor();
    const other = await startServer(own);
    const next = await configFor({ toy: { info: { classes: ['Yes', 'No'] } }, version: 2, store: own.store });
    await assert.rejects(other.load({ ...next, admission: { contract: 'same' } }));
    await other.load({ ...next, admission: { contract: 'free' } });
    assert.equal((await ask(`${other.url}/predict`, { body: { rows: [row] } })).value.version, 2);
    await other.stop(100);
  });
});

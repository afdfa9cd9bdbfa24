import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startServer } from '../../../../lifecycle/deploy/serve/server';
import type { ServeConfig } from '../../../../lifecycle/deploy/serve/config';
import { appendEntry, liveHistory, readLedger } from '../../../../lifecycle/store/ledger';
import { readFeedback } from '../../../../lifecycle/store/feedback';
import type { DeployStage } from '../../../../schemas/generated/types';
import { removeFolders } from '../support';
import { ask, serve, stopServers } from './support';
import { Client, drive, outcome, settledState, trialConfig } from './trial';

const row = { size: 3, city: 'Ulm', garden: true };

/** Half of the requests and a small window: the real one needs ten times as many, see test/deep. */
const canary = (gates: Record<string, unknown> = {}): DeployStage['strategy'] => ({
  kind: 'canary',
  steps: [50],
  window: { requests: 150 },
  // This machine is busy with other tests; how long they take must decide nothing here.
  gates: { latency: { 'rise-at-most': 20 }, ...gates },
});

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1_000; i++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail('it did not come to pass');
}

const configOn = async (config: ServeConfig) =>
  JSON.parse(
    await readFile(path.join(config.store, 'deployments', config.target, 'config.json'), 'utf8'),
  ) as ServeConfig;

describe('a roll-out on the model server', function () {
  this.timeout(60_000);
  after(async () => {
    await stopServers();
    await removeFolders();
  });

  it('takes back a candidate that fails, and no client notices', async () => {
    const config = await trialConfig(canary(), {}, { flaw: { kind: 'nan', from: 7, to: 8 } });
    const { asked, state } = await outcome(config, { seed: 1, most: 2_000 });
    assert.equal(state?.status, 'rolled-back', state?.reason);
    assert.match(
      state?.reason ?? '',
      /^Canary of version 2 at 50 %: error-rate: \d+\.\d % of \d+ requests failed, 0\.0 % of \d+ on the live version \(p = /,
    );
    assert.ok(asked.every(({ status }) => status === 200));
    assert.deepEqual([...new Set(asked.map(({ version }) => version))].sort(), [1, 2]);
    await until(async () => (await configOn(config)).rollout === undefined);
    assert.equal((await configOn(config)).model.version, 1);
    const { entries } = await readLedger(config.store);
    const entry = entries.at(-1);
    assert.deepEqual(
      [entry?.action, entry?.version, entry?.candidate?.version, entry?.reason],
      ['rollback', 1, 2, state?.reason],
    );
  });

  it('takes back a candidate that is right less often, once the outcomes say so', async () => {
    const live = { bias: -3 };
    const config = await trialConfig(canary({ accuracy: { 'drop-at-most': 0.02 } }), live, {
      ...live,
      flaw: { kind: 'flip', from: 8, to: 9 },
    });
    const { state } = await outcome(config, { seed: 2, most: 4_000, labels: true });
    assert.equal(state?.status, 'rolled-back', state?.reason);
    assert.match(state?.reason ?? '', /accuracy: \d+\.\d % of \d+ rows were right, 100\.0 % by the live version/);
    const { count } = await readFeedback(config.store, config.target);
    assert.ok(count > 50, `${count} outcomes were kept`);
  });

  it('lets an equal one through all steps, and serves it from then on', async () => {
    const config = await trialConfig(
      { kind: 'canary', steps: [20, 50], window: { requests: 60 }, gates: { latency: { 'rise-at-most': 20 } } },
      {},
      { bias: 0.0001 },
    );
    const { asked, state, turns } = await outcome(config, { seed: 3, most: 4_000 });
    assert.equal(state?.status, 'promoted', state?.reason);
    assert.deepEqual(
      turns.map(({ status, step }) => `${status} ${step}`),
      ['running 0', 'running 1', 'promoted 1'],
    );
    assert.ok(asked.every(({ status }) => status === 200));
    const now = await configOn(config);
    assert.deepEqual([now.model.version, now.rollout], [2, undefined]);
    const { entries } = await readLedger(config.store);
    assert.deepEqual([entries.at(-1)?.action, entries.at(-1)?.version], ['promote', 2]);
    const server = await serve(now);
    assert.equal((await ask(`${server.url}/predict`, { body: { rows: [row] } })).value.version, 2);
  });

  it('mirrors in the shadow: nobody gets an answer of it, every difference is seen', async () => {
    const config = await trialConfig(
      { kind: 'shadow', window: { requests: 100 }, gates: { latency: { 'rise-at-most': 50 } } },
      { bias: -3 },
      { bias: -3, flaw: { kind: 'flip', from: 0, to: 2 } },
    );
    const server = await serve(config);
    const asked = await drive(server, { seed: 4, most: 300 });
    assert.ok(asked.every(({ version }) => version === 1));
    await until(() => server.app.trial?.controller.status === 'passed');
    const { pairs } = server.app.trial?.controller ?? assert.fail();
    assert.equal(pairs.rows, pairs.requests);
    assert.ok(pairs.differing > 5 && pairs.differing < pairs.rows / 2, `${pairs.differing} of ${pairs.rows}`);
    const difference = server.app.trial?.differences[0];
    assert.ok(difference && difference.live !== difference.candidate);
    await server.decide('promoted', 'It is better.');
    assert.equal((await ask(`${server.url}/predict`, { body: { rows: [row] } })).value.version, 2);
    assert.equal((await settledState(config)).state?.reason, 'It is better.');
  });

  it('goes blue-green: all at once, and back at once when a gate fails', async () => {
    const config = await trialConfig(
      {
        kind: 'blue-green',
        window: { requests: 200 },
        gates: { latency: { 'rise-at-most': 50 }, disagreement: { 'at-most': 0.05 } },
      },
      {},
      { bias: -3 },
    );
    const { asked, state } = await outcome(config, { seed: 5, most: 2_000 });
    assert.equal(state?.status, 'rolled-back', state?.reason);
    assert.match(state?.reason ?? '', /Blue-green of version 2 at 100 %: disagreement: /);
    assert.equal(asked[0]?.version, 2);
  });

  it('keeps every client at its version in an A/B test, and decides nothing by itself', async () => {
    const config = await trialConfig(
      { kind: 'ab', share: 50, sticky: { header: 'x-customer' }, window: { requests: 10 } },
      {},
      { bias: 0.1 },
    );
    const server = await serve(config);
    const client = new Client(server.port);
    const versions = new Map<string, Set<number>>();
    for (let i = 0; i < 120; i++) {
      const customer = `c${i % 30}`;
      const { value, id } = await client.post(
        '/predict',
        { rows: [{ size: 5, city: 'Ulm' }] },
        { 'x-customer': customer },
      );
      versions.set(customer, (versions.get(customer) ?? new Set()).add(value.version));
      await client.post('/feedback', { id, value: value.version === 2 ? 2 : 1 });
    }
    client.close();
    assert.ok([...versions.values()].every((seen) => seen.size === 1));
    assert.equal(new Set([...versions.values()].flatMap((seen) => [...seen])).size, 2);
    const trial = server.app.trial?.controller;
    assert.deepEqual([trial?.status, trial?.open], ['passed', true]);
    assert.ok((trial?.live.value.n ?? 0) > 10 && (trial?.candidate.value.n ?? 0) > 10);
    await server.decide('rolled-back', 'no');
    assert.equal(server.app.trial, undefined);
  });

  it('goes on where it was after a kill, and settles what a kill left half done', async () => {
    const config = await trialConfig(canary(), {}, { bias: 0.0001 });
    await appendEntry(config.store, {
      action: 'deploy',
      target: 'local',
      kind: 'local',
      model: 'toy',
      version: 1,
      digest: config.model.digest,
    });
    const first = await startServer(config);
    await drive(first, { seed: 6, most: 100 });
    await first.stop(100);
    const again = await startServer(config);
    assert.equal(again.app.trial?.controller.status, 'running');
    const { entries } = await readLedger(config.store);
    assert.equal(entries.length, 1);
    await again.decide('promoted', 'by hand');
    await again.stop(100);
    // As if it had been killed before configuration and ledger were written.
    const { writeConfig } = await import('./trial');
    await writeConfig(config);
    const third = await serve(config);
    assert.equal(third.app.live?.model.version, 2);
    await until(async () => (await configOn(config)).model.version === 2);
    const history = liveHistory((await readLedger(config.store)).entries, 'local');
    assert.deepEqual(
      history.map(({ version }) => version),
      [1, 2],
    );
    assert.equal((await readLedger(config.store)).entries.length, 2);
  });

  it('tells what the versions are asked', async () => {
    const config = await trialConfig(canary(), {}, { bias: 1 });
    const server = await serve(config);
    await drive(server, { seed: 7, most: 60 });
    const { text } = await ask(`${server.url}/metrics`);
    assert.match(text, /^lifecycle_predictions_total\{model="toy",version="2",outcome="answered"\} \d+$/m);
    assert.match(text, /^lifecycle_traffic_share\{model="toy",version="1"\} 0\.5$/m);
    assert.match(text, /^lifecycle_prediction_seconds_bucket\{model="toy",version="2",le="\+Inf"\} \d+$/m);
    const file = path.join(config.store, 'deployments', 'local', 'traffic.json');
    await until(async () => {
      const traffic = JSON.parse(await readFile(file, 'utf8').catch(() => '{"versions":[]}')) as {
        versions: { requests: number }[];
      };
      return traffic.versions.length === 2 && traffic.versions.reduce((sum, one) => sum + one.requests, 0) === 60;
    });
  });
});

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Given } from '../../../lifecycle/cli/arguments';
import { deployedAs } from '../../../lifecycle/cli/deployed';
import { analyzeFile, overridesOf } from '../../../lifecycle/cli/pipeline';
import { type UserError } from '../../../lifecycle/problem';
import { planGarbage } from '../../../lifecycle/store/gc';
import { openStore } from '../../../lifecycle/store/layout';
import { appendEntry } from '../../../lifecycle/store/ledger';
import { noteRetraining } from '../../../lifecycle/store/retraining';
import { createRun, newRunId } from '../../../lifecycle/store/runs';
import { freshFolder } from '../../rigs/folder';
import { DEAD, hash, runInfo } from '../../rigs/runs';

const TEXT = `lifecycle: 1
pipeline: shop
parameters: {rate: 0.01, trees: 100}
environments:
  staging: {parameters: {trees: 50}}
  production: {parameters: {trees: 300}, targets: {live: cluster}}
stages:
  table: {kind: data, source: data.csv, target: y}
  model: {kind: train, data: table, model: {kind: boosted-trees, trees: "\${trees}", learning-rate: "\${rate}"}}
  bundle: {kind: package, model: model, name: shop}
  live: {kind: deploy, package: bundle, target: local}
  watch: {kind: monitor, deployment: live, reference: table.train}
`;

describe('cli: what is deployed is looked at and retrained as it was made', () => {
  const folder = freshFolder();
  const file = () => join(folder(), 'shop.pipeline.yaml');
  const store = () => join(folder(), '.lifecycle');
  let second = 0;

  /** A run of the pipeline as it stands that deployed it. @returns its id */
  async function deployed(environment?: string, more: Record<string, number> = {}, target = 'local'): Promise<string> {
    const id = newRunId(new Date(2026, 0, 1, 0, 0, second++));
    const text = readFileSync(file(), 'utf8');
    const { analysis } = await analyzeFile(file(), { parameters: more, ...(environment && { environment }) });
    const { parameters } = analysis;
    const info = runInfo({ id, pipeline: 'shop', process: DEAD, parameters, ...(environment && { environment }) });
    await createRun(store(), info, text);
    const [model, version, digest] = ['shop', second, hash(String(second % 10))];
    const of = { pipeline: 'shop', stage: 'live', run: id };
    await appendEntry(store(), { action: 'deploy', target, kind: 'local', model, version, digest, ...of });
    return id;
  }

  /** What a command line without stages is loaded with, and what it says of that. */
  async function loaded(options: { env?: string; set?: string[] } = {}) {
    const given: Given = {
      positionals: [],
      text: (name) => (name === 'env' ? options.env : undefined),
      texts: (name) => (name === 'set' ? (options.set ?? []) : []),
      flag: () => false,
      whole: () => undefined,
    };
    let said = '';
    const { analysis } = await deployedAs(
      await analyzeFile(file(), overridesOf(given)),
      given,
      (text) => (said = text),
    );
    const { trees, rate } = analysis.parameters;
    return { environment: analysis.environment, trees, rate, said };
  }

  beforeEach(async () => {
    await openStore(store());
    writeFileSync(file(), TEXT);
    writeFileSync(join(folder(), 'data.csv'), 'x,y\n1,2\n');
  });

  it('takes over nothing where nothing was deployed, or where nothing was said', async () => {
    const plain = { environment: undefined, trees: 100, rate: 0.01, said: '' };
    assert.deepEqual(await loaded(), plain);
    await deployed();
    assert.deepEqual(await loaded(), plain);
  });

  it('takes over environment and --set of the run that deployed it, and says so', async () => {
    const id = await deployed('production', { rate: 0.5 });
    const taken = { environment: 'production', trees: 300, rate: 0.5 };
    assert.deepEqual(await loaded(), {
      ...taken,
      said: `with environment production, rate=0.5, as run ${id} deployed it`,
    });
    const set = await loaded({ set: ['rate=0.7'] });
    assert.deepEqual([set.rate, set.said], [0.7, `with environment production, as run ${id} deployed it`]);
  });

  it('lets the command line go before it', async () => {
    await deployed('production', { rate: 0.5 }, 'cluster');
    assert.deepEqual(await loaded({ env: '' }), { environment: undefined, trees: 100, rate: 0.01, said: '' });
    assert.deepEqual(await loaded({ env: 'staging' }), { environment: 'staging', trees: 50, rate: 0.01, said: '' });
    // The environment that it was made in: what was set then still counts.
    const same = await loaded({ env: 'production' });
    assert.deepEqual([same.environment, same.rate], ['production', 0.5]);
    assert.match(same.said, /^with rate=0\.5, as run/);
  });

  it('follows the newest deployment, and of an environment that on its target', async () => {
    await deployed('production', { rate: 0.5 }, 'cluster');
    await deployed('staging', { rate: 0.6 });
    const [newest, there] = [await loaded(), await loaded({ env: 'production' })];
    assert.deepEqual([newest.environment, newest.rate, there.rate], ['staging', 0.6, 0.5]);
  });

  it('lets a value count that the file has changed since', async () => {
    await deployed('production', { rate: 0.5, trees: 70 });
    writeFileSync(file(), TEXT.replace('rate: 0.01', 'rate: 0.02'));
    const { rate, trees } = await loaded();
    assert.deepEqual([rate, trees], [0.02, 70]);
  });

  it('says when the environment is gone, and how to go on', async () => {
    await deployed('staging');
    writeFileSync(file(), TEXT.replace(/ {2}staging.*\n/, ''));
    await assert.rejects(loaded(), (error: UserError) => {
      assert.equal(error.problem.code, 'environment-gone');
      assert.match(error.message, /deployed with --env staging/);
      return true;
    });
    assert.equal((await loaded({ env: '' })).environment, undefined);
  });

  it('goes on with a retraining in the environment that it began in', async () => {
    await deployed('production', {}, 'cluster');
    noteRetraining(store(), 'shop', 'watch', { id: 'r1', step: 'due', reason: 'drift', environment: 'production' });
    await deployed('staging');
    const { environment, trees, said } = await loaded();
    assert.deepEqual(
      [environment, trees, said],
      ['production', 300, 'with environment production, as its retraining began'],
    );
    noteRetraining(store(), 'shop', 'watch', { id: 'r1', step: 'failed', reason: 'no labels' });
    assert.equal((await loaded()).environment, 'staging');
  });

  it('is remembered as long as it is live: its run is no garbage', async () => {
    const old = await deployed('staging');
    const there = await deployed('production', {}, 'cluster');
    const newest = await deployed('staging');
    const { items } = await planGarbage(store(), { keepRuns: 0 });
    const runs = items.filter(({ kind }) => kind === 'run').map(({ id }) => id);
    assert.deepEqual(
      [old, there, newest].map((id) => runs.includes(id)),
      [true, false, false],
    );
  });
});

import assert from 'node:assert/strict';
import { deadServer, reviveServer } from '../../../lifecycle/deploy/revive';
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import type { DeploymentEntry, DeploymentTarget, DeployStage } from '../../../schemas/generated/types';
import type { Action } from '../../../lifecycle/deploy/plan';
import {
  deployBundle,
  type DeployOptions,
  planDeployment,
  rollback,
  stopDeployment,
} from '../../../lifecycle/deploy/deploy';
import { listDeployments } from '../../../lifecycle/deploy/deployments';
import { predict } from '../../../lifecycle/deploy/predict';
import { room } from '../../../lifecycle/deploy/room';
import { livingServer } from '../../../lifecycle/deploy/server';
import { needsConfirmation } from '../../../lifecycle/deploy/targets';
import { UserError } from '../../../lifecycle/problem';
import { isAlive } from '../../../lifecycle/process/identity';
import { appendEntry, readLedger } from '../../../lifecycle/store/ledger';
import { readRequests } from '../../../lifecycle/store/requests';
import { registerBundle } from '../../../lifecycle/store/registry';
import { removeFolders, stageContext, temporaryFolder, toyBundle, toyScore } from './support';
import { ask } from './serve/support';

const command = [process.execPath, '--require', require.resolve('tsx/cjs'), path.join(__dirname, 'serve', 'entry.ts')];
const stores: { store: string; targets: string[] }[] = [];
const row = { size: 3, city: 'Ulm', garden: true };
const code = (wanted: string) => (error: unknown) => {
  assert.ok(error instanceof UserError, String(error));
  assert.equal(error.problem.code, wanted, error.message);
  return true;
};

async function project(settings: DeploymentTarget = { kind: 'local' }, name = 'local') {
  const folder = await temporaryFolder();
  const store = path.join(folder, '.lifecycle');
  const entry = stores.find((one) => one.store === store) ?? { store, targets: [] };
  entry.targets.push(name);
  stores.push(entry);
  const options: DeployOptions = { store, target: { name, settings, folder }, command };
  return { folder, store, options };
}

const regression = (bias: number) => toyBundle({ task: 'regression', bias });

describe('deploying to this machine', function () {
  this.timeout(120_000);
  after(async () => {
    for (const { store, targets } of stores)
      for (const target of targets) await stopDeployment(target, { store }).catch(() => undefined);
    await removeFolders();
  });

  it('starts a server that outlives its parent, changes it while it runs, rolls it back and stops it', async () => {
    const { store, options } = await project();
    const first = await deployBundle(
      { bundle: await regression(0) },
      { ...options, run: 'r1', pipeline: 'toys', stage: 'live' },
    );
    const url = first.url ?? '';
    assert.deepEqual(
      [first.entry.action, first.entry.version, first.entry.url, first.entry.run],
      ['deploy', 1, url, 'r1'],
    );
    assert.deepEqual(await predict(url, [{ ...row, id: 7 }], { unknown: 'ignore' }), [{ prediction: toyScore(row) }]);
    const state = await livingServer(store, 'local');
    assert.ok(state && state.process.pid !== process.pid && isAlive(state.process));

    const second = await deployBundle({ bundle: await regression(5) }, options);
    assert.deepEqual([second.url, second.entry.version], [url, 2]);
    assert.deepEqual(
      second.plan.actions.map(({ do: what }) => what),
      ['write', 'call'],
    );
    assert.deepEqual(await predict(url, [row]), [{ prediction: toyScore(row, 5) }]);
    assert.equal((await livingServer(store, 'local'))?.process.pid, state.process.pid);

    const again = await deployBundle({ model: 'toy', version: 2 }, options);
    assert.deepEqual([again.plan.actions, again.entry.sequence], [[], 2]);

    const back = await rollback('local', { store, command, reason: 'errors' });
    assert.deepEqual(
      [back.entry.action, back.entry.version, back.entry.reason, back.url],
      ['rollback', 1, 'errors', url],
    );
    assert.deepEqual(await predict(url, [row]), [{ prediction: toyScore(row) }]);
    await assert.rejects(rollback('local', { store, command }), code('nothing-before'));

    const { deployments } = await listDeployments(store);
    assert.equal(deployments.length, 1);
    assert.deepEqual(
      [deployments[0]?.health, deployments[0]?.version, deployments[0]?.url, deployments[0]?.pid],
      ['serving', 1, url, state.process.pid],
    );

    const forward = await rollback('local', { store, command, to: 2 });
    assert.equal(forward.entry.version, 2);

    const stopped = await stopDeployment('local', { store });
    assert.equal(stopped?.action, 'stop');
    assert.equal(isAlive(state.process), false);
    assert.equal(await stopDeployment('local', { store }), undefined);
    assert.equal((await listDeployments(store)).deployments[0]?.health, 'stopped');
    await assert.rejects(predict(url, [row]), code('unreachable'));
    assert.equal((await readRequests(store, 'local')).rows, 3);

    const later = await deployBundle({ model: 'toy', version: 2 }, options);
    assert.equal(later.url, url, 'the port is kept over a restart');
    const { entries, problem } = await readLedger(store);
    assert.equal(problem, undefined);
    assert.deepEqual(
      entries.map(({ action, version }) => `${action} ${version}`),
      ['deploy 1', 'deploy 2', 'rollback 1', 'rollback 2', 'stop 2', 'deploy 2'],
    );
    const then = new Date(entries[1]?.time ?? 0);
    assert.deepEqual(
      (await listDeployments(store, { at: then })).deployments.map(({ version }) => version),
      [2],
    );
  });

  it('leaves the server running when whoever deployed it is gone', async () => {
    const { folder, store } = await project();
    const script = path.join(folder, 'deploy.ts');
    const module = path.resolve(__dirname, '../../../lifecycle/deploy/deploy');
    const call = { store, target: { name: 'local', settings: { kind: 'local' }, folder }, command };
    await writeFile(
      script,
      `const { deployBundle } = require(${JSON.stringify(module)});
       deployBundle(${JSON.stringify({ bundle: await regression(0) })}, ${JSON.stringify(call)}).then(({ url }) => process.stdout.write(url));`,
    );
    const { stdout, status, stderr } = spawnSync(process.execPath, ['--require', require.resolve('tsx/cjs'), script], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assert.deepEqual(await predict(stdout, [row]), [{ prediction: toyScore(row) }]);
    assert.equal((await listDeployments(store)).deployments[0]?.health, 'serving');
  });

  it('notices a server that was killed, and starts another', async () => {
    const { store, options } = await project();
    const { url } = await deployBundle({ bundle: await regression(0) }, options);
    const state = await livingServer(store, 'local');
    process.kill(state?.process.pid ?? 0, 'SIGKILL');
    while (await livingServer(store, 'local')) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal((await listDeployments(store)).deployments[0]?.health, 'dead');
    const again = await deployBundle({ model: 'toy' }, options);
    assert.equal(again.url, url);
    assert.equal((await listDeployments(store)).deployments[0]?.health, 'serving');
  });

  it('starts a server that was killed as it was, and adds nothing to the ledger; one that was stopped stays so', async () => {
    const { store, options } = await project();
    const { url } = await deployBundle({ bundle: await regression(0) }, options);
    assert.equal(await reviveServer('local', options), undefined, 'it lives');
    const kill = async () => {
      process.kill((await livingServer(store, 'local'))?.process.pid ?? 0, 'SIGKILL');
      while (await livingServer(store, 'local')) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await kill();
    assert.equal(await reviveServer('local', options), url);
    assert.equal((await listDeployments(store)).deployments[0]?.health, 'serving');
    assert.equal((await readLedger(store)).entries.length, 1);
    await kill();
    // A deployment that was killed half-way: what it wrote is not what the ledger says is live.
    const config = path.join(store, 'deployments', 'local', 'config.json');
    const text = await readFile(config, 'utf8');
    await writeFile(config, text.replace(/"digest": "./, '"digest": "x'));
    assert.deepEqual(
      [(await deadServer(store, 'local'))?.asItWas, await reviveServer('local', options)],
      [false, undefined],
    );
    await writeFile(config, text);
    const state = path.join(store, 'deployments', 'local', 'server.json');
    const written = await readFile(state, 'utf8');
    await writeFile(state, written.replace(/"machine": ?"[^"]*"/, '"machine":"another"'));
    const elsewhere = await deadServer(store, 'local');
    assert.deepEqual([elsewhere?.here, elsewhere?.asItWas], [false, false], 'the server of another machine');
    await writeFile(state, written);
    await reviveServer('local', options);
    await stopDeployment('local', options);
    assert.deepEqual([await deadServer(store, 'local'), await reviveServer('local', options)], [undefined, undefined]);
  });

  it('names the port that is taken, and leaves nothing behind', async () => {
    const taken = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as net.AddressInfo;
    const { store, options } = await project({ kind: 'local', port });
    await assert.rejects(deployBundle({ bundle: await regression(0) }, options), (error) => {
      code('port-in-use')(error);
      assert.match(String(error), new RegExp(`Port ${port} on 127.0.0.1 is in use`));
      return true;
    });
    assert.deepEqual((await readLedger(store)).entries, []);
    await assert.rejects(readFile(path.join(store, 'deployments', 'local', 'config.json')), /ENOENT/);
    const log = await readFile(path.join(store, 'deployments', 'local', 'actions.jsonl'), 'utf8');
    assert.match(log, /"outcome":"failed".*in use[\s\S]*"outcome":"undone"/);
    taken.close();
  });

  it('moves to another port with a new process, and back when that fails', async () => {
    const { store, options } = await project();
    const { url } = await deployBundle({ bundle: await regression(0) }, options);
    const taken = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as net.AddressInfo;
    const moved = { ...options, target: { ...options.target, settings: { kind: 'local', port } as const } };
    await assert.rejects(deployBundle({ bundle: await regression(5) }, moved), code('port-in-use'));
    assert.deepEqual(
      await predict(url ?? '', [row]),
      [{ prediction: toyScore(row) }],
      'the former server is back at its port',
    );
    taken.close();
    await new Promise((resolve) => taken.once('close', resolve));
    const now = await deployBundle({ model: 'toy', version: 2 }, moved);
    assert.equal(now.url, `http://127.0.0.1:${port}`);
    assert.deepEqual(await predict(now.url ?? '', [row]), [{ prediction: toyScore(row, 5) }]);
    assert.equal((await readLedger(store)).entries.length, 2);
  });

  it('keeps what is live when the new version is refused', async () => {
    const { store, options } = await project();
    const { url } = await deployBundle({ bundle: await regression(0) }, options);
    const { folder } = await registerBundle(store, await regression(7));
    await writeFile(path.join(folder, 'metrics.json'), '{"tampered": true}');
    await assert.rejects(deployBundle({ model: 'toy', version: 2 }, options), code('bundle-damaged'));
    assert.deepEqual(await predict(url ?? '', [row]), [{ prediction: toyScore(row) }]);
    assert.equal((await readLedger(store)).entries.length, 1);
  });

  it('gives its key to the server without writing it anywhere', async () => {
    const { store, options } = await project({ kind: 'local', 'api-key': { secret: 'TOY_KEY' } });
    const bundle = await regression(0);
    await assert.rejects(
      deployBundle({ bundle }, { ...options, secret: () => Promise.resolve(undefined) }),
      code('secret-missing'),
    );
    const { url, plan } = await deployBundle(
      { bundle },
      { ...options, secret: (name) => Promise.resolve(name === 'TOY_KEY' ? 'hunter22' : undefined) },
    );
    assert.doesNotMatch(JSON.stringify(plan), /hunter22/);
    assert.equal((await ask(`${url}/predict`, { body: { rows: [row] } })).status, 401);
    assert.deepEqual(await predict(url ?? '', [row], { apiKey: 'hunter22' }), [{ prediction: toyScore(row) }]);
    await assert.rejects(predict(url ?? '', [row]), code('api-key'));
    assert.equal(spawnSync('grep', ['-r', 'hunter22', store]).status, 1);
    const pid = (await livingServer(store, 'local'))?.process.pid;
    assert.doesNotMatch(await readFile(`/proc/${pid}/cmdline`, 'utf8'), /hunter22/);
    assert.doesNotMatch(await readFile(`/proc/${pid}/environ`, 'utf8'), /hunter22/);
  });

  it('refuses to act on a ledger that was tampered with', async () => {
    const { store, options } = await project();
    await deployBundle({ bundle: await regression(0) }, options);
    const file = path.join(store, 'deployments', 'ledger.jsonl');
    const good = await readFile(file, 'utf8');
    await writeFile(file, good.replace('"version":1', '"version":3'));
    await assert.rejects(deployBundle({ bundle: await regression(1) }, options), code('ledger-broken'));
    await assert.rejects(rollback('local', { store }), code('ledger-broken'));
    assert.equal((await listDeployments(store)).problem?.problem.code, 'ledger-broken');
    await writeFile(file, good);
  });

  it('says what is not there', async () => {
    const { store, options } = await project();
    await assert.rejects(rollback('local', { store }), code('deployment-unknown'));
    await assert.rejects(stopDeployment('live', { store }), code('deployment-unknown'));
    await assert.rejects(deployBundle({ model: 'nothing' }, options), code('model-unknown'));
    await assert.rejects(deployBundle({ bundle: store }, options), code('bundle-missing'));
    assert.deepEqual((await listDeployments(store)).deployments, []);
  });

  it('says that it takes the place of another model, and what was there before', async () => {
    const { store, options } = await project();
    await deployBundle({ bundle: await regression(0) }, options);
    const other = { bundle: await toyBundle({ task: 'regression', bias: 1, name: 'cars' }) };
    const { plan } = await deployBundle(other, options);
    assert.match(plan.notes.join(), /^cars takes the place of toy 1 on 'local'\. .*\{cars: \{kind: local\}\}/);
    const { deployments } = await listDeployments(store);
    assert.deepEqual(
      deployments.map(({ model, before, beforeModel }) => [model, before, beforeModel]),
      [['cars', 1, 'toy']],
    );
    const again = await deployBundle({ bundle: await toyBundle({ task: 'regression', name: 'cars' }) }, options);
    assert.deepEqual(again.plan.notes, []);
  });

  it('runs as a stage', async () => {
    const { folder, store } = await project();
    const bundle = await regression(0);
    const output = path.join(folder, 'out');
    await mkdir(output);
    await writeFile(
      path.join(folder, 'targets.yaml'),
      `lifecycle: 1\ntargets:\n  scores: {kind: batch, input: in.csv, output: scored.csv}\n`,
    );
    await writeFile(path.join(folder, 'in.csv'), 'size,city,garden\n3,Ulm,true\n');
    const stage: DeployStage = { kind: 'deploy', package: 'bundle', target: 'scores' };
    const input = { path: bundle } as ReturnType<Parameters<typeof room.run>[0]['input']>;
    const result = await room.run(stageContext(stage, { root: folder, store, output }, input));
    assert.match(result.summary ?? '', /^toy 1 on .*scored\.csv, 1 rows$/);
    assert.match(
      await readFile(path.join(folder, 'scored.csv'), 'utf8'),
      /^size,city,garden,prediction\n3,Ulm,true,2\.5\n$/,
    );
    assert.equal(JSON.parse(await readFile(path.join(output, 'deployment.json'), 'utf8')).target, 'scores');
    // What people and retrainings decided since is not undone without a word.
    const digest = 'e'.repeat(64);
    const entry = { target: 'scores', kind: 'batch', model: 'toy', version: 7, digest } as const;
    await appendEntry(store, { ...entry, action: 'deploy' });
    const logged: string[] = [];
    await room.run(stageContext(stage, { root: folder, store, output }, input, logged));
    assert.match(logged.join('\n'), /warning: toy 1 takes the place of version 7 on 'scores', which is newer/);
    await appendEntry(store, { ...entry, action: 'rollback', reason: 'too many alarms' });
    logged.length = 0;
    await room.run(stageContext(stage, { root: folder, store, output }, input, logged));
    assert.match(logged.join('\n'), /warning: toy 1 was taken back from 'scores' on [\d-]+ \(too many alarms\)/);
    assert.doesNotMatch(logged.join('\n'), /takes the place/);
    await rm(path.join(folder, 'scored.csv'));
    const back = await room
      .run(stageContext({ ...stage, target: 'score' }, { root: folder, store, output }, input))
      .catch((error: unknown) => error);
    code('target-unknown')(back);
    assert.equal(needsConfirmation({ kind: 'local' }), false);
  });
});

describe('a deploy stage whose pipeline makes an older version than the one that is live', () => {
  after(removeFolders);

  it('leaves the newer one of a retraining or a person, and puts its own back after a change of the pipeline', async () => {
    const { folder, store } = await project();
    const output = path.join(folder, 'out');
    await mkdir(output);
    const target: DeploymentTarget = { kind: 'batch', input: 'in.csv', output: 'scored.csv' };
    await writeFile(
      path.join(folder, 'targets.yaml'),
      `lifecycle: 1\ntargets:\n  scores: {kind: batch, input: in.csv, output: scored.csv}\n`,
    );
    await writeFile(path.join(folder, 'in.csv'), 'size,city,garden\n3,Ulm,true\n');
    const [older, newer] = [await regression(0), await regression(1)];
    const stage: DeployStage = { kind: 'deploy', package: 'bundle', target: 'scores' };
    const run = async () => {
      const logged: string[] = [];
      const input = { path: older } as ReturnType<Parameters<typeof room.run>[0]['input']>;
      const { summary } = await room.run(stageContext(stage, { root: folder, store, output }, input, logged));
      const live = JSON.parse(await readFile(path.join(output, 'deployment.json'), 'utf8')) as DeploymentEntry;
      return { summary, said: logged.join('\n'), live };
    };
    const deploy = (more: object) =>
      deployBundle({ bundle: newer }, { store, target: { name: 'scores', settings: target, folder }, ...more });
    await run();
    await deploy({});
    const kept = await run();
    assert.equal(kept.live.version, 2);
    assert.match(kept.summary ?? '', /^toy 2 stays on .*scored\.csv: it is newer than 1, which the pipeline makes$/);
    assert.match(
      kept.said,
      /info: Nothing to do for toy 1.*version 2 is newer.*`lifecycle deploy --model toy@1 --target scores`/,
    );
    assert.equal((await readLedger(store)).entries.at(-1)?.run, undefined, 'this run did not make what it left there');

    // By the same stage: whether a retraining did it, or a run of a pipeline that has changed back since, its run knows.
    const own = { pipeline: 'toys', stage: 'deploy', run: 'run-3' };
    const byRun = async (command: string) => {
      await deployBundle({ bundle: older }, { store, target: { name: 'scores', settings: target, folder } });
      await mkdir(path.join(store, 'runs', 'run-3'), { recursive: true });
      await writeFile(path.join(store, 'runs', 'run-3', 'run.json'), JSON.stringify({ command }));
      await deploy(own);
      return run();
    };
    const retrained = await byRun('retrain');
    assert.deepEqual([retrained.live.version, retrained.live.run], [2, 'run-3']);
    assert.match(retrained.said, /put there by a retraining/);
    await rm(path.join(folder, 'scored.csv'));
    assert.deepEqual(
      [(await run()).live.run, (await run()).live.run],
      ['run-3', 'run-3'],
      'done again, still of that run',
    );
    const reverted = await byRun('run');
    assert.equal(reverted.live.version, 1);
    assert.match(reverted.said, /warning: toy 1 takes the place of version 2/);
  });
});

describe('a plan', () => {
  after(removeFolders);

  it('is plain data that says what will be done', async () => {
    const { options, store } = await project({
      kind: 'local',
      port: 8080,
      redact: ['city'],
      'api-key': { secret: 'TOY_KEY' },
      threads: 2,
    });
    const { actions } = await planDeployment({ bundle: await regression(0) }, options);
    assert.deepEqual(JSON.parse(JSON.stringify(actions)), actions);
    const [write, run] = actions as [Action & { do: 'write' }, Action];
    assert.deepEqual([write.do, run.do], ['write', 'run']);
    const config = JSON.parse(write.content ?? '');
    const shown = { ...config, store: '', model: { ...config.model, folder: '', digest: '' } };
    assert.deepEqual(shown, {
      format: 1,
      target: 'local',
      store: '',
      host: '127.0.0.1',
      port: 8080,
      log: 'full',
      redact: ['city'],
      apiKey: 'TOY_KEY',
      maxBody: 16777216,
      threads: 2,
      model: { name: 'toy', version: 1, digest: '', folder: '' },
      admission: { contract: 'same' },
    });
    assert.equal(run.say, 'start a server of toy 1 on 127.0.0.1, port 8080');
    assert.deepEqual(run.undo, {
      do: 'call',
      operation: 'stop',
      say: 'stop the new server',
      folder: path.join(store, 'deployments', 'local'),
    });
    await assert.rejects(readFile(path.join(store, 'deployments', 'local', 'config.json')), /ENOENT/);
  });

  it('refuses to redact a column that is not there', async () => {
    const { options } = await project({ kind: 'local', redact: ['citty'] });
    await assert.rejects(planDeployment({ bundle: await regression(0) }, options), (error) => {
      code('redact-unknown-column')(error);
      assert.equal((error as UserError).problem.hint, "Did you mean 'city'?");
      return true;
    });
  });
});

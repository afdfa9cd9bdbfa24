import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inlineCompute } from '../../../lifecycle/run/compute';
import { runPipeline } from '../../../lifecycle/run/supervisor';
import { openStore } from '../../../lifecycle/store/layout';
import { createRun } from '../../../lifecycle/store/runs';
import type { RunInfo, RunRecord } from '../../../schemas/generated/types';
import { cli } from '../../rigs/cli';
import { data, exam, fakeRooms, model, planOf } from '../../rigs/fake-rooms';
import { freshFolder } from '../../rigs/folder';
import { DEAD, runInfo } from '../../rigs/runs';

describe('cli: commands on runs', () => {
  const folder = freshFolder();
  const store = () => join(folder(), '.lifecycle');

  function go(command: string[], parameters = {}, text?: string): Promise<RunRecord> {
    writeFileSync(join(folder(), 'data.txt'), 'abc|def');
    const plan = { ...planOf({ customers: data(), trees: model(command), exam: exam('trees') }), parameters };
    return runPipeline({
      plan,
      execute: new Set(['customers', 'trees', 'exam']),
      file: join(folder(), 'churn.pipeline.yaml'),
      ...(text === undefined ? {} : { text }),
      root: folder(),
      store: store(),
      rooms: fakeRooms,
      compute: inlineCompute(fakeRooms),
      cores: 2,
    });
  }

  it('say that there is nothing yet', async () => {
    assert.match((await cli(folder(), ['runs'])).stdout, /There is no run yet/);
    const show = await cli(folder(), ['show']);
    assert.deepEqual(
      [show.code, show.stderr],
      [2, 'error[run-unknown]: There is no run yet.\nhint: Start one with `lifecycle run`.\n'],
    );
    assert.equal((await cli(folder(), ['cancel'])).code, 2);
    assert.match((await cli(folder(), ['gc'])).stdout, /Nothing to remove/);
    assert.equal((await cli(folder(), ['compare'])).code, 2);
    assert.deepEqual(readdirSync(folder()), []);
  });

  it('list and show runs, for people and for programs', async () => {
    const good = await go(['warn', 'careful now']);
    const bad = await go(['fail', 'out of luck']);
    const { stdout } = await cli(folder(), ['runs']);
    assert.match(
      stdout,
      new RegExp(`${bad.id} +churn +failed .*trees: out of luck\\n${good.id} +churn +succeeded .*auc 0.5\\n`),
    );
    assert.deepEqual(
      (await cli(folder(), ['runs', '--json', '--limit', '1'])).json.map((line) => line['id']),
      [bad.id],
    );

    const shown = (await cli(folder(), ['show'])).stdout;
    assert.match(shown, /trees +train +failed/);
    assert.match(shown, /churn\.pipeline\.yaml:2:1: error\[went-wrong\]: out of luck\n {2}hint: Try again\./);
    assert.match(shown, /exam +evaluate +skipped .*trees failed/);
    assert.match(
      (await cli(folder(), ['show', good.id])).stdout,
      /churn\.pipeline\.yaml:2:1: warning\[careful\]: trees: careful now/,
    );
    assert.equal((await cli(folder(), ['show', good.id.slice(-6), '--json'])).json[0]?.['status'], 'succeeded');
    const stage = (await cli(folder(), ['show', good.id, '--stage', 'trees'])).stdout;
    assert.match(stage, /because it has no result yet[^]*model\.txt +\d+ B +[0-9a-f]{12}/);
    assert.match(
      (await cli(folder(), ['show', '--stage', 'tree'])).stderr,
      /has no stage 'tree'[^]*customers, trees, exam/,
    );
    assert.match((await cli(folder(), ['show', good.id, '--log'])).stdout, /trees: warning: careful now/);
    const followed = await cli(folder(), ['show', good.id, '--follow']);
    assert.match(followed.stdout, /✔ trees[^]*succeeded in/);
    assert.equal((await cli(folder(), ['show', bad.id, '--follow'])).code, 1);
  });

  it('print the pipeline as a run read it, byte for byte, and say it when none was kept', async () => {
    const text = '\uFEFFlifecycle: 1\r\npipeline: churn # ünder\r\n';
    const kept = await go(['print', 'a'], { rate: 0.01 }, text);
    const old = await go(['print', 'b']);
    assert.equal((await cli(folder(), ['show', kept.id, '--pipeline'])).stdout, text);
    assert.deepEqual((await cli(folder(), ['show', kept.id, '--pipeline', '--json'])).json, [
      { run: kept.id, file: 'churn.pipeline.yaml', parameters: { rate: 0.01 }, text },
    ]);
    const none = await cli(folder(), ['show', old.id, '--pipeline']);
    assert.deepEqual([none.code, none.stdout], [2, '']);
    assert.match(none.stderr, new RegExp(`pipeline-not-kept\\]: Run ${old.id} kept no copy of its pipeline`));
  });

  it('end with 2 where the command line asks for what there is not', async () => {
    await go(['print', 'a']);
    for (const argv of [
      ['runs', '--where', 'f1 >'],
      ['runs', '--sort', 'nowhere'],
      ['series', '--name', 'nothing'],
      ['show', '--stage', 'nothing'],
      ['rollout', 'nowhere'],
      ['keys', 'revoke', 'nobody'],
      ['new', 'nowhere.csv'],
      ['predict', './nowhere'],
    ]) {
      const { code, stderr } = await cli(folder(), argv);
      assert.deepEqual([code, /^error\[[\w-]+\]: /.test(stderr)], [2, true], `${argv.join(' ')}\n${stderr}`);
    }
  });

  it('show a run that was killed for what it is', async () => {
    await openStore(store());
    await createRun(store(), runInfo({ process: DEAD }));
    assert.match((await cli(folder(), ['show'])).stdout, /lost[^]*run the pipeline again/);
  });

  it('say that a run was made by a newer version, and show what is understood of it', async () => {
    await openStore(store());
    const newer = { ...runInfo({ process: DEAD, engine: '0.9.0' }), format: 2, budget: { watts: 5 } };
    await createRun(store(), newer as unknown as RunInfo);
    assert.match((await cli(folder(), ['runs'])).stdout, /made by a newer version/);
    assert.match(
      (await cli(folder(), ['show'])).stdout,
      /\n! Made by a newer version of ML Lifecycle \(0\.9\.0\): what/,
    );
    await createRun(store(), runInfo({ process: DEAD, id: '20990101-000000-aaaaaa' }));
    assert.doesNotMatch((await cli(folder(), ['show'])).stdout, /newer version/);
  });

  it('compare runs', async () => {
    const one = await go(['print', 'a'], { rate: 0.01 });
    const two = await go(['print', 'b'], { rate: 0.02 });
    const { stdout } = await cli(folder(), ['compare']);
    assert.match(stdout, new RegExp(`${one.id} +${two.id} +change\\nparameter rate +0.01 +0.02 +\\+0.01\\n`));
    assert.doesNotMatch(stdout, /exam auc/);
    assert.match((await cli(folder(), ['compare', one.id, two.id, '--all'])).stdout, /exam auc +0.5 +0.5/);
    const json = (await cli(folder(), ['compare', '--json'])).json[0];
    assert.deepEqual(
      json?.['rows'].find((row: { name: string }) => row.name === 'parameter rate').values,
      [0.01, 0.02],
    );
  });

  it('preview and collect garbage', async () => {
    await go(['print', 'a']);
    await go(['print', 'b']);
    const preview = await cli(folder(), ['gc', '--keep-runs', '1']);
    assert.match(preview.stdout, /run +churn, [^]*artifact[^]*could go; nothing was removed/);
    assert.match((await cli(folder(), ['gc', '--keep-runs', '1', '--yes'])).stdout, /Removed \d/);
    assert.match((await cli(folder(), ['gc', '--keep-runs', '1'])).stdout, /Nothing to remove/);
    assert.equal((await cli(folder(), ['runs', '--json'])).json.length, 1);
  });

  it('read the store of a newer engine, but do not write it', async () => {
    await go(['print', 'a']);
    writeFileSync(join(store(), 'format.json'), '{"format":7}');
    assert.equal((await cli(folder(), ['runs', '--json'])).json.length, 1);
    const refused = await cli(folder(), ['gc', '--yes']);
    assert.deepEqual([refused.code, /has format 7/.test(refused.stderr)], [2, true]);
  });

  it('ask for the doctor, who asks the Python that commands here mean', async () => {
    const python = join(folder(), '.venv', 'bin', 'python');
    if (process.platform !== 'win32') {
      mkdirSync(dirname(python), { recursive: true });
      const said = { version: '3.99.0', path: python, found: { torch: '9.9' } };
      writeFileSync(python, `#!/bin/sh\necho '${JSON.stringify(said)}'\n`, { mode: 0o755 });
    }
    const { json, code } = await cli(folder(), ['doctor', '--json']);
    const found = new Map(json.map((finding) => [String(finding['name']), finding]));
    assert.equal(found.get('Node')?.['found'], true);
    for (const name of [
      'DuckDB',
      'ONNX Runtime',
      'Python',
      'NVIDIA GPU',
      ...(process.platform === 'linux' ? ['CUDA part of ONNX Runtime', 'Vulkan loader', 'Vulkan driver'] : []),
      ...(process.platform === 'linux' && process.arch === 'x64' ? ['CUDA 12', 'cuDNN 9'] : []),
      'Containers',
      'kubectl',
      'Slurm',
      'TensorFlow.js for Node',
    ])
      assert.ok(found.has(name), name);
    assert.ok(json.every((finding) => finding['found'] === true || typeof finding['remedy'] === 'string'));
    if (process.platform !== 'win32') {
      assert.equal(found.get('Python')?.['detail'], `3.99.0 (${python})`);
      assert.deepEqual(
        ['  torch', '  sklearn'].map((name) => found.get(name)?.['found']),
        [true, false],
      );
    }
    assert.equal(code, 0);
  });
});

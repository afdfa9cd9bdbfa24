import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateEvent } from '../../../schemas/generated/validators';
import { identityOf, isAlive } from '../../../lifecycle/process/identity';
import { listRuns, readRun } from '../../../lifecycle/store/runs';
import { bundled } from '../../rigs/bundle';
import { cli as inProcess } from '../../rigs/cli';
import { fakeRooms } from '../../rigs/fake-rooms';
import { freshFolder } from '../../rigs/folder';
import { skip } from '../../rigs/skip';

const TEXT = `lifecycle: 1
pipeline: churn
parameters: {how: fine}
stages:
  customers: {kind: data, source: data.csv, target: y}
  trees: {kind: train, data: customers, command: [print, "\${how}"]}
  network: {kind: train, data: customers, command: [warn, careful]}
  exam: {kind: evaluate, candidates: [trees, network], metrics: [accuracy]}
  bundle: {kind: package, model: exam.best, name: m}
  live: {kind: deploy, package: bundle, target: local}
`;

describe('cli run', () => {
  const folder = freshFolder();
  const store = () => join(folder(), '.lifecycle');
  let program = '';
  before(async () => {
    program = await bundled('test/rigs/fake-cli.ts');
  });
  beforeEach(() => {
    writeFileSync(join(folder(), 'data.csv'), 'a,y|b');
    pipeline();
  });

  const pipeline = (change: (text: string) => string = (text) => text, name = 'churn.pipeline.yaml') =>
    writeFileSync(join(folder(), name), change(TEXT));
  const cli = (argv: string[], more: Parameters<typeof inProcess>[2] = {}) =>
    inProcess(folder(), argv, { rooms: fakeRooms, self: [process.execPath, program], ...more });

  it('runs, tells each stage and its reason, then reuses all', async () => {
    const first = await cli(['run']);
    assert.equal(first.code, 0, first.stdout + first.stderr);
    assert.match(
      first.stdout,
      /^run \d{8}-\d{6}-\w{6} of churn: 5 stages\n▶ customers because it has no result yet\n✔ customers \d/,
    );
    assert.match(
      first.stdout,
      /succeeded in [\d.]+ s: 5 executed {2}run \d{8}\S+\nleft out: live \(deploy\); --deploy takes it along\n$/,
    );
    assert.doesNotMatch((await cli(['run', '--to', 'exam'])).stdout, /left out/);
    assert.equal(existsSync(join(folder(), 'deployed.txt')), false);
    const second = await cli(['run']);
    assert.match(second.stdout, /↺ customers unchanged since run [^]*succeeded in [\d.]+ s: 5 reused/);
    const changed = await cli(['run', '--set', 'how=other']);
    assert.match(changed.stdout, /▶ trees because command\[1\] "fine" → "other"[^]*2|3 executed/);
  });

  it('writes the lock file, and only when something changed', async () => {
    await cli(['run']);
    const lock = readFileSync(join(folder(), 'churn.lock.yaml'), 'utf8');
    assert.match(lock, /trees:\n {4}fingerprint: [0-9a-f]{64}\n {4}metrics:\n {6}auc: 0.75/);
    assert.doesNotMatch(lock, /live/);
    await cli(['run', '--only', 'exam', '--force']);
    assert.equal(readFileSync(join(folder(), 'churn.lock.yaml'), 'utf8'), lock);
    for (const [text, why] of [
      [lock.replace('lifecycle: 1', 'lifecycle: 2'), /stays as it is: it is of format 2/],
      ['packages: [numpy]\n', /stays as it is: it is no lock file of ML Lifecycle/],
    ] as const) {
      writeFileSync(join(folder(), 'churn.lock.yaml'), text);
      assert.match((await cli(['run'])).stdout, why);
      assert.equal(readFileSync(join(folder(), 'churn.lock.yaml'), 'utf8'), text);
    }
    writeFileSync(join(folder(), 'churn.lock.yaml'), lock.replace('stages:', '<<<<<<< ours\nstages:'));
    await cli(['run']);
    assert.equal(readFileSync(join(folder(), 'churn.lock.yaml'), 'utf8'), lock, 'what a merge left is made anew');
  });

  it('re-runs nothing after renaming a stage or reformatting', async () => {
    await cli(['run']);
    pipeline((text) =>
      text
        .replace(
          'customers: {kind: data, source: data.csv, target: y}',
          'customers:\n    target: y # the label\n    source: "data.csv"\n    kind: data',
        )
        .replaceAll('trees', 'forest'),
    );
    const { stdout } = await cli(['run']);
    assert.match(stdout, /: 5 reused/, stdout);
  });

  it('speaks JSON lines: the events themselves', async () => {
    const { json, code } = await cli(['run', '--json']);
    assert.equal(code, 0);
    for (const line of json) assert.ok(validateEvent(line), JSON.stringify(line));
    assert.deepEqual([json[0]?.['type'], json.at(-1)?.['type']], ['run-started', 'run-finished']);
  });

  it('refuses a pipeline with errors, each at its place, and executes nothing', async () => {
    pipeline((text) => text.replace('data: customers, command: [warn', 'data: customer, command: [warn'));
    const { code, stderr } = await cli(['run']);
    assert.equal(code, 2);
    assert.match(stderr, /churn\.pipeline\.yaml:7:32: error\[unknown-stage\]/);
    assert.equal(existsSync(store()), false);
  });

  it('ends with the code that tells how it went', async () => {
    pipeline((text) => text.replace('[warn, careful]', '[fail, out of luck]'));
    const failed = await cli(['run']);
    assert.equal(failed.code, 1);
    assert.match(
      failed.stdout,
      /✖ network\n {2}churn\.pipeline\.yaml:7:59: error\[went-wrong\]: out of luck\n {2}hint: Try again\./,
    );
    assert.match(failed.stdout, /failed in [\d.]+ s: 2 executed, 1 failed, 2 skipped/);
    pipeline((text) => text.replace('[warn, careful]', '[gate, "0.8 < 0.9"]'));
    assert.equal((await cli(['run'])).code, 3);
    assert.equal((await cli(['show', '--follow'])).code, 3, 'the same for who only follows it');
    assert.equal((await cli(['run', '--only', 'tres'])).code, 2);
    assert.match((await cli(['run', '--only', 'tres'])).stderr, /Did you mean 'trees'\?/);
    assert.equal((await cli(['run', '--env', 'nowhere'])).code, 2);
    assert.equal((await cli(['run', '--set', 'nothing=1'])).code, 2);
  });

  it('tells places from where the user stands, which need not be the root of the project', async () => {
    const below = join(folder(), 'below');
    mkdirSync(below);
    writeFileSync(join(folder(), 'lifecycle.yaml'), 'lifecycle: 1\n');
    writeFileSync(join(below, 'data.csv'), 'a,y|b');
    pipeline((text) => text.replace('[warn, careful]', '[fail, out of luck]'), 'below/churn.pipeline.yaml');
    const run = (cwd: string, argv: string[]) =>
      inProcess(cwd, argv, { rooms: fakeRooms, self: [process.execPath, program] });
    assert.match((await run(below, ['run'])).stdout, /\n {2}churn\.pipeline\.yaml:7:59: error/);
    for (const argv of [['show'], ['show', '--follow'], ['show', '--stage', 'network']])
      assert.match((await run(folder(), argv)).stdout, /\n {2}below\/churn\.pipeline\.yaml:7:59: error/);
  });

  it('tells the place of a warning, as problem matchers read it, also where the stage is not run again', async () => {
    const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      contributes: { problemMatchers: { pattern: { regexp: string } }[] };
    };
    const matcher = new RegExp(contributes.problemMatchers[0]?.pattern.regexp ?? '');
    const matched = (stdout: string) =>
      stdout.split('\n').flatMap((line) => {
        const found = matcher.exec(line);
        return found ? [found.slice(1)] : [];
      });
    const line = TEXT.split('\n')[6] ?? '';
    const column = String(line.indexOf('careful') + 1);
    const first = (await cli(['run'])).stdout;
    assert.deepEqual(matched(first), [['churn.pipeline.yaml', '7', column, 'warning', 'careful', 'network: careful']]);
    pipeline((text) => `# moved\n${text}`);
    const second = (await cli(['run'])).stdout;
    assert.match(second, /↺ network/);
    assert.deepEqual(matched(second), [['churn.pipeline.yaml', '8', column, 'warning', 'careful', 'network: careful']]);
    assert.deepEqual(matched((await cli(['show'])).stdout), matched(second));
    const events = (await cli(['run', '--json'])).stdout.split('\n').filter((text) => text.includes('"log"'));
    const { file, line: at } = JSON.parse(events[0] ?? '{}') as { file?: string; line?: number };
    assert.deepEqual([file, at], ['churn.pipeline.yaml', 8]);
  });

  it('chooses stages', async () => {
    await cli(['run', '--to', 'trees']);
    const [entry] = await listRuns(store());
    assert.deepEqual(entry?.info.stages, ['customers', 'trees']);
    assert.deepEqual(entry?.info.selection, { to: 'trees' });
    const missing = await cli(['run', '--from', 'exam']);
    assert.equal(missing.code, 1);
    assert.match(missing.stdout, /network was not asked for, but is needed and has no result/);
    await cli(['run']);
    assert.match((await cli(['run', '--from', 'exam', '--force'])).stdout, /2 executed, 3 reused/);
  });

  it('plans without doing anything', async () => {
    const before = await cli(['plan']);
    assert.equal(before.code, 0);
    assert.match(
      before.stdout,
      /▶ customers +data +run: it has no result yet\n\? trees +train +customers +run or reuse: customers may come out different/,
    );
    assert.equal(existsSync(store()), false);
    await cli(['run']);
    const { json } = await cli(['plan', '--json', '--set', 'how=other']);
    assert.deepEqual(
      json.map((stage) => [stage['name'], stage['action']]),
      [
        ['customers', 'reuse'],
        ['trees', 'run'],
        ['network', 'reuse'],
        ['exam', 'depends'],
        ['bundle', 'depends'],
      ],
    );
    assert.equal(json[1]?.['reason'], 'command[1] "fine" → "other"');
    assert.equal((await cli(['plan', '--only', 'exam', '--set', 'how=other'])).code, 2);
  });

  it('deploys and only then acts on the world', async () => {
    const { code, stdout } = await cli(['deploy']);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /▶ live because it acts on the world, so it always runs/);
    assert.ok(existsSync(join(folder(), 'deployed.txt')));
    assert.equal((await listRuns(store()))[0]?.info.command, 'deploy');
    assert.match((await cli(['monitor'])).stderr, /no stage of kind monitor/);
    assert.match((await cli(['run', '--deploy'])).stdout, /1 executed, 5 reused/);
  });

  it('refuses a file that is no pipeline', async () => {
    const { code, stderr } = await cli(['run', 'data.csv']);
    assert.equal(code, 2);
    assert.match(stderr, /data\.csv is no pipeline[^]*\*\.pipeline\.yaml/);
  });

  it('refuses options of deploy that only a registered model knows, and does nothing', async () => {
    const dry = await cli(['deploy', '--dry-run']);
    assert.equal(dry.code, 2);
    assert.match(dry.stderr, /--dry-run goes with --model only[^]*lifecycle plan/);
    const elsewhere = await cli(['deploy', '--target', 'elsewhere']);
    assert.equal(elsewhere.code, 2);
    assert.match(elsewhere.stderr, /--target goes with --model only[^]*--stage/);
    assert.equal(existsSync(join(folder(), 'deployed.txt')), false);
    assert.deepEqual(await listRuns(store()), []);
  });

  it('runs in the background, and is cancelled from elsewhere', async () => {
    pipeline((text) => text.replace('[warn, careful]', '[sleep, "20000"]'));
    const { stdout, code } = await cli(['run', '--detach']);
    assert.equal(code, 0);
    const id = stdout.trim();
    const running = await readRun(store(), id);
    assert.equal(running.status, 'running');
    assert.notEqual(running.info?.process.pid, process.pid);
    const busy = await cli(['run']);
    assert.deepEqual([busy.code, busy.stderr.includes(`run ${id}`)], [4, true]);
    const again = await cli(['run', '--detach']);
    assert.deepEqual([again.code, again.stderr.includes(`run ${id}`)], [4, true]);
    const finished = async () => (await readRun(store(), id)).stages[1]?.state === 'succeeded';
    while (!(await finished())) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.match((await cli(['cancel'])).stdout, new RegExp(`Run ${id}: cancelled`));
    const ended = await readRun(store(), id);
    assert.deepEqual(
      ended.stages.map((stage) => stage.state),
      ['succeeded', 'succeeded', 'cancelled', 'cancelled', 'cancelled'],
    );
    assert.equal((await cli(['cancel'])).code, 2);
  });

  it('takes secrets from standard input, also into the background', async () => {
    pipeline((text) => text.replace('[warn, careful]', '[secret, TOKEN]'));
    const { code } = await cli(['run', '--secrets-stdin'], { stdin: '{"TOKEN": "hunter2-hunter2"}' });
    assert.equal(code, 0);
    const detached = await cli(['run', '--detach', '--force', '--secrets-stdin'], {
      stdin: '{"TOKEN": "hunter2-hunter2"}',
    });
    const id = detached.stdout.trim();
    await cli(['show', id, '--follow']);
    assert.match((await cli(['show', id, '--log'])).stdout, /the secret is •••/);
    const wrong = await cli(['run', '--secrets-stdin'], { stdin: 'hunter2' });
    assert.deepEqual([wrong.code, wrong.stderr.includes('hunter2')], [2, false]);
  });

  it('is cancelled by Ctrl+C, with what it had finished kept', async function () {
    if (process.platform === 'win32') skip(this, 'this needs POSIX signals');
    pipeline((text) => text.replace('[warn, careful]', '[sleep, "20000"]'));
    const child = spawn(process.execPath, [program, 'run'], { cwd: folder(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('✔ trees') && !child.killed) child.kill('SIGINT');
    });
    assert.equal(await new Promise((resolve) => child.once('close', resolve)), 130);
    assert.match(output, /cancelled in [\d.]+ s: 2 executed/);
    assert.equal(isAlive(identityOf(child.pid ?? 0)), false);
  });

  for (const signal of ['SIGHUP', 'SIGTERM', 'SIGINT'] as const)
    it(`${signal === 'SIGINT' ? 'is cancelled' : 'goes on'} in the background when who follows it gets ${signal}`, async function () {
      if (process.platform === 'win32') skip(this, 'this needs POSIX signals');
      pipeline((text) => text.replace('[warn, careful]', '[sleep, "2500"]'));
      const args = [program, 'run', '--detach', '--follow'];
      const child = spawn(process.execPath, args, { cwd: folder(), stdio: ['ignore', 'pipe', 'pipe'] });
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('✔ trees') && !child.killed) child.kill(signal);
      });
      await new Promise((resolve) => child.once('close', resolve));
      const [run] = await listRuns(store());
      await cli(['show', run?.id ?? '', '--follow']);
      assert.equal((await readRun(store(), run?.id ?? '')).status, signal === 'SIGINT' ? 'cancelled' : 'succeeded');
    });

  it('shows a live picture on a terminal', async () => {
    const { stdout } = await cli(['run'], { tty: true, width: 80, env: { TERM: 'xterm' } });
    assert.ok(stdout.includes('\u001b[?25l') && stdout.includes('\u001b[?25h'));
    assert.match(stdout, /\u001b\[5A\u001b\[0J/);

    const last = stdout.slice(stdout.lastIndexOf('\u001b[0J')).replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
    assert.match(last, /^✔ customers {2}data {6}5 rows[^\n]*\n✔ trees[^]*✔ bundle[^]*succeeded in/);
  });

  it('takes a lifecycle document, and a pipeline in another folder', async () => {
    mkdirSync(join(folder(), 'deep'));
    const stages = TEXT.split('stages:\n')[1]?.replace(/^ {2}/gm, '').replace('data.csv', '../data.csv');
    writeFileSync(
      join(folder(), 'deep', 'doc.lifecycle.md'),
      `---\nlifecycle: 1\npipeline: doc\nparameters: {how: fine}\n---\n# A document\n\n\`\`\`yaml stage\n${stages}\`\`\`\n`,
    );
    const { code, stdout, stderr } = await cli(['run', 'deep/doc.lifecycle.md']);
    assert.equal(code, 0, stdout + stderr);
    assert.ok(existsSync(join(folder(), 'deep', '.lifecycle')));
  });
});

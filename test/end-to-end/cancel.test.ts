import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { listRunIds, readRun } from '../../lifecycle/store/runs';
import { skip } from '../rigs/skip';
import { copyOf, executed, type Project } from './product';

/** Processes of this machine that work in a folder, or name it: the supervisor, the stages, and what they started. */
function processesIn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) || command.includes(folder);
      } catch {
        return false;
      }
    });
}

/** Letter of a process's state; Z for one that has ended and that nobody asked about, nothing for one that is not there. */
function stateOf(pid: number): string {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}

/** Waits for something that must come true within half a minute. */
async function until<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  for (let i = 0; i < 600; i++) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await pause(50);
  }
  assert.fail(`waited in vain: ${what}`);
}

describe('lifecycle cancel', function () {
  this.timeout(120_000);
  before(function () {
    if (process.platform !== 'linux') skip(this, 'processes are looked for in /proc');
  });

  /** Begins a run, cancels it when `stage` has said or shown something, and holds that it is over. */
  async function cancelled(project: Project, args: readonly string[], stage: string, ready: () => boolean) {
    const known = new Set(await listRunIds(project.store));
    const child = project.begin(['run', ...args]);
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const id = await until('a run', async () => (await listRunIds(project.store)).find((run) => !known.has(run)));
    await until(`${stage} at work`, async () => {
      const { stages } = await readRun(project.store, id);
      return stages.find(({ name, state }) => name === stage && state === 'running') !== undefined && ready();
    });
    await until('a supervisor and a stage', () => processesIn(project.folder).length >= 2);
    const said = project.go(['cancel']);
    assert.equal(said.code, 0, said.text);
    assert.match(said.text, new RegExp(`Run ${id}: cancelled\\.`));
    assert.equal(await ended, 130, text);
    assert.deepEqual(processesIn(project.folder), [], 'nothing that belonged to the run is left');
    const record = await project.newest();
    assert.deepEqual([record.id, record.status, record.stages[stage]?.status], [id, 'cancelled', 'cancelled']);
    assert.deepEqual(readdirSync(path.join(project.store, 'tmp')), []);
    return record;
  }

  it('ends training, keeps what was finished, and the next run goes on from there', async () => {
    const project = await copyOf('churn');
    project.edit((text) =>
      text
        .replace('parameters:', 'parameters:\n  epochs: 30')
        .replace('epochs: 30\n      batch', 'epochs: ${epochs}\n      batch')
        .replace('      early-stopping: { patience: 5 }\n', ''),
    );
    const record = await cancelled(project, ['--set', 'epochs=90000', '--set', 'rate=0.002'], 'network', () => true);
    assert.deepEqual(
      ['customers', 'baseline', 'trees'].map((name) => record.stages[name]?.status),
      ['reused', 'reused', 'reused'],
    );
    assert.deepEqual(
      ['exam', 'small', 'bundle'].map((name) => record.stages[name]?.status),
      ['cancelled', 'cancelled', 'cancelled'],
    );
    const next = await project.run('--to', 'network');
    assert.deepEqual(executed(next), ['network']);
    assert.equal(next.status, 'succeeded');
  });

  it("ends the user's program with all that it started, even what will not hear", async () => {
    const project = await copyOf('digits');
    const sign = path.join(project.folder, 'sign');
    writeFileSync(
      path.join(project.folder, 'stubborn.js'),
      `process.on('SIGTERM', () => {});
      if (process.argv[2] !== 'child') require('child_process').spawn(process.execPath, [__filename, 'child'], { stdio: 'ignore' });
      else require('fs').writeFileSync(${JSON.stringify(sign)}, String(process.pid));
      setInterval(() => {}, 1000);`,
    );
    project.edit((text) => `${text}\n  mine:\n    kind: train\n    data: images\n    command: [node, stubborn.js]\n`);
    const record = await cancelled(project, ['--to', 'mine'], 'mine', () => existsSync(sign));
    assert.equal(record.stages['images']?.status, 'reused');
    assert.doesNotMatch(stateOf(Number(readFileSync(sign, 'utf8'))), /[RSD]/);
    project.edit((text) => text.replace('command: [node, stubborn.js]', 'model: linear'));
    assert.deepEqual(executed(await project.run('--to', 'mine')), ['mine']);
  });
});

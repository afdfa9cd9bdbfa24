import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { identityOf, isAlive, machineName, ownIdentity, sameBoot } from '../../../lifecycle/process/identity';
import { lockOwner, tryLock, waitForLock } from '../../../lifecycle/process/lock';
import { freshFolder } from '../../rigs/folder';

describe('process/identity', () => {
  it('knows itself, and that a number alone is no identity', () => {
    const own = ownIdentity();
    assert.ok(isAlive(own));
    assert.ok(own.started !== '' || process.platform === 'win32');
    assert.equal(isAlive({ ...own, started: '1' }), false);
    assert.equal(isAlive({ ...own, boot: 'another' }), false);
    assert.equal(isAlive({ pid: 0, started: '', boot: '' }), false);
    assert.equal(isAlive({ pid: 2 ** 22 + 5, started: '', boot: '' }), false);
  });

  it('takes a boot for the same when only the clock was set', () => {
    assert.ok(sameBoot('1700000000', '1700000090', 'win32'));
    assert.ok(sameBoot('1700000000', '1699999999', 'darwin'));
    assert.ok(!sameBoot('1700000000', '1700086400', 'win32'));
    assert.ok(!sameBoot('4f1c', '4f1d', 'linux'));
  });

  it('sees that a killed process is dead, a zombie too', async () => {
    const child = spawn('sleep', ['30']);
    const identity = identityOf(child.pid ?? 0);
    assert.ok(isAlive(identity));
    child.kill('SIGKILL');
    await new Promise((done) => child.once('exit', done));
    assert.equal(isAlive(identity), false);
  });
});

describe('process/lock', () => {
  const folder = freshFolder();
  const path = () => join(folder(), 'lock');

  it('is held by one at a time, and tells by whom', async () => {
    const first = await tryLock(path(), 'run 1');
    assert.ok('lock' in first);
    const second = await tryLock(path(), 'run 2');
    assert.ok('owner' in second && second.owner.purpose === 'run 1');
    assert.equal((await lockOwner(path()))?.pid, process.pid);
    await first.lock.release();
    assert.equal(await lockOwner(path()), undefined);
    assert.ok('lock' in (await tryLock(path(), 'run 3')));
  });

  it('is not held in a copy of its folder, and still held where the folder was moved to', async () => {
    const held = await tryLock(path(), 'run 1');
    assert.ok('lock' in held);
    cpSync(path(), `${path()}-copy`, { recursive: true });
    assert.equal(await lockOwner(`${path()}-copy`), undefined);
    assert.ok('lock' in (await tryLock(`${path()}-copy`, 'run 2')));
    assert.equal((await lockOwner(path()))?.purpose, 'run 1');
    renameSync(path(), `${path()}-moved`);
    assert.equal((await lockOwner(`${path()}-moved`))?.purpose, 'run 1');
  });

  it('waits for its turn', async () => {
    const first = await waitForLock(path(), 'a');
    const told: string[] = [];
    const second = waitForLock(path(), 'b', { interval: 5, waiting: (owner) => told.push(owner.purpose) });
    setTimeout(() => void first.release(), 60);
    await (await second).release();
    assert.deepEqual(told, ['a']);
    assert.deepEqual(readdirSync(path()), []);
  });

  it('stops waiting when told to', async () => {
    await waitForLock(path(), 'a');
    await assert.rejects(waitForLock(path(), 'b', { interval: 5, signal: AbortSignal.timeout(30) }), {
      name: 'TimeoutError',
    });
  });

  it('is taken over from a dead process, and from another machine that gives no sign', async () => {
    mkdirSync(path());
    const dead = { ...ownIdentity(), started: '1', host: machineName(), since: '', purpose: 'dead' };
    writeFileSync(join(path(), '1-a.json'), JSON.stringify(dead));
    writeFileSync(join(path(), '1-a.held'), '');
    const taken = await tryLock(path(), 'x');
    assert.ok('lock' in taken);
    await taken.lock.release();

    const remote = join(path(), '1-b.json');
    writeFileSync(remote, JSON.stringify({ ...dead, host: 'elsewhere', purpose: 'remote' }));
    writeFileSync(join(path(), '1-b.held'), '');
    const refused = await tryLock(path(), 'y');
    assert.ok('owner' in refused && refused.owner.purpose === 'remote');
    utimesSync(remote, 0, 0);
    assert.ok('lock' in (await tryLock(path(), 'y')));
  });

  it('excludes many processes that fight for it and are killed meanwhile', async function () {
    this.timeout(60_000);
    // Each contender adds one to a counter without any other protection; some die while holding the lock.
    const script = `
      const { waitForLock } = require(${JSON.stringify(resolve('lifecycle/process/lock'))});
      const fs = require('node:fs');
      (async () => {
        for (let i = 0; i < 8; i++) {
          const lock = await waitForLock(process.argv[1], 'p', { interval: 3 });
          const value = Number(fs.readFileSync(process.argv[2], 'utf8'));
          await new Promise((r) => setTimeout(r, 1));
          fs.writeFileSync(process.argv[2], String(value + 1));
          if (process.argv[3] === 'die' && i === 4) process.kill(process.pid, 'SIGKILL');
          await lock.release();
        }
      })();`;
    const counter = join(folder(), 'counter');
    writeFileSync(counter, '0');
    await Promise.all(
      ['die', 'live', 'live', 'die'].map(
        (fate) =>
          new Promise((done) =>
            spawn(process.execPath, ['-r', 'tsx/cjs', '-e', script, path(), counter, fate], { stdio: 'inherit' }).once(
              'exit',
              done,
            ),
          ),
      ),
    );
    assert.equal(spawnSync('cat', [counter], { encoding: 'utf8' }).stdout, String(8 + 8 + 5 + 5));
  });
});

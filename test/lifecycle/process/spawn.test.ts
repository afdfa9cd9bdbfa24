import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, identityOf } from '../../../lifecycle/process/identity';
import { capture, start, startDetached } from '../../../lifecycle/process/spawn';
import { freshFolder } from '../../rigs/folder';
import { skip } from '../../rigs/skip';

const node = process.execPath;

describe('process/spawn', () => {
  const folder = freshFolder();

  it('passes arguments as they are: there is no shell', async () => {
    const result = await capture([
      node,
      '-e',
      'console.log(JSON.stringify(process.argv.slice(1)))',
      'a b',
      '$(rm x)',
      '"; echo',
    ]);
    assert.deepEqual(JSON.parse(result.stdout), ['a b', '$(rm x)', '"; echo']);
    assert.equal(result.code, 0);
  });

  it('hands over lines of both streams and messages of descriptor 3, the last without newline too', async () => {
    const lines: string[] = [];
    const child = await start(
      [
        node,
        '-e',
        "process.stdout.write('one\\r\\ntw');process.stdout.write('o');console.error('bad');require('fs').writeSync(3,'{\"m\":1}\\n')",
      ],
      {
        onLine: (line, stream) => lines.push(`${stream} ${line}`),
        onMessage: (line) => lines.push(`message ${line}`),
      },
    );
    assert.deepEqual(await child.exit, { code: 0, signal: null });
    assert.deepEqual(lines.sort(), ['message {"m":1}', 'stderr bad', 'stdout one', 'stdout two']);
  });

  it('cuts endless lines', async () => {
    const lengths: number[] = [];
    const child = await start([node, '-e', "process.stdout.write('x'.repeat(1e6))"], {
      onLine: (line) => lengths.push(line.length),
    });
    await child.exit;
    assert.ok(lengths.length > 1 && Math.max(...lengths) < 200_000);
  });

  it('says that a program is missing', async () => {
    await assert.rejects(start(['no-such-program-at-all']), {
      problem: {
        code: 'command-missing',
        message: 'The program no-such-program-at-all was not found.',
        hint: 'Install it, give its full path, or check that it is on PATH.',
      },
    });
    assert.equal((await capture(['no-such-program-at-all'])).missing, true);
  });

  it('gives standard input', async () => {
    const result = await capture(
      [node, '-e', "process.stdin.on('data', d => process.stdout.write(String(d).toUpperCase()))"],
      { input: 'hello' },
    );
    assert.equal(result.stdout, 'HELLO');
  });

  it('ends a tree that ignores the request, grandchildren that left the group too', async function () {
    if (process.platform === 'win32') skip(this, 'this needs POSIX signals');
    const pids: number[] = [];
    const grandchild = "process.on('SIGTERM',()=>{});setInterval(()=>{},1000);console.log(process.pid)";
    const script = `process.on('SIGTERM',()=>{});const {spawn}=require('child_process');
      for (const detached of [true,false]) spawn(process.execPath,['-e',${JSON.stringify(grandchild)}],{detached,stdio:'inherit'});
      console.log(process.pid);setInterval(()=>{},1000)`;
    const child = await start([node, '-e', script], { onLine: (line) => pids.push(Number(line)) });
    while (pids.length < 3) await new Promise((done) => setTimeout(done, 10));
    const identities = pids.map(identityOf);
    assert.ok(identities.every(isAlive));
    await child.end(100);
    assert.deepEqual(identities.map(isAlive), [false, false, false]);
    assert.equal((await child.exit).signal, 'SIGKILL');
  });

  it('lets a process finish in its grace', async () => {
    const child = await start(
      [
        node,
        '-e',
        "process.on('SIGTERM',()=>setTimeout(()=>process.exit(7),50));setInterval(()=>{},1000);console.log('up')",
      ],
      {
        onLine: () => void child.end(5_000),
      },
    );
    assert.deepEqual(await child.exit, { code: 7, signal: null });
  });

  it('does not wait for a background process that keeps the pipe open', async function () {
    this.timeout(10_000);
    let helper = 0;
    const script =
      "const c=require('child_process').spawn('sleep',['30'],{stdio:'inherit',detached:true});console.log(c.pid);c.unref()";
    const child = await start([node, '-e', script], { onLine: (line) => (helper = Number(line)) });
    assert.equal((await child.exit).code, 0);
    process.kill(helper, 'SIGKILL');
  });

  it('starts what outlives its starter', async () => {
    const log = openSync(join(folder(), 'log'), 'a');
    const pid = await startDetached(
      [node, '-e', "process.stdin.on('data',d=>console.log('got '+d));setTimeout(()=>process.exit(),200)"],
      { log, input: 'secret' },
    );
    closeSync(log);
    const identity = identityOf(pid);
    while (isAlive(identity)) await new Promise((done) => setTimeout(done, 20));
    assert.equal(readFileSync(join(folder(), 'log'), 'utf8'), 'got secret\n');
  });
});

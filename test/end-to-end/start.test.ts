import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { theProgram } from './product';

describe('starting the engine', () => {
  let home: string;
  let program: string;

  before(() => {
    program = theProgram();
    home = mkdtempSync(path.join(tmpdir(), 'home-'));
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  const folder = (cache: string): string =>
    process.platform === 'darwin'
      ? path.join(cache, 'Library/Caches/ml-lifecycle/code')
      : path.join(cache, 'ml-lifecycle', 'code');

  function start(cache: string, ...args: string[]): { code: number | null; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: home,
      encoding: 'utf8',
      env: { ...process.env, HOME: cache, XDG_CACHE_HOME: cache, LOCALAPPDATA: cache },
    });
    return { code: status, stdout, stderr };
  }

  it('keeps its compiled code, a file for each command, and says the same with it', () => {
    const cache = path.join(home, 'kept');
    const first = start(cache, 'help');
    assert.equal(first.code, 0, first.stderr);
    const [name = ''] = readdirSync(folder(cache));
    assert.match(name, /^[0-9a-f]{20}-help\.bin$/);
    const { mtimeMs, mode } = statSync(path.join(folder(cache), name));
    if (process.platform !== 'win32') assert.equal(mode & 0o077, 0, 'for its owner alone');
    assert.deepEqual(start(cache, 'help'), first);
    assert.equal(statSync(path.join(folder(cache), name)).mtimeMs, mtimeMs, 'it was taken, not written again');
  });

  it('keeps nothing of a command that failed', () => {
    const cache = path.join(home, 'failed');
    assert.notEqual(start(cache, 'rnu').code, 0);
    assert.throws(() => readdirSync(folder(cache)), { code: 'ENOENT' });
  });

  it('starts as usual when what was kept is damaged, and mends it', () => {
    const cache = path.join(home, 'damaged');
    const first = start(cache, '--version');
    const file = path.join(folder(cache), readdirSync(folder(cache))[0] ?? '');
    const good = readFileSync(file);
    for (const bad of [Buffer.alloc(0), good.subarray(0, 1000), Buffer.from(good).fill(7, 4000, 4100)]) {
      writeFileSync(file, bad);
      assert.deepEqual(start(cache, '--version'), first);
      assert.ok(readFileSync(file).byteLength > 100_000, 'it was mended');
    }
  });

  it('starts as usual where nothing can be kept', () => {
    const cache = path.join(home, 'a-file');
    writeFileSync(cache, 'not a folder');
    const { code, stderr } = start(cache, '--version');
    assert.equal(code, 0);
    assert.equal(stderr, '');
  });

  it('hands over to the language server', async () => {
    const server = spawn(process.execPath, [program, 'language-server', '--stdio'], { cwd: home, stdio: 'pipe' });
    const message = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { processId: process.pid, rootUri: null, capabilities: {} },
    });
    let answer = '';
    server.stderr.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('exit', (code) => reject(new Error(`It ended with ${code}: ${answer}`)));
        server.stdout.on('data', (chunk: Buffer) => {
          answer += chunk.toString();
          if (answer.includes('completionProvider')) resolve();
        });
        server.stdin.write(`Content-Length: ${message.length}\r\n\r\n${message}`);
      });
      server.removeAllListeners('exit');
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    } finally {
      server.kill('SIGKILL');
    }
  });

  it('keeps two dozen files at most', () => {
    const cache = path.join(home, 'many');
    mkdirSync(folder(cache), { recursive: true });
    for (let i = 0; i < 40; i++) writeFileSync(path.join(folder(cache), `old-${i}.bin`), 'x');
    start(cache, '--version');
    const names = readdirSync(folder(cache));
    assert.equal(names.length, 24);
    assert.ok(names.some((name) => name.endsWith('-other.bin')));
  });
});

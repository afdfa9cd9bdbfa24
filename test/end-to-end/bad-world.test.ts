import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { readLedger } from '../../lifecycle/store/ledger';
import { readRequests } from '../../lifecycle/store/requests';
import { skip } from '../rigs/skip';
import { brief, executed, fresh, newFolder, type Project } from './product';
import { addressOf, ask, post, type Row } from './serving';
import { assertWhole, smallProject } from './small';

const ROW: Row = { a: 1, colour: 'red', age: 30 };

/** What the world around a pipeline does to it: requests of all kinds, taken ports, a full disk. */
describe('a bad world does no harm', function () {
  this.timeout(120_000);
  let project: Project;

  describe('requests to a served model', () => {
    let url = '';
    before(async () => {
      project = await smallProject();
      assert.deepEqual(executed(await project.run('--deploy')), ['live']);
      url = addressOf(project);
    });
    after(() => project.go(['stop', 'local']));

    // Body → status, and what the one message says; where it is about a value, column and row.
    const cases: [name: string, body: unknown, status: number, message: RegExp, place?: object][] = [
      ['nothing', '', 400, /body is empty/],
      ['no JSON', '{"rows": [', 400, /not JSON/],
      ['NaN, which is no JSON', '{"rows":[{"a":NaN,"colour":"red","age":30}]}', 400, /not JSON/],
      ['something else', { instances: [] }, 400, /The body is not \{"rows"/],
      ['no rows', { rows: [] }, 400, /at least one row/],
      ['a row that is none', { rows: [ROW, 7] }, 400, /Row 1 is 7, not an object/, { row: 1 }],
      [
        'text for a number',
        { rows: [ROW, { ...ROW, a: 'x' }] },
        400,
        /'a', row 1: expected a number, got the text "x"/,
        { column: 'a', row: 1 },
      ],
      ['NaN as text', { rows: [{ ...ROW, a: 'NaN' }] }, 400, /expected a number/, { column: 'a', row: 0 }],
      [
        'a number for text',
        { rows: [{ ...ROW, colour: 7 }] },
        400,
        /expected text, got 7/,
        { column: 'colour', row: 0 },
      ],
      [
        'a number out of range',
        '{"rows":[{"a":1e999,"colour":"red","age":30}]}',
        400,
        /too large/,
        { column: 'a', row: 0 },
      ],
      [
        'a missing value that training never saw',
        { rows: [{ ...ROW, a: null }] },
        400,
        /training never saw it missing/,
        { column: 'a' },
      ],
      [
        'a missing column',
        { rows: [{ colour: 'red', age: 30 }] },
        400,
        /The column 'a' is missing in row 0/,
        { column: 'a' },
      ],
      ['an unknown column', { rows: [{ ...ROW, shoe: 44 }] }, 400, /takes no column 'shoe'/, { column: 'shoe' }],
      ['the target', { rows: [{ ...ROW, y: 'yes' }] }, 400, /what the model predicts/, { column: 'y' }],
      ['depth', `{"rows":${'['.repeat(5_000)}`, 400, /nested more than 32 deep/],
    ];
    for (const [name, body, status, message, place] of cases)
      it(`${name}: ${status}`, async () => {
        const reply = await post(`${url}/predict`, body);
        assert.equal(reply.status, status, JSON.stringify(reply.body));
        assert.match(reply.body.error, message);
        for (const [key, value] of Object.entries(place ?? {})) assert.equal(reply.body[key], value, key);
        assert.doesNotMatch(JSON.stringify(reply.body), /node_modules|\.js:|\/tmp\//);
      });

    it('a shape that is not the one of its data: 400', async () => {
      const inputs = [{ name: 'a', shape: [2, 1], datatype: 'FP32', data: [1] }];
      const reply = await post(`${url}/v2/models/small/infer`, { inputs });
      assert.deepEqual([reply.status, /shape \[2, 1\] but 1 values/.test(reply.body.error)], [400, true]);
      assert.equal((await post(`${url}/v2/models/other/infer`, { inputs })).status, 404);
    });

    it('another method, another path: 405, 404', async () => {
      assert.equal((await fetch(`${url}/predict`)).status, 405);
      assert.equal((await fetch(`${url}/..%2f..%2fetc/passwd`)).status, 404);
    });

    it('a category that training never saw: predicted as none of the known ones', async () => {
      const [[, violet], [, red]] = (await ask(url, [{ ...ROW, colour: 'violet' }, ROW])) as [number[], number[]];
      assert.ok(violet! > 0 && violet! < 1 && violet !== red);
    });

    it('the server goes on as before, counts what it refused, and logs only what it answered', async () => {
      assert.equal((await ask(url, [ROW])).length, 1);
      const metrics = await (await fetch(`${url}/metrics`)).text();
      assert.match(
        metrics,
        new RegExp(`lifecycle_requests_total\\{endpoint="predict",code="400"\\} ${cases.length}\\n`),
      );
      await project.run('--only', 'live');
      const { rows, skipped } = await readRequests(project.store, 'local');
      assert.deepEqual([rows, skipped], [3, 0]);
    });
  });

  describe('a port in use', () => {
    let other: Server;
    let port = 0;
    before(async () => {
      other = createServer();
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      port = (other.address() as { port: number }).port;
      project = await smallProject();
    });
    after(() => {
      project.go(['stop', 'local']);
      other.close();
    });

    it('is said once; what was served is served on; a free port mends it', async () => {
      await project.run('--deploy');
      const url = addressOf(project);
      const before = await ask(url, [ROW]);
      const targets = path.join(project.folder, 'targets.yaml');
      writeFileSync(targets, `lifecycle: 1\ntargets:\n  local: { kind: local, port: ${port} }\n`);
      const { code, text } = project.go(['run', '--deploy']);
      assert.deepEqual([code, text.match(/error\[/g)?.length], [1, 1], text);
      assert.match(
        text,
        new RegExp(
          `small\\.pipeline\\.yaml:\\d+:\\d+: error\\[port-in-use\\]: Port ${port} on 127\\.0\\.0\\.1 is in use`,
        ),
      );
      assert.deepEqual(await ask(url, [ROW]), before);
      assert.equal(addressOf(project), url);
      assert.equal((await readLedger(project.store)).problem, undefined);
      const serve = project.go(['serve', 'small', '--port', String(port)]);
      assert.deepEqual([serve.code, serve.text.match(/error\[port-in-use\]/g)?.length], [1, 1], serve.text);
      rmSync(targets);
      await project.run('--deploy');
      assert.deepEqual(await ask(addressOf(project), [ROW]), before);
      await assertWhole(project);
    });
  });

  describe('a full disk', () => {
    const disk = path.join(newFolder(), 'disk');
    let mounted = false;
    before(function () {
      mkdirSync(disk);
      if (process.platform !== 'linux' || process.getuid?.() !== 0) skip(this, 'a small disk takes Linux and root');
      mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=100m', 'tmpfs', disk]).status === 0;
      if (!mounted) skip(this, 'this machine mounts no tmpfs');
    });
    after(() => {
      if (mounted) spawnSync('umount', [disk]);
    });

    /** Takes all that is left. */
    function fill(): void {
      const file = openSync(path.join(disk, 'filling'), 'w');
      for (const size of [1 << 20, 1 << 12])
        try {
          for (;;) writeSync(file, Buffer.alloc(size));
        } catch (error) {
          assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
        }
      closeSync(file);
      assert.equal(statfsSync(disk).bavail, 0);
    }
    const empty = (): void => rmSync(path.join(disk, 'filling'));

    for (const stage of ['customers', 'network'])
      it(`while ${stage} is at work: one message, nothing half-written, and with room again it goes on`, async () => {
        const where = path.join(disk, stage);
        mkdirSync(where);
        const example = brief(where);
        const child = example.begin(['run', '--json']);
        let errors = '';
        child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
        const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
        const finished: string[] = [];
        const codes: string[] = [];
        for await (const line of createInterface({ input: child.stdout })) {
          const event = JSON.parse(line) as { type: string; stage?: string; error?: { code: string } };
          if (event.type === 'stage-started' && event.stage === stage) fill();
          if (event.error !== undefined) codes.push(event.error.code);
          if (event.type === 'stage-finished' && event.stage !== undefined) finished.push(event.stage);
        }
        assert.equal(await ended, 1, errors);
        // Told of the stage, and of the run where there was no room to write down how it ended; stages beside it were stopped.
        const told = new Set(codes.filter((code) => code !== 'cancelled'));
        assert.deepEqual([...told], ['disk-full'], errors);
        const said = errors.match(/error\[[a-z-]+\]: .*/g) ?? [];
        assert.deepEqual(said, said.length === 0 ? [] : ['error[disk-full]: The disk is full.']);
        assert.equal(example.go(['runs']).code, 0, 'the store can be read on a full disk');
        empty();
        await assertWhole(example);
        const record = await example.run();
        const again = executed(record);
        // One that had ended just when the disk was full is kept, though there was no room to say so.
        assert.ok(again.includes(stage) || record.stages[stage]?.status === 'reused', JSON.stringify(record.stages));
        for (const name of finished) assert.ok(!again.includes(name), `${name} was finished`);
        await assertWhole(example);
        rmSync(where, { recursive: true });
      });

    it('before it begins: refused, and nothing is written', () => {
      const where = path.join(disk, 'before');
      mkdirSync(where);
      const example = fresh('digits', where);
      fill();
      const { code, text } = example.go(['run']);
      assert.deepEqual([code, text.match(/error\[disk-(low|full)\]/g)?.length], [1, 1], text);
      empty();
      assert.ok(
        !existsSync(path.join(example.store, 'runs')) || readdirSync(path.join(example.store, 'runs')).length === 0,
      );
    });
  });
});

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundled } from '../../rigs/bundle';
import { freshFolder } from '../../rigs/folder';

/** Bad input through the whole program: one clear message, a place, the right code, no damage. */
describe('bad input', function () {
  this.timeout(60_000);
  const folder = freshFolder();
  let program = '';
  before(async () => {
    program = await bundled('lifecycle/cli.ts');
  });

  const GOOD = rowsOf(60, (i) => `${i},${i % 7},${i % 2 === 0 ? 'yes' : 'no'}`);
  function rowsOf(count: number, row: (i: number) => string, header = 'id,a,y'): string {
    return [header, ...Array.from({ length: count }, (_, i) => row(i))].join('\n') + '\n';
  }

  function write(data: string | Buffer | undefined, stages = '', more = ''): void {
    if (data !== undefined) writeFileSync(join(folder(), 'data.csv'), data);
    writeFileSync(
      join(folder(), 'x.pipeline.yaml'),
      `lifecycle: 1\npipeline: x\nstages:\n  table:\n    kind: data\n    source: data.csv\n    target: y\n${more}  model:\n    kind: train\n    data: table\n    model: linear\n${stages}`,
    );
  }

  function go(...args: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...(args.length > 0 ? args : ['run'])], {
      cwd: folder(),
      encoding: 'utf8',
    });
    return { status, text: stdout + stderr };
  }

  /** The run says `message` once, with file and line, ends with `code`, and leaves nothing half-done. */
  function fails(message: RegExp, place: RegExp | undefined, code = 1): void {
    const { status, text } = go();
    assert.match(text, message);
    assert.equal(status, code, text);
    const found = /(\S+:\d+):\d+: error\[[a-z-]+\]: /.exec(text)?.[1] ?? '';
    if (place !== undefined) assert.match(found, place, text);
    assert.equal(text.match(/error\[/g)?.length, 1, text);
    assert.doesNotMatch(text, /internal-error|\n\s+at /, text);
    const temporary = join(folder(), '.lifecycle', 'tmp');
    if (existsSync(temporary)) assert.deepEqual(readdirSync(temporary), []);
    // No damage: the same folder with good data runs.
    write(GOOD);
    const after = go();
    assert.equal(after.status, 0, after.text);
  }

  it('missing file', () => {
    write(undefined);
    fails(/no file `data\.csv`/, /^x\.pipeline\.yaml:6$/, 2);
  });

  it('empty file, and one with a header alone', () => {
    write('');
    fails(/data\.csv/, /:/);
    write('id,a,y\n');
    fails(/row/, /:/);
  });

  it('ragged rows', () => {
    write(GOOD + '1,2\n1,2,yes,4,5\n');
    fails(/line 62 has 2 values; the header has 3/, /^data\.csv:62$/);
  });

  it('wrong encoding', () => {
    write(Buffer.from(GOOD.replaceAll('no', 'n\u00f6'), 'latin1'));
    fails(/line 3 is not UTF-8/, /^data\.csv:3$/);
  });

  it('target missing', () => {
    write(GOOD.replace('id,a,y', 'id,a,z'));
    fails(/'y'/, /^x\.pipeline\.yaml:7$/);
  });

  it('target constant', () => {
    write(rowsOf(60, (i) => `${i},${i % 7},yes`));
    fails(/'y'/, /^x\.pipeline\.yaml:7$/);
  });

  it('a column that is missing throughout is no reason to fail', () => {
    write(rowsOf(60, (i) => `${i},,${i % 2 === 0 ? 'yes' : 'no'}`));
    const { status, text } = go();
    assert.ok(status === 0 || /error\[/.test(text), text);
    assert.doesNotMatch(text, /internal-error/);
  });

  it('10,000 columns', function () {
    this.timeout(120_000);
    const names = Array.from({ length: 10_000 }, (_, i) => `c${i}`);
    write(
      rowsOf(
        30,
        (i) => `${names.map((_, c) => (i * 31 + c * 17) % 101).join(',')},${i % 2 === 0 ? 'yes' : 'no'}`,
        `${names.join(',')},y`,
      ),
    );
    const { status, text } = go();
    assert.equal(status, 0, text.slice(-500));
    assert.doesNotMatch(text, /internal-error/);
  });

  it('a program that exits with 1, one that is missing, one that prints garbage', () => {
    const train = (command: string) => `  mine:\n    kind: train\n    data: table\n    command: ${command}\n`;
    write(GOOD, train(`["${process.execPath}", "-e", "console.error('no such luck'); process.exit(1)"]`));
    fails(/code 1[^]*no such luck|no such luck[^]*code 1/, /^x\.pipeline\.yaml:1[1-5]$/);
    write(GOOD, train('[no-such-program]'));
    fails(/no-such-program was not found/, /^x\.pipeline\.yaml:1[1-5]$/);
    write(
      GOOD,
      train(
        `["${process.execPath}", "-e", "process.stdout.write(Buffer.from([0,255,10,58,58,108,105,102,101,99,121,99,108,101,32,123,10]))"]`,
      ),
    );
    const garbage = go();
    assert.equal(garbage.status, 0, garbage.text);
    assert.match(garbage.text, /! mine: .*::lifecycle[^]*! mine: .*model\.onnx/);
  });

  it('a store of a newer version', () => {
    mkdirSync(join(folder(), '.lifecycle'));
    writeFileSync(join(folder(), '.lifecycle', 'format.json'), '{"format": 99}');
    write(GOOD);
    const { status, text } = go();
    assert.deepEqual([status, /has format 99; this version .* writes format 1/.test(text)], [2, true], text);
    assert.deepEqual(readdirSync(join(folder(), '.lifecycle')), ['format.json']);
  });

  it('a store that is a file, a pipeline that is a folder', () => {
    write(GOOD);
    writeFileSync(join(folder(), '.lifecycle'), 'not a folder');
    const { status, text } = go();
    assert.ok(status !== 0 && !/internal-error/.test(text), text);
    mkdirSync(join(folder(), 'y.pipeline.yaml'));
    const folderAsFile = go('run', 'y.pipeline.yaml');
    assert.deepEqual(
      [folderAsFile.status, /error\[pipeline-missing\]/.test(folderAsFile.text)],
      [2, true],
      folderAsFile.text,
    );
  });
});

import assert from 'node:assert/strict';
import { bytes, duration, ago, metric } from '../../../lifecycle/cli/format';
import { fitting } from '../../../lifecycle/cli/live';
import { newSummary } from '../../../lifecycle/store/summary';
import { runInfo } from '../../rigs/runs';
import { bar, colours, cut, pad, table, terminalOf, widthOf } from '../../../lifecycle/cli/terminal';

describe('cli/terminal', () => {
  const plain = { width: 40, colour: colours(false) };
  const red = colours(true).red;

  it('measures what is seen: no escape sequences, wide characters twice', () => {
    assert.deepEqual([widthOf('abc'), widthOf(red('abc')), widthOf('日本'), widthOf('é✔')], [3, 3, 4, 2]);
    assert.equal(pad(red('a'), 3), red('a') + '  ');
    assert.equal(pad('1', 3, true), '  1');
  });

  it('cuts without breaking an escape sequence', () => {
    assert.equal(cut('abcdef', 4), 'abc…');
    assert.equal(cut('abc', 3), 'abc');
    assert.equal(widthOf(cut(red('abcdef'), 4)), 4);
    assert.ok(cut(red('abcdef'), 4).endsWith('\u001b[0m'));
    assert.equal(widthOf(cut('日本語', 4)), 3);
  });

  it('lines tables up and cuts only what may be cut', () => {
    const lines = table(
      [{ title: 'Name' }, { title: 'N', right: true }, { title: 'Text', flexible: true }],
      [
        ['a', '1', 'x'.repeat(60)],
        ['long name', '1,000', 'y'],
      ],
      plain,
    );
    assert.deepEqual(lines, ['Name           N  Text', `a              1  ${'x'.repeat(21)}…`, 'long name  1,000  y']);
    assert.ok(lines.every((line) => widthOf(line) <= 40));
  });

  it('draws bars of one width', () => {
    assert.deepEqual(
      [0, 0.5, 1, 7, -1].map((share) => bar(share, 4)),
      ['░░░░', '██░░', '████', '████', '░░░░'],
    );
    assert.equal(bar(0.3, 10).length, 10);
  });

  it('colours only where colours are wanted', () => {
    const of = (env: NodeJS.ProcessEnv, isTTY: boolean, json = false) =>
      terminalOf({ stdout: { write: () => undefined, isTTY }, stderr: { write: () => undefined }, env }, json);
    assert.notEqual(of({}, true).colour.red('x'), 'x');
    assert.equal(of({ NO_COLOR: '1' }, true).colour.red('x'), 'x');
    assert.equal(of({ TERM: 'dumb' }, true).colour.red('x'), 'x');
    assert.equal(of({}, false).colour.red('x'), 'x');
    assert.notEqual(of({ FORCE_COLOR: '1' }, false).colour.red('x'), 'x');
    assert.deepEqual(
      [of({}, true).live, of({}, false).live, of({ CI: '1' }, true).live, of({}, true, true).live],
      [true, false, false, false],
    );
  });

  it('writes JSON for programs, numbers that JSON lacks as text', () => {
    let out = '';
    const terminal = terminalOf(
      { stdout: { write: (text) => (out += text) }, stderr: { write: () => undefined }, env: {} },
      true,
    );
    terminal.print('for people');
    terminal.emit({ a: NaN, b: [Infinity, 1] });
    assert.equal(out, '{"a":"NaN","b":["Infinity",1]}\n');
  });
});

describe('cli/live', () => {
  it('shows what matters when there are more stages than lines', () => {
    const summary = newSummary('x', runInfo({ stages: ['a', 'b', 'c', 'd', 'e'] }));
    const states = ['succeeded', 'running', 'succeeded', 'waiting', 'failed'] as const;
    summary.stages.forEach((stage, i) => (stage.state = states[i] ?? 'waiting'));
    const names = (lines: number) => {
      const { shown, hidden } = fitting(summary.stages, lines);
      return [shown.map((stage) => stage.name).join(''), hidden];
    };
    assert.deepEqual(
      [names(5), names(4), names(3), names(1)],
      [
        ['abcde', 0],
        ['bde', 2],
        ['be', 3],
        ['b', 4],
      ],
    );
  });
});

describe('cli/format', () => {
  it('words numbers for people', () => {
    assert.deepEqual([0.123, 12.34, 75, 7_500].map(duration), ['0.12 s', '12.3 s', '1 min 15 s', '2 h 5 min']);
    assert.deepEqual([0, 999, 1500, 45_000_000, 2e12].map(bytes), ['0 B', '999 B', '1.5 KB', '45 MB', '2.0 TB']);
    assert.deepEqual([0.84123456, 12345.678, 7, 1e-7, NaN, 1234567.5].map(metric), [
      '0.8412',
      '12,346',
      '7',
      '1.00e-7',
      'NaN',
      '1,234,568',
    ]);
    const now = Date.parse('2026-11-03T12:00:00Z');
    assert.deepEqual(
      ['2026-11-03T11:59:58Z', '2026-11-03T11:59:00Z', '2026-11-01T12:00:00Z', '2026-01-01T12:00:00Z', 'x'].map(
        (time) => ago(time, now),
      ),
      ['just now', '1 minute ago', '2 days ago', '2026-01-01', ''],
    );
  });
});

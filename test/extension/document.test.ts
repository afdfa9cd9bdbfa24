import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { cellsIn, textOf } from '../../extension/notebook/document';
import { documents } from '../rigs/documents';
import { assertRoundTrip, markdownIn, withStages } from '../rigs/round-trip';

const sample = [
  '---',
  'lifecycle: 1',
  'pipeline: a',
  '---',
  '',
  '# Title',
  '',
  '```yaml stage',
  'x:',
  '  kind: data',
  '```',
  '',
  'End.',
  '',
].join('\n');

describe('the lifecycle document as a notebook', () => {
  it('is written back byte for byte', () => {
    fc.assert(
      fc.property(documents, (text) => assert.equal(textOf(cellsIn(text)), text)),
      { numRuns: 2_000 },
    );
  });

  it('is written back byte for byte, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => assert.equal(textOf(cellsIn(text)), text)),
      { numRuns: 1_000 },
    );
  });

  it('shows front matter and stages as YAML, the rest as prose', () => {
    assert.deepEqual(
      cellsIn(sample).map(({ kind, value }) => [kind, value]),
      [
        ['yaml', 'lifecycle: 1\npipeline: a'],
        ['prose', '# Title'],
        ['yaml', 'x:\n  kind: data'],
        ['prose', 'End.'],
      ],
    );
  });

  it('makes no cell of the blank lines between two stages, and keeps them where they are', () => {
    const fence = (name: string): string => `\`\`\`yaml stage\n${name}:\n  kind: data\n\`\`\`\n`;
    const text = `---\npipeline: a\n---\n\n${fence('x')}\n${fence('y')}\n\n  \n${fence('z')}\n`;
    const cells = cellsIn(text);
    assert.deepEqual(
      cells.map(({ kind }) => kind),
      ['yaml', 'yaml', 'yaml', 'yaml'],
    );
    assert.equal(textOf(cells), text);
    const edited = cells.map((cell) => ({ ...cell, value: cell.value.replace('y:', 'why:') }));
    assert.equal(textOf(edited), text.replace('y:\n', 'why:\n'));
    assert.equal(
      textOf(cells.filter(({ value }) => !value.startsWith('y'))),
      text.replace(`${fence('y')}\n\n  \n`, ''),
    );
    // What is added stands apart from what is above and below.
    const stage = { kind: 'yaml' as const, value: 'n:\n  kind: data' };
    assert.equal(
      textOf([...cells.slice(0, 2), stage, ...cells.slice(2)]),
      text.replace(fence('y'), `${fence('n')}\n${fence('y')}`),
    );
    const prose = { kind: 'prose' as const, value: 'Why.' };
    assert.equal(
      textOf([...cells.slice(0, 2), prose, ...cells.slice(2)]),
      text.replace(fence('y'), `Why.\n\n${fence('y')}`),
    );
    assert.equal(textOf([stage, stage]), `${fence('n')}\n${fence('n')}`);
  });

  it('changes only the lines of the cell that was edited', () => {
    const cells = cellsIn(sample).map((cell) =>
      cell.value.startsWith('x:') ? { ...cell, value: 'x:\n  kind: train' } : cell,
    );
    assert.equal(textOf(cells), sample.replace('kind: data', 'kind: train'));
    const prose = cellsIn(sample).map((cell) => (cell.value === 'End.' ? { ...cell, value: 'The end.' } : cell));
    assert.equal(textOf(prose), sample.replace('End.', 'The end.'));
  });

  it('keeps the other cells when one is edited, for any document', () => {
    fc.assert(
      fc.property(documents, (text) => void assertRoundTrip(text)),
      { numRuns: 500 },
    );
  });

  it('takes the documentation of others as it is', () => {
    const found = markdownIn(path.join(__dirname, '../../node_modules/undici/docs'));
    assert.ok(found.size > 20, String(found.size));
    for (const [file, text] of found) {
      assertRoundTrip(text, file);
      assertRoundTrip(withStages(text), `${file} with stages`);
    }
  });

  it('writes a new cell as a fence, and makes the fence long enough for what is in it', () => {
    const cells = [...cellsIn(sample), { kind: 'yaml' as const, value: 'y:\n  description: |\n    ```\n  kind: data' }];
    const text = textOf(cells);
    assert.ok(text.startsWith(sample));
    assert.deepEqual(cellsIn(text).at(-1)?.value, 'y:\n  description: |\n    ```\n  kind: data');
  });

  it('holds beside the value only what stands around it, so that a diff shows an edit once', () => {
    const text = readFileSync(path.resolve(__dirname, '../../examples/diamonds/diamonds.lifecycle.md'), 'utf8');
    for (const eol of ['\n', '\r\n']) {
      const cells = cellsIn(text.replaceAll('\n', eol));
      assert.ok(cells.length > 5 && cells.every(({ source }) => source && 'around' in source));
      const edited = cellsIn(
        textOf(cells.map((cell) => ({ ...cell, value: cell.value.replace(/\b\d+\b/g, '17\n   ') }))),
      );
      assert.deepEqual(
        edited.map(({ source }) => source),
        cells.map(({ source }) => source),
      );
      assert.notDeepEqual(edited, cells);
    }
  });
});

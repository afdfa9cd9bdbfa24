import assert from 'node:assert/strict';
import type { Diagnostic } from 'vscode-languageserver/node';
import { Rest } from '../../language-server/rest';
import { Editor, folderWith } from './harness';

const header = Array.from({ length: 9 }, (_, i) => `x${i}`);
const csv = `${[...header, 'y']}\n${Array.from({ length: 30 }, (_, i) => [...header.map((_name, j) => i * j), i % 2].join(',')).join('\n')}\n`;

const data = (name: string): string =>
  `  ${name}:\n    kind: data\n    source: data/raw.csv\n    target: {column: y, positive: "1"}\n    features:\n      - standardize: {columns: numeric}\n`;
const net = (name: string, from: string): string =>
  `  ${name}:\n    kind: train\n    data: ${from}\n    model:\n      kind: network\n      layers:\n        - reshape: [1, 3, 3]\n        - conv2d: {filters: 4, size: 3}\n        - flatten\n`;

describe('layers that do not fit', () => {
  let folder: ReturnType<typeof folderWith>;
  before(() => {
    folder = folderWith({ 'data/raw.csv': csv });
  });
  after(() => folder.remove());

  const misfits = (editor: Editor): Diagnostic[] => editor.diagnostics().filter(({ code }) => code === 'layers-misfit');

  /** Puts a text in place of another, as a keystroke would. */
  const replace = (editor: Editor, from: string, to: string): void => {
    const at = editor.source.text.indexOf(from);
    assert.ok(at >= 0, `no ${from}`);
    const range = {
      start: editor.document.positionAt(at),
      end: editor.document.positionAt(at + from.length),
    };
    editor.workspace.change(editor.uri, editor.document.version + 1, [{ range, text: to }]);
  };

  it('are found at their line after each keystroke as after opening the file', async () => {
    const text = `lifecycle: 1\npipeline: nets\nstages:\n${data('one')}${data('two')}${net('a', 'one')}${net('b', 'two')}${net('c', 'one')}`;
    const editor = await Editor.open(text, { folder: folder.path });
    try {
      const steps: readonly [string, string, number][] = [
        ['[1, 3, 3]', '[1, 3, 3]', 0],
        ['[1, 3, 3]', '[1, 3, 4]', 1],
        // A column less: the first data stage is that of a and c.
        ['- standardize: {columns: numeric}', '- drop: {columns: x1}', 2],
        ['[1, 3, 4]', '[1, 2, 4]', 1],
        ['size: 3', 'size: 2', 1],
        ['data: one', 'data: two', 2],
        ['data: two', 'data: one', 1],
        ['- drop: {columns: x1}', '- standardize: {columns: numeric}', 1],
        ['  two:\n', '  three:\n', 1],
        ['  three:\n', '  two:\n', 1],
        ['[1, 2, 4]', '[1, 3, 3]', 0],
      ];
      for (const [i, [from, to, count]] of steps.entries()) {
        replace(editor, from, to);
        const found = misfits(editor);
        assert.equal(found.length, count, `step ${i}: ${found.map(({ message }) => message)}`);
        const fresh = await Editor.open(editor.source.text, { folder: folder.path });
        try {
          assert.deepEqual(found, misfits(fresh), `step ${i}`);
        } finally {
          fresh.close();
        }
      }
    } finally {
      editor.close();
    }
  });
});

describe('a rest from typing', () => {
  it('comes after much was read, once, and not after little', async () => {
    let collected = 0;
    const rest = new Rest(() => collected++, 50);
    rest.changed(5000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(collected, 0);
    for (let i = 0; i < 100; i++) rest.changed(600_000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(collected, 1);
  });
});

import assert from 'node:assert/strict';
import type { Diagnostic } from 'vscode-languageserver/node';
import { codeActions } from '../../language-server/features/actions';
import { networkShape } from '../../language-server/layers';
import { Rest } from '../../language-server/rest';
import { placedOf } from '../../lifecycle/pipeline/analyze';
import { Editor, folderWith } from './harness';

const header = Array.from({ length: 9 }, (_, i) => `x${i}`);
const pixels = Array.from({ length: 64 }, (_, i) => `p${i}`);
const image = `${[...pixels, 'y'].join(',')}\n${Array.from({ length: 30 }, (_, i) => [...pixels.map((_name, j) => i * j), i % 2].join(',')).join('\n')}\n`;
const csv = `${[...header, 'y'].join(',')}\n${Array.from({ length: 30 }, (_, i) => [...header.map((_name, j) => i * j), i % 2].join(',')).join('\n')}\n`;

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
        assert.equal(found.length, count, `step ${i}: ${JSON.stringify(found)}`);
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

describe('layers', () => {
  let folder: ReturnType<typeof folderWith>;
  before(() => {
    folder = folderWith({ 'data/raw.csv': image });
  });
  after(() => folder.remove());

  const start = `lifecycle: 1\npipeline: nets\nstages:\n${data('one')}  fit:\n    kind: train\n    data: one\n    model:`;

  /** The text after the only action at the mark, and what the network then is. */
  const acted = async (model: string, title: string): Promise<{ text: string; shapes: unknown; was: unknown }> => {
    const editor = await Editor.open(`${start}${model}\n`, { folder: folder.path });
    try {
      const view = editor.source.viewOf(editor.uri);
      assert.ok(view);
      const at = editor.document.positionAt(editor.marked.cursor);
      const all = editor.diagnostics();
      const actions = codeActions(editor.workspace, editor.source, view, {
        textDocument: { uri: editor.uri },
        range: { start: at, end: at },
        context: { diagnostics: all.filter(({ code }) => code === 'layers-misfit') },
      });
      const action = actions.find((each) => each.title === title);
      assert.ok(action, `${JSON.stringify(actions.map((each) => each.title))} ${JSON.stringify(all)}`);
      const text = editor.applied(action.edit?.changes?.[editor.uri] ?? []);
      const after = await Editor.open(text, { folder: folder.path });
      try {
        assert.deepEqual(
          after.diagnostics().filter(({ severity }) => severity === 1),
          [],
        );
        return { text: text.slice(start.length), shapes: shapesOf(after), was: shapesOf(editor) };
      } finally {
        after.close();
      }
    } finally {
      editor.close();
    }
  };
  const shapesOf = ({ workspace, source }: Editor): unknown => {
    const analysis = source.analysis();
    const fit = placedOf(analysis).find(({ unit }) => unit.name === 'fit');
    assert.ok(fit);
    return networkShape(workspace, analysis, fit.unit)?.layers.map(({ name, shape, parameters }) => [
      name,
      shape,
      parameters,
    ]);
  };

  for (const [what, model] of [
    ['in lines', '\n      kind: network\n      pre‸set: cnn # as it was\n      image: {height: 8, width: 8}'],
    ['in flow', ' {kind: network, pre‸set: cnn, image: {height: 8, width: 8}}'],
    ['with CRLF', '\r\n      kind: network\r\n      preset: c‸nn\r\n      image: {height: 8, width: 8}'],
  ] as const)
    it(`of a preset are written out ${what} and stay the same network`, async () => {
      const { text, shapes, was } = await acted(model, 'Write out the layers');
      assert.match(text, /layers:/);
      assert.doesNotMatch(text, /preset/);
      assert.deepEqual(shapes, was);
      assert.ok(Array.isArray(was) && was.length > 5);
      if (what === 'with CRLF') assert.doesNotMatch(text, /[^\r]\n\s+- /);
    });

  for (const [what, model, title, expected] of [
    [
      'before a dense layer',
      '\n      kind: network\n      image: {height: 8, width: 8}\n      layers:\n        - conv2d: {filters: 2}\n        - ‸dense: {units: 4}\n',
      'Put `flatten` before it',
      /- conv2d: \{filters: 2\}\n {8}- flatten\n {8}- dense: \{units: 4\}/,
    ],
    [
      'before a dense layer in flow',
      ' {kind: network, image: {height: 8, width: 8}, layers: [{conv2d: {filters: 2}}, {‸dense: {units: 4}}]}',
      'Put `flatten` before it',
      /\[\{conv2d: \{filters: 2\}\}, flatten, \{dense: \{units: 4\}\}\]/,
    ],
    [
      'at the end',
      '\n      kind: network\n      image: {height: 8, width: 8}\n      layers:\n        - ‸conv2d: {filters: 2}',
      'End with `flatten`',
      /- conv2d: \{filters: 2\}\n {8}- flatten\n/,
    ],
    [
      'after a sequence',
      ' {kind: network, sequence: {steps: 8}, layers: [‸conv1d: {filters: 2}]}',
      'End with `global-average-pool`',
      /conv1d: \{filters: 2\}, global-average-pool\]/,
    ],
  ] as const)
    it(`get the missing one ${what}`, async () => {
      assert.match((await acted(model, title)).text, expected);
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

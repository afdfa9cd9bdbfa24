import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DiagnosticSeverity } from 'vscode-languageserver/node';
import { codeActions } from '../../language-server/features/actions';
import { hover } from '../../language-server/features/hover';
import { inlayHints } from '../../language-server/features/hints';
import { Editor, folderWith } from './harness';

const text = (source: string, column: string): string => `lifecycle: 1
pipeline: files
stages:
  load:
    kind: data
    source: ${source}
    target: ${column}‸
    features:
      - standardize: {columns: [age]}
`;

const codes = (editor: Editor): unknown[] => editor.diagnostics().map(({ code }) => code);
const names = (editor: Editor): string[] => editor.completions().map(({ label }) => label);

async function looksAgain(editor: Editor): Promise<void> {
  editor.workspace.filesChanged();
  editor.diagnostics();
  await editor.workspace.columns.settled();
}

/** Everything that looks at data is asked once. */
function everything(editor: Editor): void {
  editor.diagnostics();
  editor.completions();
  hover(editor.spot);
  const view = editor.source.viewOf(editor.uri);
  assert.ok(view);
  const end = view.document.positionAt(view.document.getText().length);
  inlayHints(editor.workspace, editor.source, view, { start: { line: 0, character: 0 }, end });
}

describe('an order in time', () => {
  it('is split by when its fix is applied', async () => {
    const folder = folderWith({ 'data/raw.csv': 'age,plan,day\n1,a,2026-01-01\n2,b,2026-01-02\n' });
    const head = text('data/raw.csv', 'plan')
      .replace('‸', '')
      .replace('    features', '    columns:\n      time: day\n    features');
    for (const [written, wanted] of [
      [head, '    split: {time: day}\n    columns:'],
      [`${head}    split: {train: 0.8, test: 0.2}\n`, 'split: {time: day, train: 0.8'],
      [`${head}    split:\n      train: 0.8\n`, 'split:\n      time: day\n      train: 0.8'],
    ] as const) {
      const editor = await Editor.open(written, { folder: folder.path });
      const view = editor.source.viewOf(editor.uri);
      const diagnostic = editor.diagnostics().find(({ code }) => code === 'future-leak');
      assert.ok(view && diagnostic);
      const [action] = codeActions(editor.workspace, editor.source, view, {
        textDocument: { uri: editor.uri },
        range: diagnostic.range,
        context: { diagnostics: [diagnostic] },
      });
      const after = editor.applied(action?.edit?.changes?.[editor.uri] ?? []);
      assert.ok(after.includes(wanted), after);
      editor.close();
      const again = await Editor.open(after, { folder: folder.path });
      assert.deepEqual(
        codes(again).filter((code) => code !== 'unused-stage'),
        [],
      );
      again.close();
    }
    folder.remove();
  });
});

describe('a target that is strongly skewed', () => {
  const prices = Array.from({ length: 300 }, (_, i) => Math.round(Math.exp(8 + Math.sin(i) + (i % 17 === 0 ? 3 : 0))));
  const csv = `rooms,price\n${prices.map((price, i) => `${(i % 7) + 1},${price}`).join('\n')}\n`;
  const houses = (models: string): string =>
    `lifecycle: 1\npipeline: houses‸\nstages:\n  houses:\n    kind: data\n    source: houses.csv\n    target: price\n${models}`;
  const linear = '  line:\n    kind: train\n    data: houses\n    model: linear\n';
  const trees = '  trees: {kind: train, data: houses, model: {kind: boosted-trees, trees: 9}, seed: 3}\n';
  const skewed = (editor: Editor) => editor.diagnostics().filter(({ code }) => code === 'target-skewed');

  it('is said once, as a hint, and its fix lets all models on it learn the logarithm', async () => {
    const folder = folderWith({ 'houses.csv': csv });
    const editor = await Editor.open(houses(linear + trees), { folder: folder.path });
    const found = skewed(editor);
    const [diagnostic] = found;
    const view = editor.source.viewOf(editor.uri);
    assert.ok(view && diagnostic && found.length === 1 && diagnostic.severity === DiagnosticSeverity.Hint);
    assert.match(
      JSON.stringify(diagnostic.message),
      /^"`price` is strongly skewed: .*\(skewness \d\.\d, of its logarithm -?\d(\.\d)?\).* add `target-transform: log`/,
    );
    const [action] = codeActions(editor.workspace, editor.source, view, {
      textDocument: { uri: editor.uri },
      range: diagnostic.range,
      context: { diagnostics: [diagnostic] },
    });
    assert.equal(action?.title, 'Add `target-transform: log` to `line` and `trees`');
    const after = editor.applied(action.edit?.changes?.[editor.uri] ?? []);
    assert.ok(after.includes('    model: linear\n    target-transform: log\n'), after);
    assert.ok(after.includes('trees: 9}, target-transform: log, seed: 3}'), after);
    editor.close();
    const again = await Editor.open(after, { folder: folder.path });
    assert.deepEqual(
      codes(again).filter((code) => code !== 'unused-stage'),
      [],
    );
    again.close();
    folder.remove();
  });
  it('is not said where it has been thought of, nor of classes and of what a logarithm does not even out', async () => {
    const folder = folderWith({ 'houses.csv': csv });
    for (const models of [
      `${linear}    target-transform: none\n`,
      `${linear}${trees.replace('trees: 9', 'trees: 9, loss: poisson')}`,
      `${linear}    tune: {trials: 3, space: {target-transform: [none, log]}}\n`,
    ]) {
      const editor = await Editor.open(houses(models), { folder: folder.path });
      assert.deepEqual(skewed(editor), [], models);
      editor.close();
    }
    writeFileSync(join(folder.path, 'houses.csv'), csv.replace('\n1,', '\n1,-'));
    const editor = await Editor.open(houses(linear), { folder: folder.path });
    assert.deepEqual(skewed(editor), []);
    editor.close();
    folder.remove();
  });
});

describe('an encoding that is not the one of the file', () => {
  it('is stated when its fix is applied, and is not said any more', async () => {
    const folder = folderWith({ 'data/raw.csv': '' });
    writeFileSync(join(folder.path, 'data/raw.csv'), Buffer.from('Größe,age\nä,1\nü,2\n', 'latin1'));
    for (const [source, wanted] of [
      ['data/raw.csv', 'source: {file: data/raw.csv, encoding: windows-1252}'],
      ['{file: data/raw.csv, decimal: ","}', 'source: {file: data/raw.csv, encoding: windows-1252, decimal: ","}'],
      ['\n      file: data/raw.csv\n      encoding: utf-8', 'file: data/raw.csv\n      encoding: windows-1252'],
    ] as const) {
      const written = text('data/raw.csv', 'Größe')
        .replace('‸', '')
        .replace('source: data/raw.csv', `source: ${source}`);
      const editor = await Editor.open(written, { folder: folder.path });
      const view = editor.source.viewOf(editor.uri);
      const diagnostic = editor.diagnostics().find(({ code }) => code === 'data-wrong-encoding');
      assert.ok(view && diagnostic);
      const [action] = codeActions(editor.workspace, editor.source, view, {
        textDocument: { uri: editor.uri },
        range: diagnostic.range,
        context: { diagnostics: [diagnostic] },
      });
      assert.equal(action?.title, 'State the encoding `windows-1252`');
      const after = editor.applied(action.edit?.changes?.[editor.uri] ?? []);
      assert.ok(after.includes(wanted), after);
      editor.close();
      const again = await Editor.open(after, { folder: folder.path });
      assert.deepEqual(
        codes(again).filter((code) => code !== 'unused-stage'),
        [],
      );
      again.close();
    }
    folder.remove();
  });
});

describe('columns that a run would stop at, or take for something else', () => {
  it('are told, and are right when the fixes are applied', async () => {
    const rows = Array.from({ length: 100 }, (_, i) =>
      [
        i % 40 === 7 ? 'n/a' : i % 41 === 3 ? '<5' : String(1_000 + 37 * i),
        `${i} %`,
        String(i % 7),
        i % 2 ? 'a' : 'b',
      ].join(','),
    );
    const folder = folderWith({ 'data/raw.csv': `income,rate,prediction,y\n${rows.join('\n')}\n` });
    let written =
      'lifecycle: 1\npipeline: x\nstages:\n  d:\n    kind: data\n    source: data/raw.csv\n    target: y\n    features:\n      - one-hot: {columns: text}\n';
    const titles: string[] = [];
    for (let round = 0; round < 4; round++) {
      const editor = await Editor.open(written, { folder: folder.path });
      const view = editor.source.viewOf(editor.uri);
      const diagnostic = editor
        .diagnostics()
        .find(({ code }) => code === 'numbers-as-text' || code === 'reserved-column');
      if (view && diagnostic) {
        const [action] = codeActions(editor.workspace, editor.source, view, {
          textDocument: { uri: editor.uri },
          range: diagnostic.range,
          context: { diagnostics: [diagnostic] },
        });
        titles.push(action?.title ?? '');
        written = editor.applied(action?.edit?.changes?.[editor.uri] ?? []);
      }
      editor.close();
    }
    assert.deepEqual(titles, [
      'Drop the column `prediction`',
      'State `missing: ["", "<5", n/a]`',
      'State `decimal: "."`',
    ]);
    assert.match(
      written,
      /source: \{file: data\/raw\.csv, (?:decimal: "\.", )?missing: \["", "<5", n\/a\](?:, decimal: "\.")?\}/,
    );
    assert.match(written, /columns: ?\{drop: \[prediction\]\}/);
    const types = { types: 'columns: {drop: [prediction], types: {income: text, rate: text}}' };
    const said = await Editor.open(
      written.replace(/source:.*/, 'source: data/raw.csv').replace(/columns: \{drop.*/, types.types),
      { folder: folder.path },
    );
    assert.ok(!codes(said).includes('numbers-as-text'), 'a column that is said to be text is text');
    said.close();
    folder.remove();
  });
});

describe('copies of rows', () => {
  it('are told where a random split would part them, and dropped by the fix', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => `${1_000 + (i % 100) * 37},${i % 3},${'ab'[i % 2]}`);
    const alike = Array.from({ length: 120 }, (_, i) => `${i % 4},${i % 3},${'ab'[i % 2]}`);
    const table = (lines: string[]) => `size,rooms,y\n${lines.join('\n')}\n`;
    const twice = [...rows.slice(0, 100), ...rows.slice(0, 20)];
    const folder = folderWith({ 'twice.csv': table(twice), 'alike.csv': table(alike) });
    const written = (more: string, file = 'twice.csv') =>
      `lifecycle: 1\npipeline: x\nstages:\n  d:\n    kind: data\n    source: ${file}\n    target: y\n${more}`;
    for (const [text, told] of [
      [written(''), true],
      [written('    rows:\n      - filter: "rooms >= 0"\n'), true],
      [written('', 'alike.csv'), false],
      [written('    rows: [drop-duplicates]\n'), false],
      [written('    split: {train: 1}\n'), false],
      [written('    split: {train: 0.7, test: 0.3, group: rooms}\n'), false],
    ] as const) {
      const editor = await Editor.open(text, { folder: folder.path });
      const view = editor.source.viewOf(editor.uri);
      const diagnostic = editor.diagnostics().find(({ code }) => code === 'copied-rows');
      assert.equal(diagnostic !== undefined, told, text);
      if (view && diagnostic) {
        assert.match(JSON.stringify(diagnostic.message), /^"20 of the first 120 rows equal an earlier one/);
        const [action] = codeActions(editor.workspace, editor.source, view, {
          textDocument: { uri: editor.uri },
          range: diagnostic.range,
          context: { diagnostics: [diagnostic] },
        });
        const after = editor.applied(action?.edit?.changes?.[editor.uri] ?? []);
        assert.match(after, /rows: ?(?:\[drop-duplicates\]|\n {6}- drop-duplicates\n {6}- filter)/);
        const again = await Editor.open(after, { folder: folder.path });
        assert.ok(!codes(again).includes('copied-rows'), after);
        again.close();
      }
      editor.close();
    }
    folder.remove();
  });
});

describe('data files while the server runs', () => {
  let folder: ReturnType<typeof folderWith>;
  let editor: Editor | undefined;
  beforeEach(() => {
    folder = folderWith({ 'data/raw.csv': 'age,plan\n1,a\n2,b\n' });
  });
  afterEach(() => {
    editor?.close();
    editor = undefined;
    folder.remove();
  });

  it('vanish: nothing is said of columns that cannot be known, and come back', async () => {
    editor = await Editor.open(text('data/raw.csv', 'plam'), { folder: folder.path });
    assert.ok(codes(editor).includes('unknown-column'));
    rmSync(join(folder.path, 'data/raw.csv'));
    await looksAgain(editor);
    assert.ok(!codes(editor).includes('unknown-column'));
    assert.ok(codes(editor).includes('file-missing'));
    everything(editor);
    writeFileSync(join(folder.path, 'data/raw.csv'), 'age,plam\n1,a\n2,b\n');
    await looksAgain(editor);
    assert.deepEqual(
      codes(editor).filter((code) => code === 'unknown-column' || code === 'file-missing'),
      [],
    );
  });

  it('grow: columns and rows that came are known', async () => {
    editor = await Editor.open(text('data/raw.csv', 'churned'), { folder: folder.path });
    assert.ok(codes(editor).includes('unknown-column'));
    writeFileSync(join(folder.path, 'data/raw.csv'), 'age,plan,churned\n1,a,0\n2,b,1\n');
    await looksAgain(editor);
    assert.ok(!codes(editor).includes('unknown-column'));
    appendFileSync(join(folder.path, 'data/raw.csv'), '3,c,1\n'.repeat(400_000));
    await looksAgain(editor);
    everything(editor);
    assert.ok(names(editor).includes('churned'));
  });

  it('are cut off in the middle of a write', async () => {
    writeFileSync(join(folder.path, 'data/raw.csv'), 'age,plan\n1,a\n2,"b');
    editor = await Editor.open(text('data/raw.csv', 'plan'), { folder: folder.path });
    everything(editor);
    assert.ok(names(editor).includes('plan'));
    writeFileSync(join(folder.path, 'data/raw.csv'), '');
    await looksAgain(editor);
    everything(editor);
    assert.ok(!codes(editor).includes('unknown-column'));
  });

  it('sit behind a broken link, a link to itself, a file taken for a folder', async () => {
    symlinkSync('gone.csv', join(folder.path, 'data/broken.csv'));
    symlinkSync('loop.csv', join(folder.path, 'data/loop.csv'));
    for (const source of ['data/broken.csv', 'data/loop.csv', 'data/raw.csv/deeper.csv', '"data/*/x.csv"']) {
      editor = await Editor.open(text(source, 'plan'), { folder: folder.path });
      everything(editor);
      assert.ok(!codes(editor).includes('unknown-column'), source);
      editor.close();
    }
    editor = await Editor.open(text('data/broken.csv', 'plan'), { folder: folder.path });
    assert.ok(codes(editor).includes('file-missing'));
    unlinkSync(join(folder.path, 'data/broken.csv'));
    symlinkSync('raw.csv', join(folder.path, 'data/broken.csv'));
    await looksAgain(editor);
    assert.ok(names(editor).includes('plan'));
  });

  it('are no files: a folder, a pipe that nobody writes to, a device without end', async () => {
    mkdirSync(join(folder.path, 'data/folder.csv'));
    execFileSync('mkfifo', [join(folder.path, 'data/pipe.csv'), join(folder.path, 'data/pipe.parquet')]);
    symlinkSync('/dev/zero', join(folder.path, 'data/zero.csv'));
    for (const source of ['data/folder.csv', 'data/pipe.csv', 'data/pipe.parquet', 'data/zero.csv']) {
      editor = await Editor.open(text(source, 'plan'), { folder: folder.path });
      everything(editor);
      assert.ok(!codes(editor).includes('unknown-column'), source);
      editor.close();
    }
  });

  it('may not be read', async function () {
    if (process.getuid?.() === 0) {
      // Permissions bind no superuser: a folder that may not be looked into stands for them.
      editor = await Editor.open(text('/proc/1/mem', 'plan'), { folder: folder.path });
    } else {
      writeFileSync(join(folder.path, 'data/locked.csv'), 'age,plan\n', { mode: 0o000 });
      editor = await Editor.open(text('data/locked.csv', 'plan'), { folder: folder.path });
    }
    everything(editor);
    assert.ok(!codes(editor).includes('unknown-column'));
  });

  it('have 10,000 columns', async () => {
    const wide = Array.from({ length: 10_000 }, (_, i) => `c${i}`);
    writeFileSync(join(folder.path, 'data/wide.csv'), `${wide.join()}\n${wide.map((_, i) => i).join()}\n`.repeat(1));
    editor = await Editor.open(text('data/wide.csv', 'c9999'), { folder: folder.path });
    everything(editor);
    assert.ok(
      !codes(editor).includes('unknown-column') ||
        editor.diagnostics().every(({ message }) => !JSON.stringify(message).includes('c9999')),
    );
    assert.ok(names(editor).includes('c9999'));
  });
});

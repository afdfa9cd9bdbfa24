import assert from 'node:assert/strict';
import { codeActions } from '../../language-server/features/actions';
import { fingerprint, fingerprintInputs } from '../../lifecycle/pipeline/fingerprint';
import { Editor, folderWith } from './harness';

const head = 'lifecycle: 1\npipeline: churn\nstages:\n';
const load = '  load:\n    kind: data\n    source: data/raw.csv\n    target: churned\n';
const fit = '  fit:\n    kind: train\n    data: load\n    model: linear\n';
const exam = '  exam:\n    kind: evaluate\n    candidates: [fit]\n';
const csv = `age,income,plan,churned\n${Array.from({ length: 60 }, (_, i) => `${20 + (i % 50)},${i * 100 + 0.5},${i % 2 ? 'pro' : 'free'},${i % 2}`).join('\n')}\n`;

interface Case {
  readonly text: string;
  readonly title: string;
  /** What the text holds afterwards. */
  readonly after: string;
  /** What is still wrong then, errors and warnings, as codes. */
  readonly left?: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  'a share list becomes a map': {
    text: `${head}${load}    split: [0.7, 0.15, 0.15]\n`,
    title: 'Write `{train: 0.7, validation: 0.15, test: 0.15}`',
    after: '    split: {train: 0.7, validation: 0.15, test: 0.15}\n',
  },
  'two percentages become shares': {
    text: `${head}${load}    split: [80, 20]\n`,
    title: 'Write `{train: 0.8, validation: 0, test: 0.2}`',
    after: 'split: {train: 0.8, validation: 0, test: 0.2}',
  },
  'a percentage becomes a share': {
    text: `${head}${load}    split: {train: 70}\n`,
    title: 'Change to `0.7`',
    after: 'split: {train: 0.7}',
  },
  'a data file gets a stage that reads it': {
    text: `${head}  fit:\n    kind: train\n    data: data/raw.csv\n    model: linear\n`,
    title: 'Read `data/raw.csv` in a data stage `raw`',
    after: `${head}  raw:\n    kind: data\n    source: data/raw.csv\n    target:\n  fit:\n    kind: train\n    data: raw\n`,
    left: ['missing-value'],
  },
  'a stage written inside another is extracted from a flow map': {
    text: `${head}  fit:\n    kind: train\n    data: {source: data/raw.csv, target: churned}\n    model: linear\n`,
    title: 'Extract the data stage `dataset`',
    after: `${head}  dataset:\n    kind: data\n    source: data/raw.csv\n    target: churned\n  fit:\n    kind: train\n    data: dataset\n    model: linear\n`,
  },
  'and from a block': {
    text: `${head}  fit:\n    kind: train\n    data:\n      # where from\n      source: data/raw.csv\n      split:\n        train: 0.8\n      target: churned\n    model: linear\n`,
    title: 'Extract the data stage `dataset`',
    after: `  dataset:\n    kind: data\n    # where from\n    source: data/raw.csv\n    split:\n      train: 0.8\n    target: churned\n  fit:\n    kind: train\n    data: dataset\n    model: linear\n`,
  },
  'and from a list of candidates': {
    text: `${head}${load}${fit}  exam:\n    kind: evaluate\n    candidates:\n      - fit\n      - kind: train\n        data: load\n        model: boosted-trees\n    metrics: [auc]\n`,
    title: 'Extract the train stage `model`',
    after: `  model:\n    kind: train\n    data: load\n    model: boosted-trees\n  exam:\n    kind: evaluate\n    candidates:\n      - fit\n      - model\n    metrics: [auc]\n`,
  },
  'bounds in the wrong order are swapped': {
    text: `${head}${load}    expect: [{column: age, between: [90, 0]}]\n`,
    title: 'Change to `[0, 90]`',
    after: 'between: [0, 90]',
  },
  'so are a least and a largest number': {
    text: `${head}${load}    expect: [{rows: {min: 100, max: 10}}]\n`,
    title: 'Swap `100` and `10`',
    after: 'rows: {min: 10, max: 100}',
  },
  'a bound that the data breaks is widened': {
    text: `${head}${load}    expect: [{column: age, between: [0, 30]}]\n`,
    title: 'Change to `69`',
    after: 'between: [0, 69]',
  },
  'a value that the data has is allowed': {
    text: `${head}${load}    expect: [{column: plan, in: [free]}]\n`,
    title: 'Allow `pro`',
    after: 'in: [free, pro]',
  },
  'the test split that a gate needs gets rows of the training split': {
    text: `${head}${load}    split: {train: 0.8, validation: 0.2, test: 0}\n${fit}${exam}    require: {auc: {min: 0.6}}\n`,
    title: 'Give `test` 0.15 of the rows',
    after: 'split: {train: 0.65, validation: 0.2, test: 0.15}',
  },
  'so does the validation split that a choice needs; without a share of its own the training split has the rest': {
    text: `${head}${load}    split:\n      validation: 0\n      test: 0.2\n${fit}  forest:\n    kind: train\n    data: load\n    model: boosted-trees\n  exam:\n    kind: evaluate\n    candidates: [fit, forest]\n`,
    title: 'Give `validation` 0.15 of the rows',
    after: '      validation: 0.15\n      test: 0.2\n',
  },
  'trees learn from trees where they can not be pruned': {
    text: `${head}${load}  trees:\n    kind: train\n    data: load\n    model: boosted-trees\n  small:\n    kind: optimize\n    model: trees\n    prune:\n      sparsity: 0.5\n    require: {auc: {drop-at-most: 0.01}}\n`,
    title: 'Distil into 50 trees instead',
    after: '    distil: {into: {kind: boosted-trees, trees: 50}}\n    require:',
  },
  'a stage that names itself names the only one that fits': {
    text: `${head}${load}${fit}  small:\n    kind: optimize\n    model: small\n    quantize: int8\n`,
    title: 'Change to `fit`',
    after: '    model: fit\n',
  },
  'an expectation only warns': {
    text: `${head}${load}    expect:\n      - column: plan\n        unique: true\n`,
    title: 'Only warn of it',
    after: '        unique: true\n        severity: warn\n',
  },
  'a continuous column is no stratum': {
    text: `${head}${load}    split: {train: 0.8, stratify: income}\n`,
    title: 'Remove `stratify`',
    after: 'split: {train: 0.8}',
  },
  'an unknown key is removed': {
    text: `${head}${load}    colour: red\n`,
    title: 'Remove `colour`',
    after: `${load}`,
  },
  'a stage that nothing uses is removed': {
    text: `${head}${load}${fit}${exam}  other:\n    kind: data\n    source: data/raw.csv\n`,
    title: 'Remove the stage `other`',
    after: `${head}${load}${fit}${exam}`,
  },
  'a value with a colon gets quotes': {
    text: `${head}  load:\n    kind: data\n    source: data/raw.csv\n    description: first: try\n`,
    title: 'Change to `"first: try"`',
    after: '    description: "first: try"\n',
  },
  'tabs before a key become spaces': {
    text: `${head}${load}\t\tsplit: {train: 0.8}\n`,
    title: 'Replace tabs by spaces',
    after: '    split: {train: 0.8}\n',
  },
  'an alias is spelt as its anchor': {
    text: `${head}${load}    split: &shares {train: 0.8}\n  b:\n    kind: data\n    source: data/raw.csv\n    split: *share\n`,
    title: 'Change to `*shares`',
    after: 'split: *shares\n',
  },
  'a tag that means nothing goes': {
    text: `${head}  load:\n    kind: data\n    source: !file data/raw.csv\n`,
    title: 'Remove `!file`',
    after: '    source: data/raw.csv\n',
  },
  'a stage of the wrong kind is changed to the only right one': {
    text: `${head}${load}${fit}  e:\n    kind: evaluate\n    candidates: [load]\n`,
    title: 'Change to `fit`',
    after: 'candidates: [fit]',
  },
  'an only column goes with its step': {
    text: `${head}${load}    features:\n      - standardize: {columns: [age]}\n      - standardize: {columns: [plan]}\n`,
    title: 'Remove the step `standardize`',
    after: `    features:\n      - standardize: {columns: [age]}\n`,
  },
  'a column that is the target is no id': {
    text: `${head}${load}    columns: {id: [churned], drop: [plan]}\n`,
    title: 'Remove `id`',
    after: 'columns: {drop: [plan]}',
  },
  'a split by time is not stratified': {
    text: `${head}${load}    split: {time: age, stratify: churned}\n`,
    title: 'Remove `stratify`',
    after: 'split: {time: age}',
  },
  'an empty key that need not be there goes': {
    text: `${head}${load}    split:\n`,
    title: 'Remove `split`',
    after: load,
  },
  'a column with nothing expected is expected to be there': {
    text: `${head}${load}    expect:\n      - {column: age}\n`,
    title: 'Expect that no value is missing',
    after: '- {column: age, not-null: true}',
  },
  'an alias inside of what it refers to goes with its key': {
    text: `${head}${load}    split: &shares {train: 0.8, seed: *shares}\n`,
    title: 'Remove `seed`',
    after: 'split: &shares {train: 0.8}\n',
  },
  'and out of its list': {
    text: `${head}${load}    features:\n      - standardize: {columns: &all [age, *all]}\n`,
    title: 'Remove `*all`',
    after: '- standardize: {columns: &all [age]}\n',
  },
  'a circle is opened by the only other stage that fits': {
    text: `${head}${load}${fit}  one:\n    kind: optimize\n    model: two\n    quantize: int8\n  two:\n    kind: optimize\n    model: one\n    quantize: int8\n`,
    title: 'Change to `fit`',
    after: '    model: fit\n',
  },
  'or by a reference that its stage can do without, here or further on': {
    text: `${head}${load}${fit}  exam:\n    kind: evaluate\n    candidates: [fit, small]\n  small:\n    kind: optimize\n    model: exam.best\n    quantize: int8\n`,
    title: 'Remove `small`',
    after: 'candidates: [fit]\n',
  },
  'stages are sorted, their keys put in order, comments moved along': {
    text: `${head}  fit:\n    model: linear\n    # what it learns from\n    data: load\n    kind: train\n\n  load:\n    kind: data\n    target: churned\n\n    # where from\n    source: data/raw.csv # raw\n`,
    title: 'Organise: stages by dependency, keys in their usual order',
    after: `${head}  load:\n    kind: data\n    # where from\n    source: data/raw.csv # raw\n    target: churned\n\n  fit:\n    kind: train\n    # what it learns from\n    data: load\n    model: linear\n\n`,
  },
  'texts of several lines stay whole when keys move': {
    text: `${head}  load:\n    kind: data\n    target: churned\n    description: |\n      # no comment\n\n      twice\n    source: data/raw.csv\n`,
    title: 'Organise: stages by dependency, keys in their usual order',
    after: `    kind: data\n    description: |\n      # no comment\n\n      twice\n    source: data/raw.csv\n    target: churned\n`,
  },
};

describe('ways out', () => {
  let folder: ReturnType<typeof folderWith>;
  before(() => {
    folder = folderWith({ 'data/raw.csv': csv });
  });
  after(() => folder.remove());

  const wrong = (editor: Editor): unknown[] =>
    editor.diagnostics().flatMap(({ code, severity }) => ((severity ?? 1) <= 2 ? [code] : []));

  async function apply(text: string, title: string, name?: string): Promise<{ before: Editor; after: string }> {
    const editor = await Editor.open(text, { folder: folder.path, ...(name !== undefined && { name }) });
    const view = editor.source.viewOf(editor.uri);
    assert.ok(view);
    const diagnostics = editor.diagnostics();
    const start = diagnostics[0]?.range.start ?? { line: 0, character: 0 };
    const actions = codeActions(editor.workspace, editor.source, view, {
      textDocument: { uri: editor.uri },
      range: { start, end: start },
      context: { diagnostics },
    });
    const action = actions.find((each) => each.title === title);
    assert.ok(
      action,
      `${title} is not among ${actions.map((each) => each.title).join(' | ')}; ${JSON.stringify(diagnostics.map(({ code, message }) => [code, message]))}`,
    );
    return { before: editor, after: editor.applied(action.edit?.changes?.[editor.uri] ?? []) };
  }

  for (const [name, { text, title, after, left = [] }] of Object.entries(cases)) {
    it(name, async () => {
      const done = await apply(text, title);
      done.before.close();
      assert.ok(done.after.includes(after), done.after);
      const again = await Editor.open(done.after, { folder: folder.path });
      assert.deepEqual(wrong(again), left, done.after);
      again.close();
      const crlf = await apply(text.replaceAll('\n', '\r\n'), title);
      crlf.before.close();
      assert.equal(crlf.after, done.after.replaceAll('\n', '\r\n'));
    });
  }

  it('organising changes no fingerprint, and is not offered twice', async () => {
    const { text, title } = cases['stages are sorted, their keys put in order, comments moved along'] ?? assert.fail();
    const { before, after } = await apply(text, title);
    const prints = (editor: Editor): [string, string][] =>
      editor.source
        .analysis()
        .stages.map(({ name, value, references }): [string, string] => [
          name,
          value
            ? fingerprint(
                fingerprintInputs({ stage: value, references }, { version: 1, seed: 0, upstream: { load: 'x' } }),
              )
            : '',
        ])
        .sort(([a], [b]) => (a < b ? -1 : 1));
    const old = prints(before);
    before.close();
    const editor = await Editor.open(after, { folder: folder.path });
    assert.deepEqual(prints(editor), old);
    const view = editor.source.viewOf(editor.uri);
    assert.ok(view);
    const start = { line: 0, character: 0 };
    const actions = codeActions(editor.workspace, editor.source, view, {
      textDocument: { uri: editor.uri },
      range: { start, end: start },
      context: { diagnostics: [], only: ['source'] },
    });
    assert.deepEqual(actions, []);
    editor.close();
  });

  it('a second document moves to a file of its own', async () => {
    const rest = 'lifecycle: 1\npipeline: other\nstages: {}\n';
    const editor = await Editor.open(`${head}${load}${fit}---\n${rest}`, { folder: folder.path });
    const view = editor.source.viewOf(editor.uri);
    const diagnostic = editor.diagnostics().find(({ code }) => code === 'several-documents');
    assert.ok(view && diagnostic);
    const [action] = codeActions(editor.workspace, editor.source, view, {
      textDocument: { uri: editor.uri },
      range: diagnostic.range,
      context: { diagnostics: [diagnostic] },
    });
    assert.equal(action?.title, 'Move what follows to other.pipeline.yaml');
    const [created, filled, cut] = action.edit?.documentChanges ?? [];
    assert.ok(
      created && 'kind' in created && created.kind === 'create' && created.uri.endsWith('/other.pipeline.yaml'),
    );
    assert.ok(filled && 'edits' in filled && 'newText' in (filled.edits[0] ?? {}));
    assert.equal((filled.edits[0] as { newText: string }).newText, rest);
    assert.ok(cut && 'edits' in cut);
    assert.equal(editor.applied(cut.edits as Parameters<Editor['applied']>[0]), `${head}${load}${fit}`);
    editor.close();
  });
});

import assert from 'node:assert/strict';
import { type CodeLens, type DocumentSymbol, ResponseError } from 'vscode-languageserver/node';
import { prepareCalls, incomingCalls, outgoingCalls } from '../../language-server/features/calls';
import { completion, resolveCompletion } from '../../language-server/features/completion';
import { definition } from '../../language-server/features/definition';
import { foldingRanges } from '../../language-server/features/folding';
import { formatDocument } from '../../language-server/features/formatting';
import { inlayHints } from '../../language-server/features/hints';
import { hover } from '../../language-server/features/hover';
import { codeLenses } from '../../language-server/features/lens';
import { documentLinks } from '../../language-server/features/links';
import { highlights, references } from '../../language-server/features/references';
import { rename } from '../../language-server/features/rename';
import { selectionRanges } from '../../language-server/features/selection';
import { outline, workspaceSymbols } from '../../language-server/features/symbols';
import { semanticTokens } from '../../language-server/features/tokens';
import { stageSnippet } from '../../language-server/suggest/snippets';
import { analyze } from '../../lifecycle/pipeline/analyze';
import { stageKinds } from '../../lifecycle/pipeline/schema';
import { csv } from './situations';
import { Editor, folderWith } from './harness';

const head = 'lifecycle: 1\npipeline: churn\nstages:\n';
const load = '  load:\n    kind: data\n    source: data/raw.csv\n    target: churned\n';
const fit = '  fit:\n    kind: train\n    data: load\n    model: linear\n';
const whole = {
  start: { line: 0, character: 0 },
  end: { line: 100000, character: 0 },
};

describe('language features', () => {
  let folder: ReturnType<typeof folderWith>;
  let editor: Editor;
  before(() => {
    folder = folderWith({
      'data/raw.csv': csv,
      'targets.yaml': 'lifecycle: 1\ntargets:\n  cluster:\n    kind: local\n',
      'other.pipeline.yaml': `${head}${load}${fit}`,
    });
  });
  after(() => folder.remove());
  afterEach(() => editor.close());
  const open = async (text: string, name?: string): Promise<Editor> =>
    (editor = await Editor.open(text, { folder: folder.path, ...(name !== undefined && { name }) }));
  const textOf = (): string => {
    const found = hover(editor.spot);
    assert.ok(found, 'nothing to show');
    return (found.contents as { value: string }).value;
  };
  const view = () => {
    const found = editor.source.viewOf(editor.uri);
    assert.ok(found);
    return found;
  };

  describe('hover', () => {
    it('N01: tells what the schema says of a key, of this kind of stage only', async () => {
      await open(
        `${head}${load}  fit:\n    kind: train\n    data: load\n    model: {kind: network, layers: []}\n    training: {batch‸-size: 8}\n`,
      );
      const text = textOf();
      assert.match(text, /Rows in one optimisation step/);
      assert.match(text, /whole number/);
      assert.match(text, /Default: `256`/);
    });
    it('N02: shows a card of the stage behind a reference', async () => {
      await open(`${head}${load}  prep:\n    kind: train\n    data: lo‸ad\n    model: linear\n`);
      const text = textOf();
      for (const word of ['load', 'data stage', 'data/raw.csv', '2 rows', '6 columns', 'age'])
        assert.ok(text.includes(word), text);
    });
    it('profiles a column, explains a metric and a function', async () => {
      await open(`${head}${load}    features:\n      - standardize: {columns: [a‸ge]}\n`);
      assert.match(textOf(), /number.*35 … 41/s);
      editor.close();
      await open(`${head}${load}${fit}  e:\n    kind: evaluate\n    candidates: [fit]\n    metrics: [a‸uc]\n`);
      assert.match(textOf(), /Hanley/);
      editor.close();
      await open(`${head}${load}    rows:\n      - filter: "cl‸ip(age, 0, 9) > 3"\n`);
      assert.match(textOf(), /clip\(x: number/);
    });
    it('shows what is in a data file, what a group stands for, a target, and a name that a monitor knows', async () => {
      await open(`${head}  load:\n    kind: data\n    source: data/r‸aw.csv\n`);
      assert.match(textOf(), /^\*\*data\/raw\.csv\*\* · 2 rows × 6 columns\n\n- `age` number · 35 … 41\n/);
      editor.close();
      await open(
        `${head}${load}    features:\n      - drop: {columns: [income]}\n      - standardize: {columns: num‸eric}\n`,
      );
      assert.equal(textOf(), '**numeric** · 2 columns\n\n`age`, `tenure_months`');
      editor.close();
      const live = `${fit}  p: {kind: package, model: fit, name: a}\n  d: {kind: deploy, package: p, target: cluster}\n`;
      await open(`${head}${load}${live.replace('target: clu', 'target: clu‸')}`);
      assert.equal(textOf(), '**cluster** · local target');
      editor.close();
      await open(
        `${head}${load}${live}  w: {kind: monitor, deployment: d, reference: load.train, retrain: {when: "drift.sh‸are > 0.3"}}\n`,
      );
      assert.match(textOf(), /^\*\*drift\.share\*\*\n\n\S/);
    });
    it('gives the shape and size of a layer', async () => {
      await open(
        `${head}${load}    columns: {drop: [country, plan]}\n  net:\n    kind: train\n    data: load\n    model:\n      kind: network\n      layers:\n        - de‸nse: {units: 8}\n`,
      );
      assert.match(textOf(), /\[N, 3\] → \[N, 8\] · 32 parameters/);
    });
  });

  describe('navigation', () => {
    it('goes from a reference to the stage, from a target to targets.yaml, from a file to it', async () => {
      await open(`${head}${load}  prep:\n    kind: train\n    data: lo‸ad\n    model: linear\n`);
      const [link] = definition(editor.spot) as { targetUri: string; targetRange: { start: { line: number } } }[];
      assert.equal(link?.targetRange.start.line, 3);
      editor.close();
      await open(
        `${head}${load}${fit}  p: {kind: package, model: fit, name: a}\n  d: {kind: deploy, package: p, target: clus‸ter}\n`,
      );
      const [target] = definition(editor.spot) as { targetUri: string; targetRange: { start: { line: number } } }[];
      assert.ok(target?.targetUri.endsWith('/targets.yaml'));
      assert.equal(target?.targetRange.start.line, 2);
      editor.close();
      await open(`${head}  load:\n    kind: data\n    source: data/r‸aw.csv\n`);
      const [file] = definition(editor.spot) as { targetUri: string }[];
      assert.ok(file?.targetUri.endsWith('/data/raw.csv'));
      assert.equal(documentLinks(editor.workspace, editor.source, view()).length, 1);
    });
    it('goes from an alias to the last anchor of that name above', async () => {
      await open(
        `${head}${load}    split: &s {train: 0.8}\n  b:\n    kind: data\n    source: data/raw.csv\n    split: *‸s\n`,
      );
      const [anchor] = definition(editor.spot) as { targetRange: typeof whole }[];
      assert.deepEqual(anchor?.targetRange.start, { line: 7, character: 11 });
      editor.close();
      await open(`${head}${load}    rows: [{filter: "age *‸ 2 > 3"}]\n`);
      assert.equal(definition(editor.spot), null);
    });
    it('finds all references and marks them', async () => {
      await open(
        `${head}  lo‸ad:\n    kind: data\n    source: data/raw.csv\n    target: churned\n${fit}  w:\n    kind: monitor\n    deployment: d\n    reference: load.train\n`,
      );
      assert.equal(references(editor.spot, true)?.length, 3);
      assert.equal(highlights(editor.spot)?.length, 3);
    });
    it('N09: lists stages with their kind though the text is half typed', async () => {
      await open(`${head}${load}${fit}    opt\n  next:\n    kind: evaluate\n    candidates: [fit]\n`);
      const symbols = (outline(editor.source, view()).toJSON() as DocumentSymbol[]).filter(
        ({ name }) => !['lifecycle', 'pipeline'].includes(name),
      );
      assert.deepEqual(
        symbols.map(({ name, detail }) => [name, detail]),
        [
          ['load', 'data'],
          ['fit', 'train'],
          ['next', 'evaluate'],
        ],
      );
    });
    it('finds stages of closed pipelines', async () => {
      await open(`${head}${load}${fit}`);
      const found = workspaceSymbols(editor.workspace, 'ft').map(({ location }) => location.uri.split('/').at(-1));
      assert.deepEqual(found.sort(), ['other.pipeline.yaml', 'test.pipeline.yaml']);
    });
    it('walks the graph of stages', async () => {
      await open(
        `${head}${load}  f‸it:\n    kind: train\n    data: load\n    model: linear\n  e:\n    kind: evaluate\n    candidates: [fit]\n`,
      );
      const [item] = prepareCalls(editor.spot) ?? [];
      assert.ok(item);
      assert.deepEqual(
        incomingCalls(editor.workspace, item).map(({ from }) => from.name),
        ['e'],
      );
      assert.deepEqual(
        outgoingCalls(editor.workspace, item).map(({ to }) => to.name),
        ['load'],
      );
    });
  });

  describe('rename', () => {
    const renamed = (name: string): string => {
      const edit = rename(editor.spot, name);
      assert.ok(edit && !(edit instanceof ResponseError), JSON.stringify(edit));
      return editor.applied(edit.changes?.[editor.uri] ?? []);
    };
    it('N06: renames a stage and all that refer to it', async () => {
      await open(
        `${head}  lo‸ad:\n    kind: data\n    source: data/raw.csv\n    target: churned\n${fit}  w:\n    kind: monitor\n    deployment: d\n    reference: load.train\n`,
      );
      const text = renamed('customers');
      assert.ok(!/\bload\b/.test(text), text);
      assert.match(text, /reference: customers\.train/);
    });
    it('N07: renames a column wherever the same data is seen', async () => {
      await open(
        `${head}${load}    columns: {drop: [age]}\n    rows: [{filter: "age > 3"}]\n    features:\n      - standardize: {columns: [a‸ge, income]}\n${fit}  e:\n    kind: evaluate\n    candidates: [fit]\n    fairness: {attributes: [age]}\n`,
      );
      const text = renamed('years lived');
      assert.equal(text.match(/years lived/g)?.length, 4, text);
      assert.match(text, /"`years lived` > 3"/);
    });
    it('refuses what would break the pipeline', async () => {
      await open(`${head}${load}  f‸it:\n    kind: train\n    data: load\n    model: linear\n`);
      for (const bad of ['load', '1st', 'a b', '']) assert.ok(rename(editor.spot, bad) instanceof ResponseError, bad);
    });
    it('refuses a name that stands for a column of the file and for one computed of it', async () => {
      await open(
        `${head}${load}    features:\n      - derive: {age: "age * 2"}\n      - standardize: {columns: [a‸ge]}\n${fit}`,
      );
      assert.ok(rename(editor.spot, 'years') instanceof ResponseError);
    });
    it('renames a target in targets.yaml as well', async () => {
      await open(
        `${head}${load}${fit}  p: {kind: package, model: fit, name: a}\n  d: {kind: deploy, package: p, target: clus‸ter}\n`,
      );
      const edit = rename(editor.spot, 'farm');
      assert.ok(edit && !(edit instanceof ResponseError));
      assert.equal(Object.keys(edit.changes ?? {}).length, 2);
    });
    it('leaves a pipeline that still checks', async () => {
      const text = `${head}${load}    features:\n      - derive: {ra‸te: "income / age"}\n      - standardize: {columns: [rate]}\n${fit}`;
      await open(text);
      const after = renamed('income_per_year');
      assert.deepEqual(
        analyze(editor.source.path, after).diagnostics.map(({ code }) => code),
        analyze(editor.source.path, editor.source.text).diagnostics.map(({ code }) => code),
      );
    });
  });

  describe('hints and lenses', () => {
    it('offers to run each stage and can be turned off', async () => {
      await open(`${head}${load}${fit}`);
      const lenses = codeLenses(editor.workspace, editor.source, view()).toJSON() as CodeLens[];
      assert.deepEqual(
        lenses
          .filter(({ command }) => command?.command === 'lifecycle.runStage')
          .map(({ command }) => command?.arguments),
        [
          [editor.uri, 'load'],
          [editor.uri, 'fit'],
        ],
      );
      editor.workspace.settings = { codeLens: false, inlayHints: false };
      assert.equal(codeLenses(editor.workspace, editor.source, view()).json, '[]');
      assert.equal(inlayHints(editor.workspace, editor.source, view(), whole).length, 0);
    });
    it('shows rows and columns beside the source and the size of layers', async () => {
      await open(
        `${head}${load}    columns: {drop: [country, plan]}\n  net:\n    kind: train\n    data: load\n    model:\n      kind: network\n      layers:\n        - dense: {units: 8}\n        - dense: {units: 2}\n`,
      );
      assert.deepEqual(
        inlayHints(editor.workspace, editor.source, view(), whole).map(({ label }) => label),
        ['2 rows × 6 columns', '8 wide · 32 parameters', '2 wide · 18 parameters', 'about 23 KB to train'],
      );
      const memory = inlayHints(editor.workspace, editor.source, view(), whole).at(-1);
      assert.match(
        JSON.stringify(memory?.tooltip),
        /2\.5 KB for the weights, .* 21 KB for what the layers make of a batch of 256 rows/,
      );
      await open(
        `${head}${load}    columns: {drop: [country, plan]}\n  net:\n    kind: train\n    data: load\n    model:\n      kind: network\n      lay‸ers: [{dense: {units: 8}}, {dense: {units: 2}}]\n    training: {batch-size: 16, optimizer: sgd}\n`,
      );
      assert.match(
        JSON.stringify(hover(editor.spot)),
        /53 parameters · 53 multiplications a row.*Training takes about 3 KB of memory beside the data: 1\.7 KB for the weights.* 1\.3 KB .* batch of 16 rows/,
      );
    });
  });

  describe('folding, selection and colours', () => {
    it('folds stages and blocks', async () => {
      await open(`# a\n# b\n${head}${load}\n${fit}`);
      assert.deepEqual(
        foldingRanges(view()).map(({ startLine, endLine }) => [startLine, endLine]),
        [
          [0, 1],
          [4, 12],
          [5, 8],
          [10, 13],
        ].map(([a, b]) => (a === 4 ? [4, 13] : [a, b])),
      );
    });
    it('widens a selection step by step', async () => {
      await open(`${head}${load}    columns: {drop: [co‸untry, plan]}\n`);
      let [selection] = selectionRanges(editor.source, view(), [editor.document.positionAt(editor.marked.cursor)]) as (
        { range: typeof whole; parent?: unknown } | undefined
      )[];
      const texts: string[] = [];
      while (selection) {
        texts.push(editor.document.getText(selection.range));
        selection = selection.parent as typeof selection;
      }
      assert.deepEqual(texts.slice(0, 4), [
        'country',
        '[country, plan]',
        'drop: [country, plan]',
        '{drop: [country, plan]}',
      ]);
    });
    it('colours what has a meaning', async () => {
      await open(`${head}${load}    rows: [{filter: "age > 3"}]\n`);
      assert.ok(semanticTokens(editor.source, view()).data.length >= 5 * 5);
    });
  });

  describe('formatting', () => {
    const formatted = (): string => editor.applied(formatDocument(editor.source, view()));
    it('mends indentation and spaces, keeps comments, is done after once', async () => {
      await open(
        `lifecycle:   1\npipeline: churn   \n\n# about\nstages:\n    load:   # data\n        kind:    data\n        # where from\n        source: data/raw.csv\n        columns: { drop:  [ age ,country ],sensitive: [ plan ] }\n        features:\n        -   standardize: {columns: numeric}\n        - fill:\n             columns: numeric\n             with: mean\n`,
      );
      const text = formatted();
      assert.equal(
        text,
        `lifecycle: 1\npipeline: churn\n\n# about\nstages:\n  load:   # data\n    kind: data\n    # where from\n    source: data/raw.csv\n    columns: {drop: [age, country], sensitive: [plan]}\n    features:\n      - standardize: {columns: numeric}\n      - fill:\n          columns: numeric\n          with: mean\n`,
      );
      editor.close();
      await open(text);
      assert.equal(formatted(), text);
    });
    it('keeps texts of several lines and what it does not understand', async () => {
      const text = `${head}  load:\n    kind: data\n    source:\n      sql: |\n        select *  \n          from 'a.csv'\n    description: "a\n      b"\n  broken:\n      kind: [a\n`;
      await open(text);
      assert.equal(formatted(), text);
    });
  });

  describe('completion', () => {
    const inOrder = (): string[] =>
      completion(editor.spot)
        .items.sort((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1))
        .map(({ label }) => label);
    it('offers a description after what makes a stage', async () => {
      await open(`${head}  load:\n    kind: data\n    ‸`);
      const labels = inOrder();
      assert.equal(labels[0], 'source');
      assert.equal(labels.at(-1), 'description');
    });
    it('offers the model that passed its gate before one that met none, and a model before reinforcement', async () => {
      const exam = '  exam:\n    kind: evaluate\n    candidates: [fit]\n';
      await open(`${head}${load}${fit}${exam}  bundle:\n    kind: package\n    model: ‸\n`);
      const labels = inOrder();
      assert.deepEqual(labels.slice(0, 2), ['exam.best', 'fit']);
      await open(`${head}${load}  fit:\n    kind: train\n    ‸`);
      const keys = inOrder();
      assert.ok(keys.indexOf('model') < keys.indexOf('reinforcement'), keys.join());
    });
    it('tells of a stage that is offered what it is and does, when it is shown', async () => {
      const exam = '  exam:\n    kind: evaluate\n    candidates: [fit]\n    choose: {metric: auc, on: validation}\n';
      await open(`${head}${load}${fit}${exam}  bundle:\n    kind: package\n    model: ‸\n`);
      const told = (label: string): string => {
        const item = editor.completions().find((each) => each.label === label);
        assert.ok(item, label);
        return (resolveCompletion(editor.workspace, item).documentation as { value: string }).value;
      };
      assert.match(told('fit'), /^\*\*fit\*\* · train stage\n\nTrains `linear` on `load`\.$/);
      assert.match(told('exam.best'), /\n\n\*\*exam\*\* · evaluate stage\n\nCompares `fit` and chooses by `auc`\.$/);
      const other = { label: 'epochs' };
      assert.equal(resolveCompletion(editor.workspace, other), other, 'what is no stage stays as it is');
    });
    it('writes what a feature needs, also where one of several keys is needed', async () => {
      await open(`${head}${load}    features:\n      - ‸\n`);
      const offered = editor.completions().map(({ label }) => label);
      assert.ok(offered.includes('clip'), offered.join());
      for (const label of offered) {
        const text = editor.accepted(label);
        const found = analyze('/p/x.pipeline.yaml', text).diagnostics.filter(({ code }) => code === 'missing-key');
        assert.deepEqual(found, [], text);
      }
      assert.match(editor.accepted('clip'), /clip: ?\{?\s*columns: [^]*quantiles: \[0\.01, 0\.99\]/);
    });
    it('leaves no space before the end of a line that holds but a key', () => {
      const snippets = stageKinds().map((kind) => stageSnippet(kind, 2));
      for (const snippet of snippets) assert.doesNotMatch(snippet, / \n/);
      assert.match(snippets.join(), /require:\n +\$\{\d+:name\}:\n/);
    });
    it('offers texts before numbers where categories are wanted', async () => {
      await open(`${head}${load}    features:\n      - one-hot: {columns: [‸]}\n`);
      const labels = inOrder();
      const [first] = labels;
      assert.ok(first === 'country' || first === 'plan', labels.join());
      assert.ok(labels.indexOf('plan') < labels.indexOf('age'), labels.join());
    });
  });
  describe('lifecycle.yaml', () => {
    it('is checked, completed and explained by its own schema', async () => {
      await open('lifecycle: 1\n⟦stroe⟧: runs\n‸', 'lifecycle.yaml');
      const [found] = editor.diagnostics();
      assert.equal(found?.code, 'unknown-key');
      assert.match(JSON.stringify(found.message), /Did you mean `store`/);
      assert.ok(editor.completions().some(({ label }) => label === 'store'));
      editor.close();
      await open('lifecycle: 1\nsto‸re: runs\n', 'lifecycle.yaml');
      assert.deepEqual(editor.diagnostics(), []);
      assert.match(textOf(), /store/);
    });
  });
});

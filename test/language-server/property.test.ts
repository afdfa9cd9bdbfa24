import assert from 'node:assert/strict';
import fc from 'fast-check';
import { codeActions } from '../../language-server/features/actions';
import { completion } from '../../language-server/features/completion';
import { diagnosticsOf } from '../../language-server/features/diagnostics';
import { foldingRanges } from '../../language-server/features/folding';
import { formatDocument } from '../../language-server/features/formatting';
import { hover } from '../../language-server/features/hover';
import { codeLenses } from '../../language-server/features/lens';
import { references } from '../../language-server/features/references';
import { rename } from '../../language-server/features/rename';
import { outline } from '../../language-server/features/symbols';
import { semanticTokens } from '../../language-server/features/tokens';
import { uriOf, Workspace } from '../../language-server/workspace';

const runs = Number(process.env['LIFECYCLE_FUZZ_RUNS'] ?? 60);
const seed = Number(process.env['LIFECYCLE_FUZZ_SEED'] ?? 20260);

const example = `lifecycle: 1
pipeline: churn
parameters: {rate: 0.01}
stages:
  load:
    kind: data
    source: data/raw.csv
    target: {column: churned, positive: "1"}
    rows:
      - drop-duplicates
      - filter: "age >= 0 and plan = 'pro'"
    features:
      - fill: {columns: [income], with: median}
      - derive: {per_month: "income / max(tenure_months, 1)"}
      - one-hot: {columns: text}
  net:
    kind: train
    data: load
    model:
      kind: network
      layers:
        - dense: {units: 8, activation: relu}
    training:
      optimizer: {kind: adam, learning-rate: "\${rate}"}
  exam:
    kind: evaluate
    candidates: [net]
    metrics: [auc, f1]
    require: {auc: {min: 0.8}}
  watch:
    kind: monitor
    deployment: live
    reference: load.train
    retrain: {when: "drift.share > 0.3"}
`;

const pieces = [
  '\n',
  '  ',
  ':',
  ' ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '#',
  '&a',
  '*a',
  '|',
  '>',
  '<<: *a',
  '---\n',
  '\t',
  '\r\n',
  '${',
  '}',
  'kind: train',
  'load',
  '\u{1F600}',
  'é',
  '\ufeff',
  '\0',
  '```\n',
  'stages:',
  ',',
  '!!x',
  '%',
  '@',
  '\\',
  '? ',
];

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat(40),
  put: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 6 })),
});

describe('random edits', () => {
  for (const name of ['a.pipeline.yaml', 'a.lifecycle.md', 'targets.yaml']) {
    it(`never crash in ${name}, and leave the state of a fresh open`, function () {
      this.timeout(120_000);
      const start = name.endsWith('.md')
        ? `---\nlifecycle: 1\npipeline: churn\n---\n# A\n\n\`\`\`yaml stage\n${example.slice(example.indexOf('  load:')).replaceAll(/^ {2}/gm, '')}\`\`\`\n`
        : example;
      fc.assert(
        fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
          const uri = uriOf(`/nowhere/${name}`);
          const workspace = new Workspace();
          workspace.open({ uri, languageId: 'lifecycle-pipeline', version: 1, text: start });
          const source = workspace.sourceOf(uri);
          assert.ok(source);
          diagnosticsOf(workspace, source);
          edits.forEach(({ at, cut, put }, i) => {
            const document = workspace.documents.get(uri);
            assert.ok(document);
            const from = Math.floor(at * document.getText().length);
            workspace.change(uri, i + 2, [
              { range: { start: document.positionAt(from), end: document.positionAt(from + cut) }, text: put },
            ]);
            exercise(workspace, uri, from + put.length);
          });
          const text = workspace.documents.get(uri)?.getText() ?? '';
          const fresh = new Workspace();
          fresh.open({ uri, languageId: 'lifecycle-pipeline', version: 1, text });
          const other = fresh.sourceOf(uri);
          assert.ok(other);
          assert.deepEqual(diagnosticsOf(workspace, source), diagnosticsOf(fresh, other));
          const [mine, theirs] = [source.viewOf(uri), other.viewOf(uri)];
          assert.ok(mine && theirs);
          assert.deepEqual(outline(source, mine), outline(other, theirs));
          assert.deepEqual(codeLenses(workspace, source, mine), codeLenses(fresh, other, theirs));
          workspace.runs.close();
          fresh.runs.close();
        }),
        { numRuns: runs, seed, endOnFailure: true },
      );
    });
  }

  it('formats to what means the same, once and for all', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 4 }), (edits) => {
        const uri = uriOf('/nowhere/b.pipeline.yaml');
        let text = example;
        for (const { at, cut, put } of edits) {
          const from = Math.floor(at * text.length);
          text = text.slice(0, from) + put + text.slice(from + cut);
        }
        const once = formatted(uri, text);
        assert.equal(formatted(uri, once), once);
      }),
      { numRuns: runs, seed, endOnFailure: true },
    );
  });
});

function formatted(uri: string, text: string): string {
  const workspace = new Workspace();
  workspace.open({ uri, languageId: 'lifecycle-pipeline', version: 1, text });
  const source = workspace.sourceOf(uri);
  const view = source?.viewOf(uri);
  assert.ok(source && view);
  const edits = formatDocument(source, view).map(({ range, newText }) => ({
    from: view.document.offsetAt(range.start),
    to: view.document.offsetAt(range.end),
    newText,
  }));
  workspace.runs.close();
  return edits
    .sort((a, b) => b.from - a.from)
    .reduce((result, { from, to, newText }) => result.slice(0, from) + newText + result.slice(to), text);
}

function exercise(workspace: Workspace, uri: string, offset: number): void {
  const source = workspace.sourceOf(uri);
  const view = source?.viewOf(uri);
  assert.ok(source && view);
  const spot = workspace.spot(uri, view.document.positionAt(offset));
  assert.ok(spot);
  const { items } = completion(spot);
  const { line, character } = view.document.positionAt(offset);
  for (const item of items) {
    assert.ok(item.textEdit && 'range' in item.textEdit);
    const { start, end } = item.textEdit.range;
    assert.ok(
      start.line < line || (start.line === line && start.character <= character),
      'a completion begins after the cursor',
    );
    assert.ok(
      end.line > line || (end.line === line && end.character >= character),
      'a completion ends before the cursor',
    );
  }
  hover(spot);
  references(spot, true);
  rename(spot, 'other');
  foldingRanges(view);
  semanticTokens(source, view);
  codeLenses(workspace, source, view);
  const diagnostics = diagnosticsOf(workspace, source).get(uri) ?? [];
  codeActions(workspace, source, view, {
    textDocument: { uri },
    range: { start: view.document.positionAt(offset), end: view.document.positionAt(offset) },
    context: { diagnostics },
  });
}

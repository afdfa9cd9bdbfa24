import assert from 'node:assert/strict';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver/node';
import { analyze } from '../../lifecycle/pipeline/analyze';
import { csv, completionSituations, diagnosticSituations } from './situations';
import { codeActions } from '../../language-server/features/actions';
import { Editor, folderWith } from './harness';

describe('editing situations', () => {
  let folder: ReturnType<typeof folderWith>;
  before(() => {
    folder = folderWith({ 'data/raw.csv': csv, 'data/x.csv': csv });
  });
  after(() => folder.remove());

  for (const { id, text, want } of diagnosticSituations) {
    it(id, async () => {
      const editor = await Editor.open(text, { folder: folder.path });
      const found = editor.diagnostics().filter(({ severity }) => severity !== DiagnosticSeverity.Hint);
      assert.deepEqual(
        found.map(({ code }) => code),
        want.map(({ code }) => code),
        JSON.stringify(found, undefined, 1),
      );
      found.forEach((diagnostic, i) => {
        const range = {
          from: editor.document.offsetAt(diagnostic.range.start),
          to: editor.document.offsetAt(diagnostic.range.end),
        };
        assert.deepEqual(range, editor.marked.ranges[i], `range of ${wordsOf(diagnostic)}`);
        const wanted = want[i];
        for (const word of wanted?.includes ?? [])
          assert.ok(wordsOf(diagnostic).includes(word), `${wordsOf(diagnostic)} lacks ${word}`);
        assert.equal(diagnostic.severity, wanted?.severity ?? DiagnosticSeverity.Error);
        if (wanted?.fix !== undefined) {
          const view = editor.source.viewOf(editor.uri);
          assert.ok(view);
          const actions = codeActions(editor.workspace, editor.source, view, {
            textDocument: { uri: editor.uri },
            range: diagnostic.range,
            context: { diagnostics: [diagnostic] },
          });
          const edits = actions
            .filter(({ kind }) => kind === 'quickfix')
            .flatMap(({ edit }) => edit?.changes?.[editor.uri] ?? []);
          assert.ok(
            edits.some(
              (edit) => edit.newText.includes(wanted.fix ?? '') || editor.applied([edit]).includes(wanted.fix ?? ''),
            ),
            `no fix with ${wanted.fix}: ${JSON.stringify(edits)}`,
          );
          const preferred =
            actions.find(({ isPreferred }) => isPreferred)?.edit?.changes?.[editor.uri] ?? edits.slice(0, 1);
          const after = analyze(editor.source.path, editor.applied(preferred)).diagnostics.filter(
            ({ severity }) => severity === 'error',
          );
          assert.ok(
            !after.some(({ code, message }) => code === diagnostic.code && message === diagnostic.message),
            `the fix leaves the problem: ${editor.applied(preferred)}`,
          );
        }
        if (wanted?.related) assert.ok((diagnostic.relatedInformation ?? []).length > 0);
      });
      editor.close();
    });
  }

  for (const { id, text, include, exclude = [], count } of completionSituations) {
    it(id, async () => {
      const editor = await Editor.open(text, { folder: folder.path });
      editor.completions();
      await editor.workspace.columns.settled();
      const labels = editor.completions().map(({ label }) => label);
      for (const label of include) assert.ok(labels.includes(label), `${label} is missing among ${labels.join(', ')}`);
      for (const label of exclude)
        assert.ok(!labels.includes(label), `${label} should not be among ${labels.join(', ')}`);
      if (count !== undefined) assert.equal(labels.length, count, labels.join(', '));
      editor.close();
    });
  }
});

const wordsOf = ({ message }: Diagnostic): string => (typeof message === 'string' ? message : message.value);

import assert from 'node:assert/strict';
import { DiagnosticSeverity } from 'vscode-languageserver/node';
import { csv, completionSituations, diagnosticSituations } from './situations';
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
        assert.deepEqual(range, editor.marked.ranges[i], `range of ${diagnostic.message}`);
        const wanted = want[i];
        for (const word of wanted?.includes ?? [])
          assert.ok(diagnostic.message.includes(word), `${diagnostic.message} lacks ${word}`);
        assert.equal(diagnostic.severity, wanted?.severity ?? DiagnosticSeverity.Error);
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

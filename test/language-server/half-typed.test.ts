import assert from 'node:assert/strict';
import { files, type HalfTyped, halfTyped } from './half-typed';
import { Editor, folderWith } from './harness';

describe('half-typed texts', () => {
  let folder: ReturnType<typeof folderWith>;
  before(() => {
    folder = folderWith(files);
  });
  after(() => folder.remove());

  async function holds({
    text,
    file,
    first = [],
    include = [],
    exclude = [],
    count,
    accept,
  }: HalfTyped): Promise<void> {
    const editor = await Editor.open(text, { folder: folder.path, ...(file !== undefined && { name: file }) });
    try {
      editor.completions();
      await editor.workspace.columns.settled();
      const labels = editor
        .completions()
        .sort((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1))
        .map(({ label }) => label);
      const shown = labels.join(', ');
      assert.deepEqual(labels.slice(0, first.length), first, shown);
      for (const label of include) assert.ok(labels.includes(label), `${label} is missing among ${shown}`);
      for (const label of exclude) assert.ok(!labels.includes(label), `${label} should not be among ${shown}`);
      assert.equal(new Set(labels).size, labels.length, `one twice: ${shown}`);
      if (count !== undefined) assert.equal(labels.length, count, shown);
      if (!accept) return;
      const after = editor.accepted(accept[0]);
      assert.ok(after.includes(accept[1]), after);
    } finally {
      editor.close();
    }
  }

  for (const [where, situations] of Object.entries(halfTyped))
    describe(where, () => {
      for (const [name, situation] of Object.entries(situations)) it(name, () => holds(situation));
    });
});

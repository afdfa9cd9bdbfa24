import assert from 'node:assert/strict';
import type { Diagnostic } from 'vscode-languageserver/node';
import { codeActions } from '../../language-server/features/actions';
import { Draw, type Fault, FAULTS, files, group, header } from './faults';
import { Editor, folderWith } from './harness';

const NAMES = ['a', 'b2', 'north', 'C', 'x-1'];

/** A pipeline of a few groups with a mistake in one of them. */
function planted(draw: Draw, { old, put }: Fault): string {
  const names = NAMES.slice(0, 1 + draw.below(3));
  const n = draw.from(names);
  const named = (text: string): string =>
    text.replaceAll('-N', `-${n}`).replaceAll('model-n', `model-${n.toLowerCase()}`);
  return (
    header +
    names
      .map((each) => {
        const text = group(each);
        if (each !== n) return text;
        assert.ok(text.includes(named(old)), old);
        return text.replace(named(old), () => named(put));
      })
      .join('')
  );
}

describe('planted faults', () => {
  let folder: ReturnType<typeof folderWith>;
  before(() => {
    folder = folderWith(files);
  });
  after(() => folder.remove());

  it('does not speak of what is right', async () => {
    const editor = await Editor.open(header + NAMES.map(group).join(''), { folder: folder.path });
    assert.deepEqual(editor.diagnostics(), []);
    editor.close();
  });

  it('are more than 25 kinds', () => {
    assert.ok(new Set(FAULTS.map(({ code }) => code)).size > 25);
  });

  for (const [number, fault] of FAULTS.entries())
    it(`${fault.code}: ${fault.put.trim().split('\n').at(-1) ?? ''}`, async () => {
      const draw = new Draw(number);
      for (let round = 0; round < 4; round++) {
        const editor = await Editor.open(planted(draw, fault), { folder: folder.path });
        const { text, ranges } = editor.marked;
        const found = editor
          .diagnostics()
          .map(
            ({ code, range }) =>
              `${String(code)} ${editor.document.getText(range)}@${editor.document.offsetAt(range.start)}`,
          );
        const wanted = ranges.map(({ from, to }) => `${fault.code} ${text.slice(from, to)}@${from}`);
        assert.deepEqual(
          found,
          wanted,
          editor
            .diagnostics()
            .map(({ message }) => words(message))
            .join('\n'),
        );
        fixesHelp(editor);
        editor.close();
      }
    });
});

const words = (message: Diagnostic['message']): string => (typeof message === 'string' ? message : message.value);

/** How many errors and warnings a text has; hints are advice. */
function mistakes(editor: Editor, text: string): string[] {
  const { length } = editor.document.getText();
  const whole = { start: { line: 0, character: 0 }, end: editor.document.positionAt(length) };
  editor.workspace.change(editor.uri, editor.document.version + 1, [{ range: whole, text }]);
  return editor
    .diagnostics()
    .filter(({ severity }) => severity !== undefined && severity <= 2)
    .map(({ code, message }) => `${String(code)}: ${words(message)}`);
}

/** Every quick fix that is offered takes its mistake away and makes no more of them; the next step may still be open. */
function fixesHelp(editor: Editor): void {
  const diagnostics = editor.diagnostics();
  const view = editor.source.viewOf(editor.uri);
  const range = diagnostics[0]?.range;
  if (!view || !range) return;
  const text = editor.document.getText();
  const offered = codeActions(editor.workspace, editor.source, view, {
    textDocument: { uri: editor.uri },
    range,
    context: { diagnostics },
  });
  const changed = offered.map(({ edit }) => editor.applied(edit?.changes?.[editor.uri] ?? []));
  const before = mistakes(editor, text);
  const times = (list: readonly string[], said: string): number => list.filter((each) => each === said).length;
  offered.forEach(({ title, kind, edit, diagnostics: mended }, i) => {
    // An edit of another file shows there.
    if (kind !== 'quickfix' || edit?.changes?.[editor.uri] === undefined) return;
    const after = mistakes(editor, changed[i] ?? '');
    const gone = mended?.every(({ severity, code, message }) => {
      const said = `${String(code)}: ${words(message)}`;
      return severity === undefined || severity > 2 || times(after, said) < times(before, said);
    });
    assert.ok(
      after.length <= before.length && gone,
      `${title}: ${before.join(' | ')} → ${after.join(' | ')}\n${changed[i] ?? ''}`,
    );
  });
}

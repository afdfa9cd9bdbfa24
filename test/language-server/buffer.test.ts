import assert from 'node:assert/strict';
import { TextDocument, type TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import { Buffer } from '../../language-server/buffer';
import { random } from '../rigs/random';

describe('an open document', () => {
  it('has the text and the places that the library gives it, looked at after each edit or after several', () => {
    const draw = random(20261128);
    const pick = (n: number): number => Math.floor(draw() * n);
    const texts = ['a', 'bc', '', 'x\ny', '\r\n', '\r', '\n', 'é\u{1F600}', '  '];
    for (let round = 0; round < 300; round++) {
      const start = 'one\ntwo\r\n\nthree\rfour\u{1F600}\nlast';
      const mine = new Buffer('file:///a', 'x', 1, start);
      const theirs = TextDocument.create('file:///a', 'x', 1, start);
      // Where somebody types on, forwards and backwards, and sometimes elsewhere; places behind the end of a line are asked for too.
      let at = { line: pick(7), character: pick(9) };
      for (let version = 2; version < 40; version++) {
        const text = texts[pick(version % 5 === 0 ? texts.length : 3)] ?? '';
        // Beyond the last line the library loses its lines.
        const last = theirs.lineCount - 1;
        at = { line: Math.min(at.line, last), character: at.character };
        const end =
          pick(3) === 0
            ? { line: Math.min(last, at.line + pick(2)), character: Math.max(0, at.character - 1 + pick(3)) }
            : at;
        const change: TextDocumentContentChangeEvent =
          pick(60) === 0 ? { text: `${start}${text}` } : { range: { start: at, end }, text };
        mine.change([change], version);
        TextDocument.update(theirs, [change], version);
        assert.equal(mine.version, version);
        at =
          pick(5) === 0
            ? { line: pick(7), character: pick(9) }
            : { line: at.line, character: Math.max(0, at.character + text.length - pick(2)) };
        if (pick(4) > 0) continue;
        assert.equal(mine.getText(), theirs.getText());
        assert.equal(mine.lineCount, theirs.lineCount);
        const offset = pick(40);
        assert.deepEqual(mine.positionAt(offset), theirs.positionAt(offset));
        assert.equal(mine.offsetAt(at), theirs.offsetAt(at));
        assert.equal(mine.getText({ start: at, end }), theirs.getText({ start: at, end }));
      }
      assert.equal(mine.getText(), theirs.getText());
    }
  });
});

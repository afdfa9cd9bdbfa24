import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cellsIn, rawOf, textOf, type DocumentCell } from '../../extension/notebook/document';

const joined = (cells: readonly DocumentCell[]): string => cells.map(rawOf).join('');

/** Holds a text to the promise of the notebook: written back byte for byte, and an edit of a cell changes its lines alone. */
export function assertRoundTrip(text: string, name = ''): number {
  const cells = cellsIn(text);
  assert.equal(textOf(cells), text, name);
  const mixed = /\r\n/.test(text) && /(^|[^\r])\n/.test(text);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const line = 'added-here: {kind: data}';
  cells.forEach((cell, index) => {
    const edited = cells.map((each, at) => (at === index ? { ...each, value: `${each.value}\n${line}` } : each));
    const written = textOf(edited);
    const [before, after] = [joined(cells.slice(0, index)), joined(cells.slice(index + 1))];
    const place = `${name}, cell ${index}`;
    assert.ok(written.startsWith(before), `${place}: what stands above it changed`);
    assert.ok(written.endsWith(after), `${place}: what stands below it changed`);
    if (cell.value === '') return;
    const inside = written.slice(before.length, written.length - after.length);
    // In a file of two kinds of line ends the edited cell takes one of them; in an indented fence its lines get the indent of the fence.
    const plain = (part: string): string =>
      (mixed ? part.replaceAll('\r\n', '\n') : part).replace(/^[ \t]+/gm, '').replace(/[ \t]+$/gm, '');
    const kept = plain(inside)
      .replace(mixed ? `\n${line}` : `${eol}${line}`, '')
      .replace(line, '');
    // A fence that nobody closed is closed behind it.
    const whole = plain(rawOf(cell)).trimEnd();
    const closed = kept.startsWith(whole) && /^\s*(`{3,}|~{3,})?\s*$/.test(kept.slice(whole.length));
    assert.ok(
      closed || kept.trimEnd() === whole,
      `${place}: more than one line of it changed:\n${kept}\n---\n${whole}`,
    );
  });
  return cells.length;
}

/** Every Markdown file below a folder, by its path from there. */
export function markdownIn(folder: string): Map<string, string> {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(md|markdown)$/i.test(name))
    .sort();
  return new Map(found.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
}

/** The text with a stage behind each of its headings, as a lifecycle document has them. */
export function withStages(text: string): string {
  let count = 0;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return text.replace(/^#{1,3} .*(\r?\n)/gm, (heading) => {
    const stage = `s${++count}: {kind: data, source: "a.csv"}`;
    return `${heading}${eol}\`\`\`yaml stage${eol}${stage}${eol}\`\`\`${eol}`;
  });
}

import assert from 'node:assert/strict';
import path from 'node:path';
import type { DocumentSymbol } from 'vscode-languageserver/node';
import { completion } from '../../language-server/features/completion';
import { diagnosticsOf } from '../../language-server/features/diagnostics';
import { hover } from '../../language-server/features/hover';
import { definition } from '../../language-server/features/definition';
import { codeLenses } from '../../language-server/features/lens';
import { outline } from '../../language-server/features/symbols';
import type { Source } from '../../language-server/source';
import { uriOf, type Workspace } from '../../language-server/workspace';
import { networkOf } from '../../lifecycle/pipeline/analyze';
import { random, type Random } from '../rigs/random';
import { Desk } from './offers';

/** Edits after which a text is begun anew: what is broken for good is no longer worked on. */
const SITTING = 60;

const pieces = [
  ...[
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
    '# note\n',
    '&a ',
    '*a',
    '|',
    '<<: *a',
    '---\n',
    '\t',
    '\r\n',
  ],
  ...[
    '${',
    '${rate}',
    'kind: train',
    'stages:',
    ',',
    '!!x',
    '%',
    '\u{1F600}',
    'é',
    '\ufeff',
    '\0',
    '```\n',
    '? ',
    '<<<<<<< a\n',
  ],
];

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly put: string;
}

/** One edit as somebody makes it: mostly a letter in or out, sometimes a word, a line, a stage, and now and then nonsense. */
function drawEdit(text: string, draw: Random): Edit {
  const pick = (n: number): number => Math.floor(draw() * n);
  const at = pick(text.length + 1);
  const lineFrom = text.lastIndexOf('\n', at - 1) + 1;
  const lineEnd = text.indexOf('\n', at);
  const lineTo = lineEnd < 0 ? text.length : lineEnd + 1;
  const words = (): RegExpMatchArray[] => [...text.slice(0, 20_000).matchAll(/[\w.-]+/g)];
  switch (pick(19)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return { from: at, to: at, put: String.fromCharCode(97 + pick(26)) };
    case 4:
    case 5:
    case 6:
      return { from: at, to: Math.min(text.length, at + 1), put: '' };
    case 7: {
      const found = words();
      const [word, other] = [found[pick(found.length)], found[pick(found.length)]];
      return word && other
        ? { from: word.index ?? 0, to: (word.index ?? 0) + word[0].length, put: other[0] }
        : { from: at, to: at, put: 'a' };
    }
    case 16:
    case 17:
    case 18: {
      // A stage refers to another one than before.
      const uses = [...text.matchAll(/\b(?:data|model|package|candidates|reference): \[?([\w-]+)/dg)];
      const heads = [...text.matchAll(/^ {2}([\w-]+):/gm)];
      const place = uses[pick(uses.length)]?.indices?.[1];
      const name = heads[pick(heads.length)]?.[1];
      return place && name !== undefined
        ? { from: place[0], to: place[1], put: name }
        : { from: at, to: at, put: '\n' };
    }
    case 8:
      return { from: lineFrom, to: lineTo, put: '' };
    case 9:
      return { from: lineTo, to: lineTo, put: text.slice(lineFrom, lineTo) };
    case 10:
      return { from: lineFrom, to: lineFrom, put: ' '.repeat(1 + pick(3)) };
    case 11: {
      // A whole stage out, or once more.
      const heads = [...text.matchAll(/^ {2}[\w-]+:.*\n/gm)].map(({ index }) => index);
      const i = pick(Math.max(1, heads.length));
      const [from = 0, to = text.length] = [heads[i], heads[i + 1]];
      return pick(2) ? { from, to, put: '' } : { from, to: from, put: text.slice(from, to) };
    }
    case 12:
      return { from: at, to: Math.min(text.length, at + pick(300)), put: '' };
    case 13: {
      const from = pick(text.length + 1);
      return { from: at, to: at, put: text.slice(from, from + pick(200)) };
    }
    default:
      return { from: at, to: at, put: pieces[pick(pieces.length)] ?? '' };
  }
}

/** Everything that is understood of a text, as text. */
function stateOf(workspace: Workspace, source: Source, uri: string): string {
  const problems = diagnosticsOf(workspace, source).get(uri);
  const view = source.viewOf(uri);
  assert.ok(view);
  const symbols = outline(source, view).json;
  const lenses = codeLenses(workspace, source, view).json;
  const analysis = source.analysis();
  const outlined = (JSON.parse(symbols) as DocumentSymbol[]).slice(-analysis.stages.length || Infinity);
  assert.deepEqual(
    outlined.map(({ selectionRange }) => selectionRange),
    analysis.stages.map(({ nameRange }) => source.rangeIn(uri, nameRange)),
  );
  const { edges, users, byName, stages } = networkOf(analysis);
  return JSON.stringify([
    problems,
    symbols,
    lenses,
    analysis.ok,
    analysis.stages.map(({ name, kind, range, nameRange, references, mentions, value }) => [
      name,
      kind,
      range,
      nameRange,
      references,
      mentions,
      value,
    ]),
    [...byName],
    edges,
    users,
    stages.map(({ unit }) => networkOf(analysis).dataOf(unit)?.index),
  ]).replaceAll(uri, 'here');
}

/**
 * Edits the examples and a longer pipeline, and holds what is understood after every fifth edit or so against what a fresh open understands. Asks what an editor asks at some.
 * @returns how many edits were made
 */
export async function editsLeaveTheStateOfAFreshOpen(
  count: number,
  seed: number,
  report?: (done: number) => void,
): Promise<number> {
  const draw = random(seed);
  const desk = await Desk.open();
  const { workspace } = desk;
  let made = 0;
  let version = 1;
  try {
    const starts = [...desk.texts].filter(([uri]) => desk.source(uri).kind === 'pipeline');
    const churn = starts.find(([uri]) => uri.endsWith('churn.pipeline.yaml'));
    assert.ok(churn);
    // The same stages over and over, under other names: what refers to what goes over some hundred lines.
    const [head = '', stages = ''] = churn[1].split(/^(?=stages:\n)/m);
    const once = stages.slice('stages:\n'.length).trimEnd();
    const names = [...once.matchAll(/^ {2}([\w-]+):/gm)].map(([, name = '']) => name);
    const again = (i: number): string =>
      once.replaceAll(new RegExp(`\\b(${names.join('|')})\\b`, 'g'), i === 0 ? '$1' : `$1${i}`);
    starts.push([churn[0], `${head}stages:\n${[0, 1, 2].map(again).join('\n')}\n`]);
    while (made < count) {
      const [uri, start]: readonly [string, string] = starts[Math.floor(draw() * starts.length)] ?? churn;
      desk.write(uri, start);
      const source = desk.source(uri);
      const twin = uriOf(path.join(path.dirname(source.path), `twin-${path.basename(source.path)}`));
      const undo: Edit[] = [];
      for (let i = 0; i < SITTING && made < count; i++) {
        const document = desk.document(uri);
        const text = document.getText();
        const back = draw() < 0.42 ? undo.pop() : undefined;
        const edit = back ?? drawEdit(text, draw);
        if (!back) undo.push({ from: edit.from, to: edit.from + edit.put.length, put: text.slice(edit.from, edit.to) });
        workspace.change(uri, ++version + 1e6, [
          { range: { start: document.positionAt(edit.from), end: document.positionAt(edit.to) }, text: edit.put },
        ]);
        made++;
        // Several edits may come before anybody asks.
        if (draw() < 0.2) continue;
        diagnosticsOf(workspace, source);
        if (draw() < 0.1) {
          const spot = workspace.spot(uri, document.positionAt(edit.from + edit.put.length));
          assert.ok(spot);
          completion(spot);
          hover(spot);
          definition(spot);
        }
        // A fresh open takes many times as long as an edit, and what went wrong once stays wrong for a while.
        if (draw() < 0.75) continue;
        const mine = stateOf(workspace, source, uri);
        const now = document.getText();
        workspace.open({ uri: twin, languageId: document.languageId, version: 1, text: now });
        const theirs = stateOf(workspace, desk.source(twin), twin);
        workspace.close(twin);
        if (mine !== theirs)
          assert.equal(
            mine,
            theirs,
            `after ${made} edits from seed ${seed}: ${JSON.stringify(edit)} in ${uri}\n${now}`,
          );
      }
      report?.(made);
    }
  } finally {
    desk.close();
  }
  return made;
}

import assert from 'node:assert/strict';
import { ResponseError } from 'vscode-languageserver/node';
import { rename } from '../../language-server/features/rename';
import { uriOf, Workspace } from '../../language-server/workspace';
import { analyze } from '../../lifecycle/pipeline/analyze';
import { fingerprint, fingerprintInputs } from '../../lifecycle/pipeline/fingerprint';
import { toDocument } from '../../lifecycle/pipeline/convert';
import { Draw, group, header } from './faults';
import { TextDocument } from 'vscode-languageserver-textdocument';

/** Fingerprints of all stages, upstream results taken as given: the same for every spelling of the same work. */
function prints(path: string, text: string): string[] {
  return analyze(path, text).stages.map(({ kind, value, references }) => {
    assert.ok(value, kind);
    const upstream = Object.fromEntries(references.map(({ text: reference }) => [reference, 'same']));
    return fingerprint(fingerprintInputs({ stage: value, references }, { version: 1, seed: 0, upstream }));
  });
}

/** The text after a rename of what stands at an offset; taking its edits back, one by one, gives the text before. */
function renamed(uri: string, text: string, offset: number, name: string): string {
  const workspace = new Workspace();
  workspace.open({ uri, languageId: 'lifecycle-pipeline', version: 1, text });
  const document = workspace.documents.get(uri);
  assert.ok(document);
  const spot = workspace.spot(uri, document.positionAt(offset));
  assert.ok(spot);
  const edit = rename(spot, name);
  assert.ok(
    edit && !(edit instanceof ResponseError),
    `${JSON.stringify(edit)} at ${text.slice(offset - 20, offset + 10)}`,
  );
  const edits = [...(edit.changes?.[uri] ?? [])];
  const result = TextDocument.applyEdits(document, edits);
  workspace.runs.close();
  const places = edits
    .map(({ range, newText }) => ({
      from: document.offsetAt(range.start),
      to: document.offsetAt(range.end),
      length: newText.length,
    }))
    .sort((a, b) => a.from - b.from);
  let shift = 0;
  let undone = '';
  let at = 0;
  for (const { from, to, length } of places) {
    undone += result.slice(at, from + shift) + text.slice(from, to);
    at = from + shift + length;
    shift += length - (to - from);
  }
  assert.equal(undone + result.slice(at), text);
  return result;
}

/** Random renames of stages, columns and parameters, half of them in a pipeline and half in a document. */
export function renamesKeepTheMeaning(rounds: number): void {
  for (const [spelling, file] of [
    ['a pipeline', 'r.pipeline.yaml'],
    ['a document', 'r.lifecycle.md'],
  ] as const)
    it(`leave ${spelling} that checks and means the same, and undo to the byte`, function () {
      this.timeout(60_000);
      const draw = new Draw(7);
      const path = `/nowhere/${file}`;
      const uri = uriOf(path);
      const pipeline =
        header +
        group('a') +
        group('b2').replace('per_month', '"per month"').replace('income, per_month', "income, 'per month'");
      const start = file.endsWith('.md') ? toDocument(pipeline) : pipeline;
      const before = analyze(path, start).diagnostics;
      const old = prints(path, start);
      for (let round = 0; round < rounds / 2; round++) {
        const what = draw.from(['stage', 'stage', 'column', 'parameter'] as const);
        const wanted = {
          stage: /\b(?:data|linear|trees|net|exam|small|bundle|live|watch)-(?:a|b2)\b/g,
          column: /\bper[_ ]month\b/g,
          parameter: /(?<![\w-])rate(?![\w-])/g,
        }[what];
        const place = draw.from([...start.matchAll(wanted)]);
        const name = `${draw.from(what === 'column' ? ['y 1', 'zeta', 'é_1', 'Total (net)', 'true'] : ['other', 'N-1', 'x_y', 'Q'])}${what === 'column' ? '' : String(round)}`;
        const offset = place.index + draw.below(place[0].length);
        const after = renamed(uri, start, offset, name);
        assert.notEqual(after, start);
        const seen = (text: string): string[] => analyze(path, text).diagnostics.map(({ code }) => code);
        assert.deepEqual(
          seen(after),
          before.map(({ code }) => code),
          `${place[0]} → ${name}\n${after}`,
        );
        const now = prints(path, after);
        now.forEach((print, i) => {
          // The name of a feature is part of the data; names of stages and parameters are not.
          if (what !== 'column' || analyze(path, start).stages[i]?.kind !== 'data')
            assert.equal(print, old[i], `${place[0]} → ${name}`);
        });
        const back = after.indexOf(name, Math.max(0, Math.min(place.index, after.length) - 2));
        const again = renamed(uri, after, back < 0 ? after.indexOf(name) + 1 : back + 1, place[0]);
        assert.deepEqual(prints(path, again), old, `${place[0]} → ${name} → back`);
      }
    });
}

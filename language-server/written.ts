import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Range as LspRange } from 'vscode-languageserver-types';
import type { Placed } from '../lifecycle/pipeline/network';
import type { Unit } from '../lifecycle/pipeline/stage';
import type { Range } from '../lifecycle/pipeline/types';
import type { Source, View } from './source';

/** An answer that is JSON already: of a long file, putting objects together and writing them out is most of what an answer costs. */
export class Written {
  constructor(readonly json: string) {}

  /** For those that write messages in their own way. */
  toJSON(): unknown {
    return JSON.parse(this.json);
  }
}

/** `"line":7`, but not inside a text, where its quotes would be escaped. */
const lineNumber = /(?<!\\)"line":(\d+)/;

/** JSON with places in it, which can be moved down by lines. */
class Movable {
  private readonly pieces: readonly string[];

  constructor(json: string) {
    this.pieces = json.split(lineNumber);
  }

  at(line: number): string {
    const { pieces } = this;
    let json = pieces[0] ?? '';
    for (let i = 1; i < pieces.length; i += 2) json += `"line":${Number(pieces[i]) + line}${pieces[i + 1] ?? ''}`;
    return json;
  }
}

/** Says something of a stage, given what makes ranges of the protocol out of ranges in the stage's text; undefined when there is nothing to say. */
export type Say = (unit: Unit, rangeOf: (range: Range) => LspRange | undefined) => readonly unknown[];

/**
 * What is said of stages as JSON, with places that count from the beginning of their text. Kept with the stages, of which the analyser keeps those
 * that an edit left alone: so an edit costs one stage here too.
 */
export class Sayings {
  private kept = new WeakMap<Unit, Movable | null>();

  constructor(private readonly say: Say) {}

  /**
   * What is to be said of each stage, as items of a JSON list.
   * @param more what else is to be said of a stage, now
   */
  of(source: Source, view: View, stages: readonly Placed[], more?: (stage: Placed) => string | undefined): string[] {
    const { text } = source;
    const said: string[] = [];
    let own: TextDocument | undefined;
    let line = 0;
    let at = -1;
    for (const stage of stages) {
      const { unit, base } = stage;
      // A stage of a notebook may be in another cell; one that was read with the whole text has its places in that.
      if (source.isNotebook || unit.text.length === text.length || (base > 0 && text.charCodeAt(base - 1) !== 10)) {
        const items = this.say(unit, ({ from, to }) =>
          source.rangeIn(view.document.uri, { from: from + base, to: to + base }),
        );
        if (items.length > 0) said.push(listed(items));
      } else {
        let movable = this.kept.get(unit);
        if (movable === undefined) {
          if (own?.getText() !== unit.text) own = TextDocument.create('', '', 0, unit.text);
          const local = own;
          const items = this.say(unit, ({ from, to }) => ({ start: local.positionAt(from), end: local.positionAt(to) }));
          movable = items.length > 0 ? new Movable(listed(items)) : null;
          this.kept.set(unit, movable);
        }
        if (base !== at) line = view.document.positionAt(base - view.from).line;
        at = base;
        if (movable) said.push(movable.at(line));
      }
      const now = more?.(stage);
      if (now !== undefined) said.push(now);
    }
    return said;
  }
}

/** The items of a JSON list without its brackets. */
export const listed = (items: readonly unknown[]): string => items.map((item) => JSON.stringify(item)).join();

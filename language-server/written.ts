import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Range as LspRange } from 'vscode-languageserver-types';
import type { Placed } from '../lifecycle/pipeline/network';
import type { Unit } from '../lifecycle/pipeline/stage';
import type { Range } from '../lifecycle/pipeline/types';
import type { Source, View } from './source';

/** An answer that is JSON already, in ASCII: of a long file, putting objects together and writing them out is most of what an answer costs. */
export class Written {
  constructor(readonly json: string) {}

  /** For those that write messages in their own way. */
  toJSON(): unknown {
    return JSON.parse(this.json);
  }
}

/** `"line":7`, but not inside a text, where its quotes would be escaped. */
const lineNumber = /(?<!\\)"line":(\d+)/g;

/** JSON with places in it, which can be moved down by lines. */
class Movable {
  private line = 0;

  /**
   * @param json places in it count from the line that it begins at
   * @param lines so many it takes
   */
  constructor(
    private json: string,
    readonly lines: number,
  ) {}

  /** The same where it begins at a line. */
  at(line: number): string {
    const by = line - this.line;
    if (by !== 0 && this.json !== '')
      this.json = this.json.replace(lineNumber, (_all, number: string) => `"line":${Number(number) + by}`);
    this.line = line;
    return this.json;
  }
}

/** Says something of a stage, given what makes ranges of the protocol out of ranges in the stage's text; undefined when there is nothing to say. */
export type Say = (unit: Unit, rangeOf: (range: Range) => LspRange | undefined) => readonly unknown[];

/**
 * What is said of stages as JSON, with places that count from the beginning of their text. Kept with the stages, of which the analyser keeps those
 * that an edit left alone: so an edit costs one stage here too.
 */
export class Sayings {
  private readonly kept = new WeakMap<Unit, Movable>();

  constructor(private readonly say: Say) {}

  /**
   * What is to be said of each stage, as items of a JSON list.
   * @param more what else is to be said of a stage, now
   */
  of(source: Source, view: View, stages: readonly Placed[], more?: (stage: Placed) => string | undefined): string[] {
    const { text } = source;
    const said: string[] = [];
    let line = 0;
    /** Where the line is known. */
    let from = -1;
    let to = -1;
    let below = 0;
    for (const stage of stages) {
      const { unit, base } = stage;
      let json: string;
      // A stage of a notebook may be in another cell; one that was read with the whole text has its places in that.
      if (source.isNotebook || unit.text.length === text.length || (base > 0 && text.charCodeAt(base - 1) !== 10))
        json = listed(
          this.say(unit, (range) =>
            source.rangeIn(view.document.uri, { from: range.from + base, to: range.to + base }),
          ),
        );
      else {
        let movable = this.kept.get(unit);
        if (!movable) this.kept.set(unit, (movable = this.movable(unit)));
        if (base !== from) line = base === to ? line + below : view.document.positionAt(base - view.from).line;
        from = base;
        to = base + unit.text.length;
        below = movable.lines;
        json = movable.at(line);
      }
      if (json !== '') said.push(json);
      const now = more?.(stage);
      if (now !== undefined) said.push(now);
    }
    return said;
  }

  private own: TextDocument | undefined;

  private movable(unit: Unit): Movable {
    if (this.own?.getText() !== unit.text) this.own = TextDocument.create('', '', 0, unit.text);
    const { own } = this;
    const json = listed(this.say(unit, ({ from, to }) => ({ start: own.positionAt(from), end: own.positionAt(to) })));
    return new Movable(json, own.lineCount - 1);
  }
}

/** The items of a JSON list without its brackets. */
export const listed = (items: readonly unknown[]): string => items.map((item) => inAscii(JSON.stringify(item))).join();

/** The same JSON with what is not ASCII escaped: such a text is kept, put together and sent byte by byte. */
export const inAscii = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

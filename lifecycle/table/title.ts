/** Titles that spreadsheets export above a table. Native-free: the editor's look at a file uses it. */
import { DELIMITERS, splitRecords } from './delimited';

/** What stands above the header of a table. */
export interface Title {
  /** Lines above the header, empty ones included. */
  readonly lines: number;
  readonly text: string;
  /** The title's line has as many values as the header, all but a few of them empty. */
  readonly padded: boolean;
}

/** Lines among which a header is looked for, and lines under it that must be as wide. */
const TITLE_LINES = 10;
const UNDER_HEADER = 5;

/** The first lines of a text cut by one separator. */
interface Cut {
  readonly cells: readonly (readonly string[])[];
  /** Values a line that are not empty. */
  readonly filled: readonly number[];
}

/**
 * The title that a spreadsheet exports above the header: one line or more with next to no values, empty lines, and then a line of different names, none of them
 * a number, with rows under it that are as wide. Undefined unless it is clearly so, whichever the separator.
 */
export function titleAbove(text: string): Title | undefined {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/, TITLE_LINES + 2 * UNDER_HEADER);
  const cuts = DELIMITERS.map((delimiter): Cut => {
    const cells = lines.map((line) => splitRecords(line, delimiter, true, 1)[0] ?? []);
    return { cells, filled: cells.map((values) => values.filter((value) => value.trim() !== '').length) };
  });
  if (cuts.some(beginsAtOnce)) return undefined;
  const found = cuts.flatMap((cut) => {
    const at = cut.cells.findIndex((_, line) => line > 0 && line <= TITLE_LINES && isHeader(cut, line));
    return at < 0 ? [] : [{ cut, at, width: cut.cells[at]!.length }];
  });
  const [best] = found.sort((a, b) => a.at - b.at || b.width - a.width);
  if (!best) return undefined;
  const { cells } = best.cut;
  const words = cells.find((values) => values.some((value) => value.trim() !== ''));
  const title = words?.find((value) => value.trim() !== '')?.trim() ?? '';
  return { lines: best.at, text: title, padded: cells[0]?.length === best.width };
}

/** Lines below one; the last may be cut off. */
function below({ cells }: Cut, line: number): (readonly string[])[] {
  return cells.slice(line + 1, -1).filter(({ length }) => length > 0);
}

/** Whether the first line is the header, or a row, of what stands under it. */
function beginsAtOnce(cut: Cut): boolean {
  const width = cut.cells[0]?.length ?? 0;
  const under = below(cut, 0);
  const even = under.filter(({ length }) => length === width).length;
  return width >= 2 && even > under.length / 2 && cut.filled[0]! > Math.max(1, Math.floor(width / 3));
}

function isHeader(cut: Cut, line: number): boolean {
  const header = cut.cells[line] ?? [];
  const width = header.length;
  const under = below(cut, line);
  const little = Math.max(1, Math.floor(width / 3));
  const above = cut.filled.slice(0, line);
  return (
    width >= 2 &&
    cut.filled[line] === width &&
    new Set(header.map((name) => name.trim().toLowerCase())).size === width &&
    !header.some((name) => /^[\s\d.,:%$/-]+$/.test(name)) &&
    above.every((count) => count <= little) &&
    above.some((count) => count > 0) &&
    under.length >= 2 &&
    under.slice(0, UNDER_HEADER).every(({ length }) => length === width) &&
    cut.filled.slice(line + 1, line + 1 + UNDER_HEADER).some((count) => count > little)
  );
}

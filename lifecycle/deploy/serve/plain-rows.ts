import type { ModelInfo } from '../../../schemas/generated/types';
import type { RawColumn, RawColumns } from '../../onnx/rows';
import type { Asked } from './v2';

/** Where the values of a column are: the numbers (booleans among them) or the texts of each row, and which of them. */
interface Place {
  readonly name: string;
  readonly kind: typeof NUMBER | typeof TEXT | typeof BOOLEAN;
  readonly slot: number;
}

export const [NUMBER, TEXT, BOOLEAN] = [0, 1, 2] as const;

/** What every row of a model has. */
interface Layout {
  /** In the order of the model's inputs. */
  readonly places: readonly Place[];
  /** Numbers and texts of one row. */
  readonly numbers: number;
  readonly texts: number;
}

/** Rows of `/predict` that were written plainly, as {@link PlainReader} reads them: neither objects nor columns yet. */
export class PlainRows implements Asked {
  readonly rows: number;
  readonly layout: Layout;
  /** Row by row. */
  readonly numbers: readonly number[];
  /** Printable ASCII without quotes and backslashes. */
  readonly texts: readonly string[];

  constructor(layout: Layout, rows: number, numbers: readonly number[], texts: readonly string[]) {
    this.layout = layout;
    this.rows = rows;
    this.numbers = numbers;
    this.texts = texts;
  }

  get columns(): RawColumns {
    return joinPlain([this], this.rows);
  }

  given(column: number, row: number): unknown {
    const { kind, slot } = this.layout.places[column]!;
    if (kind === TEXT) return this.texts[row * this.layout.texts + slot];
    const value = this.numbers[row * this.layout.numbers + slot]!;
    return kind === BOOLEAN ? value === 1 : value;
  }
}

/** The columns of all rows of several requests to one model. */
export function joinPlain(all: readonly PlainRows[], rows: number): RawColumns {
  const { places, numbers: width, texts: textWidth } = all[0]!.layout;
  const result: Record<string, RawColumn> = {};
  for (const { name, kind, slot } of places) {
    let at = 0;
    if (kind === TEXT) {
      const column = new Array<string>(rows);
      for (const { texts } of all) for (let i = slot; i < texts.length; i += textWidth) column[at++] = texts[i]!;
      result[name] = column;
    } else {
      const column = new Float32Array(rows);
      for (const { numbers } of all) for (let i = slot; i < numbers.length; i += width) column[at++] = numbers[i]!;
      result[name] = column;
    }
  }
  return result;
}

/** Powers of ten that are exact as doubles. */
const POWERS = Array.from({ length: 16 }, (_, i) => 10 ** i);
/** Digits of a whole number that a double always holds. */
const EXACT = 15;
/** Longest text of a number, the texts that are one, and the largest that a model takes. */
const LONGEST = 64;
const NUMERAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/;
const LARGEST = 3.4028234663852886e38;
/** Of bodies that are not plain one in so many is looked at for the order of its columns. */
const LOOK = 8;

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const BEGIN = [bytesOf('{'), bytesOf('"rows":'), bytesOf('['), bytesOf('{')] as const;
const TRUE = bytesOf('true');
const FALSE = bytesOf('false');
const [SPACE, QUOTE, COMMA, MINUS, POINT, ZERO, BACKSLASH, CLOSE_LIST, CLOSE] = [32, 34, 44, 45, 46, 48, 92, 93, 125];

/** A column at its place in the order of the client. */
interface Step extends Place {
  /** `"name":` */
  readonly key: Uint8Array;
}

/**
 * Reads the body of `/predict` without making objects of it, when it is written as programs write it: `{"rows": [{…}, …]}`, every row with every column in the
 * same order, values of the types of the model, no escapes. Such a body has one meaning, the one that `JSON.parse` and
 * `rowsToColumns` give it. Of any other nothing is read here, right or wrong: those two find out what it says.
 */
export class PlainReader {
  readonly #layout: Layout;
  #steps: readonly Step[];
  #missed = 0;
  /** Where reading is. */
  #at = 0;

  private constructor(layout: Layout) {
    this.#layout = layout;
    this.#steps = layout.places.map(stepOf);
  }

  /** @returns undefined for models with columns that are more than numbers, words and truth: times, pictures */
  static for({ inputs }: ModelInfo): PlainReader | undefined {
    if (inputs.length === 0) return undefined;
    if (inputs.some(({ name, type, image }) => image !== undefined || type === 'time' || name === '__proto__'))
      return undefined;
    let [numbers, texts] = [0, 0];
    const places = inputs.map(({ name, type }): Place => {
      if (type === 'text') return { name, kind: TEXT, slot: texts++ };
      return { name, kind: type === 'boolean' ? BOOLEAN : NUMBER, slot: numbers++ };
    });
    return new PlainReader({ places, numbers, texts });
  }

  read(body: Buffer): PlainRows | undefined {
    const layout = this.#layout;
    const numbers = new Array<number>(layout.numbers);
    const texts = new Array<string>(layout.texts);
    this.#at = 0;
    for (const mark of BEGIN) {
      if (!this.#take(body, mark)) return undefined;
      this.#skip(body);
    }
    for (let rows = 1; ; rows++) {
      if (!this.#row(body, (rows - 1) * layout.numbers, numbers, (rows - 1) * layout.texts, texts)) return undefined;
      const next = body[this.#at++];
      this.#skip(body);
      if (next === CLOSE_LIST)
        return body[this.#at] === CLOSE && this.#at === body.length - 1
          ? new PlainRows(layout, rows, numbers, texts)
          : undefined;
      if (next !== COMMA || body[this.#at++] !== 123) return undefined;
      this.#skip(body);
    }
  }

  /** Takes over the order of the columns of a row that could not be read here, when it has all of them. */
  learn(row: unknown): void {
    if (this.#missed++ % LOOK !== 0 || typeof row !== 'object' || row === null) return;
    const { places } = this.#layout;
    const names = Object.keys(row);
    if (names.length !== places.length) return;
    const steps = names.flatMap((name) => {
      const place = places.find((one) => one.name === name);
      return place ? [stepOf(place)] : [];
    });
    if (steps.length === places.length) this.#steps = steps;
  }

  /** One row until its closing brace, which is taken, with what it has at the given places. */
  #row(body: Buffer, numbersFrom: number, numbers: number[], textsFrom: number, texts: string[]): boolean {
    const steps = this.#steps;
    const last = steps.length - 1;
    for (let i = 0; i <= last; i++) {
      const { key, kind, slot } = steps[i]!;
      if (!this.#take(body, key)) return false;
      this.#skip(body);
      if (kind === NUMBER) {
        const value = this.#number(body);
        if (Number.isNaN(value)) return false;
        numbers[numbersFrom + slot] = value;
      } else if (kind === TEXT) {
        const text = this.#text(body);
        if (text === '') return false;
        texts[textsFrom + slot] = text;
      } else {
        const value = this.#take(body, TRUE) ? 1 : this.#take(body, FALSE) ? 0 : undefined;
        if (value === undefined) return false;
        numbers[numbersFrom + slot] = value;
      }
      if (body[this.#at++] !== (i === last ? CLOSE : COMMA)) return false;
      if (i < last) this.#skip(body);
    }
    return true;
  }

  #take(body: Buffer, mark: Uint8Array): boolean {
    const from = this.#at;
    const { length } = mark;
    for (let i = 0; i < length; i++) if (body[from + i] !== mark[i]) return false;
    this.#at = from + length;
    return true;
  }

  /** The space that some programs write after a colon and a comma. */
  #skip(body: Buffer): void {
    if (body[this.#at] === SPACE) this.#at++;
  }

  /** @returns NaN for what is no number */
  #number(body: Buffer): number {
    let at = this.#at;
    const negative = body[at] === MINUS;
    if (negative) at++;
    const begin = at;
    let digits = 0;
    let value = 0;
    let digit = body[at]! - ZERO;
    for (; digit >= 0 && digit <= 9; digit = body[++at]! - ZERO, digits++) value = 10 * value + digit;
    if (digits === 0 || (digits > 1 && body[begin] === ZERO)) return NaN;
    if (body[at] === POINT) {
      const whole = digits;
      digit = body[++at]! - ZERO;
      for (; digit >= 0 && digit <= 9; digit = body[++at]! - ZERO, digits++) value = 10 * value + digit;
      if (digits === whole) return NaN;
      // Both are exact, so that the quotient is the double next to the decimal: what any correct reader gives.
      if (digits <= EXACT) value /= POWERS[digits - whole]!;
    }
    if (digits > EXACT || body[at] === 101 || body[at] === 69) return this.#anyNumber(body);
    this.#at = at;
    return negative ? -value : value;
  }

  /** A number of many digits or with an exponent. */
  #anyNumber(body: Buffer): number {
    const text = body.toString('latin1', this.#at, this.#at + LONGEST);
    const number = NUMERAL.exec(text)?.[0];
    if (number === undefined || number.length === LONGEST) return NaN;
    this.#at += number.length;
    const value = Number(number);
    return Math.abs(value) <= LARGEST ? value : NaN;
  }

  /** @returns '' when it is not plain, or empty: that is a missing value */
  #text(body: Buffer): string {
    let at = this.#at;
    if (body[at++] !== QUOTE) return '';
    const from = at;
    for (; body[at] !== QUOTE; at++) {
      const byte = body[at];
      if (byte === undefined || byte < 32 || byte > 126 || byte === BACKSLASH) return '';
    }
    this.#at = at + 1;
    return body.toString('latin1', from, at);
  }
}

function stepOf(place: Place): Step {
  return { ...place, key: bytesOf(`${JSON.stringify(place.name)}:`) };
}

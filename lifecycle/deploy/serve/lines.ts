/** Memory of one piece: what is written at once. */
export const PIECE = 256 * 1024;
const NEWLINE = 10;
const [COMMA, MINUS, POINT, ZERO, QUOTE] = [44, 45, 46, 48, 34];
/** Numbers of so many decimals at most are written digit by digit; 15 digits are what every decimal keeps as a double. */
const DECIMALS = 6;
const SCALE = 10 ** DECIMALS;
const MOST_SCALED = 1e15;

/** The bytes of a text, to be copied into lines again and again. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text));
}

/**
 * Lines put together as the bytes that go to the file. As strings each of their numbers would be one first, and thousands of waiting lines would be
 * copied by the collector of garbage again and again: that cost more than the rest of the log.
 */
export class Lines {
  count = 0;
  #full: Buffer[] = [];
  #open: Buffer;
  #used = 0;
  #before = 0;

  /** @param spare memory of {@link spare}, of lines that are written */
  constructor(spare?: Buffer) {
    this.#open = spare ?? Buffer.allocUnsafeSlow(PIECE);
  }

  /** Bytes so far. */
  get size(): number {
    return this.#before + this.#used;
  }

  get pieces(): readonly Buffer[] {
    return [...this.#full, this.#open.subarray(0, this.#used)];
  }

  /** The memory for the next lines, once these are written. */
  get spare(): Buffer | undefined {
    return this.#open.length === PIECE ? this.#open : undefined;
  }

  /** Ends a line. */
  end(): void {
    this.#room(1);
    this.#open[this.#used++] = NEWLINE;
    this.count++;
  }

  comma(): void {
    this.#room(1);
    this.#open[this.#used++] = COMMA;
  }

  /** @param bytes of {@link bytesOf} */
  bytes(bytes: Uint8Array): void {
    const { length } = bytes;
    this.#room(length);
    const open = this.#open;
    let at = this.#used;
    for (let i = 0; i < length; i++) open[at++] = bytes[i]!;
    this.#used = at;
  }

  /** A text as it is, in UTF-8. */
  text(text: string): void {
    // A unit of UTF-16 takes three bytes at most; of a long text they are counted.
    this.#room(text.length < 1024 ? 3 * text.length : Buffer.byteLength(text));
    this.#used += this.#open.write(text, this.#used);
  }

  /** A text of ASCII without quotes, backslashes and control characters, as JSON has it. */
  quoted(text: string): void {
    const { length } = text;
    this.#room(length + 2);
    const open = this.#open;
    let at = this.#used;
    open[at++] = QUOTE;
    for (let i = 0; i < length; i++) open[at++] = text.charCodeAt(i);
    open[at++] = QUOTE;
    this.#used = at;
  }

  /** A finite number as `String` writes it. */
  number(value: number): void {
    const scaled = Math.round(value * SCALE);
    // Decimals of 15 digits are different doubles, so one that gives the number back is the shortest that does.
    if (scaled / SCALE !== value || scaled >= MOST_SCALED || scaled <= -MOST_SCALED) return this.#plain(String(value));
    this.#room(2 + 15 + 1);
    let left = scaled;
    if (left < 0) {
      left = -left;
      this.#open[this.#used++] = MINUS;
    }
    const whole = (left / SCALE) | 0;
    this.#digits(whole, widthOf(whole));
    let fraction = (left - whole * SCALE) | 0;
    if (fraction === 0) return;
    let width = DECIMALS;
    while (fraction % 10 === 0) {
      fraction = (fraction / 10) | 0;
      width--;
    }
    this.#open[this.#used++] = POINT;
    this.#digits(fraction, width);
  }

  #digits(value: number, width: number): void {
    const open = this.#open;
    let left = value | 0;
    for (let at = this.#used + width - 1; at >= this.#used; at--) {
      const next = (left / 10) | 0;
      open[at] = ZERO + left - 10 * next;
      left = next;
    }
    this.#used += width;
  }

  #plain(text: string): void {
    this.#room(text.length);
    const open = this.#open;
    for (let i = 0; i < text.length; i++) open[this.#used++] = text.charCodeAt(i);
  }

  #room(bytes: number): void {
    if (this.#used + bytes <= this.#open.length) return;
    if (this.#used > 0) this.#full.push(this.#open.subarray(0, this.#used));
    this.#before += this.#used;
    this.#open = Buffer.allocUnsafeSlow(Math.max(PIECE, bytes));
    this.#used = 0;
  }
}

/** Digits of a whole number below 2^31. */
function widthOf(value: number): number {
  let [width, limit] = [1, 10];
  while (value >= limit) {
    width++;
    limit *= 10;
  }
  return width;
}

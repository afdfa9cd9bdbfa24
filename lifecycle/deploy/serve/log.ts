import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelInfo } from '../../../schemas/generated/types';
import { measurePicture, type PictureMeasures } from '../../image/measures';
import { sentSize } from '../pictures';
import { errorCode } from '../../process/files';
import { requestLogFile } from '../../store/requests';
import type { Answered } from './answer';
import { bytesOf, Lines, PIECE } from './lines';
import { PlainRows, TEXT } from './plain-rows';
import type { Asked } from './v2';

export type LogMode = 'full' | 'sample' | 'off';

/** Waiting lines are written when they nearly fill a piece of memory … */
const ENOUGH = PIECE - 4096;
/** … or are so many milliseconds old. */
const PATIENCE = 200;
/** Waiting bytes from which on lines are dropped: a slow disk must not fill the memory. */
const MOST = 64 * 1024 * 1024;

/** Appends lines to the log of the day without making anyone wait. When the disk can't follow, lines are dropped and counted. */
export class LogWriter {
  dropped = 0;
  written = 0;
  readonly #folder: string;
  readonly #failed: (error: unknown) => void;
  /** By name of the file. */
  #waiting = new Map<string, Lines>();
  #size = 0;
  /** Whether what waits is about to be written. */
  #due = false;
  #spare: Buffer | undefined;
  /** Lines that are still to be put together. */
  #later: TimedLine[] = [];
  #time = '';
  #file = '';
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #complained = false;

  constructor(folder: string, failed: (error: unknown) => void = () => undefined) {
    this.#folder = folder;
    this.#failed = failed;
  }

  /** @param line whole, without its newline; `time` decides the file */
  append(time: string, line: string): void {
    this.#append({ time, write: (lines) => lines.text(line) });
  }

  /** {@link append} once what waits for this turn of the event loop is done, first of all the answer that the line tells of. */
  appendLater(line: TimedLine): void {
    if (this.#later.push(line) === 1) setImmediate(() => this.#build());
  }

  #build(): void {
    const later = this.#later;
    this.#later = [];
    for (const line of later) this.#append(line);
  }

  #append(line: TimedLine): void {
    if (this.#size > MOST) {
      this.dropped++;
      return;
    }
    if (line.time !== this.#time) {
      this.#time = line.time;
      this.#file = requestLogFile(line.time);
    }
    const file = this.#file;
    let lines = this.#waiting.get(file);
    if (lines === undefined) {
      this.#waiting.set(file, (lines = new Lines(this.#spare)));
      this.#spare = undefined;
    }
    const before = lines.size;
    line.write(lines);
    lines.end();
    this.#size += lines.size - before;
    if (this.#size >= ENOUGH) {
      if (!this.#due) void this.flush();
      this.#due = true;
    } else this.#timer ??= setTimeout(() => void this.flush(), PATIENCE).unref();
  }

  /** Resolves when everything appended so far is written, or given up. */
  async flush(): Promise<void> {
    this.#build();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#writing) await this.#writing;
    if (this.#size === 0) return;
    const waiting = this.#waiting;
    this.#waiting = new Map();
    this.#size = 0;
    this.#due = false;
    this.#writing = this.#write(waiting).finally(() => (this.#writing = undefined));
    await this.#writing;
  }

  async #open(name: string): Promise<FileHandle> {
    const path = join(this.#folder, name);
    try {
      return await open(path, 'a+');
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      // Not what is above it: a project that was moved must not come back as an empty one.
      await mkdir(this.#folder).catch((other: unknown) => {
        if (errorCode(other) !== 'EEXIST') throw other;
      });
      return open(path, 'a+');
    }
  }

  async #write(all: ReadonlyMap<string, Lines>): Promise<void> {
    for (const [name, lines] of all) {
      try {
        const file = await this.#open(name);
        try {
          const { size } = await file.stat();
          const last = size === 0 ? undefined : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0];
          if (last !== undefined && last !== 10) await file.appendFile('\n');
          for (const piece of lines.pieces) await file.appendFile(piece);
          this.written += lines.count;
          this.#complained = false;
        } finally {
          await file.close();
        }
      } catch (error) {
        this.dropped += lines.count;
        if (!this.#complained) this.#failed(error);
        this.#complained = true;
      }
      this.#spare = lines.spare;
    }
  }
}

/** A line that is put together when its turn comes. */
interface TimedLine {
  /** Decides the file. */
  readonly time: string;
  write(lines: Lines): void;
}

const NOTHING = bytesOf('""');
const NULL = bytesOf('null');
const ONE = bytesOf('1');
const NONE = bytesOf('0');
const OUTPUTS = bytesOf('},"outputs":{');
const LABEL = bytesOf('"label":[');
const PROBABILITIES = bytesOf('],"probabilities":[');
const PREDICTION = bytesOf('"prediction":[');
const OPEN = bytesOf('[');
const CLOSE = bytesOf(']');
const END = bytesOf('}}');
const INPUTS = bytesOf(',"inputs":{');
/** Ids that JSON has as they are: those of ours, and those of clients that the server takes. */
const BARE = /^[\w.:-]*$/;

/** Writes down what one model was asked and what it answered: the lines that `store/requests` describes. */
export class RequestLog {
  readonly #writer: LogWriter;
  readonly #share: number;
  readonly #head: Uint8Array;
  /** Of each column its name, after the end of the column before. */
  readonly #columns: readonly { readonly index: number; readonly lead: Uint8Array; readonly missing: Uint8Array }[];
  readonly #images: readonly { readonly name: string; readonly index: number }[];
  readonly #width: number;
  #count = 0;
  #moment = 0;
  #time = '';
  /** What lines of this moment begin with. */
  #begin = NOTHING;

  constructor(
    writer: LogWriter,
    model: { readonly name: string; readonly version: number; readonly info: ModelInfo },
    options: { readonly log: LogMode; readonly sample: number; readonly redact: readonly string[] },
  ) {
    this.#writer = writer;
    this.#share = options.log === 'off' ? 0 : options.log === 'sample' ? options.sample : 1;
    this.#head = bytesOf(`,"model":${JSON.stringify(model.name)},"version":${model.version},"rows":`);
    const { inputs } = model.info;
    const shown = [...inputs.keys()].filter((index) => !options.redact.includes(inputs[index]!.name));
    this.#columns = shown
      .filter((index) => inputs[index]!.image === undefined)
      .map((index, place) => {
        const { name, type } = inputs[index]!;
        const lead = bytesOf(`${place > 0 ? '],' : ''}${JSON.stringify(name)}:[`);
        return { index, lead, missing: type === 'text' || type === 'time' ? NOTHING : NULL };
      });
    this.#images = shown.flatMap((index) =>
      inputs[index]!.image === undefined ? [] : [{ name: inputs[index]!.name, index }],
    );
    this.#width = model.info.classes?.length ?? 2;
  }

  add(id: string, asked: Asked, answer: Answered): void {
    if (!this.#kept()) return;
    const now = Date.now();
    if (now !== this.#moment) {
      this.#moment = now;
      this.#time = new Date(now).toISOString();
      this.#begin = bytesOf(`{"format":1,"time":"${this.#time}","id":`);
    }
    this.#writer.appendLater(new Entry(this, this.#time, this.#begin, id, asked, answer));
  }

  /** @param begin of the line, until its id */
  write(lines: Lines, begin: Uint8Array, id: string, asked: Asked, answer: Answered): void {
    const { rows } = asked;
    lines.bytes(begin);
    if (BARE.test(id)) lines.quoted(id);
    else lines.text(JSON.stringify(id));
    lines.bytes(this.#head);
    lines.number(rows);
    lines.bytes(INPUTS);
    const plain = asked instanceof PlainRows ? asked : undefined;
    for (const { index, lead, missing } of this.#columns) {
      lines.bytes(lead);
      if (plain) writePlain(lines, plain, index);
      else
        for (let row = 0; row < rows; row++) {
          if (row > 0) lines.comma();
          writeValue(lines, asked.given(index, row), missing);
        }
    }
    if (this.#columns.length > 0) lines.bytes(CLOSE);
    for (const [i, { name, index }] of this.#images.entries()) {
      if (i + this.#columns.length > 0) lines.comma();
      lines.text(measuresOf(name, index, asked));
    }
    lines.bytes(OUTPUTS);
    this.#writeAnswer(lines, answer);
    lines.bytes(END);
  }

  #writeAnswer(lines: Lines, { rows, labels, predictions: { probabilities, prediction } }: Answered): void {
    if (prediction) {
      lines.bytes(PREDICTION);
      writeNumbers(lines, prediction, 0, prediction.length);
      lines.bytes(CLOSE);
    }
    if (probabilities) {
      lines.bytes(LABEL);
      if (labels) writeNumbers(lines, labels, 0, labels.length);
      lines.bytes(PROBABILITIES);
      const width = this.#width;
      for (let row = 0; row < rows; row++) {
        if (row > 0) lines.comma();
        lines.bytes(OPEN);
        writeNumbers(lines, probabilities, row * width, (row + 1) * width);
        lines.bytes(CLOSE);
      }
      lines.bytes(CLOSE);
    }
  }

  /** Evenly spread: of a tenth the first of every ten requests. */
  #kept(): boolean {
    const n = this.#count++;
    return this.#share === 1 || (this.#share > 0 && Math.ceil((n + 1) * this.#share) > Math.ceil(n * this.#share));
  }
}

/** One request on its way to the log. */
class Entry implements TimedLine {
  constructor(
    readonly log: RequestLog,
    readonly time: string,
    readonly begin: Uint8Array,
    readonly id: string,
    readonly asked: Asked,
    readonly answer: Answered,
  ) {}

  write(lines: Lines): void {
    this.log.write(lines, this.begin, this.id, this.asked, this.answer);
  }
}

/** The values of a column: numbers, texts that need no escapes, and true and false as 1 and 0. */
function writePlain(lines: Lines, { rows, layout, numbers, texts }: PlainRows, column: number): void {
  const { kind, slot } = layout.places[column]!;
  for (let row = 0; row < rows; row++) {
    if (row > 0) lines.comma();
    if (kind === TEXT) lines.quoted(texts[row * layout.texts + slot]!);
    else lines.number(numbers[row * layout.numbers + slot]!);
  }
}

function writeNumbers(lines: Lines, values: Float32Array | Int32Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    if (i > from) lines.comma();
    lines.number(values[i]!);
  }
}

/** Brightness and contrast in place of an image, whose pixels are too many for a log, and the size of its file where one was sent. */
function measuresOf(name: string, index: number, asked: Asked): string {
  const { columns, rows } = asked;
  const texts = columns[name] ?? [];
  const found = Array.from({ length: rows }, (_, row) => measurePicture(String(texts[row] ?? '')));
  const list = (measure: keyof PictureMeasures): string =>
    `${JSON.stringify(`${name}.${measure}`)}:[${found.map((one) => one?.[measure].toFixed(4) ?? 'null').join(',')}]`;
  const sizes = Array.from({ length: rows }, (_, row) => sentSize(asked.given(index, row)));
  const side = (which: 'width' | 'height'): string =>
    `,${JSON.stringify(`${name}.${which}`)}:[${sizes.map((size) => size?.[which] ?? 'null').join(',')}]`;
  const sent = sizes.some((size) => size !== undefined) ? `${side('width')}${side('height')}` : '';
  return `${list('brightness')},${list('contrast')}${sent}`;
}

/** The values were checked: numbers are finite, booleans may come as true and false. */
function writeValue(lines: Lines, value: unknown, missing: Uint8Array): void {
  if (typeof value === 'number') lines.number(value);
  else if (typeof value === 'string') lines.text(JSON.stringify(value));
  else lines.bytes(value === true ? ONE : value === false ? NONE : missing);
}

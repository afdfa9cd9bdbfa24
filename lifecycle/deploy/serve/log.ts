import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelInfo } from '../../../schemas/generated/types';
import { measurePicture, type PictureMeasures } from '../../image/measures';
import { errorCode } from '../../process/files';
import { requestLogFile } from '../../store/requests';
import type { Answered } from './answer';
import type { Asked } from './v2';

export type LogMode = 'full' | 'sample' | 'off';

/** Waiting lines are written when they are so many characters together … */
const FLUSH = 256 * 1024;
/** … or so many milliseconds old. */
const PATIENCE = 200;
/** Waiting characters from which on lines are dropped: a slow disk must not fill the memory. */
const MOST = 64 * 1024 * 1024;
/** Appends lines to the log of the day without making anyone wait. When the disk can't follow, lines are dropped and counted. */
export class LogWriter {
  dropped = 0;
  written = 0;
  readonly #folder: string;
  readonly #failed: (error: unknown) => void;
  #waiting = new Map<string, string[]>();
  #size = 0;
  /** Lines that are still to be put together. */
  #later: { readonly time: string; readonly line: () => string }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #complained = false;

  constructor(folder: string, failed: (error: unknown) => void = () => undefined) {
    this.#folder = folder;
    this.#failed = failed;
  }

  /** @param line whole, without its newline; `time` decides the file */
  append(time: string, line: string): void {
    if (this.#size > MOST) {
      this.dropped++;
      return;
    }
    const file = requestLogFile(time);
    const lines = this.#waiting.get(file);
    if (lines) lines.push(line);
    else this.#waiting.set(file, [line]);
    this.#size += line.length + 1;
    if (this.#size >= FLUSH) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), PATIENCE).unref();
  }

  /** {@link append} once what waits for this turn of the event loop is done, first of all the answer that the line tells of. */
  appendLater(time: string, line: () => string): void {
    if (this.#later.push({ time, line }) === 1) setImmediate(() => this.#build());
  }

  #build(): void {
    for (const { time, line } of this.#later.splice(0)) this.append(time, line());
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
    this.#writing = this.#write(waiting).finally(() => (this.#writing = undefined));
    await this.#writing;
  }

  async #write(waiting: ReadonlyMap<string, readonly string[]>): Promise<void> {
    for (const [name, lines] of waiting) {
      try {
        // Not what is above it: a project that was moved must not come back as an empty one.
        await mkdir(this.#folder).catch((error: unknown) => {
          if (errorCode(error) !== 'EEXIST') throw error;
        });
        const file = await open(join(this.#folder, name), 'a+');
        try {
          const { size } = await file.stat();
          const last = size === 0 ? undefined : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0];
          const torn = last !== undefined && last !== 10;
          await file.appendFile(`${torn ? '\n' : ''}${lines.join('\n')}\n`);
          this.written += lines.length;
          this.#complained = false;
        } finally {
          await file.close();
        }
      } catch (error) {
        this.dropped += lines.length;
        if (!this.#complained) this.#failed(error);
        this.#complained = true;
      }
    }
  }
}

/** Writes down what one model was asked and what it answered: the lines that `store/requests` describes. */
export class RequestLog {
  readonly #writer: LogWriter;
  readonly #share: number;
  readonly #head: string;
  readonly #columns: readonly { readonly index: number; readonly key: string; readonly missing: string }[];
  readonly #images: readonly string[];
  readonly #width: number;
  #count = 0;

  constructor(
    writer: LogWriter,
    model: { readonly name: string; readonly version: number; readonly info: ModelInfo },
    options: { readonly log: LogMode; readonly sample: number; readonly redact: readonly string[] },
  ) {
    this.#writer = writer;
    this.#share = options.log === 'off' ? 0 : options.log === 'sample' ? options.sample : 1;
    this.#head = `,"model":${JSON.stringify(model.name)},"version":${model.version},"rows":`;
    this.#columns = model.info.inputs.flatMap(({ name, type, image }, index) =>
      image !== undefined || options.redact.includes(name)
        ? []
        : [{ index, key: JSON.stringify(name), missing: type === 'text' || type === 'time' ? '""' : 'null' }],
    );
    this.#images = model.info.inputs.flatMap(({ name, image }) =>
      image === undefined || options.redact.includes(name) ? [] : [name],
    );
    this.#width = model.info.classes?.length ?? 2;
  }

  add(id: string, asked: Asked, answer: Answered): void {
    if (!this.#kept()) return;
    const time = new Date().toISOString();
    this.#writer.appendLater(time, () => this.#line(time, id, asked, answer));
  }

  #line(time: string, id: string, asked: Asked, answer: Answered): string {
    let line = `{"format":1,"time":"${time}","id":${JSON.stringify(id)}${this.#head}${asked.rows},"inputs":{`;
    let first = true;
    for (const { index, key, missing } of this.#columns) {
      line += `${first ? '' : ','}${key}:[`;
      first = false;
      for (let row = 0; row < asked.rows; row++)
        line += (row > 0 ? ',' : '') + valueText(asked.given(index, row), missing);
      line += ']';
    }
    for (const name of this.#images) {
      line += `${first ? '' : ','}${measuresOf(name, asked)}`;
      first = false;
    }
    line += '},"outputs":{';
    const { probabilities, prediction } = answer.predictions;
    if (prediction) line += `"prediction":[${prediction.join(',')}]`;
    if (probabilities) {
      line += `"label":[${answer.labels?.join(',') ?? ''}],"probabilities":[`;
      for (let row = 0; row < asked.rows; row++)
        line += `${row > 0 ? ',' : ''}[${probabilities.subarray(row * this.#width, (row + 1) * this.#width).join(',')}]`;
      line += ']';
    }
    return line + '}}';
  }

  /** Evenly spread: of a tenth the first of every ten requests. */
  #kept(): boolean {
    const n = this.#count++;
    return this.#share === 1 || (this.#share > 0 && Math.ceil((n + 1) * this.#share) > Math.ceil(n * this.#share));
  }
}

/** Brightness and contrast in place of an image, whose pixels are too many for a log. */
function measuresOf(name: string, { columns, rows }: Asked): string {
  const texts = columns[name] ?? [];
  const found = Array.from({ length: rows }, (_, row) => measurePicture(String(texts[row] ?? '')));
  const list = (measure: keyof PictureMeasures): string =>
    `${JSON.stringify(`${name}.${measure}`)}:[${found.map((one) => one?.[measure].toFixed(4) ?? 'null').join(',')}]`;
  return `${list('brightness')},${list('contrast')}`;
}

/** The values were checked: numbers are finite, booleans may come as true and false. */
function valueText(value: unknown, missing: string): string {
  switch (typeof value) {
    case 'number':
      return String(value);
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return value ? '1' : '0';
    default:
      return missing;
  }
}

import { LineWriter } from '../process/jsonl';

/** Lines of one stage that go into the event log too; a program that prints without end fills only the log file. */
const EVENT_LINES = 10_000;
const LONGEST_EVENT_LINE = 4_000;

/** `log.txt` of a run: everything that its stages said and printed, for people. */
export class LogFile {
  readonly #lines: LineWriter;
  readonly #count = new Map<string, number>();

  constructor(path: string) {
    this.#lines = new LineWriter(path);
  }

  /** @returns what of the line is worth an event as well, if anything */
  line(stage: string, text: string): string | undefined {
    this.#lines.append(`${new Date().toISOString().slice(11, 23)} ${stage}: ${text.replaceAll('\n', '\n    ')}`);
    const count = (this.#count.get(stage) ?? 0) + 1;
    this.#count.set(stage, count);
    if (count > EVENT_LINES) return undefined;
    if (count === EVENT_LINES) return '… (the rest of the output is in log.txt only)';
    return text.length <= LONGEST_EVENT_LINE ? text : text.slice(0, LONGEST_EVENT_LINE) + ' …';
  }

  close(): void {
    this.#lines.close();
  }
}

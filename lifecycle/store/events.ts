import type { MetricLogged, RunEvent } from '../../schemas/generated/types';
import { LineWriter } from '../process/jsonl';

type WithoutTime<E> = E extends RunEvent ? Omit<E, 'time'> : never;

/** An event before the writer stamps it. */
export type NewEvent = WithoutTime<RunEvent>;

/** A number as events carry it: JSON has no NaN and no infinities. */
export function encodeNumber(value: number): MetricLogged['value'] {
  return Number.isFinite(value) ? value : Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** The number that an event carries. */
export function decodeNumber(value: MetricLogged['value']): number {
  return typeof value === 'number' ? value : Number(value);
}

/** Writes `events.jsonl`. There is one per run, in its supervisor. Metrics and progress wait up to 40 ms for company; everything else is on disk at once. */
export class EventWriter {
  readonly #lines: LineWriter;
  readonly #listener: ((event: RunEvent) => void) | undefined;

  /** @param listener told of each event too, before it is on disk */
  constructor(path: string, listener?: (event: RunEvent) => void) {
    this.#lines = new LineWriter(path);
    this.#listener = listener;
  }

  /** Why nothing is written any more, for example a full disk. */
  get failed(): Error | undefined {
    return this.#lines.failed;
  }

  write(event: NewEvent): void {
    this.writeStamped({ time: new Date().toISOString(), ...event });
  }

  /** Writes an event that has its time already (a worker's). */
  writeStamped(event: RunEvent): void {
    this.#listener?.(event);
    this.#lines.append(JSON.stringify(event));
    if (
      event.type !== 'metric' &&
      event.type !== 'stage-progress' &&
      !(event.type === 'log' && event.level === 'output')
    )
      this.#lines.flush();
  }

  flush(): void {
    this.#lines.flush();
  }

  close(): void {
    this.#lines.close();
  }
}

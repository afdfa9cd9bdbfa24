import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetricLogged } from '../../schemas/generated/types';
import { isMissing, readJson, temporaryName } from '../process/files';
import { LineReader, parseObject } from '../process/jsonl';
import { decodeNumber } from './events';
import { storePaths } from './layout';
import { RUN_FILES } from './runs';

// Beside a run's events: every series in levels of 1, 8, 64, … points a bucket, each bucket with first step, first time, epoch, mean, smallest and
// largest value, and how many were not finite. A part of any length is drawn by reading a few thousand buckets, whatever the series' length.
// Made from the events when it is missing or older than they are; a reader that finds it damaged goes without.

const FACTOR = 8;
/** Numbers of a bucket: step, time, epoch, mean, low, high, not finite, points. */
const WIDTH = 8;
const BYTES = WIDTH * 8;
/** Buckets of a level at most, from which on the next level pays. */
const SMALL = 2_048;

interface Level {
  /** Points of a bucket. */
  readonly size: number;
  readonly buckets: number;
  /** Where it begins in the file, in bytes. */
  readonly at: number;
}

interface Part {
  readonly stage: string;
  readonly name: string;
  readonly points: number;
  readonly broken: number;
  /** Steps of the first points that were not finite. */
  readonly brokenAt: readonly number[];
  readonly levels: readonly Level[];
}

interface Head {
  readonly format: 1;
  /** Size of the events that it was made from. */
  readonly events: number;
  readonly parts: readonly Part[];
}

/** What is drawn of a series. */
export interface Buckets {
  readonly steps: number[];
  readonly times: number[];
  readonly epochs?: (number | null)[];
  /** Means; null where no point was finite. */
  readonly values: (number | null)[];
  readonly low: (number | null)[];
  readonly high: (number | null)[];
  readonly broken: number;
  readonly brokenAt: readonly number[];
}

const headPath = (folder: string) => join(folder, 'series.json');
const dataPath = (folder: string) => join(folder, 'series.bin');

/** Grows one series level by level; only open buckets are held apart from what is finished. */
class Growing {
  points = 0;
  broken = 0;
  readonly brokenAt: number[] = [];
  private chunks: Float64Array[] = [];
  private used = 0;

  constructor(
    readonly stage: string,
    readonly name: string,
  ) {}

  add(step: number, time: number, epoch: number, value: number): void {
    let chunk = this.chunks.at(-1);
    if (!chunk || this.used === chunk.length) {
      // Levels are made at the end: only the points themselves are kept, four numbers each.
      chunk = new Float64Array(this.chunks.length === 0 ? 4 * 1_024 : 4 * 65_536);
      this.chunks.push(chunk);
      this.used = 0;
    }
    chunk[this.used] = step;
    chunk[this.used + 1] = time;
    chunk[this.used + 2] = epoch;
    chunk[this.used + 3] = value;
    this.used += 4;
    this.points++;
    if (!Number.isFinite(value)) {
      this.broken++;
      if (this.brokenAt.length < 200) this.brokenAt.push(step);
    }
  }

  /** Level 0 with one point a bucket, then each level from the one below it. */
  levels(): { size: number; data: Float64Array }[] {
    let data: Float64Array<ArrayBuffer> = new Float64Array(this.points * WIDTH);
    let at = 0;
    this.chunks.forEach((chunk, index) => {
      const end = index === this.chunks.length - 1 ? this.used : chunk.length;
      for (let from = 0; from < end; from += 4, at += WIDTH) {
        const value = chunk[from + 3] ?? NaN;
        const isFinite = Number.isFinite(value);
        data[at] = chunk[from] ?? 0;
        data[at + 1] = chunk[from + 1] ?? 0;
        data[at + 2] = chunk[from + 2] ?? NaN;
        data[at + 3] = data[at + 4] = data[at + 5] = isFinite ? value : NaN;
        data[at + 6] = isFinite ? 0 : 1;
        data[at + 7] = 1;
      }
    });
    this.chunks = [];
    const levels = [{ size: 1, data }];
    for (let size = FACTOR; data.length / WIDTH > SMALL; size *= FACTOR)
      levels.push({ size, data: (data = coarser(data, FACTOR)) });
    return levels;
  }
}

/** Joins `factor` buckets into one. */
function coarser(data: Float64Array, factor: number): Float64Array<ArrayBuffer> {
  const count = data.length / WIDTH;
  const out = new Float64Array(Math.ceil(count / factor) * WIDTH);
  for (let bucket = 0, at = 0; bucket < count; bucket += factor, at += WIDTH) {
    let [sum, finite, low, high, broken, points] = [0, 0, Infinity, -Infinity, 0, 0];
    for (let index = bucket; index < Math.min(bucket + factor, count); index++) {
      const from = index * WIDTH;
      const [mean = NaN, least = NaN, most = NaN, bad = 0, all = 0] = data.subarray(from + 3, from + 8);
      broken += bad;
      points += all;
      if (Number.isNaN(mean)) continue;
      sum += mean * (all - bad);
      finite += all - bad;
      if (least < low) low = least;
      if (most > high) high = most;
    }
    out.set(data.subarray(bucket * WIDTH, bucket * WIDTH + 3), at);
    out[at + 3] = finite === 0 ? NaN : sum / finite;
    out[at + 4] = finite === 0 ? NaN : low;
    out[at + 5] = finite === 0 ? NaN : high;
    out[at + 6] = broken;
    out[at + 7] = points;
  }
  return out;
}

/**
 * Makes the pyramid of a run from its events.
 * @param progress told now and then which share of the events was read
 */
export async function buildPyramid(store: string, id: string, progress?: (share: number) => void): Promise<void> {
  const folder = storePaths.run(store, id);
  const events = join(folder, RUN_FILES.events);
  const { size } = await stat(events);
  const series = new Map<string, Growing>();
  let [count, told] = [0, 0];
  const reader = new LineReader(events);
  await reader.read((line) => {
    if (progress && ++count % 20_000 === 0 && Date.now() - told > 200) {
      told = Date.now();
      progress(Math.min(1, reader.offset / size));
    }
    // Most lines are points: the others are not parsed.
    if (!line.includes('"metric"')) return;
    const event = parseObject<MetricLogged>(line);
    if (event?.type !== 'metric' || typeof event.stage !== 'string' || typeof event.name !== 'string') return;
    const key = `${event.stage}\n${event.name}`;
    let one = series.get(key);
    if (!one) series.set(key, (one = new Growing(event.stage, event.name)));
    one.add(event.step, Date.parse(event.time), event.epoch ?? NaN, decodeNumber(event.value));
  });
  const fresh = temporaryName(dataPath(folder));
  const file = await open(fresh, 'w');
  try {
    let at = 0;
    const parts: Part[] = [];
    for (const one of series.values()) {
      const { stage, name, points, broken, brokenAt } = one;
      const levels: Level[] = [];
      for (const { size: each, data } of one.levels()) {
        await file.write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 0, data.byteLength, at);
        levels.push({ size: each, buckets: data.length / WIDTH, at });
        at += data.byteLength;
      }
      parts.push({ stage, name, points, broken, brokenAt, levels });
    }
    await file.close();
    const head: Head = { format: 1, events: size, parts };
    const freshHead = temporaryName(headPath(folder));
    const headFile = await open(freshHead, 'w');
    await headFile.write(JSON.stringify(head));
    await headFile.close();
    // The head goes last: without it, or with an older one, the numbers are not looked at.
    await rm(headPath(folder), { force: true });
    await rename(fresh, dataPath(folder));
    await rename(freshHead, headPath(folder));
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(fresh, { force: true });
    throw error;
  }
}

/** The pyramid of a run; undefined where there is none, or one of other events. */
export async function readPyramid(store: string, id: string): Promise<Pyramid | undefined> {
  const folder = storePaths.run(store, id);
  try {
    const head = await readJson<Head>(headPath(folder));
    const { size } = await stat(join(folder, RUN_FILES.events));
    if (head?.format !== 1 || head.events !== size || !Array.isArray(head.parts)) return undefined;
    const levels = (head.parts as readonly Part[]).flatMap((part) => part.levels);
    const last = levels.reduce((most, { at, buckets }) => Math.max(most, at + buckets * BYTES), 0);
    if ((await stat(dataPath(folder))).size < last) return undefined;
    return new Pyramid(dataPath(folder), head);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export class Pyramid {
  constructor(
    private readonly path: string,
    private readonly head: Head,
  ) {}

  /** Names of the series. */
  get series(): readonly { readonly stage: string; readonly name: string; readonly points: number }[] {
    return this.head.parts;
  }

  /**
   * A series in at most about `count` buckets.
   * @param range of steps; without it all
   */
  async buckets(
    stage: string,
    name: string,
    count: number,
    range?: readonly [number, number],
  ): Promise<Buckets | undefined> {
    const part = this.head.parts.find((each) => each.stage === stage && each.name === name);
    const base = part?.levels[0];
    if (!part || !base) return undefined;
    const file = await open(this.path, 'r');
    try {
      const [from, to] = range ? await this.placesOf(file, base, range) : [0, base.buckets];
      // The finest level of which the part has at most some times more buckets than are wanted.
      const level = part.levels.find(({ size }) => (to - from) / size <= count * FACTOR) ?? part.levels.at(-1) ?? base;
      const [first, end] = [Math.floor(from / level.size), Math.min(level.buckets, Math.ceil(to / level.size))];
      const data = await readBuckets(file, level, first, end);
      const factor = Math.ceil(data.length / WIDTH / count);
      return { ...columnsOf(factor > 1 ? coarser(data, factor) : data), broken: part.broken, brokenAt: part.brokenAt };
    } finally {
      await file.close();
    }
  }

  /** Places of the first and behind the last point of a range, by bisection; steps that do not rise are found nearly. */
  private async placesOf(
    file: FileHandle,
    base: Level,
    [low, high]: readonly [number, number],
  ): Promise<[number, number]> {
    const step = new Float64Array(1);
    const search = async (wanted: (value: number) => boolean): Promise<number> => {
      let [from, to] = [0, base.buckets];
      while (from < to) {
        const middle = (from + to) >> 1;
        await file.read(new Uint8Array(step.buffer), 0, 8, base.at + middle * BYTES);
        if (wanted(step[0] ?? 0)) to = middle;
        else from = middle + 1;
      }
      return from;
    };
    const first = await search((value) => value >= low);
    const end = await search((value) => value > high);
    // One more at each side, so that the line does not end inside the picture.
    return [Math.max(0, first - 1), Math.min(base.buckets, end + 1)];
  }
}

async function readBuckets(file: FileHandle, level: Level, first: number, end: number): Promise<Float64Array> {
  const data = new Float64Array(Math.max(0, end - first) * WIDTH);
  const bytes = new Uint8Array(data.buffer);
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, level.at + first * BYTES + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return data;
}

function columnsOf(data: Float64Array): Omit<Buckets, 'broken' | 'brokenAt'> {
  const steps: number[] = [];
  const times: number[] = [];
  const epochs: (number | null)[] = [];
  const values: (number | null)[] = [];
  const low: (number | null)[] = [];
  const high: (number | null)[] = [];
  const number = (value: number | undefined): number | null =>
    value === undefined || Number.isNaN(value) ? null : value;
  for (let at = 0; at < data.length; at += WIDTH) {
    steps.push(data[at] ?? 0);
    times.push(data[at + 1] ?? 0);
    epochs.push(number(data[at + 2]));
    values.push(number(data[at + 3]));
    low.push(number(data[at + 4]));
    high.push(number(data[at + 5]));
  }
  return { steps, times, ...(epochs.some((epoch) => epoch !== null) ? { epochs } : {}), values, low, high };
}

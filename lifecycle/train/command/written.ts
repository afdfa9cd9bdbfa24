/** Metrics that a program writes into files by itself: TensorBoard event files, and `metrics.json`. */
import { type Dirent } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Report } from '../trainer';
import { EventReader } from './tensorboard';

/** Milliseconds between two looks. */
const PAUSE = 1_000;
const DEEPEST = 4;
const MOST_FILES = 200;
/** Where frameworks write without being told: torch.utils.tensorboard, Lightning, Keras examples. */
const USUAL = ['runs', 'lightning_logs', 'logs'];

interface Followed {
  readonly path: string;
  readonly reader: EventReader;
}

/** Follows the event files of a program while it runs. */
export class EventFiles {
  private readonly files = new Map<string, Followed>();
  private readonly began = Date.now();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  /**
   * @param output folder that is the program's own
   * @param cwd its working folder, where only new files in the usual places count
   */
  constructor(
    private readonly output: string,
    private readonly cwd: string,
    private readonly report: Pick<Report, 'metric' | 'log'>,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.look(), PAUSE);
    this.timer.unref();
  }

  /** Reads what is left. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    await this.look();
    for (const { path, reader } of this.files.values())
      if (!reader.sound)
        this.report.log('warning', `The event file ${path} is damaged; what comes after the damage is not shown.`, {
          code: 'events-damaged',
        });
  }

  private look(): Promise<void> {
    this.looking ??= this.readAll().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async readAll(): Promise<void> {
    const found = [
      ...(await eventFiles(this.output, DEEPEST)),
      ...(await Promise.all(USUAL.map((name) => eventFiles(join(this.cwd, name), DEEPEST)))).flat(),
    ];
    for (const path of found.slice(0, MOST_FILES)) {
      if (!this.files.has(path)) {
        const entry = await stat(path).catch(() => undefined);
        // An event file is never written to again by another run: an older one is not this program's.
        if (entry === undefined || (!path.startsWith(this.output) && entry.mtimeMs < this.began - 1_000)) continue;
        this.files.set(path, { path, reader: new EventReader() });
      }
      await this.readOne(this.files.get(path)!);
    }
  }

  private async readOne({ path, reader }: Followed): Promise<void> {
    try {
      const file = await open(path, 'r');
      try {
        const { size } = await file.stat();
        if (size <= reader.taken) return;
        const bytes = Buffer.alloc(size - reader.taken);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, reader.taken);
        for (const { tag, step, value } of reader.read(bytes.subarray(0, bytesRead)))
          if (step >= 0) this.report.metric(nameOf(tag), value, step);
      } finally {
        await file.close();
      }
    } catch {
      // Gone, or not yet readable: the next look may have more luck.
    }
  }
}

/** `Loss/train` and `val_loss` as our panels pair them: `loss` and `validation/loss`. */
export function nameOf(tag: string): string {
  const name = tag.slice(0, 200);
  const parts = /^(.+)\/(train|training|val|valid|validation|test)$/i.exec(name);
  if (parts) {
    const [, what = '', split = ''] = parts;
    return /^train/i.test(split)
      ? what.toLowerCase()
      : `${/^test/i.test(split) ? 'test' : 'validation'}/${what.toLowerCase()}`;
  }
  const before = /^(train|training|val|valid|validation)[/_](.+)$/i.exec(name);
  if (before) return /^train/i.test(before[1]!) ? before[2]! : `validation/${before[2]!}`;
  return name;
}

async function eventFiles(folder: string, depth: number): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isFile() && entry.name.includes('.tfevents.')) found.push(path);
    else if (entry.isDirectory() && depth > 1) found.push(...(await eventFiles(path, depth - 1)));
  }
  return found;
}

/**
 * Headline metrics of `metrics.json`: its numbers, those in maps under `map/name`; a list of numbers is a series.
 * @returns nothing when there is no such file
 */
export async function readMetricsFile(
  output: string,
  report: Pick<Report, 'metric' | 'log'>,
): Promise<Record<string, number>> {
  const text = await readFile(join(output, 'metrics.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/\b-?(NaN|Infinity)\b/g, 'null'));
  } catch (error) {
    report.log('warning', `metrics.json is not JSON (${String(error)}), so its metrics are not shown.`, {
      code: 'metrics-unreadable',
    });
    return {};
  }
  const found: Record<string, number> = {};
  const walk = (inner: unknown, name: string, depth: number): void => {
    if (typeof inner === 'number') found[name === '' ? 'value' : name] = inner;
    else if (Array.isArray(inner) && inner.every((each) => typeof each === 'number'))
      inner.forEach((each, step) => report.metric(name, each, step));
    else if (typeof inner === 'object' && inner !== null && !Array.isArray(inner) && depth < 4)
      for (const [key, each] of Object.entries(inner)) walk(each, name === '' ? key : `${name}/${key}`, depth + 1);
  };
  walk(value, '', 0);
  return found;
}

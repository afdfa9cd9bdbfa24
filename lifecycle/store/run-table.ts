import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Column, ColumnType, Row, Table, Value } from '../query';
import { writeAtomic } from '../process/files';
import { LineReader, parseObject } from '../process/jsonl';
import { findManifest } from './cache';
import type { Label } from './labels';
import { inTrialOrder, listIds, readEntry, type RunEntry } from './runs';
import type { RunSummary } from './summary';

/** One run, or one trial of a search, as the table of runs has it, without its labels. An ended run never changes, so it is kept in an index. */
export interface RunLine {
  readonly id: string;
  /** Of a trial the run that it belongs to. */
  readonly parent?: string;
  readonly facts: Readonly<Record<string, Value>>;
  readonly parameters: Readonly<Record<string, Value>>;
  /** By `STAGE.path.in.stage`: what training stages were configured with. */
  readonly settings: Readonly<Record<string, Value>>;
  /** By `STAGE.METRIC`. */
  readonly metrics: Readonly<Record<string, Value>>;
  /** By `STAGE.SERIES.min` and `STAGE.SERIES.max`: the ends of what was logged. Runs of older engines have none. */
  readonly ranges?: Readonly<Record<string, number>>;
}

/** What the columns of facts hold; everything else is text or a number by its values. */
const factTypes: Readonly<Record<string, ColumnType>> = {
  run: 'text',
  pipeline: 'text',
  status: 'text',
  created: 'time',
  seconds: 'duration',
  stages: 'text',
  problem: 'text',
  environment: 'text',
  command: 'text',
  commit: 'text',
  host: 'text',
  file: 'text',
};

/** Settings that a stage shows at most. */
const MOST_SETTINGS = 60;

/** The line of a run. @param live of a run that goes on: its newest values stand for metrics */
export function lineOf(
  { id, info, record, status }: RunEntry,
  settings: Readonly<Record<string, Value>> = {},
  live?: RunSummary,
): RunLine {
  const results = Object.entries(record?.stages ?? {});
  const stages = live?.stages ?? [];
  const done = live
    ? stages.filter(({ state }) => state !== 'waiting' && state !== 'running').length
    : results.filter(([, { status: each }]) => each === 'succeeded' || each === 'reused').length;
  const planned = live?.stages.length ?? info.stages.length;
  const failed = results.find(([, stage]) => stage.status === 'failed');
  const metrics: Record<string, Value> = {};
  const ranges: Record<string, number> = {};
  const range = (name: string, least: number, greatest: number): void => {
    if (!(least <= greatest)) return;
    ranges[`${name}.min`] = least;
    ranges[`${name}.max`] = greatest;
  };
  for (const stage of stages) {
    for (const [name, series] of Object.entries(stage.series)) {
      metrics[`${stage.name}.${name}`] = series.last.value;
      range(`${stage.name}.${name}`, ...endsOf(series.values));
    }
    for (const [name, value] of Object.entries(stage.metrics)) metrics[`${stage.name}.${name}`] = value;
  }
  for (const [stage, result] of results) {
    for (const [name, value] of Object.entries(result.metrics ?? {})) metrics[`${stage}.${name}`] = value;
    for (const [name, { least, greatest }] of Object.entries(result.ranges ?? {}))
      range(`${stage}.${name}`, least, greatest);
  }
  const { parent } = info;
  // What a trial was given are settings of its stage, in the column in which those of the run stand.
  const given = Object.entries(info.parameters ?? {}).map(([name, value]) => [name, plain(value)] as const);
  const commit = info.git?.commit?.slice(0, 10);
  const created = Date.parse(info.created);
  return {
    id,
    ...(parent === undefined ? {} : { parent: parent.run }),
    facts: {
      run: id,
      pipeline: info.pipeline,
      status: live?.status ?? status,
      ...(Number.isNaN(created) ? {} : { created }),
      ...(record ? { seconds: record.seconds } : live?.seconds === undefined ? {} : { seconds: live.seconds }),
      stages: `${done} of ${planned}`,
      ...(failed ? { problem: `${failed[0]}: ${failed[1].error?.message ?? 'failed'}` } : {}),
      ...(info.environment === undefined ? {} : { environment: info.environment }),
      ...(info.command === 'run' ? {} : { command: info.command }),
      ...(commit ? { commit: `${commit}${info.git?.dirty ? ' +' : ''}` } : {}),
      host: info.host,
      file: info.file,
    },
    parameters: parent === undefined ? Object.fromEntries(given) : {},
    settings:
      parent === undefined
        ? settings
        : Object.fromEntries(given.map(([name, value]) => [`${parent.stage}.${spelled(name)}`, value])),
    metrics,
    ...(Object.keys(ranges).length === 0 ? {} : { ranges }),
  };
}

/** Smallest and largest finite value; the wrong way round where there is none. Long series keep their ends when they are thinned. */
function endsOf(values: readonly number[]): [least: number, greatest: number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least && value !== -Infinity) least = value;
    if (value > greatest && value !== Infinity) greatest = value;
  }
  return [least, greatest];
}

/** The place of a trial's setting as results spell it: `model.layers[0].dense.units`. */
const spelled = (path: string): string => path.replace(/\.(\d+)(?=\.|$)/g, '[$1]');

/** What the training stages of a run were configured with, as their kept results tell. */
export async function settingsOf(store: string, entry: RunEntry): Promise<Record<string, Value>> {
  const settings: Record<string, Value> = {};
  for (const [stage, { kind, fingerprint }] of Object.entries(entry.record?.stages ?? {})) {
    if (fingerprint === undefined || (kind !== 'train' && kind !== 'optimize')) continue;
    const manifest = await findManifest(store, fingerprint).catch(() => undefined);
    const inputs = Object.entries(manifest?.inputs ?? {}).filter(([name]) => name.startsWith('config.'));
    for (const [name, text] of inputs.slice(0, MOST_SETTINGS)) {
      const value = plain(parsed(text));
      if (value !== undefined && String(value).length <= 200)
        settings[`${stage}.${name.slice('config.'.length)}`] = value;
    }
  }
  return settings;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function plain(value: unknown): Value {
  if (typeof value === 'number' || typeof value === 'string') return value;
  return value === null || value === undefined
    ? undefined
    : typeof value === 'boolean'
      ? String(value)
      : JSON.stringify(value);
}

const indexPath = (store: string) => join(store, 'index', 'runs-1.jsonl');

/**
 * The lines of all runs, newest first. Ended runs come from an index beside the runs, which is made anew whenever it is gone or damaged;
 * only runs that it does not know are read from their folders.
 *
 * @param options.known lines from an earlier call: these runs are not read again
 * @param options.trials whether those of searches follow, each after others of its run in order of their numbers
 * @param options.progress told now and then how many runs were read of how many
 */
export async function readRunLines(
  store: string,
  options: {
    known?: ReadonlyMap<string, RunLine>;
    limit?: number;
    trials?: boolean;
    progress?: (done: number, all: number) => void;
  } = {},
): Promise<{ lines: RunLine[]; running: RunEntry[] }> {
  const { runs, children } = await listIds(store);
  const ids = [...runs.slice(0, options.limit ?? Infinity), ...(options.trials ? inTrialOrder(children) : [])];
  const kept = new Map(options.known ?? []);
  if (kept.size === 0) {
    // Lines of trials stay in the index, also when only runs are asked for.
    const wanted = new Set([...ids, ...children]);
    let stale = 0;
    await new LineReader(indexPath(store))
      .read((text) => {
        const line = parseObject<RunLine>(text);
        if (line && isLine(line) && wanted.has(line.id)) kept.set(line.id, line);
        else stale++;
      })
      .catch(() => undefined);
    if (stale > 100 && stale > kept.size && options.limit === undefined) await rewrite(store, [...kept.values()]);
  }
  const running: RunEntry[] = [];
  const fresh: RunLine[] = [];
  const missing = ids.filter((id) => !kept.has(id));
  const batch = 64;
  for (let from = 0; from < missing.length; from += batch) {
    const entries = await Promise.all(missing.slice(from, from + batch).map((id) => readEntry(store, id)));
    for (const entry of entries) {
      if (entry === undefined) continue;
      if (entry.status === 'running') running.push(entry);
      const line = lineOf(entry, await settingsOf(store, entry));
      kept.set(entry.id, line);
      // A run without a record may still get one: it is looked at again.
      if (entry.record !== undefined) fresh.push(line);
    }
    options.progress?.(Math.min(from + batch, missing.length), missing.length);
  }
  if (fresh.length > 0)
    await append(indexPath(store), fresh.map((line) => JSON.stringify(line) + '\n').join('')).catch(() => undefined);
  return { lines: ids.flatMap((id) => kept.get(id) ?? []), running };
}

/** The index is only a help: a store that can't be written to is read all the same. */
async function append(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, text);
}

async function rewrite(store: string, lines: readonly RunLine[]): Promise<void> {
  await writeAtomic(indexPath(store), lines.map((line) => JSON.stringify(line) + '\n').join('')).catch(() => undefined);
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const isLine = (line: RunLine): boolean =>
  typeof line.id === 'string' &&
  [line.facts, line.parameters, line.settings, line.metrics].every(isObject) &&
  typeof line.facts['status'] === 'string';

/** Puts lines and labels together as a table. Columns: facts, labels, parameters, metrics, their ends, settings; each in the order of appearance. */
export function tableOf(lines: readonly RunLine[], labels: ReadonlyMap<string, Label>): Table {
  const columns = new Map<string, Column>();
  const rows = lines.map((line): Row => {
    const label = labels.get(line.id);
    const values: Record<string, Value> = { ...line.facts, ...labelValues(label) };
    for (const [name, value] of Object.entries(line.parameters)) values[`parameters.${name}`] = value;
    Object.assign(values, line.settings, line.metrics, line.ranges);
    for (const name of Object.keys(values))
      if (!columns.has(name) || (columns.get(name)?.type === 'number' && typeof values[name] === 'string'))
        columns.set(name, columnOf(name, line, values[name]));
    return { id: line.id, ...(line.parent === undefined ? {} : { parent: line.parent }), values };
  });
  const order = ['fact', 'label', 'parameter', 'metric', 'range', 'setting'];
  return {
    columns: [...columns.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)),
    rows,
  };
}

function labelValues(label: Label | undefined): Record<string, Value> {
  const values: Record<string, Value> = {};
  if (!label) return values;
  if (label.name) values['name'] = label.name;
  if (label.star) values['star'] = '★';
  if (label.tags && label.tags.length > 0) values['tags'] = label.tags.join(', ');
  if (label.note) values['note'] = label.note;
  if (label.hidden) values['hidden'] = 'yes';
  return values;
}

const labelNames = new Set(['name', 'star', 'tags', 'note', 'hidden']);

function columnOf(name: string, line: RunLine, value: Value): Column {
  const fact = factTypes[name];
  if (fact) return { name, kind: 'fact', type: fact };
  if (labelNames.has(name)) return { name, kind: 'label', type: 'text' };
  const type = typeof value === 'number' ? 'number' : 'text';
  if (name.startsWith('parameters.')) return { name, kind: 'parameter', type };
  const stage = name.slice(0, name.indexOf('.'));
  const kind = Object.hasOwn(line.metrics, name)
    ? 'metric'
    : line.ranges && Object.hasOwn(line.ranges, name)
      ? 'range'
      : 'setting';
  return { name, kind, type, stage };
}

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DriftReport, MonitorStage, Problem } from '../../../schemas/generated/types';
import { validateDrift } from '../../../schemas/generated/validators';
import { room } from '../../../lifecycle/monitor/room';
import { UserError } from '../../../lifecycle/problem';
import { Random } from '../../../lifecycle/statistics/random';
import type { StageContext } from '../../../lifecycle/store/room';
import { storePaths } from '../../../lifecycle/store/layout';
import { freshFolder } from '../../rigs/folder';
import { contextFor, type DatasetOptions, makeDataset, manifestOf, type Table } from '../../rigs/stage';

export const HOUR = 3_600_000;

/** What reading a log asks of a stage's context, in a folder that is project, store and scratch. */
export function logContext(folder: string, more: Partial<StageContext<MonitorStage>> = {}): StageContext<MonitorStage> {
  return {
    store: path.join(folder, '.lifecycle'),
    folder,
    scratch: folder,
    signal: new AbortController().signal,
    progress: () => undefined,
    log: () => undefined,
    ...more,
  } as unknown as StageContext<MonitorStage>;
}

/** A prediction of a model that is served elsewhere. */
export interface Row {
  at: string;
  request: string;
  size: number;
  town: string;
  score: number;
  sold: string;
}

/** Rows over an hour that begins so many hours ago. */
export function rowsOf(count: number, seed: number, ago: number, mean = 5): Row[] {
  const random = new Random(seed);
  const start = Date.now() - ago * HOUR;
  return Array.from({ length: count }, (_, i) => {
    const size = Math.round(100 * random.normal(mean, 1)) / 100;
    const score = 1 / (1 + Math.exp(5 - size));
    return {
      at: new Date(start + (i * HOUR) / count).toISOString(),
      request: `${seed}-${i}`,
      size,
      town: random.chance(0.6) ? 'Bonn' : 'Ulm',
      score,
      sold: random.chance(score) ? 'Yes' : 'No',
    };
  });
}

export const csv = (rows: readonly object[]) =>
  `${Object.keys(rows[0]!).join(',')}\n${rows.map((row) => Object.values(row).join(',')).join('\n')}\n`;
export const jsonl = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** A project whose predictions are logged elsewhere, with 1,500 rows of reference, made anew for each test. */
export function elsewhere(dataset: () => Partial<DatasetOptions> = () => ({})) {
  const folder = freshFolder();
  const store = () => path.join(folder(), '.lifecycle');
  const at = (...names: string[]) => path.join(folder(), ...names);
  let data: string;

  beforeEach(async () => {
    const table = (rows: Row[]): Table => ({
      size: rows.map(({ size }) => size),
      city: rows.map(({ town }) => town),
      sold: rows.map(({ sold }) => sold),
    });
    data = await makeDataset(store(), {
      task: 'binary',
      target: 'sold',
      classes: ['No', 'Yes'],
      splits: { train: table(rowsOf(1_500, 1, 0)) },
      ...dataset(),
    });
    mkdirSync(at('logs'));
  });

  const stage = (source: object, more: object = {}): MonitorStage => ({
    kind: 'monitor',
    reference: 'customers.train',
    source: { time: 'at', columns: { city: 'town' }, ...source } as MonitorStage['source'] & object,
    ...more,
  });

  async function run(what: MonitorStage, secrets: Record<string, string> = {}) {
    const { context, logs } = await contextFor<MonitorStage>(
      folder(),
      what,
      [
        {
          reference: 'customers.train',
          stage: 'customers',
          kind: 'data',
          output: 'train',
          path: storePaths.artifact(store(), data),
          hash: data,
          manifest: manifestOf('customers', 'data', data),
        },
      ],
      { name: 'watch' },
    );
    Object.assign(context, { secret: (name: string) => Promise.resolve(secrets[name]) });
    await rm(context.output, { recursive: true, force: true });
    await mkdir(context.output, { recursive: true });
    await room.run(context);
    const report = JSON.parse(await readFile(path.join(context.output, 'drift.json'), 'utf8')) as DriftReport;
    assert.ok(validateDrift(report), JSON.stringify(validateDrift.errors));
    return { report, codes: logs.map(({ code }) => code).filter((code) => code !== undefined), logs };
  }

  async function refusal(what: MonitorStage, secrets?: Record<string, string>): Promise<Problem> {
    try {
      await run(what, secrets);
    } catch (error) {
      assert.ok(error instanceof UserError, String((error as Error).stack));
      return error.problem;
    }
    return assert.fail('nothing was refused');
  }

  return { folder, store, at, stage, run, refusal };
}

import { binnerOf } from '../../lifecycle/monitor/binner';
import { compareProfiles, type Drift } from '../../lifecycle/monitor/drift';
import { explainRows } from '../../lifecycle/monitor/explain';
import { type ColumnReading, profileColumns } from '../../lifecycle/monitor/profile';
import { classify } from '../../lifecycle/run/classify';
import { Random } from '../../lifecycle/statistics/random';
import type { DriftReport } from '../../schemas/generated/types';

/** What is planted into a stream. */
export const KINDS = [
  'mean',
  'variance',
  'new category',
  'missing',
  'correlation',
  'one slice',
  'label shift',
  'gradual',
  'sudden',
  'seasonal',
] as const;
export type Kind = (typeof KINDS)[number];

export const READINGS: Readonly<Record<string, ColumnReading>> = {
  age: { type: 'number' },
  income: { type: 'number' },
  visits: { type: 'number' },
  city: { type: 'text' },
  plan: { type: 'text' },
};
const NAMES = Object.keys(READINGS);
const CITIES = ['Ulm', 'Bonn', 'Mainz', 'Köln'];
const PLANS = ['free', 'basic', 'pro'];

export type Streamed = Record<string, (number | string | null)[]>;

/** Rows of a made-up customer base; income follows age. With a kind, changed. */
export function stream(rows: number, seed: number | string, kind?: Kind): Streamed {
  const random = new Random(seed);
  const table: Streamed = { age: [], income: [], visits: [], city: [], plan: [] };
  for (let i = 0; i < rows; i++) {
    const progress = i / rows;
    let age = random.normal(40, 10);
    let city: string = CITIES[Math.min(3, random.integer(5))]!;
    const plan = PLANS[random.integer(3)]!;
    if (kind === 'mean') age += 5;
    if (kind === 'variance') age = 40 + (age - 40) * 1.7;
    if (kind === 'gradual') age += 10 * progress;
    if (kind === 'sudden' && progress > 0.5) age += 10;
    if (kind === 'seasonal') age += 10 * Math.sin(2 * Math.PI * 3 * progress);
    if (kind === 'new category' && random.chance(0.15)) city = 'Trier';
    if (kind === 'one slice' && plan === 'pro') age += 12;
    const link = kind === 'correlation' ? 40 + 10 * random.normal(0, 1) : age;
    table['age']!.push(kind === 'missing' && random.chance(0.25) ? null : Math.round(age * 10) / 10);
    table['income']!.push(Math.round(1_000 * (30 + 0.8 * link + random.normal(0, 2))) / 1_000);
    table['visits']!.push(Math.round(Math.abs(random.normal(5, 3))));
    table['city']!.push(city);
    table['plan']!.push(kind === 'label shift' ? PLANS[Math.min(2, random.integer(6))]! : plan);
  }
  return table;
}

/** Columns that the planted change touches. */
export function touched(kind: Kind): readonly string[] {
  if (kind === 'new category') return ['city'];
  if (kind === 'label shift') return ['plan'];
  return kind === 'missing' ? ['age'] : ['age', 'income'];
}

/** The report's parts on two tables, as the monitor stage makes them. */
export async function inspect(
  reference: Streamed,
  current: Streamed,
  seed = 1,
  domain = true,
): Promise<Drift & Pick<DriftReport, 'slices' | 'domain'>> {
  const [before, after] = [profileColumns(reference, READINGS), profileColumns(current, READINGS)];
  const drift = compareProfiles(before, after);
  const binners = NAMES.map((name) => binnerOf(before.columns[name]!));
  const rowsOf = (table: Streamed) => table['age']!.map((_, i) => NAMES.map((name) => table[name]![i]));
  const more = await explainRows(
    { stage: { kind: 'monitor', deployment: 'd', reference: 'r', drift: { domain } }, seed, classify },
    {
      names: NAMES,
      binners,
      readings: READINGS,
      cutting: NAMES.length,
      reference: rowsOf(reference),
      current: rowsOf(current),
      rate: 0.05,
    },
  );
  return { ...drift, ...more };
}

/** Whether the report puts what was planted first. */
export function isFound(kind: Kind, report: Awaited<ReturnType<typeof inspect>>): boolean {
  const [first] = report.features;
  if (kind === 'correlation') {
    const [one, two] = report.domain?.columns ?? [];
    return (
      report.domain?.drifted === true &&
      [one?.column, two?.column].every((column) => column !== undefined && touched(kind).includes(column))
    );
  }
  if (kind === 'one slice') return report.slices?.[0]?.slice === "plan = 'pro'";
  return first?.drifted === true && touched(kind).includes(first.column);
}

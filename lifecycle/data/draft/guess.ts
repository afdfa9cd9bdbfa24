import { UserError } from '../../problem';
import { missingColumn } from '../columns';
import { RESERVED } from '../../table/reserved';
import { logarithmHelps, skewOf } from '../../statistics/skew';
import { numberOf } from '../../table/spelling';
import type { Sample, SampledColumn } from './look';

export type Task = 'binary' | 'multiclass' | 'regression';

/** A column that is given a role, and why. */
export interface Judged {
  readonly name: string;
  readonly why: string;
}

/** What a first pipeline on a table could be. */
export interface Guess {
  readonly target: { readonly column: string; readonly task: Task; readonly positive?: string; readonly why: string };
  /** Why the logarithm of the target is learnt, where it is strongly skewed. */
  readonly skewed?: string;
  /** The column whose values stand for something that has several rows each. */
  readonly group?: Judged;
  /** Others that could be meant, the likeliest first. */
  readonly candidates: readonly string[];
  readonly id: readonly Judged[];
  readonly drop: readonly Judged[];
  /** They tell the target by themselves. */
  readonly leaks: readonly Judged[];
  /** Rows that equal an earlier one in every column, where there are some; `sure` when nothing but a copy explains it. */
  readonly copies?: { readonly rows: number; readonly sure: boolean };
  readonly sensitive: readonly string[];
  readonly times: readonly string[];
  /** Columns of free text. */
  readonly texts: readonly string[];
  /** Columns of many categories. */
  readonly wide: readonly string[];
  readonly numbers: readonly string[];
  readonly missingNumbers: boolean;
  readonly categories: readonly string[];
  /** Share of the rarest class. */
  readonly rarest?: number;
  /** It has less than two fifths of an even share. */
  readonly rare?: boolean;
}

const TARGETS =
  /^(?:target|label|class|klasse|ziel|y|outcome|result|churn(?:ed)?|exited|default(?:ed)?|survived|fraud|is_?fraud|converted|response|gekündigt|gekuendigt|diagnosis|quality|species|price|preis|sales|umsatz|demand|revenue|amount|count|cnt|charges|salary|income|score|rating)\W*$/i;
const IDS =
  /(?:^|[\s_.-])(?:id|uuid|guid|key|nr|no|num|number|nummer|code)\W*$|ID$|^(?:id|index|row|unnamed)\b|^column1$/i;
/** What is numbered one after the other: an order, an invoice, a customer. */
const NUMBERED =
  /(?:^|[\s_.-])(?:order|invoice|receipt|ticket|booking|transaction|record|customer|client|member|patient|case|auftrag|bestellung|rechnung|beleg|buchung|vorgang|kunde|mitglied|fall|lfd)\W*$|^(?:row|rownum|seq|sequence|serial|zeile)$/i;
/** Whole numbers that go up because time or a dose does, and may be learnt from. */
const MEASURED =
  /(?:^|[\s_.-])(?:year|jahr|quarter|quartal|month|monat|week|woche|day|tag|hour|stunde|minute|second|sekunde|time|zeit|timestamp|epoch|age|alter|step|period|dose|dosis|position|distance|depth|temperature|[tx])(?:\W*|\s*[([].*)$/i;
/** What has rows of its own, again and again: someone, or a thing that is looked at. */
const ENTITY =
  /(?:^|[\s_.-])(?:user|person|student|employee|driver|player|subject|participant|household|account|device|sensor|machine|engine|unit|vehicle|car|store|shop|branch|house|property|session|company|firm|geraet|gerät|maschine|filiale|fahrzeug|nutzer|person)\W*$/i;
const NAMED = /(?:^|[\s_.-])(?:id|uuid|guid|key|nr|nummer)\W*$|[a-z]I[Dd]$/;
const SENSITIVE =
  /^(?:sex|gender|geschlecht|race|ethnicity|ethnic.*|nationality|nationalität|religion|female|male|disability|marital.*)$/i;
const YES = /^(?:yes|y|true|1|ja|j|oui|si|sí|positive|pos|churn(?:ed)?|fraud|default|bad|spam)$/i;

interface Facts extends SampledColumn {
  readonly there: readonly string[];
  readonly distinct: number;
}

/**
 * What could be predicted, and what the other columns are. Guesses, each with its reason, for a person to look over.
 *
 * @param wanted the target, when it is known
 * @throws UserError when there is no such column, or it can't be a target
 */
export function guess(given: Sample, wanted?: string): Guess {
  const { sample, copies } = withoutCopies(given);
  const columns = sample.columns.map((column): Facts => {
    const there = column.values.filter((value) => value !== null);
    return { ...column, there, distinct: new Set(there).size };
  });
  const candidates = columns.filter((column) => mayBeTarget(column, sample.rows));
  const ranked = candidates
    .map((column) => ({ column, rank: rankOf(column, columns) }))
    .sort((a, b) => b.rank - a.rank)
    .map(({ column }) => column);
  const target = wanted === undefined ? ranked[0] : columns.find(({ name }) => name === wanted);
  if (target === undefined) {
    if (wanted !== undefined)
      throw missingColumn(
        wanted,
        columns.map(({ name }) => name),
        [],
      );
    throw new UserError({
      code: 'data-target-missing',
      message: 'No column of this file looks like something to predict.',
      hint: 'Name it: --target COLUMN.',
    });
  }
  if (target.distinct < 2)
    throw new UserError({
      code: 'data-target-constant',
      message: `'${target.name}' has the same value in every row that was looked at; nothing can be learnt from it.`,
      hint: 'Name another column: --target COLUMN.',
    });
  const task = taskOf(target);
  const positive = task === 'binary' ? positiveOf(target) : undefined;
  const others = columns.filter((column) => column !== target);
  const why = new Map(others.flatMap((column) => roleOfId(column, sample.rows) ?? []).map((id) => [id.name, id.why]));
  const like = others.filter(({ name }) => why.has(name));
  const group = groupOf(others.filter(({ name }) => !why.has(name)));
  const drop = others.filter(
    ({ name, distinct, values }) => RESERVED.has(name) || distinct === 0 || (distinct === 1 && !values.includes(null)),
  );
  const times = others.filter((column) => column.type === 'time' && !drop.includes(column));
  const rest = others.filter((column) => !like.includes(column) && !drop.includes(column) && column !== group?.column);
  // Numbers that all differ may well be a measure, where there is nothing else to learn from.
  const id = rest.length > 0 ? like : like.filter(({ type }) => type !== 'number');
  const grouped = rest.length > 0 ? group : undefined;
  const left = others.filter(
    (column) => !id.includes(column) && !drop.includes(column) && !times.includes(column) && column !== grouped?.column,
  );
  if (left.length + times.length === 0)
    throw new UserError({
      code: 'data-no-features',
      message: `Nothing is left to predict '${target.name}' from: ${others.length === 0 ? 'it is the only column' : 'the other columns are ids or hold one value'}.`,
      hint: 'Name another column with --target, or give the file more columns.',
    });
  const leaks = left.flatMap((column) => {
    const why = task === 'regression' ? sameNumbers(column, target, sample) : tells(column, target);
    return why === undefined ? [] : [{ name: column.name, why }];
  });
  const features = left.filter(({ name }) => !leaks.some((leak) => leak.name === name));
  const texts = features.filter((column) => isFreeText(column));
  const categories = features.filter((column) => column.type === 'text' && !texts.includes(column));
  const numbers = features.filter(({ type }) => type === 'number');
  const counts = task === 'regression' ? undefined : countsOf(target.there);
  const rarest = counts && Math.min(...counts.values()) / target.there.length;
  const named = (list: readonly Facts[]): string[] => list.map(({ name }) => name);
  const skewed = task === 'regression' ? skewOfTarget(target, sample) : undefined;
  return {
    target: {
      column: target.name,
      task,
      ...(positive !== undefined && { positive }),
      why:
        wanted !== undefined
          ? 'as you said'
          : TARGETS.test(target.name)
            ? 'guessed by its name'
            : 'guessed: the last column that could be',
    },
    ...(skewed !== undefined && { skewed }),
    ...(grouped && { group: { name: grouped.column.name, why: grouped.why } }),
    candidates: named(ranked.filter((column) => column !== target && column !== grouped?.column)),
    id: id.map(({ name }) => ({ name, why: why.get(name) ?? '' })),
    drop: drop.map(({ name, distinct }) => ({
      name,
      why: RESERVED.has(name)
        ? 'an output of the served model is called so: rename it in the file to learn from it'
        : distinct === 0
          ? 'no value at all'
          : 'the same value in every row',
    })),
    leaks,
    ...(copies && { copies }),
    sensitive: named(features.filter(({ name }) => SENSITIVE.test(name.trim()))),
    times: named(times),
    texts: named(texts),
    wide: named(categories.filter(({ distinct }) => distinct > 50)),
    numbers: named(numbers),
    missingNumbers: numbers.some(({ values }) => values.includes(null)),
    categories: named(categories),
    ...(rarest !== undefined && { rarest, rare: rarest * target.distinct < 0.4 }),
  };
}

/**
 * The sample without rows that equal an earlier one, where nothing but a copy explains them: copies make an id look like a category. Rows of few
 * coarse columns may well be alike; those stay, and are only told.
 */
function withoutCopies(sample: Sample): Pick<Guess, 'copies'> & { readonly sample: Sample } {
  const seen = new Set<string>();
  const kept: number[] = [];
  for (let row = 0; row < sample.rows; row++) {
    const key = JSON.stringify(sample.columns.map(({ values }) => values[row] ?? null));
    if (seen.has(key)) continue;
    seen.add(key);
    kept.push(row);
  }
  const rows = sample.rows - kept.length;
  if (rows === 0) return { sample };
  const columns = sample.columns.map((column) => ({
    ...column,
    values: kept.map((row) => column.values[row] ?? null),
  }));
  const sure = kept.length >= 10 && columns.some(({ values }) => new Set(values).size >= kept.length / 2);
  return { sample: sure ? { ...sample, columns, rows: kept.length } : sample, copies: { rows, sure } };
}

function countsOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Why a column tells rows apart rather than says something of them; undefined when it does not. */
function roleOfId(column: Facts, rows: number): Judged | undefined {
  const { name, type, there, distinct } = column;
  if (rows < 10 || there.length < rows * 0.99) return undefined;
  const unique = distinct >= there.length * 0.999;
  if (type === 'text')
    return unique && !there.some((value) => value.trim().split(/\s+/).length > 3)
      ? { name, why: 'a different value in every row' }
      : undefined;
  if (type !== 'number' || !there.every((value) => /^\s*\d+\s*$/.test(value))) return undefined;
  const called = IDS.test(name.trim()) || NUMBERED.test(name.trim());
  if (called && unique) return { name, why: 'a different number in every row' };
  // A few rows of one order: still a name, not a measure.
  if (called && distinct >= 50 && distinct >= there.length / 2)
    return { name, why: 'a number that names things, different in most rows' };
  return !MEASURED.test(name.trim()) && isRunning(there, distinct)
    ? { name, why: `a running number (${there.slice(0, 3).join(', ')}, …)` }
    : undefined;
}

/** Fewest different values of a column that rows are grouped by, and fewest rows of each on average. */
const GROUPS = 20;
const REPEATS = 2;

/** The column that names what has several rows each, by its name and its repetitions; of several the one with the most values. */
function groupOf(columns: readonly Facts[]): { readonly column: Facts; readonly why: string } | undefined {
  const [found] = columns
    .filter(({ name, type, there, values, distinct }) => {
      const called = name.trim();
      const whole = type === 'text' || (type === 'number' && there.every((value) => /^\s*\d+\s*$/.test(value)));
      if (!whole || there.length < values.length * 0.99 || distinct < GROUPS || there.length < REPEATS * distinct)
        return false;
      return NAMED.test(called) || NUMBERED.test(called) || ENTITY.test(called);
    })
    .filter(({ there }) => {
      const counts = [...countsOf(there).values()];
      return counts.filter((count) => count > 1).length >= counts.length * 0.8;
    })
    .sort((a, b) => b.distinct - a.distinct);
  if (!found) return undefined;
  const each = found.there.length / found.distinct;
  const rows = `${each.toFixed(each < 10 ? 1 : 0)} rows each on average`;
  return { column: found, why: `${found.distinct.toLocaleString('en')} of them, ${rows}` };
}

/** How the target leans, where its logarithm is to be learnt. */
function skewOfTarget({ there }: Facts, { options }: Sample): string | undefined {
  const values = there
    .map((value) => (options.decimal ? numberOf(value, options.decimal) : Number(value)))
    .filter(Number.isFinite);
  const found = skewOf(
    values,
    values.reduce((a, b) => Math.min(a, b), Infinity),
  );
  if (!logarithmHelps(found)) return undefined;
  return `most values are small, a few very large (skewness ${found.skew.toFixed(1)}, of its logarithm ${found.logSkew?.toFixed(1) ?? ''})`;
}

/** Whole numbers that count the rows up, at most one in twenty twice, with few gaps; years do so, too, and are none. */
function isRunning(there: readonly string[], distinct: number): boolean {
  if (there.length < 20 || distinct < there.length * 0.95) return false;
  const numbers = there.map(Number);
  const [first, last] = [numbers[0] ?? 0, numbers.at(-1) ?? 0];
  if (first >= 1500 && last <= 2200 && there.length <= 300) return false;
  const steps = numbers.slice(1).map((value, i) => value - (numbers[i] ?? 0));
  const ones = steps.filter((step) => step === 1).length;
  return steps.every((step) => step >= 0) && ones >= steps.length * 0.5 && last - first <= 3 * there.length;
}

function isFreeText({ type, there, distinct }: Facts): boolean {
  if (type !== 'text' || distinct <= 50 || distinct < there.length / 2) return false;
  const words = there.reduce((sum, value) => sum + value.trim().split(/\s+/).length, 0) / there.length;
  return words >= 4;
}

/** Two classes, a few, or numbers. */
function taskOf({ type, distinct, there }: Facts): Task {
  if (distinct === 2) return 'binary';
  const whole = there.every((value) => /^\s*-?\d+\s*$/.test(value));
  return type === 'number' && !(whole && distinct <= 20) ? 'regression' : 'multiclass';
}

function mayBeTarget(column: Facts, rows: number): boolean {
  if (
    column.type === 'time' ||
    column.distinct < 2 ||
    roleOfId(column, rows) !== undefined ||
    column.there.length < rows / 2
  )
    return false;
  return column.type === 'number' || column.distinct <= 30;
}

/** A name that says so counts most, then two classes, then the place: what is predicted stands last, or else first. */
function rankOf(column: Facts, columns: readonly Facts[]): number {
  const at = columns.indexOf(column);
  const place = at === columns.length - 1 ? 3 : at === 0 ? 1 : 0;
  return (
    (TARGETS.test(column.name.trim()) ? 10 : 0) + place + (column.distinct === 2 ? 0.5 : 0) + at / (columns.length * 10)
  );
}

function positiveOf({ there }: Facts): string {
  const counts = [...countsOf(there)].sort((a, b) => a[1] - b[1]);
  return counts.find(([value]) => YES.test(value.trim()))?.[0] ?? counts[0]?.[0] ?? '';
}

/** Does this column tell the class in (nearly) every row, far better than its share would? A missing value counts as one, too. */
function tells(column: Facts, target: Facts): string | undefined {
  if (column.distinct > Math.max(50, column.there.length / 20)) return undefined;
  const groups = new Map<string | null, Map<string, number>>();
  let rows = 0;
  target.values.forEach((label, i) => {
    if (label === null) return;
    rows++;
    const value = column.values[i] ?? null;
    let group = groups.get(value);
    if (!group) groups.set(value, (group = new Map<string, number>()));
    group.set(label, (group.get(label) ?? 0) + 1);
  });
  let right = 0;
  for (const group of groups.values()) right += Math.max(...group.values());
  const largest = Math.max(...countsOf(target.there).values());
  const wrong = rows - right;
  const byChance = rows - largest;
  if (rows < 50 || byChance < 10 || wrong > byChance * 0.02) return undefined;
  return `tells '${target.name}' in ${((100 * right) / rows).toFixed(right === rows ? 0 : 1)} % of the rows by itself`;
}

/** The correlation of two columns of numbers, where it is all but 1. */
function sameNumbers(column: Facts, target: Facts, { options }: Sample): string | undefined {
  if (column.type !== 'number') return undefined;
  const read = (value: string): number => (options.decimal ? numberOf(value, options.decimal) : Number(value));
  let [n, sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0, 0];
  target.values.forEach((label, i) => {
    const value = column.values[i] ?? null;
    if (label === null || value === null) return;
    const [x, y] = [read(value), read(label)];
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    n++;
    sx += x;
    sy += y;
    sxx += x * x;
    syy += y * y;
    sxy += x * y;
  });
  const spread = Math.sqrt((n * sxx - sx * sx) * (n * syy - sy * sy));
  const r = spread > 0 ? (n * sxy - sx * sy) / spread : 0;
  return n >= 50 && Math.abs(r) > 0.9995
    ? `goes along with '${target.name}' exactly (correlation ${r.toFixed(4)})`
    : undefined;
}

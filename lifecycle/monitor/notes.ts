import { type ColumnStatistics, type Decision } from './column';
import { type CategoryProfile, type ColumnProfile, type NumberProfile, presentOf, spelt } from './profile';
import { distinctError } from '../statistics/distinct';
import type { Sample } from '../statistics/drift';
import { distinctOfRest, type Rest } from './rest';

/** What else is worth saying of a column, most important first; undefined when nothing is. */
export function noteOf(
  reference: ColumnProfile,
  current: ColumnProfile,
  statistics: ColumnStatistics,
  decision: Decision,
): string | undefined {
  const notes = [
    ...presence(reference, current, statistics),
    ...(reference.kind === 'number' && current.kind === 'number' ? outside(reference, current.sample) : []),
    ...(reference.kind === 'category' && current.kind === 'category' ? newCategories(reference, current) : []),
    ...(current.kind === 'category' && current.rest ? [together(current.rest, 'values', current)] : []),
    ...(reference.kind === 'category' && reference.rest
      ? [
          `${together(reference.rest, 'values of the reference', reference)}; values that it has no count of are compared as one`,
        ]
      : []),
    ...(decision.byChance ? [`the change is within chance (p = ${probability(statistics.p)})`] : []),
  ];
  return notes.length > 0 ? sentence(notes.join('; ')) : undefined;
}

function presence(reference: ColumnProfile, current: ColumnProfile, { missing, missingP }: ColumnStatistics): string[] {
  const notes: string[] = [];
  const [before, after] = missing;
  if (presentOf(current) === 0) notes.push(current.missing > 0 ? 'no row has a value any more' : 'no row was recorded');
  else if (Math.abs(after - before) >= 0.005 && missingP < 0.05)
    notes.push(`${after > before ? 'more' : 'fewer'} values are missing: ${percent(before)} → ${percent(after)}`);
  if (presentOf(reference) === 0) notes.push('the reference has no value');
  else if (reference.kind === 'number' && reference.sample.values.length === 1)
    notes.push(`the reference is ${spelt(reference.sample.values[0]!, reference.type, 17)} throughout`);
  if (current.misfits > 0) {
    const what = current.kind === 'number' ? 'numbers' : current.type === 'boolean' ? 'true or false' : 'text';
    notes.push(`${count(current.misfits, 'value is', 'values are')} not ${what} and count as missing`);
  }
  return notes;
}

/** Of small windows a single value is worth saying, of large ones half a per cent. */
const OUTSIDE_SHARE = 0.005;

function outside({ sample: reference, type }: NumberProfile, current: Sample): string[] {
  if (reference.total === 0 || current.total === 0) return [];
  const [low, high] = [reference.values[0]!, reference.values.at(-1)!];
  let below = 0;
  let above = 0;
  current.values.forEach((value, i) => {
    if (value < low) below += current.counts[i]!;
    else if (value > high) above += current.counts[i]!;
  });
  const share = (below + above) / current.total;
  if (share < OUTSIDE_SHARE) return [];
  const where = below === 0 ? 'above' : above === 0 ? 'below' : 'outside';
  return [`${percent(share)} of the values lie ${where} the reference's ${spelt(low, type)} … ${spelt(high, type)}`];
}

const NAMED = 3;

function newCategories(reference: CategoryProfile, current: CategoryProfile): string[] {
  // Which are new is not known where those of the reference were too many to count each.
  if (reference.rest !== undefined) return [];
  const fresh = [...current.counts].filter(([label]) => !reference.counts.has(label));
  const { rest } = current;
  if (fresh.length === 0) return [];
  const total = presentOf(current);
  fresh.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const named = fresh
    .slice(0, NAMED)
    .map(([label, n]) => `"${label.length > 40 ? `${label.slice(0, 40)}…` : label}" (${percent(n / total)})`);
  const others = Math.max(0, fresh.length - NAMED) + (rest ? distinctOfRest(rest) : 0);
  const more = others > 0 ? ` and ${rest ? `about ${others.toLocaleString('en')}` : others} more` : '';
  return [`new ${fresh.length + others === 1 ? 'category' : 'categories'} ${named.join(', ')}${more}`];
}

/** What was not counted one by one, and how well its number is known. */
function together(rest: Rest, what: string, profile: CategoryProfile): string {
  const error = distinctError(rest.values);
  const distinct = distinctOfRest(rest).toLocaleString('en');
  const number = error === 0 ? distinct : `about ${distinct} (± ${(100 * error).toFixed(1)} %)`;
  const beyond = `beyond ${profile.counts.size.toLocaleString('en')} ones that are counted each`;
  return `${number} rare ${what}, ${percent(rest.rows / presentOf(profile))} of the rows, are counted together, ${beyond}`;
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

function count(n: number, one: string, many: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

export function percent(share: number): string {
  const value = share * 100;
  return `${value === 0 || value >= 10 ? Math.round(value) : value >= 0.1 ? value.toFixed(1) : '< 0.1'} %`;
}

function probability(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(p < 0.1 ? 3 : 2);
}

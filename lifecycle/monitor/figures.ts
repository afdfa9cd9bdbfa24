import { check, parse } from '../expression';
import { metricInName } from '../expression/monitor';
import { UserError } from '../problem';
import type { DriftReport } from '../../schemas/generated/types';
import { truthOf } from './truth';

export type Figures = ReadonlyMap<string, number | null>;

/**
 * Every figure that conditions may name. What is not known is null, and a comparison with it is false; of too few rows the statistics say nothing.
 *
 * @param live when the version went live and the last request came
 */
export function figuresOf(
  report: Pick<
    DriftReport,
    'rows' | 'drift' | 'features' | 'prediction' | 'verdict' | 'domain' | 'mmd' | 'performance' | 'service'
  >,
  live: { readonly since?: string; readonly last?: string; readonly now: Date },
): Map<string, number | null> {
  const { rows, drift, features, prediction, verdict, domain, mmd, performance, service } = report;
  const known = (statistic: number | null | undefined): number | null =>
    verdict === 'too-few-rows' ? null : (statistic ?? null);
  const age = (time: string | undefined, unit: number): number | null =>
    time === undefined ? null : Math.max(0, live.now.getTime() - Date.parse(time)) / unit;
  const metrics = (group: 'performance' | 'estimated', values: NonNullable<DriftReport['performance']>['metrics']) =>
    Object.entries(values ?? {}).map(([name, { value }]): [string, number | null] => [
      `${group}.${metricInName(name)}`,
      value,
    ]);
  return new Map<string, number | null>([
    ['drift.prediction', known(prediction?.statistic)],
    ...features.map(({ column, statistic, suppressed }): [string, number | null] => [
      `drift.${column}`,
      suppressed === undefined ? known(statistic) : null,
    ]),
    ['drift.domain', known(domain?.auc)],
    ['drift.mmd', known(mmd?.statistic)],
    ['drift.share', known(drift.share)],
    ['drift.count', known(drift.count)],
    ['rows', rows.current],
    ['labels.count', performance?.labelled ?? 0],
    ['labels.share', rows.current > 0 ? (performance?.labelled ?? 0) / rows.current : null],
    ['performance.business', null],
    ...metrics('performance', performance?.metrics),
    ...metrics('estimated', performance?.estimated),
    ['latency.p50', service?.p50 ?? null],
    ['latency.p95', service?.p95 ?? null],
    ['latency.p99', service?.p99 ?? null],
    ['errors.rate', service?.['error-rate'] ?? null],
    ['volume.per_minute', service?.['per-minute'] ?? null],
    // Without any request it is as long as the version is live.
    ['staleness.hours', age(live.last ?? live.since, 3_600_000)],
    ['staleness.days', age(live.since, 86_400_000)],
  ]);
}

export interface Held {
  readonly holds: boolean;
  /** Whether that is certain: false where it hangs on a figure that is not known. */
  readonly certain: boolean;
  /** The figures that the condition names. */
  readonly values: Readonly<Record<string, number | null>>;
}

/**
 * Whether a condition such as `drift.share >= 0.3` holds.
 *
 * @param what what the condition is for, `retrain-condition` or `alert-condition`
 * @throws UserError with what is wrong in the text
 */
export function holds(
  condition: string,
  figures: Figures,
  what: { readonly code: string; readonly path: readonly (string | number)[] },
): Held {
  const { tree, problems } = parse(condition);
  // Metrics that were not computed this time are no slips of the pen.
  const types = {
    ...Object.fromEntries([...figures.keys()].map((name) => [name, 'number' as const])),
    ...Object.fromEntries(
      [...condition.matchAll(/\b(?:performance|estimated)\.[A-Za-z_]\w*/g)].map(([name]) => [name, 'number' as const]),
    ),
  };
  const checked = tree && check(tree, types, { expect: 'boolean', nameKind: 'value' });
  const [wrong] = [...problems, ...(checked?.problems ?? [])];
  if (wrong !== undefined || tree === undefined || checked === undefined)
    throw refusal(condition, wrong?.message, wrong?.suggestion, figures, what);
  const result = truthOf(tree, (name) => figures.get(name));
  if (!result.ok) throw refusal(condition, result.problem.message, undefined, figures, what);
  const values = Object.fromEntries(checked.names.map(({ name }) => [name, figures.get(name) ?? null]));
  return { holds: result.value === true, certain: result.value !== undefined, values };
}

function refusal(
  condition: string,
  message = 'It is not an expression.',
  suggestion: string | undefined,
  figures: Figures,
  { code, path }: { readonly code: string; readonly path: readonly (string | number)[] },
): UserError {
  const some = [...figures.keys()].filter((name) => !name.startsWith('drift.') || name === 'drift.share');
  return new UserError({
    code,
    message: `The condition '${condition}' can't be used: ${message}`,
    hint:
      suggestion === undefined
        ? `It may use drift.COLUMN, drift.prediction, ${some.join(', ')}.`
        : `Did you mean '${suggestion}'?`,
    path: [...path],
  });
}

/** `drift.share 0.42, rows 1,200` */
export function sayValues(values: Readonly<Record<string, number | null>>): string {
  return Object.entries(values)
    .map(
      ([name, value]) =>
        `${name} ${value === null ? 'not known' : Number(value.toPrecision(4)).toLocaleString('en', { maximumFractionDigits: 6 })}`,
    )
    .join(', ');
}

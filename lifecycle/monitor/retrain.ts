import { check, evaluate, parse } from '../expression';
import { UserError } from '../problem';
import type { Drift } from './drift';

/**
 * Whether a condition such as `drift.share >= 0.3` holds. Names are `drift.share`, `drift.count`, `drift.<column>` (the deciding statistic),
 * `drift.prediction` and `rows`; a statistic that could not be computed, or is one of too few rows, is missing, and a comparison with it is false.
 *
 * @throws UserError `retrain-condition` with what is wrong in the text
 */
export function isDue(when: string, drift: Drift): boolean {
  const values = valuesOf(drift);
  const { tree, problems } = parse(when);
  const types = new Map([...values.keys()].map((name) => [name, 'number' as const]));
  const checked = tree && check(tree, types, { expect: 'boolean', nameKind: 'value' });
  const [wrong] = [...problems, ...(checked?.problems ?? [])];
  if (wrong !== undefined || tree === undefined) throw refusal(when, wrong?.message, wrong?.suggestion, values);
  const result = evaluate(tree, (name) => values.get(name));
  if (!result.ok) throw refusal(when, result.problem.message, undefined, values);
  return result.value === true;
}

/** Of too few rows the statistics say nothing. */
function valuesOf({ rows, drift, features, prediction, verdict }: Drift): Map<string, number | null> {
  const known = (statistic: number | null | undefined): number | null =>
    verdict === 'too-few-rows' ? null : (statistic ?? null);
  return new Map<string, number | null>([
    ['drift.prediction', known(prediction?.statistic)],
    ...features.map(({ column, statistic }): [string, number | null] => [`drift.${column}`, known(statistic)]),
    ['drift.share', drift.share],
    ['drift.count', drift.count],
    ['rows', rows.current],
  ]);
}

function refusal(
  when: string,
  message = 'It is not an expression.',
  suggestion: string | undefined,
  values: ReadonlyMap<string, unknown>,
): UserError {
  return new UserError({
    code: 'retrain-condition',
    message: `The condition '${when}' can't be used: ${message}`,
    hint:
      suggestion === undefined
        ? `It may use ${[...values.keys()].slice(-3).join(', ')}, drift.prediction and drift.COLUMN.`
        : `Did you mean '${suggestion}'?`,
    path: ['retrain', 'when'],
  });
}

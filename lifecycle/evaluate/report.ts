import type { Evaluation } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { describeGroups } from './fairness';
import { describeGate, type PlacedGate } from './gates';
import type { Measured } from './measure';
import { shown } from './metrics';

/**
 * What a run is told of requirements that are not met: each with value and bound, and the figures they are part of.
 * @param kept where the whole evaluation can be read, within the store
 */
export function gateError(
  evaluation: Evaluation,
  failed: readonly PlacedGate[],
  gates: readonly PlacedGate[],
  kept: string,
): UserError {
  const described = failed.map(describeGate);
  const said =
    failed.length === 1
      ? described[0]
      : `${failed.length} of ${gates.length} requirements are not met: ${described.join('; ')}`;
  return new UserError({
    code: 'gate-failed',
    message: `${evaluation.best} does not pass on the test split: ${said}.`,
    hint: `Train a better model, or change the bound if it asks too much. The whole evaluation is kept in ${kept} of the store.`,
    ...(failed[0] && { path: failed[0].path }),
    details: [
      ...gates.map((gate) => `${gate.passed ? 'passed' : 'FAILED'}  ${describeGate(gate)}`),
      ...metricTable(evaluation),
      ...(evaluation.fairness ?? []).map(describeGroups),
    ],
  });
}

/** `auc  validation 0.846 [0.82, 0.87]  test 0.791 [0.76, 0.82]` of the best, then the choosing metric of the others. */
function metricTable({ candidates, best, 'chosen-by': { metric } }: Evaluation): string[] {
  const cell = (split: string, measured: Measured | undefined, name: string): string => {
    const value = measured?.metrics[name];
    if (value === undefined) return '';
    const interval = measured?.intervals?.[name];
    return `  ${split} ${shown(value)}${interval ? ` [${shown(interval[0])}, ${shown(interval[1])}]` : ''}`;
  };
  const chosen = candidates.find(({ name }) => name === best);
  const { validation, test } = chosen?.splits ?? {};
  const names = Object.keys(test?.metrics ?? validation?.metrics ?? {});
  const width = Math.max(...names.map((name) => name.length), 0);
  return [
    ...names.map(
      (name) => `${best}: ${name.padEnd(width)}${cell('validation', validation, name)}${cell('test', test, name)}`,
    ),
    ...candidates
      .filter(({ name }) => name !== best)
      .map(({ name, splits }) => `${name}: ${metric}${cell('validation', splits['validation'], metric)}`),
  ];
}

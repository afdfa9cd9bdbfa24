import type { Bound, EvaluateStage, Evaluation } from '../../schemas/generated/types';
import { shown } from './metrics';

export type Gate = Evaluation['gates'][number];

/** A gate with its place in the stage. */
export interface PlacedGate extends Gate {
  readonly path: (string | number)[];
}

/** Holds the chosen model's figures on the test split to the requirements, those of the metrics first. An undefined value fails. */
export function checkGates(
  stage: EvaluateStage,
  metrics: Readonly<Record<string, number>>,
  fairness: Evaluation['fairness'] = [],
): PlacedGate[] {
  const gates = Object.entries(stage.require ?? {}).flatMap(([name, bound]) =>
    bounds(name, metrics[name] ?? null, bound, ['require', name]),
  );
  for (const [gap, bound] of Object.entries(stage.fairness?.require ?? {}))
    for (const { attribute, gaps } of fairness)
      gates.push(...bounds(`${gap} of ${attribute}`, gaps[gap] ?? null, bound, ['fairness', 'require', gap]));
  return gates;
}

function bounds(metric: string, value: number | null, { min, max }: Bound, path: (string | number)[]): PlacedGate[] {
  const gates: PlacedGate[] = [];
  if (min !== undefined)
    gates.push({ metric, value, bound: `>= ${min}`, passed: value !== null && value >= min, path });
  if (max !== undefined)
    gates.push({ metric, value, bound: `<= ${max}`, passed: value !== null && value <= max, path });
  return gates;
}

/** `auc is 0.791, required is >= 0.82` */
export function describeGate({ metric, value, bound }: Gate): string {
  return `${metric} is ${value === null ? 'undefined' : exact(value, bound)}, required is ${bound}`;
}

/** Never rounds a value onto its bound: 0.8196 against 0.82 is not shown as 0.820. */
function exact(value: number, bound: string): string {
  const limit = Number(bound.slice(3));
  const short = shown(value);
  return Number(short.replaceAll(',', '')) === limit && value !== limit ? String(value) : short;
}

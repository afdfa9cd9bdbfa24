import type { DriftReport, FeatureDrift } from '../../schemas/generated/types';
import { findMetric } from '../statistics/metrics';
import { percent } from './pieces';

/** Share of the drift from which a slice is taken to be where it comes from. */
const MOSTLY = 0.5;

type Performance = NonNullable<DriftReport['performance']>;

/** A metric whose whole interval lies on the worse side of what it was when the model was chosen. */
export interface Worse {
  readonly metric: string;
  readonly before: number;
  readonly now: number;
  /** From the confidence of the predictions rather than from labels. */
  readonly estimated: boolean;
}

export function worsened({ metrics = {}, estimated = {}, reference = {} }: Performance): Worse[] {
  const found: Worse[] = [];
  for (const [metric, before] of Object.entries(reference)) {
    const measured = metrics[metric];
    const one = measured ?? estimated[metric];
    const definition = findMetric(metric);
    if (one?.value === undefined || one.value === null || definition === undefined) continue;
    const bound = definition.better === 'higher' ? one.high : one.low;
    if (typeof bound !== 'number') continue;
    if (definition.better === 'higher' ? bound < before : bound > before)
      found.push({ metric, before, now: one.value, estimated: measured === undefined });
  }
  return found;
}

/** What a person would do now, the most pressing first. Each is a sentence with the command or the place in the pipeline. */
export function nextSteps(report: DriftReport): string[] {
  const { features, performance, prediction, slices = [], retrain, deployment, rows } = report;
  if (report.verdict === 'too-few-rows')
    return [
      `Wait for more requests: ${rows.current.toLocaleString('en')} are too few to tell a change from chance. A longer \`window\` holds more.`,
    ];
  const drifted = features.filter((feature) => feature.drifted);
  const worse = performance === undefined ? [] : worsened(performance);
  const broken = drifted.filter(({ violations = [] }) => violations.some(isMuch));
  const steps: string[] = [];
  if (worse.some(({ estimated }) => !estimated))
    steps.push(
      'The model has become worse on rows whose outcome is known: retrain (`lifecycle retrain --dry-run` shows the plan), or roll back if an older version was better.',
    );
  else if (worse.length > 0)
    steps.push(
      'The model is estimated to have become worse. Tell what came true (`lifecycle feedback`) to be sure, then retrain (`lifecycle retrain --dry-run` shows the plan).',
    );
  else if (retrain?.due === true)
    steps.push(
      `Retraining is due by the rule of the stage (${retrain.when}): \`lifecycle retrain --dry-run\` shows the plan.`,
    );
  for (const feature of broken.slice(0, 3)) steps.push(sayFault(feature));
  const [first] = slices;
  if (first !== undefined && first.explains >= MOSTLY)
    steps.push(
      `Look at the rows where ${first.slice}: ${percent(first.explains)} of the drift is there. Measure the model on them too: \`labels: {slices: [${first.column}]}\` of the monitor stage, and \`fairness: {attributes: [${first.column}]}\` of the evaluation, which compares its groups.`,
    );
  if (report.verdict === 'drift' && performance !== undefined && worse.length === 0)
    steps.push(
      performance.labelled > 0
        ? `The inputs changed and the model is as good as it was on ${performance.labelled.toLocaleString('en')} rows with an outcome. If the change is there to stay, acknowledge it: \`lifecycle monitor --acknowledge COLUMN --reason …\`.`
        : 'No outcome has arrived, so whether it does harm is not known. `lifecycle feedback` tells what came true.',
    );
  if (report.verdict === 'drift' && performance === undefined)
    steps.push(
      'Whether the change does harm is not measured. Tell what came true with `lifecycle feedback`, or name `prediction` and `label` of the log.',
    );
  if (prediction?.drifted === true && drifted.length === 0)
    steps.push(
      `The predictions changed and no single column did: look at columns together (the domain classifier), and whether ${deployment.model} version ${deployment.version} is what you mean to serve.`,
    );
  if (report.verdict === 'drift')
    steps.push(
      'If this is the new normal, compare with it from now on: `lifecycle monitor --accept-reference --reason …`.',
    );
  if (steps.length === 0) steps.push('Nothing. The next look compares again.');
  return steps;
}

/** A few values outside the range are to be expected of more rows than training had; other faults count from a tenth of that on. */
function isMuch({ kind, share }: NonNullable<FeatureDrift['violations']>[number]): boolean {
  return share >= (kind === 'out-of-range' ? 0.05 : 0.005);
}

function sayFault({ column, of, violations = [] }: FeatureDrift): string {
  const [most] = violations.filter(isMuch).sort((a, b) => b.share - a.share);
  const examples = most?.examples === undefined ? '' : ` (${most.examples.slice(0, 3).join(', ')})`;
  const share = percent(most?.share ?? 0);
  switch (most?.kind) {
    case 'missing':
      return `Ask the source of ${column} why ${share} of its values are missing; training saw none missing. A \`fill\` step says what the model is to take for them.`;
    case 'wrong-type':
      return `Ask the source of ${column} what changed: ${share} of its values are not of its type and count as missing.`;
    case 'new-category':
      return `${column} has values that the model never saw${examples}, ${share} of the rows: are they real, or spelt differently? Real ones need rows to learn from.`;
    default:
      // What is measured of a text or an image is no number of the table that a step could keep within bounds.
      if (of !== undefined)
        return `${share} of the values of ${column} lie outside what the model learnt from${examples}: look at what sends ${of}.`;
      return `${share} of the values of ${column} lie outside what the model learnt from${examples}: check the unit first. A \`clip\` step keeps the model within its range.`;
  }
}

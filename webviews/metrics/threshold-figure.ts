import type { Evaluation, SplitEvaluation } from '../../schemas/generated/types';
import { h } from '../ui-kit';
import { percent } from '../ui-kit/figure';
import { number } from '../ui-kit/format';
import { rocFigure } from '../ui-kit/judged';
import { saveable, type SaveFigure } from './figure-save';
import { count } from '../renderer/parts';
import { outcomesAt, rocOutcomes } from './threshold';

/** What a wrong prediction costs, in any unit. */
export interface Costs {
  readonly falsePositive: number;
  readonly falseNegative: number;
}

const size = { width: 260, height: 210 } as const;

/** ROC with a slider: what a threshold gives, and what it costs. */
export function thresholdFigure(
  { threshold: usual }: Evaluation,
  judged: SplitEvaluation,
  before: Costs,
  onCosts: (costs: Costs) => void,
  save: SaveFigure,
): HTMLElement {
  let costs = before;
  const { roc, confusion } = judged;
  const place = h('div', {});
  const says = h('p', { class: 'says', role: 'status' });
  const best = h('p', { class: 'says' });
  const table = h('table', { class: 'statistics' });
  const slider = h('input', { type: 'range', min: 0, max: 1, step: 0.005, 'aria-label': 'Threshold' });
  const cost = (label: string, key: keyof Costs): HTMLElement => {
    const input = h('input', {
      type: 'number',
      min: 0,
      step: 'any',
      value: costs[key],
      class: 'cost',
      'aria-label': label,
    });
    input.addEventListener('input', () => {
      const value = Number(input.value);
      if (!(value >= 0)) return;
      costs = { ...costs, [key]: value };
      onCosts(costs);
      update();
    });
    return h('label', {}, `${label} `, input);
  };
  const [negatives = 0, positives = 0] = (confusion ?? []).map((row) => row.reduce((sum, value) => sum + value, 0));
  const outcomes = rocOutcomes(roc ?? { x: [], y: [], thresholds: [] }, positives, negatives);
  slider.value = String(usual ?? 0.5);
  const update = (): void => {
    const threshold = Number(slider.value);
    const at = outcomesAt(outcomes, threshold);
    if (!at) return;
    const costOf = (each: typeof at): number =>
      each.falsePositives * costs.falsePositive + each.falseNegatives * costs.falseNegative;
    const cheapest = outcomes.reduce((a, b) => (costOf(b) < costOf(a) ? b : a));
    const figure = rocFigure(judged, size, {
      x: at.falsePositives / negatives,
      y: at.truePositives / positives,
      says: `the dot is the threshold ${number(threshold)}`,
    });
    place.replaceChildren(saveable(figure, save));
    const rows = positives + negatives;
    const precision = at.truePositives / (at.truePositives + at.falsePositives);
    says.textContent = `From ${number(threshold)} on: ${count(at.truePositives)} of ${count(positives)} positives found, ${count(at.falsePositives)} false alarms; cost ${number(costOf(at))} (${number((costOf(at) / rows) * 1000)} per 1,000 rows).`;
    best.textContent = `Cheapest at ${number(Math.min(cheapest.threshold, 1))}: cost ${number(costOf(cheapest))}.`;
    table.replaceChildren(
      ...(
        [
          ['recall', at.truePositives / positives],
          ['precision', precision],
          ['false positive rate', at.falsePositives / negatives],
          ['predicted positive', (at.truePositives + at.falsePositives) / rows],
        ] as const
      ).map(([label, value]) => h('tr', {}, h('th', { scope: 'row' }, label), h('td', {}, percent(value)))),
    );
  };
  slider.addEventListener('input', update);
  update();
  return h(
    'section',
    { class: 'threshold', 'aria-label': 'Threshold' },
    place,
    h('label', { class: 'slider' }, 'Threshold ', slider),
    h('div', { class: 'bar' }, cost('Cost of a false alarm', 'falsePositive'), cost('of a miss', 'falseNegative')),
    says,
    best,
    table,
  );
}

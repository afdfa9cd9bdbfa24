import type { Evaluation, SplitEvaluation } from '../../schemas/generated/types';
import { h, select } from '../ui-kit';
import { lineChart } from '../ui-kit/chart';
import { confusionFigure } from '../ui-kit/confusion';
import { type AskExamples, ExamplesPlace, type Judged } from '../ui-kit/examples-place';
import { explanationFigures, trainedFigure } from '../ui-kit/explanation';
import { percent, written } from '../ui-kit/figure';
import { number } from '../ui-kit/format';
import type { RunEvaluation, RunState } from '../protocol';
import { outcomesAt, rocOutcomes } from './threshold';

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const small = { width: 260, height: 210 } as const;

/** The evaluation of one run: its confusion matrix, curves, calibration, and groups; the costs are kept by whoever shows it. */
export class EvaluationView {
  readonly element = h('div', { class: 'evaluation' });
  private found: readonly RunEvaluation[] = [];
  private chosen = '';
  private readonly body = h('div', {});
  private readonly choice = select('Evaluation', (value) => {
    this.chosen = value;
    this.draw();
  });
  private split = 'test';
  private readonly splits = select('Split', (value) => {
    this.split = value;
    this.draw();
  });
  private drawn = '';
  private instead = '';

  constructor(
    private costs: { falsePositive: number; falseNegative: number },
    private readonly onCosts: (costs: { falsePositive: number; falseNegative: number }) => void,
    private readonly ask: AskExamples,
    private readonly nameOf: (run: string) => string,
  ) {
    this.element.append(h('div', { class: 'bar' }, this.choice.element, this.splits.element), this.body);
  }

  /** @param runs those that are shown: they say what an evaluation that is not there waits for */
  show(found: readonly RunEvaluation[], runs: readonly RunState[]): void {
    this.found = found;
    this.instead = withoutFigures(runs);
    const choices = found.flatMap(({ run, stage, evaluation }) =>
      evaluation.candidates.map(({ name }) => ({
        value: `${run}\n${stage}\n${name}`,
        label: [found.length > 1 ? this.nameOf(run) : '', stage, `${name}${name === evaluation.best ? ' ★' : ''}`]
          .filter(Boolean)
          .join(' · '),
      })),
    );
    if (!choices.some(({ value }) => value === this.chosen)) {
      const best = found[0];
      this.chosen = best ? `${best.run}\n${best.stage}\n${best.evaluation.best}` : '';
    }
    this.choice.update(choices, this.chosen);
    this.draw();
  }

  private draw(): void {
    const [run, stage, name] = this.chosen.split('\n');
    const one = this.found.find((each) => each.run === run && each.stage === stage);
    const candidate = one?.evaluation.candidates.find((each) => each.name === name);
    const names = Object.keys(candidate?.splits ?? {}).sort();
    const split = names.includes(this.split) ? this.split : (names[0] ?? '');
    this.splits.update(
      names.map((each) => ({ value: each, label: `on ${each}` })),
      split,
    );
    this.choice.element.hidden = this.splits.element.hidden = this.found.length === 0;
    const judged = candidate?.splits[split];
    const found = this.found.map(({ run: other, stage: at }) => `${other} ${at}`).join();
    const key = `${found} ${this.chosen} ${split} ${JSON.stringify(judged)?.length ?? 0} ${one?.importance?.length ?? 0} ${this.instead}`;
    if (key === this.drawn) return;
    this.drawn = key;
    if (!one || !judged) {
      this.body.replaceChildren(h('p', { class: 'facts' }, this.instead));
      return;
    }
    const examples = this.examplesOf(one, name ?? '', split);
    this.body.replaceChildren(
      h(
        'div',
        { class: 'gallery' },
        metricsTable(judged, split),
        ...this.figures(one.evaluation, judged, split, examples),
        ...(candidate?.explanation ? explanationFigures(candidate.explanation) : []),
        importanceFigure(one, name ?? ''),
      ),
      examples.element,
      ...(name === one.evaluation.best && split === 'test' ? fairness(one.evaluation) : []),
    );
  }

  private figures(
    evaluation: Evaluation,
    judged: SplitEvaluation,
    split: string,
    examples: ExamplesPlace,
  ): HTMLElement[] {
    const { confusion, roc, pr, calibration } = judged;
    const figures: HTMLElement[] = [];
    if (confusion && confusion.length > 0)
      figures.push(
        confusionFigure({
          counts: confusion,
          classes: (evaluation.classes ?? []).map(String),
          split,
          onCell: examples.cell,
        }),
      );
    if (roc && roc.x.length > 0 && confusion?.length === 2) figures.push(this.thresholdFigure(evaluation, judged));
    else if (roc && roc.x.length > 0) figures.push(rocFigure(judged));
    if (pr && pr.x.length > 0)
      figures.push(
        lineChart({
          title: 'Precision and recall',
          summary: `Average precision ${written(judged.metrics['pr-auc'])}.`,
          curves: [{ name: 'precision', x: pr.x, y: pr.y, hue: 2 }],
          xLabel: 'recall',
          yLabel: 'precision',
          x: [0, 1],
          y: [0, 1],
          ...small,
        }),
      );
    if (calibration && calibration.length > 0) {
      const rows = calibration.reduce((sum, { count }) => sum + count, 0);
      // Expected calibration error (Naeini et al., 2015) on the bins of the evaluation.
      const error = calibration.reduce(
        (sum, { count, predicted, observed }) => sum + (count / rows) * Math.abs(predicted - observed),
        0,
      );
      figures.push(
        lineChart({
          title: 'Calibration',
          summary: `Expected calibration error ${number(error)} on ${calibration.length} bins; the dotted line is perfect.`,
          curves: [
            {
              name: 'observed',
              x: calibration.map(({ predicted }) => predicted),
              y: calibration.map(({ observed }) => observed),
              hue: 1,
              dots: true,
            },
          ],
          xLabel: 'predicted probability',
          yLabel: 'observed share',
          x: [0, 1],
          y: [0, 1],
          diagonal: true,
          ...small,
        }),
      );
    }
    return figures;
  }

  /** The rows behind the figures, and those that another model of the runs shown disagrees on. */
  private examplesOf({ run, stage, evaluation }: RunEvaluation, model: string, split: string): ExamplesPlace {
    const all = this.found.flatMap((each) =>
      each.evaluation.candidates.map((candidate) => ({ each, candidate, judged: this.judgedOf(each, candidate.name) })),
    );
    const others = all.filter(
      ({ each, candidate }) =>
        each.evaluation.task === evaluation.task &&
        !(each.run === run && each.stage === stage && candidate.name === model),
    );
    const both = [
      evaluation.candidates.find(({ name }) => name === model),
      ...others.map(({ candidate }) => candidate),
    ];
    return new ExamplesPlace({
      ask: this.ask,
      judged: { run, stage, model, label: model },
      split,
      others: others.map(({ judged }) => judged),
      // On the test split only the chosen candidate of an evaluation may be judged.
      common: both.every((each) => each && 'validation' in each.splits) ? 'validation' : split,
      regression: evaluation.task === 'regression',
    });
  }

  private judgedOf({ run, stage }: RunEvaluation, model: string): Judged {
    const several = new Set(this.found.map((each) => each.run)).size > 1;
    return { run, stage, model, label: several ? `${model} of ${this.nameOf(run)}` : model };
  }

  /** ROC with a slider: what a threshold gives, and what it costs. */
  private thresholdFigure(evaluation: Evaluation, judged: SplitEvaluation): HTMLElement {
    const { roc, confusion } = judged;
    const place = h('div', {});
    const says = h('p', { class: 'says', role: 'status' });
    const best = h('p', { class: 'says' });
    const table = h('table', { class: 'statistics' });
    const slider = h('input', { type: 'range', min: 0, max: 1, step: 0.005, 'aria-label': 'Threshold' });
    const cost = (label: string, key: 'falsePositive' | 'falseNegative'): HTMLElement => {
      const input = h('input', {
        type: 'number',
        min: 0,
        step: 'any',
        value: this.costs[key],
        class: 'cost',
        'aria-label': label,
      });
      input.addEventListener('input', () => {
        const value = Number(input.value);
        if (!(value >= 0)) return;
        this.costs = { ...this.costs, [key]: value };
        this.onCosts(this.costs);
        update();
      });
      return h('label', {}, `${label} `, input);
    };
    const [negatives = 0, positives = 0] = (confusion ?? []).map((row) => row.reduce((sum, value) => sum + value, 0));
    const outcomes = rocOutcomes(roc ?? { x: [], y: [], thresholds: [] }, positives, negatives);
    slider.value = String(evaluation.threshold ?? 0.5);
    const update = (): void => {
      const threshold = Number(slider.value);
      const at = outcomesAt(outcomes, threshold);
      if (!at) return;
      const costOf = (each: typeof at): number =>
        each.falsePositives * this.costs.falsePositive + each.falseNegatives * this.costs.falseNegative;
      const cheapest = outcomes.reduce((a, b) => (costOf(b) < costOf(a) ? b : a));
      place.replaceChildren(
        lineChart({
          title: 'ROC and threshold',
          summary: `Area ${written(judged.metrics['auc'])}; the dot is the threshold ${number(threshold)}.`,
          curves: [
            { name: 'ROC', x: roc?.x ?? [], y: roc?.y ?? [], hue: 0 },
            {
              name: 'threshold',
              x: [at.falsePositives / negatives],
              y: [at.truePositives / positives],
              hue: 1,
              dots: true,
            },
          ],
          xLabel: 'false positive rate',
          yLabel: 'true positive rate',
          x: [0, 1],
          y: [0, 1],
          diagonal: true,
          ...small,
        }),
      );
      const rows = positives + negatives;
      const precision = at.truePositives / (at.truePositives + at.falsePositives);
      says.textContent = `From ${number(threshold)} on: ${whole(at.truePositives)} of ${whole(positives)} positives found, ${whole(at.falsePositives)} false alarms; cost ${number(costOf(at))} (${number((costOf(at) / rows) * 1000)} per 1,000 rows).`;
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
}

function rocFigure({ roc, metrics }: SplitEvaluation): HTMLElement {
  return lineChart({
    title: 'ROC',
    summary: `Area ${written(metrics['auc'])}; the dotted line is chance.`,
    curves: [{ name: 'ROC', x: roc?.x ?? [], y: roc?.y ?? [], hue: 0 }],
    xLabel: 'false positive rate',
    yLabel: 'true positive rate',
    x: [0, 1],
    y: [0, 1],
    diagonal: true,
    ...small,
  });
}

function metricsTable(judged: SplitEvaluation, split: string): HTMLElement {
  return h(
    'table',
    { class: 'statistics' },
    h('caption', {}, `Metrics on ${whole(judged.rows)} rows of ${split}, with 95 % intervals`),
    ...Object.entries(judged.metrics).map(([name, value]) => {
      const interval = judged.intervals?.[name];
      return h(
        'tr',
        {},
        h('th', { scope: 'row' }, name),
        h(
          'td',
          {},
          number(value),
          interval
            ? h('span', { class: 'interval' }, ` [${number(interval[0] ?? NaN)}, ${number(interval[1] ?? NaN)}]`)
            : false,
        ),
      );
    }),
  );
}

function importanceFigure({ importance = [] }: RunEvaluation, candidate: string): HTMLElement | '' {
  const list = importance.filter((each) => each.stage === candidate || importance.length === 1)[0]?.features ?? [];
  return list.length === 0 ? '' : trainedFigure(list);
}

function fairness({ fairness: reports = [] }: Evaluation): HTMLElement[] {
  return reports.map(({ attribute, groups, gaps }) => {
    const names = [...new Set(groups.flatMap(({ metrics }) => Object.keys(metrics)))];
    return h(
      'section',
      { 'aria-label': `Groups of ${attribute}` },
      h('h2', {}, `Groups of ${attribute}`),
      h(
        'p',
        { class: 'says' },
        Object.entries(gaps)
          .map(([name, value]) => `${name.replaceAll('-', ' ')} ${written(value)}`)
          .join(' · '),
      ),
      h(
        'div',
        { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Table of the groups of ${attribute}` },
        h(
          'table',
          { class: 'statistics' },
          h('caption', { class: 'unseen' }, `Metrics of the groups of ${attribute} with 95 % intervals`),
          h(
            'tr',
            {},
            ...['group', 'rows', ...names].map((head) => h('th', { scope: 'col' }, head.replaceAll('-', ' '))),
          ),
          ...groups.map(({ group, rows, metrics, intervals, note }) =>
            h(
              'tr',
              {},
              h('th', { scope: 'row' }, group),
              h('td', {}, whole(rows)),
              ...names.map((name) => {
                const interval = intervals?.[name];
                return h(
                  'td',
                  {},
                  number(metrics[name] ?? null),
                  interval
                    ? h(
                        'span',
                        { class: 'interval' },
                        ` [${number(interval[0] ?? NaN)}, ${number(interval[1] ?? NaN)}]`,
                      )
                    : false,
                );
              }),
              ...(note ? [h('td', {}, note)] : []),
            ),
          ),
        ),
      ),
    );
  });
}

/** What is said where there are no figures. */
function withoutFigures(runs: readonly RunState[]): string {
  const stages = runs.flatMap((run) => run.stages.filter(({ kind }) => kind === 'evaluate'));
  const awaited = stages.find(({ status }) => status === 'waiting' || status === 'running');
  if (awaited) return `${awaited.name} has not finished yet. Its figures appear here.`;
  const ended = stages.find(({ status }) => status !== 'succeeded' && status !== 'reused');
  return ended
    ? `${ended.name} did not finish in this run, so there are no figures of it.`
    : 'No evaluation in these runs. An evaluate stage makes one; its figures appear here.';
}

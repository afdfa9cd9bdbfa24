import type { Evaluation, FairnessReport, SplitEvaluation } from '../../schemas/generated/types';
import type { StageOutput } from '../protocol';
import { histogram, lineChart } from '../ui-kit/chart';
import { confusionFigure } from '../ui-kit/confusion';
import { h } from '../ui-kit/dom';
import { type AskExamples, ExamplesPlace, type Judged } from '../ui-kit/examples-place';
import { explanationFigures } from '../ui-kit/explanation';
import { bytes, written } from '../ui-kit/figure';
import { number } from '../ui-kit/format';
import type { Editor } from './editor';
import { count, gallery, measured, section, table, verdict, type Cell } from './parts';

/** An evaluate stage: the candidates on validation, the chosen one on test, the gates, its pictures, and the groups. */
export function evaluateView(
  { run, stage }: Pick<StageOutput, 'run' | 'stage'>,
  evaluation: Evaluation,
  editor?: Editor,
): Node[] {
  const best = evaluation.candidates.find(({ name }) => name === evaluation.best);
  const [split, judged] = best?.splits['test']
    ? (['test', best.splits['test']] as const)
    : (['validation', best?.splits['validation']] as const);
  const examples = editor && judged ? examplesOf(run, stage, evaluation, split, editor.examples) : undefined;
  return [
    candidates(evaluation),
    gallery(
      h('div', {}, gates(evaluation), test(evaluation, split, judged)),
      ...(judged ? pictures(evaluation, split, judged, examples) : []),
    ),
    ...(examples ? [examples.element] : []),
    ...explained(evaluation),
    ...(evaluation.fairness ?? []).map(fairness),
  ];
}

function candidates(evaluation: Evaluation): HTMLElement {
  const { candidates: list, best } = evaluation;
  const { metric, split } = evaluation['chosen-by'];
  const names = [...new Set(list.flatMap(({ splits }) => Object.keys(splits[split]?.metrics ?? {})))];
  const rows = list.map(({ name, kind, bytes: size, splits }): Cell[] => [
    name === best ? `★ ${name}` : name,
    kind,
    size === undefined ? '–' : bytes(size),
    ...names.map((each) => measured(splits[split]?.metrics[each], splits[split]?.intervals?.[each])),
  ]);
  const chosen = list.find(({ name }) => name === best)?.splits[split]?.metrics[metric];
  return section(
    'Candidates',
    h(
      'p',
      { class: 'says' },
      `${best} is chosen of ${list.length} by ${metric} ${written(chosen)} on ${split}. Brackets hold 95 % intervals.`,
    ),
    table({
      caption: `Metrics of the candidates on ${split}`,
      quiet: true,
      head: ['candidate', 'model', 'size', ...names],
      words: [1],
      rows,
      look: (row) => (list[row]?.name === best ? 'chosen' : undefined),
    }),
  );
}

function test(evaluation: Evaluation, split: string, judged: SplitEvaluation | undefined): HTMLElement {
  if (!judged) return h('div', { hidden: true });
  const looks = evaluation['looks-at-test'];
  return section(
    `${evaluation.best} on ${split}`,
    table({
      caption: `Metrics of ${evaluation.best} on ${count(judged.rows)} rows of ${split}`,
      quiet: true,
      head: ['metric', 'value [95 % interval]'],
      rows: Object.entries(judged.metrics).map(([name, value]) => [name, measured(value, judged.intervals?.[name])]),
    }),
    split === 'test' && looks !== undefined && looks > 1
      ? h('p', { class: 'says' }, `${looks} models have been judged on this test split.`)
      : false,
  );
}

function explained({ candidates: list, best }: Evaluation): HTMLElement[] {
  return list.flatMap(({ name, explanation }) =>
    explanation && name === best ? [section(`What ${name} looks at`, gallery(...explanationFigures(explanation)))] : [],
  );
}

function gates({ gates: list }: Evaluation): HTMLElement {
  if (list.length === 0) return h('div', { hidden: true });
  return section(
    'Requirements',
    table({
      caption: 'Requirements on the test split',
      quiet: true,
      head: ['metric', 'required', 'measured', 'result'],
      words: [1, 3],
      rows: list.map(({ metric, bound, value, passed }) => [
        metric,
        bound,
        written(value),
        verdict(passed, 'passed', 'failed'),
      ]),
    }),
  );
}

/** The rows behind the figures: of the chosen model, which may have seen no other candidate on the test split. */
function examplesOf(
  run: string,
  stage: string,
  { best, candidates: list, task }: Evaluation,
  split: string,
  ask: AskExamples,
): ExamplesPlace {
  const judged = (model: string): Judged => ({ run, stage, model, label: model });
  return new ExamplesPlace({
    ask,
    judged: judged(best),
    split,
    others: list.filter(({ name }) => name !== best).map(({ name }) => judged(name)),
    common: list.every(({ splits }) => 'validation' in splits) ? 'validation' : split,
    regression: task === 'regression',
  });
}

function pictures(
  { classes = [] }: Evaluation,
  split: string,
  judged: SplitEvaluation,
  examples: ExamplesPlace | undefined,
): HTMLElement[] {
  const found: HTMLElement[] = [];
  const { confusion, roc, pr, calibration, residuals, metrics } = judged;
  if (confusion && confusion.length > 0)
    found.push(
      confusionFigure({
        counts: confusion,
        classes: classes.map(String),
        split,
        ...(examples ? { onCell: examples.cell } : {}),
      }),
    );
  if (roc && roc.x.length > 0)
    found.push(
      lineChart({
        title: 'ROC',
        summary: `Area ${written(metrics['auc'])}; the dotted line is chance.`,
        curves: [{ name: 'ROC', x: roc.x, y: roc.y, hue: 0 }],
        xLabel: 'false positive rate',
        yLabel: 'true positive rate',
        x: [0, 1],
        y: [0, 1],
        diagonal: true,
        width: 230,
        height: 200,
      }),
    );
  if (pr && pr.x.length > 0)
    found.push(
      lineChart({
        title: 'Precision and recall',
        summary: `Average precision ${written(metrics['pr-auc'])}.`,
        curves: [{ name: 'precision', x: pr.x, y: pr.y, hue: 2 }],
        xLabel: 'recall',
        yLabel: 'precision',
        x: [0, 1],
        y: [0, 1],
        width: 230,
        height: 200,
      }),
    );
  if (calibration && calibration.length > 0) {
    const [sum, off] = calibration.reduce(
      ([rows, gap], { count: n, predicted, observed }) => [rows + n, gap + n * Math.abs(predicted - observed)],
      [0, 0],
    );
    found.push(
      lineChart({
        title: 'Calibration',
        summary: `Predicted and observed shares are ${number(off / sum)} apart on average.`,
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
        width: 230,
        height: 200,
      }),
    );
  }
  if (residuals && residuals.counts.length > 0) found.push(residualFigure(residuals, metrics));
  return found;
}

function residualFigure(
  { edges, counts }: { readonly edges: readonly number[]; readonly counts: readonly number[] },
  metrics: Readonly<Record<string, number>>,
): HTMLElement {
  const error = metrics['mae'] === undefined ? '' : ` On average it is off by ${written(metrics['mae'])}.`;
  const says = `Prediction minus truth, from ${written(edges[0])} to ${written(edges.at(-1))}.${error}`;
  return h(
    'figure',
    { class: 'figure' },
    h('figcaption', { class: 'title' }, h('strong', {}, 'Residuals'), h('span', { class: 'says' }, says)),
    histogram(counts, edges, says, { width: 320, height: 160, axis: true }),
    h(
      'div',
      { class: 'unseen' },
      h(
        'table',
        {},
        h('caption', {}, 'Histogram of the residuals'),
        h('tr', {}, ...['from', 'to', 'rows'].map((head) => h('th', { scope: 'col' }, head))),
        ...counts.map((value, index) =>
          h('tr', {}, ...[edges[index], edges[index + 1], value].map((each) => h('td', {}, written(each)))),
        ),
      ),
    ),
  );
}

function fairness({ attribute, groups, gaps }: FairnessReport): HTMLElement {
  const names = [...new Set(groups.flatMap(({ metrics }) => Object.keys(metrics)))];
  const differences = Object.entries(gaps).map(([name, value]) => `${name.replaceAll('-', ' ')} ${written(value)}`);
  return section(
    `Groups of ${attribute}`,
    h('p', { class: 'says' }, `${groups.length} groups. ${differences.join(' · ')}`),
    table({
      caption: `Metrics of the groups of ${attribute}, with 95 % intervals`,
      quiet: true,
      head: [
        'group',
        'rows',
        ...names.map((name) => name.replaceAll('-', ' ')),
        ...(groups.some(({ note }) => note) ? ['note'] : []),
      ],
      words: [names.length + 2],
      rows: groups.map(({ group, rows, metrics, intervals, note }): Cell[] => [
        group,
        count(rows),
        ...names.map((name) => measured(metrics[name], intervals?.[name])),
        ...(groups.some((each) => each.note) ? [note ?? ''] : []),
      ]),
    }),
  );
}

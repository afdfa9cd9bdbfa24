// The figures of a model that was judged on a split: what the Evaluation tab and an evaluate stage's result both show.

import type { SplitEvaluation } from '../../schemas/generated/types';
import { histogram, lineChart, type Curve } from './chart';
import { h } from './dom';
import { extent, padded, written } from './figure';
import { number } from './format';

/** Pixels. */
export interface FigureSize {
  readonly width: number;
  readonly height: number;
}

/** Curves of rates: both axes go from 0 to 1. */
const unit = { x: [0, 1], y: [0, 1] } as const;

/**
 * The receiver operating characteristic.
 * @param at the place of one threshold on it; `says` tells of it
 */
export function rocFigure(
  { roc, metrics }: SplitEvaluation,
  size: FigureSize,
  at?: { readonly x: number; readonly y: number; readonly says: string },
): HTMLElement {
  const dot: Curve[] = at ? [{ name: 'threshold', x: [at.x], y: [at.y], hue: 1, dots: true }] : [];
  return lineChart({
    title: at ? 'ROC and threshold' : 'ROC',
    summary: `Area ${written(metrics['auc'])}; ${at?.says ?? 'the dotted line is chance'}.`,
    curves: [{ name: 'ROC', x: roc?.x ?? [], y: roc?.y ?? [], hue: 0 }, ...dot],
    xLabel: 'false positive rate',
    yLabel: 'true positive rate',
    ...unit,
    diagonal: true,
    ...size,
  });
}

/** What a split has to show beside its confusion matrix and its ROC curve: precision and recall, calibration; of a regression the truth beside the predictions, and residuals. */
export function judgedFigures(split: SplitEvaluation, size: FigureSize): HTMLElement[] {
  const { pr, calibration, residuals, metrics } = split;
  return [
    ...(pr && pr.x.length > 0
      ? [
          lineChart({
            title: 'Precision and recall',
            summary: `Average precision ${written(metrics['pr-auc'])}.`,
            curves: [{ name: 'precision', x: pr.x, y: pr.y, hue: 2 }],
            xLabel: 'recall',
            yLabel: 'precision',
            ...unit,
            ...size,
          }),
        ]
      : []),
    ...(calibration && calibration.length > 0 ? [calibrationFigure(calibration, size)] : []),
    ...(split.scatter && split.scatter.predicted.length > 0 ? [scatterFigure(split, size)] : []),
    ...(residuals && residuals.counts.length > 0 ? [residualFigure(residuals, metrics)] : []),
  ];
}

function calibrationFigure(bins: NonNullable<SplitEvaluation['calibration']>, size: FigureSize): HTMLElement {
  const rows = bins.reduce((sum, { count }) => sum + count, 0);
  // Expected calibration error (Naeini et al., 2015) on the bins of the evaluation.
  const error = bins.reduce(
    (sum, { count, predicted, observed }) => sum + (count / rows) * Math.abs(predicted - observed),
    0,
  );
  const observed: Curve = {
    name: 'observed',
    x: bins.map(({ predicted }) => predicted),
    y: bins.map((bin) => bin.observed),
    hue: 1,
    dots: true,
  };
  return lineChart({
    title: 'Calibration',
    summary: `Expected calibration error ${number(error)} on ${bins.length} bins; the dotted line is perfect.`,
    curves: [observed],
    xLabel: 'predicted probability',
    yLabel: 'observed share',
    ...unit,
    diagonal: true,
    ...size,
  });
}

/** What was true over what was predicted, with the mean of each tenth of the rows: the one shows the spread, the other where predictions are too high or too low. */
function scatterFigure({ rows, scatter, tenths = [] }: SplitEvaluation, size: FigureSize): HTMLElement {
  const { predicted = [], actual = [] } = scatter ?? {};
  const means: Curve = {
    name: 'mean of a tenth of the rows',
    x: tenths.map((part) => part.predicted),
    y: tenths.map(({ observed }) => observed),
    hue: 1,
    dots: true,
  };
  const ends = padded(extent([...predicted, ...actual, ...means.x, ...means.y]) ?? [0, 1]);
  const which = predicted.length < rows ? `${count(predicted.length)} of ${count(rows)} rows` : `${count(rows)} rows`;
  return lineChart({
    title: 'Predicted and actual',
    summary: `${which}, what was true upwards; on the dotted line predictions are right. Where the means lie above it, predictions are too low.`,
    curves: [{ name: 'rows', x: predicted, y: actual, hue: 0, cloud: true }, means],
    xLabel: 'predicted',
    yLabel: 'actual',
    x: ends,
    y: ends,
    diagonal: true,
    ...size,
  });
}

const count = (value: number): string => value.toLocaleString('en');

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

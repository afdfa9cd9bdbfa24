import type { DriftReport } from '../../schemas/generated/types';
import { h } from '../ui-kit';
import { lineChart } from '../ui-kit/chart';
import { percent } from '../ui-kit/figure';
import { dayOf } from './feature';
import { chartWidth } from './size';

/** The share of drifted columns and the predictions, window by window, with the alerts where they began. */
export function overTime(report: DriftReport): HTMLElement[] {
  const windows = report.windows ?? [];
  if (windows.length < 2) return [];
  const x = windows.map(({ from }) => Date.parse(from));
  const began = (report.alerts ?? [])
    .filter(({ state }) => state === 'firing' || state === 'pending')
    .map(({ since, rule }) => ({ x: Date.parse(since), text: rule }));
  const worst = windows.reduce((a, b) => (b.share > a.share ? b : a));
  const figures = [
    lineChart({
      title: 'Drifted columns over time',
      summary: `${windows.length} windows; most in the one from ${dayOf(Date.parse(worst.from))}: ${percent(worst.share)}.`,
      curves: [
        { name: 'share of columns', x, y: windows.map(({ share }) => share), hue: 0, dots: windows.length < 60 },
      ],
      marks: windows.flatMap(({ verdict, share }, index) =>
        verdict === 'drift' ? [{ x: x[index] ?? 0, y: share, text: 'drift' }] : [],
      ),
      verticals: began,
      xLabel: 'window',
      yLabel: 'share',
      xText: dayOf,
      y: [0, 1],
      width: chartWidth(),
    }),
  ];
  const predictions = windows.map(({ prediction }) => prediction?.mean ?? NaN);
  if (predictions.some((value) => Number.isFinite(value)))
    figures.push(
      lineChart({
        title: 'Predictions over time',
        summary: `Mean prediction of each window; ${windows.filter(({ prediction }) => prediction?.drifted).length} of ${windows.length} drifted.`,
        curves: [{ name: 'mean prediction', x, y: predictions, hue: 2, dots: windows.length < 60 }],
        marks: windows.flatMap(({ prediction }, index) =>
          prediction?.drifted ? [{ x: x[index] ?? 0, y: prediction.mean ?? NaN, text: 'drifted' }] : [],
        ),
        xLabel: 'window',
        yLabel: 'mean',
        xText: dayOf,
        width: chartWidth(),
      }),
    );
  return [
    h('section', { 'aria-label': 'Over time' }, h('h2', {}, 'Over time'), h('div', { class: 'gallery' }, ...figures)),
  ];
}

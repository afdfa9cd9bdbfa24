import type uPlot from 'uplot';
import { color } from '../ui-kit';
import { number, tick } from '../ui-kit/format';
import type { Series } from '../protocol';
import type { XAxis } from './smooth';

/** What a chart is drawn by. */
export interface PlotRequest {
  readonly members: readonly Series[];
  readonly width: number;
  readonly height: number;
  readonly axis: XAxis;
  readonly logX: boolean;
  readonly logY: boolean;
  /** Whether each curve has its raw one behind it. */
  readonly ghost: boolean;
  strokeOf(series: Series): { readonly color: string; readonly dash: number[] };
  labelOf(series: Series): string;
  /** Called when the curves are drawn, for what stands beside them. */
  drawn(plot: uPlot): void;
  /** Called when another part of the x axis is seen. */
  moved(plot: uPlot): void;
}

/** Curves, bands, axes, legend and hooks of a chart, in the colours of the theme. */
export function plotOptions(request: PlotRequest): uPlot.Options {
  const { members, width, height, axis, logX, logY, ghost } = request;
  const text = color('--vscode-descriptionForeground', '#808080');
  const line = color('--vscode-editorWidget-border', color('--vscode-contrastBorder', '#80808040'));
  const grid = { stroke: line, width: 0.5 };
  const font = `11px ${color('--vscode-font-family', 'sans-serif')}`;
  const series: uPlot.Series[] = [
    { label: axis === 'wall' ? 'time' : axis, value: (_plot, value: number | null) => xText(axis, value) },
  ];
  const bands: uPlot.Band[] = [];
  const strokes: string[] = [];
  const dashed = new Set<number>();
  for (const member of members) {
    const { color: stroke, dash } = request.strokeOf(member);
    const label = request.labelOf(member);
    strokes[series.length] = stroke;
    if (dash.length > 0) dashed.add(series.length);
    series.push({
      label,
      stroke,
      width: 1.5,
      dash,
      spanGaps: true,
      points: { show: member.values.length < 2 },
      value: (_plot, value: number | null) => number(value),
    });
    if (ghost)
      series.push({ label: '', stroke: faint(stroke, 0.3), width: 1, spanGaps: true, points: { show: false } });
    if (member.low && member.high) {
      bands.push({ series: [series.length, series.length + 1], fill: faint(stroke, 0.22) });
      for (const _edge of ['high', 'low'])
        series.push({ label: '', width: 0, spanGaps: true, points: { show: false } });
    }
  }
  return {
    width: Math.max(width, 160),
    height,
    scales: {
      x: { time: axis === 'wall', ...(logX && axis !== 'wall' ? { distr: 3 as const } : {}) },
      ...(logY ? { y: { distr: 3 as const } } : {}),
    },
    cursor: { sync: { key: 'metrics' }, y: false, points: { size: 6 }, drag: { x: true, y: false, setScale: true } },
    legend: {
      live: true,
      markers: {
        width: 2,
        stroke: (_plot, index) => strokes[index] ?? 'transparent',
        fill: () => 'transparent',
        dash: (_plot, index) => (dashed.has(index) ? 'dashed' : 'solid'),
      },
    },
    bands,
    axes: [
      {
        stroke: text,
        grid,
        ticks: grid,
        font,
        size: 26,
        ...(axis === 'wall'
          ? {}
          : {
              values: (_plot: uPlot, values: number[]) =>
                values.map((value) => (value === null ? '' : xText(axis, value))),
            }),
      },
      {
        stroke: text,
        grid,
        ticks: grid,
        font,
        size: 52,
        values: (_plot, values) => values.map((value) => (value === null ? '' : tick(value))),
      },
    ],
    series,
    hooks: {
      // Only the curves themselves are in the legend.
      init: [
        (plot) => {
          plot.root.querySelectorAll('.u-series').forEach((row, index) => {
            if (index > 0 && series[index]?.label === '') row.classList.add('none');
          });
        },
      ],
      draw: [(plot) => request.drawn(plot)],
      setScale: [(plot, key) => key === 'x' && request.moved(plot)],
    },
  };
}

function xText(axis: XAxis, value: number | null): string {
  if (value === null || value === undefined) return '–';
  if (axis === 'wall') return new Date(value * 1000).toLocaleString();
  if (axis === 'relative')
    return value < 60 ? `${tick(value)} s` : value < 3600 ? `${tick(value / 60)} min` : `${tick(value / 3600)} h`;
  return tick(value);
}

function faint(stroke: string, share: number): string {
  return `${stroke}${Math.round(share * 255)
    .toString(16)
    .padStart(2, '0')}`;
}

import uPlot from 'uplot';
import { color } from '../ui-kit';
import { tick, ticksText } from '../ui-kit/format';
import type { Series } from '../protocol';
import type { LegendEntry } from './legend';
import { countsSeconds } from '../ui-kit/series';
import { robustRange } from './robust';
import type { XAxis } from './smooth';

type LegendPlace = PlotPlan['entries'][number];

/** What a place along x is called before its number. */
const words = { step: 'step', epoch: 'epoch', relative: '', seconds: '', wall: '' } as const;

/** What a chart is drawn by. */
export interface PlotRequest {
  readonly members: readonly Series[];
  readonly width: number;
  readonly height: number;
  readonly axis: XAxis;
  readonly logX: boolean;
  readonly logY: boolean;
  /** Whether a few wild points may lie outside. */
  readonly robust: boolean;
  /** Whether each curve has its raw one behind it. */
  readonly ghost: boolean;
  strokeOf(series: Series): { readonly color: string; readonly dash: number[] };
  labelOf(series: Series): string;
  /** Called when the curves are drawn, for what stands beside them. */
  drawn(plot: uPlot): void;
  /** Called when the crosshair went elsewhere. */
  pointed(): void;
  /** Called when another part of the x axis is seen. */
  moved(plot: uPlot): void;
}

/** How a chart is drawn, and its curves for the legend. */
export interface PlotPlan {
  readonly options: uPlot.Options;
  readonly entries: readonly Pick<LegendEntry, 'label' | 'marker' | 'place' | 'ghost'>[];
  /** A place along x in words. */
  readonly xText: (value: number) => string;
}

/** Curves, bands, axes and hooks of a chart, in the colours of the theme. */
export function plotPlan(request: PlotRequest): PlotPlan {
  const { members, width, height, axis, logX, logY, ghost, robust } = request;
  const shown = axis === 'step' && members.length > 0 && members.every(countsSeconds) ? 'seconds' : axis;
  const text = color('--vscode-descriptionForeground', '#808080');
  const line = color('--vscode-editorWidget-border', color('--vscode-contrastBorder', '#80808040'));
  const grid = { stroke: line, width: 0.5 };
  const font = `11px ${color('--vscode-font-family', 'sans-serif')}`;
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const entries: LegendPlace[] = [];
  for (const member of members) {
    const { color: stroke, dash } = request.strokeOf(member);
    entries.push({ label: request.labelOf(member), marker: markerOf(stroke, dash), place: series.length, ghost });
    series.push({
      stroke,
      width: 1.5,
      dash,
      spanGaps: true,
      points: { show: member.values.length < 2 },
    });
    if (ghost) series.push({ stroke: faint(stroke, 0.3), width: 1, spanGaps: true, points: { show: false } });
    if (member.low && member.high) {
      bands.push({ series: [series.length, series.length + 1], fill: faint(stroke, 0.22) });
      for (const _edge of ['high', 'low']) series.push({ width: 0, spanGaps: true, points: { show: false } });
    }
  }
  // The ends of the y axis where wild points may lie outside; those of all points where there is nothing wild.
  const robustScale = (plot: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax => {
    const { min, max } = plot.scales['x'] ?? {};
    const xs = plot.data[0];
    const shown = entries.filter(({ place }) => plot.series[place]?.show !== false);
    const from = xs.findIndex((x) => x >= (min ?? -Infinity));
    const to = xs.findLastIndex((x) => x <= (max ?? Infinity));
    const range = robustRange(
      shown.map(({ place }) => plot.data[place] ?? []),
      Math.max(0, from),
      to,
      logY,
    );
    if (range) return [...range];
    if (low === null || high === null) return [null, null];
    return logY ? uPlot.rangeLog(low, high, 10, false) : uPlot.rangeNum(low, high, 0.1, true);
  };
  const options: uPlot.Options = {
    width: Math.max(width, 160),
    height,
    scales: {
      x: {
        time: axis === 'wall',
        // Not up to the next power of ten: half of the chart would be empty.
        ...(logX && axis !== 'wall'
          ? { distr: 3 as const, range: (_plot, low, high) => (low < high ? [low, high] : [low / 2, low * 2]) }
          : {}),
      },
      y: {
        ...(logY ? { distr: 3 as const } : {}),
        ...(robust
          ? { range: (plot: uPlot, low: number | null, high: number | null) => robustScale(plot, low, high) }
          : {}),
      },
    },
    cursor: { sync: { key: 'metrics' }, y: false, points: { size: 6 }, drag: { x: true, y: false, setScale: true } },
    legend: { show: false },
    bands,
    axes: [
      {
        stroke: text,
        grid,
        ticks: grid,
        font,
        size: 26,
        ...(axis === 'step' && !logX ? { incrs: wholeSteps } : {}),
        // Times are longer than numbers.
        ...(axis === 'relative' || axis === 'wall' ? { space: 64 } : {}),
        ...(axis === 'wall'
          ? {
              values: (_plot: uPlot, values: number[], _axis: number, _space: number, step: number) =>
                values.map((value) => clockText(value, step)),
            }
          : {
              values: (_plot: uPlot, values: number[]) =>
                shown === 'step' || shown === 'epoch'
                  ? marksOf(values)
                  : values.map((value) => (value === null ? '' : xText(shown, value))),
            }),
      },
      {
        stroke: text,
        grid,
        ticks: grid,
        font,
        size: (plot, texts) => roomFor(plot, texts, font),
        values: (_plot, values) => marksOf(values),
      },
    ],
    series,
    hooks: {
      draw: [(plot) => request.drawn(plot)],
      setScale: [(plot, key) => key === 'x' && request.moved(plot)],
      setCursor: [() => request.pointed()],
    },
  };
  return {
    options,
    entries,
    xText: (value) => (axis === 'wall' ? xText(shown, value) : `${words[shown]} ${xText(shown, value)}`.trim()),
  };
}

/** There is no half of a step. */
const wholeSteps = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((factor) => factor * 10 ** power)).flat();

/** Texts of the marks of an axis; a logarithmic one leaves some out. */
function marksOf(values: readonly (number | null)[]): string[] {
  const texts = ticksText(values.filter((value) => value !== null));
  let at = 0;
  return values.map((value) => (value === null ? '' : (texts[at++] ?? '')));
}

/** Pixels beside an axis that its marks take without their texts: the tick, the gap and a little air. */
const beside = 18;

/** Pixels that the y axis takes: charts stand in line unless their numbers are long. */
function roomFor({ ctx }: uPlot, texts: readonly string[] | null, font: string): number {
  ctx.save();
  // The plot's own context is scaled for the screen; its fonts are given in pixels of the page.
  ctx.font = font;
  const longest = Math.max(0, ...(texts ?? []).map((text) => ctx.measureText(text ?? '').width));
  ctx.restore();
  return Math.max(52, Math.ceil(longest) + beside);
}

/** The line beside a name in the legend, with the dashes of the curve: a border of this length would show as solid. */
function markerOf(stroke: string, dash: readonly number[]): string {
  if (dash.length === 0) return stroke;
  let at = 0;
  const stops = dash.map((length, place) => `${place % 2 === 0 ? stroke : 'transparent'} ${at}px ${(at += length)}px`);
  return `repeating-linear-gradient(90deg, ${stops.join(', ')})`;
}

function xText(axis: XAxis | 'seconds', value: number | null): string {
  if (value === null || value === undefined) return '–';
  if (axis === 'wall') return new Date(value * 1000).toLocaleString();
  if (axis === 'relative' || axis === 'seconds')
    return value < 60 ? `${tick(value)} s` : value < 3600 ? `${clock(value)} min` : `${clock(value / 60)} h`;
  return tick(value);
}

const two = (value: number): string => String(value).padStart(2, '0');

/** A time beside an axis: to the second, the minute or the day, as the marks lie apart. @param seconds from mark to mark */
function clockText(value: number | null, seconds: number): string {
  if (value === null) return '';
  const time = new Date(value * 1000);
  if (seconds >= 86_400) return time.toLocaleDateString(undefined, { month: 'short', day: 'numeric' });
  const minutes = `${two(time.getHours())}:${two(time.getMinutes())}`;
  return seconds < 60 ? `${minutes}:${two(time.getSeconds())}` : minutes;
}

/** 100 as 1:40. */
function clock(value: number): string {
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

function faint(stroke: string, share: number): string {
  return `${stroke}${Math.round(share * 255)
    .toString(16)
    .padStart(2, '0')}`;
}

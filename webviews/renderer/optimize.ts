import type { ModelInfo } from '../../schemas/generated/types';
import type { SentSeries, StageOutput } from '../protocol';
import { h } from '../ui-kit/dom';
import { bytes, toNumber, written } from '../ui-kit/figure';
import { number } from '../ui-kit/format';
import { count, plainText, section, table } from './parts';
import { settings } from './train';

/** One optimisation, as `model.json` records it. */
export interface Optimized {
  readonly method?: unknown;
  readonly changed?: unknown;
  readonly bytes?: unknown;
  readonly packed?: unknown;
  readonly layers?: unknown;
  readonly [more: string]: unknown;
}

type Row = (string | undefined)[];

/** An optimize stage: size, speed and metrics before and after, and what became of each layer. */
export function optimizeView({ series }: Pick<StageOutput, 'series'>, model: ModelInfo): Node[] {
  const last = model.optimized?.at(-1) as Optimized | undefined;
  if (!last) return [settings(model)];
  const says =
    last.changed === false
      ? `${plainText(last.method)} changed nothing: the model is passed on as it was.`
      : `After ${plainText(last.method)}.`;
  const layers = layerRows(last);
  return [
    section(
      'Before and after',
      h('p', { class: 'says' }, says),
      table({
        caption: 'The model before and after',
        quiet: true,
        head: ['', 'before', 'after', 'change'],
        rows: compared(last, series),
      }),
    ),
    ...(layers ? [section('Layers', table({ caption: 'What became of each layer', quiet: true, ...layers }))] : []),
  ];
}

/** What changed: sizes, the time an answer took in this run, parameters, and each metric. */
export function compared(last: Optimized, series: readonly SentSeries[]): Row[] {
  const rows: Row[] = [];
  const size = (label: string, value: unknown): void => {
    const both = pair(value);
    if (both) rows.push([label, bytes(both.before as number), bytes(both.after as number), change(both)]);
  };
  size('size', last.bytes);
  size('size, packed', last.packed);
  const [before, after] = series.find(({ name }) => name === 'device/milliseconds a row')?.values ?? [];
  if (before !== undefined && after !== undefined)
    rows.push(['ms a row, here', written(before), written(after), change({ before, after })]);
  for (const name of ['parameters', 'weights']) {
    const both = pair(last[name]);
    if (both) rows.push([name, count(both.before as number), count(both.after as number), change(both)]);
  }
  for (const [split, value] of Object.entries(last)) {
    const both = pair(value);
    if (!both || typeof both.before !== 'object' || typeof both.after !== 'object') continue;
    const [was, is] = [both.before ?? {}, both.after ?? {}] as [Record<string, number>, Record<string, number>];
    for (const name of Object.keys(was))
      rows.push([
        `${split} ${name}`,
        written(was[name]),
        written(is[name]),
        change({ before: was[name], after: is[name] }),
      ]);
  }
  return rows;
}

/** A table of layers: whether each bears 8 bits, or what is left of it. */
export function layerRows({ layers, metric }: Optimized): { head: string[]; rows: Row[] } | undefined {
  if (!Array.isArray(layers) || layers.length === 0) return undefined;
  const all = (layers as Readonly<Record<string, unknown>>[]).slice(0, 200);
  if ('quantized' in all[0]!)
    return {
      head: ['layer', 'weights', `${plainText(metric)} by itself`, 'in 8 bits'],
      rows: all.map(({ layer, weights, harm, quantized }) => [
        plainText(layer),
        count(weights as number),
        signed(harm as number),
        quantized === true ? 'yes' : 'no',
      ]),
    };
  return {
    head: ['layer', 'before', 'after', 'not 0'],
    rows: all.map(({ layer, before, after, kept }) => [
      plainText(layer),
      count(before as number),
      count(after as number),
      count(kept as number),
    ]),
  };
}

function pair(value: unknown): { before: unknown; after: unknown } | undefined {
  return typeof value === 'object' && value !== null && 'before' in value && 'after' in value ? value : undefined;
}

function change({ before, after }: { before: unknown; after: unknown }): string {
  const [from, to] = [toNumber(before as number), toNumber(after as number)];
  return signed((to - from) / Math.abs(from));
}

function signed(share: number): string {
  if (!Number.isFinite(share)) return '–';
  return share === 0 ? '0 %' : `${share > 0 ? '+' : '−'}${number(Math.abs(share) * 100)} %`;
}

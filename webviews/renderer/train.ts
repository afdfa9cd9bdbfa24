import type { ModelInfo } from '../../schemas/generated/types';
import type { SentSeries, StageOutput } from '../protocol';
import { lineChart, type Curve } from '../ui-kit/chart';
import { h } from '../ui-kit/dom';
import { bytes, extent, toNumber, written } from '../ui-kit/figure';
import { number } from '../ui-kit/format';
import { bars, count, facts, gallery, plainText, section } from './parts';

/** A train stage: headline metrics, curves, what it was trained with, and what the model looks at. Shown while it runs, too. */
export function trainView({ metrics, series }: StageOutput, model: ModelInfo | undefined): Node[] {
  const curves = charts(series);
  const names = Object.keys(metrics);
  return [
    names.length > 0
      ? h(
          'div',
          { class: 'tiles', role: 'list', 'aria-label': 'Metrics' },
          ...names.slice(0, 12).map((name) => tile(name, written(metrics[name]))),
        )
      : h('div', { hidden: true }),
    curves.length > 0 ? gallery(...curves) : h('div', { hidden: true }),
    ...(model ? [h('div', { class: 'columns' }, settings(model), importance(model))] : []),
  ];
}

const tile = (name: string, value: string): HTMLElement =>
  h(
    'div',
    { class: 'tile', role: 'listitem' },
    h('span', { class: 'value' }, value),
    h('span', { class: 'name' }, name),
  );

const titleOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
const mostCharts = 12;

/** One chart a metric: training and validation in the same one. The loss is first. */
function charts(series: readonly SentSeries[]): HTMLElement[] {
  const drawn = series.filter(({ values }) => values.length > 1);
  const titles = [...new Set(drawn.map(({ name }) => titleOf(name)))].sort(
    (a, b) => Number(b.includes('loss')) - Number(a.includes('loss')),
  );
  return titles.slice(0, mostCharts).map((title) => {
    const curves = drawn
      .filter(({ name }) => titleOf(name) === title)
      .map(({ name, steps, values }): Curve => {
        const split = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : 'train';
        return { name: split, x: steps, y: values, hue: split === 'train' ? 0 : 1, dashed: split !== 'train' };
      });
    const kept = drawn.find(({ name, checkpoints }) => titleOf(name) === title && checkpoints)?.checkpoints;
    return lineChart({
      title,
      summary: [says(title, curves), ...(kept ? [keptText(kept)] : [])].join(' '),
      curves,
      xLabel: 'step',
      yLabel: title,
      height: 150,
      ...(kept ? { diamonds: { name: 'checkpoint', x: kept } } : {}),
    });
  });
}

const keptText = (steps: readonly number[]): string =>
  `Kept on disk ${steps.length === 1 ? 'once, ' : `${steps.length} times, last `}at step ${number(Math.round(steps.at(-1) ?? NaN))}.`;

function says(title: string, curves: readonly Curve[]): string {
  const curve = curves.find(({ name }) => name !== 'train') ?? curves[0];
  const ends = extent(curve?.y ?? []);
  if (!curve || !ends) return 'No finite value.';
  const falls = /loss|error|rmse|mae|mse/.test(title);
  const best = falls ? ends[0] : ends[1];
  const place = curve.y.findIndex((value) => toNumber(value) === best);
  const broken = curve.y.filter((value) => !Number.isFinite(toNumber(value))).length;
  return `${curve.name} ${falls ? 'lowest' : 'highest'} ${number(best)} at step ${written(curve.x[place])}, last ${written(curve.y.at(-1))}${broken > 0 ? `; ${broken} not finite` : ''}.`;
}

/** What a model is and how it was trained. */
export function settings({ kind, parameters, bytes: size, training = {} }: ModelInfo): HTMLElement {
  const pairs: [string, string][] = [['model', kind]];
  if (parameters !== undefined) pairs.push(['parameters', count(parameters)]);
  if (size !== undefined) pairs.push(['size', bytes(size)]);
  const add = (prefix: string, values: Readonly<Record<string, unknown>>): void => {
    for (const [name, value] of Object.entries(values)) {
      if (pairs.length >= 60) return;
      const label = prefix === '' ? name : `${prefix}.${name}`;
      if (typeof value === 'object' && value !== null && !Array.isArray(value) && prefix.length < 40)
        add(name === 'settings' ? prefix : label, value as Record<string, unknown>);
      else if (Array.isArray(value) && value.length > 0 && (value.length > 6 || Array.isArray(value[0]))) continue;
      else pairs.push([label.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`), plainText(value)]);
    }
  };
  add('', training);
  return section('Training', facts(pairs));
}

function importance({ importance: list = [] }: ModelInfo): HTMLElement {
  if (list.length === 0) return h('div', { hidden: true });
  return section(
    'Importance',
    bars(
      'Importance of the features',
      list.map(({ feature, importance: share }) => ({ label: feature, share })),
    ),
  );
}

import type { ModelInfo } from '../../schemas/generated/types';
import type { SentSeries, StageOutput } from '../protocol';
import { lineChart, type Curve } from '../ui-kit/chart';
import { h } from '../ui-kit/dom';
import { bytes, extent, toNumber, written } from '../ui-kit/figure';
import { number } from '../ui-kit/format';
import { countsSeconds, placeOf } from '../ui-kit/series';
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

const mostCharts = 12;

/** One chart a metric: training and validation in the same one. The loss is first, what is sampled of the machine last. */
function charts(series: readonly SentSeries[]): HTMLElement[] {
  const together = new Map<
    string,
    { readonly group: string; readonly title: string; readonly members: SentSeries[] }
  >();
  for (const each of series) {
    if (each.values.length < 2) continue;
    const { group, title } = placeOf(each.name);
    const key = `${group}/${title}`;
    const known = together.get(key);
    if (known) known.members.push(each);
    else together.set(key, { group, title, members: [each] });
  }
  const rank = ({ group, title }: { readonly group: string; readonly title: string }): number =>
    group === '' ? (title.includes('loss') ? 0 : 1) : group === 'device' ? 3 : 2;
  return [...together.values()]
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, mostCharts)
    .map(({ group, title, members }) => {
      const curves = members.map(({ name, steps, values }): Curve => {
        const split = placeOf(name).split || (group === '' ? 'train' : group);
        const other = group === '' && !/^train/.test(split);
        return { name: split, x: steps, y: values, hue: other ? 1 : 0, dashed: other };
      });
      const kept = members.find(({ checkpoints }) => checkpoints)?.checkpoints;
      const unit = members.every(countsSeconds) ? 'seconds' : 'step';
      return lineChart({
        title,
        summary: [says(title, curves, unit), ...(kept ? [keptText(kept)] : [])].join(' '),
        curves,
        xLabel: unit,
        yLabel: title,
        height: 150,
        ...(kept ? { diamonds: { name: 'checkpoint', x: kept } } : {}),
      });
    });
}

const keptText = (steps: readonly number[]): string =>
  `Kept on disk ${steps.length === 1 ? 'once, ' : `${steps.length} times, last `}at step ${number(Math.round(steps.at(-1) ?? NaN))}.`;

function says(title: string, curves: readonly Curve[], unit: 'step' | 'seconds'): string {
  const curve = curves.find(({ name }) => name !== 'train') ?? curves[0];
  const ends = extent(curve?.y ?? []);
  if (!curve || !ends) return 'No finite value.';
  const falls = /loss|error|rmse|mae|mse/.test(title);
  const best = falls ? ends[0] : ends[1];
  const place = curve.y.findIndex((value) => toNumber(value) === best);
  const broken = curve.y.filter((value) => !Number.isFinite(toNumber(value))).length;
  const at = unit === 'step' ? `at step ${written(curve.x[place])}` : `after ${written(curve.x[place])} s`;
  return `${curve.name} ${falls ? 'lowest' : 'highest'} ${number(best)} ${at}, last ${written(curve.y.at(-1))}${broken > 0 ? `; ${broken} not finite` : ''}.`;
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
      else {
        const words = label.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
        // Trees that were kept, and those that were asked for.
        const again = pairs.some(([other]) => other === words);
        pairs.push([again ? `${words} (setting)` : words, plainText(value)]);
      }
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

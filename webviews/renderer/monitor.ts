import type { FeatureDrift } from '../../schemas/generated/types';
import type { StageDetail } from '../protocol';
import { h } from '../ui-kit/dom';
import { measureName, probability } from '../ui-kit/drift-words';
import { percent, written } from '../ui-kit/figure';
import { overlay } from '../ui-kit/overlay';
import { count, gallery, section, table, verdict, type Cell } from './parts';

const atOnce = 6;

/** A monitor stage: the verdict, the drifted columns with both distributions, and the statistics of all. */
export function monitorView({ report, columns }: Extract<StageDetail, { kind: 'monitor' }>): Node[] {
  const { verdict: word, drift, rows, deployment, reference, retrain, prediction } = report;
  const all: readonly FeatureDrift[] = [...(prediction ? [prediction] : []), ...report.features];
  const said =
    word === 'drift'
      ? { text: `▲ ${count(drift.count)} of ${count(columns)} columns drifted (${percent(drift.share)})`, look: 'bad' }
      : word === 'stable'
        ? { text: `✓ Stable: none of ${count(columns)} columns drifted`, look: 'good' }
        : { text: `Too few requests for a verdict: ${count(rows.current)}`, look: '' };
  const drifted = all.filter((feature) => feature.drifted);
  return [
    h('p', { class: `verdict ${said.look}` }, said.text),
    h(
      'p',
      { class: 'says' },
      `${deployment.model} version ${deployment.version} on ${deployment.target}: ${count(rows.current)} requests against ${count(rows.reference)} rows of ${reference}.${retrain?.due ? ` Retraining is due: ${retrain.when}.` : ''}`,
    ),
    drifted.length > 0
      ? section(
          'Drifted columns',
          gallery(
            ...drifted
              .filter(({ bins }) => bins)
              .slice(0, atOnce)
              .map((feature) =>
                h(
                  'div',
                  { class: 'drifted' },
                  h('h5', {}, nameOf(feature, prediction)),
                  overlay(feature.column, feature.bins ?? { labels: [], reference: [], current: [] }),
                ),
              ),
          ),
        )
      : h('div', { hidden: true }),
    all.length === 0
      ? h('div', { hidden: true })
      : section(
          'Columns',
          table({
            caption: 'Drift of each column, the drifted first',
            quiet: true,
            head: ['column', 'verdict', 'method', 'statistic', 'limit', 'p', 'note'],
            words: [1, 2, 6],
            rows: all.map((feature): Cell[] => [
              nameOf(feature, prediction),
              verdict(!feature.drifted, 'stable', 'drifted'),
              measureName(feature.method),
              written(feature.statistic),
              feature.threshold === undefined ? '' : written(feature.threshold),
              p(feature),
              feature.note ?? '',
            ]),
          }),
        ),
  ];
}

const nameOf = (feature: FeatureDrift, prediction: FeatureDrift | undefined): string =>
  feature === prediction ? `${feature.column} (of the model)` : feature.column;

function p(feature: FeatureDrift): string {
  const value = feature['adjusted-p-value'] ?? feature['p-value'];
  return value === undefined ? '' : probability(value);
}

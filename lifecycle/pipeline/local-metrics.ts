import { findMetric, METRICS } from '../statistics/metrics';
import { type Look, names } from './look';
import { entriesOf, type Node, numberOf, type Path, textOf } from './tree';
import type { Range } from './types';
import { guess, label } from './wording';

/** A list of metrics: known ones, each once. */
export function checkMetricNames(stage: Look, path: Path): void {
  const seen = new Set<string>();
  for (const item of stage.list(...path)) {
    const name = textOf(item);
    if (name === undefined) continue;
    checkMetricName(stage, name, item);
    if (seen.has(name)) stage.report('repeated-item', item, `\`${name}\` is in the list already. Remove it.`);
    seen.add(name);
  }
}

/** What others call some metrics. */
const otherNames: Readonly<Record<string, string>> = {
  'roc-auc': 'auc',
  'auc-roc': 'auc',
  auroc: 'auc',
  'average-precision': 'pr-auc',
  auprc: 'pr-auc',
  aucpr: 'pr-auc',
  logloss: 'log-loss',
  'cross-entropy': 'log-loss',
  crossentropy: 'log-loss',
  acc: 'accuracy',
  sensitivity: 'recall',
  'f1-score': 'f1',
  'mean-squared-error': 'mse',
  'mean-absolute-error': 'mae',
  'r-squared': 'r2',
};

/** Reports a metric that does not exist. */
export function checkMetricName(stage: Look, name: string, range: Range): boolean {
  if (findMetric(name)) return true;
  const all = METRICS.map((metric) => metric.name as string);
  const plain = name.toLowerCase().replace(/[_ ]/g, '-');
  const other = otherNames[plain];
  const known =
    other !== undefined && all.includes(other)
      ? { suggestion: other, offer: ` Did you mean \`${other}\`?` }
      : guess(name, all);
  const list =
    known.suggestion === undefined
      ? ` There are ${all
          .slice(0, 12)
          .map((metric) => `\`${metric}\``)
          .join(', ')}${all.length > 12 ? ` and ${all.length - 12} more` : ''}.`
      : '';
  stage.report(
    'unknown-metric',
    range,
    `There is no metric \`${name.slice(0, 60)}\`.${known.offer}${list}`,
    known.suggestion === undefined ? {} : { suggestion: known.suggestion },
  );
  return false;
}

/** What an evaluate stage asks of metrics and candidates. */
export function checkEvaluate(stage: Look): void {
  const listed = stage.at('metrics');
  const computed = listed?.type === 'list' ? new Set(listed.items.map(textOf)) : undefined;
  const needs = (name: string, range: Range, what: string): void => {
    if (!checkMetricName(stage, name, range) || !computed || computed.has(name)) return;
    stage.report(
      'metric-not-computed',
      range,
      `${what} needs \`${name}\`, which \`metrics\` does not list. Add it there, so that it is reported like the others.`,
      {
        related: [{ range: stage.keyOf('metrics'), message: 'These metrics are computed.' }],
      },
    );
  };
  const choice = stage.at('choose', 'metric');
  const chosen = textOf(choice);
  if (choice && chosen !== undefined) needs(chosen, choice, 'The choice');
  const explained = stage.at('explain', 'metric');
  const by = textOf(explained);
  if (explained && by !== undefined) checkMetricName(stage, by, explained);
  for (const { key, keyRange } of entriesOf(stage.at('require'))) {
    needs(key, keyRange, 'The gate');
    checkBound(stage, ['require', key], key);
  }
  for (const { key } of entriesOf(stage.at('fairness', 'require')))
    checkBound(stage, ['fairness', 'require', key], undefined, [0, 1]);
  const seen = new Map<string, Node>();
  for (const { name, node } of names(stage.at('candidates'))) {
    const before = seen.get(name);
    if (before)
      stage.report('repeated-item', node, `\`${name}\` is a candidate already. Remove it.`, {
        related: [{ range: before, message: 'The first time is here.' }],
      });
    else seen.set(name, node);
  }
}

/** A gate: in the range of its metric, in order, and in the right direction. */
export function checkBound(
  stage: Look,
  path: Path,
  name: string | undefined,
  limits?: readonly [number, number],
): void {
  const metric = name === undefined ? undefined : findMetric(name);
  const range = limits ?? metric?.range;
  const [min, max] = [numberOf(stage.at(...path, 'min')), numberOf(stage.at(...path, 'max'))];
  if (min !== undefined && max !== undefined && min > max)
    stage.report(
      'bad-order',
      stage.keyOf(...path, 'min'),
      `At least ${min} and at most ${max}: no value of ${label(path)} fulfils that.`,
    );
  for (const key of ['min', 'max'] as const) {
    const node = stage.at(...path, key);
    const value = numberOf(node);
    if (!node || value === undefined || !range || (value >= range[0] && value <= range[1])) continue;
    const words = Number.isFinite(range[1])
      ? Number.isFinite(range[0])
        ? `lies between ${range[0]} and ${range[1]}`
        : `is at most ${range[1]}`
      : `is at least ${range[0]}`;
    const percent = range[1] === 1 && value > 1 && value <= 100 ? ` Write ${value / 100}.` : '';
    stage.report(
      'out-of-range',
      node,
      `${label(path)} ${words}; it can't be held to ${value}.${percent}`,
      percent === '' ? {} : { suggestion: String(value / 100) },
    );
  }
  if (metric && min !== undefined && max === undefined && metric.better === 'lower')
    stage.report(
      'gate-direction',
      stage.keyOf(...path, 'min'),
      `A lower \`${metric.name}\` is better, so a gate with \`min\` alone lets bad models pass. Use \`max\`.`,
      { suggestion: 'max' },
    );
  if (metric && max !== undefined && min === undefined && metric.better === 'higher')
    stage.report(
      'gate-direction',
      stage.keyOf(...path, 'max'),
      `A higher \`${metric.name}\` is better, so a gate with \`max\` alone lets bad models pass. Use \`min\`.`,
      { suggestion: 'min' },
    );
}

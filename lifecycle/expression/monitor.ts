/**
 * Conditions of monitoring: the names that they may use, and how they are lowered to PromQL, the language of Prometheus, so that an alert is
 * written once and holds in both places.
 */
import type { Expression } from './syntax';

/** What the names mean. Further names: `drift.<column>`, `performance.<metric>`, `estimated.<metric>` (dashes of a metric are underscores). */
export const MONITOR_NAMES: Readonly<Record<string, string>> = {
  'drift.share': 'Share of the watched columns that drifted, 0 … 1.',
  'drift.count': 'Number of watched columns that drifted.',
  'drift.prediction': 'Drift of the predictions: the statistic that decided.',
  'drift.domain': 'AUC of the classifier that tells the window from the reference; 0.5 is no difference.',
  'drift.mmd': 'Maximum mean discrepancy of all columns together (squared), where `drift: {mmd: true}` asks for it.',
  rows: 'Number of rows looked at.',
  'labels.count': 'Rows of the window whose label is known.',
  'labels.share': 'Their share, 0 … 1.',
  'performance.business': 'Mean of your own figure over the labelled rows.',
  'latency.p50': 'Median latency in seconds.',
  'latency.p95': '95th percentile of the latency in seconds.',
  'latency.p99': '99th percentile of the latency in seconds.',
  'errors.rate': 'Share of answers with an error of the server (5xx), 0 … 1.',
  'volume.per_minute': 'Requests a minute.',
  'staleness.hours': 'Hours since the last request.',
  'staleness.days': 'Days since this version went live.',
};

/** Metrics in conditions: `performance.log_loss`. */
export function metricInName(metric: string): string {
  return metric.replaceAll('-', '_');
}

/** How figures of a report are called in Prometheus, with the labels that tell columns and metrics apart. */
export function figureOf(name: string): { readonly metric: string; readonly labels: Readonly<Record<string, string>> } {
  const fixed = Object.hasOwn(MONITOR_NAMES, name) && name !== 'performance.business';
  const dot = name.indexOf('.');
  const [group, rest] = [name.slice(0, dot), name.slice(dot + 1)];
  if (!fixed && dot > 0 && group === 'drift')
    return { metric: 'lifecycle_monitor_drift_column', labels: { column: rest } };
  if (!fixed && dot > 0 && (group === 'performance' || group === 'estimated'))
    return { metric: `lifecycle_monitor_${group}`, labels: { metric: rest } };
  return { metric: `lifecycle_monitor_${name.replaceAll('.', '_')}`, labels: {} };
}

/** Something that PromQL has no word for. */
export class NotPromql extends Error {}

/**
 * A condition in PromQL: a vector that has an element exactly while the condition holds. Comparisons filter, `and` and `or` are set
 * operators, so both sides must carry the same labels: `labels` are put on every figure and `on(…)` names them.
 *
 * @param labels for example {target: 'live'}
 * @throws NotPromql for text, functions that Prometheus lacks, and `not` before anything but a comparison
 */
export function toPromql(tree: Expression, labels: Readonly<Record<string, string>>): string {
  const on = `on(${Object.keys(labels).join(', ')})`;
  return condition(tree, labels, on);
}

const OPPOSITE = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '=': '!=', '!=': '=' } as const;

function condition(node: Expression, labels: Readonly<Record<string, string>>, on: string): string {
  if (node.kind === 'binary') {
    const { operator, left, right } = node;
    if (operator === 'and' || operator === 'or')
      return `(${condition(left, labels, on)} ${operator} ${on} ${condition(right, labels, on)})`;
    if (Object.hasOwn(OPPOSITE, operator)) return comparison(operator, left, right, labels, on);
  }
  if (node.kind === 'between' && !node.negated)
    return `(${comparison('>=', node.value, node.low, labels, on)} and ${on} ${comparison('<=', node.value, node.high, labels, on)})`;
  if (node.kind === 'unary' && node.operator === 'not' && node.operand.kind === 'binary') {
    const { operator, left, right } = node.operand;
    if (Object.hasOwn(OPPOSITE, operator))
      return comparison(OPPOSITE[operator as keyof typeof OPPOSITE], left, right, labels, on);
  }
  throw new NotPromql('Prometheus knows comparisons joined by `and` and `or`.');
}

function comparison(
  operator: string,
  left: Expression,
  right: Expression,
  labels: Readonly<Record<string, string>>,
  on: string,
): string {
  const [a, b] = [figure(left, labels, on), figure(right, labels, on)];
  const constant = isConstant(left) || isConstant(right);
  if (isConstant(left) && isConstant(right)) throw new NotPromql('A comparison needs a figure.');
  // A filter keeps the left side, which must be the figure.
  if (isConstant(left)) return `${b} ${mirrored(operator)} ${a}`;
  return `${a} ${operator === '=' ? '==' : operator} ${constant ? '' : `${on} `}${b}`;
}

function mirrored(operator: string): string {
  const turned: Record<string, string> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '==', '!=': '!=' };
  return turned[operator] ?? operator;
}

function isConstant(node: Expression): boolean {
  if (node.kind === 'number') return true;
  if (node.kind === 'unary') return isConstant(node.operand);
  return node.kind === 'binary' && isConstant(node.left) && isConstant(node.right);
}

const FUNCTIONS: Readonly<Record<string, string>> = {
  abs: 'abs',
  sqrt: 'sqrt',
  exp: 'exp',
  ln: 'ln',
  log: 'ln',
  floor: 'floor',
  ceil: 'ceil',
  round: 'round',
};

function figure(node: Expression, labels: Readonly<Record<string, string>>, on: string): string {
  switch (node.kind) {
    case 'number':
      return String(node.value);
    case 'name': {
      const { metric, labels: own } = figureOf(node.name);
      const pairs = Object.entries({ ...labels, ...own }).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      return `${metric}{${pairs.join(',')}}`;
    }
    case 'unary':
      if (node.operator === '-') return `(-${figure(node.operand, labels, on)})`;
      break;
    case 'binary':
      if ('+-*/%^'.includes(node.operator)) {
        const vectors = !isConstant(node.left) && !isConstant(node.right);
        return `(${figure(node.left, labels, on)} ${node.operator} ${vectors ? `${on} ` : ''}${figure(node.right, labels, on)})`;
      }
      break;
    case 'call': {
      const name = FUNCTIONS[node.name];
      if (name !== undefined && node.arguments.length === 1 && node.arguments[0])
        return `${name}(${figure(node.arguments[0], labels, on)})`;
      break;
    }
    default:
      break;
  }
  throw new NotPromql(
    node.kind === 'call' ? `Prometheus has no function like ${node.name}.` : 'Prometheus compares numbers.',
  );
}

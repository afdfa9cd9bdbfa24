import type { Stage } from '../../schemas/generated/types';
import { findMetric, METRICS } from '../statistics/metrics';
import { entriesOf, entryOf, nodeAt, numberOf, type ListNode, type Node, type Path, textOf } from './tree';
import type { Problem, Range } from './types';
import { guess, label } from './wording';

/**
 * Checks of one stage that its schema can't express. They look at the tree, so that they speak wherever the part that they need could be read,
 * and stay silent about what breaks the schema anyhow.
 */
export function checkStage(kind: Stage['kind'], node: Node, nameRange: Range): Problem[] {
  const problems: Problem[] = [];
  const stage = new Look(node, nameRange, problems);
  switch (kind) {
    case 'data':
      checkSplit(stage);
      checkRoles(stage);
      checkFeatures(stage);
      checkExpectations(stage);
      break;
    case 'train':
      checkTrain(stage);
      break;
    case 'evaluate':
      checkMetricNames(stage, ['metrics']);
      checkEvaluate(stage);
      break;
    case 'optimize':
      for (const entry of entriesOf(stage.at('require'))) {
        checkMetricName(stage, entry.key, entry.keyRange);
        checkBound(stage, ['require', entry.key], entry.key);
      }
      break;
    case 'monitor':
      checkMonitor(stage);
      break;
    case 'package':
    case 'deploy':
      break;
  }
  return problems;
}

/** A stage's tree with ways to look into it and to report. */
class Look {
  constructor(
    readonly root: Node,
    readonly nameRange: Range,
    private readonly problems: Problem[],
  ) {}

  at(...path: Path): Node | undefined {
    return nodeAt(this.root, path)?.node;
  }

  keyOf(...path: Path): Range {
    return nodeAt(this.root, path)?.entry?.keyRange ?? this.nameRange;
  }

  list(...path: Path): ListNode['items'] {
    const node = this.at(...path);
    return node?.type === 'list' ? node.items : [];
  }

  has(...path: Path): boolean {
    return this.at(...path) !== undefined;
  }

  report(code: Problem['code'], range: Range, message: string, more: Partial<Problem> = {}): void {
    this.problems.push({ ...more, code, from: range.from, to: range.to, message });
  }
}

const splits = ['train', 'validation', 'test'] as const;

function checkSplit(stage: Look): void {
  const given = splits
    .map((name) => ({ name, node: stage.at('split', name) }))
    .filter(({ node }) => node !== undefined);
  const shares = given.map(({ node }) => numberOf(node));
  if (shares.length > 0 && shares.every((share) => share !== undefined)) {
    const sum = shares.reduce((total, share) => total + share, 0);
    if (sum > 1 + 1e-9 || (shares.length === 3 && sum < 1 - 1e-9))
      stage.report(
        'split-sum',
        stage.keyOf('split'),
        `The shares of ${given.map(({ name }) => `\`${name}\``).join(', ')} sum to ${Number(sum.toFixed(6))}, not 1. Correct one, or leave one out: it then takes the rest.`,
        {
          related: given.flatMap(({ name, node }) =>
            node
              ? [{ range: { from: node.from, to: node.to }, message: `\`${name}\` is ${String(numberOf(node))}.` }]
              : [],
          ),
        },
      );
  }
  if (stage.has('split', 'time')) {
    for (const other of ['stratify', 'group'])
      if (stage.has('split', other))
        stage.report(
          'split-conflict',
          stage.keyOf('split', other),
          `A split by time can't be ${other === 'group' ? 'grouped' : 'stratified'} as well. Remove \`${other}\` or \`time\`.`,
          {
            related: [{ range: stage.keyOf('split', 'time'), message: 'The rows are split by time here.' }],
          },
        );
  }
  for (const role of ['time', 'group']) {
    const [inSplit, inColumns] = [stage.at('split', role), stage.at('columns', role)];
    const [a, b] = [textOf(inSplit), textOf(inColumns)];
    if (role === 'group' && a !== undefined && b !== undefined && a !== b && inSplit && inColumns)
      stage.report(
        'split-conflict',
        inSplit,
        `\`columns.${role}\` is \`${b}\` and \`split.${role}\` is \`${a}\`. Give it in one place.`,
        {
          related: [{ range: inColumns, message: `\`columns.${role}\` is here.` }],
        },
      );
  }
}

/** Names of columns in a place that takes one or a list, with their nodes. */
function names(node: Node | undefined): { name: string; node: Node }[] {
  const nodes = node?.type === 'list' ? node.items : node ? [node] : [];
  return nodes.flatMap((item) => {
    const name = textOf(item);
    return name === undefined ? [] : [{ name, node: item }];
  });
}

/** The target column of a data stage's tree. */
export function targetOf(root: Node): { name: string; node: Node } | undefined {
  const node = nodeAt(root, ['target', 'column'])?.node ?? nodeAt(root, ['target'])?.node;
  return names(node?.type === 'scalar' ? node : undefined)[0];
}

function checkRoles(stage: Look): void {
  const target = targetOf(stage.root);
  const roles = ['id', 'drop', 'exclude', 'time', 'group', 'sensitive'].flatMap((role) =>
    names(stage.at('columns', role)).map((use) => ({ role, ...use })),
  );
  const dropped = new Map(roles.filter(({ role }) => role === 'drop').map((use) => [use.name, use.node]));
  for (const { role, name, node } of roles) {
    if (target && name === target.name && role !== 'sensitive' && role !== 'group' && role !== 'exclude')
      stage.report(
        'target-role',
        node,
        `\`${name}\` is the target; it can't be ${role === 'drop' ? 'dropped' : role === 'id' ? 'an id' : 'the time'} as well.`,
        {
          related: [{ range: target.node, message: 'The target is named here.' }],
        },
      );
    const drop = role === 'drop' ? undefined : dropped.get(name);
    if (drop)
      stage.report(
        'column-dropped',
        drop,
        `\`${name}\` is dropped, but also used as ${role}. To keep a column out of the features only, list it under \`exclude\`.`,
        { related: [{ range: node, message: `It is used as ${role} here.` }] },
      );
  }
  for (const role of ['stratify', 'group', 'time'])
    for (const { name, node } of names(stage.at('split', role))) {
      const drop = dropped.get(name);
      if (drop)
        stage.report(
          'column-dropped',
          drop,
          `\`${name}\` is dropped, but the split needs it. To keep a column out of the features only, list it under \`exclude\`.`,
          { related: [{ range: node, message: 'The split uses it here.' }] },
        );
    }
  if (textOf(stage.at('target', 'task')) === 'regression') {
    const stratify = stage.at('split', 'stratify');
    if (stratify && target && textOf(stratify) === target.name)
      stage.report(
        'stratify-continuous',
        stratify,
        `\`${target.name}\` is a number to predict; its values can't be kept in equal shares. Remove \`stratify\`, or name a column with few values.`,
      );
    const positive = stage.at('target', 'positive');
    if (positive)
      stage.report(
        'no-effect',
        stage.keyOf('target', 'positive'),
        '`positive` has no effect in a regression. Remove it.',
      );
  }
}

function checkFeatures(stage: Look): void {
  const target = targetOf(stage.root);
  const cleaned = new Map<string, Node>();
  const steps = stage.list('features');
  steps.forEach((step, i) => {
    for (const { key, keyRange, value } of entriesOf(step)) {
      if (key === 'clip') checkClip(stage, ['features', i, 'clip'], keyRange);
      for (const { name, node } of names(nodeAt(value, ['columns'])?.node)) {
        const inList = nodeAt(value, ['columns'])?.node.type === 'list';
        if (!inList && ['numeric', 'text', 'boolean', 'all'].includes(name)) continue;
        if (target && name === target.name)
          stage.report(
            'target-in-features',
            node,
            `\`${name}\` is the target; as a feature it would tell the model the answer. Remove it here.`,
            {
              related: [{ range: target.node, message: 'The target is named here.' }],
            },
          );
        const again = `${key} ${name}`;
        const before = cleaned.get(again);
        if (before && repeatable.has(key))
          stage.report('repeated-step', node, `\`${key}\` is applied to \`${name}\` already. Remove one of the two.`, {
            related: [{ range: before, message: 'The first time is here.' }],
          });
        else cleaned.set(again, node);
      }
    }
  });
}

const repeatable: ReadonlySet<string> = new Set([
  'fill',
  'standardize',
  'min-max',
  'one-hot',
  'ordinal',
  'missing-indicator',
  'drop',
]);

function checkClip(stage: Look, path: Path, keyRange: Range): void {
  const [quantiles, range] = [stage.has(...path, 'quantiles'), stage.has(...path, 'range')];
  if (quantiles && range)
    stage.report(
      'two-alternatives',
      stage.keyOf(...path, 'range'),
      '`clip` takes `quantiles` or `range`, not both. Remove one of the two.',
      {
        related: [{ range: stage.keyOf(...path, 'quantiles'), message: '`quantiles` is here.' }],
      },
    );
  if (!quantiles && !range && stage.at(...path)?.type === 'map')
    stage.report('missing-key', keyRange, '`clip` needs `quantiles: [0.01, 0.99]` or `range: [low, high]`.', {
      suggestion: 'quantiles',
    });
  checkOrder(stage, [...path, 'quantiles']);
  checkOrder(stage, [...path, 'range']);
}

/** Of a pair `[low, high]` the low one must not be above the high one. */
function checkOrder(stage: Look, path: Path): void {
  const pair = stage.at(...path);
  if (pair?.type !== 'list' || pair.items.length !== 2) return;
  const [low, high] = pair.items.map(numberOf);
  if (low === undefined || high === undefined || low <= high) return;
  stage.report(
    'bad-order',
    pair,
    `The lower limit ${low} of ${label(path)} is above the upper one ${high}. Write [${high}, ${low}].`,
    { suggestion: `[${high}, ${low}]` },
  );
}

const onColumn = ['between', 'in', 'type', 'not-null', 'unique'] as const;

function checkExpectations(stage: Look): void {
  stage.list('expect').forEach((item, i) => {
    if (item.type !== 'map') return;
    const here = (key: string): boolean => entryOf(item, key) !== undefined;
    const column = here('column');
    const first = item.entries[0]?.keyRange ?? item;
    const rules = onColumn.filter(here);
    const rule = rules[0];
    if (!column && rule !== undefined)
      stage.report(
        'bad-expectation',
        stage.keyOf('expect', i, rule),
        `\`${rule}\` needs to know of which column: add \`column: NAME\`.`,
      );
    if (column && rules.length === 0)
      stage.report(
        'bad-expectation',
        stage.keyOf('expect', i, 'column'),
        `Nothing is expected of this column. Add ${onColumn.map((name) => `\`${name}\``).join(', ')}.`,
      );
    if (
      !column &&
      rules.length === 0 &&
      !here('where') &&
      !here('rows') &&
      item.entries.every(({ incomplete }) => !incomplete)
    )
      stage.report('bad-expectation', first, 'This expects nothing. Give a `column` with a rule, `where`, or `rows`.');
    checkOrder(stage, ['expect', i, 'between']);
    const [min, max] = [numberOf(stage.at('expect', i, 'rows', 'min')), numberOf(stage.at('expect', i, 'rows', 'max'))];
    if (min !== undefined && max !== undefined && min > max)
      stage.report(
        'bad-order',
        stage.keyOf('expect', i, 'rows', 'min'),
        `At least ${min} and at most ${max} rows: nothing fulfils that.`,
      );
  });
}

function checkTrain(stage: Look): void {
  const kind = textOf(stage.at('model', 'kind')) ?? textOf(stage.at('model'));
  if (stage.has('command')) {
    if (!stage.has('model') && stage.has('training'))
      stage.report(
        'no-effect',
        stage.keyOf('training'),
        '`training` has no effect on a program of your own. Pass its settings as arguments of `command`.',
      );
  } else if (stage.has('model')) {
    for (const key of ['inputs', 'environment', 'timeout'])
      if (stage.has(key))
        stage.report(
          'no-effect',
          stage.keyOf(key),
          `\`${key}\` belongs to \`command\`; it has no effect on one of our models. Remove it.`,
        );
  }
  if ((kind === 'linear' || kind === 'boosted-trees') && stage.has('training'))
    stage.report(
      'no-effect',
      stage.keyOf('training'),
      `\`training\` is for networks; it has no effect on \`${kind}\`. Remove it.`,
    );
  const optimizer = textOf(stage.at('training', 'optimizer', 'kind'));
  const uses: Readonly<Record<string, readonly string[]>> = {
    momentum: ['sgd'],
    beta1: ['adam', 'adamw'],
    beta2: ['adam', 'adamw', 'rmsprop'],
    epsilon: ['adam', 'adamw', 'rmsprop'],
  };
  for (const { key, keyRange } of entriesOf(stage.at('training', 'optimizer'))) {
    const users = uses[key];
    if (optimizer !== undefined && users && !users.includes(optimizer))
      stage.report(
        'no-effect',
        keyRange,
        `\`${key}\` has no effect with \`${optimizer}\`; it is for ${users.map((user) => `\`${user}\``).join(', ')}. Remove it.`,
      );
  }
}

function checkMetricNames(stage: Look, path: Path): void {
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
function checkMetricName(stage: Look, name: string, range: Range): boolean {
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

function checkEvaluate(stage: Look): void {
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

function checkBound(stage: Look, path: Path, name: string | undefined, limits?: readonly [number, number]): void {
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

function checkMonitor(stage: Look): void {
  const method = textOf(stage.at('drift', 'method'));
  if (stage.has('drift', 'threshold') && (method === 'ks' || method === 'chi2'))
    stage.report(
      'no-effect',
      stage.keyOf('drift', 'threshold'),
      `\`threshold\` has no effect with \`${method}\`, which decides by p-value. Set \`false-discovery-rate\`, or choose psi, jensen-shannon or wasserstein.`,
    );
  if (
    stage.has('drift', 'false-discovery-rate') &&
    method !== undefined &&
    ['psi', 'jensen-shannon', 'wasserstein'].includes(method)
  )
    stage.report(
      'no-effect',
      stage.keyOf('drift', 'false-discovery-rate'),
      `\`false-discovery-rate\` has no effect with \`${method}\`, which has no p-value. Set \`threshold\`.`,
    );
  for (const { key } of entriesOf(stage.at('require'))) checkBound(stage, ['require', key], undefined, [0, 1]);
}

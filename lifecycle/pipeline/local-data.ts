import { checkOrder, type Look, names, targetOf } from './look';
import { entriesOf, entryOf, type Node, nodeAt, numberOf, type Path, textOf } from './tree';
import type { Range } from './types';

const splits = ['train', 'validation', 'test'] as const;

/** Shares and ways of splitting. */
export function checkSplit(stage: Look): void {
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
  const time = stage.at('columns', 'time');
  const name = textOf(time);
  if (time && name !== undefined && stage.has('target') && !stage.has('split', 'time'))
    stage.report(
      'future-leak',
      time,
      `The rows are ordered by \`${name}\`, but split at random: the model is trained on rows newer than those it is tested on. Split by it: \`split: {time: ${name}}\`.`,
    );
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

/** Roles that exclude each other. */
export function checkRoles(stage: Look): void {
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

/** Steps that leak the target or do something twice. */
export function checkFeatures(stage: Look): void {
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
  'bag-of-words',
  'tokenize',
  'missing-indicator',
  'date-parts',
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

const onColumn = ['between', 'in', 'type', 'not-null', 'unique'] as const;

/** Expectations that expect nothing. */
export function checkExpectations(stage: Look): void {
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

import { check, type Type } from '../expression';
import { metricInName, MONITOR_NAMES } from '../expression/monitor';
import { METRICS } from '../statistics/metrics';
import { append } from './append';
import { contradictions } from './data-facts';
import { oddColumns } from './odd-columns';
import type { ExpressionUse } from './expressions';
import type { Columns, Network, Placed } from './references';
import { sourceRange } from './scalar';
import { misfit, numeric } from './step-types';
import type { Unit } from './stage';
import { entriesOf, nodeAt, type Node, textOf } from './tree';
import type { Problem, Range } from './types';
import { guess, oneOf } from './wording';

export type ColumnTable = ReadonlyMap<string, Type>;

const kept = new WeakMap<Unit, { columns: readonly Columns[]; data: Unit; problems: readonly Problem[] }>();

/**
 * What a stage gets wrong about columns; nothing when the columns are not known. Ranges count in the unit's text. The answer is kept as long as
 * the unit, its data stage and the list of columns are the same objects.
 */
export function checkColumns(
  network: Network,
  stage: Placed,
  columnsOf: (data: Placed) => readonly Columns[] | undefined,
): readonly Problem[] {
  const { unit } = stage;
  if (unit.kind === undefined || (unit.kind !== 'data' && unit.kind !== 'evaluate' && unit.kind !== 'monitor'))
    return [];
  const data = unit.kind === 'data' ? stage : network.dataOf(unit);
  const columns = data && columnsOf(data);
  if (!columns) return [];
  const before = kept.get(unit);
  if (before?.columns === columns && before.data === data.unit) return before.problems;
  const checker = new ColumnCheck(unit, data.unit, columns);
  if (unit.kind === 'data') {
    checker.dataStage();
    append(checker.problems, contradictions(unit, columns));
    append(checker.problems, oddColumns(unit, columns, featureColumns(unit, columns, 0)));
  } else checker.otherStage();
  kept.set(unit, { columns, data: data.unit, problems: checker.problems });
  return checker.problems;
}

/** Columns of a data stage with the types it states, without those it drops. */
export function rawColumns(data: Unit, columns: readonly Columns[]): Map<string, Type> {
  const types = new Map(
    entriesOf(nodeAt(data.node, ['columns', 'types'])?.node).map(({ key, value }) => [key, textOf(value)]),
  );
  // Of a list that is longer than the table only what is in the table counts.
  const there = new Set(columns.map(({ name }) => name));
  const dropped = new Set<string>();
  eachName(nodeAt(data.node, ['columns', 'drop'])?.node, (name) => {
    if (there.has(name)) dropped.add(name);
  });
  const result = new Map<string, Type>();
  for (const { name, type } of columns)
    if (!dropped.has(name)) result.set(name, (types.get(name) as Type | undefined) ?? type);
  return result;
}

/** Names of the columns that play no part in the model: target, ids and the like. */
export function outsiders(data: Unit): Map<string, string> {
  const result = new Map<string, string>();
  for (const [role, words] of [
    ['id', 'an id'],
    ['exclude', 'excluded'],
    ['time', 'the time'],
    ['group', 'the group'],
  ] as const)
    for (const name of namesAt(data.node, ['columns', role])) result.set(name, words);
  for (const [role, words] of [
    ['time', 'the time of the split'],
    ['group', 'the group of the split'],
  ] as const)
    for (const name of namesAt(data.node, ['split', role])) result.set(name, words);
  for (const name of [...namesAt(data.node, ['target', 'column']), ...namesAt(data.node, ['target'])])
    result.set(name, 'the target');
  return result;
}

/** The feature columns before a step of `features` (all steps when no number is given), with their types: for completion and checks. */
export function featureColumns(data: Unit, columns: readonly Columns[], steps = Infinity): Map<string, Type> {
  const outside = outsiders(data);
  const table = new Map([...rawColumns(data, columns)].filter(([name, type]) => !outside.has(name) && type !== 'time'));
  const list = nodeAt(data.node, ['features'])?.node;
  if (list?.type === 'list')
    list.items.slice(0, Math.min(steps, list.items.length)).forEach((step, i) => {
      advance(table, data, step, i);
    });
  return table;
}

/** Changes a table of columns as a step does. */
function advance(table: Map<string, Type>, data: Unit, step: Node, index: number): void {
  for (const { key, value } of entriesOf(step)) {
    if (key === 'derive') {
      for (const { key: name } of entriesOf(value)) {
        const use = data.expressions.find(
          ({ mention: { path } }) => path[0] === 'features' && path[1] === index && path[3] === name,
        );
        table.set(name, (use?.tree && check(use.tree, table).type) ?? 'number');
      }
      continue;
    }
    if (key === 'date-parts') {
      for (const name of namesOf(nodeAt(value, ['columns'])?.node))
        for (const part of partsOf(nodeAt(value, ['parts'])?.node)) table.set(`${name}_${part}`, 'number');
      continue;
    }
    const columns = selected(table, nodeAt(value, ['columns'])?.node);
    for (const name of columns) {
      if (key === 'drop' || key === 'one-hot') table.delete(name);
      else if (key === 'ordinal' || key === 'standardize' || key === 'min-max') table.set(name, 'number');
      else if (key === 'missing-indicator') table.set(`${name}_missing`, 'number');
    }
  }
}

/** The parts of a date that a step makes, as they stand in names. */
function partsOf(node: Node | undefined): string[] {
  const parts = node ? namesOf(node) : ['year', 'month', 'day', 'weekday'];
  return parts.map((part) => part.replaceAll('-', '_'));
}

function selected(table: ColumnTable, node: Node | undefined): string[] {
  const group = textOf(node);
  if (group === 'all') return [...table.keys()];
  const type = group === 'numeric' ? 'number' : group;
  if (type === 'number' || type === 'text' || type === 'boolean')
    return [...table].filter(([, each]) => each === type).map(([name]) => name);
  return namesOf(node).filter((name) => table.has(name));
}

function namesOf(node: Node | undefined): string[] {
  const names: string[] = [];
  eachName(node, (name) => names.push(name));
  return names;
}

function eachName(node: Node | undefined, take: (name: string) => void): void {
  for (const item of node?.type === 'list' ? node.items : [node]) {
    const name = textOf(item);
    if (name !== undefined) take(name);
  }
}

const namesAt = (root: Node, path: readonly (string | number)[]): string[] => namesOf(nodeAt(root, path)?.node);

const MAX_PROBLEMS = 2_000;
const groups = ['numeric', 'text', 'boolean', 'all'];
class ColumnCheck {
  readonly problems: Problem[] = [];
  private readonly raw: Map<string, Type>;
  private readonly all: ReadonlySet<string>;

  constructor(
    private readonly unit: Unit,
    private readonly data: Unit,
    columns: readonly Columns[],
  ) {
    this.raw = rawColumns(data, columns);
    this.all = new Set(columns.map(({ name }) => name));
  }

  dataStage(): void {
    const { unit } = this;
    for (const mention of unit.mentions) {
      if (mention.path[0] === 'features') continue;
      const isType = mention.type === 'column-key' || (mention.path[0] === 'columns' && mention.path[1] === 'drop');
      const grouped = mention.type === 'columns' && groups.includes(mention.text);
      if (mention.type === 'column' || mention.type === 'column-key' || (mention.type === 'columns' && !grouped))
        this.known(mention.text, mention, isType ? this.all : this.raw.keys(), isType ? this.all : this.raw);
    }
    this.expectations();
    for (const use of unit.expressions) if (use.use !== 'derive') this.expression(use, this.raw);
    this.features();
  }

  otherStage(): void {
    const { unit } = this;
    for (const mention of unit.mentions)
      if (mention.type === 'column' || mention.type === 'columns')
        this.known(mention.text, mention, this.raw.keys(), this.raw);
    for (const use of unit.expressions) {
      // What `label` is, a class or a number, is only known with the model.
      if (use.use === 'figure') continue;
      const names: [string, Type][] = [
        ...Object.keys(MONITOR_NAMES).map((name): [string, Type] => [name, 'number']),
        ...[...this.raw.keys()].map((name): [string, Type] => [`drift.${name}`, 'number']),
        ...METRICS.flatMap(({ name }) =>
          ['performance', 'estimated'].map((group): [string, Type] => [`${group}.${metricInName(name)}`, 'number']),
        ),
      ];
      this.expression(use, new Map(names), 'value');
    }
  }

  private known(name: string, at: Range, names: Iterable<string>, table: { has(name: string): boolean }): boolean {
    if (table.has(name)) return true;
    // A list of very many strangers: nobody reads so many messages, and each takes a search for the nearest name.
    if (this.problems.length >= MAX_PROBLEMS) return false;
    const { suggestion, offer } = guess(name, names);
    const shown = [...this.raw.keys()];
    const rest = this.all.has(name)
      ? ' It is listed under `columns.drop`; use `columns.exclude` to keep it out of the features only.'
      : offer !== ''
        ? offer
        : ` There are ${oneOf(shown)}.`;
    const stage = this.unit === this.data ? 'the data' : `\`${this.data.name}\``;
    this.problems.push({
      code: this.all.has(name) ? 'column-dropped' : 'unknown-column',
      from: at.from,
      to: at.to,
      message: this.all.has(name)
        ? `The column \`${name}\` is dropped.${rest}`
        : `There is no column \`${name.slice(0, 60)}\` in ${stage}.${rest}`,
      ...(suggestion !== undefined && !this.all.has(name) && { suggestion }),
    });
    return false;
  }

  private expectations(): void {
    const list = nodeAt(this.unit.node, ['expect'])?.node;
    if (list?.type !== 'list') return;
    for (const item of list.items) {
      const column = nodeAt(item, ['column'])?.node;
      const type = this.raw.get(textOf(column) ?? '');
      if (column && nodeAt(item, ['between']) && type !== undefined && type !== 'number')
        this.problems.push({
          code: 'column-type',
          from: column.from,
          to: column.to,
          message: `\`${textOf(column) ?? ''}\` is ${type}; \`between\` is for numbers. ${type === 'time' ? `Write it as an expression: \`where: "day >= '2024-01-01'"\`.` : 'Use `in: […]`.'}`,
        });
    }
  }

  private features(): void {
    const list = nodeAt(this.unit.node, ['features'])?.node;
    if (list?.type !== 'list') return;
    const outside = outsiders(this.data);
    const table = new Map([...this.raw].filter(([name, type]) => !outside.has(name) && type !== 'time'));
    const gone = new Map<string, string>();
    list.items.forEach((step, i) => {
      for (const { key, value } of entriesOf(step)) {
        if (key === 'derive') this.derived(i, table, outside, gone);
        else if (key === 'date-parts') this.dates(value, outside);
        else this.stepColumns(key, value, table, outside, gone);
        if (key === 'one-hot' || key === 'drop')
          for (const name of selected(table, nodeAt(value, ['columns'])?.node)) gone.set(name, key);
      }
      advance(table, this.data, step, i);
    });
  }

  /** `date-parts` reads times, also the one that orders the rows. */
  private dates(settings: Node, outside: ReadonlyMap<string, string>): void {
    const node = nodeAt(settings, ['columns'])?.node;
    const times = [...this.raw].filter(([, type]) => type === 'time').map(([name]) => name);
    for (const item of node?.type === 'list' ? node.items : node ? [node] : []) {
      const name = textOf(item);
      if (name === undefined || !this.known(name, item, times, this.raw)) continue;
      const type = this.raw.get(name);
      const role = outside.get(name);
      const barred = role !== undefined && !role.startsWith('the time');
      if (barred || type !== 'time')
        this.problems.push({
          code: barred ? 'not-a-feature' : 'column-type',
          from: item.from,
          to: item.to,
          message: barred
            ? `\`${name}\` is ${role}, so it is no feature. Remove it here.`
            : `\`${name}\` is ${type ?? ''}; \`date-parts\` reads dates and times. If it holds dates, say how they are written with \`date-format\` in the source.`,
        });
    }
  }

  private derived(
    index: number,
    table: Map<string, Type>,
    outside: ReadonlyMap<string, string>,
    gone: ReadonlyMap<string, string>,
  ): void {
    const grown = new Map(table);
    for (const use of this.unit.expressions) {
      const { path } = use.mention;
      if (path[0] !== 'features' || path[1] !== index) continue;
      const leak = use.tree && check(use.tree, undefined).names.find(({ name }) => outside.get(name) === 'the target');
      if (leak) {
        this.problems.push({
          code: 'target-in-features',
          ...sourceRange(this.unit.text, use.node, leak.from, leak.to),
          message: `\`${leak.name}\` is the target; a feature made of it would tell the model the answer.`,
        });
        continue;
      }
      const type = this.expression(use, grown, 'column', gone);
      const name = path[3];
      if (typeof name !== 'string') continue;
      this.newName(name, index, grown, outside);
      grown.set(name, type ?? 'number');
    }
  }

  /** `fill: {with: {value: …}}` must be of the columns' type. */
  private fillValue(settings: Node, names: readonly string[], table: ColumnTable): void {
    const node = nodeAt(settings, ['with', 'value'])?.node;
    const value = node?.type === 'scalar' ? node.value : null;
    if (!node || value === null) return;
    const given = typeof value === 'string' ? 'text' : typeof value;
    const odd = names.find(
      (name) => table.get(name) !== given && !(table.get(name) === 'boolean' && (value === 0 || value === 1)),
    );
    if (odd === undefined) return;
    const suggestion = table.get(odd) === 'text' ? JSON.stringify(String(value)) : undefined;
    this.problems.push({
      code: 'column-type',
      from: node.from,
      to: node.to,
      message: `\`${odd}\` is ${table.get(odd) ?? ''}, so it can't be filled with ${given === 'text' ? 'a text' : `a ${given}`}.${suggestion === undefined ? '' : ` Write ${suggestion}.`}`,
      ...(suggestion !== undefined && { suggestion }),
    });
  }

  /** A derived feature may replace a feature, but not take the name of a column that is none. */
  private newName(name: string, index: number, table: ColumnTable, outside: ReadonlyMap<string, string>): void {
    const entry = nodeAt(this.unit.node, ['features', index, 'derive', name])?.entry;
    if (!entry || table.has(name)) return;
    const role = this.raw.has(name) ? outside.get(name) : undefined;
    const twin = [...table.keys()].find((other) => other.toLowerCase() === name.toLowerCase());
    if (role === undefined && twin === undefined) return;
    this.problems.push({
      code: 'name-taken',
      ...entry.keyRange,
      message:
        role !== undefined
          ? `\`${name}\` is ${role}; a derived feature needs another name.`
          : `\`${name}\` differs from the column \`${twin ?? ''}\` in case only. Choose another name.`,
    });
  }

  private stepColumns(
    step: string,
    settings: Node,
    table: ColumnTable,
    outside: ReadonlyMap<string, string>,
    gone: ReadonlyMap<string, string>,
  ): void {
    const node = nodeAt(settings, ['columns'])?.node;
    const items = node?.type === 'list' ? node.items : node && !groups.includes(textOf(node) ?? '') ? [node] : [];
    const statistic = textOf(nodeAt(settings, ['with'])?.node);
    const wantsNumbers = numeric.has(step) || (step === 'fill' && (statistic === 'mean' || statistic === 'median'));
    const group = node?.type === 'list' ? undefined : textOf(node);
    if (node && wantsNumbers && (group === 'all' || group === 'text') && !table.has(group)) {
      const odd = [...table].find(([, type]) => type === 'text')?.[0];
      if (odd !== undefined)
        this.problems.push({
          code: 'column-type',
          from: node.from,
          to: node.to,
          message: `\`${group}\` includes \`${odd}\`, which is text; \`${step}\` is for numbers. Write \`numeric\`.`,
          suggestion: 'numeric',
        });
    }
    if (step === 'fill') this.fillValue(settings, selected(table, node), table);
    for (const item of items) {
      const name = textOf(item);
      if (name === undefined) continue;
      const type = table.get(name);
      if (type === undefined) {
        const role = outside.get(name);
        if (role === 'the target') continue;
        if (groups.includes(name))
          this.problems.push({
            code: 'unknown-column',
            from: item.from,
            to: item.to,
            message: `In a list, \`${name}\` is the name of a column, and there is none. For all of them write \`columns: ${name}\`.`,
          });
        else if (role !== undefined && this.raw.has(name))
          this.problems.push({
            code: 'not-a-feature',
            from: item.from,
            to: item.to,
            message: `\`${name}\` is ${role}, so it is no feature. Remove it here.`,
          });
        else if (this.raw.get(name) === 'time')
          this.problems.push({
            code: 'not-a-feature',
            from: item.from,
            to: item.to,
            message: `\`${name}\` is a time, which is no feature. A step \`date-parts\` makes numbers of it; or remove it here.`,
          });
        else if (gone.has(name))
          this.problems.push({
            code: 'not-a-feature',
            from: item.from,
            to: item.to,
            message: `\`${name}\` is no feature any more: \`${gone.get(name) ?? ''}\` above took it. Put this step before it.`,
          });
        else if (![...gone].some(([old, by]) => by === 'one-hot' && name.startsWith(old)))
          this.known(name, item, item === node ? [...table.keys(), ...groups] : table.keys(), table);
      } else {
        const odd = misfit(step, statistic, name, type, wantsNumbers);
        if (odd !== undefined) this.problems.push({ code: 'column-type', from: item.from, to: item.to, message: odd });
      }
    }
  }

  private expression(
    use: ExpressionUse,
    table: ColumnTable,
    what = 'column',
    gone?: ReadonlyMap<string, string>,
  ): Type | undefined {
    if (!use.tree) return undefined;
    const checked = check(use.tree, table, {
      ...(use.use !== 'derive' && { expect: 'boolean' as const }),
      nameKind: what,
    });
    for (const { from, to, message, suggestion } of checked.problems) {
      const name = checked.names.find((candidate) => candidate.from === from && candidate.to === to)?.name;
      if (
        name !== undefined &&
        [...(gone ?? [])].some(([old, by]) => by === 'one-hot' && name !== old && name.startsWith(old))
      )
        continue;
      const unknown = name !== undefined && !table.has(name);
      const dropped = unknown && this.all.has(name);
      const range = sourceRange(this.unit.text, use.node, from, to);
      this.problems.push({
        code: unknown ? (dropped && !this.raw.has(name) ? 'column-dropped' : 'unknown-column') : 'expression-type',
        ...range,
        message: dropped
          ? `The column \`${name}\` is no longer there at this point: it is dropped, encoded or no feature.`
          : message.replaceAll(/'([^']*)'/g, '`$1`').replace(/\?$/, '?'),
        ...(suggestion !== undefined && !dropped && { suggestion }),
      });
    }
    return checked.type;
  }
}

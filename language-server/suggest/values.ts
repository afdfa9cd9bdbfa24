import { dirname, join } from 'node:path';
import { CompletionItemKind } from '../protocol';
import { METRICS } from '../../lifecycle/statistics/metrics';
import { reachable } from '../../lifecycle/pipeline/graph';
import { schemaAt, type SchemaAt } from '../../lifecycle/pipeline/language';
import type { Placed } from '../../lifecycle/pipeline/references';
import { findProjectPlace } from '../../lifecycle/pipeline/project';
import { outputsOf } from '../../lifecycle/pipeline/schema';
import { findTargets, targetNames } from '../../lifecycle/pipeline/targets';
import { misfit, numeric } from '../../lifecycle/pipeline/step-types';
import type { Unit } from '../../lifecycle/pipeline/stage';
import { entryOf, nodeAt, type Path, textOf } from '../../lifecycle/pipeline/tree';
import type { PeekedColumn } from '../columns';
import { columnsAt, DATA_FILE, dataBehind, networkOf } from '../data';
import { columnDetail, describeColumn, describeMetric, grouped } from '../describe';
import { stageSummary } from '../cards';
import { suggestExpression, suggestSql } from './expressions';
import { kindsKnowing } from './fit';
import { listSnippets, mapKeys, mapSnippets } from './shapes';
import { type Ask, fewColumns, holds, type Suggestion, yamlScalar } from './suggestion';

/** What can be written as a value at the cursor. */
export function suggestValues(ask: Ask): Suggestion[] {
  const { cursor, schema } = ask;
  const { x } = schema;
  if (typeof x['expression'] === 'string') return suggestExpression(ask, x['expression']);
  if (cursor.quoted === 'block') return cursor.path.at(-1) === 'sql' ? suggestSql(ask) : [];
  if (cursor.path.at(-1) === 'sql' && cursor.path.includes('source')) return suggestSql(ask);
  const result = scalarValues(ask, schema);
  const inList = cursor.container?.type === 'list';
  const isMap = schema.nodes.some((node) => node.types.includes('object') || node.cases);
  const fresh = cursor.quoted === undefined;
  if (isMap && fresh && inList && schema.singleKey) return choices(result, mapKeys(ask));
  if (isMap && fresh && (inList || cursor.ownLine)) {
    // Whoever begins a line of its own below a key writes a map.
    const words = cursor.ownLine && !inList ? result.map((item) => ({ ...item, rank: (item.rank ?? 1) + 2 })) : result;
    return [...words, ...mapKeys(ask)];
  }
  if (isMap && fresh && !inList) result.push(...mapSnippets(ask));
  if (schema.items && fresh && !inList) {
    const there = new Set(result.map(({ label }) => label));
    result.push(...listSnippets(ask, schema.items, scalarValues).filter(({ label }) => !there.has(label)));
  }
  return result;
}

/** An item that is a word or a map of one key: what needs settings first, then the words, then those words with settings. */
function choices(words: readonly Suggestion[], maps: readonly Suggestion[]): Suggestion[] {
  const plain = new Set(words.map(({ label }) => label));
  return [
    ...maps.filter(({ label }) => !plain.has(label)).map((item) => ({ ...item, rank: 1 })),
    ...words.map((item) => ({ ...item, rank: 2 })),
    ...maps
      .filter(({ label }) => plain.has(label))
      .map((item) => ({ ...item, label: `${item.label}: …`, filter: item.label, detail: 'with settings', rank: 3 })),
  ];
}

/** Words, names and numbers. */
function scalarValues(ask: Ask, schema: SchemaAt): Suggestion[] {
  const { cursor } = ask;
  const { x } = schema;
  const result: Suggestion[] = [];
  const siblings = new Set(
    cursor.container?.type === 'list'
      ? cursor.container.items.flatMap((item) => (item === cursor.scalar ? [] : (textOf(item) ?? [])))
      : [],
  );
  const onNewLineOfMap = cursor.ownLine && schema.nodes.every((node) => node.types.includes('object'));
  if (onNewLineOfMap) return result;
  const knowing = kindsBeside(ask);
  for (const { value, description } of schema.values) {
    if (siblings.has(String(value))) continue;
    const word = String(value);
    result.push({
      label: word,
      kind: CompletionItemKind.EnumMember,
      insert: yamlScalar(value, cursor.flow),
      ...(value === schema.default && { detail: 'default' }),
      documentation: description ?? schema.description ?? '',
      rank: knowing?.includes(word) === false ? 3 : 1,
    });
  }
  if (schema.values.length === 0 && schema.types.includes('boolean') && schema.types.length === 1)
    for (const value of [true, false])
      result.push({
        label: String(value),
        kind: CompletionItemKind.Value,
        insert: String(value),
        ...(schema.default === value && { detail: 'default' }),
        verbatim: true,
        rank: 1,
      });
  if (Array.isArray(x['reference']))
    result.push(...references(ask, x['reference'] as string[]).filter(({ label }) => !siblings.has(label)));
  if (x['column'] !== undefined) result.push(...columns(ask, x['column'] === 'selector', siblings));
  if (x['metric'] === true) result.push(...metrics(ask, siblings));
  if (x['target'] === true) result.push(...targets(ask));
  const [first, second] = cursor.path;
  if (typeof x['file'] === 'string') result.push(...files(ask, x['file'] === 'data'));
  else if (first === 'command' && typeof second === 'number' && second > 0) result.push(...files(ask, false));
  if (x['column-value'] === 'target') result.push(...targetValues(ask));
  if (result.length === 0 && schema.values.length === 0) result.push(...givenValues(ask, schema));
  return result;
}

/** At the key that tells kinds apart: the kinds that know all the keys beside it. */
function kindsBeside({ cursor }: Ask): readonly string[] | undefined {
  const { path, container, root, tree, entry } = cursor;
  if (container?.type !== 'map' || container.entries.length < 2) return undefined;
  const cases = schemaAt(root, tree, path.slice(0, -1))?.nodes.find((node) => node.cases)?.cases;
  if (cases?.key !== entry?.key || !cases) return undefined;
  return kindsKnowing(
    cases,
    container.entries.flatMap(({ key, incomplete }) => (key === cases.key || incomplete ? [] : [key])),
  );
}

/** The default and the examples of a value that has no list to choose from. */
function givenValues({ cursor }: Ask, schema: SchemaAt): Suggestion[] {
  const given = [
    ...(schema.default === undefined ? [] : [{ value: schema.default, detail: 'default' }]),
    ...schema.examples.map((value) => ({ value, detail: 'example' })),
  ];
  return given
    .filter(({ value }) => typeof value !== 'object' || (Array.isArray(value) && cursor.quoted === undefined))
    .map(({ value, detail }) => ({
      label: Array.isArray(value) ? JSON.stringify(value) : String(value),
      kind: CompletionItemKind.Value,
      insert: yamlScalar(value, cursor.flow),
      detail,
      documentation: schema.description ?? '',
      rank: 2,
      ...(Array.isArray(value) && { verbatim: true }),
    }));
}

/** Stages that are offered at once; more come as more of the name is typed. */
const MOST_STAGES = 100;

/** Stages that can be referred to here without closing a circle. */
function references(ask: Ask, kinds: readonly string[]): Suggestion[] {
  const { analysis, cursor, workspace } = ask;
  const own = cursor.unit?.name;
  const network = networkOf(analysis);
  const mine = own === undefined ? undefined : network.byName.get(own);
  // Those that need this stage already: a reference to one of them would close a circle.
  const below = mine === undefined ? undefined : reachable(network.users, [mine]);
  const fitting = network.ofKinds(kinds).flatMap((i) => {
    const stage = network.stages[i];
    return stage && stage.unit.name !== own && below?.has(i) !== true ? [stage] : [];
  });
  const result: Suggestion[] = [];
  for (const { unit } of nearest(ask, fitting, mine ?? 0)) {
    const { kind = '' } = unit;
    const outputs = Object.entries(outputsOf(kind));
    const whole = kind !== 'evaluate';
    const parts = cursor.path[0] === 'data' ? [] : outputs;
    const about = stageSummary(workspace, analysis, unit.name);
    const item = (label: string, documentation: string, rank: number): Suggestion => ({
      label,
      kind: CompletionItemKind.Module,
      insert: label,
      detail: `${kind} stage${about === '' ? '' : ` · ${about}`}`,
      documentation,
      rank,
      stage: unit.name,
    });
    // What is watched is compared with what was learnt from, and what goes on is what was held to the gate.
    const first = { reference: 'train', model: 'best' }[String(cursor.path[0])];
    if (whole) result.push(item(unit.name, '', cursor.path[0] === 'reference' ? 2 : 1));
    for (const [output, means] of parts) result.push(item(`${unit.name}.${output}`, means, output === first ? 0 : 1));
  }
  return result;
}

/** Of very many stages those that fit what is typed, and of these the ones that stand near; in the order of the file. */
function nearest(ask: Ask, stages: readonly Placed[], here: number): readonly Placed[] {
  if (stages.length <= MOST_STAGES) return stages;
  const typed = ask.cursor.typed.toLowerCase();
  const fitting = stages.filter(({ unit }) => holds(unit.name.toLowerCase(), typed));
  if (fitting.length < stages.length || fitting.length > MOST_STAGES) ask.more();
  return fitting
    .sort((a, b) => Math.abs(a.index - here) - Math.abs(b.index - here))
    .slice(0, MOST_STAGES)
    .sort((a, b) => a.index - b.index);
}

const groups: Readonly<Record<string, string>> = {
  numeric: 'All number columns that are features at this point.',
  text: 'All text columns that are features at this point.',
  boolean: 'All boolean columns that are features at this point.',
  all: 'All columns that are features at this point.',
};

/** Different values up to which a column splits rows into classes. */
const FEW = 20;

/** How well a column suits a place that is for columns of a certain sort, as a rank; undefined at other places. */
function suitability(path: Path, data: Unit | undefined): ((column: PeekedColumn) => number) | undefined {
  const [first, second] = path;
  const namesAt = (...at: Path): readonly (string | undefined)[] => {
    const node = nodeAt(data?.node, at)?.node;
    return node?.type === 'list' ? node.items.map(textOf) : [textOf(node)];
  };
  const classes = ({ type, distinct }: PeekedColumn): number => (type !== 'time' && distinct <= FEW ? 1 : 3);
  if ((first === 'columns' || first === 'split') && second === 'time')
    return ({ type }) => (type === 'time' ? 0 : type === 'number' ? 1 : 3);
  if (first === 'split' && second === 'stratify') {
    const target = [...namesAt('target'), ...namesAt('target', 'column')];
    return (column) => (classes(column) === 1 && target.includes(column.name) ? 0 : classes(column));
  }
  if (first === 'fairness') {
    const sensitive = namesAt('columns', 'sensitive');
    return (column) => (sensitive.includes(column.name) ? 0 : classes(column));
  }
  return undefined;
}

function columns(ask: Ask, selector: boolean, siblings: ReadonlySet<string>): Suggestion[] {
  const { workspace, analysis, cursor } = ask;
  const { unit } = cursor;
  if (!unit) return [];
  const data = dataBehind(workspace, analysis, unit);
  const table = data ? columnsAt(data, cursor.path, unit) : undefined;
  const step = cursor.path[0] === 'features' && typeof cursor.path[2] === 'string' ? cursor.path[2] : undefined;
  const statistic =
    step === 'fill' ? textOf(entryOf(nodeAt(unit.node, cursor.path.slice(0, 3))?.node, 'with')?.value) : undefined;
  const numbers = step !== undefined && (numeric.has(step) || statistic === 'mean' || statistic === 'median');
  const between = cursor.path[0] === 'expect' && entryOf(cursor.container, 'between') !== undefined;
  const odd = ({ name, type }: PeekedColumn): boolean =>
    (between && type !== 'number') ||
    (step !== undefined && misfit(step, statistic, name, type, numbers) !== undefined);
  const all = [...(table?.values() ?? [])];
  const texts = all.some(({ type }) => type === 'text');
  const categories = step === 'one-hot';
  const suits = suitability(cursor.path, data?.stage);
  const result: Suggestion[] = fewColumns(
    ask,
    all.filter(({ name }) => !siblings.has(name)),
  ).map((column) => ({
    label: column.name,
    kind: CompletionItemKind.Field,
    insert: yamlScalar(column.name, cursor.flow),
    detail: columnDetail(column),
    documentation: describeColumn(column.name, column, data?.peek?.sampled, data?.dataset) ?? '',
    rank:
      suits?.(column) ??
      (odd(column) || (numbers && column.type !== 'number')
        ? 3
        : categories && texts && column.type === 'number'
          ? 2
          : 1),
  }));
  if (selector && cursor.container?.type !== 'list')
    for (const [group, documentation] of Object.entries(groups)) {
      if (numbers && texts && (group === 'all' || group === 'text')) continue;
      result.push({
        label: group,
        kind: CompletionItemKind.Keyword,
        insert: group,
        detail: 'group of columns',
        documentation,
        rank: 0,
      });
    }
  return result;
}

function metrics(ask: Ask, siblings: ReadonlySet<string>): Suggestion[] {
  const { workspace, analysis, cursor } = ask;
  const tasks = cursor.unit && dataBehind(workspace, analysis, cursor.unit)?.tasks;
  // Elsewhere in an evaluation those that it computes come first.
  const listed = cursor.path[0] === 'metrics' ? undefined : nodeAt(cursor.unit?.node, ['metrics'])?.node;
  const computed = listed?.type === 'list' ? new Set(listed.items.map(textOf)) : undefined;
  return METRICS.filter(
    ({ name, task }) => !siblings.has(name) && (!tasks || task.some((each) => tasks.includes(each))),
  ).map((metric) => ({
    label: metric.name,
    kind: CompletionItemKind.EnumMember,
    insert: metric.name,
    detail: metric.title,
    documentation: describeMetric(metric.name) ?? '',
    rank: computed?.has(metric.name) === false ? 3 : 1,
  }));
}

function targets({ source, workspace }: Ask): Suggestion[] {
  const folder = dirname(source.path);
  const path = findTargets(folder, findProjectPlace(folder, workspace.disk).root, workspace.disk);
  return targetNames(path === undefined ? undefined : workspace.disk.read(path)).map((name) => ({
    label: name,
    kind: CompletionItemKind.Constant,
    insert: yamlScalar(name),
    detail: name === 'local' ? 'built in' : 'target of targets.yaml',
    ...(name === 'local' && { documentation: 'A model server on this machine.' }),
    rank: 1,
  }));
}

const MOST_FILES = 500;

function files({ source, workspace, cursor }: Ask, dataOnly: boolean): Suggestion[] {
  if (!source.uri.startsWith('file:') && !source.isNotebook) return [];
  const slash = cursor.typed.lastIndexOf('/');
  const typed = slash < 0 ? '' : cursor.typed.slice(0, slash + 1);
  const folder = join(dirname(source.path), typed);
  const names = (workspace.disk.list(folder) ?? []).slice(0, 5000);
  const result: Suggestion[] = [];
  for (const name of names) {
    if (name.startsWith('.') || name === 'node_modules' || result.length >= MOST_FILES) continue;
    const isFolder = workspace.disk.list(join(folder, name)) !== undefined;
    if (!isFolder && dataOnly && !DATA_FILE.test(name)) continue;
    result.push({
      label: typed + name + (isFolder ? '/' : ''),
      kind: isFolder ? CompletionItemKind.Folder : CompletionItemKind.File,
      insert: yamlScalar(typed + name + (isFolder ? '/' : '')),
      again: isFolder,
      rank: isFolder ? 2 : 1,
    });
  }
  return result;
}

/** Values of the target column. */
function targetValues({ workspace, analysis, cursor }: Ask): Suggestion[] {
  const data = cursor.unit && dataBehind(workspace, analysis, cursor.unit);
  if (!data) return [];
  const target = data.stage.mentions.find(({ type, path }) => type === 'column' && path[0] === 'target')?.text;
  const column = data.columns?.find(({ name }) => name === target);
  return (column?.values ?? []).slice(0, 20).map(({ value, count }) => {
    const looksOther = typeof value === 'string' && yamlScalar(value) === value && !Number.isNaN(Number(value));
    return {
      label: String(value),
      kind: CompletionItemKind.Value,
      insert: looksOther ? JSON.stringify(value) : yamlScalar(value, cursor.flow),
      detail: `${grouped(count)} rows`,
      rank: 1,
    };
  });
}

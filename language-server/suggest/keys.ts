import { CompletionItemKind } from '../protocol';
import { alternatives } from '../../lifecycle/pipeline/check-keys';
import { METRICS } from '../../lifecycle/statistics/metrics';
import type { SchemaAt } from '../../lifecycle/pipeline/language';
import { spellingOf } from '../../lifecycle/pipeline/parts';
import { tunablePaths } from '../../lifecycle/pipeline/local-tune';
import { schemaNode, type SchemaNode, stageKinds, stageSchema } from '../../lifecycle/pipeline/schema';
import { entriesOf, nodeAt, textOf } from '../../lifecycle/pipeline/tree';
import { columnsAt, dataBehind } from '../data';
import { columnDetail, describeColumn, describeMetric, describeSchema } from '../describe';
import { MARK } from '../mark';
import { fits, idleKeys } from './fit';
import { keySnippet, pipelineSkeleton, stageSnippet } from './snippets';
import { type Ask, fewColumns, type Suggestion, yamlScalar } from './suggestion';

/** Keys that can be written at the cursor, without those that are there; what is required first. */
export function suggestKeys(ask: Ask): Suggestion[] {
  const { cursor, schema } = ask;
  if (cursor.askew) return [];
  if (cursor.at === 'stage-name') return cursor.hasColon || cursor.below ? [] : stageSuggestions(ask);
  const present = new Set(
    entriesOf(cursor.container?.type === 'map' ? cursor.container : undefined).map(({ key }) => key),
  );
  for (const entry of cursor.container?.type === 'map' ? cursor.container.entries : [])
    if (entry.merged || !entry.key.includes(MARK)) present.add(entry.key);
  // Below the stages of a file the header goes on.
  if (cursor.root === 'pipeline' && cursor.path.length === 0)
    for (const { key } of entriesOf(ask.analysis.headerNode)) present.add(key);
  const own = cursor.entry?.key.replaceAll(MARK, '') ?? '';
  if (cursor.hasColon) present.delete(own);
  return [...fixedKeys(ask, schema, present), ...openKeys(ask, schema, present)];
}

/** Keys as the value of a key that has none yet, on a line of its own or as an item of a list. */
export function keysAsValue(ask: Ask): Suggestion[] {
  return [...fixedKeys(ask, ask.schema, new Set()), ...openKeys(ask, ask.schema, new Set())];
}

function fixedKeys(ask: Ask, schema: SchemaAt, present: ReadonlySet<string>): Suggestion[] {
  const { cursor } = ask;
  if (schema.singleKey && present.size > 0) return [];
  const atRoot = cursor.root === 'pipeline' && cursor.path.length === 0 && cursor.at === 'key';
  const excluded = new Set(
    schema.keys.flatMap(({ key, schema: node }) => (present.has(key) ? alternatives(node.x['alternative-to']) : [])),
  );
  const keys = schema.keys.filter(({ key, schema: node }) => {
    if (present.has(key)) return false;
    if (alternatives(node.x['alternative-to']).some((other) => present.has(other)) || excluded.has(key)) return false;
    return !(atRoot && key === 'stages' && !mayHaveStages(ask));
  });
  const { below } = cursor;
  const fitting = below ? keys.filter(({ schema: node }) => fits(node, below)) : keys;
  const idle = idleKeys(cursor, fitting);
  const result = fitting.map(({ key, required, schema: node }, i): Suggestion => {
    const indent = cursor.afterDash ? cursor.column - cursor.indent : 0;
    const { insert, again } = keySnippet(key, node, { indent, flow: cursor.flow, compact: schema.singleKey });
    const name = yamlScalar(key, cursor.flow);
    return {
      label: key,
      kind: CompletionItemKind.Property,
      insert: cursor.hasColon ? name : below ? `${name}:` : insert,
      snippet: !cursor.hasColon && !below,
      ...((required || idle.has(key)) && { detail: required ? 'required' : 'no effect here' }),
      documentation: describeSchema(key, node, required),
      rank: required ? 1 : idle.has(key) ? 4 : name !== 'description' && i < 100 ? 2 : 3,
      again: again && !cursor.hasColon && !below,
      verbatim: true,
    };
  });
  if (atRoot && present.size === 0 && ask.source.text.trim() === '') {
    const spelling = spellingOf(ask.source.path);
    result.unshift({
      label: 'new pipeline',
      kind: CompletionItemKind.Snippet,
      insert: pipelineSkeleton(spelling, nameFrom(ask.source.path)),
      snippet: true,
      detail: 'header and a data stage',
      documentation: 'A pipeline to begin with.',
      rank: 0,
      verbatim: true,
    });
  }
  return result;
}

function mayHaveStages({ source, analysis }: Ask): boolean {
  return (
    spellingOf(source.path) === 'pipeline' &&
    analysis.stages.length === 0 &&
    !/^["']?stages["']?[ \t]*:/m.test(source.text)
  );
}

const nameFrom = (path: string): string =>
  /([A-Za-z][A-Za-z0-9_-]*)\.(?:pipeline|lifecycle)\.[a-z]+$/i.exec(path)?.[1] ?? 'pipeline';

function stageSuggestions({ analysis }: Ask): Suggestion[] {
  const taken = new Set(analysis.stages.map(({ name }) => name));
  return stageKinds().map((kind) => ({
    label: kind,
    kind: CompletionItemKind.Snippet,
    insert: stageSnippet(kind, 0, taken),
    snippet: true,
    detail: 'new stage',
    documentation: stageSchema(kind)?.description ?? '',
    again: false,
    verbatim: true,
  }));
}

/** The range in which a setting is worth searching: its words, or numbers around its default. */
function rangeSnippet(nodes: readonly SchemaNode[]): string {
  const words = nodes.flatMap(({ values }) => values ?? []);
  if (words.length > 0) return `[${words.slice(0, 6).map(String).join(', ')}]`;
  const node = nodes.find(({ types }) => types.includes('number') || types.includes('integer'));
  if (!node) return nodes.some(({ types }) => types.includes('boolean')) ? '[true, false]' : '[${1}]';
  const { default: given, minimum, exclusiveMinimum, maximum, types } = node;
  const whole = !types.includes('number');
  const middle = typeof given === 'number' && given > 0 ? given : undefined;
  const capped = (value: number): number => Math.min(value, maximum ?? Infinity);
  if (middle === undefined)
    return maximum !== undefined && !whole
      ? `{ uniform: [\${1:${minimum ?? exclusiveMinimum ?? 0}}, \${2:${maximum}}] }`
      : `{ ${whole ? 'integer' : 'uniform'}: [\${1:${Math.max(minimum ?? 0, whole ? 1 : 0)}}, \${2:${capped(10)}}] }`;
  const low = whole ? Math.max(minimum ?? 1, Math.floor(middle / 4), 1) : Number((middle / 10).toPrecision(2));
  const high = capped(whole ? middle * 4 : Number((middle * 10).toPrecision(2)));
  return `{ ${whole ? 'log-integer' : 'log-uniform'}: [\${1:${low}}, \${2:${high}}] }`;
}

/** Keys of maps whose keys are names of something: metrics, columns, deploy stages, parameters, kinds of targets. */
function openKeys(ask: Ask, schema: SchemaAt, present: ReadonlySet<string>): Suggestion[] {
  const { workspace, analysis, cursor } = ask;
  const { unit } = cursor;
  const value = schema.nodes
    .map((node) => node.additional)
    .find((node): node is SchemaNode => typeof node === 'object');
  const { below } = cursor;
  if (value && below && !fits(value, below)) return [];
  const shape = (key: string): Pick<Suggestion, 'insert' | 'snippet' | 'again' | 'verbatim'> => {
    const name = yamlScalar(key, cursor.flow);
    if (!value || cursor.hasColon) return { insert: name, verbatim: true };
    if (below) return { insert: `${name}:`, verbatim: true };
    const { insert, again } = keySnippet(key, value, { indent: 0, flow: cursor.flow, compact: true });
    return { insert, snippet: true, again, verbatim: true };
  };
  if (schema.x['metric-keys'] === true && unit) {
    const tasks = dataBehind(workspace, analysis, unit)?.tasks;
    const listed = nodeAt(unit.node, ['metrics'])?.node;
    const computed = listed?.type === 'list' ? new Set(listed.items.map(textOf)) : undefined;
    return METRICS.filter(
      ({ name, task }) => !present.has(name) && (!tasks || task.some((each) => tasks.includes(each))),
    ).map((metric) => ({
      label: metric.name,
      kind: CompletionItemKind.EnumMember,
      ...shape(metric.name),
      ...(value &&
        !cursor.hasColon &&
        unit.kind === 'evaluate' && {
          insert: `${metric.name}: {${metric.better === 'higher' ? 'min' : 'max'}: \${1}}`,
          snippet: true,
        }),
      detail: metric.title,
      documentation: describeMetric(metric.name) ?? '',
      rank: computed && !computed.has(metric.name) ? 3 : 1,
    }));
  }
  if (schema.x['column-keys'] === true && unit) {
    const data = dataBehind(workspace, analysis, unit);
    return !data
      ? []
      : fewColumns(
          ask,
          [...columnsAt(data, cursor.path, unit).values()].filter(({ name }) => !present.has(name)),
        ).map((column) => ({
          label: column.name,
          kind: CompletionItemKind.Field,
          ...shape(column.name),
          detail: columnDetail(column),
          documentation: describeColumn(column.name, column, data.peek?.sampled, data.dataset) ?? '',
        }));
  }
  if (schema.x['tune-paths'] === true && unit)
    return tunablePaths(unit.node)
      .filter(({ path }) => !present.has(path))
      .map(({ path, nodes }) => ({
        label: path,
        kind: CompletionItemKind.Property,
        ...(cursor.hasColon
          ? shape(path)
          : { insert: `${path}: ${rangeSnippet(nodes)}`, snippet: true, verbatim: true }),
        documentation: nodes.find(({ description }) => description !== undefined)?.description ?? '',
        rank: 1,
      }));
  if (cursor.path[0] === 'tune' && cursor.path.at(-1) === 'when' && unit)
    return entriesOf(nodeAt(unit.node, ['tune', 'space'])?.node)
      .filter(({ key }) => key !== cursor.path[2] && !present.has(key) && !key.includes(MARK))
      .map(({ key }) => ({
        label: key,
        kind: CompletionItemKind.Property,
        ...shape(key),
        detail: 'varied by this search',
        rank: 1,
      }));
  const [first, , third] = cursor.path;
  if (cursor.root === 'pipeline' && first === 'environments' && third === 'parameters')
    return entriesOf(nodeAt(analysis.headerNode, ['parameters'])?.node)
      .filter(({ key }) => !present.has(key))
      .map(({ key, value: node }) => ({
        label: key,
        kind: CompletionItemKind.Variable,
        ...shape(key),
        detail: `now ${node.type === 'scalar' ? String(node.value) : ''}`,
      }));
  if (cursor.root === 'pipeline' && first === 'environments' && third === 'targets')
    return analysis.stages
      .filter(({ kind, name }) => kind === 'deploy' && !present.has(name))
      .map(({ name }) => ({ label: name, kind: CompletionItemKind.Module, ...shape(name), detail: 'deploy stage' }));
  if (cursor.root === 'targets' && cursor.path.length === 1 && first === 'targets' && !cursor.hasColon && !below)
    return [...(schemaNode('targets#/$defs/DeploymentTarget').cases?.of ?? [])].map(([kind, node]) => ({
      label: kind,
      kind: CompletionItemKind.Snippet,
      insert: `\${1:${kind === 'local' ? 'here' : kind}}:\n  kind: ${kind}${[
        ...node.required,
        ...(node.oneOfRequired?.slice(0, 1) ?? []),
      ]
        .filter((key) => key !== 'kind')
        .map((key, i) => `\n  ${key}: \${${i + 2}}`)
        .join('')}`,
      snippet: true,
      detail: 'new target',
      documentation: node.description ?? '',
      verbatim: true,
    }));
  return [];
}

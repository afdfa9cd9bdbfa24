import { dirname } from 'node:path';
import { type Hover, MarkupKind } from '../protocol';
import { MONITOR_NAMES } from '../../lifecycle/expression/monitor';
import { tokenize } from '../../lifecycle/expression/tokens';
import { schemaAt } from '../../lifecycle/pipeline/language';
import { sourceRange } from '../../lifecycle/pipeline/scalar';
import { nodeAt } from '../../lifecycle/pipeline/tree';
import type { Range } from '../../lifecycle/pipeline/types';
import { fileCard, stageCard, targetCard } from '../cards';
import { columnsAt, dataBehind } from '../data';
import { describeColumn, describeFunction, describeMetric, describeSchema } from '../describe';
import { columnGroups, entityAt } from '../entity';
import { layerCard } from '../layers';
import { locate, stageAt } from '../locate';
import type { Spot } from '../workspace';

/** What is known of the word under the mouse: a card of a stage, a column's profile, a metric's definition, or what the schema says. */
export function hover(spot: Spot): Hover | null {
  const { source, view } = spot;
  const found = byName(spot) ?? bySchema(spot);
  if (!found || found.text === '') return null;
  const range = source.rangeIn(view.document.uri, found.range);
  return { contents: { kind: MarkupKind.Markdown, value: found.text }, ...(range && { range }) };
}

interface Card {
  readonly text: string;
  readonly range: Range;
}

function byName(spot: Spot): Card | undefined {
  const { workspace, source, offset } = spot;
  const inFunction = functionAt(spot) ?? groupAt(spot);
  if (inFunction) return inFunction;
  const entity = entityAt(source, offset);
  if (!entity || source.kind !== 'pipeline') return undefined;
  const analysis = source.analysis();
  const { range } = entity;
  switch (entity.type) {
    case 'stage': {
      const text = stageCard(workspace, analysis, entity.name);
      return text === undefined ? undefined : { text, range };
    }
    case 'column': {
      const data = entity.stage && dataBehind(workspace, analysis, entity.stage.unit);
      const column = data?.columns?.find(({ name }) => name === entity.name);
      const text =
        describeColumn(entity.name, column, data?.peek?.sampled, data?.dataset) ?? derived(entity.data, entity.name);
      return text === undefined ? undefined : { text, range };
    }
    case 'metric': {
      const text = describeMetric(entity.name);
      return text === undefined ? undefined : { text, range };
    }
    case 'parameter': {
      const value = Object.hasOwn(analysis.parameters, entity.name) ? analysis.parameters[entity.name] : undefined;
      const environments = Object.entries(
        (analysis.header.environments ?? {}) as Record<string, { parameters?: Record<string, unknown> } | null>,
      ).flatMap(([name, inner]) =>
        inner?.parameters && Object.hasOwn(inner.parameters, entity.name)
          ? [`${name}: \`${String(inner.parameters[entity.name])}\``]
          : [],
      );
      return {
        text: [
          `**${entity.name}** · parameter`,
          '',
          `Now \`${String(value)}\`${environments.length > 0 ? ` · ${environments.join(' · ')}` : ''}`,
        ].join('\n'),
        range,
      };
    }
    case 'target': {
      const text = targetCard(workspace, dirname(source.path), entity.name);
      return text === undefined ? undefined : { text, range };
    }
    case 'file': {
      const isSource = entity.path?.[0] === 'source' && entity.stage !== undefined;
      const text = isSource ? fileCard(workspace, analysis, entity.stage.unit, entity.name) : undefined;
      return text === undefined ? undefined : { text, range };
    }
  }
}

function derived(
  data: { readonly text: string; readonly node: Parameters<typeof nodeAt>[0] } | undefined,
  name: string,
): string | undefined {
  const steps = nodeAt(data?.node, ['features'])?.node;
  for (const step of steps?.type === 'list' ? steps.items : []) {
    const value = nodeAt(step, ['derive', name])?.node;
    if (value?.type === 'scalar') return `**${name}** · derived\n\n\`${String(value.value)}\``;
  }
  return undefined;
}

/** The columns that a group such as `numeric` stands for. */
function groupAt({ workspace, source, offset }: Spot): Card | undefined {
  const stage = stageAt(source, offset);
  const mention = stage?.unit.mentions.find(
    ({ type, text, from, to }) =>
      type === 'columns' && columnGroups.has(text) && offset >= from + stage.base && offset <= to + stage.base,
  );
  if (!stage || !mention || stage.unit.kind !== 'data') return undefined;
  const data = dataBehind(workspace, source.analysis(), stage.unit);
  if (!data?.columns) return undefined;
  const type = mention.text === 'numeric' ? 'number' : mention.text;
  const names = [...columnsAt(data, mention.path, stage.unit).values()]
    .filter((column) => type === 'all' || column.type === type)
    .map(({ name }) => `\`${name}\``);
  const list =
    names.length === 0
      ? 'None at this point.'
      : `${names.slice(0, 20).join(', ')}${names.length > 20 ? ` and ${names.length - 20} more` : ''}`;
  const range = { from: mention.from + stage.base, to: mention.to + stage.base };
  return {
    text: `**${mention.text}** · ${names.length} ${names.length === 1 ? 'column' : 'columns'}\n\n${list}`,
    range,
  };
}

/** A function inside an expression, or a name that a monitor knows. */
function functionAt({ source, offset }: Spot): Card | undefined {
  const stage = stageAt(source, offset);
  if (!stage) return undefined;
  const { unit, base } = stage;
  const local = offset - base;
  const mention = unit.mentions.find(({ type, from, to }) => type === 'expression' && local >= from && local <= to);
  const node = mention && nodeAt(unit.node, mention.path)?.node;
  if (!mention || node?.type !== 'scalar') return undefined;
  const { tokens } = tokenize(mention.text);
  for (const [i, token] of tokens.entries()) {
    const means =
      unit.kind === 'monitor' && Object.hasOwn(MONITOR_NAMES, token.value) ? MONITOR_NAMES[token.value] : undefined;
    if (token.kind !== 'name' || (tokens[i + 1]?.value !== '(' && means === undefined)) continue;
    const range = sourceRange(unit.text, node, token.from, token.to);
    if (local < range.from || local > range.to) continue;
    const text = means === undefined ? describeFunction(token.value.toLowerCase()) : `**${token.value}**\n\n${means}`;
    return text === undefined ? undefined : { text, range: { from: range.from + base, to: range.to + base } };
  }
  return undefined;
}

function bySchema({ workspace, source, offset }: Spot): Card | undefined {
  const found = locate(source, offset);
  if (!found || found.on === 'stage-name') return undefined;
  const layer =
    found.stage && source.kind === 'pipeline'
      ? layerCard(workspace, source.analysis(), found.stage.unit, found.path, found.on)
      : undefined;
  const schema = schemaAt(found.root, found.tree, found.path);
  if (!schema) return layer === undefined ? undefined : { text: layer, range: found.range };
  const key = [...found.path].reverse().find((step) => typeof step === 'string') ?? '';
  const parent = schemaAt(found.root, found.tree, found.path.slice(0, -1));
  const required = parent?.keys.find((each) => each.key === found.path.at(-1))?.required ?? false;
  const value =
    found.on === 'value' && found.node?.type === 'scalar'
      ? schema.values.find((each) => each.value === (found.node?.type === 'scalar' ? found.node.value : undefined))
      : undefined;
  const text = [
    describeSchema(key, schema, required),
    ...(value?.description !== undefined && value.description !== schema.description
      ? ['', `\`${String(value.value)}\`: ${value.description}`]
      : []),
    ...(layer === undefined ? [] : ['', layer]),
  ].join('\n');
  return { text, range: found.range };
}

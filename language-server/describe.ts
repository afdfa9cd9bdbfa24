import type { SchemaAt } from '../lifecycle/pipeline/language';
import type { SchemaNode } from '../lifecycle/pipeline/schema';
import { findMetric, type Metric } from '../lifecycle/statistics/metrics';
import { findFunction, type FunctionEntry, signature } from '../lifecycle/expression/functions';
import type { Dataset } from '../schemas/generated/types';
import type { PeekedColumn } from './columns';

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'true or false',
  object: 'map',
  array: 'list',
  null: 'null',
};

/** What a schema says of a place, as Markdown: description, type, range, values, default, example. */
export function describeSchema(key: string, schema: SchemaNode | SchemaAt, required = false): string {
  const nodes: readonly SchemaNode[] =
    'nodes' in schema ? schema.nodes : schema.anyOf.length > 0 ? schema.anyOf : [schema];
  const types = [...new Set(nodes.flatMap((node): readonly string[] => (node.cases ? ['object'] : node.types)))].map(
    (type) => typeNames[type] ?? type,
  );
  const lines = [`**${key}**${types.length > 0 ? ` · ${types.join(' or ')}` : ''}${required ? ' · required' : ''}`];
  if (schema.description !== undefined) lines.push('', schema.description);
  const facts: string[] = [];
  const range = nodes.map(rangeWords).find((words) => words !== '');
  if (range) facts.push(`Range: ${range}`);
  const values = nodes.flatMap((node) => node.values ?? []);
  if (values.length > 1) facts.push(`One of ${values.map((value) => `\`${String(value)}\``).join(', ')}`);
  if (schema.default !== undefined) facts.push(`Default: \`${JSON.stringify(schema.default)}\``);
  const example = schema.examples[0];
  if (example !== undefined)
    facts.push(`Example: \`${typeof example === 'string' ? example : JSON.stringify(example)}\``);
  if (facts.length > 0) lines.push('', facts.map((fact) => `${fact}  `).join('\n'));
  return lines.join('\n');
}

function rangeWords(node: SchemaNode): string {
  const words: string[] = [];
  if (node.minimum !== undefined) words.push(`≥ ${node.minimum}`);
  if (node.exclusiveMinimum !== undefined) words.push(`> ${node.exclusiveMinimum}`);
  if (node.maximum !== undefined) words.push(`≤ ${node.maximum}`);
  if (node.exclusiveMaximum !== undefined) words.push(`< ${node.exclusiveMaximum}`);
  if (node.minItems !== undefined && node.types.includes('array'))
    words.push(`at least ${node.minItems} ${node.minItems === 1 ? 'item' : 'items'}`);
  return words.join(', ');
}

export function describeMetric(name: string): string | undefined {
  const metric: Metric | undefined = findMetric(name);
  if (!metric) return undefined;
  const [low, high] = metric.range.map((bound) => (Number.isFinite(bound) ? String(bound) : bound > 0 ? '∞' : '−∞'));
  return [
    `**${metric.title}** \`${metric.name}\` · ${metric.better} is better · ${low} … ${high}`,
    '',
    metric.description,
    '',
    `\`${metric.formula}\``,
    '',
    `For ${metric.task.join(', ')}. *${metric.source}*`,
  ].join('\n');
}

export function describeFunction(name: string): string | undefined {
  const entry: FunctionEntry | undefined = findFunction(name);
  return (
    entry &&
    [
      `\`\`\`\n${signature(entry)}\n\`\`\``,
      entry.description,
      `Example: \`${entry.example}\``,
      ...(entry.notServed ? [`Only in row filters: ${entry.notServed}.`] : []),
    ].join('\n\n')
  );
}

const bars = '▁▂▃▄▅▆▇█';

/** Counts as a row of little bars. */
export function sparkline(counts: readonly number[]): string {
  const most = Math.max(...counts);
  if (!(most > 0)) return '';
  return counts
    .map((count) => (count === 0 ? ' ' : (bars[Math.max(0, Math.ceil((count / most) * 8) - 1)] ?? '')))
    .join('');
}

/** A whole number with commas. The first number format that Node makes takes 15 ms. */
export const grouped = (value: number): string =>
  Number.isSafeInteger(value) ? String(value).replace(/\B(?=(?:\d{3})+$)/g, ',') : value.toLocaleString('en');

/** A number as people read it: three or four digits that count. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return grouped(value);
  const size = Math.abs(value);
  return size >= 1e6 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}

/** A value of a column: years have no commas, and of large numbers every digit before the point counts. */
function shortValue(value: unknown): string {
  if (typeof value !== 'number') return String(value).slice(0, 40);
  const size = Math.abs(value);
  if (size >= 10_000 && size < 1e9) return grouped(Math.round(value));
  return Number.isInteger(value) && size < 10_000 ? String(value) : shortNumber(value);
}
const percent = (share: number): string =>
  share === 0 ? '0 %' : share < 0.001 ? '< 0.1 %' : `${Number((share * 100).toFixed(1))} %`;

/** A column in a few words: `number · 0 … 72`. */
export function columnDetail(column: PeekedColumn): string {
  if (column.min !== undefined && column.max !== undefined)
    return `${column.type} · ${shortValue(column.min)} … ${shortValue(column.max)}`;
  const some = column.values.slice(0, 3).map(({ value }) => shortValue(value));
  return some.length > 0 ? `${column.type} · ${some.join(', ')}${column.distinct > 3 ? ', …' : ''}` : column.type;
}

/** A column as Markdown: from the last run where there is one, else from the beginning of its file. */
export function describeColumn(
  name: string,
  peeked: PeekedColumn | undefined,
  sampled: number | undefined,
  dataset: Dataset | undefined,
): string | undefined {
  const measured = dataset?.columns.find((column) => column.name === name);
  if (measured) {
    const total = (measured.count ?? 0) + (measured.missing ?? 0);
    const rows = [
      `**${name}** · ${measured.type}${measured.roles.length > 0 ? ` · ${measured.roles.join(', ')}` : ''}`,
      '',
      [
        total > 0 ? `${percent((measured.missing ?? 0) / total)} missing` : '',
        measured.distinct !== undefined ? `${grouped(measured.distinct)} distinct` : '',
        measured.length
          ? `${shortNumber(measured.length.mean)} characters, at most ${grouped(measured.length.max)}`
          : '',
        measured.words
          ? `${shortNumber(measured.words.mean)} words, at most ${grouped(measured.words.max)}, ${grouped(measured.words.distinct)} different`
          : '',
        measured.min !== undefined && measured.min !== null
          ? `${shortValue(measured.min)} … ${shortValue(measured.max)}`
          : '',
        typeof measured.mean === 'number'
          ? `mean ${shortNumber(measured.mean)}${typeof measured.std === 'number' ? ` ± ${shortNumber(measured.std)}` : ''}`
          : '',
      ]
        .filter(Boolean)
        .join(' · '),
    ];
    if (measured.histogram) rows.push('', `\`${sparkline(measured.histogram.counts)}\``);
    if (measured.quantiles && measured.quantiles.length === 7)
      rows.push(
        '',
        `Quantiles 5 %, 25 %, 50 %, 75 %, 95 %: ${measured.quantiles.slice(1, 6).map(shortNumber).join(', ')}`,
      );
    if (measured.categories && measured.categories.length > 0)
      rows.push('', categoriesLine(measured.categories, measured.count ?? 0));
    rows.push('', '*training split of the last run*');
    return rows.join('\n');
  }
  if (!peeked) return undefined;
  const seen = sampled ?? 0;
  const lines = [
    `**${name}** · ${peeked.type}`,
    '',
    [
      seen > 0 ? `${percent(peeked.missing / seen)} missing` : '',
      `${grouped(peeked.distinct)} distinct`,
      peeked.min !== undefined ? `${shortValue(peeked.min)} … ${shortValue(peeked.max)}` : '',
      peeked.mean !== undefined ? `mean ${shortNumber(peeked.mean)}` : '',
    ]
      .filter(Boolean)
      .join(' · '),
  ];
  const counts = [...peeked.values];
  if (peeked.type === 'number' && counts.length > 1) {
    const ordered = counts
      .filter(({ value }) => typeof value === 'number')
      .sort((a, b) => Number(a.value) - Number(b.value));
    if (ordered.length === peeked.distinct) lines.push('', `\`${sparkline(ordered.map(({ count }) => count))}\``);
  } else if (counts.length > 0) lines.push('', categoriesLine(counts, seen - peeked.missing));
  lines.push('', `*first ${grouped(seen)} rows of the file*`);
  return lines.join('\n');
}

function categoriesLine(values: readonly { readonly value: unknown; readonly count: number }[], total: number): string {
  const shown = values
    .slice(0, 5)
    .map(({ value, count }) => `\`${shortValue(value)}\` ${total > 0 ? percent(count / total) : count}`);
  return `${shown.join(', ')}${values.length > 5 ? ', …' : ''}`;
}

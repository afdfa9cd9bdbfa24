/** Columns that a run would stop at or read as something else than they are, as the beginning of the data shows. */
import { RESERVED } from '../table/reserved';
import { yamlScalar } from './insertions';
import type { Columns } from './network';
import type { Unit } from './stage';
import { entryOf, nodeAt, textOf } from './tree';
import type { Problem } from './types';

/** Columns and words that are named in a message. */
const NAMED = 4;
/** Words that a quick fix writes. */
const WRITTEN = 12;

/**
 * Problems of the columns themselves; ranges count in the unit's text.
 *
 * @param features the columns that are features before the first step
 */
export function oddColumns(data: Unit, columns: readonly Columns[], features: ReadonlyMap<string, unknown>): Problem[] {
  const source = entryOf(data.node, 'source');
  if (!source) return [];
  const at = source.value.from > source.keyRange.to ? source.value : source.keyRange;
  const place = { from: at.from, to: at.to };
  const problems: Problem[] = [];
  for (const { name } of columns)
    if (RESERVED.has(name) && features.has(name))
      problems.push({
        code: 'reserved-column',
        ...place,
        message: `The data has a column \`${name}\`, which is what an output of the served model is called. Drop it: \`columns: {drop: [${name}]}\`, or rename it in the source.`,
        suggestion: name,
      });
  const types = nodeAt(data.node, ['columns', 'types'])?.node;
  const target = textOf(nodeAt(data.node, ['target'])?.node) ?? textOf(nodeAt(data.node, ['target', 'column'])?.node);
  const advised = columns.filter(
    ({ name, advice }) => advice && !entryOf(types, name) && (features.has(name) || name === target),
  );
  return [
    ...problems,
    ...wordsAmongNumbers(data, advised, place),
    ...numbersAsWritten(advised, place),
    ...copiedRows(data, columns[0]?.copies, place),
  ];
}

/** Least share of rows that are copies from which on that is told: fewer change no figure. */
const COPIED = 0.01;

/** A copy in the test split of what was learnt from makes every figure of the test too good. Groups and orders in time keep copies together. */
function copiedRows(
  data: Unit,
  copies: Columns['copies'],
  place: { readonly from: number; readonly to: number },
): Problem[] {
  if (copies === undefined || copies.rows < 2 || copies.rows < COPIED * copies.of) return [];
  const steps = nodeAt(data.node, ['rows'])?.node;
  const dropped = (steps?.type === 'list' ? steps.items : []).some(
    (step) => textOf(step) === 'drop-duplicates' || entryOf(step, 'drop-duplicates') !== undefined,
  );
  const split = entryOf(data.node, 'split')?.value;
  const kept = ['group', 'time'].some((key) => entryOf(split, key) ?? nodeAt(data.node, ['columns', key])?.node);
  const whole = split?.type === 'map' && !entryOf(split, 'test') && !entryOf(split, 'validation');
  if (dropped || kept || whole) return [];
  return [
    {
      code: 'copied-rows',
      ...place,
      message: `${copies.rows.toLocaleString('en')} of the first ${copies.of.toLocaleString('en')} rows equal an earlier one in every column. A random split puts a row into \`train\` and its copy into \`test\`, so that the test looks better than the model is. Add \`rows: [drop-duplicates]\`, or keep what belongs together on one side with \`split: {group: …}\`.`,
    },
  ];
}

function wordsAmongNumbers(data: Unit, columns: readonly Columns[], place: { from: number; to: number }): Problem[] {
  const found = columns.filter(({ advice }) => advice?.decimal === undefined);
  const words = [...new Set(found.flatMap(({ advice }) => [...(advice?.odd ?? []), ...(advice?.missing ?? [])]))];
  if (words.length === 0) return [];
  const stated = nodeAt(data.node, ['source', 'missing'])?.node;
  const known =
    stated?.type === 'list'
      ? stated.items.flatMap((item) => (item.type === 'scalar' ? [String(item.value)] : []))
      : [''];
  const all = [...new Set([...known, ...words])].slice(0, WRITTEN);
  const list = `[${all.map((word) => yamlScalar(word, true)).join(', ')}]`;
  const one = found.length === 1;
  return [
    {
      code: 'numbers-as-text',
      ...place,
      message: `${called(found)} would be ${one ? 'a column of numbers' : 'numbers'} but for ${listed(words.map((word) => `\`${short(word)}\``))}, and ${one ? 'is' : 'are'} read as text${many(found)}. Where that means a missing value, say \`missing: ${list}\` beside the file; a column that is text gets \`columns: {types: {${yamlScalar(found[0]?.name ?? '', true)}: text}}\`.`,
      suggestion: `missing: ${list}`,
    },
  ];
}

function numbersAsWritten(columns: readonly Columns[], place: { from: number; to: number }): Problem[] {
  return (['.', ','] as const).flatMap((decimal) => {
    const found = columns.filter(({ advice }) => advice?.decimal === decimal);
    if (found.length === 0) return [];
    const one = found.length === 1;
    const example = found[0]?.values?.[0]?.value;
    return [
      {
        code: 'numbers-as-text' as const,
        ...place,
        message: `${called(found)} ${one ? 'holds' : 'hold'} numbers as people write them${example === undefined ? '' : `, such as \`${short(String(example))}\``}, and ${one ? 'is' : 'are'} read as text${many(found)}. Say \`decimal: "${decimal}"\` beside the file.`,
        suggestion: `decimal: "${decimal}"`,
      },
    ];
  });
}

/** What becomes of so many different texts. */
function many(columns: readonly Columns[]): string {
  const distinct = columns.reduce((most, { distinct = 0 }) => Math.max(most, distinct), 0);
  return distinct > 100 ? ` (${distinct.toLocaleString('en')} different ones)` : '';
}

const called = (columns: readonly Columns[]): string => listed(columns.map(({ name }) => `\`${name}\``));

const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

const listed = (words: readonly string[]): string =>
  words.length > NAMED
    ? `${words.slice(0, NAMED - 1).join(', ')} and ${words.length - NAMED + 1} more`
    : words.join(', ');

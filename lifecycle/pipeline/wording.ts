import { nearest } from '../expression/nearest';
import type { Node } from './tree';
import type { SchemaNode, ValueType } from './schema';

const MAX_LISTED = 12;

/** `a`, `b` or `c`; long lists are cut. */
export function oneOf(words: readonly string[]): string {
  const shown = words.slice(0, MAX_LISTED).map((word) => `\`${word}\``);
  if (words.length > MAX_LISTED) return `${shown.join(', ')} … (${words.length} in all)`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1) ?? ''}`;
}

/** The nearest word, and the sentence that offers it. */
export function guess(word: string, among: Iterable<string>): { suggestion?: string; offer: string } {
  // An iterator can be gone through once.
  const words = [...among];
  const bare = word.replace(/[-_ ]/g, '').toLowerCase();
  const near =
    nearest(word, words) ??
    words.find(
      (candidate) => candidate.length >= bare.length && candidate.replace(/[-_ ]/g, '').toLowerCase() === bare,
    ) ??
    onlyBegunWith(word, words);
  return near === undefined ? { offer: '' } : { suggestion: near, offer: ` Did you mean \`${near}\`?` };
}

/** The one word that begins with some letters; undefined where several do, or few letters are there. */
function onlyBegunWith(word: string, words: Iterable<string>): string | undefined {
  if (word.length < 3) return undefined;
  const begun = [...words].filter((each) => each.startsWith(word));
  return begun.length === 1 ? begun[0] : undefined;
}

const typeWords: Readonly<Record<ValueType, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: '`true` or `false`',
  null: 'null',
  object: 'a map',
  array: 'a list',
};

/** What a schema takes, in words: `text, or a map with \`file\`, \`format\``. */
export function expected(schema: SchemaNode): string {
  const branches = schema.anyOf.length > 0 ? schema.anyOf : [schema];
  const words = branches.flatMap((branch) => {
    if (branch.values)
      return branch.values.length > 6 ? ['one of its words'] : branch.values.map((value) => `\`${String(value)}\``);
    if (branch.cases) return [`a map with \`${branch.cases.key}\``];
    const named = nameWanted({ ...schema.x, ...branch.x });
    if (named !== undefined && branch.types.includes('string')) return [named];
    return branch.types.map((type) => typeWords[type]);
  });
  const unique = [...new Set(words)];
  return unique.length < 2 ? unique.join('') : `${unique.slice(0, -1).join(', ')} or ${unique.at(-1) ?? ''}`;
}

/** What a text names, where it is the name of something. */
function nameWanted(x: SchemaNode['x']): string | undefined {
  const { reference, column, metric, target, file } = x;
  if (Array.isArray(reference)) {
    const kinds = reference.join(' or ');
    return `the name of ${/^[aeiou]/.test(kinds) ? 'an' : 'a'} ${kinds} stage`;
  }
  if (column === 'selector') return 'the name of a column, or a group such as `numeric`';
  if (column !== undefined) return 'the name of a column';
  if (metric === true) return 'the name of a metric';
  if (target === true) return 'the name of a target';
  return typeof file === 'string' ? 'the path of a file' : undefined;
}

/** What stands there, in words. */
export function found(node: Node): string {
  if (node.type === 'map') return 'a map';
  if (node.type === 'list') return 'a list';
  if (node.type === 'broken') return 'nothing readable';
  if (node.value === null) return node.style === 'empty' ? 'nothing' : 'null';
  if (typeof node.value === 'string') return 'text';
  if (typeof node.value === 'boolean') return `\`${String(node.value)}\``;
  return Number.isInteger(node.value) ? 'a whole number' : 'a number';
}

/** The allowed range: `from 0 up to, not including, 1`. */
export function limits(schema: SchemaNode): string {
  const low =
    schema.minimum !== undefined
      ? `at least ${schema.minimum}`
      : schema.exclusiveMinimum !== undefined
        ? `more than ${schema.exclusiveMinimum}`
        : undefined;
  const high =
    schema.maximum !== undefined
      ? `at most ${schema.maximum}`
      : schema.exclusiveMaximum !== undefined
        ? `less than ${schema.exclusiveMaximum}`
        : undefined;
  return [low, high].filter((part) => part !== undefined).join(' and ');
}

/** The name of a place inside a stage, as users call it: the last key, with the number of an item in a list. */
export function label(path: readonly (string | number)[]): string {
  const at = path.findLastIndex((step) => typeof step === 'string');
  if (at < 0) return path.length > 0 ? `item ${Number(path.at(-1)) + 1}` : 'this';
  const items = path.slice(at + 1).map((step) => `[${step}]`);
  return `\`${String(path[at])}${items.join('')}\``;
}

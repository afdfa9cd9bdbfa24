import { type Entry, entryOf, type ListNode, type MapNode, type Node, type ScalarNode } from './tree';
import { formats } from './formats';
import type { SchemaNode } from './schema';
import { allows, fitsType, isOf } from './value-type';
import type { Mention, Problem, Range } from './types';
import { expected, found, guess, label, limits, oneOf } from './wording';
import { lineAt } from './lines';

export interface Findings {
  readonly problems: Problem[];
  readonly mentions: Mention[];
}

/** Problems of one text; more would not be read by anybody. */
const MAX_PROBLEMS = 200;

/**
 * Lays a tree beside a schema: says in plain language what does not fit, and collects the words that mean something (`x-…` annotations).
 * Agrees with the generated validators on what fits (a test holds the two equal); of a union only the branch that was meant speaks.
 * @param owner where to report what is missing: the name of the stage
 * @param what what the tree is, for messages: `A train stage`
 */
export function checkAgainst(text: string, root: Node, schema: SchemaNode, owner: Range, what: string): Findings {
  const checker = new Checker(text, what);
  checker.check(root, schema, owner);
  return checker;
}

class Checker implements Findings {
  readonly problems: Problem[] = [];
  readonly mentions: Mention[] = [];
  /** Where the walk stands: one list for all of it, copied where a place is kept. */
  private readonly path: (string | number)[] = [];

  constructor(
    private readonly text: string,
    private readonly what: string,
  ) {}

  check(node: Node, schema: SchemaNode, owner: Range): void {
    if (node.type === 'broken' || this.problems.length >= MAX_PROBLEMS) return;
    if (schema.anyOf.length > 0) {
      const branch = this.branch(node, schema);
      if (branch) this.check(node, branch, owner);
      else this.wrongType(node, schema, owner);
      return;
    }
    if (!fitsType(node, schema) || (schema.values && node.type !== 'scalar')) {
      this.wrongType(node, schema, owner);
      return;
    }
    if (schema.cases) this.checkCases(node, schema.cases, owner);
    else if (node.type === 'map') this.checkMap(node, schema, owner);
    else if (node.type === 'list') this.checkList(node, schema, owner);
    else this.checkScalar(node, schema, owner);
  }

  /** What the messages call the place at which the walk stands. */
  private get subject(): string {
    return this.path.length === 0 ? this.what : label(this.path);
  }

  report(problem: Problem): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
  }

  /** The branch of a union that was meant: by type, and among maps by the keys that are there. */
  private branch(node: Node, schema: SchemaNode): SchemaNode | undefined {
    if (node.type !== 'map') {
      let first: SchemaNode | undefined;
      for (const branch of schema.anyOf) {
        if (!fitsType(node, branch)) continue;
        if (allows(node, branch)) return branch;
        first ??= branch;
      }
      return first;
    }
    const fitting = schema.anyOf.filter((branch) => fitsType(node, branch));
    if (fitting.length < 2) return fitting[0];
    const score = (branch: SchemaNode): number => {
      const keys = node.entries.map(({ key }) => key);
      const known = keys.filter((key) => branch.properties.has(key)).length;
      const near = keys.filter(
        (key) => !branch.properties.has(key) && guess(key, branch.properties.keys()).suggestion !== undefined,
      ).length;
      return known * 4 + near + branch.required.filter((key) => keys.includes(key)).length * 8;
    };
    return [...fitting].sort((a, b) => score(b) - score(a))[0];
  }

  private wrongType(node: Node, schema: SchemaNode, owner: Range): void {
    const { path, subject } = this;
    const wanted = expected(schema);
    if (node.type === 'scalar' && node.value === null && node.style === 'empty') {
      this.report({
        code: 'missing-value',
        ...(path.length > 0 && typeof path.at(-1) === 'string' ? owner : place(node, owner)),
        message: `${capital(subject)} has no value. Expected ${wanted}.`,
      });
      return;
    }
    const suggestion = this.conversion(node, schema);
    const option =
      node.type === 'scalar' && typeof node.value === 'string' ? this.optionOf(node.value, schema) : undefined;
    this.report({
      code: 'wrong-type',
      ...this.firstLine(node),
      message:
        option ??
        `${capital(subject)} must be ${wanted}, not ${found(node)}.${suggestion === undefined ? '' : ` Write ${suggestion}.`}`,
      ...(suggestion !== undefined && { suggestion }),
    });
  }

  /** A step written without its settings, as `- standardize`. */
  private optionOf(word: string, schema: SchemaNode): string | undefined {
    const choice = schema.singleKey ? schema : schema.anyOf.find(({ singleKey }) => singleKey);
    const inner = choice?.properties.get(word);
    if (!inner) return undefined;
    const needs = inner.required.map((key) => `${key}: …`).join(', ');
    return `\`${word}\` needs settings: \`${word}: ${needs === '' ? '…' : `{${needs}}`}\`.`;
  }

  /** What the user probably meant, written with the type that is asked for. */
  private conversion(node: Node, schema: SchemaNode): string | undefined {
    if (node.type !== 'scalar') return undefined;
    const { value } = node;
    const branches = schema.anyOf.length > 0 ? schema.anyOf : [schema];
    const types = branches.flatMap((branch) => branch.types);
    const source = this.text.slice(node.from, node.to);
    if (typeof value === 'string') {
      const number = value.trim() === '' ? NaN : Number(value);
      if (types.includes('number') && Number.isFinite(number)) return String(number);
      if (types.includes('integer') && Number.isInteger(number)) return String(number);
      if (types.includes('boolean') && /^(true|yes|on|y)$/i.test(value)) return 'true';
      if (types.includes('boolean') && /^(false|no|off|n)$/i.test(value)) return 'false';
    }
    if (
      types.includes('string') &&
      value !== null &&
      typeof value !== 'string' &&
      !branches.some(({ values }) => values)
    )
      return `"${source}"`;
    const list = branches.find((branch) => branch.types.includes('array'));
    if (list?.items && value !== null && node.style !== 'block' && !source.includes('\n')) {
      const fits = list.items.types.length === 0 || list.items.types.some((type) => isOf(node, type));
      if (fits && (list.minItems ?? 0) <= 1) return `[${source}]`;
    }
    return undefined;
  }

  private checkCases(node: Node, cases: NonNullable<SchemaNode['cases']>, owner: Range): void {
    if (node.type !== 'map') return;
    const entry = entryOf(node, cases.key);
    if (!entry) {
      if (node.entries.some(({ incomplete }) => incomplete)) this.incomplete(node, new Set([cases.key]), this.subject);
      else
        this.report({
          code: 'missing-key',
          ...owner,
          message: `${capital(this.subject)} needs \`${cases.key}\`: ${oneOf([...cases.of.keys()])}.`,
          suggestion: cases.key,
        });
      return;
    }
    const { value } = entry;
    if (value.type === 'broken') return;
    const branch = value.type === 'scalar' && typeof value.value === 'string' ? cases.of.get(value.value) : undefined;
    if (branch) {
      this.check(node, branch, owner);
      return;
    }
    if (value.type === 'scalar' && value.value === null && value.style === 'empty') {
      this.report({
        code: 'missing-value',
        ...entry.keyRange,
        message: `\`${cases.key}\` has no value. Expected ${oneOf([...cases.of.keys()])}.`,
      });
      return;
    }
    const word = value.type === 'scalar' ? String(value.value) : '';
    const { suggestion, offer } = guess(word, cases.of.keys());
    this.report({
      code: 'unknown-kind',
      ...this.firstLine(value),
      message: `There is no ${cases.key} \`${word}\`${this.path.length > 0 ? ` for ${label(this.path)}` : ''}.${offer} It is one of ${oneOf([...cases.of.keys()])}.`,
      ...(suggestion !== undefined && { suggestion }),
    });
  }

  private checkMap(node: MapNode, schema: SchemaNode, owner: Range): void {
    const { entries } = node;
    const halfTyped = entries.some(({ incomplete }) => incomplete);
    const real = halfTyped ? entries.filter((entry) => !entry.incomplete) : entries;
    for (const entry of real) this.checkEntry(entry, node, schema);
    if (halfTyped) this.incomplete(node, new Set(schema.properties.keys()), this.subject);
    const { minProperties, maxProperties } = schema;
    const count =
      minProperties === undefined && maxProperties === undefined ? 0 : new Set(real.map(({ key }) => key)).size;
    if (maxProperties !== undefined && count > maxProperties) this.tooMany(real, schema, this.subject);
    if (halfTyped) return;
    const has = (key: string): boolean => real.some((entry) => entry.key === key);
    const misspelt =
      schema.additional === false && real.some(({ key }) => !schema.properties.has(key))
        ? new Set(real.flatMap(({ key }) => (schema.properties.has(key) ? [] : (this.meant(key, node, schema) ?? []))))
        : nothing;
    const { instead } = schema;
    const replaced = instead?.keys.some((key) => has(key) || misspelt.has(key)) === true;
    for (const key of schema.required)
      if (!has(key) && !misspelt.has(key) && !(replaced && instead.of.includes(key))) {
        const property = schema.properties.get(key);
        const means = property?.description === undefined ? '' : ` (${lowered(property.description)})`;
        this.report({
          code: 'missing-key',
          ...owner,
          message: `${capital(this.subject)} needs \`${key}\`${means}.`,
          suggestion: key,
        });
      }
    if (!replaced && schema.oneOfRequired && !schema.oneOfRequired.some((key) => has(key) || misspelt.has(key)))
      this.report({
        code: 'missing-key',
        ...owner,
        message: `${capital(this.subject)} needs ${oneOf(schema.oneOfRequired)}.`,
        ...(schema.oneOfRequired[0] !== undefined && { suggestion: schema.oneOfRequired[0] }),
      });
    if (minProperties !== undefined && count < minProperties && misspelt.size === 0) {
      const keys = [...schema.properties.keys()];
      const choice =
        keys.length > 0 ? (schema.singleKey ? `one of ${oneOf(keys)}` : oneOf(keys)) : 'at least one entry';
      this.report({
        code: 'missing-key',
        ...(entries.length === 0 && node.flow ? place(node, owner) : owner),
        message: `${capital(this.subject)} needs ${choice}.`,
      });
    }
  }

  private checkEntry(entry: Entry, node: MapNode, schema: SchemaNode): void {
    const { key, keyRange, value } = entry;
    const { path } = this;
    const { properties, additional, keyPattern, x } = schema;
    const property = properties.get(key);
    path.push(key);
    if (x['metric-keys']) this.mentions.push({ type: 'metric-key', text: key, path: [...path], ...keyRange });
    if (x['column-keys']) this.mentions.push({ type: 'column-key', text: key, path: [...path], ...keyRange });
    if (keyPattern && !keyPattern.test(key)) this.format(key, keyPattern, keyRange, `The name \`${key}\``, undefined);
    if (property) {
      const others = property.x['alternative-to'];
      if (others !== undefined && !entry.duplicate)
        for (const other of alternatives(others)) this.alternative(entry, node, other);
      this.check(value, property, keyRange);
    } else if (additional) this.check(value, additional, keyRange);
    path.pop();
    if (!property && additional === false) this.unknownKey(entry, node, schema);
  }

  private alternative(entry: Entry, node: MapNode, other: string): void {
    const second = entryOf(node, other);
    if (!second || second.keyRange.from > entry.keyRange.from) return;
    this.report({
      code: 'two-alternatives',
      ...entry.keyRange,
      message: `\`${entry.key}\` and \`${other}\` exclude each other. Remove one of the two.`,
      related: [{ range: second.keyRange, message: `\`${other}\` is here.` }],
    });
  }

  /** The allowed key that a misspelt one was meant to be. */
  private meant(key: string, node: MapNode, schema: SchemaNode): string | undefined {
    const names = [...schema.properties.keys()];
    return guess(key, schema.singleKey ? names : names.filter((name) => !entryOf(node, name))).suggestion;
  }

  private unknownKey({ key, keyRange, value }: Entry, node: MapNode, schema: SchemaNode): void {
    const where = this.path.length === 0 ? lowerFirst(this.what) : label(this.path);
    const free = [...schema.properties.keys()].filter((name) => !entryOf(node, name));
    const bare = value.type === 'scalar' && value.style === 'empty';
    const suggestion = (bare ? parted(key, node, schema.properties) : undefined) ?? this.meant(key, node, schema);
    const offer = suggestion === undefined ? '' : ` Did you mean \`${suggestion}\`?`;
    const home = suggestion === undefined ? homeOf(key, schema) : undefined;
    const list =
      suggestion === undefined && home === undefined
        ? ` Allowed: ${oneOf(free.length > 0 ? free : [...schema.properties.keys()])}.`
        : '';
    this.report({
      code: 'unknown-key',
      ...keyRange,
      message: `Unknown key \`${key}\` in ${where}.${offer}${home === undefined ? '' : ` It belongs under \`${home}\`.`}${list}`,
      ...(suggestion !== undefined && { suggestion }),
    });
  }

  private tooMany(entries: readonly Entry[], schema: SchemaNode, subject: string): void {
    const [first, second] = entries;
    if (!first || !second) return;
    const way = schema.singleKey
      ? `Put \`${second.key}\` into an item of its own, with \`- \` before it.`
      : 'Remove one of the two.';
    this.report({
      code: 'two-alternatives',
      ...second.keyRange,
      message: schema.singleKey
        ? `${capital(subject)} has \`${first.key}\` already; each item says one thing. ${way}`
        : `\`${second.key}\` and \`${first.key}\` exclude each other. ${way}`,
      related: [{ range: first.keyRange, message: `\`${first.key}\` is here.` }],
    });
  }

  private incomplete(node: MapNode, keys: ReadonlySet<string>, subject: string): void {
    for (const { key, keyRange, incomplete } of node.entries) {
      if (!incomplete) continue;
      const pair = parted(key, node, keys);
      const begun = [...keys].filter((name) => name.startsWith(key) && !entryOf(node, name));
      const near = begun[0] ?? guess(key, keys).suggestion;
      const meant = pair ?? (near === undefined ? undefined : `${near}:`);
      this.report({
        code: 'incomplete-key',
        ...keyRange,
        message: `Expected \`:\` after \`${shortened(pair === undefined ? key : (/^\S+/.exec(key)?.[0] ?? key))}\` in ${lowerFirst(subject)}.${meant === undefined ? '' : ` Did you mean \`${shortened(meant)}\`?`}`,
        ...(meant !== undefined && { suggestion: meant }),
      });
    }
  }

  private checkList(node: ListNode, schema: SchemaNode, owner: Range): void {
    const { path } = this;
    const { minItems, maxItems, items } = schema;
    const count = node.items.length;
    if ((minItems !== undefined && count < minItems) || (maxItems !== undefined && count > maxItems)) {
      const wanted =
        minItems === maxItems
          ? `exactly ${minItems}`
          : maxItems !== undefined && count > maxItems
            ? `at most ${maxItems}`
            : `at least ${minItems}`;
      this.report({
        code: 'wrong-length',
        ...(count === 0 && !node.flow ? owner : this.firstLine(node)),
        message: `${capital(label(path))} needs ${wanted} ${wanted.endsWith(' 1') ? 'item' : 'items'}, not ${count}.`,
      });
    }
    if (!items) return;
    for (let i = 0; i < count; i++) {
      const item = node.items[i];
      if (!item) continue;
      path.push(i);
      this.check(item, items, ownerOf(item));
      path.pop();
    }
  }

  private checkScalar(node: ScalarNode, schema: SchemaNode, owner: Range): void {
    const { value } = node;
    if (schema.values && !schema.values.includes(value)) {
      const words = schema.values.map(String);
      const { suggestion, offer } = typeof value === 'string' ? guess(value, words) : { offer: '' };
      const only = words.length === 1 ? (suggestion ?? words[0]) : suggestion;
      this.report({
        code: 'bad-value',
        ...place(node, owner),
        message:
          words.length === 1
            ? `${capital(this.subject)} must be \`${words[0] ?? ''}\`.`
            : `\`${shortened(String(value))}\` is not allowed for ${this.subject}.${offer} Allowed: ${oneOf(words)}.`,
        ...(only !== undefined && { suggestion: only }),
      });
      return;
    }
    if (typeof value === 'number') this.checkNumber(node, value, schema, owner);
    if (typeof value === 'string') this.checkText(node, value, schema, owner);
  }

  private checkNumber(node: ScalarNode, value: number, schema: SchemaNode, owner: Range): void {
    const {
      minimum = -Infinity,
      maximum = Infinity,
      exclusiveMinimum = -Infinity,
      exclusiveMaximum = Infinity,
    } = schema;
    if (value >= minimum && value <= maximum && value > exclusiveMinimum && value < exclusiveMaximum) return;
    if (value === Infinity || value === -Infinity) return;
    this.report({
      code: 'out-of-range',
      ...place(node, owner),
      message: `${capital(this.subject)} must be ${limits(schema)}; it is ${value}.`,
    });
  }

  private checkText(node: ScalarNode, value: string, schema: SchemaNode, owner: Range): void {
    const { minLength, maxLength, pattern, x } = schema;
    // Characters, of which a text has at most as many as code units, and at least half as many.
    if (minLength !== undefined && value.length < minLength * 2 && [...value].length < minLength)
      this.report({
        code: 'missing-value',
        ...place(node, owner),
        message: `${capital(this.subject)} must not be empty.`,
      });
    else if (maxLength !== undefined && value.length > maxLength) {
      const { length } = [...value];
      if (length > maxLength)
        this.report({
          code: 'wrong-length',
          ...place(node, owner),
          message: `${capital(this.subject)} has ${length} characters; at most ${maxLength} are allowed.`,
        });
    }
    if (pattern && !pattern.test(value))
      this.format(value, pattern, place(node, owner), this.subject, schema.examples[0]);
    if (value === '') return;
    if (Array.isArray(x['reference'])) this.mention(node, value, 'reference', x['reference'] as string[]);
    if (x['column'] === 'selector') this.mention(node, value, 'columns');
    else if (x['column'] !== undefined) this.mention(node, value, 'column');
    if (x['metric'] === true) this.mention(node, value, 'metric');
    if (typeof x['expression'] === 'string') this.mention(node, value, 'expression', [x['expression']]);
    if (typeof x['file'] === 'string') this.mention(node, value, 'file', [x['file']]);
    if (x['target'] === true) this.mention(node, value, 'target');
  }

  private mention({ from, to }: ScalarNode, text: string, type: Mention['type'], of?: readonly string[]): void {
    this.mentions.push({ type, text, path: [...this.path], from, to, ...(of && { of }) });
  }

  private format(value: string, pattern: RegExp, at: Range, subject: string, example: unknown): void {
    const known = formats[pattern.source];
    const suggestion = known?.fix(value);
    const text =
      known?.words ?? (example === undefined ? `match ${pattern.source}` : `look like \`${JSON.stringify(example)}\``);
    this.report({
      code: 'bad-format',
      ...at,
      message: `${capital(subject)} must ${text}.${suggestion ? ` For example \`${suggestion}\`.` : ''}`,
      ...(suggestion && { suggestion }),
    });
  }

  /** The part of a node that stands on its first line: enough to see, short enough to read. */
  private firstLine(node: Node): Range {
    return {
      from: node.from,
      to: Math.max(Math.min(node.to, lineAt(this.text, node.from).end), Math.min(node.from + 1, this.text.length)),
    };
  }
}

const nothing: ReadonlySet<string> = new Set();

/** The range of a node, or its owner's when it takes no room. */
function place(node: Node, owner: Range): Range {
  return node.to > node.from ? { from: node.from, to: node.to } : owner;
}

/** Where a problem with an item of a list is best seen: its first key, else itself. */
function ownerOf(item: Node): Range {
  if (item.type === 'map' && item.entries[0] && !item.entries[0].merged) return item.entries[0].keyRange;
  return { from: item.from, to: item.to };
}

/** The property under which a misplaced key would be at home. */
function homeOf(key: string, schema: SchemaNode): string | undefined {
  for (const [name, property] of schema.properties) {
    const maps = [property, ...property.anyOf, ...(property.cases ? property.cases.of.values() : [])];
    if (!property.singleKey && maps.some((map) => map.properties.has(key))) return name;
  }
  return undefined;
}

/** `epochs 30` as the key and value that it is without its colon. */
function parted(key: string, node: MapNode, keys: Pick<ReadonlySet<string>, 'has'>): string | undefined {
  const [, word = '', rest = ''] = /^(\S+)[ \t]+(\S.*)$/.exec(key) ?? [];
  return keys.has(word) && !entryOf(node, word) ? `${word}: ${rest}` : undefined;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
const lowered = (text: string): string => lowerFirst(text.split('. ')[0] ?? text).replace(/\.$/, '');

/** The keys that a key excludes: one or several. */
export function alternatives(others: unknown): string[] {
  return (Array.isArray(others) ? others : [others]).filter((other) => typeof other === 'string');
}

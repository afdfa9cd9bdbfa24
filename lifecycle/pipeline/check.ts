import { alternative, alternatives, incomplete, meant, tooMany, unknownKey } from './check-keys';
import { checkScalar, format } from './check-scalar';
import { branchFor, wrongType } from './check-type';
import type { SchemaNode } from './schema';
import { type Entry, entryOf, type ListNode, type MapNode, type Node } from './tree';
import type { Mention, Problem, Range } from './types';
import { fitsType } from './value-type';
import { capital, lowerFirst, MAX_PROBLEMS, place, Walk } from './walk';
import { guess, label, oneOf } from './wording';

export interface Findings {
  readonly problems: Problem[];
  readonly mentions: Mention[];
}

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

class Checker extends Walk {
  check(node: Node, schema: SchemaNode, owner: Range): void {
    if (node.type === 'broken' || this.problems.length >= MAX_PROBLEMS) return;
    if (schema.anyOf.length > 0) {
      const branch = branchFor(node, schema);
      if (branch) this.check(node, branch, owner);
      else wrongType(this, node, schema, owner);
      return;
    }
    if (!fitsType(node, schema) || (schema.values && node.type !== 'scalar')) {
      wrongType(this, node, schema, owner);
      return;
    }
    if (schema.cases) this.checkCases(node, schema.cases, owner);
    else if (node.type === 'map') this.checkMap(node, schema, owner);
    else if (node.type === 'list') this.checkList(node, schema, owner);
    else checkScalar(this, node, schema, owner);
  }

  private checkCases(node: Node, cases: NonNullable<SchemaNode['cases']>, owner: Range): void {
    if (node.type !== 'map') return;
    const entry = entryOf(node, cases.key);
    if (!entry) {
      if (node.entries.some(({ incomplete }) => incomplete)) incomplete(this, node, new Set([cases.key]), this.subject);
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
    if (halfTyped) incomplete(this, node, new Set(schema.properties.keys()), this.subject);
    const { minProperties, maxProperties } = schema;
    const count =
      minProperties === undefined && maxProperties === undefined ? 0 : new Set(real.map(({ key }) => key)).size;
    if (maxProperties !== undefined && count > maxProperties) tooMany(this, real, schema, this.subject);
    if (halfTyped) return;
    const has = (key: string): boolean => real.some((entry) => entry.key === key);
    const misspelt =
      schema.additional === false && real.some(({ key }) => !schema.properties.has(key))
        ? new Set(real.flatMap(({ key }) => (schema.properties.has(key) ? [] : (meant(key, node, schema) ?? []))))
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
    if (keyPattern && !keyPattern.test(key)) format(this, key, keyPattern, keyRange, `The name \`${key}\``, undefined);
    if (property) {
      const others = property.x['alternative-to'];
      if (others !== undefined && !entry.duplicate)
        for (const other of alternatives(others)) alternative(this, entry, node, other);
      this.check(value, property, keyRange);
    } else if (additional) this.check(value, additional, keyRange);
    path.pop();
    if (!property && additional === false) unknownKey(this, entry, node, schema);
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
}

const nothing: ReadonlySet<string> = new Set();

/** Where a problem with an item of a list is best seen: its first key, else itself. */
function ownerOf(item: Node): Range {
  if (item.type === 'map' && item.entries[0] && !item.entries[0].merged) return item.entries[0].keyRange;
  return { from: item.from, to: item.to };
}

const lowered = (text: string): string => lowerFirst(text.split('. ')[0] ?? text).replace(/\.$/, '');

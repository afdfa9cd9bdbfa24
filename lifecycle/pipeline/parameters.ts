import type { Scalar } from '../../schemas/generated/types';
import { sourceRange } from './scalar';
import type { Node, ScalarNode, Template } from './tree';
import type { Mention, Problem } from './types';
import { guess, oneOf } from './wording';
import { readYaml } from './yaml';

export type Parameters = Readonly<Record<string, Scalar>>;

export interface Substitution {
  readonly node: Node;
  readonly problems: readonly Problem[];
  readonly mentions: readonly Mention[];
}

const use = /\$\$\{|\$\{([^}]*)\}/g;

/** Is there a `${…}` anywhere in the text? */
export const hasParameters = (text: string): boolean => text.includes('${');

/**
 * Puts parameters in place of `${name}`. A scalar that is nothing but `"${name}"` takes the parameter's value with its type; inside a longer
 * text the value is written out. `$${` is a plain `${`. Scalars that name an unknown parameter become broken: their type can't be judged.
 * @param text the text that the node's offsets count in
 */
export function substitute(text: string, root: Node, parameters: Parameters): Substitution {
  const problems: Problem[] = [];
  const mentions: Mention[] = [];
  const seen = new Map<Node, Node>();
  const scalar = (node: ScalarNode, path: Mention['path']): Node => {
    const { value } = node;
    if (typeof value !== 'string' || !value.includes('${')) return node;
    const segments: Template['segments'][number][] = [];
    let result = '';
    let at = 0;
    let whole: { value: Scalar } | undefined;
    let unknown = false;
    for (const match of value.matchAll(use)) {
      const end = match.index + match[0].length;
      result += value.slice(at, match.index);
      const from = result.length;
      at = end;
      const name = match[1]?.trim();
      if (name === undefined) result += '${';
      else {
        const range = sourceRange(text, node, match.index, end);
        mentions.push({ type: 'parameter', text: name, path, ...range });
        if (Object.hasOwn(parameters, name)) {
          const replacement = parameters[name] ?? null;
          if (match[0].length === value.length) whole = { value: replacement };
          result += String(replacement);
        } else {
          unknown = true;
          const { suggestion, offer } = guess(name, Object.keys(parameters));
          const names = Object.keys(parameters);
          const known =
            offer !== ''
              ? offer
              : names.length > 0
                ? ` There are ${oneOf(names)}.`
                : ' There are none; add it under `parameters:` in the header.';
          problems.push({
            code: 'unknown-parameter',
            ...range,
            message: `There is no parameter \`${name}\`.${known}`,
            ...(suggestion !== undefined && { suggestion: `\${${suggestion}}` }),
          });
        }
      }
      segments.push({ from, to: result.length, rawFrom: match.index, rawTo: end });
    }
    result += value.slice(at);
    if (unknown) return { type: 'broken', from: node.from, to: node.to };
    return { ...node, value: whole ? whole.value : result, template: { raw: value, segments } };
  };
  /** Where the walk stands. */
  const path: (string | number)[] = [];
  const below = (node: Node, step: string | number): Node => {
    path.push(step);
    const result = visit(node);
    path.pop();
    return result;
  };
  const visit = (node: Node): Node => {
    if (node.type === 'broken') return node;
    if (node.type === 'scalar' && (typeof node.value !== 'string' || !node.value.includes('${'))) return node;
    const known = seen.get(node);
    if (known) return known;
    let result: Node = node;
    if (node.type === 'scalar') result = scalar(node, [...path]);
    else if (node.type === 'list') {
      const items = node.items.map(below);
      if (items.some((item, i) => item !== node.items[i])) result = { ...node, items };
    } else {
      const values = node.entries.map((entry) => below(entry.value, entry.key));
      if (values.some((value, i) => value !== node.entries[i]?.value))
        result = { ...node, entries: node.entries.map((entry, i) => ({ ...entry, value: values[i] ?? entry.value })) };
    }
    seen.set(node, result);
    return result;
  };
  return { node: visit(root), problems, mentions };
}

/** A value as given on the command line (`--set rate=0.01`), read as YAML reads a scalar; anything that is no scalar is text. */
export function parseScalar(text: string): Scalar {
  const { root, problems } = readYaml(text);
  if (problems.length > 0 || root?.type !== 'scalar') return text.trim() === '' ? '' : text;
  return root.style === 'block' ? text : root.value;
}

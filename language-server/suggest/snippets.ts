import type { SchemaNode } from '../../lifecycle/pipeline/schema';
import { stageSchema } from '../../lifecycle/pipeline/schema';
import { escaped, yamlScalar } from './suggestion';

/** Text of a snippet under construction: its tab stops are numbered as they come. */
export class Stops {
  private count = 0;

  stop(content = ''): string {
    this.count++;
    return content === '' ? `\${${this.count}}` : `\${${this.count}:${escaped(content)}}`;
  }

  get used(): number {
    return this.count;
  }
}

interface Shape {
  readonly text: string;
  /** There is something to choose from at its first stop. */
  readonly choice: boolean;
}

const hasChoice = (node: SchemaNode): boolean =>
  (node.values?.length ?? 0) > 1 ||
  node.types.includes('boolean') ||
  ['reference', 'column', 'metric', 'file', 'target', 'expression', 'column-value'].some((key) => key in node.x) ||
  node.anyOf.some(hasChoice);

/**
 * The value of a key, ready to be filled in: with the keys that it needs. Maps are written over several lines, short ones in lists and flow
 * maps on one.
 * @param indent spaces before the key's siblings on the following lines, relative to the line that the snippet is put into
 */
export function valueShape(node: SchemaNode, stops: Stops, indent: number, flow: boolean): Shape {
  const scalar = node.anyOf.find((branch) => !branch.types.includes('object') && !branch.types.includes('array'));
  if (node.anyOf.length > 0)
    return scalar
      ? valueShape(
          { ...scalar, x: { ...node.x, ...scalar.x }, ...(node.default !== undefined && { default: node.default }) },
          stops,
          indent,
          flow,
        )
      : valueShape(node.anyOf[0] ?? node, stops, indent, flow);
  const [only] = node.values ?? [];
  if (node.values?.length === 1) return { text: escaped(yamlScalar(only, flow)), choice: false };
  if (node.types.includes('object') || node.cases) return mapShape(node, stops, indent, flow);
  if (node.types.includes('array')) return listShape(node, stops, indent, flow);
  if (hasChoice(node)) {
    if ('expression' in node.x) return { text: `"${stops.stop()}"`, choice: true };
    return { text: stops.stop(), choice: true };
  }
  const given = node.default ?? node.examples[0];
  return {
    text: stops.stop(given === undefined || typeof given === 'object' ? '' : yamlScalar(given, flow)),
    choice: false,
  };
}

/** A key and its value, which may begin on the next line. */
const written = (key: string, value: string): string => `${key}:${value.startsWith('\n') ? '' : ' '}${value}`;

function mapShape(node: SchemaNode, stops: Stops, indent: number, flow: boolean): Shape {
  const first = node.cases ? [...node.cases.of.values()][0] : undefined;
  const needed = node.required.length > 0 ? node.required : node.cases ? [node.cases.key] : [];
  // Where one of several keys is needed, which no schema can say in `required`, this is the usual one.
  const required = [...needed, ...((node.x['snippet-keys'] ?? []) as readonly string[])];
  const open = node.additional && node.properties.size === 0 ? node.additional : undefined;
  const pad = '\n' + ' '.repeat(indent + 2);
  const pieces: { key: string; shape: Shape }[] = [];
  if (open) pieces.push({ key: stops.stop('name'), shape: valueShape(open, stops, indent + 2, flow) });
  else
    for (const key of required) {
      const property = node.properties.get(key) ?? first?.properties.get(key);
      const kind = node.cases?.key === key;
      pieces.push({
        key,
        shape: kind || !property ? { text: stops.stop(), choice: true } : valueShape(property, stops, indent + 2, true),
      });
    }
  const choice = pieces[0]?.shape.choice ?? node.properties.size > 0;
  if (flow)
    return {
      text:
        pieces.length === 0
          ? `{${stops.stop()}}`
          : `{${pieces.map(({ key, shape }) => `${key}: ${shape.text}`).join(', ')}}`,
      choice,
    };
  if (pieces.length === 0) return { text: pad + stops.stop(), choice };
  return { text: pieces.map(({ key, shape }) => pad + written(key, shape.text)).join(''), choice };
}

function listShape(node: SchemaNode, stops: Stops, indent: number, flow: boolean): Shape {
  const item = node.items;
  const many = Math.max(1, node.minItems ?? 1);
  const example = node.examples[0];
  if (Array.isArray(example) && (node.minItems ?? 0) > 1)
    return { text: `[${example.map((each) => stops.stop(yamlScalar(each, true))).join(', ')}]`, choice: false };
  const plain =
    item && !item.types.includes('object') && !item.anyOf.some(({ types }) => types.includes('object')) && !item.cases;
  if (plain ?? true)
    return {
      text: `[${Array.from({ length: many }, () => stops.stop()).join(', ')}]`,
      choice: item ? hasChoice(item) : false,
    };
  if (flow) return { text: `[${stops.stop()}]`, choice: true };
  return { text: `\n${' '.repeat(indent + 2)}- ${stops.stop()}`, choice: true };
}

/** `key: value` as a snippet, and whether something can be chosen right after it was put in. */
export function keySnippet(
  key: string,
  node: SchemaNode,
  options: { indent: number; flow: boolean; compact?: boolean },
): { insert: string; again: boolean } {
  const stops = new Stops();
  const { text, choice } = valueShape(node, stops, options.indent, options.flow || options.compact === true);
  const name = escaped(yamlScalar(key, options.flow));
  return { insert: written(name, text), again: choice };
}

/** Keys beyond the required ones that a new stage of a kind mostly has. */
const usual: Readonly<Record<string, readonly string[]>> = {
  data: ['target', 'split', 'features'],
  train: ['model'],
  evaluate: ['metrics', 'require'],
  package: [],
  deploy: [],
  monitor: ['retrain'],
  optimize: ['quantize'],
};

const bodies: Readonly<Record<string, string>> = {
  split: '{train: 0.7, validation: 0.15, test: 0.15}',
  features: '\n    - standardize: {columns: numeric}\n    - one-hot: {columns: text}',
};

/** What a new stage of a kind is called. */
export const stageNames: Readonly<Record<string, string>> = {
  data: 'dataset',
  train: 'model',
  evaluate: 'exam',
  optimize: 'small',
  package: 'bundle',
  deploy: 'live',
  monitor: 'watch',
};

/** A whole stage of a kind: its name, its kind, the required keys first. */
export function stageSnippet(kind: string, indent: number, taken: ReadonlySet<string> = new Set()): string {
  const schema = stageSchema(kind);
  const stops = new Stops();
  const pad = '\n' + ' '.repeat(indent + 2);
  const usualName = stageNames[kind] ?? kind;
  let name = usualName;
  for (let n = 2; taken.has(name); n++) name = `${usualName}-${n}`;
  const lines = [`${stops.stop(name)}:`, `${pad}kind: ${kind}`];
  const keys = [...(schema?.required ?? []).filter((key) => key !== 'kind'), ...(usual[kind] ?? [])];
  for (const key of keys) {
    const property = schema?.properties.get(key);
    if (!property) continue;
    const body = bodies[key];
    const text = body ? body.replaceAll('\n    ', `${pad}  `) : valueShape(property, stops, indent + 2, false).text;
    lines.push(pad + written(key, text));
  }
  return lines.join('');
}

/** A whole pipeline to begin with. */
export function pipelineSkeleton(spelling: 'pipeline' | 'document', name: string): string {
  const header = `lifecycle: 1\npipeline: \${1:${escaped(name)}}\n`;
  if (spelling === 'document')
    return `---\n${header}---\n\n# \${1:${escaped(name)}}\n\n\`\`\`yaml stage\n${stageSnippet('data', 0).replaceAll(/\$\{(\d+)/g, (_all, n: string) => `\${${Number(n) + 1}`)}\n\`\`\`\n`;
  return `${header}stages:\n  ${stageSnippet('data', 2).replaceAll(/\$\{(\d+)/g, (_all, n: string) => `\${${Number(n) + 1}`)}\n`;
}

/** A snippet as it stands when nothing is typed into it. */
export function plainOf(snippet: string): string {
  return snippet
    .replaceAll(/\$\{\d+:((?:\\.|[^}\\])*)\}/g, '$1')
    .replaceAll(/\$\{\d+\}|\$\d+/g, '')
    .replaceAll(/\\([\\$}])/g, '$1');
}

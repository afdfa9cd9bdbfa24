import { stageSchema, type SchemaNode } from './schema';
import { entriesOf, type Entry, type Node, nodeAt, numberOf, textOf, toValue } from './tree';
import { checkMetricName } from './local-metrics';
import type { Look } from './look';
import { found, guess, limits, oneOf } from './wording';

/** Parts of a train stage that a search can't vary. */
const FIXED: ReadonlySet<string> = new Set([
  'kind',
  'description',
  'data',
  'tune',
  'resources',
  'command',
  'inputs',
  'timeout',
  'seed',
]);

/** A setting that a search can vary, with the schemas of its value: one for each way that it may be written. */
export interface Tunable {
  readonly path: string;
  readonly nodes: readonly SchemaNode[];
}

/** What stands around a setting: the stage, the values of the space, and when it applies. */
interface Around {
  readonly root: Node;
  readonly space: ReadonlyMap<string, readonly unknown[]>;
  readonly when: ReadonlyMap<string, readonly unknown[]>;
}

/** Checks `tune`: that every place in its space is a setting of this stage, and that the setting takes the values. */
export function checkTune(stage: Look): void {
  const space = stage.at('tune', 'space');
  const entries = entriesOf(space);
  const metric = stage.at('tune', 'metric');
  const named = textOf(metric);
  if (metric && named !== undefined && !stage.has('command')) checkMetricName(stage, named, metric);
  const values = new Map(entries.map(({ key, value }) => [key, choicesOf(value)]));
  for (const entry of entries) {
    const around = { root: stage.root, space: values, when: conditionsOf(entry.value) };
    const nodes = settingAt(entry.key.split('.'), around);
    if (nodes === undefined || nodes.length === 0) reportPath(stage, entry, around);
    else checkValues(stage, entry, nodes);
    checkSpan(stage, entry, values);
  }
}

/** The settings that a search can vary in a stage, for completion. */
export function tunablePaths(root: Node): Tunable[] {
  const result: Tunable[] = [];
  const around: Around = { root, space: new Map(), when: new Map() };
  const kind = textOf(nodeAt(root, ['model', 'kind'])?.node) ?? textOf(nodeAt(root, ['model'])?.node);
  const network =
    kind === 'network' || entriesOf(nodeAt(root, ['tune', 'space'])?.node).some(({ key }) => key === 'model.kind');
  const visit = (path: readonly string[], nodes: readonly SchemaNode[], depth: number): void => {
    const plain = nodes.filter(({ types }) => types.some((type) => type !== 'object' && type !== 'array'));
    if (plain.length > 0 && path.length > 0) result.push({ path: path.join('.'), nodes: plain });
    if (depth > 6) return;
    const at = nodeAt(root, numbered(root, path))?.node;
    if (at?.type === 'list') {
      at.items.forEach((_, i) => {
        const next = settingAt([...path, String(i)], around);
        if (next) visit([...path, String(i)], next, depth + 1);
      });
      return;
    }
    const inside = nodes.flatMap((node) => insideOf(node, path.join('.'), at, around));
    const keys = new Set(
      inside.flatMap((node) => (node.singleKey ? entriesOf(at).map(({ key }) => key) : [...node.properties.keys()])),
    );
    for (const key of keys) {
      if (path.length === 0 && (FIXED.has(key) || (key === 'training' && !network))) continue;
      if (path.length === 0 && key === 'reinforcement' && nodeAt(root, ['reinforcement']) === undefined) continue;
      const next = settingAt([...path, key], around);
      if (next && next.length > 0) visit([...path, key], next, depth + 1);
    }
  };
  const schema = stageSchema('train');
  if (schema) visit([], [schema], 0);
  return result;
}

/** The schemas of the value at a path; undefined when there is no such setting. */
function settingAt(path: readonly string[], around: Around): readonly SchemaNode[] | undefined {
  const schema = stageSchema('train');
  const [first] = path;
  if (!schema || first === undefined || FIXED.has(first)) return undefined;
  if (first === 'environment' && nodeAt(around.root, ['command']) === undefined) return undefined;
  if (['model', 'training', 'target-transform'].includes(first) && nodeAt(around.root, ['model']) === undefined)
    return undefined;
  let nodes: readonly SchemaNode[] = [schema];
  for (const [depth, step] of path.entries()) {
    const here = path.slice(0, depth);
    const at = nodeAt(around.root, numbered(around.root, here))?.node;
    nodes = nodes
      .flatMap((node) => insideOf(node, here.join('.'), at, around))
      .flatMap((node) => stepInto(node, step, at));
    if (nodes.length === 0) return undefined;
  }
  return nodes.flatMap((node) => (node.anyOf.length > 0 ? node.anyOf : [node]));
}

/** The maps that a value may be, narrowed by the kind that is written, varied, or a condition. */
function insideOf(node: SchemaNode, path: string, at: Node | undefined, around: Around): SchemaNode[] {
  if (node.anyOf.length > 0) return node.anyOf.flatMap((branch) => insideOf(branch, path, at, around));
  if (!node.cases) return [node];
  const key = `${path}.${node.cases.key}`;
  const written = textOf(nodeAt(at, [node.cases.key])?.node) ?? textOf(at);
  const kinds =
    around.when.get(key) ?? around.space.get(key) ?? (written === undefined ? [...node.cases.of.keys()] : [written]);
  return kinds.flatMap((kind) => node.cases?.of.get(String(kind)) ?? []);
}

function stepInto(node: SchemaNode, step: string, at: Node | undefined): SchemaNode[] {
  if (node.items) {
    const index = Number(step);
    const there = at?.type === 'list' && Number.isInteger(index) && index >= 0 && index < at.items.length;
    return there ? [node.items] : [];
  }
  // Of a step that has one key only that key is there.
  if (node.singleKey && !entriesOf(at).some(({ key }) => key === step) && textOf(at) !== step) return [];
  const property = node.properties.get(step) ?? (node.additional === false ? undefined : node.additional);
  return property ? [property] : [];
}

/** A path with the numbers of items as numbers where the tree has lists. */
function numbered(root: Node, path: readonly string[]): (string | number)[] {
  const result: (string | number)[] = [];
  for (const step of path) {
    const at = nodeAt(root, result)?.node;
    result.push(at?.type === 'list' ? Number(step) : step);
  }
  return result;
}

function reportPath(stage: Look, { key, keyRange }: Entry, around: Around): void {
  const known = tunablePaths(around.root).map(({ path }) => path);
  const { suggestion } = guess(key, known);
  const end = suggestion ?? known.find((path) => path.endsWith(`.${key}`));
  const offer = end === undefined ? '' : ` Did you mean \`${end}\`?`;
  const list = end === undefined && known.length > 0 ? ` It can vary ${oneOf(known)}.` : '';
  const fixed = FIXED.has(key.split('.')[0] ?? '') ? ` \`${key.split('.')[0] ?? ''}\` can't be varied.` : '';
  stage.report(
    'tune-path',
    keyRange,
    `There is no setting \`${key.slice(0, 80)}\` in this stage.${fixed}${offer}${list}`,
    end === undefined ? {} : { suggestion: end },
  );
}

/** Every value of a list, both ends of a range. */
function checkValues(stage: Look, entry: Entry, nodes: readonly SchemaNode[]): void {
  for (const item of valueNodes(entry.value)) {
    if (item.type !== 'scalar') continue;
    const { value } = item;
    if (entry.key.startsWith('environment.')) continue;
    const why = nodes.map((node) => refusal(node, value));
    if (why.includes(undefined)) continue;
    stage.report(
      'tune-value',
      item,
      `\`${entry.key}\` does not take ${shown(value)}: it must be ${why.find((text) => text !== '') ?? `another value, not ${found(item)}`}.`,
    );
  }
}

const shown = (value: unknown): string => (typeof value === 'string' ? `\`${value.slice(0, 60)}\`` : String(value));

/** Why a setting does not take a value, as what it must be; undefined when it does. */
function refusal(node: SchemaNode, value: unknown): string | undefined {
  if (node.values) return node.values.includes(value) ? undefined : oneOf(node.values.map(String));
  if (node.cases) {
    const kinds = [...node.cases.of.keys()];
    return kinds.includes(String(value)) ? undefined : oneOf(kinds);
  }
  const types = node.types;
  if (typeof value === 'number') {
    if (types.includes('integer') && !types.includes('number') && !Number.isInteger(value)) return 'a whole number';
    if (!types.includes('number') && !types.includes('integer')) return typeWords(types);
    const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = node;
    const fits = value >= minimum && value <= maximum && value > exclusiveMinimum && value < exclusiveMaximum;
    return fits ? undefined : limits(node);
  }
  if (typeof value === 'string') return types.includes('string') ? undefined : typeWords(types);
  if (typeof value === 'boolean') return types.includes('boolean') ? undefined : typeWords(types);
  return typeWords(types);
}

const typeWords = (types: readonly string[]): string =>
  types.includes('integer')
    ? 'a whole number'
    : types.includes('number')
      ? 'a number'
      : types.includes('boolean')
        ? '`true` or `false`'
        : types.includes('string')
          ? 'text'
          : '';

const SPANS = ['uniform', 'log-uniform', 'integer', 'log-integer', 'choice'];

function valueNodes(value: Node): readonly Node[] {
  if (value.type === 'list') return value.items;
  return SPANS.flatMap((key) => {
    const list = nodeAt(value, [key])?.node;
    return list?.type === 'list' ? list.items : [];
  });
}

function choicesOf(value: Node): readonly unknown[] {
  return valueNodes(value).map(toValue);
}

function conditionsOf(value: Node): ReadonlyMap<string, readonly unknown[]> {
  return new Map(
    entriesOf(nodeAt(value, ['when'])?.node).map(({ key, value: allowed }) => [
      key,
      allowed.type === 'list' ? allowed.items.map(toValue) : [toValue(allowed)],
    ]),
  );
}

/** Ranges with something in them, one way of writing each, and conditions on what is varied. */
function checkSpan(stage: Look, { key, value }: Entry, space: ReadonlyMap<string, readonly unknown[]>): void {
  const spans = entriesOf(value).filter((entry) => SPANS.includes(entry.key));
  const [first, second] = spans;
  if (first && second)
    stage.report(
      'two-alternatives',
      second.keyRange,
      `\`${first.key}\` and \`${second.key}\` exclude each other. Remove one of the two.`,
    );
  for (const span of spans) {
    if (span.key === 'choice' || span.value.type !== 'list' || span.value.items.length !== 2) continue;
    const [low, high] = span.value.items.map(numberOf);
    if (low !== undefined && high !== undefined && low >= high)
      stage.report(
        'bad-order',
        span.value,
        low > high
          ? `The lower end ${low} of \`${key}\` is above the upper one ${high}. Write [${high}, ${low}].`
          : `Both ends of \`${key}\` are ${low}, so there is nothing to search. Leave it out of the space.`,
        low > high ? { suggestion: `[${high}, ${low}]` } : {},
      );
  }
  for (const condition of entriesOf(nodeAt(value, ['when'])?.node)) {
    if (condition.key !== key && space.has(condition.key)) continue;
    const { suggestion, offer } = guess(
      condition.key,
      [...space.keys()].filter((other) => other !== key),
    );
    stage.report(
      'tune-condition',
      condition.keyRange,
      condition.key === key
        ? `\`${key}\` can't depend on itself.`
        : `\`${condition.key}\` is not in the space, so nothing can depend on it.${offer}`,
      suggestion === undefined ? {} : { suggestion },
    );
  }
}

import type { Stage } from '../../schemas/generated/types';
import * as validators from '../../schemas/generated/validators';
import type { Validator } from '../../schemas/generated/validators';
import { append } from './append';
import { checkAgainst } from './check';
import { type ExpressionUse, readExpressions } from './expressions';
import { checkStage } from './local';
import { type Parameters, hasParameters, substitute } from './parameters';
import { readForgiving } from './recover';
import { schemaNode, stageSchema } from './schema';
import { entryOf, isWhole, nodeAt, type Entry, type Node, textOf, toValue } from './tree';
import type { Mention, Problem, Range } from './types';

/** A reference as it stands in a stage, before it is known whether there is such a stage. */
export interface RawReference extends Range {
  readonly text: string;
  readonly stage: string;
  readonly output?: string;
  readonly path: readonly (string | number)[];
  readonly kinds: readonly string[];
  readonly stageRange: Range;
  readonly outputRange?: Range;
}

/**
 * What can be known of one stage alone. Everything here depends on nothing but the text and the parameters, so it is kept from one analysis to
 * the next; ranges count from the beginning of that text.
 */
export interface Unit {
  readonly text: string;
  readonly name: string;
  readonly nameRange: Range;
  readonly range: Range;
  readonly kind?: Stage['kind'];
  readonly node: Node;
  /** Does it fulfil the schema of its kind, as far as the walk beside the schema tells? */
  readonly sound: boolean;
  /** Of a sound stage, when the generated validator agrees. */
  readonly value?: Stage | undefined;
  /** What the generated validator has against a sound stage. */
  readonly disagreement?: string | undefined;
  readonly problems: readonly Problem[];
  readonly mentions: readonly Mention[];
  readonly references: readonly RawReference[];
  /** Names of the parameters that are used. */
  readonly parameters: readonly string[];
  readonly expressions: readonly ExpressionUse[];
}

/** A stage as it was read. Its value is made, and the validator asked, when somebody wants it: most readings are for their diagnostics alone. */
class Reading implements Unit {
  private judged: { readonly value?: Stage; readonly disagreement?: string } | undefined;

  constructor(
    readonly text: string,
    readonly name: string,
    readonly nameRange: Range,
    readonly range: Range,
    readonly kind: Stage['kind'],
    readonly node: Node,
    readonly sound: boolean,
    readonly problems: readonly Problem[],
    readonly mentions: readonly Mention[],
    readonly references: readonly RawReference[],
    readonly parameters: readonly string[],
    readonly expressions: readonly ExpressionUse[],
  ) {}

  get value(): Stage | undefined {
    return this.judge().value;
  }

  get disagreement(): string | undefined {
    return this.judge().disagreement;
  }

  private judge() {
    if (this.judged) return this.judged;
    if (!this.sound) return (this.judged = {});
    const value = toValue(this.node);
    const disagreement = validate(this.kind, value);
    return (this.judged = disagreement === undefined ? { value: value as Stage } : { disagreement });
  }
}

/** The stages of one stretch of text: mostly one. */
export interface Units {
  readonly units: readonly Unit[];
  /** What is wrong beside the stages themselves. */
  readonly problems: readonly Problem[];
  /** Aliases whose anchors are elsewhere in the file. */
  readonly unresolved: readonly { readonly name: string; readonly from: number; readonly to: number }[];
}

/** Reads a text that holds entries of `stages`. */
export function readStages(text: string, parameters: Parameters): Units {
  const { root, problems, unresolved } = readForgiving(text);
  const outside: Problem[] = [];
  if (root === undefined) return { units: [], problems, unresolved };
  if (root.type !== 'map') {
    if (problems.length === 0 && root.type === 'scalar' && typeof root.value === 'string')
      outside.push({
        code: 'incomplete-key',
        from: root.from,
        to: root.to,
        message: `Expected \`:\` after \`${root.value.slice(0, 60)}\`, the name of a stage.`,
        suggestion: `${root.value}:`,
      });
    else if (problems.length === 0)
      outside.push({
        code: 'wrong-type',
        from: root.from,
        to: Math.min(root.to, root.from + 1),
        message: 'Stages are a map from name to stage: `NAME:` and below it `kind: …`.',
      });
    return { units: [], problems: [...problems, ...outside], unresolved };
  }
  return { units: unitsOf(text, root.entries, problems, parameters, outside), problems: outside, unresolved };
}

/** The units of a map's entries; each problem goes to the stage in which it lies, the others outside. */
export function unitsOf(
  text: string,
  entries: readonly Entry[],
  problems: readonly Problem[],
  parameters: Parameters,
  outside: Problem[],
): Unit[] {
  const real = entries.filter((entry) => !entry.incomplete);
  for (const { key, keyRange, incomplete } of entries)
    if (incomplete)
      outside.push({
        code: 'incomplete-key',
        ...keyRange,
        message: `Expected \`:\` after \`${key.slice(0, 60)}\`, the name of a stage.`,
        suggestion: `${key}:`,
      });
  const own = new Map<Entry, Problem[]>(real.map((entry) => [entry, []]));
  for (const problem of problems) {
    if (problem.code === 'duplicate-key' && real.some((entry) => entry.keyRange.from === problem.from)) continue;
    const home = real.findLast((entry) => entry.keyRange.from <= problem.from);
    (home ? own.get(home) : outside)?.push(problem);
  }
  return real.map((entry) => makeUnit(text, entry, own.get(entry) ?? [], parameters));
}

function makeUnit(text: string, entry: Entry, syntax: readonly Problem[], parameters: Parameters): Unit {
  const { key: name, keyRange } = entry;
  const problems: Problem[] = [...syntax];
  const mentions: Mention[] = [];
  let node = entry.value;
  if (hasParameters(text)) {
    const replaced = substitute(text, node, parameters);
    node = replaced.node;
    append(problems, replaced.problems);
    append(mentions, replaced.mentions);
  }
  const pattern = schemaNode('pipeline').properties.get('stages')?.keyPattern;
  if (pattern && !pattern.test(name)) {
    const mended = name.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[^A-Za-z]+|-+$/g, '');
    problems.push({
      code: 'bad-format',
      ...keyRange,
      message: `The name of a stage must begin with a letter and hold only letters, digits, \`-\` and \`_\`; \`${name.slice(0, 60)}\` does not.`,
      ...(mended !== '' && { suggestion: mended }),
    });
  }
  const kindText = textOf(entryOf(node, 'kind')?.value);
  const kind = kindText !== undefined && stageSchema(kindText) ? (kindText as Stage['kind']) : undefined;
  const what = kind === undefined ? 'a stage' : `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind} stage`;
  const findings = checkAgainst(text, node, schemaNode('pipeline#/$defs/Stage'), keyRange, what);
  const clean = problems.every(({ code }) => code === 'yaml-tag') && findings.problems.length === 0;
  append(problems, findings.problems);
  append(mentions, findings.mentions);
  const sound = kind !== undefined && clean && isWhole(node);
  const expressions = kind === undefined ? [] : readExpressions(text, node, kind, findings.mentions, problems);
  if (kind !== undefined) append(problems, checkStage(kind, node, keyRange));
  mentions.sort((a, b) => a.from - b.from);
  const references: RawReference[] = [];
  for (const mention of findings.mentions)
    if (mention.type === 'reference') references.push(referenceOf(text, mention, node));
  const used: string[] = [];
  for (const mention of mentions) if (mention.type === 'parameter') used.push(mention.text);
  const range = {
    from: keyRange.from,
    to: Math.max(keyRange.to, entry.value.from >= keyRange.from ? entry.value.to : keyRange.to),
  };
  // Without a kind nothing asks for it by its kind.
  return new Reading(
    text,
    name,
    keyRange,
    range,
    kind as Stage['kind'],
    node,
    sound,
    problems,
    mentions,
    references,
    used,
    expressions,
  );
}

/** Asked for late: reading them takes as long as reading all else of the analyser. */
const byKind: Readonly<Record<Stage['kind'], () => Validator>> = {
  data: () => validators.validateData,
  train: () => validators.validateTrain,
  evaluate: () => validators.validateEvaluate,
  optimize: () => validators.validateOptimize,
  package: () => validators.validatePackage,
  deploy: () => validators.validateDeploy,
  monitor: () => validators.validateMonitor,
};

/** The generated validator has the last word. It and the walk that writes the messages agree; should they ever not, nothing is let through. */
function validate(kind: Stage['kind'], value: unknown): string | undefined {
  const validator = byKind[kind]();
  if (validator(value)) return undefined;
  const first = validator.errors?.[0];
  return `This ${kind} stage does not fulfil its schema: ${first?.instancePath ?? ''} ${first?.message ?? ''}.`;
}

function referenceOf(text: string, mention: Mention, root: Node): RawReference {
  const [stage = '', ...rest] = mention.text.split('.');
  const output = rest.length > 0 ? rest.join('.') : undefined;
  const at = nodeAt(root, mention.path)?.node;
  const range = { from: mention.from, to: mention.to };
  const plain = at?.type === 'scalar' && !at.template && text.slice(at.from, at.to) === mention.text;
  const quoted = at?.type === 'scalar' && !at.template && text.slice(at.from + 1, at.to - 1) === mention.text;
  const start = plain ? range.from : quoted ? range.from + 1 : undefined;
  const stageRange = start === undefined ? range : { from: start, to: start + stage.length };
  return {
    ...range,
    text: mention.text,
    stage,
    ...(output !== undefined && {
      output,
      outputRange:
        start === undefined
          ? range
          : {
              from: start + stage.length + 1,
              to: Math.max(start + stage.length + 1 + output.length, start + stage.length + 1),
            },
    }),
    path: mention.path,
    kinds: mention.of ?? [],
    stageRange,
  };
}

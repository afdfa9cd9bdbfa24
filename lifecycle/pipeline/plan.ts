import type { Pipeline } from '../../schemas/generated/types';
import { nearest } from '../expression/nearest';
import { UserError } from '../problem';
import { reachable, reversed, topological } from './graph';
import { LineIndex } from './lines';
import { stageSchema } from './schema';
import type { Analysis, Overrides, Plan, PlannedStage } from './types';

/**
 * The stages of a checked pipeline in an order in which each comes after those it refers to; otherwise as in the file.
 * @param overrides when they differ from those the analysis was made with, the text is checked under them
 * @throws {UserError} `pipeline-invalid` when the pipeline has errors: the first is in the message, all are in the details
 */
export function plan(analysis: Analysis, overrides?: Overrides): Plan {
  const checked = overrides ? analysis.under(overrides) : analysis;
  const index = new LineIndex(checked.text);
  const errors = checked.diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first || !checked.ok) {
    const place = first ? index.position(first.from) : { line: 0, column: 0 };
    throw new UserError({
      code: 'pipeline-invalid',
      message: first
        ? `${first.message}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''}`
        : 'There is no pipeline here yet.',
      file: checked.path,
      line: place.line + 1,
      column: place.column + 1,
      ...(errors.length > 1 && {
        details: errors.slice(0, 20).map((error) => `line ${index.position(error.from).line + 1}: ${error.message}`),
      }),
    });
  }
  const names = new Map(checked.stages.map(({ name }, i) => [name, i]));
  const edges = checked.stages.map(({ references }) => references.flatMap(({ stage }) => names.get(stage) ?? []));
  const stages = topological(edges).flatMap((i): PlannedStage[] => {
    const part = checked.stages[i];
    if (!part?.value) return [];
    const at = index.position(part.nameRange.from);
    const references = [...part.references].sort((a, b) => a.from - b.from);
    return [
      {
        name: part.name,
        stage: part.value,
        after: [...new Set(references.map(({ stage }) => stage))],
        references,
        line: at.line + 1,
        column: at.column + 1,
        effect: isEffect(part.value.kind),
      },
    ];
  });
  return {
    pipeline: checked.header as Omit<Pipeline, 'stages'>,
    parameters: checked.parameters,
    ...(checked.environment !== undefined && { environment: checked.environment }),
    stages,
  };
}

/** Does a stage kind act on the world? Such stages are never reused and run only when asked for. */
export function isEffect(kind: string): boolean {
  return stageSchema(kind)?.x['effect'] === true;
}

/** Which stages of a plan are wanted. Nothing given: all that don't act on the world. */
export interface Selection {
  /** These and all that they need. */
  readonly names?: readonly string[];
  /** Exactly these; what they need is only reused. */
  readonly only?: readonly string[];
  /** These and all that depends on them. */
  readonly from?: readonly string[];
  /** Everything up to these. */
  readonly to?: readonly string[];
  /** Stages that act on the world too. */
  readonly deploy?: boolean;
}

export interface SelectedStage extends PlannedStage {
  /** True for what was asked for; false for what it needs, whose kept results do. */
  readonly wanted: boolean;
}

/**
 * The stages to execute, in order. Stages that act on the world are left out unless `deploy` is set or they are named.
 * @throws {UserError} `unknown-stage`
 */
export function select(plan: Plan, selection: Selection = {}): SelectedStage[] {
  const { stages } = plan;
  const index = new Map(stages.map(({ name }, i) => [name, i]));
  const indices = (names: readonly string[] = []): number[] =>
    names.map((name) => index.get(name) ?? unknown(name, [...index.keys()]));
  const upstream = stages.map(({ after }) => after.flatMap((name) => index.get(name) ?? []));
  const downstream = reversed(upstream);
  const { names, only, from, to, deploy = false } = selection;
  const named = new Set([...indices(names), ...indices(only), ...indices(from), ...indices(to)]);
  const allowed = (i: number): boolean => deploy || named.has(i) || stages[i]?.effect !== true;
  let wanted: Set<number>;
  if (only && only.length > 0) wanted = new Set(indices(only));
  else if (names && names.length > 0) wanted = reachable(upstream, indices(names));
  else {
    const after = from && from.length > 0 ? reachable(downstream, indices(from)) : undefined;
    const before = to && to.length > 0 ? reachable(upstream, indices(to)) : undefined;
    wanted = new Set(
      [...stages.keys()].filter((i) => (after?.has(i) ?? true) && (before?.has(i) ?? true) && allowed(i)),
    );
  }
  const needed = reachable(upstream, wanted);
  return stages.flatMap((stage, i) => (needed.has(i) ? [{ ...stage, wanted: wanted.has(i) }] : []));
}

function unknown(name: string, names: readonly string[]): never {
  const near = nearest(name, names);
  throw new UserError({
    code: 'unknown-stage',
    message: `There is no stage '${name}' in this pipeline.`,
    hint: near === undefined ? `There are: ${names.join(', ')}.` : `Did you mean '${near}'?`,
  });
}

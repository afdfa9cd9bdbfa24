import type { Pipeline, Stage } from '../../schemas/generated/types';
import { Beside } from './beside';
import { Network, type Placed } from './network';
import { type MapNode, nodeAt } from './tree';
import type { Analysis, Diagnostic, Mention, Range, StagePart, StageReferencePart } from './types';

/** A stage at its place. Ranges are counted from the beginning of the file when they are asked for. */
export class Found implements StagePart {
  readonly name: string;

  /** @param changed the value, when it is another one than was read */
  constructor(
    readonly placed: Placed,
    private readonly changed?: Stage,
  ) {
    this.name = placed.unit.name;
  }

  get value(): Stage {
    return this.changed ?? (this.placed.unit.value as Stage);
  }

  get kind(): Stage['kind'] {
    return this.placed.unit.kind as Stage['kind'];
  }
  get base(): number {
    return this.placed.base;
  }
  get node() {
    return this.placed.unit.node;
  }
  get nameRange(): Range {
    return this.shift(this.placed.unit.nameRange);
  }
  get range(): Range {
    return this.shift(this.placed.unit.range);
  }
  get references(): StageReferencePart[] {
    return this.placed.unit.references.map(({ text, stage, output, path, ...range }) => ({
      ...this.shift(range),
      text,
      stage,
      ...(output !== undefined && { output }),
      path,
    }));
  }
  get mentions(): Mention[] {
    return this.placed.unit.mentions.map((mention) => ({ ...mention, ...this.shift(mention) }));
  }

  private shift({ from, to }: Range): Range {
    return { from: from + this.placed.base, to: to + this.placed.base };
  }
}

const networks = new Beside<Analysis, Network>();

/** Keeps the graph of an analysis for what asks on. */
export function withNetwork(analysis: Analysis, network: Network): Analysis {
  networks.set(analysis, network);
  return analysis;
}

/** The stages of an analysis as a graph. */
export function networkOf(analysis: Analysis): Network {
  return networks.get(analysis) ?? new Network([]);
}

/** The stages of an analysis as the checks see them, for what asks on about columns and data. */
export function placedOf(analysis: Analysis): readonly Placed[] {
  return networkOf(analysis).stages;
}

/** Range of the value or key at a path of the pipeline. */
export function rangeOf(
  headerNode: MapNode,
  stages: readonly StagePart[],
  path: readonly (string | number)[],
): Range | undefined {
  const [section, name, ...rest] = path;
  const stage =
    section === 'stages' && typeof name === 'string' ? stages.find((candidate) => candidate.name === name) : undefined;
  if (stage && rest.length === 0) return stage.nameRange;
  const base = stage?.base ?? 0;
  const found = stage ? nodeAt(stage.node, rest) : nodeAt(headerNode, path);
  if (!found) return undefined;
  const { node, entry } = found;
  const range = node.to > node.from ? node : (entry?.keyRange ?? node);
  return { from: range.from + base, to: range.to + base };
}

/** Range of the value at a path inside a stage, else of the nearest thing around it that is written there; undefined when that is the stage itself. */
export function rangeNear(
  analysis: Pick<Analysis, 'rangeOf'>,
  stage: string,
  path: readonly (string | number)[],
): Range | undefined {
  for (let length = path.length; length > 0; length--) {
    const range = analysis.rangeOf(['stages', stage, ...path.slice(0, length)]);
    if (range) return range;
  }
  return undefined;
}

/** In order of place, each once: what stands at an anchor is not said again at its aliases. */
export function settle(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics
    .filter(({ code, from, to, message }) => {
      const id = `${code} ${from} ${to} ${message}`;
      if (seen.has(id)) return false;
      seen.add(id);
      return true;
    })
    .sort((a, b) => a.from - b.from || a.to - b.to);
}

/** The header and stages as one value, for export and tests; undefined when a stage could not be read. */
export function valueOf(analysis: Analysis): Pipeline | undefined {
  const stages: Record<string, Stage> = {};
  for (const { name, value } of analysis.stages) {
    if (!value) return undefined;
    stages[name] ??= value;
  }
  return { ...(analysis.header as Omit<Pipeline, 'stages'>), stages };
}

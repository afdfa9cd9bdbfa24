import type { Columns } from './network';
import { absolutePath, type Files } from './files';
import { findProjectPlace } from './project';
import type { Unit } from './stage';
import { findTargets, missingFile, targetNames } from './targets';
import { type Node, nodeAt } from './tree';
import type { Problem, Range } from './types';
import { guess, oneOf } from './wording';

/** What is around a pipeline; what is not given is not spoken of. */
export interface Surroundings {
  /** Without it nothing is said about files and targets. */
  readonly files?: Files;
  /**
   * Columns of a data stage's source, when they are known. The same list object as long as nothing changed, so that checks need not be repeated.
   * @param sources absolute paths and patterns of the stage's source; empty for a query
   * @param source the stage's `source` as written, with its reading options
   */
  readonly columns?: (stage: string, sources: readonly string[], source?: Node) => readonly Columns[] | undefined;
  /** What stands in the way of reading a data stage's source, as far as it is known. */
  readonly trouble?: (stage: string, sources: readonly string[], source?: Node) => SourceTrouble | undefined;
  /** Names of deployment targets; without it they are read from targets.yaml through `files`. */
  readonly targets?: readonly string[];
}

/** Something that is wrong with the data a stage reads. */
export interface SourceTrouble {
  readonly code: 'data-wrong-encoding' | 'data-empty' | 'data-unreadable';
  readonly message: string;
  readonly suggestion?: string;
  /** When a run would not stop for it. */
  readonly severity?: 'warning';
}

/** Names of targets, kept from one analysis to the next. */
export interface KeptTargets {
  targets: { text: string | undefined; names: readonly string[] } | undefined;
}

/** What a pipeline names outside of itself: files, data and deployment targets. */
export class Outside {
  constructor(
    private readonly folder: string,
    private readonly around: Surroundings,
    private readonly cache: KeptTargets | undefined,
  ) {}

  /** What is wrong with the files, data and targets that a stage names; ranges count in its text. */
  problemsOf(unit: Unit): Problem[] {
    const { files } = this.around;
    return [
      ...unit.mentions.flatMap((mention) => {
        if (mention.type === 'target') return this.targetProblem(mention.text, mention) ?? [];
        return mention.type === 'file' && files ? missingFile(files, this.folder, mention.text, mention) : [];
      }),
      ...this.troubles(unit),
    ];
  }

  /** Columns of a data stage, when they are known; the same list as long as they are the same. */
  columnsOf(unit: Unit): readonly Columns[] | undefined {
    if (!this.around.columns) return undefined;
    const sources = keptSources(unit, this.folder);
    const found = sources && this.around.columns(unit.name, sources, nodeAt(unit.node, ['source'])?.node);
    return found && found.length > 0 ? found : undefined;
  }

  /** Said where the source names its files; of an encoding, where that is stated. A source that is no whole one is not looked for. */
  private troubles(unit: Unit): Problem[] {
    if (!this.around.trouble || unit.kind !== 'data') return [];
    const sources = keptSources(unit, this.folder);
    const source = nodeAt(unit.node, ['source'])?.node;
    if (!source || unit.problems.some((problem) => problem.from >= source.from && problem.to <= source.to)) return [];
    const trouble = sources && this.around.trouble(unit.name, sources, source);
    if (!trouble) return [];
    const at = (key: string): Node | undefined => nodeAt(source, [key])?.node;
    const { from, to } =
      (trouble.code === 'data-wrong-encoding' ? at('encoding') : undefined) ??
      at('file') ??
      at('table') ??
      at('sql') ??
      source;
    return [{ ...trouble, from, to }];
  }

  private names: readonly string[] | undefined | null = null;

  /** Names of the deployment targets; undefined when they are not known. */
  private targets(): readonly string[] | undefined {
    if (this.names !== null) return this.names;
    const { targets, files } = this.around;
    const { cache } = this;
    this.names = targets && [...new Set(['local', ...targets])];
    if (!targets && files) {
      const folder = this.folder;
      const path = findTargets(folder, findProjectPlace(folder, files).root, files);
      const text = path === undefined ? undefined : files.read(path);
      this.names = cache?.targets && cache.targets.text === text ? cache.targets.names : targetNames(text);
      if (cache) cache.targets = { text, names: this.names };
    }
    return this.names;
  }

  targetProblem(name: string, range: Range): Problem | undefined {
    const names = this.targets();
    if (!names || names.includes(name)) return undefined;
    const { suggestion, offer } = guess(name, names);
    const list = offer !== '' ? offer : ` There are ${oneOf(names)}; add it to targets.yaml.`;
    return {
      code: 'unknown-target',
      from: range.from,
      to: range.to,
      message: `There is no target \`${name.slice(0, 60)}\` in targets.yaml.${list}`,
      ...(suggestion !== undefined && { suggestion }),
    };
  }
}

const kept = new WeakMap<Unit, { folder: string; sources: string[] | undefined }>();

function keptSources(unit: Unit, folder: string): string[] | undefined {
  let found = kept.get(unit);
  if (found?.folder !== folder) kept.set(unit, (found = { folder, sources: sourcesOf(unit, folder) }));
  return found?.sources;
}

/** Absolute paths and patterns of a data stage's source; empty for a query, undefined when there is none. */
export function sourcesOf(unit: Pick<Unit, 'mentions' | 'node'>, folder: string): string[] | undefined {
  if (!nodeAt(unit.node, ['source'])) return undefined;
  return unit.mentions
    .filter(({ type, path }) => type === 'file' && path[0] === 'source')
    .flatMap(({ text }) => absolutePath(folder, text) ?? []);
}

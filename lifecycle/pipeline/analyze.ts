import { dirname } from 'node:path';
import type { Scalar } from '../../schemas/generated/types';
import { CODES } from './codes';
import { type Files, absolutePath } from './files';
import { Found, rangeOf, settle, withNetwork } from './found';
import { checkEnvironments, checkHeader, type HeaderSurroundings } from './header';
import { lineAt } from './lines';
import { Links, type SameStages } from './links';
import { parse, type Part, type Parts, spellingOf } from './parts';
import { findProjectPlace } from './project';
import { readForgiving, shiftEntry, shiftProblem } from './recover';
import type { Columns, Network, Placed, Report } from './network';
import { readStages, type Unit, type Units, unitsOf } from './stage';
import { findTargets, missingFile, targetNames } from './targets';
import { type Entry, type MapNode, type Node, nodeAt, toValue } from './tree';
import type { Analysis, Diagnostic, Overrides, Problem, Range, Related, StagePart } from './types';
import { guess, oneOf } from './wording';
import { hasParameters, type Parameters } from './parameters';
import { readYaml } from './yaml';

export interface AnalyzeOptions {
  readonly overrides?: Overrides;
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
  /** A token of files, columns and targets: as long as it is the same, they answer the same, and are not asked about stages that did not change. */
  readonly world?: unknown;
  /** Kept from one analysis of a text to the next, it makes all but the changed stages free. One per file. */
  readonly cache?: AnalysisCache;
}

/** Something that is wrong with the data a stage reads. */
export interface SourceTrouble {
  readonly code: 'data-wrong-encoding' | 'data-empty' | 'data-unreadable';
  readonly message: string;
  readonly suggestion?: string;
  /** When a run would not stop for it. */
  readonly severity?: 'warning';
}

/** What one analysis leaves for the next; holds only what the last one used. */
export class AnalysisCache {
  parts: Parts | undefined;
  /** What was read of each part. */
  pieces: Pieces = noPieces;
  found: readonly Found[] = [];
  world: unknown;
  links: Links | undefined;
  /** Parameters that were put into these stages. */
  parameters = '';
  targets: { text: string | undefined; names: readonly string[] } | undefined;
}

/** What was read part by part, in flat lists that a change of a few parts leaves mostly as they are. */
interface Pieces {
  /** By part; undefined of one that holds no stages. */
  readonly units: readonly (Units | undefined)[];
  /** By part, the number of its first stage. */
  readonly starts: readonly number[];
  /** Parts of which something is to be said beside their stages. */
  readonly loud: readonly number[];
  readonly placed: readonly Placed[];
  /** The numbers of stages with problems of their own. */
  readonly flawed: readonly number[];
}

const noPieces: Pieces = { units: [], starts: [], loud: [], placed: [], flawed: [] };

/** Errors of one file that are reported; more help nobody. */
const MAX_DIAGNOSTICS = 2000;

/**
 * Understands a pipeline in either spelling: its parts, header, stages and references, and everything that is wrong with it, at the exact place.
 * Never fails, whatever the text. The terminal, the language server and the extension all call this.
 * @param path decides the spelling; relative paths in the pipeline start at its folder
 */
export function analyze(path: string, text: string, options: AnalyzeOptions = {}): Analysis {
  return new Analyzer(path, text, options).result();
}

class Analyzer {
  private readonly diagnostics: Diagnostic[] = [];
  private readonly parts: Parts;
  private readonly folder: string;
  private placed: Placed[] = [];
  private flawed: number[] = [];
  /** How many stages at the beginning and at the end are those of the analysis before, at other places maybe. */
  private same: SameStages | undefined;

  constructor(
    private readonly path: string,
    private readonly text: string,
    private readonly options: AnalyzeOptions,
  ) {
    this.parts = parse(text, spellingOf(path), options.cache?.parts);
    this.folder = dirname(path);
  }

  result(): Analysis {
    const { path, text, options } = this;
    const overrides = options.overrides ?? {};
    const blanked = this.withoutConflicts(this.parts.parts);
    const whole = blanked.length === 1 && blanked[0]?.type === 'whole' ? blanked[0] : undefined;
    let headerNode = whole ? emptyMap : this.readHeader(blanked);
    if (whole) headerNode = this.readWhole(whole.text, overrides);
    else if (!this.readPieces(blanked, headerNode, overrides)) headerNode = this.readWhole(text, overrides);
    const parameters = this.parameters(headerNode, overrides);
    const around: HeaderSurroundings = {
      text,
      parts: this.parts,
      placed: this.placed,
      overrides,
      whole: whole !== undefined,
      said: this.diagnostics.some(({ code }) => code === 'empty' || code === 'yaml-syntax' || code === 'wrong-type'),
      add: (problem) => {
        this.add(problem);
      },
      checkTarget: (name, range) => {
        const problem = this.targetProblem(name, range);
        if (problem) this.add(problem);
      },
    };
    checkHeader(headerNode, around);
    for (const i of this.flawed) {
      const stage = this.placed[i];
      if (!stage) continue;
      const { unit, base } = stage;
      for (const problem of unit.problems) this.add(shiftProblem(problem, base), unit.name);
    }
    // While somebody types, the walk beside the schema is enough; the generated validators are asked where a value is.
    if (!options.cache)
      for (const { unit, base } of this.placed)
        if (unit.disagreement !== undefined)
          this.add(shiftProblem({ code: 'bad-value', ...unit.nameRange, message: unit.disagreement }, base), unit.name);
    const network = this.checkStages();
    checkEnvironments(headerNode, network, around);
    for (const range of this.parts.conflicts)
      this.add({
        code: 'conflict-marker',
        ...range,
        message: 'A merge left this line behind. Keep one of the two sides and delete the markers.',
      });
    for (const range of this.parts.unclosed)
      this.add({
        code: 'unclosed-fence',
        ...range,
        message:
          'This fence is never closed, so everything below it is read as stages. End it with a line of the same marks.',
      });
    const diagnostics = settle(this.diagnostics);
    const header = toValue(headerNode) as Analysis['header'];
    const { placed } = this;
    const clean =
      !diagnostics.some(({ severity }) => severity === 'error') && placed.length > 0 && header.pipeline !== undefined;
    // Made when they are asked for: most analyses are for their diagnostics alone.
    let found: readonly Found[] | undefined;
    const foundStages = (): readonly Found[] => (found ??= findStages(placed, options.cache));
    let stages: readonly StagePart[] | undefined;
    const analysis: Analysis = {
      path,
      text,
      diagnostics,
      header,
      headerNode,
      get stages() {
        return (stages ??= retarget(foundStages(), header, overrides));
      },
      parameters,
      ...(overrides.environment !== undefined && { environment: overrides.environment }),
      rangeOf: (place) => rangeOf(headerNode, foundStages(), place),
      under: (other) => analyze(path, text, { ...options, overrides: other }),
      get ok() {
        return clean && placed.every(({ unit }) => !unit.sound || unit.value !== undefined);
      },
    };
    return withNetwork(analysis, network);
  }

  /** The lines of an unfinished merge read as blanks, so that what is around them is understood. */
  private withoutConflicts(parts: readonly Part[]): readonly Part[] {
    const { conflicts } = this.parts;
    if (conflicts.length === 0) return parts;
    const blanked = conflicts.reduce(
      (text, { from, to }) => text.slice(0, from) + ' '.repeat(to - from) + text.slice(to),
      this.text,
    );
    return parse(blanked, this.parts.spelling).parts;
  }

  private add(problem: Problem, stage?: string, related?: readonly Related[]): void {
    if (this.diagnostics.length >= MAX_DIAGNOSTICS) return;
    this.diagnostics.push({
      ...problem,
      severity: problem.severity ?? CODES[problem.code].severity,
      ...(stage !== undefined && { stage }),
      ...(related && related.length > 0 && { related }),
    });
  }

  private readHeader(parts: readonly Part[]): MapNode {
    const entries: Entry[] = [];
    const seen = new Map<string, Entry>();
    let range: Range | undefined;
    for (const part of parts) {
      if (part.type !== 'header') continue;
      const { root, problems, unresolved } = readForgiving(part.text);
      for (const problem of problems) this.add(shiftProblem(problem, part.from));
      for (const { name, from, to } of unresolved)
        this.unknownAlias(name, { from: from + part.from, to: to + part.from });
      if (root?.type === 'scalar' && typeof root.value === 'string' && problems.length === 0) {
        const keyRange = { from: root.from + part.from, to: root.to + part.from };
        entries.push({
          key: root.value.split('\n')[0] ?? '',
          keyRange,
          value: { type: 'broken', ...keyRange },
          incomplete: true,
        });
      } else if (root && root.type !== 'map' && root.type !== 'broken') {
        this.add({
          code: 'wrong-type',
          from: root.from + part.from,
          to: lineAt(part.text, root.from).end + part.from,
          message: 'The header of a pipeline is a map: `lifecycle: 1`, `pipeline: NAME`.',
        });
      }
      for (const found of root?.type === 'map' ? root.entries : []) {
        const entry = shiftEntry(found, part.from);
        const before = seen.get(entry.key);
        if (before && !entry.duplicate) {
          this.add(
            {
              code: 'duplicate-key',
              ...entry.keyRange,
              message: `\`${entry.key}\` is set already. Remove one of the two.`,
            },
            undefined,
            [{ range: before.keyRange, message: `\`${entry.key}\` is first set here.` }],
          );
          entries.push({ ...entry, duplicate: true });
        } else {
          if (!before) seen.set(entry.key, entry);
          entries.push(entry);
        }
      }
      range = { from: range?.from ?? part.from, to: part.to };
    }
    return { type: 'map', flow: false, entries, from: range?.from ?? 0, to: range?.to ?? 0 };
  }

  private unknownAlias(name: string, range: Range): void {
    const elsewhere =
      this.parts.spelling === 'document' && new RegExp(`&${name.replace(/[^\w-]/g, '\\$&')}\\b`).test(this.text);
    const why = elsewhere
      ? ` An anchor reaches no further than the fence it stands in.`
      : ' Write the anchor before its first use.';
    this.add({ code: 'unknown-alias', ...range, message: `There is no anchor \`&${name}\` for this alias.${why}` });
  }

  /** Reads stage by stage. False when the file has to be read in one go, because an alias reaches over the pieces. */
  private readPieces(parts: readonly Part[], header: MapNode, overrides: Overrides): boolean {
    const parameters = this.parameters(header, overrides);
    const key = JSON.stringify(parameters);
    const cache = this.options.cache;
    const sameParts = this.parts.parts === parts ? this.parts.kept : undefined;
    const known = keptUnits(parts, sameParts, cache, key);
    const old = cache?.pieces ?? noPieces;
    // What stands before and behind a change is taken over as it is, but for its place.
    const kept = cache?.parts && cache.parameters === key ? sameParts : undefined;
    const head = kept?.before ?? 0;
    const tail = parts.length - (kept?.after ?? 0);
    const oldTail = tail + old.units.length - parts.length;
    const units = old.units.slice(0, head);
    const starts = old.starts.slice(0, head);
    const loud = kept ? old.loud.filter((i) => i < head) : [];
    const headStages = kept ? (old.starts[head] ?? old.placed.length) : 0;
    const placed = old.placed.slice(0, headStages);
    for (const i of loud) if (!this.listen(units[i], parts[i])) return this.startOver();
    for (let i = head; i < tail; i++) {
      const part = parts[i];
      starts.push(placed.length);
      if (part?.type !== 'stage' && part?.type !== 'stages') {
        units.push(undefined);
        continue;
      }
      // A copy of its own, so that a kept stage does not hold the whole text of its time in memory.
      const read = known(i) ?? readStages((' ' + part.text).slice(1), parameters);
      units.push(read);
      if (read.problems.length > 0 || read.unresolved.length > 0 || part.misplaced) {
        loud.push(i);
        if (!this.listen(read, part)) return this.startOver();
      }
      for (const unit of read.units) {
        const index = placed.length;
        const before = old.placed[index];
        placed.push(before?.unit === unit && before.base === part.from ? before : { unit, base: part.from, index });
      }
    }
    const oldTailStages = kept ? (old.starts[oldTail] ?? old.placed.length) : old.placed.length;
    const tailStages = placed.length;
    if (kept && tail < parts.length) {
      const by = (parts[tail]?.from ?? 0) - (cache?.parts?.parts[oldTail]?.from ?? 0);
      const further = tailStages - oldTailStages;
      for (let i = oldTail; i < old.units.length; i++) {
        units.push(old.units[i]);
        starts.push((old.starts[i] ?? 0) + further);
      }
      for (let i = oldTailStages; i < old.placed.length; i++) {
        const stage = old.placed[i];
        if (!stage) continue;
        placed.push(
          by === 0 && further === 0 ? stage : { unit: stage.unit, base: stage.base + by, index: stage.index + further },
        );
      }
      for (const i of old.loud) {
        if (i < oldTail) continue;
        const at = i + tail - oldTail;
        loud.push(at);
        if (!this.listen(units[at], parts[at])) return this.startOver();
      }
    }
    this.placed = placed;
    this.flawed = kept ? old.flawed.filter((i) => i < headStages) : [];
    for (let i = headStages; i < tailStages; i++) if ((placed[i]?.unit.problems.length ?? 0) > 0) this.flawed.push(i);
    if (kept) for (const i of old.flawed) if (i >= oldTailStages) this.flawed.push(i + tailStages - oldTailStages);
    if (kept) this.same = { of: old.placed, head: headStages, tail: placed.length - tailStages };
    if (cache) {
      cache.pieces = { units, starts, loud, placed, flawed: this.flawed };
      cache.parts = this.parts;
      cache.parameters = key;
    }
    return true;
  }

  /** Says what is wrong with a part; false when an alias in it reaches over the pieces. */
  private listen(units: Units | undefined, part: Part | undefined): boolean {
    if (!units || !part) return true;
    if (units.unresolved.length > 0 && this.parts.spelling === 'pipeline') {
      const anchored = units.unresolved.some(({ name }) => this.text.includes(`&${name}`));
      if (anchored && readYaml(this.text).problems.length === 0) return false;
    }
    this.tell(units, part);
    return true;
  }

  /** What is wrong with a part beside the stages in it. */
  private tell({ units, problems, unresolved }: Units, part: Part): void {
    for (const problem of problems) this.add(shiftProblem(problem, part.from));
    for (const { name, from, to } of unresolved)
      this.unknownAlias(name, { from: from + part.from, to: to + part.from });
    if (!part.misplaced) return;
    const { expected } = part.misplaced;
    for (const { name, nameRange } of units) {
      const indent = nameRange.from - (part.text.lastIndexOf('\n', nameRange.from) + 1);
      this.add(
        {
          code: 'bad-indent',
          from: nameRange.from + part.from,
          to: nameRange.to + part.from,
          message: `This stage has ${indent} spaces before its name and the others ${expected}. Give it ${expected}.`,
        },
        name,
      );
    }
  }

  private startOver(): false {
    this.diagnostics.length = 0;
    return false;
  }

  /** Reads a pipeline whose lines don't tell its stages apart: one YAML text. */
  private readWhole(text: string, overrides: Overrides): MapNode {
    const { root, problems, unresolved } = readForgiving(text);
    const first = lineAt(text, text.startsWith('\ufeff') ? 1 : 0);
    if (!root) {
      for (const problem of problems) this.add(problem);
      if (problems.length === 0)
        this.add({
          code: 'empty',
          from: 0,
          to: 0,
          message: 'There is no pipeline here yet. Begin with `lifecycle: 1`, `pipeline: NAME` and `stages:`.',
        });
      return emptyMap;
    }
    if (root.type !== 'map') {
      for (const problem of problems) this.add(problem);
      for (const { name, from, to } of unresolved) this.unknownAlias(name, { from, to });
      if (
        root.type === 'scalar' &&
        typeof root.value === 'string' &&
        !root.value.includes('\n') &&
        problems.length === 0
      ) {
        const keyRange = { from: root.from, to: root.to };
        return {
          ...emptyMap,
          entries: [{ key: root.value, keyRange, value: { type: 'broken', ...keyRange }, incomplete: true }],
        };
      }
      if (root.type !== 'broken')
        this.add({
          code: 'wrong-type',
          from: root.from,
          to: Math.max(lineAt(text, root.from).end, root.from),
          message: 'A pipeline is a map: `lifecycle: 1`, `pipeline: NAME`, `stages:`.',
        });
      else if (problems.length === 0)
        this.add({ code: 'yaml-syntax', from: first.from, to: first.end, message: 'This is not valid YAML.' });
      return emptyMap;
    }
    const parameters = this.parameters(root, overrides);
    const outside: Problem[] = [];
    const stagesEntries = root.entries.filter(({ key, incomplete }) => key === 'stages' && !incomplete);
    const inside = (problem: Problem): boolean =>
      stagesEntries.some(
        ({ keyRange, value }) => problem.from > keyRange.to && problem.to <= Math.max(value.to, keyRange.to),
      );
    for (const problem of problems) if (!inside(problem)) this.add(problem);
    for (const { name, from, to } of unresolved) this.unknownAlias(name, { from, to });
    for (const { value, keyRange } of stagesEntries) {
      const mine = problems.filter(
        (problem) => inside(problem) && problem.from > keyRange.to && problem.from <= value.to,
      );
      if (value.type === 'map')
        for (const unit of unitsOf(text, value.entries, mine, parameters, outside)) {
          if (unit.problems.length > 0) this.flawed.push(this.placed.length);
          this.placed.push({ unit, base: 0, index: this.placed.length });
        }
      else outside.push(...mine);
    }
    for (const problem of outside) this.add(problem);
    return root;
  }

  private parameters(header: MapNode, overrides: Overrides): Parameters {
    const own = scalars(toValue(nodeAt(header, ['parameters'])?.node ?? emptyMap));
    const environment = overrides.environment;
    const there =
      environment === undefined ? undefined : nodeAt(header, ['environments', environment, 'parameters'])?.node;
    return { ...own, ...scalars(there && toValue(there)), ...overrides.parameters };
  }

  private checkStages(): Network {
    const { cache, files, world } = this.options;
    const same = world !== undefined && cache?.world === world;
    const problemsOf = (unit: Unit): Problem[] => [
      ...unit.mentions.flatMap((mention) => {
        if (mention.type === 'target') return this.targetProblem(mention.text, mention) ?? [];
        return mention.type === 'file' && files ? missingFile(files, this.folder, mention.text, mention) : [];
      }),
      ...this.troubles(unit),
    ];
    const columnsOf = (unit: Unit): readonly Columns[] | undefined => this.columns(unit);
    const links = new Links(this.placed, { same, columnsOf, problemsOf }, cache?.links, this.same);
    if (cache) {
      cache.links = links;
      cache.world = world;
    }
    const { stages } = links.network;
    for (const i of links.loud) {
      const stage = stages[i];
      const said = links.said[i];
      const outside = links.outside[i];
      if (!stage || !said || !outside) continue;
      for (const { problem, related } of said)
        this.add(
          shiftProblem(problem, stage.base),
          stage.unit.name,
          related?.map(({ stage: other, range: { from, to }, message }) => {
            const base = stages[other.index]?.base ?? 0;
            return { range: { from: from + base, to: to + base }, message };
          }),
        );
      for (const problem of outside) this.add(shiftProblem(problem, stage.base), stage.unit.name);
    }
    const hint: Report = ({ unit, base }, problem) => {
      this.add(shiftProblem(problem, base), unit.name);
    };
    links.unused(hint);
    links.skewed(hint);
    return links.network;
  }

  private columns(unit: Unit): readonly Columns[] | undefined {
    if (!this.options.columns) return undefined;
    const sources = keptSources(unit, this.folder);
    const found = sources && this.options.columns(unit.name, sources, nodeAt(unit.node, ['source'])?.node);
    return found && found.length > 0 ? found : undefined;
  }

  /** Said where the source names its files; of an encoding, where that is stated. A source that is no whole one is not looked for. */
  private troubles(unit: Unit): Problem[] {
    if (!this.options.trouble || unit.kind !== 'data') return [];
    const sources = keptSources(unit, this.folder);
    const source = nodeAt(unit.node, ['source'])?.node;
    if (!source || unit.problems.some((problem) => problem.from >= source.from && problem.to <= source.to)) return [];
    const trouble = sources && this.options.trouble(unit.name, sources, source);
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
    const { targets, files, cache } = this.options;
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

  private targetProblem(name: string, range: Range): Problem | undefined {
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

/** The stages of an analysis; those that stand where they stood are the same objects. */
function findStages(placed: readonly Placed[], cache: AnalysisCache | undefined): readonly Found[] {
  const kept = cache?.found;
  const found = placed.map((stage, i) => {
    const before = kept?.[i];
    return before?.placed === stage ? before : new Found(stage);
  });
  if (cache) cache.found = found;
  return found;
}

/** Deploy stages go where the environment says. */
function retarget(
  stages: readonly Found[],
  header: Analysis['header'],
  { environment }: Overrides,
): readonly StagePart[] {
  const targets = environment === undefined ? undefined : header.environments?.[environment]?.targets;
  if (!targets || typeof targets !== 'object') return stages;
  return stages.map((stage) => {
    const target = Object.hasOwn(targets, stage.name) ? targets[stage.name] : undefined;
    return stage.value?.kind === 'deploy' && typeof target === 'string'
      ? new Found(stage.placed, { ...stage.value, target })
      : stage;
  });
}

const emptyMap: MapNode = { type: 'map', entries: [], flow: false, from: 0, to: 0 };

function scalars(value: unknown): Record<string, Scalar> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, Scalar] => entry[1] === null || typeof entry[1] !== 'object',
    ),
  );
}

/** Finds what is kept of each part: those that the change of the text left alone by their place, others by their text. */
function keptUnits(
  parts: readonly Part[],
  kept: Parts['kept'],
  cache: AnalysisCache | undefined,
  key: string,
): (i: number) => Units | undefined {
  if (!cache?.parts) return () => undefined;
  const {
    pieces: { units: old },
    parts: before,
  } = cache;
  const same = cache.parameters === key;
  const head = kept?.before ?? 0;
  const tail = parts.length - (kept?.after ?? 0);
  const shift = old.length - parts.length;
  const moved = new Map<string, Units>();
  for (let i = head; i < tail + shift; i++) {
    const units = old[i];
    if (units) moved.set(before.parts[i]?.text ?? '', units);
  }
  return (i) => {
    const units =
      i < head ? old[i] : i >= tail ? old[i + shift] : moved.size > 0 ? moved.get(parts[i]?.text ?? '') : undefined;
    return units && (same || !hasParameters(parts[i]?.text ?? '')) ? units : undefined;
  };
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

export { networkOf, placedOf, valueOf } from './found';

import { dirname } from 'node:path';
import type { Pipeline, Scalar, Stage } from '../../schemas/generated/types';
import { checkAgainst } from './check';
import { CODES } from './codes';
import { checkColumns } from './columns';
import { type Files, absolutePath } from './files';
import { lineAt } from './lines';
import { parse, type Part, type Parts, spellingOf } from './parts';
import { findProjectPlace } from './project';
import { readForgiving, shiftEntry, shiftProblem } from './recover';
import { checkAgainstData, checkReferences, type Columns, Network, type Placed, type Report } from './references';
import { schemaNode, type SchemaNode } from './schema';
import { readStages, type Unit, type Units, unitsOf } from './stage';
import { findTargets, missingFile, targetNames } from './targets';
import { entriesOf, type Entry, entryOf, type MapNode, type Node, nodeAt, toValue } from './tree';
import type {
  Analysis,
  Diagnostic,
  Mention,
  Overrides,
  Problem,
  Range,
  Related,
  StagePart,
  StageReferencePart,
} from './types';
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
  /** Names of deployment targets; without it they are read from targets.yaml through `files`. */
  readonly targets?: readonly string[];
  /** Kept from one analysis of a text to the next, it makes all but the changed stages free. One per file. */
  readonly cache?: AnalysisCache;
}

/** What one analysis leaves for the next; holds only what the last one used. */
export class AnalysisCache {
  /** By text; the texts are slices of the last whole text, which is therefore the only one kept. */
  stages = new Map<string, Units>();
  /** Parameters that were put into these stages. */
  parameters = '';
  targets: { text: string | undefined; names: readonly string[] } | undefined;
}

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
  private readonly placed: Placed[] = [];

  constructor(
    private readonly path: string,
    private readonly text: string,
    private readonly options: AnalyzeOptions,
  ) {
    this.parts = parse(text, spellingOf(path));
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
    this.checkHeader(headerNode, overrides, whole !== undefined);
    const network = new Network(this.placed);
    for (const { unit, base } of this.placed)
      for (const problem of unit.problems) this.add(shiftProblem(problem, base), unit.name);
    this.checkStages(network);
    this.checkEnvironments(headerNode, network, overrides);
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
    const stages = this.placed.map((placed) => new Found(placed));
    const header = toValue(headerNode) as Analysis['header'];
    const ok =
      !diagnostics.some(({ severity }) => severity === 'error') && stages.length > 0 && header.pipeline !== undefined;
    return {
      path,
      text,
      diagnostics,
      header,
      headerNode,
      stages: this.retarget(stages, header, overrides),
      parameters,
      ...(overrides.environment !== undefined && { environment: overrides.environment }),
      rangeOf: (place) => rangeOf(headerNode, stages, place),
      under: (other) => analyze(path, text, { ...options, overrides: other }),
      ok,
    };
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
    const next = new Map<string, Units>();
    for (const part of parts) {
      if (part.type !== 'stage' && part.type !== 'stages') continue;
      let units = next.get(part.text) ?? cache?.stages.get(part.text);
      if (units && cache?.parameters !== key && hasParameters(part.text)) units = next.get(part.text);
      // A copy of its own, so that a kept stage does not hold the whole text of its time in memory.
      units ??= readStages((' ' + part.text).slice(1), parameters);
      if (units.unresolved.length > 0 && this.parts.spelling === 'pipeline') {
        const anchored = units.unresolved.some(({ name }) => this.text.includes(`&${name}`));
        if (anchored && readYaml(this.text).problems.length === 0) return this.startOver();
      }
      next.set(part.text, units);
      for (const problem of units.problems) this.add(shiftProblem(problem, part.from));
      for (const { name, from, to } of units.unresolved)
        this.unknownAlias(name, { from: from + part.from, to: to + part.from });
      for (const unit of units.units) {
        this.placed.push({ unit, base: part.from });
        if (part.misplaced) {
          const indent = unit.nameRange.from - (part.text.lastIndexOf('\n', unit.nameRange.from) + 1);
          this.add(
            {
              code: 'bad-indent',
              from: unit.nameRange.from + part.from,
              to: unit.nameRange.to + part.from,
              message: `This stage has ${indent} spaces before its name and the others ${part.misplaced.expected}. Give it ${part.misplaced.expected}.`,
            },
            unit.name,
          );
        }
      }
    }
    if (cache) {
      cache.stages = next;
      cache.parameters = key;
    }
    return true;
  }

  private startOver(): false {
    this.diagnostics.length = 0;
    this.placed.length = 0;
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
        for (const unit of unitsOf(text, value.entries, mine, parameters, outside)) this.placed.push({ unit, base: 0 });
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

  private checkHeader(header: MapNode, overrides: Overrides, whole: boolean): void {
    const { text } = this;
    const first = lineAt(text, text.startsWith('\ufeff') ? 1 : 0);
    const owner: Range = { from: first.from, to: first.end };
    const blank = text.trim() === '' || text === '\ufeff';
    const said = this.diagnostics.some(
      ({ code }) => code === 'empty' || code === 'yaml-syntax' || code === 'wrong-type',
    );
    if (blank && !said)
      this.add({
        code: 'empty',
        from: 0,
        to: 0,
        message: 'There is no pipeline here yet. Begin with `lifecycle: 1`, `pipeline: NAME` and stages.',
      });
    if (blank || (header.entries.length === 0 && said)) return;
    const withoutStages: MapNode = { ...header, entries: header.entries.filter(({ key }) => key !== 'stages') };
    const findings = checkAgainst(text, withoutStages, headerSchema(), owner, 'A pipeline');
    for (const problem of findings.problems) this.add(problem);
    const stages = entryOf(header, 'stages');
    const there = this.parts.parts.some(({ type }) => type === 'stage' || type === 'stages');
    if (this.placed.length === 0 && !there && !header.entries.some(({ incomplete }) => incomplete))
      this.noStages(stages, owner, whole);
    this.checkParameters(header, overrides);
  }

  private noStages(stages: Entry | undefined, owner: Range, whole: boolean): void {
    if (stages && stages.value.type !== 'scalar' && stages.value.type !== 'map') {
      if (stages.value.type === 'list')
        this.add({
          code: 'wrong-type',
          ...stages.keyRange,
          message: '`stages` must be a map from name to stage, not a list: write `NAME:` in place of `- `.',
        });
      return;
    }
    const mark = this.parts.parts.find(
      ({ type, text }) => type === 'mark' && /^(?:stages|"stages"|'stages')/.test(text),
    );
    if (stages?.value.type === 'scalar' && stages.value.value !== null)
      this.add({ code: 'wrong-type', ...stages.keyRange, message: '`stages` must be a map from name to stage.' });
    else if (stages)
      this.add({
        code: 'missing-value',
        ...stages.keyRange,
        message: '`stages` is empty. Add a stage: `NAME:` and below it `kind: data`.',
      });
    else if (mark && !whole)
      this.add({
        code: 'missing-value',
        from: mark.from,
        to: mark.from + 6,
        message: '`stages` is empty. Add a stage: `NAME:` and below it `kind: data`.',
      });
    else if (this.parts.spelling === 'document')
      this.add({
        code: 'missing-key',
        ...owner,
        message: 'This document has no stages. Add a fence that begins with ```yaml stage.',
        suggestion: 'stages',
      });
    else
      this.add({
        code: 'missing-key',
        ...owner,
        message: 'A pipeline needs `stages` (the stages by name).',
        suggestion: 'stages',
      });
  }

  private checkParameters(header: MapNode, overrides: Overrides): void {
    const declared = nodeAt(header, ['parameters']);
    const entries = entriesOf(declared?.node);
    const names = new Set(entries.map(({ key }) => key));
    const used = new Set<string>();
    for (const { unit } of this.placed) for (const name of unit.parameters) used.add(name);
    for (const { key, keyRange } of entries)
      if (!used.has(key) && this.placed.length > 0)
        this.add({
          code: 'unused-parameter',
          ...keyRange,
          message: `No stage uses the parameter \`${key}\`. Use it as \${${key}}, or remove it.`,
        });
    const unknown = (name: string, range: Range, how: string): void => {
      const { suggestion, offer } = guess(name, names);
      this.add({
        code: 'unknown-parameter',
        ...range,
        message: `There is no parameter \`${name}\`${how}.${offer === '' ? (names.size > 0 ? ` There are ${oneOf([...names])}.` : ' Declare it under `parameters:` in the header.') : offer}`,
        ...(suggestion !== undefined && { suggestion }),
      });
    };
    for (const environment of entriesOf(nodeAt(header, ['environments'])?.node))
      for (const { key, keyRange } of entriesOf(nodeAt(environment.value, ['parameters'])?.node))
        if (!names.has(key)) unknown(key, keyRange, ' to change in this environment');
    const at = declared?.entry?.keyRange ?? { from: 0, to: 0 };
    for (const name of Object.keys(overrides.parameters ?? {}))
      if (!names.has(name)) unknown(name, at, ', but a value was given for it');
  }

  private checkEnvironments(header: MapNode, network: Network, overrides: Overrides): void {
    const environments = nodeAt(header, ['environments']);
    for (const { value } of entriesOf(environments?.node))
      for (const { key, keyRange, value: target } of entriesOf(nodeAt(value, ['targets'])?.node)) {
        const stage = network.at(key);
        const deploys = network.stages.filter(({ unit }) => unit.kind === 'deploy').map(({ unit }) => unit.name);
        if (!stage) {
          const { suggestion, offer } = guess(key, deploys);
          this.add({
            code: 'unknown-stage',
            ...keyRange,
            message: `There is no stage \`${key}\`.${offer}`,
            ...(suggestion !== undefined && { suggestion }),
          });
        } else if (stage.unit.kind !== undefined && stage.unit.kind !== 'deploy')
          this.add({
            code: 'wrong-stage-kind',
            ...keyRange,
            message: `\`${key}\` is a ${stage.unit.kind} stage; targets are for deploy stages.`,
          });
        if (target.type === 'scalar' && typeof target.value === 'string') this.checkTarget(target.value, target);
      }
    const chosen = overrides.environment;
    if (chosen === undefined || entryOf(environments?.node, chosen)) return;
    const names = entriesOf(environments?.node).map(({ key }) => key);
    const { suggestion, offer } = guess(chosen, names);
    this.add({
      code: 'unknown-environment',
      ...(environments?.entry?.keyRange ?? { from: 0, to: 0 }),
      message: `There is no environment \`${chosen}\`.${offer === '' ? (names.length > 0 ? ` There are ${oneOf(names)}.` : ' The pipeline has none.') : offer}`,
      ...(suggestion !== undefined && { suggestion }),
    });
  }

  private checkStages(network: Network): void {
    const report: Report = ({ unit, base }, problem, related) => {
      this.add(shiftProblem(problem, base), unit.name, related);
    };
    const known = new Map<Unit, readonly Columns[] | undefined>();
    const columnsOf = ({ unit }: Placed): readonly Columns[] | undefined => {
      if (!this.options.columns) return undefined;
      if (!known.has(unit)) known.set(unit, this.columns(unit));
      return known.get(unit);
    };
    checkReferences(network, report);
    checkAgainstData(network, columnsOf, report);
    for (const placed of network.stages) {
      const { unit, base } = placed;
      for (const problem of checkColumns(network, placed, columnsOf)) this.add(shiftProblem(problem, base), unit.name);
      for (const mention of unit.mentions) {
        if (mention.type === 'target')
          this.checkTarget(mention.text, { from: mention.from + base, to: mention.to + base }, unit.name);
        if (mention.type === 'file' && this.options.files)
          for (const problem of missingFile(this.options.files, this.folder, mention.text, mention))
            this.add(shiftProblem(problem, base), unit.name);
      }
    }
  }

  private columns(unit: Unit): readonly Columns[] | undefined {
    const sources = keptSources(unit, this.folder);
    const found = sources && this.options.columns?.(unit.name, sources, nodeAt(unit.node, ['source'])?.node);
    return found && found.length > 0 ? found : undefined;
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

  private checkTarget(name: string, range: Range, stage?: string): void {
    const names = this.targets();
    if (!names || names.includes(name)) return;
    const { suggestion, offer } = guess(name, names);
    const list = offer !== '' ? offer : ` There are ${oneOf(names)}; add it to targets.yaml.`;
    this.add(
      {
        code: 'unknown-target',
        from: range.from,
        to: range.to,
        message: `There is no target \`${name.slice(0, 60)}\` in targets.yaml.${list}`,
        ...(suggestion !== undefined && { suggestion }),
      },
      stage,
    );
  }

  /** Deploy stages go where the environment says. */
  private retarget(
    stages: readonly StagePart[],
    header: Analysis['header'],
    { environment }: Overrides,
  ): readonly StagePart[] {
    const targets = environment === undefined ? undefined : header.environments?.[environment]?.targets;
    if (!targets || typeof targets !== 'object') return stages;
    return stages.map((stage) => {
      const target = Object.hasOwn(targets, stage.name) ? targets[stage.name] : undefined;
      return stage.value?.kind === 'deploy' && typeof target === 'string'
        ? new Found((stage as Found).placed, { ...stage.value, target })
        : stage;
    });
  }
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

let header: SchemaNode | undefined;
function headerSchema(): SchemaNode {
  if (header) return header;
  const pipeline = schemaNode('pipeline');
  header = { ...pipeline, required: pipeline.required.filter((key) => key !== 'stages') };
  return header;
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

/** A stage at its place. Ranges are counted from the beginning of the file when they are asked for. */
class Found implements StagePart {
  readonly name: string;
  readonly value?: Stage;

  constructor(
    readonly placed: Placed,
    value = placed.unit.value,
  ) {
    this.name = placed.unit.name;
    if (value) this.value = value;
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

/** The stages of an analysis as the checks see them, for what asks on about columns and data. */
export function placedOf(analysis: Analysis): readonly Placed[] {
  return analysis.stages.flatMap((stage) => (stage instanceof Found ? [stage.placed] : []));
}

function rangeOf(
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

/** In order of place, each once: what stands at an anchor is not said again at its aliases. */
function settle(diagnostics: readonly Diagnostic[]): Diagnostic[] {
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

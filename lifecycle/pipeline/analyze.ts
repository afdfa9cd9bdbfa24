import { dirname } from 'node:path';
import { CODES } from './codes';
import { type Found, settle, withNetwork } from './found';
import { checkEnvironments, checkHeader, type HeaderSurroundings } from './header';
import { Links, type SameStages } from './links';
import type { Network, Placed, Report } from './network';
import { Outside, type Surroundings } from './outside';
import { parse, type Part, type Parts, spellingOf } from './parts';
import { noPieces, type Pieces, readPieces } from './pieces';
import { shiftProblem } from './recover';
import { emptyMap, parametersOf, readHeader, readWhole, type Telling } from './root';
import type { Unit, Units } from './stage';
import { type MapNode, toValue } from './tree';
import type { Analysis, Diagnostic, Overrides, Problem, Range, Related } from './types';
import { Understood } from './understood';
import { guess } from './wording';
import { readYaml } from './yaml';

export interface AnalyzeOptions extends Surroundings {
  readonly overrides?: Overrides;
  /** A token of files, columns and targets: as long as it is the same, they answer the same, and are not asked about stages that did not change. */
  readonly world?: unknown;
  /** Kept from one analysis of a text to the next, it makes all but the changed stages free. One per file. */
  readonly cache?: AnalysisCache;
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

class Analyzer implements Telling {
  private readonly diagnostics: Diagnostic[] = [];
  private readonly parts: Parts;
  private readonly outside: Outside;
  private placed: readonly Placed[] = [];
  private flawed: readonly number[] = [];
  /** How many stages at the beginning and at the end are those of the analysis before, at other places maybe. */
  private same: SameStages | undefined;

  constructor(
    private readonly path: string,
    private readonly text: string,
    private readonly options: AnalyzeOptions,
  ) {
    this.parts = parse(text, spellingOf(path), options.cache?.parts);
    this.outside = new Outside(dirname(path), options, options.cache);
  }

  result(): Analysis {
    const { path, text, options } = this;
    const overrides = options.overrides ?? {};
    const blanked = this.withoutConflicts(this.parts.parts);
    const whole = blanked.length === 1 && blanked[0]?.type === 'whole' ? blanked[0] : undefined;
    let headerNode = whole ? emptyMap : readHeader(blanked, this);
    if (whole) headerNode = this.readWhole(whole.text, overrides);
    else if (!this.readPieces(blanked, headerNode, overrides)) headerNode = this.readWhole(text, overrides);
    const parameters = parametersOf(headerNode, overrides);
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
        const problem = this.outside.targetProblem(name, range);
        if (problem) this.add(problem);
      },
    };
    checkHeader(headerNode, around);
    for (const i of this.flawed) {
      const stage = this.placed[i];
      if (!stage) continue;
      const { unit, base } = stage;
      const missing = !this.halfRead.has(unit);
      for (const problem of unit.problems)
        if (missing || problem.code !== 'missing-key') this.add(shiftProblem(problem, base), unit.name);
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
    const analysis = new Understood(
      path,
      text,
      diagnostics,
      header,
      headerNode,
      parameters,
      placed,
      overrides,
      clean,
      options.cache,
      (other) => analyze(path, text, { ...options, overrides: other }),
    );
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

  add(problem: Problem, stage?: string, related?: readonly Related[]): void {
    if (this.diagnostics.length >= MAX_DIAGNOSTICS) return;
    this.diagnostics.push({
      ...problem,
      severity: problem.severity ?? CODES[problem.code].severity,
      ...(stage !== undefined && { stage }),
      ...(related && related.length > 0 && { related }),
    });
  }

  unknownAlias(name: string, range: Range): void {
    const elsewhere =
      this.parts.spelling === 'document' && new RegExp(`&${name.replace(/[^\w-]/g, '\\$&')}\\b`).test(this.text);
    const why = elsewhere
      ? ` An anchor reaches no further than the fence it stands in.`
      : ' Write the anchor before its first use.';
    const suggestion = elsewhere || this.parts.spelling === 'document' ? undefined : this.anchorLike(name, range.from);
    if (suggestion === name) return;
    this.add({
      code: 'unknown-alias',
      ...range,
      message: `There is no anchor \`&${name}\` for this alias.${suggestion === undefined ? why : ` Did you mean \`*${suggestion}\`?`}`,
      ...(suggestion !== undefined && { suggestion: `*${suggestion}` }),
    });
  }

  /** Reads stage by stage. False when the file has to be read in one go, because an alias reaches over the pieces. */
  private readPieces(parts: readonly Part[], header: MapNode, overrides: Overrides): boolean {
    const { cache } = this.options;
    const parameters = parametersOf(header, overrides);
    const key = JSON.stringify(parameters);
    const kept = this.parts.parts === parts ? this.parts.kept : undefined;
    const { pieces, same } = readPieces(parts, kept, cache, parameters, key);
    for (const i of pieces.loud)
      if (!this.listen(pieces.units[i], parts[i])) {
        this.diagnostics.length = 0;
        return false;
      }
    this.placed = pieces.placed;
    this.flawed = pieces.flawed;
    this.same = same;
    if (cache) {
      cache.pieces = pieces;
      cache.parts = this.parts;
      cache.parameters = key;
    }
    return true;
  }

  /** Reads a file that is not cut into parts. */
  private readWhole(text: string, overrides: Overrides): MapNode {
    const { header, units } = readWhole(text, overrides, this);
    this.placed = units.map((unit, index) => ({ unit, base: 0, index }));
    this.flawed = units.flatMap(({ problems }, index) => (problems.length > 0 ? [index] : []));
    return header;
  }

  /** Says what is wrong with a part; false when an alias in it reaches over the pieces. */
  private listen(units: Units | undefined, part: Part | undefined): boolean {
    if (!units || !part) return true;
    if (units.unresolved.length > 0 && this.parts.spelling === 'pipeline') {
      const anchored = units.unresolved.some(({ name }) => this.text.includes(`&${name}`));
      if (anchored && this.readsWhole()) return false;
      if (anchored) for (const unit of units.units) this.halfRead.add(unit);
    }
    this.tell(units, part);
    return true;
  }

  private anchorsTried = 0;

  /** The name of an anchor above that is this one, or nearly; an alias of it stands only where the text could not be read in one go. */
  private anchorLike(name: string, from: number): string | undefined {
    const found = this.text.indexOf(`&${name}`);
    if (found >= 0 && found < from && !/[\w-]/.test(this.text[found + name.length + 1] ?? '')) return name;
    if (++this.anchorsTried > 20) return undefined;
    const above = this.text.slice(0, from).matchAll(/(?:^|[\s:[{,-])&([\w-]+)/gm);
    return guess(name, new Set([...above].map(([, each = '']) => each))).suggestion;
  }

  /** Stages that take values from an anchor in another piece, while the text can't be read in one go: what they lack is not known. */
  private readonly halfRead = new Set<Unit>();
  private whole: boolean | undefined;

  /** Can the text be read in one go? Asked once, however many aliases reach over the pieces. */
  private readsWhole(): boolean {
    return (this.whole ??= readYaml(this.text).problems.length === 0);
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

  private checkStages(): Network {
    const { outside } = this;
    const { cache, world } = this.options;
    const links = new Links(
      this.placed,
      {
        same: world !== undefined && cache?.world === world,
        columnsOf: (unit) => outside.columnsOf(unit),
        problemsOf: (unit) => outside.problemsOf(unit),
      },
      cache?.links,
      this.same,
    );
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
}

export { networkOf, placedOf, valueOf } from './found';
export { sourcesOf, type SourceTrouble } from './outside';

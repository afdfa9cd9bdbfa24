import { basename, dirname, join } from 'node:path';
import type { Dataset, Log, StageManifest } from '../schemas/generated/types';
import { Beside } from '../lifecycle/pipeline/beside';
import { explain, fingerprintInputs } from '../lifecycle/pipeline/fingerprint';
import type { Files } from '../lifecycle/pipeline/files';
import { type Lock, lockPath, readLock } from '../lifecycle/pipeline/lock';
import { findProjectPlace } from '../lifecycle/pipeline/project';
import type { Analysis, StagePart } from '../lifecycle/pipeline/types';
import { networkOf } from '../lifecycle/pipeline/found';
import { listFolder, readJson } from '../lifecycle/process/files';
import { capture } from '../lifecycle/process/spawn';
import { latestManifest } from '../lifecycle/store/cache';
import { storePaths } from '../lifecycle/store/layout';
import { FolderBell, listRuns, readRun } from '../lifecycle/store/runs';
import type { RunStatus, StageSummary } from '../lifecycle/store/summary';

/** What is known of a stage from runs. */
export interface StageFacts {
  /** The result it had last. */
  readonly manifest?: StageManifest;
  /** Of a data stage's result. */
  readonly dataset?: Dataset;
  /** How it came out in the last run. */
  readonly last?: StageSummary;
  /** What it warned of in the last run. */
  readonly warnings?: readonly Log[];
  /** Its headline metrics as they were committed with the pipeline. */
  readonly committed?: Readonly<Record<string, number>>;
}

/** What is known of a pipeline from runs. */
export interface PipelineFacts {
  readonly stages: ReadonlyMap<string, StageFacts>;
  readonly run?: { readonly id: string; readonly status: RunStatus; readonly created: string };
  /** Text of each stage when the facts were read, to tell what was changed since. */
  readonly texts: ReadonlyMap<string, string>;
}

interface Watched {
  readonly store: string;
  readonly pipeline: string;
  facts: PipelineFacts | undefined;
  names: string;
  /** Of the graph that the names are of: as long as it is the same, they are. */
  graph: unknown;
  /** When the names were last compared. */
  looked: number;
  loading: boolean;
  again: boolean;
  folder: string;
}

/** Milliseconds between two looks at the store when nothing rings, and while a run is going on or there is no store to listen to yet. */
const SLOW = 30_000;
const LIVE = 1_000;

/** Reads the run store beside the editing: results of stages and the last run. Never on the path of a keystroke, never writing. */
export class RunStore {
  private readonly watched = new Map<string, Watched>();
  private readonly places = new Map<string, { store: string; at: number }>();
  private readonly bells = new Map<string, { bell: FolderBell; open: boolean }>();
  private readonly datasets = new Map<string, Dataset>();
  private waiting: (() => void)[] = [];
  private closed = false;
  /** A number that changes whenever something new is known. */
  state = 0;
  /** In a folder that is not trusted no program is started, git neither. */
  trusted = true;

  /** @param changed called when something new is known */
  constructor(
    private readonly files: Files,
    private readonly changed: () => void,
  ) {}

  /** What is known now; asks for the rest. */
  facts(analysis: Analysis): PipelineFacts | undefined {
    const pipeline = analysis.header.pipeline;
    if (
      typeof pipeline !== 'string' ||
      pipeline === '' ||
      (!analysis.path.startsWith('/') && !/^[A-Za-z]:/.test(analysis.path))
    )
      return undefined;
    const folder = dirname(analysis.path);
    let place = this.places.get(folder);
    if (!place || Date.now() - place.at > 5000) {
      place = { store: findProjectPlace(folder, this.files).store, at: Date.now() };
      this.places.set(folder, place);
    }
    const key = `${place.store}\0${pipeline}`;
    let watched = this.watched.get(key);
    const now = Date.now();
    if (watched && now - watched.looked < 500) {
      this.latest.set(key, analysis);
      return watched.facts;
    }
    const { stages, byName: graph } = networkOf(analysis);
    const names =
      watched?.graph === graph
        ? watched.names
        : stages.map(({ unit: { name, kind } }) => `${name} ${kind ?? ''}`).join();
    if (!watched) {
      watched = {
        store: place.store,
        pipeline,
        facts: undefined,
        names,
        graph,
        looked: now,
        loading: false,
        again: false,
        folder,
      };
      this.watched.set(key, watched);
      void this.load(watched, analysis);
      void this.listen(place.store);
    } else if (watched.names !== names) {
      watched.names = names;
      void this.load(watched, analysis);
    }
    watched.graph = graph;
    watched.looked = now;
    this.latest.set(key, analysis);
    return watched.facts;
  }

  private readonly latest = new Map<string, Analysis>();

  private async listen(store: string): Promise<void> {
    if (this.bells.has(store)) return;
    const entry = { bell: new FolderBell(storePaths.runs(store), { idle: true }), open: true };
    this.bells.set(store, entry);
    while (!this.closed && entry.open) {
      const live = [...this.watched.values()].some(
        (each) => each.store === store && each.facts?.run?.status === 'running',
      );
      await entry.bell.ring(live || entry.bell.absent ? LIVE : SLOW);
      if (this.closed) return;
      await new Promise((resolve) => setTimeout(resolve, 150).unref());
      for (const [key, watched] of this.watched) {
        const analysis = this.latest.get(key);
        if (watched.store === store && analysis) await this.load(watched, analysis);
      }
    }
  }

  private async load(watched: Watched, analysis: Analysis): Promise<void> {
    if (watched.loading) {
      watched.again = true;
      return;
    }
    watched.loading = true;
    try {
      do {
        watched.again = false;
        const facts = await this.read(
          watched,
          this.latest.get(`${watched.store}\0${watched.pipeline}`) ?? analysis,
        ).catch(() => undefined);
        const before = JSON.stringify(plainFacts(watched.facts));
        if (facts && JSON.stringify(plainFacts(facts)) !== before) {
          watched.facts = facts;
          this.state++;
          this.changed();
        } else if (facts && !watched.facts) watched.facts = facts;
      } while (watched.again);
    } finally {
      watched.loading = false;
      for (const resolve of this.waiting.splice(0)) resolve();
    }
  }

  private async read({ store, pipeline }: Watched, analysis: Analysis): Promise<PipelineFacts> {
    const [latest] = await listRuns(store, { limit: 1, pipeline });
    const summary = latest && (await readRun(store, latest.id).catch(() => undefined));
    const kept = new Set(await listFolder(dirname(storePaths.latest(store, pipeline, '_'))));
    const lock = kept.size > 0 && this.trusted ? await committedLock(analysis.path) : undefined;
    const stages = new Map<string, StageFacts>();
    for (const stage of analysis.stages) {
      if (stages.has(stage.name)) continue;
      const manifest = kept.has(`${stage.name}.json`) ? await latestManifest(store, pipeline, stage.name) : undefined;
      const dataset = manifest?.kind === 'data' ? await this.dataset(store, manifest) : undefined;
      const last = summary?.stages.find(({ name }) => name === stage.name);
      const warnings = summary?.logs.filter(
        ({ level, code, stage: by }) => by === stage.name && level === 'warning' && code !== undefined,
      );
      const committed = lock?.stages[stage.name]?.metrics;
      if (manifest || last)
        stages.set(stage.name, {
          ...(manifest && { manifest }),
          ...(dataset && { dataset }),
          ...(last && { last }),
          ...(warnings && warnings.length > 0 && { warnings }),
          ...(committed && { committed }),
        });
    }
    return {
      stages,
      ...(latest && { run: { id: latest.id, status: summary?.status ?? latest.status, created: latest.info.created } }),
      texts: new Map(analysis.stages.map((stage) => [stage.name, textOfStage(analysis, stage)])),
    };
  }

  private async dataset(store: string, manifest: StageManifest): Promise<Dataset | undefined> {
    const known = this.datasets.get(manifest.artifact);
    if (known) return known;
    const found = await readJson<Dataset>(join(storePaths.artifact(store, manifest.artifact), 'dataset.json')).catch(
      () => undefined,
    );
    if (found?.format !== 1) return undefined;
    if (this.datasets.size > 50) this.datasets.clear();
    this.datasets.set(manifest.artifact, found);
    return found;
  }

  /** Resolves when nothing is being read. */
  async settled(): Promise<void> {
    while ([...this.watched.values()].some(({ loading }) => loading))
      await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  close(): void {
    this.closed = true;
    for (const entry of this.bells.values()) {
      entry.open = false;
      entry.bell.close();
    }
  }
}

/** What counts as news: series are not shown in the editor. */
function plainFacts(facts: PipelineFacts | undefined): unknown {
  return (
    facts && [
      facts.run,
      [...facts.stages].map(([name, { manifest, last, committed, warnings }]) => [
        name,
        manifest?.fingerprint,
        manifest?.created,
        last?.state,
        last?.error,
        last?.summary,
        last?.reason,
        warnings?.map(({ message }) => message),
        committed,
      ]),
    ]
  );
}

export function textOfStage(analysis: Analysis, stage: StagePart): string {
  const { from, to } = stage.range;
  return analysis.text.slice(from, to);
}

/**
 * Whether a stage's last result still holds, as far as its text and those above it tell (files are not hashed here).
 * @returns reasons for a re-run, empty when it would be reused, undefined when that can't be told
 */
export function whyAgain(
  analysis: Analysis,
  facts: PipelineFacts | undefined,
  stage: StagePart,
): readonly string[] | undefined {
  let known = answers.get(analysis);
  if (known?.facts !== facts || !known)
    answers.set(analysis, (known = { facts, reasons: new Map(), byName: new Map() }));
  if (known.byName.size === 0)
    for (const each of analysis.stages) if (!known.byName.has(each.name)) known.byName.set(each.name, each);
  return reasonsOf(analysis, known, stage);
}

interface Answers {
  readonly facts: PipelineFacts | undefined;
  readonly byName: Map<string, StagePart>;
  readonly reasons: Map<StagePart, readonly string[] | undefined>;
}

const answers = new Beside<Analysis, Answers>();

function reasonsOf(analysis: Analysis, known: Answers, stage: StagePart, depth = 0): readonly string[] | undefined {
  if (known.reasons.has(stage)) return known.reasons.get(stage);
  // Until it is known better; so a circle ends here.
  known.reasons.set(stage, undefined);
  const found = lookForReasons(analysis, known, stage, depth);
  known.reasons.set(stage, found);
  return found;
}

function lookForReasons(analysis: Analysis, known: Answers, stage: StagePart, depth: number): string[] | undefined {
  const { facts, byName } = known;
  const manifest = facts?.stages.get(stage.name)?.manifest;
  if (!facts || !stage.value) return undefined;
  if (!manifest) return ['first run'];
  const { seed: own } = stage.value as { seed?: unknown };
  const seed = typeof own === 'number' ? own : (analysis.header.seed ?? 0);
  const upstream: Record<string, string> = {};
  const stale: string[] = [];
  for (const reference of stage.references) {
    const above = byName.get(reference.stage);
    const result = facts.stages.get(reference.stage)?.manifest;
    const hash =
      result &&
      (reference.output === undefined ? result.artifact : (result.outputs[reference.output] ?? result.artifact));
    const written = Object.entries(manifest.inputs).find(
      ([key]) => key.startsWith('upstream ') && key.endsWith(`: ${reference.text}`),
    )?.[1];
    upstream[reference.text] = written ?? hash ?? 'unknown';
    const reasons = above && depth < 200 ? reasonsOf(analysis, known, above, depth + 1) : undefined;
    if (reasons && reasons.length > 0) stale.push(`${reference.stage} runs again`);
  }
  const now = fingerprintInputs({ stage: stage.value, references: stage.references }, { version: 0, seed, upstream });
  const told = (inputs: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(inputs).filter(([key]) => key.startsWith('config.') || key === 'seed'));
  return [...explain(told(manifest.inputs), told(now)), ...new Set(stale)];
}

/** Milliseconds that git may take. */
const PATIENCE = 2000;

/** The lock beside a pipeline as it was committed last; undefined without git, repository or lock. Asks for the bare object: no hook or filter runs. */
async function committedLock(pipeline: string): Promise<Lock | undefined> {
  const path = lockPath(pipeline);
  const { code, stdout } = await capture(
    ['git', '--no-optional-locks', 'cat-file', 'blob', `HEAD:./${basename(path)}`],
    { cwd: dirname(path), timeout: PATIENCE, env: { ...process.env, GIT_NO_LAZY_FETCH: '1' } },
  );
  return code === 0 ? readLock(stdout) : undefined;
}

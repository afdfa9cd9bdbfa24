import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Problem, RunInfo, RunRecord, StageManifest } from '../../schemas/generated/types';
import { fingerprint } from '../pipeline/fingerprint';
import type { PlannedStage } from '../pipeline/types';
import { problemOf, UserError } from '../problem';
import { removeTree } from '../process/files';
import { HashMemory } from '../process/hash';
import { machineName, ownIdentity } from '../process/identity';
import { explainTrouble } from '../process/trouble';
import { adoptArtifact } from '../store/artifacts';
import { keepManifest, latestManifest, pointLatest } from '../store/cache';
import { readWish, type ControlWish } from '../store/control';
import { deadLeftovers } from '../store/gc';
import { openStore, storePaths } from '../store/layout';
import { createRun, FolderBell, newRunId, RUN_FILES } from '../store/runs';
import { CANCELLED } from '../store/summary';
import { ENGINE_VERSION } from '../store/version';
import type { AssignedDevice } from '../train/devices/choose';
import type { RunningStage } from './compute';
import { giveDevice } from './devices';
import { Journal } from './journal';
import { availableCores, describeCommit, describePlatform } from './machine';
import { prepareStage, type Prepared, type Surroundings } from './prepare';
import type { WorkerResult } from './request';
import { Cores, involved, nextSteps, threadsOf, type Progress } from './schedule';
import { admit } from './admission';
import type { RunOptions } from './options';
import { UsageMeter } from './usage';

export type { RunOptions } from './options';

const LEASE_PAUSE = 15_000;
const DEFAULT_GRACE = 5_000;

/**
 * Runs a pipeline from here to its end: takes the pipeline's lock, opens the run's folder, executes what has to be, keeps each result the
 * moment its stage is done, writes the record. A failed stage holds back only those that need it.
 *
 * @throws {UserError} before a run exists: `pipeline-busy`, `store-newer`, `disk-low`, …; from then on everything is in the record
 */
export async function runPipeline(options: RunOptions): Promise<RunRecord> {
  await openStore(options.store);
  const id = options.id ?? newRunId();
  const lock = await admit(options, id);
  try {
    const run = new Run(options, id);
    return await run.toItsEnd();
  } finally {
    await lock.release();
  }
}

/** One run. Its state is in its folder; what is kept here is only what is needed to go on. */
class Run {
  readonly #options: RunOptions;
  readonly #id: string;
  readonly #began = performance.now();
  readonly #created = new Date();
  readonly #stages: readonly PlannedStage[];
  readonly #progress = new Map<string, Progress>();
  readonly #results = new Map<string, StageManifest>();
  readonly #running = new Set<RunningStage & { readonly name: string }>();
  readonly #cancel = new AbortController();
  readonly #usage = new UsageMeter((event) => this.#journal.write(event));
  #wish: ControlWish | undefined;
  #paused = false;
  #goOn: (() => void) | undefined;
  readonly #around: Surroundings;
  readonly #temporary: string;
  #journal!: Journal;
  #trouble: Problem | undefined;

  constructor(options: RunOptions, id: string) {
    this.#options = options;
    this.#id = id;
    this.#stages = involved(options.plan.stages, options.execute);
    for (const stage of this.#stages) this.#progress.set(stage.name, 'waiting');
    this.#temporary = join(storePaths.temporary(options.store), id);
    this.#around = {
      store: options.store,
      root: options.root,
      folder: dirname(options.file),
      pipeline: options.plan.pipeline.pipeline,
      seed: options.plan.pipeline.seed ?? 0,
      rooms: options.rooms,
      hashes: new HashMemory(storePaths.hashes(options.store)),
      verify: options.verify ?? false,
      ...(options.plan.environment !== undefined && {
        targets: new Map(
          options.plan.stages.flatMap(({ name, stage }) => (stage.kind === 'deploy' ? [[name, stage.target]] : [])),
        ),
      }),
    };
  }

  async toItsEnd(): Promise<RunRecord> {
    const cores = this.#options.cores ?? availableCores();
    const info = await this.#describe(cores);
    const folder = await createRun(this.#options.store, info, this.#options.text);
    this.#journal = new Journal(folder, info, this.#stages, this.#options);
    const lease = setInterval(() => this.#touch(folder), LEASE_PAUSE);
    const stopWatching = this.#watchForCancel(folder);
    this.#options.onBegin?.(info);
    this.#journal.begun();
    try {
      await this.#sweep();
      await this.#execute(new Cores(cores), threadsOf(this.#options.plan.stages, cores));
    } finally {
      clearInterval(lease);
      stopWatching();
      await this.#usage.close();
    }
    return this.#conclude();
  }

  async #describe(cores: number): Promise<RunInfo> {
    const { plan, file, root, selection, overrides } = this.#options;
    const git = await describeCommit(root);
    const environment = plan.environment ?? overrides?.environment;
    return {
      format: 1,
      id: this.#id,
      pipeline: plan.pipeline.pipeline,
      file: relative(root, file).split(sep).join('/'),
      created: this.#created.toISOString(),
      command: this.#options.command ?? 'run',
      ...(Object.keys(plan.parameters).length === 0 ? {} : { parameters: { ...plan.parameters } }),
      ...(environment === undefined ? {} : { environment }),
      ...(selection === undefined ? {} : { selection }),
      stages: this.#stages.map((stage) => stage.name),
      host: machineName(),
      engine: ENGINE_VERSION,
      process: { ...ownIdentity() },
      platform: describePlatform(cores),
      ...(git === undefined ? {} : { git }),
    };
  }

  /** Removes what killed runs left behind. */
  async #sweep(): Promise<void> {
    for (const name of await deadLeftovers(this.#options.store))
      await removeTree(join(storePaths.temporary(this.#options.store), name)).catch(() => undefined);
  }

  #touch(folder: string): void {
    const now = new Date();
    for (const path of [join(folder, RUN_FILES.lease), join(this.#temporary, 'owner.json')])
      utimes(path, now, now).catch(() => undefined);
  }

  #watchForCancel(folder: string): () => void {
    const { signal } = this.#options;
    const stop = new AbortController();
    const cancel = () => void this.#cancelAll();
    if (signal?.aborted === true) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    const bell = new FolderBell(folder);
    void (async () => {
      while (!stop.signal.aborted) {
        if (existsSync(join(folder, RUN_FILES.cancel))) return cancel();
        await this.#lookForWish(folder);
        this.#checkDisk();
        await bell.ring(1_000, stop.signal);
      }
    })();
    return () => {
      stop.abort();
      bell.close();
      signal?.removeEventListener('abort', cancel);
    };
  }

  /** Passes on what the user asks of the run. While it rests nothing new begins. */
  async #lookForWish(folder: string): Promise<void> {
    const wish = await readWish(folder);
    if (wish === undefined || (wish.time === this.#wish?.time && wish.action === this.#wish.action)) return;
    this.#wish = wish;
    const { action, stage } = wish;
    if (stage === undefined && action !== 'finish' && this.#paused !== (action === 'pause')) {
      this.#paused = action === 'pause';
      this.#journal.write({ type: 'control', state: this.#paused ? 'paused' : 'running' });
    }
    if (action === 'finish' && this.#paused) {
      this.#paused = false;
      this.#journal.write({ type: 'control', state: 'running' });
    }
    for (const running of this.#running) if (stage === undefined || running.name === stage) running.control(action);
    this.#goOn?.();
  }

  async #cancelAll(): Promise<void> {
    if (this.#cancel.signal.aborted) return;
    this.#cancel.abort();
    this.#goOn?.();
    await Promise.all([...this.#running].map((stage) => stage.cancel(this.#options.grace ?? DEFAULT_GRACE)));
  }

  /** Begins every stage as soon as it can; returns when nothing is left that could. */
  async #execute(cores: Cores, threads: ReadonlyMap<string, number>): Promise<void> {
    const busy = new Map<string, Promise<void>>();
    for (;;) {
      this.#checkDisk();
      const { ready, lost } = nextSteps(this.#stages, this.#progress);
      if (!this.#cancel.signal.aborted) {
        for (const { stage, cause } of lost) this.#skip(stage, `${this.#rootCause(cause)} failed`);
        if (lost.length > 0) continue;
        if (this.#paused && ready.length > 0) {
          const changed = new Promise<void>((resolve) => (this.#goOn = resolve));
          await Promise.race([changed, ...busy.values()]);
          continue;
        }
        for (const stage of ready) {
          this.#progress.set(stage.name, 'busy');
          const done = this.#stage(stage, cores, threads.get(stage.name) ?? 1).finally(() => busy.delete(stage.name));
          busy.set(stage.name, done);
        }
      }
      if (busy.size === 0) break;
      await Promise.race(busy.values());
    }
    for (const stage of this.#stages)
      if (this.#progress.get(stage.name) === 'waiting')
        this.#skip(stage, this.#trouble === undefined ? 'the run was cancelled' : 'the run was stopped');
  }

  /** The failed stage behind a stage that was skipped. */
  #rootCause(name: string): string {
    for (let cause = name; ;) {
      if (this.#progress.get(cause) === 'failed') return cause;
      const before = this.#stages
        .find((stage) => stage.name === cause)
        ?.after.find((earlier) => ['failed', 'skipped'].includes(this.#progress.get(earlier) ?? ''));
      if (before === undefined) return name;
      cause = before;
    }
  }

  #skip(stage: PlannedStage, reason: string): void {
    this.#progress.set(stage.name, 'skipped');
    this.#journal.skipped(stage, this.#cancel.signal.aborted ? 'cancelled' : 'skipped', reason);
  }

  /** Takes one stage to its end, whatever that is. Never rejects. */
  async #stage(planned: PlannedStage, cores: Cores, threads: number): Promise<void> {
    const began = performance.now();
    const seconds = () => Math.max(0, (performance.now() - began) / 1000);
    try {
      const known = await this.#outsideResult(planned);
      const prepared = known === undefined ? await prepareStage(planned, this.#results, this.#around) : undefined;
      const force = this.#options.selection?.force === true && this.#options.execute.has(planned.name);
      const reusable = known ?? (force ? undefined : prepared?.reusable);
      if (reusable !== undefined)
        return await this.#reuse(
          planned,
          reusable,
          prepared?.fingerprint ?? reusable.fingerprint,
          prepared?.reason ?? 'it was not asked for',
        );
      if (prepared === undefined) return;
      if (!this.#options.execute.has(planned.name)) {
        throw new UserError({
          code: 'result-missing',
          message: `${planned.name} was not asked for, but is needed and has no result for its present configuration (${prepared.reason}).`,
          hint: `Run it too: \`lifecycle run --to ${planned.name}\`, or leave the selection away.`,
        });
      }
      const given = await giveDevice(planned.stage, {
        purpose: `run ${this.#id} (${this.#around.pipeline}: ${planned.name})`,
        signal: this.#cancel.signal,
        cudaWorks: this.#options.cudaWorks ?? (() => Promise.resolve(false)),
        waiting: (message) => this.#journal.waits(planned, message),
        ...(this.#options.selection?.gpu === undefined ? {} : { gpu: this.#options.selection.gpu }),
      });
      try {
        const giveBack = await cores.take(threads);
        try {
          this.#cancel.signal.throwIfAborted();
          const reason = force ? 'it was forced' : prepared.reason;
          await this.#begin(planned, prepared, threads, reason, seconds, given?.device);
        } finally {
          giveBack();
        }
      } finally {
        await given?.release();
      }
    } catch (thrown) {
      this.#fail(planned, problemOf(explainTrouble(thrown)), seconds());
    }
  }

  /** A stage with effects that is only referred to: its latest result is what is out there, whatever has changed in the file since. */
  async #outsideResult(planned: PlannedStage): Promise<StageManifest | undefined> {
    if (!planned.effect || this.#options.execute.has(planned.name)) return undefined;
    const manifest = await latestManifest(this.#options.store, this.#around.pipeline, planned.name);
    if (manifest !== undefined) return manifest;
    throw new UserError({
      code: 'not-deployed',
      message: `${planned.name} has not been deployed yet.`,
      hint: `Deploy it first: \`lifecycle deploy\`.`,
    });
  }

  async #reuse(planned: PlannedStage, manifest: StageManifest, fingerprint: string, reason: string): Promise<void> {
    await pointLatest(this.#options.store, this.#around.pipeline, planned.name, fingerprint);
    this.#results.set(planned.name, manifest);
    this.#journal.reused(planned, manifest, fingerprint, reason);
    this.#progress.set(planned.name, 'done');
  }

  async #begin(
    planned: PlannedStage,
    prepared: Prepared,
    threads: number,
    reason: string,
    seconds: () => number,
    device: AssignedDevice | undefined,
  ): Promise<void> {
    const { name, stage } = planned;
    this.#journal.started(planned, prepared.fingerprint, reason, device);
    const folder = await this.#workFolder(name);
    try {
      const warnings: Problem[] = [];
      const running = await this.#options.compute.start(
        {
          name,
          stage,
          pipeline: this.#pipelineInfo(),
          root: this.#around.root,
          folder: this.#around.folder,
          store: this.#options.store,
          run: this.#id,
          seed: prepared.seed,
          threads,
          output: join(folder, 'output'),
          scratch: join(folder, 'scratch'),
          inputs: prepared.upstream,
          secrets: this.#options.secrets ?? {},
          ...(device === undefined ? {} : { device }),
        },
        this.#journal.listener(planned, (warning) => warnings.push(warning)),
      );
      const steered = Object.assign(running, { name });
      this.#running.add(steered);
      if (this.#cancel.signal.aborted) void running.cancel(this.#options.grace ?? DEFAULT_GRACE);
      if (this.#paused) running.control('pause');
      const unfollow = this.#follow(planned, running.pid, device);
      const outcome = await running.outcome.finally(() => {
        this.#running.delete(steered);
        unfollow();
      });
      if (this.#cancel.signal.aborted && !('result' in outcome))
        return this.#fail(planned, { code: CANCELLED, message: 'Cancelled.' }, seconds());
      if ('problem' in outcome) return this.#fail(planned, outcome.problem, seconds());
      await this.#finish(planned, prepared, join(folder, 'output'), outcome.result, warnings, seconds());
    } finally {
      await removeTree(folder).catch(() => undefined);
    }
  }

  /** Measures what a training uses, where it is a process of this machine. */
  #follow({ name, stage }: PlannedStage, pid: number | undefined, device: AssignedDevice | undefined): () => void {
    if (stage.kind !== 'train' || pid === undefined) return () => undefined;
    const gpu = device === undefined ? (stage.command === undefined ? 'none' : 'any') : (device.index ?? 'any');
    return this.#usage.follow(name, pid, gpu);
  }

  #pipelineInfo() {
    const { pipeline, description } = this.#options.plan.pipeline;
    return { name: pipeline, ...(description === undefined ? {} : { description }), file: this.#options.file };
  }

  async #workFolder(stage: string): Promise<string> {
    await mkdir(this.#temporary, { recursive: true });
    const owner = join(this.#temporary, 'owner.json');
    if (!existsSync(owner)) await writeFile(owner, JSON.stringify({ ...ownIdentity(), host: machineName() }));
    return join(this.#temporary, `${stage}-${randomBytes(3).toString('hex')}`);
  }

  /** Keeps a result. Once the manifest is on disk the stage is finished, so that comes before anybody is told. */
  async #finish(
    planned: PlannedStage,
    prepared: Prepared,
    output: string,
    result: WorkerResult,
    warnings: readonly Problem[],
    seconds: number,
  ): Promise<void> {
    const artifact = await adoptArtifact(this.#options.store, output, result.files);
    // What was ended early is another result than the configuration asks for: it must not be found under its fingerprint.
    const inputs =
      result.stopped === undefined ? prepared.inputs : { ...prepared.inputs, 'ended early': result.stopped };
    const own = result.stopped === undefined ? prepared.fingerprint : fingerprint(inputs);
    const manifest: StageManifest = {
      format: 1,
      kind: planned.stage.kind,
      fingerprint: own,
      inputs,
      artifact,
      files: [...result.files],
      outputs: result.outputs,
      metrics: result.metrics,
      ...(result.summary === undefined ? {} : { summary: result.summary }),
      ...(warnings.length === 0 ? {} : { warnings: warnings.slice(0, 100) }),
      run: this.#id,
      stage: planned.name,
      created: new Date().toISOString(),
      seconds,
    };
    await keepManifest(this.#options.store, this.#around.pipeline, manifest);
    this.#results.set(planned.name, manifest);
    this.#journal.finished(planned, manifest);
    this.#progress.set(planned.name, 'done');
  }

  #fail(planned: PlannedStage, problem: Problem, seconds: number): void {
    this.#journal.failed(planned, problem, seconds, this.#cancel.signal.aborted);
    this.#progress.set(planned.name, 'failed');
  }

  /** A full disk stops the run at once: what can't be recorded must not go on. */
  #checkDisk(): void {
    const { trouble } = this.#journal;
    if (trouble === undefined || this.#trouble !== undefined) return;
    this.#trouble = trouble;
    void this.#cancelAll();
  }

  async #conclude(): Promise<RunRecord> {
    const states = [...this.#progress.values()];
    const status: RunRecord['status'] =
      this.#trouble !== undefined
        ? 'failed'
        : this.#cancel.signal.aborted && states.some((state) => state !== 'done')
          ? 'cancelled'
          : states.includes('failed') || states.includes('skipped')
            ? 'failed'
            : 'succeeded';
    if (status === 'succeeded') {
      await this.#options.onSuccess?.(this.#results).catch((error: unknown) => {
        this.#journal.write({
          type: 'log',
          level: 'warning',
          code: 'lock-file',
          message: `The lock file could not be written: ${problemOf(explainTrouble(error)).message}`,
        });
      });
    }
    await this.#around.hashes.save();
    await removeTree(this.#temporary).catch(() => undefined);
    const seconds = (performance.now() - this.#began) / 1000;
    this.#journal.close(status, seconds);
    const record = await this.#journal.keep(status, seconds).catch((error: unknown) => {
      this.#trouble ??= problemOf(explainTrouble(error));
    });
    if (this.#trouble !== undefined || record === undefined) throw new UserError(this.#trouble ?? problemOf(undefined));
    return record;
  }
}

import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type {
  DataStage,
  Dataset,
  DeployStage,
  DeploymentEntry,
  RolloutState,
  RunRecord,
} from '../../../schemas/generated/types';
import type { Plan } from '../../pipeline/types';
import { problemOf, UserError } from '../../problem';
import { readJson } from '../../process/files';
import { outputFolder } from '../../store/artifacts';
import { verifyBundle } from '../../store/bundle';
import { latestManifest } from '../../store/cache';
import { type Decision, readDecisions } from '../../store/decisions';
import { liveHistory, readLedger, targetFolder } from '../../store/ledger';
import { findByDigest, promote } from '../../store/registry';
import {
  noteRetraining,
  readRetrainings,
  RETRAIN_ENDS,
  type RetrainEvent,
  type Retraining,
  type RetrainStep,
} from '../../store/retraining';
import { columnsOf, LABEL, parquetRelation, withDatabase } from '../../table';
import { challenge, sayComparison } from './challenge';
import { checkFresh, type FreshRow, freshRows, writeFresh, writeVersion } from './data';
import { heldBack } from './held-back';
import { deployedBy, type LoopParts, partsOf } from './parts';

/** What the loop needs to know of a pipeline and of how to run it. */
export interface LoopOptions {
  readonly plan: Plan;
  /** Name of the monitor stage. */
  readonly stage: string;
  /** Absolute path of the pipeline's file. */
  readonly file: string;
  readonly store: string;
  /** Runs stages of a (changed) plan. */
  readonly run: (
    plan: Plan,
    execute: ReadonlySet<string>,
  ) => Promise<{ readonly record: RunRecord; readonly id: string }>;
  readonly signal: AbortSignal;
  /** Why retraining is due; undefined when it is not. */
  readonly due: string | undefined;
  /** Who started it by hand is not held up by `at-most` and by earlier failures. */
  readonly forced?: boolean;
  readonly onEvent?: (event: RetrainEvent) => void;
  readonly now?: () => Date;
}

/** What the loop is doing after it went as far as it could. */
export interface LoopState {
  readonly state: 'idle' | 'held-back' | 'waiting' | 'ended';
  /** Why, in words. */
  readonly reason: string;
  readonly retraining?: Retraining;
}

/** Labelled rows below which champion and challenger are rather compared on the test split of the new data. */
const LEAST_FRESH = 50;

/**
 * Takes the retraining of a monitor stage as far as it goes: begins one when it is due, or goes on with the one that is open. Every step is
 * written down before the next begins, so a loop that was killed goes on where it was; each step done again gives what it gave before.
 */
export async function advance(options: LoopOptions): Promise<LoopState> {
  const loop = new Loop(options);
  return loop.go();
}

class Loop {
  private readonly parts: LoopParts;
  private readonly pipeline: string;

  constructor(private readonly options: LoopOptions) {
    this.parts = partsOf(options.plan, options.stage);
    this.pipeline = options.plan.pipeline.pipeline;
  }

  async go(): Promise<LoopState> {
    const { store, stage, due, forced } = this.options;
    let all = await readRetrainings(store, this.pipeline, stage);
    const open = all.at(-1);
    if (open === undefined || RETRAIN_ENDS.has(open.events.at(-1)!.step)) {
      if (due === undefined) return { state: 'idle', reason: 'retraining is not due' };
      const now = this.options.now?.() ?? new Date();
      const held = forced === true ? undefined : heldBack(all, this.parts.monitor.retrain?.['at-most'] ?? '1/day', now);
      if (held !== undefined)
        return { state: 'held-back', reason: `${due}, but ${held.reason}; next at ${held.until.toISOString()}` };
      const id = `${now.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}-${randomBytes(3).toString('hex')}`;
      this.note(id, 'due', due, { environment: this.options.plan.environment ?? null });
      all = await readRetrainings(store, this.pipeline, stage);
    }
    const { id, events } = all.at(-1)!;
    const { environment } = events[0]!;
    if (environment !== undefined && environment !== (this.options.plan.environment ?? null))
      return {
        state: 'waiting',
        reason: `retraining ${id}, which was begun ${environment === null ? 'without an environment' : `with --env ${environment}`} and goes on so`,
      };
    for (;;) {
      const retraining = (await readRetrainings(store, this.pipeline, stage)).find((one) => one.id === id)!;
      const last = retraining.events.at(-1)!;
      if (RETRAIN_ENDS.has(last.step)) return { state: 'ended', reason: last.reason, retraining };
      this.options.signal.throwIfAborted();
      const waits = await this.step(retraining, last).catch((error: unknown) => {
        this.options.signal.throwIfAborted();
        const { message, hint } = problemOf(error);
        this.note(id, 'failed', `${message}${hint === undefined ? '' : ` ${hint}`}`);
        return undefined;
      });
      if (waits !== undefined) {
        const now = (await readRetrainings(store, this.pipeline, stage)).find((one) => one.id === id)!;
        return { state: 'waiting', reason: waits, retraining: now };
      }
    }
  }

  private note(id: string, step: RetrainStep, reason: string, more: Partial<RetrainEvent> = {}): void {
    const event = noteRetraining(this.options.store, this.pipeline, this.options.stage, { id, step, reason, ...more });
    this.options.onEvent?.(event);
  }

  /** Does what follows the last step. @returns what is waited for, when it can't go on */
  private async step(retraining: Retraining, last: RetrainEvent): Promise<string | undefined> {
    const { id } = retraining;
    switch (last.step) {
      case 'due':
        await this.makeData(id);
        return undefined;
      case 'data':
        await this.train(id, last);
        return undefined;
      case 'trained':
        await this.compare(retraining);
        return undefined;
      case 'compared':
      case 'waiting':
        return this.ask(retraining, last);
      case 'approved':
        await this.redeploy(retraining);
        return undefined;
      case 'deployed':
        return this.settle(retraining, last);
      default:
        return undefined;
    }
  }

  private async champion(): Promise<{ entry: DeploymentEntry; folder: string }> {
    const { store } = this.options;
    const { entries, problem } = await readLedger(store);
    if (problem) throw problem;
    const own = deployedBy(entries, this.pipeline, this.parts);
    const entry = own && liveHistory(entries, own.target).at(-1);
    if (entry === undefined)
      throw new UserError({
        code: 'not-deployed',
        message: `'${this.parts.deploy}' has not been deployed${this.parts.target === undefined ? '' : ` to '${this.parts.target}'`}, so there is no champion.`,
        hint: 'Deploy it first: `lifecycle deploy`.',
      });
    const bundle = await findByDigest(store, entry.model, entry.digest);
    if (bundle === undefined)
      throw new UserError({
        code: 'retrain-no-champion',
        message: `The bundle of the live ${entry.model} ${entry.version} is no longer in the registry.`,
        hint: 'Deploy a version that is registered.',
      });
    return { entry, folder: bundle.folder };
  }

  private async makeData(id: string): Promise<void> {
    const { store, plan, signal } = this.options;
    const { entry, folder } = await this.champion();
    const { model } = await verifyBundle(folder, { digest: entry.digest });
    const settings = this.parts.monitor.retrain?.data ?? {};
    const manifest = await latestManifest(store, this.pipeline, this.parts.data);
    if (manifest === undefined)
      throw new UserError({
        code: 'result-missing',
        message: `'${this.parts.data}' has no result yet.`,
        hint: 'Run the pipeline first.',
      });
    const artifact = outputFolder(store, manifest);
    const dataset = await readJson<Dataset>(join(artifact, 'dataset.json'));
    const target = dataset?.target?.column;
    if (dataset === undefined || target === undefined)
      throw new UserError({
        code: 'retrain-parts',
        message: `The data of '${this.parts.data}' has no target to learn.`,
      });
    const fresh = await freshRows(store, entry.target, model, entry.model, settings.test ?? 0.3, settings.last);
    const feedback = settings.feedback ?? 'append';
    if (feedback !== 'none') checkFresh(fresh, settings['minimum-rows'] ?? 200);
    const home = join(store, 'monitor', this.pipeline, 'data', id);
    const stage = plan.stages.find(({ name }) => name === this.parts.data)!.stage as DataStage;
    const champion = { model: entry.model, version: entry.version, digest: entry.digest };
    await withDatabase({ signal }, async (database) => {
      const { mkdir } = await import('node:fs/promises');
      await mkdir(home, { recursive: true });
      const testFile = join(home, 'fresh-test.parquet');
      const tested = feedback === 'none' ? [...fresh.train, ...fresh.test] : fresh.test;
      await writeFresh(database, testFile, tested, model, target);
      let train: string | undefined;
      if (feedback !== 'none') {
        const labelled = join(home, 'fresh-train.parquet');
        await writeFresh(database, labelled, fresh.train, model, target);
        const where = { folder: dirname(this.options.file), base: join(home, 'data'), artifact, dataset };
        train = await writeVersion(database, stage.source, where, labelled, settings);
      }
      const { n } =
        train === undefined
          ? { n: 0 }
          : await database.one<{ n: number }>(`SELECT count(*) AS n FROM '${train.replaceAll("'", "''")}'`);
      const labelled = fresh.train.length + fresh.test.length;
      const said =
        feedback === 'none'
          ? 'the source as it is now'
          : `${n.toLocaleString('en')} rows, ${fresh.train.length.toLocaleString('en')} of them from labelled requests`;
      this.note(
        id,
        'data',
        `${said}; ${tested.length.toLocaleString('en')} labelled requests are kept out to judge by${fresh.strange > 0 ? `; ${fresh.strange} outcomes are no class of the model` : ''}`,
        {
          data: { ...(train !== undefined && { train }), fresh: testFile, rows: n, labelled, test: tested.length },
          champion,
        },
      );
    });
  }

  /** The plan with the new data version in place of the source. */
  private planFor(data: RetrainEvent['data']): Plan {
    const { plan } = this.options;
    const strategy = this.parts.monitor.retrain?.redeploy;
    return {
      ...plan,
      stages: plan.stages.map((planned) => {
        if (planned.name === this.parts.data && data?.train !== undefined)
          return { ...planned, stage: { ...planned.stage, source: data.train } as DataStage };
        if (planned.name === this.parts.deploy && strategy === 'canary' && !('strategy' in planned.stage))
          return { ...planned, stage: { ...planned.stage, strategy: 'canary' } as unknown as DeployStage };
        return planned;
      }),
    };
  }

  private async train(id: string, last: RetrainEvent): Promise<void> {
    const plan = this.planFor(last.data);
    const needed = new Set<string>();
    const need = (name: string): void => {
      const found = plan.stages.find((stage) => stage.name === name);
      if (found === undefined || found.effect || needed.has(name)) return;
      needed.add(name);
      found.after.forEach(need);
    };
    need(this.parts.package);
    const { record, id: run } = await this.options.run(plan, needed);
    if (record.status === 'cancelled')
      throw new UserError({ code: 'cancelled', message: `The run ${run} was cancelled.` });
    if (record.status !== 'succeeded') {
      const failed = Object.entries(record.stages).find(([, stage]) => stage.status === 'failed');
      const why = failed === undefined ? 'it failed' : `${failed[0]}: ${failed[1].error?.message ?? 'it failed'}`;
      const gate = failed?.[1].error?.code === 'gate-failed' || failed?.[1].error?.code === 'requirement-not-met';
      this.note(id, gate ? 'kept-out' : 'failed', gate ? `a gate of the pipeline does not hold: ${why}` : why, { run });
      return;
    }
    const folder = await this.packageFolder(record);
    const { bundle } = await verifyBundle(folder);
    const version = await findByDigest(this.options.store, bundle.name, bundle.digest);
    if (version === undefined) throw new Error(`The bundle of run ${run} is not in the registry.`);
    const challenger = { model: version.name, version: version.version, digest: version.digest };
    this.note(id, 'trained', `${version.name} ${version.version} was trained and its gates hold`, { run, challenger });
  }

  private async packageFolder(record: RunRecord): Promise<string> {
    const artifact = record.stages[this.parts.package]?.artifact;
    if (artifact === undefined) throw new Error('The run has no bundle.');
    const { storePaths } = await import('../../store/layout');
    return storePaths.artifact(this.options.store, artifact);
  }

  private async compare({ id, events }: Retraining): Promise<void> {
    const { store, signal, plan } = this.options;
    const data = events.findLast(({ step }) => step === 'data')?.data;
    const { challenger, run } = events.findLast(({ step }) => step === 'trained')!;
    const { entry, folder } = await this.champion();
    if (entry.digest === challenger!.digest) {
      this.note(id, 'kept-out', `training gave the very model that is live (${entry.model} ${entry.version})`);
      return;
    }
    const before = await verifyBundle(folder, { digest: entry.digest });
    const found = (await findByDigest(store, challenger!.model, challenger!.digest))!;
    const after = await verifyBundle(found.folder, { digest: found.digest });
    const settings = this.parts.monitor.retrain ?? { when: '' };
    const comparison = await withDatabase({ signal }, async (database) => {
      const test = settings.data?.test ?? 0.3;
      const fresh = await freshRows(store, entry.target, before.model, entry.model, test, settings.data?.last);
      const kept = settings.data?.feedback === 'none' ? [...fresh.train, ...fresh.test] : fresh.test;
      // Labels that came since the data was made stay out of it: the file and the rows must be the same.
      let rows: readonly FreshRow[] = kept.slice(0, data?.test ?? 0);
      let file = data?.fresh ?? '';
      if (rows.length < LEAST_FRESH) ({ rows, file } = await this.testSplit(database, run));
      else await writeFresh(database, file, rows, before.model, '__lifecycle_target');
      return challenge(
        database,
        file,
        rows,
        { info: before.model, onnx: before.onnx },
        { info: after.model, onnx: after.onnx },
        {
          ...(this.parts.metric !== undefined && { metric: this.parts.metric }),
          betterBy: settings['better-by'] ?? 0,
          confidence: settings.confidence ?? 0.95,
          seed: plan.pipeline.seed ?? 0,
          signal,
        },
      );
    });
    const said = sayComparison(comparison);
    const needed = settings['better-by'] ?? 0;
    if (comparison.wins) this.note(id, 'compared', `the challenger is better: ${said}`, { comparison });
    else
      this.note(
        id,
        'kept-out',
        `the challenger is not better${needed > 0 ? ` by ${needed}` : ''} with ${Math.round((settings.confidence ?? 0.95) * 100)} % confidence: ${said}`,
        { comparison },
      );
  }

  /** The test split of the new data, where too few requests are labelled to judge by. */
  private async testSplit(
    database: Parameters<typeof columnsOf>[0],
    run: string | undefined,
  ): Promise<{ rows: FreshRow[]; file: string }> {
    const { store } = this.options;
    const manifest = await latestManifest(store, this.pipeline, this.parts.data);
    const folder = manifest && outputFolder(store, manifest);
    const file = join(folder ?? '', 'test.parquet');
    const dataset = folder === undefined ? undefined : await readJson<Dataset>(join(folder, 'dataset.json'));
    if (dataset?.splits['test'] === undefined)
      throw new UserError({
        code: 'retrain-no-test',
        message: `Too few requests are labelled to compare champion and challenger, and '${this.parts.data}' of run ${run ?? ''} has no test split.`,
        hint: 'Bring labels with `lifecycle feedback`, or give the data stage a test split.',
      });
    const features = parquetRelation([join(folder!, 'test.features.parquet')]);
    const { columns, rows } = await columnsOf(database, features, [LABEL]);
    const labels = columns[LABEL]!.values as Float64Array;
    return {
      file,
      rows: Array.from({ length: rows }, (_, i) => ({
        key: String(i),
        time: 0,
        actual: labels[i]!,
        label: labels[i]!,
        answer: [],
        inputs: {},
      })),
    };
  }

  private async ask({ id, events }: Retraining, last: RetrainEvent): Promise<string | undefined> {
    const settings = this.parts.monitor.retrain;
    if ((settings?.approve ?? 'ask') === 'auto') {
      this.note(id, 'approved', 'approve: auto, and the challenger won');
      return undefined;
    }
    const { entries, problem } = await readDecisions(this.options.store);
    if (problem !== undefined) throw problem;
    const decision = entries.findLast(
      (one: Decision) => one.retraining === id && (one.action === 'approve' || one.action === 'reject'),
    );
    if (decision?.action === 'approve') this.note(id, 'approved', `approved by ${decision.by}: ${decision.reason}`);
    else if (decision?.action === 'reject') this.note(id, 'kept-out', `rejected by ${decision.by}: ${decision.reason}`);
    else {
      const reason = events.find(({ step }) => step === 'compared')?.reason ?? '';
      if (last.step !== 'waiting') this.note(id, 'waiting', `a person is asked: ${reason}`);
      return `approval: \`lifecycle retrain --approve ${id}\``;
    }
    return undefined;
  }

  private async redeploy({ id, events }: Retraining): Promise<void> {
    const { challenger } = events.findLast(({ step }) => step === 'trained')!;
    const data = events.findLast(({ step }) => step === 'data')?.data;
    if (this.parts.monitor.retrain?.redeploy === 'none') {
      await this.crown(id, challenger!);
      return;
    }
    const { record, id: run } = await this.options.run(this.planFor(data), new Set([this.parts.deploy]));
    const status = record.stages[this.parts.deploy];
    if (record.status !== 'succeeded') {
      if (record.status === 'cancelled')
        throw new UserError({ code: 'cancelled', message: `The run ${run} was cancelled.` });
      this.note(
        id,
        'rolled-back',
        `it could not be deployed, and what was live still is: ${status?.error?.message ?? 'it failed'}`,
        { run },
      );
      return;
    }
    this.note(id, 'deployed', status?.summary ?? `${challenger!.model} ${challenger!.version}`, { run });
  }

  /** After the deployment: the roll-out decides, where there is one; else it is live, and the champion. */
  private async settle({ id, events }: Retraining, last: RetrainEvent): Promise<string | undefined> {
    const { store } = this.options;
    const { challenger } = events.findLast(({ step }) => step === 'trained')!;
    const { entries } = await readLedger(store);
    const own = deployedBy(entries, this.pipeline, this.parts);
    const live = own && liveHistory(entries, own.target).at(-1);
    if (live?.digest === challenger!.digest) {
      await this.crown(id, challenger!);
      return undefined;
    }
    const rollout = own && (await readJson<RolloutState>(join(targetFolder(store, own.target), 'rollout.json')));
    if (rollout?.candidate === challenger!.version && rollout.model === challenger!.model) {
      if (rollout.status === 'rolled-back') {
        this.note(id, 'rolled-back', `the roll-out ended: ${rollout.reason ?? 'a gate did not hold'}`);
        return undefined;
      }
      return `the roll-out of ${challenger!.model} ${challenger!.version}: ${rollout.status}, ${Math.round(rollout.weight * 100)} % of the traffic${rollout.reason === undefined ? '' : ` (${rollout.reason})`}`;
    }
    this.note(
      id,
      'rolled-back',
      `${challenger!.model} ${challenger!.version} is no longer live on '${own?.target ?? this.parts.deploy}' (deployed ${last.time})`,
    );
    return undefined;
  }

  private async crown(id: string, challenger: NonNullable<RetrainEvent['challenger']>): Promise<void> {
    await promote(this.options.store, challenger.model, challenger.version, 'champion', {
      notes: `retraining ${id} of ${this.options.stage}`,
    });
    this.note(id, 'promoted', `${challenger.model} ${challenger.version} is the champion`);
  }
}

import { join } from 'node:path';
import { UserError } from '../../problem';
import { isFolder, readJson, writeAtomic } from '../../process/files';
import { writeRollout } from '../rollout/record';
import { admit } from '../rollout/contract';
import type { RolloutTurn } from '../rollout/controller';
import type { RolloutState } from '../../../schemas/generated/types';
import type { ServeApp } from './app';
import { type PlacedModel, SERVER_FILES, type ServeConfig } from './config';
import type { LogWriter } from './log';
import { loadModel } from './model';
import { configAfter, settle, turned } from './settle';
import { Trial } from './trial';
import { type LogSettings, ranInto, ServedVersion } from './version';

/** Looks of a second each between two writes of what the versions are asked. */
const WRITE_EVERY = 2;

/** The versions that a server has loaded, and the roll-out between two of them. */
export class Fleet {
  config!: ServeConfig;
  readonly #app: ServeApp;
  readonly #log: LogWriter;
  readonly #home: string;
  readonly #url: () => string;
  readonly #told: { readonly changed: () => Promise<void>; readonly failed: (error: unknown) => void };
  #loaded = new Map<string, ServedVersion>();
  #settling: Promise<void> = Promise.resolve();
  #looks = 0;
  #written = '';
  #closed = false;

  constructor(
    app: ServeApp,
    log: LogWriter,
    home: string,
    url: () => string,
    told: { readonly changed: () => Promise<void>; readonly failed: (error: unknown) => void },
  ) {
    this.#app = app;
    this.#log = log;
    this.#home = home;
    this.#url = url;
    this.#told = told;
  }

  /**
   * Loads what a configuration names and is not loaded yet, then serves it. Nothing changes when a version is refused.
   * @throws UserError of `verifyBundle` and `admit`
   */
  async load(config: ServeConfig): Promise<void> {
    const state = await this.#stateOf(config);
    const ended = state?.status === 'promoted' || state?.status === 'rolled-back';
    const effective = ended ? configAfter(config, state.status) : config;
    const opened = new Map<string, ServedVersion>();
    try {
      const live = await this.#open(effective.model, effective, opened);
      const also: ServedVersion[] = [];
      for (const model of effective.also ?? []) also.push(await this.#open(model, effective, opened));
      const before = this.#app.live?.model;
      if (before !== undefined && before.digest !== live.model.digest && before.name === live.model.name)
        this.#admit(live, effective, before.info);
      else this.#admit(live, effective);
      let trial: Trial | undefined;
      if (effective.rollout !== undefined) {
        const { id, plan, candidate } = effective.rollout;
        const version = await this.#open(candidate, effective, opened);
        this.#admit(version, effective, live.model.info);
        const current = this.#app.trial;
        trial =
          current?.controller.subject.id === id
            ? current
            : new Trial(plan, id, live, version, { ...(state && { from: state }), turned: (turn) => this.#turn(turn) });
      }
      await this.#supersede(effective);
      this.config = effective;
      for (const version of opened.values()) version.logAs(logOf(effective));
      this.#loaded = opened;
      void this.#app.route({ live, also, ...(trial && { trial }) }).catch(this.#told.failed);
      if (trial !== undefined && state === undefined) await turned(this.#home, trial.controller.state(Date.now()));
    } catch (error) {
      for (const [key, version] of opened) if (!this.#loaded.has(key)) await version.model.close();
      throw error;
    }
    if (state !== undefined && ended) this.#settling = this.#settle(config, state).catch(this.#told.failed);
  }

  /** Ends the roll-out that goes on. @throws UserError `no-rollout` */
  async decide(status: 'promoted' | 'rolled-back', reason: string): Promise<void> {
    const { trial } = this.#app;
    if (trial?.controller.open !== true) {
      throw new UserError({
        code: 'no-rollout',
        message: `No roll-out goes on at '${this.config.target}'.`,
        hint: 'Begin one with `lifecycle deploy --model NAME --strategy canary`.',
      });
    }
    this.#turn(trial.controller.decide(status, reason));
    await this.#settling;
  }

  /** Once a second. */
  tick(): void {
    this.#app.trial?.tick();
    if (++this.#looks % WRITE_EVERY === 0) void this.#writeFigures().catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    // Whoever stops the server may hold the lock that settling waits for; what is not settled is settled at the next start.
    await Promise.race([this.#settling, new Promise((resolve) => setTimeout(resolve, 200).unref())]);
    await this.#writeFigures().catch(() => undefined);
  }

  /** A roll-out takes a turn: the traffic follows at once, the writing down afterwards. */
  #turn(turn: RolloutTurn): void {
    const { trial } = this.#app;
    if (trial === undefined) return;
    const state = trial.controller.state(Date.now());
    if (turn.to === 'step' || turn.to === 'passed') {
      this.#settling = this.#settling.then(() => turned(this.#home, state)).catch(this.#told.failed);
      return;
    }
    const config = this.config;
    const live = turn.to === 'promoted' ? trial.candidate : trial.live;
    const lost = turn.to === 'promoted' ? trial.live : trial.candidate;
    const also = this.#app.versions.filter((version) => version !== trial.live && version !== trial.candidate);
    for (const [key, version] of this.#loaded) if (version === lost) this.#loaded.delete(key);
    this.#settling = this.#settling
      .then(() => turned(this.#home, state))
      .then(() => this.#settle(config, state))
      .catch(this.#told.failed);
    this.config = configAfter(config, state.status);
    void this.#app.route({ live, also }).catch(this.#told.failed);
    process.stderr.write(`${new Date().toISOString()} roll-out ${state.status}: ${state.reason ?? ''}\n`);
  }

  async #settle(config: ServeConfig, state: RolloutState): Promise<void> {
    const next = await settle(this.#home, config, state, this.#url());
    if (next === undefined || this.#closed) return;
    await this.#told.changed();
  }

  /** Another deployment ends the roll-out that goes on. */
  async #supersede(config: ServeConfig): Promise<void> {
    const { trial } = this.#app;
    const left = trial?.controller.state(Date.now()) ?? (await this.#lastState());
    const open = left?.status === 'running' || left?.status === 'passed';
    if (left === undefined || !open || config.rollout?.id === left.id) return;
    const promoted = left.model === config.model.name && left.candidate === config.model.version;
    const reason = promoted ? 'It was deployed at once.' : 'Another deployment took its place.';
    const status = promoted ? 'promoted' : 'rolled-back';
    trial?.controller.decide(status, reason);
    await turned(this.#home, { ...left, status, reason, weight: promoted ? 1 : 0, time: new Date().toISOString() });
  }

  async #stateOf({ rollout }: ServeConfig): Promise<RolloutState | undefined> {
    const state = rollout === undefined ? undefined : await this.#lastState();
    return state?.id === rollout?.id ? state : undefined;
  }

  #lastState(): Promise<RolloutState | undefined> {
    return readJson<RolloutState>(join(this.#home, SERVER_FILES.rollout));
  }

  async #open(model: PlacedModel, config: ServeConfig, opened: Map<string, ServedVersion>): Promise<ServedVersion> {
    const key = `${model.name}@${model.version} ${model.digest} ${config.threads}`;
    const known = opened.get(key) ?? this.#loaded.get(key);
    if (known !== undefined) {
      opened.set(key, known);
      return known;
    }
    const { metrics } = this.#app;
    const loaded = await loadModel(
      { folder: model.folder, version: model.version, digest: model.digest },
      {
        threads: config.threads,
        ran: ranInto(metrics, model),
        ...(config.queue !== undefined && { maxWaiting: config.queue }),
      },
    );
    const version = new ServedVersion(loaded, logOf(config), this.#log, metrics);
    opened.set(key, version);
    return version;
  }

  #admit({ model }: ServedVersion, { admission }: ServeConfig, live?: ServedVersion['model']['info']): void {
    if (admission !== undefined) admit(model, admission, live);
  }

  async #writeFigures(): Promise<void> {
    const { versions, trial } = this.#app;
    const figures = versions.map((version) => ({
      model: version.model.name,
      version: version.model.version,
      share: this.#app.shareOf(version),
      ...version.traffic(),
    }));
    const text = JSON.stringify(figures);
    const state = trial?.controller.open === true ? trial.controller.state(Date.now()) : undefined;
    if (text === this.#written) return;
    this.#written = text;
    if (!(await isFolder(this.#home))) return;
    const differences = trial?.differences ?? [];
    const more = trial && { mirror: mirrorOf(trial), differences };
    await writeAtomic(
      join(this.#home, SERVER_FILES.traffic),
      JSON.stringify({ format: 1, time: new Date().toISOString(), versions: figures, ...more }, null, 2) + '\n',
    );
    if (state !== undefined) await writeRollout(this.#home, state);
  }
}

function mirrorOf({ controller: { pairs }, dropped, rescued }: Trial) {
  return {
    requests: pairs.requests,
    rows: pairs.rows,
    differing: pairs.differing,
    meanDifference: pairs.rows === 0 ? 0 : pairs.sumDifference / pairs.rows,
    largestDifference: pairs.largest,
    dropped,
    rescued,
  };
}

function logOf(config: ServeConfig): LogSettings {
  return {
    log: config.log,
    sample: config.sample ?? 0.1,
    redact: config.redact,
    sensitive: config.logSensitive === true,
  };
}

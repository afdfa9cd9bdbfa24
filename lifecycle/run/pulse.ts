import type { Problem, Stage } from '../../schemas/generated/types';
import { treeUsage } from '../process/usage';
import { duration } from '../report/words';
import { listNvidia } from '../train/devices/nvidia';
import type { StageRequest, WorkerMessage } from './request';

/** When silence is worth a word, in milliseconds. */
export interface PulseLimits {
  /** Nothing is heard and nothing computes. */
  readonly idle: number;
  /** Nothing is heard, though it computes. */
  readonly busy: number;
  /** Between two looks. */
  readonly pause: number;
}

const LIMITS: PulseLimits = { idle: 120_000, busy: 1_800_000, pause: 5_000 };
/** Share of one core, or of a GPU, below which a process counts as idle. */
const IDLE_SHARE = 0.02;
/** Kinds that work by themselves; those that act on the world wait for others, as they must. */
const WATCHED: ReadonlySet<Stage['kind']> = new Set(['data', 'train', 'evaluate', 'optimize']);

/** What a pulse needs of the stage that it watches. */
export interface Watched {
  readonly request: Pick<StageRequest, 'name' | 'stage' | 'device'>;
  readonly pid: number;
  /** Told in the stage's events. */
  say(message: Extract<WorkerMessage, { type: 'log' }>): void;
  /** The stage was silent for longer than its `stall-timeout`. */
  end(problem: Problem): void;
}

/**
 * Notices when a stage's process makes no progress any more: told once each time, with the last that was heard, and ended where the pipeline sets a
 * limit. It is looked at from outside, so that a process that hangs as a whole is noticed too. Resting does not count.
 */
export class Pulse {
  readonly #watched: Watched;
  readonly #limits: PulseLimits;
  readonly #timer: NodeJS.Timeout;
  #heard = performance.now();
  #worked = performance.now();
  #last = '';
  #resting = false;
  #told: 'idle' | 'busy' | undefined;
  #before: { readonly at: number; readonly cpuSeconds: number } | undefined;
  #looking = false;

  constructor(watched: Watched, limits = LIMITS) {
    this.#watched = watched;
    this.#limits = limits;
    this.#timer = setInterval(() => void this.#look(), limits.pause);
    this.#timer.unref();
  }

  /** Whether stages of this kind are watched. */
  static watches({ kind }: Stage): boolean {
    return WATCHED.has(kind);
  }

  /** Something was heard of the stage: an event, or a line that it printed. */
  beat(message?: WorkerMessage): void {
    const now = performance.now();
    if (message?.type === 'control') this.#resting = message.state === 'paused';
    if (message?.type === 'metric')
      this.#last = `step ${message.step}${message.epoch === undefined ? '' : ` (epoch ${message.epoch})`}`;
    else if (message?.type === 'stage-progress' && message.message !== undefined) this.#last = message.message;
    if (this.#told !== undefined) this.#log('info', `It goes on after ${duration((now - this.#heard) / 1000)}.`);
    this.#told = undefined;
    this.#heard = this.#worked = now;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      if (this.#resting) this.#heard = this.#worked = performance.now();
      await this.#measure();
      const now = performance.now();
      const { idle, busy } = this.#limits;
      const limit = this.#limit();
      if (limit !== undefined && now - this.#heard >= limit) return this.#end(limit);
      if (this.#told === undefined && now - this.#worked >= idle && !(await this.#gpuWorks())) this.#warn('idle', now);
      else if (this.#told === undefined && now - this.#heard >= busy) this.#warn('busy', now);
    } finally {
      this.#looking = false;
    }
  }

  async #measure(): Promise<void> {
    const usage = await treeUsage(this.#watched.pid);
    const at = performance.now();
    const before = this.#before;
    if (usage === undefined) {
      // Who can't tell how much it computes counts as busy.
      if (before === undefined) this.#worked = at;
      return;
    }
    this.#before = { at, cpuSeconds: usage.cpuSeconds };
    if (before === undefined || (usage.cpuSeconds - before.cpuSeconds) * 1000 > IDLE_SHARE * (at - before.at))
      this.#worked = at;
  }

  async #gpuWorks(): Promise<boolean> {
    const index = this.#watched.request.device?.index;
    if (index === undefined) return false;
    const gpu = (await listNvidia()).find((each) => each.index === index);
    if ((gpu?.utilization ?? 0) <= 100 * IDLE_SHARE) return false;
    this.#worked = performance.now();
    return true;
  }

  /** Milliseconds. The stage of a search waits for its trials, which have the limit. */
  #limit(): number | undefined {
    const { stage } = this.#watched.request;
    if (stage.kind !== 'train' || stage.tune !== undefined) return undefined;
    const seconds = stage.resources?.['stall-timeout'];
    return seconds === undefined ? undefined : seconds * 1000;
  }

  #warn(how: 'idle' | 'busy', now: number): void {
    this.#told = how;
    const silence = duration((now - this.#heard) / 1000);
    const what = how === 'idle' ? 'and nothing computes: it may hang' : 'though it computes';
    this.#log('warning', `Nothing was heard of it for ${silence}, ${what}.${this.#lastWords()}`, {
      code: 'stage-stalled',
      hint: `Wait, or cancel it (\`lifecycle cancel\`, or Cancel in the panel): what is finished is kept, and a network goes on from its last checkpoint. \`resources: {stall-timeout: 600}\` ends such a training by itself.`,
    });
  }

  #end(limit: number): void {
    this.close();
    this.#watched.end({
      code: 'stage-stalled',
      message: `It was ended because nothing was heard of it for ${duration(limit / 1000)}.${this.#lastWords()}`,
      hint: 'Run it again: a network goes on from its last checkpoint. Raise `stall-timeout` if it only needs longer.',
      path: ['resources', 'stall-timeout'],
    });
  }

  #lastWords(): string {
    return this.#last === '' ? '' : ` The last: ${this.#last}.`;
  }

  #log(level: 'info' | 'warning', message: string, more: { code?: string; hint?: string } = {}): void {
    const stage = this.#watched.request.name;
    this.#watched.say({ time: new Date().toISOString(), type: 'log', stage, level, message, ...more });
  }
}

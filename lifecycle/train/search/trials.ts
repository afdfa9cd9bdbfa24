import { type Problem, type TrainStage } from '../../../schemas/generated/types';
import { UserError } from '../../problem';
import { readJson, writeAtomic } from '../../process/files';
import { sha256 } from '../../process/hash';
import { canonicalJson } from '../../store/canonical';
import { storePaths } from '../../store/layout';
import { type ChildStage, type StageContext } from '../../store/room';
import { dataOf } from '../dataset';
import { type Ending, type Reading, type Trial } from './schedule';
import { type Values } from './space';
import { variantOf } from './variant';

/** What a trial is judged by. */
export interface Objective {
  /** Name as the user knows it: `auc`. */
  readonly metric: string;
  readonly better: 'higher' | 'lower';
  /** Names of the series by which it is judged on the way. */
  readonly series: readonly string[];
}

/** Data that a trial learns from in place of the stage's own. */
export interface Fold {
  readonly path: string;
  readonly hash: string;
}

export interface TrialSettings {
  readonly context: StageContext<TrainStage>;
  readonly objective: Objective;
  /** Part of every fingerprint: what trials depend on besides their stage. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly threads: number;
  readonly folds?: readonly Fold[];
}

/** What a part of a trial told, kept so that a search that was killed goes on where it was. */
interface Kept {
  readonly format: 1;
  readonly key: string;
  readonly run: string;
  /** Points of the series that it is judged by: steps and value. */
  readonly points: readonly (readonly [number, number])[];
  /** Steps that it trained. */
  readonly steps: number;
  /** Its score at its end; absent when it failed or was stopped before. */
  readonly score?: number;
  readonly problem?: Problem;
  readonly seconds: number;
}

/** Problems that say nothing about the values of a trial. */
const PASSING: ReadonlySet<string> = new Set([
  'cancelled',
  'stage-crashed',
  'disk-full',
  'disk-low',
  'command-missing',
]);

/** A trial: one training, or one a fold. Lower is better in what it gives. @param onRun told the id of its run */
export function startTrial(
  settings: TrialSettings,
  trial: number,
  values: Values,
  onRun: (run: string) => void,
): Trial {
  return settings.folds
    ? new FoldedTrial({ ...settings, folds: settings.folds }, trial, values, onRun)
    : new PlainTrial(settings, trial, values, onRun);
}

class PlainTrial implements Trial {
  private readonly part: Part;

  constructor(settings: PartSettings, trial: number, values: Values, onRun: (run: string) => void) {
    this.part = new Part(settings, trial, values, onRun);
  }

  at(steps: number): Promise<Reading> {
    return this.part.at(steps);
  }

  stop(steps: number): void {
    this.part.stop(steps);
  }

  async end(): Promise<Ending> {
    const { score, problem, steps, seconds } = await this.part.finish();
    return { score: score ?? Infinity, steps, seconds, ...(problem && { problem }) };
  }
}

/** One training a fold, one after the other; its value after k folds is their mean. */
class FoldedTrial implements Trial {
  private readonly parts: Part[] = [];
  private readonly states: Promise<FoldState>[] = [];
  private most = Infinity;

  constructor(
    settings: TrialSettings & { readonly folds: readonly Fold[] },
    trial: number,
    values: Values,
    onRun: (run: string) => void,
  ) {
    let before: Promise<FoldState> = Promise.resolve({ scores: [], seconds: 0 });
    settings.folds.forEach((fold, i) => {
      before = before.then(async (state) => {
        if (state.problem || i >= this.most) return state;
        const part = new Part({ ...settings, fold }, trial, values, i === 0 ? onRun : () => undefined, String(i + 1));
        this.parts.push(part);
        const { score, problem, seconds } = await part.finish();
        return {
          scores: score === undefined ? state.scores : [...state.scores, score],
          seconds: state.seconds + seconds,
          ...(problem && { problem }),
        };
      });
      before.catch(() => undefined);
      this.states.push(before);
    });
  }

  async at(steps: number): Promise<Reading> {
    const { scores, problem } = await this.states[steps - 1]!;
    return { value: mean(scores), ended: problem !== undefined };
  }

  stop(steps: number): void {
    this.most = Math.min(this.most, steps);
    for (const part of this.parts.slice(steps)) part.stop(0);
  }

  async end(): Promise<Ending> {
    const { scores, seconds, problem } = await this.states.at(-1)!;
    return { score: mean(scores), steps: scores.length, seconds, ...(problem && { problem }) };
  }
}

interface FoldState {
  readonly scores: readonly number[];
  readonly seconds: number;
  readonly problem?: Problem;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? Infinity : values.reduce((sum, value) => sum + value, 0) / values.length;
}

interface PartSettings extends Omit<TrialSettings, 'folds'> {
  readonly fold?: Fold;
}

/** One training of a trial, or what is kept of it. */
class Part {
  private points: [number, number][] = [];
  private waiting: { steps: number; resolve: (reading: Reading) => void }[] = [];
  private last = 0;
  private ended = false;
  private stopAt: number | undefined;
  private child: Promise<ChildStage> | undefined;
  /** Asks for more than is kept of a trial that was stopped. */
  private more: (steps: number) => void = () => undefined;
  private readonly kept: Promise<Kept>;

  constructor(
    private readonly settings: PartSettings,
    private readonly trial: number,
    private readonly values: Values,
    private readonly onRun: (run: string) => void,
    private readonly part?: string,
  ) {
    this.kept = this.train().finally(() => {
      this.ended = true;
      this.answer();
    });
    this.kept.catch(() => undefined);
  }

  /** Its best value within so many steps. */
  async at(steps: number): Promise<Reading> {
    this.more(steps);
    const reading = await new Promise<Reading>((resolve) => {
      this.waiting.push({ steps, resolve });
      this.answer();
    });
    if (reading.ended) await this.kept;
    return reading;
  }

  /** What came of it, after its end or its stop. */
  finish(): Promise<Kept> {
    if (this.stopAt === undefined) this.more(Infinity);
    return this.kept;
  }

  stop(steps: number): void {
    this.stopAt ??= steps;
    this.more(0);
    void this.child?.then((child) => child.stop(`stopped after ${steps} steps`)).catch(() => undefined);
  }

  private async train(): Promise<Kept> {
    const { context, objective, inputs, threads, fold } = this.settings;
    const stage = variantOf(context.stage, this.values);
    const { seed } = context;
    const key = sha256(
      canonicalJson({ ...inputs, stage, seed, threads, ...(fold && { fold: fold.hash }), metric: objective.metric }),
    );
    const file = storePaths.trial(context.store, key);
    const before = await readJson<Kept>(file);
    if (before?.format === 1 && before.key === key && (await this.suffices(before))) return before;
    if (this.stopAt === 0) return { format: 1, key, run: '', points: [], steps: 0, seconds: 0 };
    this.child = context.child(
      {
        trial: this.trial,
        ...(this.part !== undefined && { part: this.part }),
        values: this.values,
        stage,
        seed,
        threads,
        fingerprint: key,
        ...(fold && { inputs: { [dataOf(context.stage)]: fold } }),
      },
      { metric: (name, value, step) => this.metric(name, value, step) },
    );
    const child = await this.child;
    this.onRun(child.run);
    if (this.stopAt !== undefined) this.stop(this.stopAt);
    const outcome = await child.outcome;
    context.signal.throwIfAborted();
    const told = { format: 1, key, run: child.run } as const;
    if (outcome === undefined) {
      const stopAt = this.stopAt ?? 0;
      const points = this.points.filter(([step]) => step <= stopAt);
      const stopped: Kept = { ...told, points, steps: stopAt, seconds: 0 };
      if (stopAt > 0) await writeKept(file, stopped);
      return stopped;
    }
    const whole = { ...told, points: this.points, steps: Math.max(1, this.last), seconds: outcome.seconds };
    if ('problem' in outcome && PASSING.has(outcome.problem.code)) throw new UserError(outcome.problem);
    const kept: Kept =
      'problem' in outcome
        ? { ...whole, problem: outcome.problem }
        : { ...whole, score: this.scoreOf(outcome.metrics) };
    await writeKept(file, kept);
    return kept;
  }

  /** Answers from what is kept, as long as no more is asked. */
  private async suffices(before: Kept): Promise<boolean> {
    this.onRun(before.run);
    this.points = before.points.map(([step, value]) => [step, value]);
    this.last = before.steps;
    if (before.score !== undefined || before.problem !== undefined) return true;
    // It was stopped there once: that far it is known.
    this.last += 0.5;
    const asked = new Promise<number>((resolve) => {
      this.more = (steps) => {
        if (steps === 0 || steps > before.steps) resolve(steps);
      };
    });
    for (const { steps } of this.waiting) this.more(steps);
    if (this.stopAt !== undefined) this.more(0);
    this.answer();
    if ((await asked) === 0) return true;
    this.points = [];
    this.last = 0;
    return false;
  }

  private scoreOf(metrics: Readonly<Record<string, number>>): number {
    const { metric, better } = this.settings.objective;
    const value = metrics[`validation/${metric}`] ?? metrics[metric];
    if (value === undefined)
      throw new UserError({
        code: 'tune-metric-missing',
        message: `Trial ${this.trial} gave no ${metric} on validation, by which it would be judged.`,
        hint: `It gave ${Object.keys(metrics).join(', ') || 'no metric'}; name one of these as \`metric\` of \`tune\`.`,
        path: ['tune', 'metric'],
      });
    return better === 'higher' ? -value : value;
  }

  private metric(name: string, value: number, step: number): void {
    const { metric, better, series } = this.settings.objective;
    this.last = Math.max(this.last, step);
    if (series.includes(name)) this.points.push([step, name.endsWith(metric) && better === 'higher' ? -value : value]);
    this.answer();
  }

  /** A step is known as a whole when the next has begun. */
  private answer(): void {
    this.waiting = this.waiting.filter(({ steps, resolve }) => {
      if (!this.ended && this.last <= steps) return true;
      const seen = this.points.filter(([step]) => step <= steps).map(([, value]) => value);
      resolve({
        value: seen.reduce((least, each) => (each < least ? each : least), Infinity),
        ended: this.ended && this.last <= steps,
      });
      return false;
    });
  }
}

async function writeKept(file: string, kept: Kept): Promise<void> {
  await writeAtomic(file, `${JSON.stringify(kept)}\n`);
}

import { type Problem } from '../../../schemas/generated/types';
import { type Pruner } from './pruners';
import { type Outcome, type Sampler } from './samplers';
import { type Values } from './space';

/** A trial that is being trained somewhere. Values are such that lower is better. */
export interface Trial {
  /** Its value once it has trained so many steps, or at its end when that comes before. */
  at(steps: number): Promise<Reading>;
  /** Ends it after so many steps. */
  stop(steps: number): void;
  /** What came of it, once it has trained to its end or was stopped. Rejects only when the whole search must end. */
  end(): Promise<Ending>;
}

export interface Reading {
  readonly value: number;
  readonly ended: boolean;
}

export interface Ending {
  readonly score: number;
  /** Steps that it trained. */
  readonly steps: number;
  /** Why it failed. */
  readonly problem?: Problem;
  /** Wall-clock seconds. */
  readonly seconds: number;
}

export interface Finished extends Outcome {
  readonly state: 'finished' | 'stopped' | 'failed';
  readonly readings: readonly (readonly [steps: number, value: number])[];
  readonly problem?: Problem;
}

export interface Schedule {
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  /** Most trials. */
  readonly trials: number;
  /** Steps of a whole trial; 1 where it has no steps. */
  readonly most: number;
  /** Trials at a time. */
  readonly parallel: number;
  /** Steps after which no trial begins any more. */
  readonly steps?: number;
  /** Seconds of training, of all trials together, after which no trial begins any more. */
  readonly seconds?: number;
  start(trial: number, values: Values): Trial;
  finished?(trial: Finished): void;
}

interface Running {
  readonly trial: number;
  readonly values: Values;
  readonly rungs: readonly number[];
  readonly readings: [number, number][];
  readonly handle: Trial;
  /** Index of the rung that it is on its way to; the end comes after the last. */
  next: number;
  /** When it gets there by the clock of the schedule. */
  due: number;
}

/**
 * Runs trials side by side, yet decides as if time were counted in steps: a trial that trains 10 steps gets to its next
 * rung 10 ticks later, however long that really takes, and every decision waits for those that come before it by that
 * clock. So a search is the same each time for the same seed and number of trials at a time, on any machine, however it
 * was interrupted. A trial does not wait at its rung: when the decision comes, it is judged by what it was there.
 *
 * @returns the trials in order of their beginning
 */
export async function runSchedule(schedule: Schedule): Promise<Finished[]> {
  const { sampler, pruner, most, parallel } = schedule;
  const running: Running[] = [];
  const done: Finished[] = [];
  let clock = 0;
  let begun = 0;
  let steps = 0;
  let seconds = 0;
  const mayBegin = () =>
    begun < schedule.trials && steps < (schedule.steps ?? Infinity) && seconds < (schedule.seconds ?? Infinity);
  try {
    for (;;) {
      while (running.length < parallel && mayBegin()) {
        const trial = begun + 1;
        const values = sampler(trial, done);
        if (values === undefined) break;
        begun = trial;
        const rungs = pruner.rungsOf(trial);
        const handle = schedule.start(trial, values);
        running.push({ trial, values, rungs, readings: [], handle, next: 0, due: clock + (rungs[0] ?? most) });
      }
      if (running.length === 0) break;
      const first = running.reduce((a, b) => (b.due < a.due || (b.due === a.due && b.trial < a.trial) ? b : a));
      clock = first.due;
      const end = await advance(first, pruner, most);
      if (end === undefined) continue;
      running.splice(running.indexOf(first), 1);
      steps += end.finished.steps;
      seconds += end.seconds;
      done.push(end.finished);
      schedule.finished?.(end.finished);
    }
  } catch (error) {
    for (const { handle } of running) handle.stop(0);
    throw error;
  }
  return done.sort((a, b) => a.trial - b.trial);
}

/** Takes a trial over its next rung, or to its end. */
async function advance(
  running: Running,
  pruner: Pruner,
  most: number,
): Promise<{ finished: Finished; seconds: number } | undefined> {
  const { trial, values, rungs, readings, handle } = running;
  const common = { trial, values, readings };
  const rung = rungs[running.next];
  let last: number | undefined;
  if (rung !== undefined) {
    const { value, ended } = await handle.at(rung);
    last = value;
    if (!ended) {
      readings.push([rung, value]);
      if (!pruner.goesOn(trial, rung, value)) {
        handle.stop(rung);
        const { seconds } = await handle.end();
        return { finished: { ...common, state: 'stopped', score: value, steps: rung, whole: false }, seconds };
      }
      running.next++;
      running.due += (rungs[running.next] ?? most) - rung;
      return undefined;
    }
  }
  const { score, steps, problem, seconds } = await handle.end();
  if (problem !== undefined)
    return { finished: { ...common, state: 'failed', score: Infinity, steps, whole: false, problem }, seconds };
  // One that ended before its time stands at the rungs that it did not need.
  for (const later of rungs.slice(running.next)) pruner.goesOn(trial, later, last ?? score);
  return { finished: { ...common, state: 'finished', score, steps, whole: true }, seconds };
}

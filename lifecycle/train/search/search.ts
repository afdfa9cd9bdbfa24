import { type Pruning, type TrainStage, type Tune, type TuneRecord } from '../../../schemas/generated/types';
import { UserError } from '../../problem';
import { findMetric, metricsFor } from '../../statistics/metrics';
import { type StageContext } from '../../store/room';
import { dataOf, type TrainingData } from '../dataset';
import { makeFolds } from './folds';
import { importanceOf } from './importance';
import { firstOf, prunerFor, type PruningSettings } from './pruners';
import { gridSize, samplerFor } from './samplers';
import { type Finished, runSchedule } from './schedule';
import { readSpace, type Space, type Values } from './space';
import { type Objective, startTrial, type TrialSettings } from './trials';
import { variantOf } from './variant';

/** What a search came to. */
export interface Searched {
  /** The stage with the best values in it. */
  readonly stage: TrainStage;
  readonly record: TuneRecord;
}

const TRIALS = 20;
/** Among fewer there is little to compare a trial with. */
const FEW = 10;
/** More combinations are not a grid any more. */
const MOST_GRID = 10_000;
const OBJECTIVE = { binary: 'auc', multiclass: 'accuracy', regression: 'rmse' } as const;
/** Metrics that our trainers compute at every step; of any other the validation loss has to foretell. */
const STEPWISE: ReadonlySet<string> = new Set(Object.values(OBJECTIVE));

/**
 * Searches the space of `tune`. Its trials are child runs; what they tell is kept in the store by what they depend on, so
 * that a search that was killed, or is given more trials, goes on where it was.
 *
 * @param inputs what trials depend on besides their stage, by name
 * @throws UserError `tune-…`; the first trial's problem when all failed
 */
export async function search(
  context: StageContext<TrainStage>,
  data: TrainingData,
  tune: Tune,
  inputs: Readonly<Record<string, string>>,
): Promise<Searched> {
  const space = readSpace(tune.space);
  const kind = tune.search ?? 'tpe';
  const objective = objectiveOf(context.stage, tune, data);
  if (!data.splits.validation && tune.folds === undefined) {
    throw new UserError({
      code: 'tune-validation-missing',
      message: 'The dataset has no validation rows to judge trials by.',
      hint: 'Give the data stage a validation split, or judge by cross-validation: `folds: 5` in `tune`.',
      path: ['tune'],
    });
  }
  const trials = tune.trials ?? (kind === 'grid' ? gridSize(space, MOST_GRID) : TRIALS);
  const threads = Math.min(context.stage.resources?.threads ?? context.threads, context.threads);
  const parallel = Math.max(1, Math.min(tune.parallel ?? threads, threads, trials));
  const pruning = pruningOf(context, tune, space, trials);
  const folds = tune.folds === undefined ? undefined : await makeFolds(context, data, tune.folds);
  const settings: TrialSettings = {
    context,
    objective,
    inputs: { ...inputs, data: context.input(dataOf(context.stage)).hash },
    threads: Math.max(1, Math.floor(threads / parallel)),
    ...(folds && { folds }),
  };
  const teller = new Teller(context, objective, trials);
  const finished = await runSchedule({
    sampler: samplerFor(kind, space, context.seed),
    pruner: prunerFor(pruning),
    trials,
    most: pruning.most,
    parallel,
    ...(tune.budget !== undefined && { steps: tune.budget * pruning.most }),
    ...(tune.minutes !== undefined && { seconds: tune.minutes * 60 * parallel }),
    start: (trial, values) => startTrial(settings, trial, values, teller.begun(trial, values)),
    finished: (trial) => teller.finished(trial),
  });
  const best = bestOf(finished);
  if (best === undefined) {
    const problem = finished.find((trial) => trial.problem)?.problem;
    throw new UserError({
      code: 'tune-all-failed',
      message: `All ${finished.length} trials failed; the first: ${problem?.message ?? 'no trial gave a score'}`,
      ...(problem?.hint !== undefined && { hint: problem.hint }),
      path: ['tune'],
    });
  }
  return {
    stage: variantOf(context.stage, best.values),
    record: recordOf({ space, kind, tune, objective, pruning, parallel, seed: context.seed, finished, best }),
  };
}

function bestOf(trials: readonly Finished[]): Finished | undefined {
  const whole = trials.filter(({ whole, score }) => whole && Number.isFinite(score));
  return whole.length === 0 ? undefined : whole.reduce((a, b) => (b.score < a.score ? b : a));
}

function objectiveOf(stage: TrainStage, tune: Tune, { target }: TrainingData): Objective {
  const { task } = target;
  const name = tune.metric ?? OBJECTIVE[task];
  const metric = findMetric(name);
  if (stage.command === undefined && !metric?.task.includes(task)) {
    throw new UserError({
      code: metric ? 'metric-not-for-task' : 'metric-unknown',
      message: metric
        ? `The metric '${name}' is for ${metric.task.join(' or ')} tasks; this one is ${task}.`
        : `There is no metric '${name}'.`,
      hint: `There are ${metricsFor(task)
        .map((other) => other.name)
        .join(', ')}.`,
      path: ['tune', 'metric'],
    });
  }
  const own = stage.command !== undefined;
  // Losses of differently transformed targets say nothing about each other.
  const foretells = 'target-transform' in tune.space ? `validation/${OBJECTIVE.regression}` : 'validation/loss';
  return {
    metric: name,
    better: metric?.better ?? (/loss|error|rmse|mse|mae|deviance/.test(name) ? 'lower' : 'higher'),
    series: own ? [name, `validation/${name}`] : [STEPWISE.has(name) ? `validation/${name}` : foretells],
  };
}

/** The pruning rule with its numbers. The steps of a whole trial follow from the model. */
function pruningOf(context: StageContext<TrainStage>, tune: Tune, space: Space, trials: number): PruningSettings {
  const { stage } = context;
  const given: Partial<Pruning> =
    typeof tune.pruning === 'object'
      ? tune.pruning
      : tune.pruning === 'none' || !tune.pruning
        ? {}
        : { kind: tune.pruning };
  const most = tune.folds ?? stepsOf(stage, space) ?? given.most;
  const reduction = given.reduction ?? 3;
  if (most === undefined || most < 2) {
    if (given.kind !== undefined) {
      context.log('warning', `\`pruning\` has no effect: ${modelKind(stage)} does not train in steps that are known.`, {
        code: 'setting-without-effect',
        path: ['tune', 'pruning'],
        ...(stage.command && { hint: 'Say how many steps a whole trial has: `pruning: {kind: asha, most: 30}`.' }),
      });
    }
    return { kind: 'none', reduction, first: 1, most: 1 };
  }
  const kind =
    tune.pruning === 'none' ? 'none' : (given.kind ?? (tune.folds === undefined && trials >= FEW ? 'asha' : 'none'));
  return { kind, reduction, first: given.first ?? firstOf(kind, most, reduction), most };
}

const modelKind = ({ model, command }: TrainStage): string =>
  command ? 'the program' : typeof model === 'string' ? model : (model?.kind ?? 'the model');

/** Epochs or rounds of a whole trial; the most of them where they are varied. */
function stepsOf(stage: TrainStage, space: Space): number | undefined {
  const kind = modelKind(stage);
  const [path, own, standard] =
    kind === 'network'
      ? ['training.epochs', stage.training?.epochs, 30]
      : kind === 'boosted-trees'
        ? [
            'model.trees',
            typeof stage.model === 'object' && 'trees' in stage.model ? stage.model.trees : undefined,
            300,
          ]
        : [undefined, undefined, undefined];
  if (path === undefined || space.some((dimension) => dimension.path === 'model.kind')) return undefined;
  const varied = space.find((dimension) => dimension.path === path);
  if (varied === undefined) return own ?? standard;
  return varied.type === 'choice' ? Math.max(...varied.values.map(Number)) : varied.high;
}

/** Tells what trials do: events for panels, a line each for people. */
class Teller {
  private best = Infinity;
  private done = 0;
  private readonly runs = new Map<number, string>();

  constructor(
    private readonly context: StageContext<TrainStage>,
    private readonly objective: Objective,
    private readonly trials: number,
  ) {}

  begun(trial: number, values: Values): (run: string) => void {
    const news = { trial, state: 'running' as const, values, metric: this.objective.metric };
    this.context.trial(news);
    return (run) => {
      if (run === '' || this.runs.has(trial)) return;
      this.runs.set(trial, run);
      this.context.trial({ ...news, run });
    };
  }

  finished({ trial, state, values, score, steps, problem }: Finished): void {
    const { context, objective } = this;
    const { metric } = objective;
    const value = naturalScore(objective, state, score);
    const best = state === 'finished' && score < this.best;
    if (best) this.best = score;
    this.done++;
    const run = this.runs.get(trial);
    context.trial({
      trial,
      state,
      values,
      metric,
      steps,
      ...(value !== undefined && { score: value }),
      ...(best && { best }),
      ...(run !== undefined && { run }),
      ...(problem && { message: problem.message }),
    });
    if (value !== undefined) context.metric(`trial/${metric}`, value, trial);
    if (Number.isFinite(this.best)) context.metric(`best/${metric}`, this.sign(this.best), this.done);
    context.progress((0.95 * this.done) / this.trials, `trial ${this.done} of ${this.trials}`);
    const how =
      state === 'failed'
        ? `failed: ${problem?.message ?? ''}`
        : value === undefined
          ? state
          : `${metric} ${figure(value)}`;
    const stopped = state === 'stopped' && value !== undefined ? `, stopped after ${steps}` : '';
    const shown = Object.entries(values).map(([path, set]) => `${path.split('.').at(-1) ?? path} ${String(set)}`);
    context.log('info', `trial ${trial}: ${how}${stopped}${best ? ' (best so far)' : ''}  ${shown.join(', ')}`);
  }

  private sign(score: number): number {
    return this.objective.better === 'higher' ? -score : score;
  }
}

/** The score as the metric has it; none where only the loss was known when it was stopped. */
function naturalScore(
  { better, series, metric }: Objective,
  state: Finished['state'],
  score: number,
): number | undefined {
  if (!Number.isFinite(score) || (state === 'stopped' && !series.some((name) => name.endsWith(metric))))
    return undefined;
  return better === 'higher' ? -score : score;
}

const figure = (value: number): string => String(Number(value.toPrecision(5)));

interface Told {
  readonly space: Space;
  readonly kind: string;
  readonly tune: Tune;
  readonly objective: Objective;
  readonly pruning: PruningSettings;
  readonly parallel: number;
  readonly seed: number;
  readonly finished: readonly Finished[];
  readonly best: Finished;
}

function recordOf({ space, kind, tune, objective, pruning, parallel, seed, finished, best }: Told): TuneRecord {
  const importance = importanceOf(space, finished);
  const natural = (value: number) =>
    objective.series.some((name) => name.endsWith(objective.metric)) && objective.better === 'higher' ? -value : value;
  const rungs = prunerFor(pruning).rungsOf(1);
  return {
    format: 1,
    search: kind,
    pruning: pruning.kind,
    metric: objective.metric,
    better: objective.better,
    ...(tune.folds !== undefined && { folds: tune.folds }),
    seed,
    parallel,
    ...(pruning.most > 1 && { most: pruning.most }),
    ...(rungs.length > 0 && { rungs: [...rungs] }),
    space: space.map((dimension, i) => ({
      path: dimension.path,
      type: dimension.type,
      ...(dimension.type === 'choice'
        ? { values: [...dimension.values] }
        : { low: dimension.low, high: dimension.high, log: dimension.log }),
      ...(importance && { importance: importance[i]! }),
    })),
    trials: finished.map(({ trial, state, values, score, steps, readings, problem }) => {
      const value = naturalScore(objective, state, score);
      return {
        trial,
        state,
        values: { ...values },
        ...(value !== undefined && { score: value }),
        steps,
        ...(readings.length > 0 && { readings: readings.map(([at, read]): [number, number] => [at, natural(read)]) }),
        ...(problem && { error: problem.message }),
      };
    }),
    best: best.trial,
    steps: finished.reduce((sum, { steps }) => sum + steps, 0),
  };
}

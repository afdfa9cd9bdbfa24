import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  EvaluateStage,
  Evaluation,
  Explanation,
  FairnessReport,
  ModelInfo,
  Task,
} from '../../schemas/generated/types';
import { UserError } from '../problem';
import { sha256 } from '../process/hash';
import type { Predictions } from '../statistics/metrics';
import { canonicalJson } from '../store/canonical';
import type { StoredDataset } from '../store/datasets';
import { keepReport } from '../store/reports';
import type { Room, StageContext, StageResult } from '../store/room';
import { type Database, withDatabase } from '../table';
import { type Candidate, openCandidates } from './candidates';
import { chooseBest } from './choose';
import { explain } from './explain';
import { checkFairness, fairnessOf, smallGroups } from './fairness';
import { checkGates, type PlacedGate } from './gates';
import { noteLook } from './looks';
import { measure, type Measured } from './measure';
import { shown, wantedMetrics, type WantedMetrics } from './metrics';
import { predictSplit, type SplitName } from './predict';
import { gateError } from './report';

/** Fewer rows of a split make its figures rough. */
const FEW_ROWS = 200;
/** So few rows leave a split empty whatever its share. */
const TINY = 10;
/** More different models judged on one test split wear it out. */
const MOST_LOOKS = 5;

/** Measures candidates on the validation split, chooses the best, and holds it to the gate on the test split. */
export const room: Room<EvaluateStage> = {
  kind: 'evaluate',
  version: 3,
  async run(context) {
    const { candidates, data } = await openCandidates(context);
    const { task } = data.dataset.target!;
    const wanted = wantedMetrics(context.stage, task);
    checkFairness(context.stage, data.dataset);
    const options = { scratch: context.scratch, threads: context.threads, signal: context.signal };
    return withDatabase(options, (database) => new Exam(context, database, candidates, data, wanted, task).run());
  },
};

class Exam {
  private readonly threshold: number;

  constructor(
    private readonly context: StageContext<EvaluateStage>,
    private readonly database: Database,
    private readonly candidates: readonly Candidate[],
    private readonly data: StoredDataset,
    private readonly wanted: WantedMetrics,
    private readonly task: Task,
  ) {
    this.threshold = context.stage.threshold ?? 0.5;
  }

  async run(): Promise<StageResult> {
    const { context, candidates, data } = this;
    const { choice } = this.wanted;
    const validation = await this.validate();
    const bestIndex = validation
      ? chooseBest(
          candidates.map(({ name }, i) => ({
            name,
            predictions: validation.predictions[i]!,
            value: validation.measured[i]!.metrics[choice.name],
          })),
          choice,
          context,
        )
      : 0;
    const best = candidates[bestIndex]!;
    const test = await this.test(best);
    const explanations = await this.explain(best);
    const gates = test ? checkGates(context.stage, test.measured.metrics, test.fairness) : this.refuseUntested();
    const evaluation: Evaluation = {
      format: 1,
      task: this.task,
      ...(data.dataset.target?.classes && { classes: data.dataset.target.classes }),
      best: best.name,
      'chosen-by': { metric: choice.name, split: 'validation' },
      ...(this.task === 'binary' && { threshold: this.threshold }),
      candidates: candidates.map(({ name, info, onnx }, i) => ({
        name,
        kind: info.kind,
        bytes: onnx.length,
        splits: {
          ...(validation && { validation: validation.measured[i]! }),
          ...(i === bestIndex && test && { test: test.measured }),
        },
        ...(explanations.has(name) && { explanation: explanations.get(name)! }),
      })),
      gates: gates.map(({ metric, value, bound, passed }) => ({ metric, value, bound, passed })),
      ...(test?.fairness && { fairness: test.fairness }),
      ...(test && { 'looks-at-test': test.looks }),
    };
    const text = `${JSON.stringify(evaluation, null, 1)}\n`;
    const failed = gates.filter(({ passed }) => !passed);
    if (failed.length > 0) throw await this.gateFailed(failed, gates, evaluation, text);
    await writeFile(join(context.output, 'evaluation.json'), text);
    const metrics = this.headline(validation?.measured[bestIndex], test?.measured);
    await this.saveBest(best, validation?.measured[bestIndex], test?.measured);
    context.progress(1);
    return {
      metrics,
      summary: this.summarise(best, validation?.measured[bestIndex], test?.measured),
      outputs: { best: ['best'] },
    };
  }

  private rowsOf(split: SplitName): number {
    return this.data.dataset.splits[split]?.rows ?? 0;
  }

  /** All candidates on the validation split; undefined when it has no rows and there is nothing to choose. */
  private async validate(): Promise<{ predictions: Predictions[]; measured: Measured[] } | undefined> {
    const { context, candidates } = this;
    if (this.rowsOf('validation') === 0) {
      if (candidates.length === 1) return undefined;
      throw new UserError({
        code: 'validation-split-empty',
        message: 'No row is in the validation split, so there is nothing to choose the best of several candidates on.',
        hint:
          (this.data.dataset.splits['train']?.rows ?? 0) + this.rowsOf('test') < TINY
            ? 'The data has very few rows: collect more, or evaluate one candidate only.'
            : 'Give the data stage one (`split: {train: 0.7, validation: 0.15, test: 0.15}`), or evaluate one candidate only.',
        path: ['candidates'],
      });
    }
    context.progress(0, 'predicting the validation split');
    const predictions = await this.predict('validation', candidates, (fraction) => context.progress(fraction * 0.4));
    const measured: Measured[] = [];
    for (const [i, { name }] of candidates.entries()) {
      context.signal.throwIfAborted();
      context.progress(0.4 + (0.3 * i) / candidates.length, `measuring ${name}`);
      measured.push(this.measure('validation', predictions[i]!));
      await pause();
    }
    return { predictions, measured };
  }

  /** The best on the test split. */
  private async test(
    best: Candidate,
  ): Promise<{ measured: Measured; fairness: FairnessReport[] | undefined; looks: number } | undefined> {
    const { context, data } = this;
    const rows = this.rowsOf('test');
    if (rows === 0) return undefined;
    const looks = await this.look(best);
    context.progress(0.7, `measuring ${best.name} on the test split`);
    const [predictions] = await this.predict('test', [best], (fraction) => context.progress(0.7 + fraction * 0.15));
    const measured = this.measure('test', predictions!);
    if (rows < FEW_ROWS)
      this.warn(
        'test-split-small',
        `The test split has only ${rows} ${rows === 1 ? 'row' : 'rows'}: its figures are rough (see the intervals).`,
        'Give it a larger share in the data stage, or collect more rows.',
      );
    const undefinedOnes = this.wanted.names.filter((name) => measured.metrics[name] === undefined);
    if (undefinedOnes.length > 0)
      this.warn(
        'metric-undefined',
        `${undefinedOnes.join(', ')} can't be computed on the test split${undefinedOnes.includes('auc') ? ': not every class occurs in it' : ''}.`,
        'Stratify the split by the target (`split: {stratify: …}`) and give the test split more rows; a class of one or two rows can be in one or two splits only.',
        ['metrics'],
      );
    context.progress(0.86, 'comparing groups');
    const { fairness: asked } = context.stage;
    const fairness =
      asked && (await fairnessOf(this.database, join(data.folder, 'test.parquet'), asked.attributes, predictions!));
    for (const report of fairness ?? []) {
      const small = smallGroups(report);
      if (small !== undefined)
        this.warn('group-small', small, 'Widen the test split, or read the intervals of the rates.', [
          'fairness',
          'attributes',
        ]);
    }
    return { measured, fairness, looks };
  }

  /** What the best looks at, or all do; on the test split only the best, which alone may see it. */
  private async explain(best: Candidate): Promise<ReadonlyMap<string, Explanation>> {
    const { context, candidates, database, data, threshold } = this;
    const { explain: asked = {} } = context.stage;
    const found = new Map<string, Explanation>();
    if (asked === 'none') return found;
    const wanted = asked.on ?? 'validation';
    const split = this.rowsOf(wanted) > 0 ? wanted : wanted === 'test' ? 'validation' : 'test';
    if (this.rowsOf(split) === 0) return found;
    for (const candidate of asked.of === 'all' && split === 'validation' ? candidates : [best]) {
      context.progress(0.9, `asking what ${candidate.name} looks at`);
      const options = { context, database, data, split, metric: this.wanted.explained, threshold };
      const explanation = await explain(candidate, options);
      if (explanation) found.set(candidate.name, explanation);
      await pause();
    }
    return found;
  }

  private async look(best: Candidate): Promise<number> {
    const { context, data } = this;
    const looks = await noteLook(context.store, join(data.folder, 'test.parquet'), {
      pipeline: context.pipeline.name,
      stage: context.name,
      what: sha256(canonicalJson({ model: best.hash, threshold: this.threshold })),
      run: context.run,
    });
    if (looks.total > MOST_LOOKS)
      this.warn(
        'test-split-worn',
        `This is one of ${looks.total} different models judged on this test split. The more are, the more its figures flatter.`,
        'For a figure to publish, draw a new split (`split: {seed: …}`) or collect fresh rows.',
      );
    return looks.ofStage;
  }

  private predict(
    split: SplitName,
    candidates: readonly Candidate[],
    onProgress: (fraction: number) => void,
  ): Promise<Predictions[]> {
    const { signal } = this.context;
    return predictSplit(this.database, this.data, split, candidates, { threshold: this.threshold, signal, onProgress });
  }

  private measure(split: SplitName, predictions: Predictions): Measured {
    return measure(this.wanted.names, predictions, `${this.context.seed}/${split}`);
  }

  private warn(code: string, message: string, hint: string, path?: (string | number)[]): void {
    this.context.log('warning', message, { code, hint, ...(path && { path }) });
  }

  /** Without a test split there is no gate to pass, so requirements can't be kept. */
  private refuseUntested(): PlacedGate[] {
    const { require, fairness } = this.context.stage;
    const path = require !== undefined ? ['require'] : fairness !== undefined ? ['fairness'] : undefined;
    if (path !== undefined) {
      throw new UserError({
        code: 'test-split-empty',
        message: `The data has no test split, on which \`${path[0]}\` is checked.`,
        hint: 'Give the data stage one: `split: {train: 0.7, validation: 0.15, test: 0.15}`.',
        path,
      });
    }
    this.warn(
      'test-split-empty',
      'The data has no test split, so nothing tells how the model does on rows it was not chosen on.',
      'Give the data stage one: `split: {train: 0.7, validation: 0.15, test: 0.15}`.',
    );
    return [];
  }

  private headline(validation: Measured | undefined, test: Measured | undefined): Record<string, number> {
    const chosen = validation?.metrics[this.wanted.choice.name];
    return {
      ...test?.metrics,
      ...(chosen !== undefined && { [`validation/${this.wanted.choice.name}`]: chosen }),
    };
  }

  private summarise({ name }: Candidate, validation: Measured | undefined, test: Measured | undefined): string {
    const metric = this.wanted.choice.name;
    const values = Object.entries({ validation, test }).flatMap(([split, measured]) => {
      const value = measured?.metrics[metric];
      return value === undefined ? [] : [`${shown(value)} on ${split}`];
    });
    const who = this.candidates.length > 1 ? `${name} is best of ${this.candidates.length}` : name;
    return values.length > 0 ? `${who}: ${metric} ${values.join(', ')}` : who;
  }

  /** The chosen model folder, with what was measured of it. */
  private async saveBest(
    { folder, info }: Candidate,
    validation: Measured | undefined,
    test: Measured | undefined,
  ): Promise<void> {
    const target = join(this.context.output, 'best');
    const description = join(folder, 'model.json');
    await cp(folder, target, { recursive: true, filter: (source) => source !== description });
    const onValidation = Object.entries(validation?.metrics ?? {}).map(([name, value]): [string, number] => [
      `validation/${name}`,
      value,
    ]);
    const measured: ModelInfo = {
      ...info,
      ...(this.task === 'binary' && { threshold: this.threshold }),
      metrics: { ...info.metrics, ...Object.fromEntries(onValidation), ...test?.metrics },
    };
    await writeFile(join(target, 'model.json'), `${JSON.stringify(measured, null, 2)}\n`);
  }

  /** A failed stage leaves no artifact: the table is in the error, the whole evaluation in the run's folder. */
  private async gateFailed(
    failed: readonly PlacedGate[],
    gates: readonly PlacedGate[],
    evaluation: Evaluation,
    text: string,
  ): Promise<UserError> {
    const { store, run, name } = this.context;
    await keepReport(store, run, name, 'evaluation.json', text);
    return gateError(evaluation, failed, gates, `runs/${run}/reports/${name}.evaluation.json`);
  }
}

/** Lets messages and a cancellation through between two long computations. */
function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import type { ModelInfo } from '../../schemas/generated/types';
import { Random } from '../statistics/random';
import { Reservoir } from '../statistics/sketch';
import type { KnownFeedback } from '../store/feedback';
import { eachRequest, type LoggedRequest, type RequestWindow } from '../store/requests';
import type { Binner } from './binner';
import type { Measures } from './measures';
import { actualOf, type LabelledRow } from './performance';
import {
  categoriesOf,
  type ColumnCounter,
  type ColumnProfile,
  type ColumnReading,
  counterOf,
  type TableProfile,
} from './profile';
import { mostTexts } from './rest';
import { addScore, WindowCounter } from './windows';

/** What a deployed model was asked in a window, counted. */
export interface RequestProfile {
  readonly table: TableProfile;
  /** What it answered; undefined when nothing was logged. */
  readonly prediction: ColumnProfile | undefined;
  /** Columns in the log that nobody asked for. */
  readonly foreign: readonly string[];
  /** Lines that could not be read. */
  readonly skipped: number;
  readonly from?: string;
  readonly to?: string;
  /** Of a window without requests: when the last one before it came, where that is known. */
  readonly latest?: string;
  /** Requests met twice; they count once. */
  readonly duplicates?: number;
  /** Requests, not rows. */
  readonly requests?: number;
  /** Parts of the window over time. */
  readonly windows?: WindowCounter;
  /** Some of the rows, as raw values in the order of the watched columns. */
  readonly sample?: readonly (readonly unknown[])[];
  readonly labelled?: readonly LabelledRow[];
  /** Outcomes of requests that are not in the window. */
  readonly unmatched?: readonly string[];
  /** Labels that are no class of the model. */
  readonly strange?: number;
  /** Requests with the id of an earlier one whose outcome is known. */
  readonly reused?: number;
  /** Rows of a log that are ahead of our clock, and those without a time; they are left out. */
  readonly future?: number;
  readonly undated?: number;
}

/** What more than counts is wanted of the requests. */
export interface RequestPass {
  /** Watched columns, in the order of `binners`; the predictions may come last. */
  readonly names: readonly string[];
  readonly binners: readonly Binner[];
  /** Hours of a part; chosen here unless given. */
  readonly each?: number | undefined;
  readonly feedback?: KnownFeedback | undefined;
  /** Columns of a log of elsewhere that are not watched, but that slices or the figure of the labelled rows need; null where their type is not known. */
  readonly extras?: Readonly<Record<string, ColumnReading | null>> | undefined;
  readonly seed: number;
  /** Columns of the reference, and its predictions: their categories are counted each, however many there are. */
  readonly reference?: Readonly<Record<string, ColumnProfile>> | undefined;
  readonly prediction?: ColumnProfile | undefined;
  /** Counts free texts and images. */
  readonly measures?: Measures | undefined;
  /** Bins of what is measured of them; they come after `binners` in the parts of a window, after `names` in the sampled rows. */
  readonly measured?: readonly MeasuredBins[];
  /** Bins of how large the files of images are; they come after those of `measured` in the parts of a window, and in no row. */
  readonly sizes?: readonly MeasuredBins[];
}

export interface MeasuredBins {
  /** Of the measure: `note.length`. */
  readonly name: string;
  /** Without bins only rows are wanted. */
  readonly binner?: Binner;
}

/** Rows that are kept for slices and the domain classifier. */
export const SAMPLED_ROWS = 20_000;
/** Ids that are remembered to find requests that were logged twice. */
const REMEMBERED_IDS = 2_000_000;

/**
 * Reads a target's request log into profiles, request by request: in memory are distinct values, not rows. A column that a request
 * did not log (it was redacted then) is neither there nor missing in its rows.
 *
 * @param window `last` counts rows exactly, the oldest request may be taken in part
 */
export async function profileRequests(
  store: string,
  target: string,
  window: RequestWindow,
  readings: Readonly<Record<string, ColumnReading>>,
  model: Pick<ModelInfo, 'task' | 'classes' | 'threshold'> | undefined,
  pass?: RequestPass,
): Promise<RequestProfile> {
  const { last, ...span } = window;
  // What is logged while this runs belongs to the next report.
  const until = span.until ?? new Date();
  let toSkip = last === undefined ? 0 : (await countRows(store, target, { ...span, until })) - last;
  const counters = new Map<string, ColumnCounter>();
  const foreign = new Set<string>();
  const predicted = model && counterOf(predictionReading(model), categoriesOf(pass?.prediction));
  const most = mostTexts(Object.values(readings).filter(({ type }) => type === 'text').length);
  const collector = pass && new Collector(pass, model);
  const metBefore = meeting();
  let [rows, requests, duplicates] = [0, 0, 0];
  let from: string | undefined;
  let to: string | undefined;
  const skipped = await eachRequest(store, target, { ...span, until }, (request) => {
    if (metBefore(request)) {
      duplicates++;
      return;
    }
    const start = Math.max(0, Math.min(toSkip, request.rows));
    toSkip -= request.rows;
    if (start === request.rows && request.rows > 0) return;
    requests++;
    // Clocks are set back and servers write at the same time: lines need not be in order.
    if (from === undefined || request.time < from) from = request.time;
    if (to === undefined || request.time > to) to = request.time;
    rows += request.rows - start;
    const measured = pass?.measures?.take(request.inputs, start) ?? {};
    for (const [name, values] of Object.entries(request.inputs)) {
      const reading = Object.hasOwn(readings, name) ? readings[name] : undefined;
      if (reading === undefined && pass?.measures?.isMine(name) === true) continue;
      if (reading === undefined) {
        foreign.add(name);
        continue;
      }
      let counter = counters.get(name);
      if (counter === undefined) {
        const { reference = {} } = pass ?? {};
        const kept = categoriesOf(Object.hasOwn(reference, name) ? reference[name] : undefined);
        counters.set(name, (counter = counterOf(reading, kept, most)));
      }
      for (let i = start; i < values.length; i++) counter.add(values[i]);
    }
    if (predicted !== undefined && model !== undefined)
      for (let i = start; i < request.rows; i++) predicted.add(answerOf(request, i, model));
    collector?.take(request, start, measured);
  });
  return {
    table: {
      rows,
      columns: {
        ...Object.fromEntries([...counters].map(([name, counter]) => [name, counter.profile()])),
        ...pass?.measures?.profiles(),
      },
    },
    prediction: rows > 0 ? predicted?.profile() : undefined,
    foreign: [...foreign].sort(),
    skipped,
    duplicates,
    requests,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...collector?.result(),
  };
}

export function binsOf(measured: readonly MeasuredBins[] = []): Binner[] {
  return measured.flatMap(({ binner }) => binner ?? []);
}

/** Gathers what needs whole rows: parts over time, a sample, and the rows whose outcome is known. */
class Collector {
  readonly #windows: WindowCounter;
  readonly #sample: Reservoir<readonly unknown[]>;
  readonly #labelled: LabelledRow[] = [];
  readonly #watched: number;
  readonly #matched = new Set<string>();
  #strange = 0;
  #reused = 0;

  constructor(
    private readonly pass: RequestPass,
    private readonly model: Pick<ModelInfo, 'task' | 'classes' | 'threshold'> | undefined,
  ) {
    this.#windows = new WindowCounter([...pass.binners, ...binsOf(pass.measured), ...binsOf(pass.sizes)], pass.each);
    this.#sample = new Reservoir(SAMPLED_ROWS, new Random(pass.seed).fork('requests'));
    // Without bins (of an accepted reference) only rows are wanted.
    this.#watched = Math.min(pass.names.length, pass.binners.length);
  }

  take(request: LoggedRequest, start: number, measures: Readonly<Record<string, readonly unknown[]>>): void {
    const { names, binners, feedback, measured = [], sizes = [] } = this.pass;
    const after = binners.length + binsOf(measured).length;
    const { model } = this;
    const time = Date.parse(request.time);
    if (Number.isNaN(time)) return;
    const part = this.#windows.part(time);
    let told = feedback?.requests.get(request.id);
    if (told !== undefined && this.#matched.has(request.id)) {
      // A client used the id again. Nobody knows which request is meant; retraining takes the first one, too.
      this.#reused++;
      told = undefined;
    }
    const known = told?.actual;
    if (known !== undefined) this.#matched.add(request.id);
    part.rows += request.rows - start;
    const given = (name: string) => (Object.hasOwn(request.inputs, name) ? request.inputs[name] : undefined);
    const columns = [...names.map(given), ...measured.map(({ name }) => measures[name])];
    for (let i = start; i < request.rows; i++) {
      const values = columns.map((column) => column?.[i]);
      for (let column = 0; column < this.#watched; column++)
        if (columns[column] !== undefined) this.#windows.add(part, column, values[column]);
      measured.forEach(({ binner }, k) => {
        const at = names.length + k;
        if (binner && columns[at] !== undefined) this.#windows.add(part, binners.length + k, values[at]);
      });
      // A client that sends pixels has no file: no size is missing then.
      sizes.forEach(({ name }, k) => {
        const value = request.inputs[name]?.[i] ?? null;
        if (value !== null) this.#windows.add(part, after + k, value);
      });
      if (model !== undefined) {
        const answer = answerOf(request, i, model);
        if (binners.length > this.#watched) this.#windows.add(part, this.#watched, answer);
        if (model.task === 'binary') addScore(part, Number(answer), model.threshold ?? 0.5);
        else if (model.task === 'multiclass')
          part.confidence = (part.confidence ?? 0) + Math.max(...(request.outputs.probabilities?.[i] ?? [NaN]));
        const actual = known?.[i];
        if (actual !== undefined) this.label(request, i, time, { actual, value: told?.value }, model);
      }
      this.#sample.add(values);
    }
  }

  private label(
    request: LoggedRequest,
    row: number,
    time: number,
    told: { readonly actual: unknown; readonly value: number | undefined },
    model: Pick<ModelInfo, 'task' | 'classes'>,
  ): void {
    const actual = actualOf(told.actual, model);
    const answer =
      model.task === 'regression' ? [request.outputs.prediction?.[row] ?? NaN] : request.outputs.probabilities?.[row];
    if (actual === undefined) this.#strange++;
    else if (answer !== undefined)
      this.#labelled.push({
        time,
        actual,
        answer,
        ...(told.value !== undefined && { value: told.value }),
        inputs: Object.fromEntries(Object.entries(request.inputs).map(([name, values]) => [name, values[row]])),
      });
  }

  result(): Partial<RequestProfile> {
    const asked = this.pass.feedback?.requests.keys() ?? [];
    return {
      windows: this.#windows,
      sample: this.#sample.items,
      labelled: this.#labelled,
      unmatched: [...asked].filter((id) => !this.#matched.has(id)),
      strange: this.#strange,
      reused: this.#reused,
    };
  }
}

/** Whether a line was met before. A client may use an id again; a line that stands there twice has its time, too. */
function meeting(): (request: LoggedRequest) => boolean {
  const met = new Set<string>();
  return ({ time, id }) => {
    const line = `${time} ${id}`;
    if (met.has(line)) return true;
    if (met.size < REMEMBERED_IDS) met.add(line);
    return false;
  };
}

async function countRows(store: string, target: string, span: Omit<RequestWindow, 'last'>): Promise<number> {
  let rows = 0;
  const metBefore = meeting();
  await eachRequest(store, target, span, (request) => {
    if (!metBefore(request)) rows += request.rows;
  });
  return rows;
}

/** What is compared of predictions: P(positive) of two classes, the class of more, the value of a regression. */
export function predictionReading({ task }: Pick<ModelInfo, 'task'>): ColumnReading {
  return task === 'multiclass' ? { type: 'text' } : { type: 'number', float32: true };
}

/** The compared prediction of one row; undefined when the line does not hold it. Lines come from outside, so anything may be in them. */
function answerOf(
  { outputs }: LoggedRequest,
  row: number,
  { task, classes }: Pick<ModelInfo, 'task' | 'classes'>,
): unknown {
  if (task === 'regression') return outputs.prediction?.[row];
  if (task === 'binary') return outputs.probabilities?.[row]?.[1];
  const label = outputs.label?.[row];
  return label === undefined ? undefined : className(classes, label);
}

/** A value that a grid rounds may end up a little beside it. */
export function isProbability(value: number): boolean {
  return value >= -0.01 && value <= 1.01;
}

export function className(classes: ModelInfo['classes'], label: number): string {
  return String(classes?.[label] ?? label);
}

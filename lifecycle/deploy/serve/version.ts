import type { VersionTraffic } from '../../store/live';
import type { Answered } from './answer';
import { rowsWriter, writesAscii } from './answer';
import { type LogMode, RequestLog, type LogWriter } from './log';
import type { Counter, Histogram, MetricsTable } from './metrics';
import type { ServedModel } from './model';
import type { Asked } from './v2';

const LATENCY = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const INFERENCE = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
const BATCH = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096];
/** Seconds that the figures of {@link Traffic} look back. */
const BACK = 60;
const LATENCIES = 512;

export interface LogSettings {
  readonly log: LogMode;
  /** Share of the requests that the mode `sample` keeps. */
  readonly sample: number;
  readonly redact: readonly string[];
  /** Whether columns that the data stage marks as sensitive are logged. */
  readonly sensitive: boolean;
}

/** One loaded version of a model with everything that belongs to it: its log, its writer, its figures. */
export class ServedVersion {
  readonly model: ServedModel;
  /** Of the version, as headers have it. */
  readonly number: string;
  readonly write: (answer: Answered) => string;
  /** Whether what {@link write} gives is ASCII. */
  readonly ascii: boolean;
  inFlight = 0;
  #log: RequestLog;
  readonly #writer: LogWriter;
  readonly #rows: Counter;
  readonly #answered: Counter;
  readonly #failed: Counter;
  readonly #seconds: Histogram;
  readonly #slots = Array.from({ length: BACK }, () => ({ second: 0, requests: 0, errors: 0 }));
  readonly #latencies = new Float32Array(LATENCIES);
  #seen = 0;

  constructor(model: ServedModel, settings: LogSettings, writer: LogWriter, metrics: MetricsTable) {
    this.model = model;
    this.number = String(model.version);
    this.write = rowsWriter(model.info, model.name, model.version);
    this.ascii = writesAscii(model.info, model.name);
    this.#writer = writer;
    this.#log = new RequestLog(writer, model, redacting(model, settings));
    const labels = labelsOf(model);
    const outcomes = (outcome: string) =>
      metrics.counter('lifecycle_predictions_total', 'Requests that a version was asked, by outcome.', {
        ...labels,
        outcome,
      });
    this.#rows = metrics.counter('lifecycle_rows_total', 'Rows predicted.', labels);
    this.#answered = outcomes('answered');
    this.#failed = outcomes('failed');
    this.#seconds = metrics.histogram(
      'lifecycle_prediction_seconds',
      'Seconds from a version being asked to its answer, waiting included.',
      LATENCY,
      labels,
    );
  }

  /** Log settings may change while the model stays. */
  logAs(settings: LogSettings): void {
    this.#log = new RequestLog(this.#writer, this.model, redacting(this.model, settings));
  }

  /** A request was answered with this version's predictions. */
  answered(id: string, asked: Asked, answer: Answered, seconds: number): void {
    this.#rows.add(asked.rows);
    this.#answered.add();
    this.#seconds.observe(seconds);
    this.#latencies[this.#seen++ % LATENCIES] = seconds;
    this.#slot().requests++;
    this.#log.add(id, asked, answer);
  }

  failed(): void {
    this.#failed.add();
    const slot = this.#slot();
    slot.requests++;
    slot.errors++;
  }

  traffic(): Omit<VersionTraffic, 'model' | 'version' | 'share'> {
    const now = Math.floor(Date.now() / 1000);
    let [requests, errors] = [0, 0];
    for (const slot of this.#slots) {
      if (slot.second <= now - BACK) continue;
      requests += slot.requests;
      errors += slot.errors;
    }
    const kept = this.#latencies.slice(0, Math.min(this.#seen, LATENCIES)).sort();
    const quantile = (q: number) => Math.round((kept[Math.floor(q * kept.length)] ?? 0) * 1e5) / 100;
    return {
      perSecond: Math.round((requests / BACK) * 100) / 100,
      requests,
      errors,
      ...(kept.length > 0 && { p50: quantile(0.5), p95: quantile(0.95) }),
    };
  }

  #slot() {
    const second = Math.floor(Date.now() / 1000);
    const slot = this.#slots[second % BACK] as { second: number; requests: number; errors: number };
    if (slot.second !== second) {
      slot.second = second;
      slot.requests = slot.errors = 0;
    }
    return slot;
  }
}

function redacting({ info }: ServedModel, settings: LogSettings): LogSettings {
  if (settings.sensitive) return settings;
  const marked = info.inputs.flatMap(({ name, sensitive }) => (sensitive === true ? [name] : []));
  return { ...settings, redact: [...settings.redact, ...marked] };
}

/** Told of each run of a version's model. */
export function ranInto(
  metrics: MetricsTable,
  version: { readonly name: string; readonly version: number },
): (rows: number, requests: number, seconds: number) => void {
  const labels = labelsOf(version);
  const rows = metrics.histogram('lifecycle_batch_rows', 'Rows in one run of the model.', BATCH, labels);
  const inference = metrics.histogram(
    'lifecycle_inference_seconds',
    'Seconds of one run of the model.',
    INFERENCE,
    labels,
  );
  return (count, _requests, seconds) => {
    rows.observe(count);
    inference.observe(seconds);
  };
}

export function labelsOf({ name, version }: { readonly name: string; readonly version: number }) {
  return { model: name, version: String(version) };
}

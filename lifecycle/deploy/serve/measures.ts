import type { LogWriter } from './log';
import { type Counter, type Histogram, type MetricsTable } from './metrics';
import type { Endpoint } from './paths';
import type { Trial } from './trial';
import { labelsOf, type ServedVersion } from './version';

const LATENCY = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What is looked at whenever Prometheus asks. */
interface Served {
  readonly ready: boolean;
  readonly versions: readonly ServedVersion[];
  readonly trial: Trial | undefined;
  shareOf(version: ServedVersion): number;
}

/** The server's own measures in `/metrics`; those of a version are its own. */
export class Measures {
  /** Outcomes that came back. */
  readonly outcomes: Counter;
  readonly #metrics: MetricsTable;
  readonly #endpoints = new Map<Endpoint, { readonly codes: Map<number, Counter>; readonly seconds: Histogram }>();

  constructor(
    metrics: MetricsTable,
    served: Served,
    { log, inFlight }: { readonly log: LogWriter; readonly inFlight: () => number },
  ) {
    this.#metrics = metrics;
    this.outcomes = metrics.counter('lifecycle_feedback_total', 'Outcomes that came back.');
    metrics.gauge('lifecycle_requests_in_flight', 'Requests being answered.', inFlight);
    metrics.gauges('lifecycle_rows_waiting', 'Rows waiting for the model.', () =>
      served.versions.map(({ model }) => [labelsOf(model), model.waitingRows()]),
    );
    metrics.gauge('lifecycle_ready', 'Whether predictions are given.', () => (served.ready ? 1 : 0));
    metrics.gauges('lifecycle_model_info', 'The versions that are loaded.', () =>
      served.versions.map(({ model }) => [{ ...labelsOf(model), digest: model.digest }, 1]),
    );
    metrics.gauges('lifecycle_traffic_share', 'Share of the requests to a model that a version answers.', () =>
      served.versions.map((version) => [labelsOf(version.model), served.shareOf(version)]),
    );
    metrics.gauges('lifecycle_mirrored_rows_total', 'Rows that both versions of a roll-out were asked.', () => {
      const { trial } = served;
      return trial ? [[labelsOf(trial.candidate.model), trial.controller.pairs.rows]] : [];
    });
    const counted = (name: string, help: string, read: () => number) => metrics.gauge(name, help, read, 'counter');
    counted('lifecycle_request_log_lines_total', 'Requests written to the log.', () => log.written);
    counted('lifecycle_request_log_dropped_total', 'Requests the log could not take.', () => log.dropped);
    counted('process_cpu_seconds_total', 'Processor time used.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
    metrics.gauge('process_resident_memory_bytes', 'Memory used.', () => process.memoryUsage.rss());
    const started = Date.now() / 1000 - process.uptime();
    metrics.gauge('process_start_time_seconds', 'When the server began.', () => Math.round(started * 1000) / 1000);
  }

  /** @param code the status that was answered with */
  answered(endpoint: Endpoint, code: number, seconds: number): void {
    let known = this.#endpoints.get(endpoint);
    if (known === undefined) {
      const labels = { endpoint };
      const histogram = this.#metrics.histogram(
        'lifecycle_request_seconds',
        'Seconds until the answer.',
        LATENCY,
        labels,
      );
      this.#endpoints.set(endpoint, (known = { codes: new Map(), seconds: histogram }));
    }
    let counter = known.codes.get(code);
    if (counter === undefined) {
      const labels = { endpoint, code: String(code) };
      counter = this.#metrics.counter('lifecycle_requests_total', 'Requests answered.', labels);
      known.codes.set(code, counter);
    }
    counter.add();
    known.seconds.observe(seconds);
  }
}

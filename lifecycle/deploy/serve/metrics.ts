/** Figures of a server in the text format of Prometheus (0.0.4). Updating one costs an addition. */

export type Labels = Readonly<Record<string, string>>;

/** A figure that only grows. */
export class Counter {
  value = 0;
  add(amount = 1): void {
    this.value += amount;
  }
}

/** A distribution over fixed upper bounds. */
export class Histogram {
  readonly counts: number[];
  sum = 0;
  constructor(readonly bounds: readonly number[]) {
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let i = 0;
    while (i < this.bounds.length && value > (this.bounds[i] ?? Infinity)) i++;
    this.counts[i] = (this.counts[i] ?? 0) + 1;
    this.sum += value;
  }
}

interface Family<T> {
  readonly name: string;
  readonly help: string;
  readonly members: Map<string, { labels: Labels; metric: T }>;
}

/** The figures by name and labels. */
export class MetricsTable {
  readonly #counters = new Map<string, Family<Counter>>();
  readonly #histograms = new Map<string, Family<Histogram>>();
  readonly #gauges: {
    name: string;
    help: string;
    type: 'gauge' | 'counter';
    read: () => readonly (readonly [Labels, number])[];
  }[] = [];

  counter(name: string, help: string, labels: Labels = {}): Counter {
    return member(this.#counters, name, help, labels, () => new Counter());
  }

  histogram(name: string, help: string, bounds: readonly number[], labels: Labels = {}): Histogram {
    return member(this.#histograms, name, help, labels, () => new Histogram(bounds));
  }

  /** A figure that is looked up when the figures are read. */
  gauge(name: string, help: string, read: () => number, type: 'gauge' | 'counter' = 'gauge'): void {
    this.gauges(name, help, () => [[{}, read()]], type);
  }

  gauges(
    name: string,
    help: string,
    read: () => readonly (readonly [Labels, number])[],
    type: 'gauge' | 'counter' = 'gauge',
  ): void {
    this.#gauges.push({ name, help, type, read });
  }

  render(): string {
    const lines: string[] = [];
    const head = (name: string, help: string, type: string) =>
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const { name, help, members } of this.#counters.values()) {
      head(name, help, 'counter');
      for (const { labels, metric } of members.values()) lines.push(`${name}${show(labels)} ${metric.value}`);
    }
    for (const { name, help, members } of this.#histograms.values()) {
      head(name, help, 'histogram');
      for (const { labels, metric } of members.values()) {
        let total = 0;
        metric.counts.forEach((count, i) => {
          total += count;
          lines.push(`${name}_bucket${show({ ...labels, le: String(metric.bounds[i] ?? '+Inf') })} ${total}`);
        });
        lines.push(`${name}_sum${show(labels)} ${metric.sum}`, `${name}_count${show(labels)} ${total}`);
      }
    }
    for (const { name, help, type, read } of this.#gauges) {
      head(name, help, type);
      for (const [labels, value] of read()) lines.push(`${name}${show(labels)} ${value}`);
    }
    return lines.join('\n') + '\n';
  }
}

function member<T>(families: Map<string, Family<T>>, name: string, help: string, labels: Labels, make: () => T): T {
  let family = families.get(name);
  if (family === undefined) families.set(name, (family = { name, help, members: new Map() }));
  const key = show(labels);
  let found = family.members.get(key);
  if (found === undefined) family.members.set(key, (found = { labels, metric: make() }));
  return found.metric;
}

function show(labels: Labels): string {
  const pairs = Object.entries(labels);
  if (pairs.length === 0) return '';
  const escape = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `{${pairs.map(([name, value]) => `${name}="${escape(value)}"`).join(',')}}`;
}

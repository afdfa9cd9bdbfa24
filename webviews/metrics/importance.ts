import type { Table, Value } from '../../lifecycle/query';

export interface Importance {
  readonly name: string;
  /** 0…1: squared Spearman correlation of numbers, correlation ratio of the ranks of the metric (ε²) for words. */
  readonly importance: number;
  /** 1 or −1 for numbers, 0 for words. */
  readonly direction: number;
  readonly count: number;
}

/** Runs of which there must be so many before anything is said. */
const LEAST = 4;

/** How much each parameter, by itself, has to do with a metric over the runs; the most telling first. */
export function importances(table: Table, metric: string, parameters: readonly string[]): Importance[] {
  return parameters
    .flatMap((name): Importance[] => {
      const pairs = table.rows.flatMap(({ values }): { x: Value; y: number }[] => {
        const [x, y] = [values[name], values[metric]];
        return x === undefined || typeof y !== 'number' || !Number.isFinite(y) ? [] : [{ x, y }];
      });
      if (pairs.length < LEAST || new Set(pairs.map(({ x }) => x)).size < 2) return [];
      const y = ranks(pairs.map((pair) => pair.y));
      if (pairs.every((pair) => typeof pair.x === 'number')) {
        const r = pearson(ranks(pairs.map((pair) => pair.x as number)), y);
        return [{ name, importance: r * r, direction: Math.sign(r), count: pairs.length }];
      }
      return [
        {
          name,
          importance: correlationRatio(
            pairs.map((pair) => String(pair.x)),
            y,
          ),
          direction: 0,
          count: pairs.length,
        },
      ];
    })
    .sort((a, b) => b.importance - a.importance);
}

/** Ranks from 1, equal values share the mean of theirs. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const found = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] ?? 0] === values[order[from] ?? 0]) to++;
    for (let at = from; at <= to; at++) found[order[at] ?? 0] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return found;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function pearson(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  x.forEach((value, index) => {
    const [dx, dy] = [value - mx, (y[index] ?? 0) - my];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  });
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}

/** Share of the variance that lies between the groups, less what chance gives (ε² of Kelley, 1935), never below 0. */
function correlationRatio(groups: readonly string[], y: readonly number[]): number {
  const all = mean(y);
  const members = new Map<string, number[]>();
  groups.forEach((group, index) => members.set(group, [...(members.get(group) ?? []), y[index] ?? 0]));
  const total = y.reduce((sum, value) => sum + (value - all) ** 2, 0);
  const within = [...members.values()].reduce(
    (sum, values) => sum + values.reduce((part, value) => part + (value - mean(values)) ** 2, 0),
    0,
  );
  const free = y.length - members.size;
  if (total === 0 || free <= 0) return 0;
  return Math.max(0, 1 - within / free / (total / (y.length - 1)));
}

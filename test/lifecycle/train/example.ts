import { Random } from '../../../lifecycle/statistics/random';
import type { Example } from './fixture';

/** Learnable rows: two numbers (one with gaps) and a text. */
export function example(task: Example['task'], rows = 400, gaps = true): Example {
  const random = new Random(3);
  const a = Array.from({ length: rows }, () => Math.fround(random.normal(10, 5)));
  const b = Array.from({ length: rows }, (_, i) => (gaps && i % 10 === 3 ? NaN : Math.fround(random.normal())));
  const kind = Array.from({ length: rows }, () => random.pick(['x', 'y', 'z'])!);
  const score = a.map(
    (value, i) => (value - 10) / 5 + (b[i]! || 0) + (kind[i] === 'x' ? 1 : 0) + random.normal(0, 0.3),
  );
  const labels = score.map((value) =>
    task === 'regression'
      ? 100 * value
      : task === 'binary'
        ? Number(value > 0.3)
        : value < -0.5
          ? 0
          : value < 1
            ? 1
            : 2,
  );
  const classes = task === 'binary' ? ['No', 'Yes'] : task === 'multiclass' ? ['low', 'mid', 'high'] : undefined;
  return {
    numbers: { a, b },
    texts: { kind },
    labels,
    task,
    ...(classes && { classes }),
    trainRows: Math.round(rows * 0.75),
  };
}

import { pack } from '../../extension/panels/pack';
import { tableOf, type RunLine } from '../../lifecycle/store/run-table';
import type { Label } from '../../lifecycle/store/labels';
import type { PackedTable } from '../../webviews/protocol';
import { random } from '../rigs/random';

/** Runs of a tuning as people have them, from a seed. @param settings number of further settings that differ from run to run */
export function runLines(count: number, settings = 6): RunLine[] {
  const next = random(7);
  const kinds = ['linear', 'boosted-trees', 'network'];
  const statuses = ['succeeded', 'succeeded', 'succeeded', 'succeeded', 'failed', 'cancelled', 'lost'];
  return Array.from({ length: count }, (_, index): RunLine => {
    const status = index === 0 ? 'running' : (statuses[Math.floor(next() * statuses.length)] ?? 'failed');
    const quality = 0.5 + 0.45 * next();
    const id = `20261103-${String(235959 - (index % 235959)).padStart(6, '0')}-${index.toString(36).padStart(6, '0')}`;
    return {
      id,
      facts: {
        run: id,
        pipeline: index % 5 === 0 ? 'diamonds' : 'churn',
        status,
        created: Date.UTC(2026, 10, 3) - index * 60_000,
        ...(status === 'running' || status === 'lost' ? {} : { seconds: 3 + 90 * next() }),
        stages: status === 'succeeded' ? '5 of 5' : '2 of 5',
        host: 'atlas',
        file: 'churn.pipeline.yaml',
      },
      parameters: { rate: Number((10 ** (-4 + 3 * next())).toPrecision(3)), seed: 7 },
      settings: {
        'trees.model.kind': kinds[Math.floor(next() * kinds.length)],
        'trees.model.trees': 50 * Math.ceil(next() * 10),
        'trees.model.leaves': 31,
        ...Object.fromEntries(
          Array.from({ length: settings }, (_each, at) => [
            `trees.model.option-${at}`,
            Math.round(next() * 1000) / 1000,
          ]),
        ),
      },
      metrics:
        status === 'succeeded'
          ? {
              'exam.auc': quality,
              'exam.f1': quality - 0.12 * next(),
              'exam.accuracy': quality - 0.05 * next(),
              'trees.validation/log-loss': 1.2 - quality,
              'customers.rows': 7043,
            }
          : {},
    };
  });
}

export function packedRuns(lines: readonly RunLine[], labels = new Map<string, Label>()): PackedTable {
  return pack(tableOf(lines, labels));
}

import assert from 'node:assert/strict';
import { liveSearch } from '../../../lifecycle/report/search';
import { sendable } from '../../../lifecycle/report/detail';
import { stageOutput } from '../../../lifecycle/report/output';
import { applyEvent, newSummary, type RunSummary } from '../../../lifecycle/store/summary';
import type { RunEvent } from '../../../schemas/generated/types';

type Told = Omit<Extract<RunEvent, { type: 'trial' }>, 'time' | 'type' | 'stage'>;

/** A run whose stage `network` searches and has told so much. */
function searching(told: readonly Told[]): RunSummary {
  const time = '2026-11-03T10:15:00.000Z';
  const run = newSummary('20261103-101500-abcdef');
  const stages = [{ name: 'network', kind: 'train', after: [] }];
  const events: RunEvent[] = [
    { format: 1, type: 'run-started', time, run: run.id, pipeline: 'churn', stages },
    { type: 'stage-started', time, stage: 'network', fingerprint: '0'.repeat(64), reason: 'first run' },
    ...told.map((trial): RunEvent => ({ type: 'trial', time, stage: 'network', ...trial })),
  ];
  for (const event of events) applyEvent(run, event);
  return run;
}

const stageOf = (told: readonly Told[]) => searching(told).stages[0]!;

describe('a search that goes on', () => {
  it('is nothing before its first trial', () => {
    assert.equal(liveSearch(stageOf([])), undefined);
  });

  it('is told by its trials: which is best, what was varied, what runs', () => {
    const values = (rate: number, kind: string) => ({ rate, kind });
    const found = liveSearch(
      stageOf([
        { trial: 2, state: 'finished', metric: 'auc', values: values(0.1, 'sgd'), score: 0.8, steps: 30, best: true },
        { trial: 1, state: 'finished', metric: 'auc', values: values(0.001, 'adam'), score: 0.85, best: true },
        { trial: 3, state: 'running', metric: 'auc', values: values(0.01, 'adam') },
        { trial: 3, state: 'failed', metric: 'auc', values: values(0.01, 'adam'), message: 'The loss is not finite.' },
        { trial: 5, state: 'running', metric: 'auc', values: values(0.02, 'adam') },
      ]),
    );
    assert.deepEqual(found, {
      metric: 'auc',
      better: 'higher',
      told: 4,
      best: 1,
      space: [
        { path: 'rate', type: 'number', log: true },
        { path: 'kind', type: 'choice' },
      ],
      trials: [
        { trial: 1, state: 'finished', values: values(0.001, 'adam'), score: 0.85 },
        { trial: 2, state: 'finished', values: values(0.1, 'sgd'), score: 0.8, steps: 30 },
        { trial: 3, state: 'failed', values: values(0.01, 'adam'), error: 'The loss is not finite.' },
        { trial: 5, state: 'running', values: values(0.02, 'adam') },
      ],
    });
  });

  it('sees which way the metric of a program is better by what was beaten', () => {
    const told = (first: number, second: number): Told[] => [
      { trial: 1, state: 'finished', metric: 'cost', values: {}, score: first, best: true },
      { trial: 2, state: 'finished', metric: 'cost', values: {}, score: second },
    ];
    assert.equal(liveSearch(stageOf(told(3, 5)))?.better, 'lower');
    assert.equal(liveSearch(stageOf(told(5, 3)))?.better, 'higher');
    const falling: Told[] = [3, 2, 1].map((score, index) => ({
      trial: index + 1,
      state: 'finished',
      metric: 'cost',
      values: {},
      score,
      best: true,
    }));
    assert.equal(liveSearch(stageOf(falling))?.better, 'lower');
    assert.equal(liveSearch(stageOf(falling))?.best, 3);
  });

  it('stays small when it is long, with every trial that led', async () => {
    const told = Array.from({ length: 9_000 }, (_, index): Told => ({
      trial: index + 1,
      state: 'finished',
      metric: 'auc',
      values: { 'training.optimizer.learning-rate': index / 9_000 },
      score: index === 4_000 ? 0.9 : 0.5,
      ...(index === 0 || index === 4_000 ? { best: true } : {}),
    }));
    const run = searching(told);
    const output = await stageOutput('/nowhere', run, run.stages[0]!, false);
    assert.equal(output.search?.told, 9_000);
    assert.deepEqual(
      output.search.trials.slice(0, 3).map(({ trial }) => trial),
      [1, 4_001, 8_701],
    );
    assert.equal(output.search.best, 4_001);
    assert.ok(sendable(output).length < 100_000);
  });
});

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelInfo, RunEvent, RunRecord, TuneRecord } from '../../../schemas/generated/types';
import { validateEvent, validateRecord, validateRun, validateTune } from '../../../schemas/generated/validators';
import { analyze, plan } from '../../../lifecycle/pipeline';
import { inlineCompute } from '../../../lifecycle/run/compute';
import { rooms } from '../../../lifecycle/run/rooms';
import { runPipeline } from '../../../lifecycle/run/supervisor';
import { outputFolder } from '../../../lifecycle/store/artifacts';
import { findManifest } from '../../../lifecycle/store/cache';
import { readRunLines, tableOf } from '../../../lifecycle/store/run-table';
import { collectGarbage } from '../../../lifecycle/store/gc';
import { listRuns, readRun } from '../../../lifecycle/store/runs';
import { Random } from '../../../lifecycle/statistics/random';
import { freshFolder } from '../../rigs/folder';

/** A search as a whole run, in this process. */
describe('a search in a run', function () {
  this.timeout(120_000);
  const folder = freshFolder();
  const store = () => join(folder(), '.lifecycle');

  function write(train: string, split = '{ train: 0.6, validation: 0.2, test: 0.2 }'): void {
    const random = new Random(3);
    const rows = Array.from({ length: 400 }, () => {
      const [a, b, c] = [random.normal(), random.normal(), random.normal()];
      return `${a},${b},${c},${a * b + 0.5 * c + 0.3 * random.normal() > 0 ? 'yes' : 'no'}`;
    });
    writeFileSync(join(folder(), 'rows.csv'), `a,b,c,y\n${rows.join('\n')}\n`);
    writeFileSync(
      join(folder(), 'x.pipeline.yaml'),
      `lifecycle: 1
pipeline: x
seed: 5
stages:
  rows: { kind: data, source: rows.csv, target: { column: y, positive: "yes" }, split: ${split} }
  model:
    kind: train
    data: rows
${train}
`,
    );
  }

  async function go(
    options: { stopAfter?: number; cores?: number } = {},
  ): Promise<{ record: RunRecord; events: RunEvent[]; tune?: TuneRecord; info?: ModelInfo }> {
    const file = join(folder(), 'x.pipeline.yaml');
    const events: RunEvent[] = [];
    const abort = new AbortController();
    const ordered = plan(analyze(file, readFileSync(file, 'utf8')));
    const record = await runPipeline({
      plan: ordered,
      execute: new Set(ordered.stages.map(({ name }) => name)),
      file,
      root: folder(),
      store: store(),
      rooms,
      compute: inlineCompute(rooms),
      cores: options.cores ?? 2,
      signal: abort.signal,
      onEvent: (event) => {
        events.push(event);
        const done = events.filter((each) => each.type === 'trial' && each.state !== 'running').length;
        if (done === options.stopAfter) abort.abort();
      },
    });
    const manifest = await findManifest(store(), record.stages['model']?.fingerprint ?? '');
    if (manifest === undefined) return { record, events };
    const home = outputFolder(store(), manifest);
    const read = (name: string): unknown => JSON.parse(readFileSync(join(home, name), 'utf8'));
    return {
      record,
      events,
      ...(existsSync(join(home, 'tune.json')) && { tune: read('tune.json') as TuneRecord }),
      info: read('model.json') as ModelInfo,
    };
  }

  const trees = `    model: { kind: boosted-trees, trees: 30, samples-per-leaf: 5 }
    tune:
      trials: 10
      parallel: 2
      space:
        model.learning-rate: { log-uniform: [0.02, 0.5] }
        model.leaves: { log-integer: [2, 30] }`;

  it('tells of its trials, keeps each as a run, and names the best', async () => {
    write(trees);
    const { record, events, tune, info } = await go();
    assert.equal(record.status, 'succeeded');
    assert.ok(tune && validateTune(tune), JSON.stringify(validateTune.errors));
    assert.deepEqual([tune.search, tune.pruning, tune.metric, tune.parallel, tune.most], ['tpe', 'asha', 'auc', 2, 30]);
    assert.equal(tune.trials.length, 10);
    assert.ok(tune.trials.some(({ state }) => state === 'stopped'));
    const best = tune.trials[tune.best! - 1]!;
    assert.equal(best.state, 'finished');
    for (const { state, score } of tune.trials) if (state === 'finished') assert.ok(score! <= best.score!);

    assert.ok(events.every((event) => validateEvent(event)));
    const runs = await listRuns(store());
    assert.deepEqual(
      runs.map(({ id }) => id),
      [record.id],
    );
    const trials = await listRuns(store(), { trialsOf: record.id });
    assert.deepEqual(
      trials.map(({ info: { parent } }) => parent),
      tune.trials.map(({ trial }) => ({ run: record.id, stage: 'model', trial })),
    );
    for (const trial of trials) {
      assert.ok(validateRun(trial.info) && validateRecord(trial.record));
      assert.equal(trial.status, 'succeeded');
    }
    const summary = await readRun(store(), trials[0]!.id);
    assert.ok(summary.stages[0]!.series['validation/loss']!.count > 0);
    // The smallest and the largest value of what was logged are in the record, so that a table of runs need not read the events.
    const { least, greatest } = trials[0]!.record!.stages['model']!.ranges!['validation/loss']!;
    const logged = summary.stages[0]!.series['validation/loss']!.values;
    assert.deepEqual([least, greatest], [Math.min(...logged), Math.max(...logged)]);
    const { lines } = await readRunLines(store(), { trials: true });
    assert.deepEqual(
      lines.map(({ parent }) => parent),
      [undefined, ...trials.map(() => record.id)],
    );
    const { columns, rows } = tableOf(lines, new Map());
    const line = rows[1]!;
    assert.equal(line.parent, record.id);
    assert.equal(line.values['model.model.leaves'], tune.trials[0]!.values['model.leaves']);
    assert.equal(line.values['model.validation/loss.min'], least);
    assert.equal(columns.find(({ name }) => name === 'model.validation/loss.max')?.kind, 'range');
    // Those of trials are kept for who asks for them; others do not see them, and do not throw them away.
    assert.deepEqual((await readRunLines(store())).lines, lines.slice(0, 1));
    assert.deepEqual((await readRunLines(store(), { trials: true })).lines, lines);
    const own = (await readRun(store(), record.id)).stages.find(({ name }) => name === 'model')!;
    assert.deepEqual(
      own.trials!.map((trial) => trial?.run),
      trials.map(({ id }) => id),
    );

    // The model is what its trial was: trained once more, to the same score.
    assert.equal(info!.metrics!['validation/auc'], best.score);
    assert.deepEqual((info!.training as { tune: unknown }).tune, {
      trial: tune.best,
      trials: 10,
      values: best.values,
      steps: tune.steps,
    });
  });

  it('goes on where it was interrupted, and comes to the same', async () => {
    write(trees);
    const whole = await go();
    const kept = store();
    const before = readFileSync(
      join(outputFolder(kept, (await findManifest(kept, whole.record.stages['model']!.fingerprint!))!), 'tune.json'),
    );
    // Another store that knows nothing.
    const { renameSync } = await import('node:fs');
    renameSync(kept, `${kept}-whole`);
    const stopped = await go({ stopAfter: 4 });
    assert.equal(stopped.record.status, 'cancelled');
    const known = readdirSync(join(kept, 'trials')).length;
    assert.ok(known >= 4, String(known));
    const rest = await go();
    assert.equal(rest.record.status, 'succeeded');
    const again = readFileSync(
      join(outputFolder(kept, (await findManifest(kept, rest.record.stages['model']!.fingerprint!))!), 'tune.json'),
    );
    assert.ok(before.equals(again));
    const fresh = await listRuns(kept, { trialsOf: rest.record.id });
    assert.ok(fresh.length <= 10 - 4, `${fresh.length} trials were trained again`);
    // A longer search begins with what the shorter one knows.
    write(trees.replace('trials: 10', 'trials: 12'));
    const longer = await go();
    assert.deepEqual(longer.tune!.trials.slice(0, 10), whole.tune!.trials);
    assert.equal((await listRuns(kept, { trialsOf: longer.record.id })).length, 2);
    await collectGarbage(kept, { keepRuns: 1 });
    assert.deepEqual((await listRuns(kept, { trialsOf: rest.record.id })).length, 0);
    assert.equal((await listRuns(kept, { trialsOf: longer.record.id })).length, 2);
  });

  it('judges by cross-validation where there is nothing else, and varies the kind of model', async () => {
    write(
      `    model: linear
    tune:
      search: grid
      folds: 3
      metric: log-loss
      space:
        model.kind: [linear, boosted-trees]
        model.l2: { choice: [0.1, 10], when: { model.kind: linear } }
        model.trees: { choice: [20], when: { model.kind: boosted-trees } }`,
      '{ train: 0.8, validation: 0, test: 0.2 }',
    );
    const { record, tune, info } = await go();
    assert.equal(record.status, 'succeeded', JSON.stringify(record.stages));
    assert.deepEqual(
      tune!.trials.map(({ state, steps }) => [state, steps]),
      [
        ['finished', 3],
        ['finished', 3],
        ['finished', 3],
      ],
    );
    assert.equal(tune!.best, 3);
    assert.equal(info!.kind, 'boosted-trees');
    assert.equal((await listRuns(store(), { trialsOf: record.id })).length, 9);
  });

  it('says what is wrong: no validation rows, every trial failed, a metric that nobody gives', async () => {
    const failed = async () => (await go()).record.stages['model']?.error;
    write(trees, '{ train: 0.8, validation: 0, test: 0.2 }');
    assert.equal((await failed())?.code, 'tune-validation-missing');
    write(`    command: [node, -e, "process.exit(3)"]
    tune: { trials: 2, metric: auc, space: { environment.A: [1, 2] } }`);
    const all = await failed();
    assert.equal(all?.code, 'tune-all-failed');
    assert.match(all.message, /^All 2 trials failed; the first: /);
    write(`    command: [node, -e, "console.log('::lifecycle {\\"metric\\":\\"mine\\",\\"value\\":1}')"]
    tune: { trials: 2, metric: other, space: { environment.A: [1, 2] } }`);
    const missing = await failed();
    assert.equal(missing?.code, 'tune-metric-missing');
    assert.match(missing.hint ?? '', /It gave mine/);
  });

  it('tunes a program of the user’s own', async () => {
    write(`    command: [node, -e, "const a = Number(process.env.A); console.log('::lifecycle ' + JSON.stringify({ metric: 'mine', value: 5 - (a - 3) ** 2 }))"]
    tune: { search: grid, metric: mine, space: { environment.A: { integer: [1, 5] } } }`);
    const { tune, record } = await go();
    assert.equal(record.status, 'succeeded', JSON.stringify(record.stages));
    assert.deepEqual(
      tune!.trials.map(({ score }) => score),
      [1, 4, 5, 4, 1],
    );
    assert.equal(tune!.best, 3);
  });
});

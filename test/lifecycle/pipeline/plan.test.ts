import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PlannedStage } from '../../../lifecycle/pipeline';
import {
  analyze,
  explain,
  fingerprint,
  fingerprintInputs,
  lockPath,
  plan,
  readLock,
  select,
  valueOf,
  writeLock,
} from '../../../lifecycle/pipeline';
import { type UserError } from '../../../lifecycle/problem';
import { examples } from './arbitrary';

const planOf = (text: string, overrides = {}) => plan(analyze('/w/x.pipeline.yaml', text), overrides);

describe('a plan', () => {
  it('puts every stage after those it refers to, else in the order of the file', () => {
    const text =
      'lifecycle: 1\npipeline: x\nstages:\n  b: {kind: package, model: a, name: x}\n  a: {kind: train, data: d, model: linear}\n  d: {kind: data, source: a.csv, target: y}\n  e: {kind: package, model: a, name: y}\n';
    const planned = planOf(text);
    assert.deepEqual(
      planned.stages.map(({ name }) => name),
      ['d', 'a', 'b', 'e'],
    );
    assert.deepEqual(
      planned.stages.map(({ line }) => line),
      [6, 5, 4, 7],
    );
    assert.deepEqual(
      planned.stages.map(({ after }) => after),
      [[], ['d'], ['a'], ['a']],
    );
  });

  it('takes parameters from the environment and from outside', () => {
    const text =
      'lifecycle: 1\npipeline: x\nparameters: {n: 1, m: 2}\nenvironments: {big: {parameters: {n: 10}, targets: {live: score}}}\nstages:\n  d: {kind: data, source: a.csv, target: y}\n  a: {kind: train, data: d, model: {kind: boosted-trees, trees: "${n}", leaves: "${m}"}}\n  p: {kind: package, model: a, name: x}\n  live: {kind: deploy, package: p, target: local}\n';
    const stage = (overrides: object, name: string) =>
      planOf(text, overrides).stages.find((planned) => planned.name === name)?.stage;
    assert.deepEqual(stage({}, 'a'), {
      kind: 'train',
      data: 'd',
      model: { kind: 'boosted-trees', trees: 1, leaves: 2 },
    });
    assert.deepEqual(stage({ environment: 'big', parameters: { m: 7 } }, 'a'), {
      kind: 'train',
      data: 'd',
      model: { kind: 'boosted-trees', trees: 10, leaves: 7 },
    });
    assert.deepEqual(stage({ environment: 'big' }, 'live'), { kind: 'deploy', package: 'p', target: 'score' });
    assert.deepEqual(stage({}, 'live'), { kind: 'deploy', package: 'p', target: 'local' });
  });

  it('refuses a pipeline with errors, naming file, line and all of them', () => {
    const text = 'lifecycle: 1\npipeline: x\nstages:\n  a: {kind: train, data: d, model: linear}\n  b: {kind: trian}\n';
    assert.throws(
      () => planOf(text),
      (error: UserError) => {
        assert.equal(error.problem.code, 'pipeline-invalid');
        assert.equal(error.problem.line, 4);
        assert.equal(error.problem.file, '/w/x.pipeline.yaml');
        assert.equal(error.problem.details?.length, 2);
        return true;
      },
    );
    assert.throws(() => planOf(''), /no pipeline/);
  });
});

describe('a selection', () => {
  const planned = planOf(examples.churn);
  const names = (selection: Parameters<typeof select>[1]): string[] =>
    select(planned, selection).map(({ name, wanted }) => (wanted ? name : `(${name})`));

  it('leaves out what acts on the world', () => {
    assert.deepEqual(names({}), ['customers', 'baseline', 'trees', 'network', 'exam', 'small', 'bundle']);
    assert.deepEqual(names({ deploy: true }), [
      'customers',
      'baseline',
      'trees',
      'network',
      'exam',
      'small',
      'bundle',
      'live',
      'watch',
    ]);
  });
  it('takes named stages with all they need, also those that act', () => {
    assert.deepEqual(names({ names: ['trees'] }), ['customers', 'trees']);
    assert.deepEqual(names({ names: ['live'] }), [
      'customers',
      'baseline',
      'trees',
      'network',
      'exam',
      'small',
      'bundle',
      'live',
    ]);
  });
  it('takes one stage only, and reuses what it needs', () => {
    assert.deepEqual(names({ only: ['exam'] }), ['(customers)', '(baseline)', '(trees)', '(network)', 'exam']);
  });
  it('takes everything from, up to, and between stages', () => {
    assert.deepEqual(names({ from: ['exam'] }), [
      '(customers)',
      '(baseline)',
      '(trees)',
      '(network)',
      'exam',
      'small',
      'bundle',
    ]);
    assert.deepEqual(names({ from: ['small'], deploy: true }).slice(-4), ['small', 'bundle', 'live', 'watch']);
    assert.deepEqual(names({ to: ['network'] }), ['customers', 'network']);
    assert.deepEqual(names({ from: ['trees'], to: ['exam'] }), [
      '(customers)',
      '(baseline)',
      'trees',
      '(network)',
      'exam',
    ]);
  });
  it('knows no unknown stage', () => {
    assert.throws(
      () => names({ only: ['exm'] }),
      (error: UserError) => error.problem.code === 'unknown-stage' && /exam/.test(error.problem.hint ?? ''),
    );
  });
});

const context = {
  version: 1,
  seed: 7,
  upstream: { customers: 'aa', baseline: 'b1', trees: 'b2', network: 'b3' },
  files: { 'file data/a.csv': 'cc' },
};

describe('a fingerprint', () => {
  const stageOf = (text: string, name: string): PlannedStage => {
    const found = planOf(text).stages.find((planned) => planned.name === name);
    assert.ok(found);
    return found;
  };
  const pipeline = (body: string): string =>
    `lifecycle: 1\npipeline: x\nstages:\n  customers: {kind: data, source: a.csv, target: y}\n${body}`;
  const of = (body: string, name = 't', upstream: Record<string, string> = { customers: 'aa' }): string =>
    fingerprint(fingerprintInputs(stageOf(pipeline(body), name), { version: 1, seed: 0, upstream }));
  const inputsOf = (body: string, name = 't', more: object = {}) =>
    fingerprintInputs(stageOf(pipeline(body), name), { version: 1, seed: 0, upstream: { customers: 'aa' }, ...more });

  const plain = of('  t: {kind: train, data: customers, model: boosted-trees}\n');

  it('names every input readably', () => {
    const inputs = fingerprintInputs(stageOf(examples.churn, 'exam'), context);
    assert.equal(inputs['upstream candidates[1]: trees'], 'b2');
    assert.equal(inputs['config.require.auc.min'], '0.8');
    assert.equal(inputs['config.metrics[4]'], '"auc"');
    assert.equal(inputs['file data/a.csv'], 'cc');
    assert.equal(inputs['seed'], '7');
    assert.equal(inputs['room evaluate'], '1');
    assert.equal(
      Object.keys(inputs).some((key) => key.includes('description')),
      false,
    );
  });

  it('does not change with formatting, order of keys, descriptions, and defaults written out', () => {
    for (const same of [
      '  # a comment\n  t:\n    model: boosted-trees\n    kind: train\n    data: "customers"\n',
      '  t: {kind: train, data: customers, model: {kind: boosted-trees}}\n',
      '  t: {kind: train, data: customers, model: {kind: boosted-trees, trees: 300, learning-rate: 0.1, l2: 0}}\n',
      '  t: {kind: train, description: some words, data: customers, model: boosted-trees, resources: {device: auto}}\n',
      '  t: {kind: train, data: customers, model: boosted-trees, training: {}}\n',
      '  t: {kind: train, data: customers, model: boosted-trees, seed: 9}\n',
    ])
      assert.equal(of(same), plain, same);
  });

  it('does not change when stages are renamed', () => {
    const renamed = fingerprint(
      fingerprintInputs(
        stageOf(
          'lifecycle: 1\npipeline: y\nstages:\n  people: {kind: data, source: a.csv, target: y}\n  forest: {kind: train, data: people, model: boosted-trees}\n',
          'forest',
        ),
        { version: 1, seed: 0, upstream: { people: 'aa' } },
      ),
    );
    assert.equal(renamed, plain);
  });

  it('changes with the model, the data, the seed, the version', () => {
    const others = [
      of('  t: {kind: train, data: customers, model: linear}\n'),
      of('  t: {kind: train, data: customers, model: {kind: boosted-trees, trees: 301}}\n'),
      of('  t: {kind: train, data: customers, model: {kind: boosted-trees, early-stopping: {}}}\n'),
      of('  t: {kind: train, data: customers, model: boosted-trees}\n', 't', { customers: 'ab' }),
      fingerprint(inputsOf('  t: {kind: train, data: customers, model: boosted-trees}\n', 't', { seed: 1 })),
      fingerprint(inputsOf('  t: {kind: train, data: customers, model: boosted-trees}\n', 't', { version: 2 })),
    ];
    assert.equal(new Set([plain, ...others]).size, others.length + 1);
  });

  it('keeps the order of candidates', () => {
    const exam = (list: string): string =>
      of(
        `  a: {kind: train, data: customers, model: linear}\n  b: {kind: train, data: customers, model: boosted-trees}\n  e: {kind: evaluate, candidates: [${list}]}\n`,
        'e',
        { a: '1', b: '2' },
      );
    assert.notEqual(exam('a, b'), exam('b, a'));
  });

  it('treats short and long forms of a data stage alike', () => {
    const data = (body: string): string =>
      fingerprint(
        fingerprintInputs(stageOf(`lifecycle: 1\npipeline: x\nstages:\n  d: {kind: data, ${body}}\n`, 'd'), {
          version: 1,
          seed: 0,
          upstream: {},
        }),
      );
    const short = data('source: a.csv, target: y');
    assert.equal(
      data('source: {file: a.csv}, target: {column: y}, split: {train: 0.7, validation: 0.15, test: 0.15}'),
      short,
    );
    assert.equal(data('source: {file: [a.csv], header: true}, target: y, split: {train: 0.7}'), short);
    assert.notEqual(data('source: a.csv, target: y, split: {train: 0.8}'), short);
    assert.equal(
      data('source: a.csv, target: y, split: {train: 0.8}'),
      data('source: a.csv, target: y, split: {train: 0.8, validation: 0.1, test: 0.1}'),
    );
  });

  it('tells why it changed, the most telling first', () => {
    const before = inputsOf(
      '  t: {kind: train, data: customers, model: {kind: boosted-trees, learning-rate: 0.01}}\n',
      't',
      { files: { 'file data/a.csv': '1' } },
    );
    const after = fingerprintInputs(
      stageOf(
        pipeline('  t: {kind: train, data: customers, model: {kind: boosted-trees, learning-rate: 0.02, depth: 3}}\n'),
        't',
      ),
      { version: 2, seed: 0, upstream: { customers: 'zz' }, files: { 'file data/a.csv': '2' } },
    );
    assert.deepEqual(explain(before, after), [
      'model.depth not set → 3',
      'model.learning-rate 0.01 → 0.02',
      'data/a.csv changed',
      'customers changed',
      'this version of ML Lifecycle computes it anew',
    ]);
    assert.deepEqual(explain(undefined, after), ['first run']);
    assert.deepEqual(explain(after, after), []);
  });

  it('shows folder and file of a long path outside the project', () => {
    const source = (path: string) => ({ 'config.source': JSON.stringify(path) });
    assert.deepEqual(
      explain(
        source('data/telco-churn.csv'),
        source('/home/ada/work/churn/.lifecycle/retrain/live/2026-11/rows.parquet'),
      ),
      ['source "data/telco-churn.csv" → "…/2026-11/rows.parquet"'],
    );
  });

  it('differs whenever an explanation has something to say', () => {
    const inputs = fc.dictionary(
      fc.constantFrom('seed', 'config.a', 'config.b', 'file x', 'upstream data: a', 'upstream data: b', 'room train'),
      fc.constantFrom('1', '2'),
    );
    fc.assert(
      fc.property(inputs, inputs, (a, b) => {
        if ('upstream data: a' in a && 'upstream data: b' in a) delete a['upstream data: b'];
        if ('upstream data: a' in b && 'upstream data: b' in b) delete b['upstream data: b'];
        assert.equal(explain(a, b).length === 0, fingerprint(a) === fingerprint(b));
      }),
      { numRuns: 300, seed: 20 },
    );
  });
});

describe('a lock', () => {
  it('stands beside its pipeline', () => {
    assert.equal(lockPath('/a/churn.pipeline.yaml'), '/a/churn.lock.yaml');
    assert.equal(lockPath('/a/churn.lifecycle.md'), '/a/churn.lock.yaml');
  });
  it('reads back what was written, and nothing else', () => {
    const lock = {
      lifecycle: 1,
      stages: { trees: { fingerprint: 'ab', metrics: { f1: 0.5, auc: 0.871 } }, a: { fingerprint: 'cd' } },
    } as const;
    assert.deepEqual(readLock(writeLock(lock)), lock);
    assert.equal(writeLock(lock), writeLock(readLock(writeLock(lock)) ?? lock));
    for (const bad of ['', '[', 'lifecycle: 2\nstages: {}', 'a: &a [*a]', 'lifecycle: 1\nstages: [1]'])
      assert.equal(readLock(bad), undefined, bad);
    assert.deepEqual(readLock('lifecycle: 1\nstages: {a: 1, b: {fingerprint: x, metrics: {m: text, n: 1}}}'), {
      lifecycle: 1,
      stages: { b: { fingerprint: 'x', metrics: { n: 1 } } },
    });
  });
});

describe('the examples', () => {
  it('check clean and are whole', () => {
    for (const [name, text] of Object.entries(examples)) {
      const analysis = analyze(name === 'diamonds' ? 'x.lifecycle.md' : 'x.pipeline.yaml', text, {
        targets: ['score'],
      });
      assert.deepEqual(analysis.diagnostics, []);
      assert.ok(valueOf(analysis));
    }
  });
});

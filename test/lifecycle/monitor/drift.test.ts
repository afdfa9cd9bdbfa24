import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { binnerOf } from '../../../lifecycle/monitor/binner';
import { driftBetween } from '../../../lifecycle/monitor/drift';
import { driftOfFiles } from '../../../lifecycle/monitor/files';
import { mergeColumns, numberOf, profileColumns } from '../../../lifecycle/monitor/profile';
import { figuresOf, holds } from '../../../lifecycle/monitor/figures';
import { UserError } from '../../../lifecycle/problem';
import { Random } from '../../../lifecycle/statistics/random';
import { freshFolder } from '../../rigs/folder';
import { writeParquet } from '../../rigs/stage';

const isDue = (when: string, drift: ReturnType<typeof driftBetween>): boolean =>
  holds(when, figuresOf(drift, { now: new Date(0) }), { code: 'retrain-condition', path: ['retrain', 'when'] }).holds;

function numbers(rows: number, seed: number, mean = 0, spread = 1): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length: rows }, () => random.normal(mean, spread));
}

function letters(rows: number, seed: number, alphabet = 'aaabbc'): string[] {
  const random = new Random(seed);
  return Array.from({ length: rows }, () => alphabet[random.integer(alphabet.length)]!);
}

describe('drift between two tables', () => {
  it('writes times as dates, wherever values are named', () => {
    const day = (i: number) => new Date(Date.UTC(2024, 0, 1 + (i % 60)));
    const reference = Array.from({ length: 600 }, (_, i) => day(i));
    const current = Array.from({ length: 600 }, (_, i) => new Date(day(i).getTime() + 400 * 86_400_000 + 3_600_000));
    const [feature] = driftBetween({ at: reference }, { at: current }).features;
    assert.match(feature!.note!, /above the reference's 2024-01-01 … 2024-02-29\.$/);
    assert.deepEqual(feature!.violations![0]!.examples!.slice(0, 2), ['2025-02-04T01:00', '2025-02-05T01:00']);
    assert.match(feature!.bins!.labels[3]!, /^2024-01-\d\d\S* – 2024-01-\d\d/);
    assert.equal(feature!.range, undefined);
    const profile = profileColumns({ at: reference }).columns['at']!;
    assert.match(binnerOf(profile).condition(1, 'at')!, /^at > '2024-01-06T21:36' and at <= '2024-01-12T19:12'$/);
  });

  it('puts what changed most first and says what changed', () => {
    const reference = {
      steady: numbers(2_000, 1),
      moved: numbers(2_000, 2),
      kind: letters(2_000, 3),
      age: numbers(2_000, 4, 40, 10),
    };
    const current = {
      steady: numbers(1_500, 5),
      moved: numbers(1_500, 6, 2),
      kind: letters(1_500, 7, 'aaabxx'),
      age: numbers(1_500, 8, 41, 10),
    };
    const { features, verdict, drift } = driftBetween(reference, current);
    assert.deepEqual(
      features.map(({ column, drifted }) => [column, drifted]),
      [
        ['moved', true],
        ['kind', true],
        ['age', false],
        ['steady', false],
      ],
    );
    assert.deepEqual([verdict, drift], ['drift', { count: 2, share: 0.5 }]);
    assert.deepEqual(
      features.map(({ method }) => method),
      ['wasserstein', 'jensen-shannon', 'wasserstein', 'wasserstein'],
    );
    assert.match(features[0]!.note!, /% of the values lie above the reference's -\d\.\d+ … \d\.\d+/);
    assert.match(features[1]!.note!, /New category "x" \(3\d %\)/);
    for (const { bins } of features) {
      for (const side of [bins!.reference, bins!.current]) {
        assert.equal(side.length, bins!.labels.length);
        assert.ok(Math.abs(side.reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
      }
      if (bins!.edges) assert.equal(bins!.edges.length, bins!.labels.length + 1);
    }
  });

  it('takes chance for no drift, however small the window', () => {
    const methods = ['auto', 'psi', 'ks'] as const;
    const alarms = new Map<string, number>();
    const streams = 100;
    for (let seed = 1; seed <= streams; seed++) {
      const rows = [60, 200, 900, 1_500][seed % 4]!;
      const sample = (n: number, side: number) =>
        Object.fromEntries(
          Array.from({ length: 6 }, (_, i) => [
            `c${i}`,
            i < 3
              ? numbers(n, seed * 100 + side * 10 + i)
              : letters(n, seed * 100 + side * 10 + i, i === 5 ? 'abcdefghijklmnopqrstuvwxyz' : 'aaabbc'),
          ]),
        );
      const [reference, current] = [sample(3_000, 0), sample(rows, 1)];
      for (const method of methods)
        if (driftBetween(reference, current, { method }).verdict === 'drift')
          alarms.set(method, (alarms.get(method) ?? 0) + 1);
    }
    // Nominal 5 %: of 100 streams 5, with a standard deviation of 2.2.
    for (const [method, count] of alarms) assert.ok(count <= 11, `${method}: ${count} of ${streams}`);
  });

  it('says of an effect that chance explains it', () => {
    const { features } = driftBetween(
      { x: numbers(1_000, 1) },
      { x: numbers(60, 3) },
      { method: 'psi', threshold: 0.01 },
    );
    assert.equal(features[0]!.drifted, false);
    assert.match(features[0]!.note!, /The change is within chance \(p = 0\.\d+\)/);
  });

  it('sees values that go missing', () => {
    const reference = numbers(3_000, 1);
    const holes = numbers(2_000, 2).map((value, i) => (i % 4 === 0 ? NaN : value));
    const [feature] = driftBetween({ x: reference }, { x: holes }).features;
    assert.deepEqual(
      [feature!.drifted, feature!.method, feature!.statistic, feature!.threshold],
      [true, 'missing', 0.25, 0.1],
    );
    assert.equal(feature!.note, 'More values are missing: 0 % → 25 %.');
    const gone = driftBetween(
      { x: reference, t: letters(3_000, 1) },
      { x: new Float64Array(80).fill(NaN), t: new Array<null>(80).fill(null) },
    );
    for (const { drifted, statistics, note } of gone.features) {
      assert.ok(drifted);
      assert.equal(statistics['missing-current'], 1);
      assert.equal(note, 'No row has a value any more.');
    }
    const never = driftBetween({ x: new Float64Array(100).fill(NaN) }, { x: new Float64Array(100).fill(NaN) });
    assert.equal(never.verdict, 'stable');
  });

  it('gives no verdict on few rows, and none on none', () => {
    for (const rows of [0, 1, 49]) {
      const { verdict, drift, features } = driftBetween({ x: numbers(1_000, 1) }, { x: numbers(rows, 2, 50) });
      assert.deepEqual([verdict, drift.count, features[0]!.drifted], ['too-few-rows', 0, false]);
    }
    assert.equal(
      driftBetween({ x: numbers(1_000, 1) }, { x: numbers(49, 2, 50) }, { minimumRows: 20 }).verdict,
      'drift',
    );
    assert.equal(driftBetween({ x: [] }, { x: [] }).verdict, 'too-few-rows');
    assert.equal(driftBetween({}, {}).drift.share, 0);
  });

  it('copes with mixed types, other columns, constants and infinities', () => {
    const reference = {
      n: numbers(200, 1),
      b: letters(200, 2, 'ab').map((letter) => letter === 'a'),
      s: letters(200, 3),
      c: new Array<number>(200).fill(3),
    };
    const current = {
      extra: letters(100, 4),
      c: new Array<number>(100).fill(4),
      s: [...letters(95, 5), 1, 2, true, {}, []],
      b: Array.from({ length: 100 }, (_, i) => [0, 1, true, 'false', 'maybe'][i % 5]),
      n: Array.from(
        { length: 100 },
        (_, i) => ['1.5', 'NaN', 'abc', 0.1, Infinity, null, undefined, '', ' 2 ', 0.3][i % 10],
      ),
    };
    const { features } = driftBetween(reference, current);
    const by = Object.fromEntries(features.map((feature) => [feature.column, feature]));
    assert.deepEqual(Object.keys(by).sort(), ['b', 'c', 'n', 's']);
    assert.match(by['n']!.note!, /10 values are not numbers and count as missing/);
    assert.equal(by['n']!.statistics['missing-current'], 0.6);
    assert.match(by['b']!.note!, /20 values are not true or false/);
    assert.match(by['s']!.note!, /2 values are not text/);
    assert.equal(by['c']!.drifted, true);
    assert.match(by['c']!.note!, /The reference is 3 throughout/);
    assert.deepEqual(by['c']!.bins, { labels: ['3', '4'], reference: [1, 0], current: [0, 1] });
    const effect = driftBetween({ c: reference.c }, { c: current.c }, { method: 'wasserstein' }).features[0]!;
    assert.deepEqual([effect.statistic, effect.drifted], [null, true]);
    const missing = driftBetween({ a: numbers(100, 1), z: numbers(100, 2) }, { a: numbers(100, 3) });
    assert.deepEqual([missing.verdict, missing.drift.share], ['stable', 0]);
    assert.match(missing.features[1]!.note!, /was not recorded/);
  });

  it('compares what 32 bits can tell where the reference has no more', () => {
    const reference = Array.from({ length: 1_200 }, (_, i) => Math.fround((i % 10) / 10));
    const current = Array.from({ length: 1_200 }, (_, i) => (i % 10) / 10);
    const plain = driftBetween({ x: reference }, { x: current });
    assert.ok(plain.features[0]!.statistics['ks']! > 0.05, 'else the test tests nothing');
    const { features } = driftBetween(
      { x: reference },
      { x: current },
      { readings: { x: { type: 'number', float32: true } } },
    );
    assert.equal(features[0]!.statistics['ks'], 0);
  });

  it('draws categories in one picture, the rare together', () => {
    const many = (prefix: string) => Array.from({ length: 500 }, (_, i) => `${prefix}${i % 50}`);
    const { bins } = driftBetween({ x: many('a') }, { x: many('b') }).features[0]!;
    assert.equal(bins!.labels.length, 20);
    assert.equal(bins!.labels.at(-1), 'all others');
  });
});

describe('a profile', () => {
  const cell = fc.oneof(
    fc.double(),
    fc.constantFrom(null, undefined, '', 'x', true, 0, -0),
    fc.integer({ min: -3, max: 3 }),
  );

  it('of the whole is the merge of those of the parts', () => {
    fc.assert(
      fc.property(
        fc.array(cell),
        fc.array(cell),
        fc.constantFrom('number', 'text', 'boolean', 'time'),
        (a, b, type) => {
          const profile = (values: unknown[]) => profileColumns({ x: values }, { x: { type } }).columns['x']!;
          const [merged, whole] = [mergeColumns(profile(a), profile(b)), profile([...a, ...b])];
          assert.deepEqual({ ...merged, counts: undefined }, { ...whole, counts: undefined });
          if (merged.kind === 'category' && whole.kind === 'category')
            assert.deepEqual(new Map([...merged.counts].sort()), new Map([...whole.counts].sort()));
        },
      ),
    );
  });

  it('reads numbers as people write them', () => {
    const cases: [unknown, number | undefined][] = [
      ['12', 12],
      [' 1e3 ', 1000],
      ['nan', NaN],
      ['N/A', NaN],
      ['0x10', undefined],
      ['1,5', undefined],
      [3n, 3],
      [true, 1],
      [[], undefined],
    ];
    for (const [value, expected] of cases) assert.ok(Object.is(numberOf(value), expected), String(value));
  });
});

describe('drift of files', () => {
  const folder = freshFolder();
  const file = (name: string) => path.join(folder(), name);
  const refusal = async (work: Promise<unknown>) => {
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof UserError, String(error));
    return error.problem;
  };

  it('reads what is there, and says what can not be read', async () => {
    const reference = {
      n: Array.from(numbers(300, 1)),
      b: letters(300, 2, 'ab').map((x) => x === 'a'),
      t: letters(300, 3),
      lost: letters(300, 4),
    };
    await writeParquet(file('r.parquet'), reference);
    const lines = Array.from(
      { length: 120 },
      (_, i) => `${['1.5', 'abc', '', 'NaN', '-0.3'][i % 5]},${['true', '0', 'oops'][i % 3]},"${'abc'[i % 3]}",${i}`,
    );
    await writeFile(file('c.csv'), ['n,b,t,new', ...lines].join('\r\n'));
    const drift = await driftOfFiles(file('r.parquet'), file('c.csv'));
    const by = Object.fromEntries(drift.features.map((feature) => [feature.column, feature]));
    assert.deepEqual([drift.onlyReference, drift.onlyCurrent], [['lost'], ['new']]);
    assert.match(by['n']!.note!, /24 values are not numbers/);
    assert.equal(by['n']!.statistics['missing-current'], 0.6);
    assert.match(by['b']!.note!, /40 values are not true or false/);
    assert.match(by['lost']!.note!, /not recorded/);

    assert.equal((await refusal(driftOfFiles(file('r.parquet'), file('none.csv')))).code, 'file-missing');
    assert.match((await refusal(driftOfFiles(file('none.parquet'), file('c.csv')))).code, /missing|unusable/);
    assert.equal((await refusal(driftOfFiles(file('r.parquet'), file('c.xls')))).code, 'file-format');
    await writeFile(file('empty.csv'), '');
    assert.equal((await refusal(driftOfFiles(file('r.parquet'), file('empty.csv')))).code, 'file-empty');
    await writeFile(file('other.csv'), 'q\n1\n');
    assert.equal((await refusal(driftOfFiles(file('r.parquet'), file('other.csv')))).code, 'columns-differ');
    await writeFile(file('header.csv'), 'n,b,t,lost\n');
    assert.equal((await driftOfFiles(file('r.parquet'), file('header.csv'))).verdict, 'too-few-rows');
    await writeFile(file('ragged.csv'), 'n,b,t,lost\n1,true,a,b\n2,false\n');
    assert.match((await refusal(driftOfFiles(file('r.parquet'), file('ragged.csv')))).message, /ragged\.csv/);
  });
});

describe('a condition for retraining', () => {
  const drift = driftBetween(
    { tenure: numbers(100, 1), 'monthly charges': numbers(100, 2) },
    { tenure: numbers(100, 3, 3), 'monthly charges': numbers(100, 4) },
  );

  it('sees the shares, the rows and every column', () => {
    const cases: [string, boolean][] = [
      ['drift.share >= 0.3', true],
      ['drift.share > 0.5', false],
      ['drift.count = 1 and rows >= 100', true],
      ['drift.tenure > 0.5', true],
      ['`drift.monthly charges` > 0.5', false],
      ['drift.prediction > 0', false],
    ];
    for (const [when, due] of cases) {
      assert.equal(isDue(when, drift), due, when);
    }
  });

  it('is never due on too few rows by their statistics', () => {
    const few = driftBetween({ x: numbers(100, 1) }, { x: [99] });
    assert.equal(isDue('drift.x > 0.1', few), false);
    assert.equal(isDue('rows >= 1', few), true);
  });

  it('is refused with the way out', () => {
    for (const [when, hint] of [
      ['drift.shar > 0.1', /drift\.share/],
      ['drift.share +', /drift\.COLUMN, drift\.prediction/],
      ['drift.share + 1', /drift/],
      ['', /drift/],
    ] as const) {
      assert.throws(
        () => isDue(when, drift),
        (error) => {
          assert.ok(error instanceof UserError);
          assert.equal(error.problem.code, 'retrain-condition');
          assert.deepEqual(error.problem.path, ['retrain', 'when']);
          assert.match(error.problem.hint!, hint);
          return true;
        },
      );
    }
  });
});

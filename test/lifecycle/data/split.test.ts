import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import { apportion, divideStrata, readShares } from '../../../lifecycle/data/split';
import { readColumns } from '../../../lifecycle/table';
import { type Done, problemOfStage, runStage, withFiles } from './support';

const SPLITS = ['train', 'validation', 'test'] as const;

async function column(done: Done, split: string, name: string): Promise<unknown[]> {
  const { columns } = await readColumns(path.join(done.output, `${split}.parquet`), [name]);
  return Array.from<unknown>(columns[name]?.values ?? []);
}

function table(n: number): string[] {
  // A third class of 7 rows, a group of four rows each, duplicates, and days in no order.
  return Array.from({ length: n }, (_, i) => {
    const y = i < 7 ? 'rare' : i % 5 === 0 ? 'yes' : 'no';
    const day = new Date(Date.UTC(2024, 0, 1 + ((i * 37) % 365))).toISOString().slice(0, 10);
    return `${i % 10 === 9 ? i - 1 : i},${y},g${Math.floor(i / 4)},${day},${(i * 7919) % 101}`;
  });
}

const header = 'i,y,g,day,x';
const stage = { source: 'a.csv', target: 'y', columns: { id: 'i' } };

describe('splits', () => {
  it('share out exactly', () => {
    assert.deepEqual(apportion(10, [0.7, 0.15, 0.15]), [7, 2, 1]);
    assert.deepEqual(apportion(1, [0.7, 0.15, 0.15]), [1, 0, 0]);
    assert.deepEqual(apportion(100, [0.8, 0.1, 0.1]), [80, 10, 10]);
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, train, part) => {
          const shares = [train, (1 - train) * part, (1 - train) * (1 - part)] as const;
          const counts = apportion(n, shares);
          assert.equal(counts[0] + counts[1] + counts[2], n);
          counts.forEach((count, i) => assert.ok(Math.abs(count - n * (shares[i] ?? 0)) < 1 + 1e-6));
        },
      ),
    );
  });

  it('fill in shares that are not stated, and refuse those that do not sum to 1', () => {
    const round = (shares: readonly number[]): number[] => shares.map((share) => Number(share.toFixed(9)));
    assert.deepEqual(round(readShares()), [0.7, 0.15, 0.15]);
    assert.deepEqual(round(readShares({ train: 0.8 })), [0.8, 0.1, 0.1]);
    assert.deepEqual(round(readShares({ train: 0.8, test: 0.2 })), [0.8, 0, 0.2]);
    assert.throws(() => readShares({ train: 0.8, validation: 0.3 }), /sum to 1\.1, not 1/);
    assert.throws(() => readShares({ train: 0.5, validation: 0.1, test: 0.1 }), /sum to 0\.7, not 1/);
  });

  it('keep the share of every class to the row', async () => {
    const folder = withFiles({ 'a.csv': `${header}\n${table(1003).join('\n')}\n` });
    const { dataset } = await runStage({ ...stage, split: { stratify: 'y' } }, { folder });
    assert.deepEqual(dataset.target?.classes, ['no', 'rare', 'yes']);
    const counts = SPLITS.map((split) => dataset.splits[split]?.classes ?? []);
    const totals = [0, 1, 2].map((c) => counts.reduce((sum, one) => sum + (one[c] ?? 0), 0));
    totals.forEach((total, c) => {
      [0.7, 0.15, 0.15].forEach((share, s) => {
        const count = counts[s]?.[c] ?? 0;
        assert.ok(Math.abs(count - total * share) <= 1, `class ${c} split ${s}: ${count} of ${total}`);
      });
    });
  });

  it('keep the shares of many classes as of few', async () => {
    const many = Array.from({ length: 600 }, (_, i) => `${i},c${i % 30},${i % 2}`);
    const folder = withFiles({ 'a.csv': `i,c,y\n${many.join('\n')}\n` });
    const done = await runStage(
      { source: 'a.csv', target: 'y', columns: { id: 'i' }, split: { stratify: 'c' } },
      { folder },
    );
    for (const [split, share] of [
      ['train', 14],
      ['validation', 3],
      ['test', 3],
    ] as const) {
      const counts = new Map<unknown, number>();
      for (const c of await column(done, split, 'c')) counts.set(c, (counts.get(c) ?? 0) + 1);
      assert.equal(counts.size, 30);
      assert.deepEqual(new Set(counts.values()), new Set([share]), split);
    }
  });

  it('refuse a column with more values than shares can be kept for', async () => {
    const many = Array.from({ length: 10_001 }, (_, i) => `${i},c${i},${i % 2}`);
    const folder = withFiles({ 'a.csv': `i,c,y\n${many.join('\n')}\n` });
    const problem = await problemOfStage({ source: 'a.csv', target: 'y', split: { stratify: 'c' } }, { folder });
    assert.equal(problem.code, 'data-stratify-distinct');
    assert.match(problem.message, /10,001 different values/);
  });

  it('do not depend on the order of the rows, and keep the order of the file', async () => {
    const rows = table(2000);
    const shuffled = rows.map((row, i) => ({ row, at: (i * 7919) % 2003 })).sort((a, b) => a.at - b.at);
    const folder = withFiles({
      'a.csv': `${header}\n${rows.join('\n')}\n`,
      'b.csv': `${header}\n${shuffled.map(({ row }) => row).join('\n')}\n`,
    });
    const ways = [{}, { stratify: 'y' }, { time: 'day' }, { group: 'g' }, { group: 'g', stratify: 'y' }];
    for (const columns of [{ id: 'i' }, {}]) {
      for (const split of 'id' in columns ? ways : ways.slice(0, 2)) {
        const a = await runStage({ ...stage, columns, split }, { folder });
        const b = await runStage({ ...stage, columns, source: 'b.csv', split }, { folder });
        for (const name of SPLITS) {
          const [left, right] = [await column(a, name, 'i'), await column(b, name, 'i')] as [number[], number[]];
          assert.deepEqual(
            left,
            left.toSorted((x, y) => x - y),
            'rows keep the order of the file',
          );
          assert.deepEqual(
            left,
            right.toSorted((x, y) => x - y),
            `${JSON.stringify(split)} ${name}`,
          );
        }
      }
    }
  });

  it('are independent from seed to seed', async () => {
    const folder = withFiles({ 'a.csv': `i,x\n${Array.from({ length: 6000 }, (_, i) => `${i},1`).join('\n')}\n` });
    for (const columns of [{ id: 'i' }, {}]) {
      const tests: Set<unknown>[] = [];
      for (const seed of [0, 1, 2, 3]) {
        const done = await runStage(
          { source: 'a.csv', columns, split: { train: 0.5, validation: 0, test: 0.5, seed } },
          { folder },
        );
        tests.push(new Set(await column(done, 'test', 'i')));
      }
      for (let a = 0; a < tests.length; a++) {
        for (let b = 0; b < a; b++) {
          const both = [...(tests[a] ?? [])].filter((i) => tests[b]?.has(i)).length;
          // 1500 expected of 3000; the standard deviation is 19.
          assert.ok(Math.abs(both - 1500) < 100, `${both} rows are in the test splits of seeds ${a} and ${b}`);
        }
      }
    }
  });

  it('keep groups whole and time in order', async () => {
    const folder = withFiles({ 'a.csv': `${header}\n${table(2000).join('\n')}\n` });
    const grouped = await runStage({ ...stage, columns: { group: 'g', id: 'i' } }, { folder });
    const seen = new Map<unknown, string>();
    for (const split of SPLITS) {
      for (const group of await column(grouped, split, 'g')) {
        assert.equal(seen.get(group) ?? split, split);
        seen.set(group, split);
      }
      const share = (grouped.dataset.splits[split]?.rows ?? 0) / 2000;
      assert.ok(Math.abs(share - (split === 'train' ? 0.7 : 0.15)) < 0.01);
    }
    assert.ok(!grouped.dataset.inputs?.includes('g'));
    const timed = await runStage({ ...stage, split: { time: 'day' } }, { folder });
    const days = await Promise.all(SPLITS.map((split) => column(timed, split, 'day') as Promise<number[]>));
    assert.ok(Math.max(...(days[0] ?? [])) <= Math.min(...(days[1] ?? [])));
    assert.ok(Math.max(...(days[1] ?? [])) <= Math.min(...(days[2] ?? [])));
    assert.equal(days[0]?.length, 1400);
    const mixed = await problemOfStage({ ...stage, split: { time: 'day', stratify: 'y' } }, { folder });
    assert.equal(mixed.code, 'data-split-mixed');
  });

  it('say when a class has too few rows', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i},${i === 0 ? 'once' : i % 2 ? 'a' : 'b'}`);
    const folder = withFiles({ 'a.csv': `x,y\n${rows.join('\n')}\n` });
    const { dataset, logs } = await runStage({ source: 'a.csv', target: 'y', split: { stratify: 'y' } }, { folder });
    assert.deepEqual(
      SPLITS.map((split) => dataset.splits[split]?.classes?.[2]),
      [1, 0, 0],
    );
    assert.equal(logs.filter(({ code }) => code === 'data-class-rare').length, 2);
    for (let seed = 0; seed < 20; seed++) {
      try {
        await runStage({ source: 'a.csv', target: 'y', split: { seed } }, { folder });
      } catch (error) {
        assert.match(String(error), /No row of the class "once" of 'y' falls into the training split/);
        return;
      }
    }
    assert.fail('with twenty seeds the only row of a class always fell into training');
  });

  it('ties of equal rows are cut to the row', async () => {
    const folder = withFiles({ 'a.csv': `x,y\n${Array.from({ length: 100 }, () => '1,2').join('\n')}\n` });
    const { dataset } = await runStage({ source: 'a.csv' }, { folder });
    assert.deepEqual(
      SPLITS.map((split) => dataset.splits[split]?.rows),
      [70, 15, 15],
    );
  });

  it('a class of few rows is in every split that it can be in, unless that moved many rows', () => {
    const shares = [0.7, 0.15, 0.15] as const;
    const divide = (...sizes: number[]): number[][] => [
      ...divideStrata(new Map(sizes.map((size, i) => [String(i), size])), shares).values(),
    ];
    assert.deepEqual(divide(18, 9, 3), [
      [12, 3, 3],
      [6, 2, 1],
      [1, 1, 1],
    ]);
    assert.deepEqual(divide(20, 2, 1).slice(1), [
      [2, 0, 0],
      [1, 0, 0],
    ]);
    assert.deepEqual(
      divide(...Array<number>(50).fill(3)).every((counts) => String(counts) === String(apportion(3, shares))),
      true,
    );
    assert.deepEqual(
      [
        ...divideStrata(
          new Map([
            ['a', 9],
            ['b', 3],
          ]),
          [0.5, 0, 0.5],
        ).values(),
      ].map(([, none]) => none),
      [0, 0],
    );
  });
});

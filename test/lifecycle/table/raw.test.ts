import assert from 'node:assert/strict';
import { withDatabase } from '../../../lifecycle/table';
import { eachRawBatch } from '../../../lifecycle/table/raw';

describe('raw rows in batches', () => {
  it('come in order, with what is missing or infinite as NaN and as empty text', async () => {
    const relation =
      "(SELECT i::DOUBLE AS a, CASE WHEN i % 2 = 0 THEN 'even' END AS s, CASE i WHEN 1 THEN 'inf'::DOUBLE WHEN 2 THEN NULL ELSE i END AS b FROM range(5000) t(i))";
    const seen: [number, number][] = [];
    const inputs = (['a', 's', 'b'] as const).map(
      (name) => ({ name, type: name === 's' ? 'text' : 'number' }) as const,
    );
    await withDatabase({ threads: 1 }, (database) =>
      eachRawBatch(
        database,
        relation,
        inputs,
        (columns, rows, from) => {
          seen.push([from, rows]);
          assert.deepEqual([columns['a']!.length, columns['s']!.length], [rows, rows]);
          assert.deepEqual([columns['a']![0], columns['s']![1]], [from, from % 2 === 0 ? '' : 'even']);
          if (from === 0) assert.deepEqual([...columns['b']!].slice(0, 4), [0, NaN, NaN, 3]);
          return Promise.resolve();
        },
        2_048,
      ),
    );
    assert.deepEqual(seen, [
      [0, 2_048],
      [2_048, 2_048],
      [4_096, 904],
    ]);
  });

  it('take little memory however many columns there are', async () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `c${i}`);
    let cells = 0;
    await withDatabase({ threads: 1 }, (database) =>
      eachRawBatch(
        database,
        `(SELECT ${names.map((name, i) => `${i} AS ${name}`).join(', ')})`,
        names.map((name) => ({ name, type: 'number' })),
        (columns, rows) => {
          assert.deepEqual([rows, columns['c9999']![0]], [1, 9_999]);
          cells = Object.values(columns).reduce(
            (sum, column) => sum + (column as Float32Array).buffer.byteLength / 4,
            0,
          );
          return Promise.resolve();
        },
      ),
    );
    assert.ok(cells < 3e7, `${cells} values were set aside`);
  });
});

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { binnerOf } from '../../../lifecycle/monitor/binner';
import { columnStatistics } from '../../../lifecycle/monitor/column';
import { compareProfiles } from '../../../lifecycle/monitor/drift';
import {
  type CategoryProfile,
  counterOf,
  mergeProfiles,
  presentOf,
  profileColumns,
} from '../../../lifecycle/monitor/profile';
import {
  Categories,
  CategoryFold,
  distinctOfRest,
  hashesOf,
  type Rest,
  RestCounter,
  TextRoom,
} from '../../../lifecycle/monitor/rest';
import { openParquet, profileRelation, readingsOf } from '../../../lifecycle/monitor/files';
import { cutTo, LogFold } from '../../../lifecycle/monitor/sources/fold';
import type { FileCounts } from '../../../lifecycle/monitor/sources/file';
import { LabelTally } from '../../../lifecycle/monitor/sources/labels';
import { readLog } from '../../../lifecycle/monitor/sources/log';
import { Parts } from '../../../lifecycle/monitor/sources/parts';
import { type Spelt, TextTally } from '../../../lifecycle/monitor/sources/texts';
import { chiSquareTest, totalVariation } from '../../../lifecycle/statistics/drift';
import { textHash } from '../../../lifecycle/statistics/distinct';
import { chiSquareSf } from '../../../lifecycle/statistics/distributions';
import { copyToParquet, withDatabase } from '../../../lifecycle/table';
import { freshFolder } from '../../rigs/folder';
import { logContext } from './elsewhere';

function profileOf(counts: Iterable<readonly [string, number]>, rest?: Rest): CategoryProfile {
  return {
    kind: 'category',
    type: 'text',
    counts: new Map(counts),
    missing: 0,
    misfits: 0,
    ...(rest && { rest }),
  };
}

/** As if there were room for so many categories beside those of the reference. */
function capped({ counts }: CategoryProfile, reference: CategoryProfile, most: number): CategoryProfile {
  const fold = new CategoryFold(reference.counts);
  fold.addAll(counts);
  fold.trim(most);
  const { counts: kept, rest } = fold.result();
  return profileOf(kept, rest);
}

const label = fc.integer({ min: 0, max: 200 }).map((i) => `c${i}`);
const categories = (max: number) =>
  fc
    .uniqueArray(fc.tuple(label, fc.integer({ min: 1, max: 5_000 })), {
      selector: ([one]) => one,
      minLength: 1,
      maxLength: max,
    })
    .map((counts) => profileOf(counts));

describe('categories that are counted together', () => {
  it('change no statistic but L∞ and PSI, and these by no more than their bounds', () =>
    fc.assert(
      fc.property(categories(30), categories(150), fc.nat(40), (reference, current, most) => {
        const cut = capped(current, reference, most);
        const [exact, found] = [columnStatistics(reference, current), columnStatistics(reference, cut)];
        const close = (name: keyof typeof exact.values): void => {
          const [a, b] = [exact.values[name]!, found.values[name]!];
          assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a)), `${name}: ${b} is not ${a}`);
        };
        for (const name of ['chi2', 'cramers-v', 'jensen-shannon', 'hellinger', 'total-variation'] as const)
          close(name);
        // The number of categories and the largest of them are known here, for they are few and cut once.
        close('chi2-p');
        close('l-infinity');
        const total = presentOf(current);
        const slack =
          cut.rest === undefined ? 0 : (cut.rest.rows / total) * Math.log(Math.max(1, cut.rest.rows / total / 1e-4));
        assert.ok(Math.abs(exact.values.psi! - found.values.psi!) <= slack + 1e-9);
        assert.equal(presentOf(cut), total);
        assert.equal(cut.counts.size + (cut.rest ? distinctOfRest(cut.rest) : 0), current.counts.size);
      }),
    ));

  it('add nothing to PSI where each has less than the least share, and keep χ² within the error of their number', () => {
    const reference = profileOf([
      ['a', 6_000],
      ['b', 4_000],
    ]);
    const counts: [string, number][] = [
      ['a', 50_000],
      ['b', 41_000],
      ...Array.from({ length: 30_000 }, (_, i): [string, number] => [`id-${i}`, 1 + (i % 3)]),
    ];
    const current = profileOf(counts);
    const cut = capped(current, reference, 1_000);
    const [exact, found] = [columnStatistics(reference, current).values, columnStatistics(reference, cut).values];
    assert.ok(Math.abs(exact.psi! - found.psi!) < 1e-9);
    assert.equal(found['l-infinity'], exact['l-infinity']);
    const freedom = chiSquareTest([
      [6_000, 4_000, ...counts.slice(2).map(() => 0)],
      counts.map(([, count]) => count),
    ]).freedom;
    const told = 1 + cut.counts.size - 2 + distinctOfRest(cut.rest!);
    assert.ok(Math.abs(told / freedom - 1) < 4 * 0.0157, `${told} for ${freedom}`);
    assert.ok(Math.abs(found['chi2-p']! - chiSquareSf(exact.chi2!, told)) < 1e-12);
  });

  it('are the same rows and values in whichever order files are merged', () => {
    const parts = Array.from({ length: 6 }, (_, part) =>
      capped(
        profileOf(Array.from({ length: 900 }, (_, i): [string, number] => [`v${part * 400 + i}`, 1 + ((i * 7) % 5)])),
        profileOf([['v3', 1]]),
        300,
      ),
    );
    const merged = [parts, [...parts].reverse(), [3, 1, 5, 0, 4, 2].map((i) => parts[i]!)].map(
      (order) => mergeProfiles(order) as CategoryProfile,
    );
    for (const one of merged) {
      assert.equal(presentOf(one), presentOf(merged[0]!));
      assert.deepEqual(new Map([...one.counts].sort()), new Map([...merged[0]!.counts].sort()));
      assert.deepEqual(one.rest, merged[0]!.rest);
      // Each of the 2,900 values is counted once, whether it has a place in some file or in none.
      assert.equal(one.counts.size + distinctOfRest(one.rest!), 2_900);
    }
  });

  it('are told, and count as new', () => {
    const reference = profileOf([
      ['a', 600],
      ['b', 400],
    ]);
    const current = profileOf([
      ['a', 500],
      ['b', 300],
      ...Array.from({ length: 200 }, (_, i): [string, number] => [`new ${i}`, i === 7 ? 3 : 1]),
    ]);
    const drift = compareProfiles(
      { rows: 1_000, columns: { x: reference } },
      { rows: 1_002, columns: { x: capped(current, reference, 5) } },
    );
    const [feature] = drift.features;
    assert.equal(feature!.violations![0]!.count, 202);
    assert.match(feature!.note!, /New categories "new 7" \(0\.3 %\), .* and about 197 more/);
    assert.match(feature!.note!, /195 rare values, 19 % of the rows, are counted together, beyond 7 ones/);
    assert.equal(feature!.bins!.labels.at(-1), 'all others');
    const sums = [feature!.bins!.reference, feature!.bins!.current].map((all) => all.reduce((a, b) => a + b, 0));
    for (const sum of sums) assert.ok(Math.abs(sum - 1) < 1e-12);
  });

  it('of the reference are compared as one category, which overstates nothing', () => {
    const whole = profileOf(Array.from({ length: 300 }, (_, i): [string, number] => [`v${i}`, 1 + (i % 9)]));
    const reference = capped(whole, profileOf([]), 100);
    const same = columnStatistics(reference, whole);
    assert.ok(same.values['jensen-shannon']! < 1e-7);
    const current = profileOf(Array.from({ length: 400 }, (_, i): [string, number] => [`v${i}`, 1 + (i % 4)]));
    const [exact, found] = [columnStatistics(whole, current), columnStatistics(reference, current)];
    for (const name of ['jensen-shannon', 'hellinger', 'total-variation'] as const)
      assert.ok(found.values[name]! <= exact.values[name]! + 1e-12);
    const known = [...reference.counts.keys()];
    const [before, after] = [whole, current].map(({ counts }) => {
      const own = known.map((one) => counts.get(one) ?? 0);
      const total = [...counts.values()].reduce((a, b) => a + b, 0);
      return [...own, total - own.reduce((a, b) => a + b, 0)];
    });
    assert.ok(Math.abs(found.values['total-variation']! - totalVariation(before!, after!)) < 1e-12);
    const drift = compareProfiles({ rows: 1_000, columns: { x: reference } }, { rows: 1_000, columns: { x: current } });
    assert.ok(!drift.features[0]!.violations?.some(({ kind }) => kind === 'new-category'));
    assert.match(drift.features[0]!.note!, /rare values of the reference/);
    const bins = drift.features[0]!.bins!;
    assert.equal(new Set(bins.labels).size, 20);
    assert.equal(bins.labels.at(-1), 'all others');
  });

  /** Two words a text, as if the database had hashed it. */
  const speltOf = (labels: readonly (string | null)[]): Spelt => {
    const hashes = new Int32Array(2 * labels.length);
    labels.forEach((one, i) => {
      const bits = new Int32Array(Float64Array.of(one === null ? 2 : 1 + textHash(one)).buffer);
      hashes.set([Math.imul(bits[0]!, 0x9e3779b1), bits[1]! ^ bits[0]!], 2 * i);
    });
    return { hashes, labels };
  };

  const rows = Array.from({ length: 4_000 }, (_, i) => (i % 97 === 5 ? null : `t${(i * 7_919) % 1_000}`));
  const last = `t${(3_999 * 7_919) % 1_000}`;
  const exactly = profileColumns({ x: rows }).columns['x'] as CategoryProfile;
  // One of the texts comes only when there is no room any more.
  const late = [...rows, 'late', 'late'];

  const check = (profile: CategoryProfile, kept: readonly string[], most: number): void => {
    const { rest, counts } = profile;
    assert.ok(rest !== undefined);
    assert.ok(counts.size <= most, `${counts.size} texts`);
    for (const one of kept) assert.equal(counts.get(one), one === 'late' ? 2 : exactly.counts.get(one));
    for (const [one, count] of counts) if (one !== 'late') assert.equal(count, exactly.counts.get(one));
    assert.equal(presentOf(profile), presentOf(exactly) + 2);
    assert.equal(profile.missing, exactly.missing);
    assert.equal(counts.size + distinctOfRest(rest), 1_001);
    const others = [...exactly.counts].filter(([one]) => !counts.has(one)).map(([, count]) => count);
    assert.ok(rest.most >= Math.max(...others) && rest.most <= 40, String(rest.most));
  };

  it('are those for which a column has no room, but none of the reference', () => {
    for (const along of [true, false]) {
      const binner = binnerOf(profileColumns({ x: ['late', last] }).columns['x']!);
      const known = speltOf(['late', last, null]);
      const room = { room: new TextRoom(90, 10), kept: new Categories(hashesOf(['late', last])) };
      const tally = new TextTally(binner, 'text', along ? undefined : known, room);
      const parts = new Parts(1_000);
      for (let from = 0; from < late.length; from += 512) {
        const chunk = late.slice(from, from + 512);
        const times = Float64Array.from(chunk, (_, i) => from + i);
        const { hashes, labels } = speltOf(chunk);
        const runs = parts.of(times, chunk.length, true);
        tally.add(hashes, runs, parts.all.length, along ? (row) => labels[row]! : undefined);
      }
      assert.ok(tally.full);
      if (!along) {
        assert.ok(tally.unread.length <= 100);
        tally.name(speltOf([...new Set(late)]));
      }
      check(tally.profile(0), ['late', last], 104);
      parts.all.forEach(({ from }, number) => {
        const own = late.slice(from, from + 1_000);
        const counts = new Float64Array(binner.bins);
        for (const one of own) if (one !== null) counts[binner.index(one)]!++;
        const cell = tally.cells!.cell(number);
        assert.deepEqual([cell.counts, cell.missing], [counts, own.filter((one) => one === null).length]);
      });
    }
  });

  it('are told apart by the codes of dictionaries alike', () => {
    const room = { room: new TextRoom(90, 10), kept: new Categories(hashesOf(['late', last])) };
    const binner = binnerOf(profileColumns({ x: ['late', last] }).columns['x']!);
    const tally = new LabelTally(binner, 'text', false, room);
    for (const [group, all] of [late.slice(0, 2_500), late.slice(2_500)].entries()) {
      const spellings = [...new Set(all)].filter((one) => one !== null);
      const codes = Uint32Array.from(all, (one) => (one === null ? spellings.length : spellings.indexOf(one)));
      const numbered = tally.numbersOf({ kind: 'texts', size: spellings.length, spellings });
      if (group === 0) {
        const counts = new Uint32Array(spellings.length + 1);
        for (const code of codes) counts[code]!++;
        tally.addCounts(0, numbered, counts, 1);
      } else {
        const runs = { rows: all.length, runs: [{ part: 0, from: 0, to: all.length }], order: undefined };
        tally.addRows(numbered, codes, runs, 1);
      }
    }
    check(tally.profile(), ['late', last], 104);
    const cell = tally.cells!.cell(0);
    const counts = new Float64Array(binner.bins);
    for (const one of late) if (one !== null) counts[binner.index(one)]!++;
    assert.deepEqual(cell.counts, counts);
  });

  it('keep what a column of 1.5 million texts takes within its room, and few categories beside it as they are', () => {
    const room = new TextRoom(20_000, 100);
    const ids = new TextTally(undefined, 'text', undefined, { room, kept: undefined });
    const few = new TextTally(undefined, 'text', undefined, { room, kept: undefined });
    const parts = new Parts(1);
    const [size, all] = [50_000, 1_500_000];
    for (let from = 0; from < all; from += size) {
      const hashes = new Int32Array(2 * size);
      const small = new Int32Array(2 * size);
      for (let i = 0; i < size; i++) {
        hashes[2 * i] = Math.imul(from + i + 1, 0x9e3779b1);
        hashes[2 * i + 1] = Math.imul(from + i + 1, 0x85ebca6b);
        small[2 * i] = (i % 90) + 1;
      }
      const runs = parts.of(new Float64Array(size), size, true);
      ids.add(hashes, runs, 1, (row) => `id-${from + row}`);
      few.add(small, runs, 1, (row) => `c${row % 90}`);
    }
    const { counts, rest } = ids.profile(0);
    assert.equal(counts.size, 20_099);
    assert.equal(rest!.rows, all - counts.size);
    assert.ok(rest!.values.hashes.length <= 4_096);
    assert.ok(Math.abs(distinctOfRest(rest!) / rest!.rows - 1) < 4 * 0.0157);
    assert.deepEqual([few.profile(0).counts.size, few.profile(0).rest], [90, undefined]);
  });

  it('of requests stay within their room as they come, but for those of the reference', () => {
    const kept = new Map(Array.from({ length: 300 }, (_, i) => [`r${i}`, 1]));
    const counter = counterOf({ type: 'text' }, kept, 100);
    for (let i = 0; i < 9_000; i++) counter.add(i % 3 ? `v${(i * 31) % 2_000}` : `r${i % 300}`);
    const profile = counter.profile() as CategoryProfile;
    const others = [...profile.counts.keys()].filter((one) => !kept.has(one));
    assert.equal(others.length, 100);
    for (let i = 0; i < 300; i += 3) assert.equal(profile.counts.get(`r${i}`), 30);
    assert.equal(presentOf(profile), 9_000);
    const met = new Set(Array.from({ length: 9_000 }, (_, i) => (i % 3 ? `v${(i * 31) % 2_000}` : `r${i % 300}`)));
    assert.equal(profile.counts.size + distinctOfRest(profile.rest!), met.size);
  });

  it('of one rest are told at most their own rows', () => {
    const counter = new RestCounter();
    assert.equal(counter.rest(), undefined);
    counter.add(5, 3);
    counter.add(6);
    counter.met(textHash('a'));
    counter.met(textHash('b'));
    const { rows: total, most, values } = counter.rest()!;
    assert.deepEqual([total, most, values.hashes.length], [4, 3, 2]);
  });
});

describe('categories of many files', () => {
  const fileOf = (columns: Record<string, CategoryProfile>): FileCounts => ({
    rows: 1,
    duplicates: 0,
    columns,
    prediction: null,
    seen: {},
    foreign: [],
    length: 1,
    parts: [],
    labelled: 0,
    from: null,
    to: null,
  });
  const file = (part: number): FileCounts =>
    fileOf({
      id: profileOf(Array.from({ length: 500 }, (_, i): [string, number] => [`id-${part * 300 + i}`, 1])),
      few: profileOf([
        ['a', 5],
        ['b', part + 1],
      ]),
    });
  const folded = (order: readonly number[], most: number, together: number): Record<string, CategoryProfile> => {
    const fold = new LogFold({ id: profileOf([['id-7', 1]]) }, undefined, most, together);
    const emptied: FileCounts[] = [];
    for (const at of order) emptied[at] = fold.take(at, file(at));
    for (const one of emptied)
      for (const profile of Object.values(one.columns)) assert.equal((profile as CategoryProfile).counts.size, 0);
    const { table } = fold.into({ table: { rows: 10, columns: { ...emptied[0]!.columns } }, prediction: undefined });
    return table.columns as Record<string, CategoryProfile>;
  };

  it('are added up the same whichever is counted first, and exactly while they are few enough', () => {
    const orders = [
      [0, 1, 2, 3, 4],
      [4, 3, 2, 1, 0],
      [2, 0, 1, 4, 3],
    ];
    const merged = mergeProfiles([0, 1, 2, 3, 4].map((at) => file(at).columns['id']!)) as CategoryProfile;
    for (const order of orders) {
      assert.deepEqual(folded(order, 1_700, 10_000)['id'], merged);
      assert.deepEqual(folded(order, 200, 10_000), folded([0, 1, 2, 3, 4], 200, 10_000));
    }
  });

  it('beyond their room are the rare ones, of the largest columns', () => {
    for (const { id, few } of [folded([0, 1, 2, 3, 4], 200, 10_000), folded([0, 1, 2, 3, 4], 1e6, 202)]) {
      assert.deepEqual(
        few!.counts,
        new Map([
          ['a', 25],
          ['b', 15],
        ]),
      );
      assert.equal(few!.rest, undefined);
      assert.ok(id!.counts.size <= 201 && id!.counts.size >= 199, String(id!.counts.size));
      assert.ok(id!.counts.has('id-7'));
      assert.equal(presentOf(id!), 2_500);
      assert.equal(id!.counts.size + distinctOfRest(id!.rest!), 1_700);
    }
  });

  it('are cut to one level', () => {
    assert.equal(cutTo([5, 10, 2], 20), Infinity);
    assert.equal(cutTo([5, 100, 2], 20), 13);
    assert.equal(cutTo([50, 100, 2], 20), 9);
  });
});

describe('a log of too many texts', function () {
  this.timeout(60_000);
  const folder = freshFolder();

  for (const known of [3, 25_000])
    it(`of Parquet, CSV and JSON lines is compared as if each were counted, beside ${known} categories of the reference`, async () => {
      const logs = path.join(folder(), 'logs');
      mkdirSync(logs);
      await withDatabase({ threads: 2 }, async (database) => {
        const reference = path.join(folder(), 'reference.parquet');
        // The last of them comes where there is no room any more.
        const own = `'ä' || (5999 - 3 * (range % ${known}))`;
        await database.run(copyToParquet(`SELECT ${own} AS id, 'c' || range % 5 AS city FROM range(30000)`, reference));
        const files: [ending: string, options: string][] = [
          ['parquet', 'FORMAT parquet'],
          ['codes.parquet', 'FORMAT parquet, DICTIONARY_SIZE_LIMIT 100000'],
          ['csv', 'FORMAT csv'],
          ['jsonl', 'FORMAT json'],
        ];
        for (const [part, [ending, options]] of files.entries())
          await database.run(
            `COPY (SELECT to_timestamp(1767225600 + ${part} * 86400 + range) AS "at", 'ä' || CAST(least(range, 2999) + ${part} * 1000 AS BIGINT) AS id, 'c' || range % 6 AS city FROM range(4000)) TO '${logs}/${part}.${ending}' (${options})`,
          );
        const table = await openParquet(database, reference);
        const readings = readingsOf(table);
        const before = await profileRelation(database, table, readings);
        const names = Object.keys(readings);
        const context = logContext(folder());
        const read = (exact?: number, among = before.columns) =>
          readLog(context, database, {
            source: { files: 'logs', time: 'at' },
            readings,
            names,
            binners: names.map((name) => binnerOf(before.columns[name]!)),
            info: undefined,
            seed: 1,
            since: new Date(0),
            reference: among,
            exact,
          });
        const whole = await read();
        const cut = await read(400);
        const [exact, id] = [whole, cut].map(({ table: { columns } }) => columns['id'] as CategoryProfile);
        assert.equal(exact!.rest, undefined);
        assert.equal(exact!.counts.size, 6_000);
        assert.equal(presentOf(exact!), 16_000);
        assert.ok(id!.rest!.rows > 0);
        const { counts } = before.columns['id'] as CategoryProfile;
        for (const one of counts.keys()) assert.equal(id!.counts.get(one), exact!.counts.get(one), one);
        const others = [...id!.counts.keys()].filter((one) => !counts.has(one));
        assert.ok(others.length <= 400, `${others.length} others`);
        assert.equal(presentOf(id!), 16_000);
        const told = id!.counts.size + distinctOfRest(id!.rest!);
        assert.ok(Math.abs(told - 6_000) <= 4 * 0.0157 * 6_000, String(told));
        assert.deepEqual(cut.table.columns['city'], whole.table.columns['city']);
        const [a, b] = [exact!, id!].map((one) => columnStatistics(before.columns['id']!, one).values);
        for (const name of ['chi2', 'cramers-v', 'jensen-shannon', 'hellinger', 'total-variation'] as const)
          assert.ok(Math.abs(a![name]! - b![name]!) <= 1e-9 * Math.max(1, a![name]!), `${name}: ${b![name]}`);
        assert.deepEqual(
          cut.windows!.sorted().map(({ part }) => part.cells),
          whole.windows!.sorted().map(({ part }) => part.cells),
        );
        const again = await read(400);
        assert.equal(again.counted, 0);
        assert.deepEqual(again.table, cut.table);
        // Beside other categories of the reference other texts need their place.
        const other = profileOf([['ä4711', 1]]);
        const { table: anew, counted } = await read(400, { ...before.columns, id: other });
        assert.ok(counted > 0);
        assert.equal((anew.columns['id'] as CategoryProfile).counts.get('ä4711'), exact!.counts.get('ä4711'));
      });
    });
});

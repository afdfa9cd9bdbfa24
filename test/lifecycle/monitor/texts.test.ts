import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Dataset, DriftReport, ModelInfo, MonitorStage } from '../../../schemas/generated/types';
import { PNG } from 'pngjs';
import { Lines } from '../../../lifecycle/deploy/serve/lines';
import { type LogWriter, RequestLog } from '../../../lifecycle/deploy/serve/log';
import { room as data } from '../../../lifecycle/data/room';
import { pixelText } from '../../../lifecycle/image';
import { measurePicture } from '../../../lifecycle/image/measures';
import { binnerFrom, binnerOf } from '../../../lifecycle/monitor/binner';
import type { Watched } from '../../../lifecycle/monitor/deployment';
import { learnMeasures, Measures, sizeProfiles, unlikeColumns, whereLogged } from '../../../lifecycle/monitor/measures';
import type { ColumnProfile } from '../../../lifecycle/monitor/profile';
import { type ReferenceTable, watchedColumns } from '../../../lifecycle/monitor/reference';
import { binsOf, profileRequests } from '../../../lifecycle/monitor/requests';
import { room as monitor } from '../../../lifecycle/monitor/room';
import { compareWindows } from '../../../lifecycle/monitor/windows';
import { Random } from '../../../lifecycle/statistics/random';
import { requestLogFolder } from '../../../lifecycle/store/requests';
import type { Input, StageContext } from '../../../lifecycle/store/room';
import { withDatabase } from '../../../lifecycle/table';
import { freshFolder } from '../../rigs/folder';
import { executeRoom } from '../../rigs/stage';
import { mkdir } from 'node:fs/promises';

const vocabulary = Array.from({ length: 300 }, (_, i) => `word${String.fromCharCode(97 + (i % 26))}${i}`);

/** A note of words by Zipf's law; of `fresh` share they are words of another world. */
function note(random: Random, length: number, fresh = 0): string {
  return Array.from({ length: 3 + random.integer(length) }, () =>
    random.chance(fresh)
      ? `neu${random.integer(5)}`
      : vocabulary[Math.floor(vocabulary.length ** random.uniform()) - 1]!,
  ).join(' ');
}

describe('free texts and images under watch', function () {
  this.timeout(60_000);
  const folder = freshFolder();
  const at = (...names: string[]) => path.join(folder(), ...names);
  const words = { mean: 3, max: 5, distinct: 40 };
  const column = (name: string, type: 'text' | 'number') => ({
    name,
    type,
    sql: type === 'text' ? 'VARCHAR' : 'DOUBLE',
  });
  const columns = [column('note', 'text'), column('colour', 'text'), column('size', 'number')];
  const reference = {
    columns,
    dataset: {
      inputs: columns.map(({ name }) => name),
      columns: columns.map((one) => ({ ...one, roles: ['feature'], ...(one.name === 'note' && { words }) })),
    },
  } as unknown as ReferenceTable;

  const watched = (asked?: string[], model?: unknown) => {
    const stage = { kind: 'monitor', reference: 'd.test', ...(asked && { drift: { columns: asked } }) };
    const context = { stage, log: () => undefined } as unknown as StageContext<MonitorStage>;
    const { readings, unlike } = watchedColumns(context, reference, { model } as Watched);
    return { names: Object.keys(readings), unlike };
  };

  it('are not compared by value, unless that is asked for', () => {
    assert.deepEqual(watched(), { names: ['colour', 'size'], unlike: [{ name: 'note', kind: 'text' }] });
    assert.deepEqual(watched(['note']), { names: ['note'], unlike: [] });
    const inputs = [{ name: 'note', type: 'text', image: { height: 2, width: 2, channels: 1 } }];
    assert.deepEqual(unlikeColumns(reference, { model: { info: { inputs } } } as unknown as Watched), [
      { name: 'note', kind: 'image' },
    ]);
  });

  it('measure pixels as numpy does', () => {
    const found = measurePicture(pixelText({ width: 2, height: 2, channels: 1, data: Uint8Array.of(0, 51, 102, 255) }));
    // numpy: a = array([0, 51, 102, 255]) / 255; a.mean(), a.std()
    assert.ok(Math.abs(found!.brightness - 0.4) < 1e-12 && Math.abs(found!.contrast - 0.37416573867739417) < 1e-12);
    for (const text of ['', '0', 'zz', 'ÿÿ']) assert.equal(measurePicture(text), undefined);
  });

  /** Drift of notes that are logged elsewhere. */
  async function look(
    seed: number,
    more: { length?: number; fresh?: number; team?: string; from?: number } = {},
  ): Promise<DriftReport> {
    const random = new Random(seed);
    const rows = Array.from({ length: 1_500 }, () => ({
      note: note(random, 12),
      size: random.normal(0, 1),
      team: random.chance(0.3) ? 'north' : 'south',
      y: random.chance(0.5) ? 'a' : 'b',
    }));
    await writeFile(at('data.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
    const made = await executeRoom(
      folder(),
      data,
      'notes',
      {
        kind: 'data',
        source: 'data.jsonl',
        target: 'y',
        split: { train: 0.8, test: 0.2 },
        features: [{ 'bag-of-words': { columns: 'note', 'max-features': 20 } }],
      },
      [],
    );
    const logged = Array.from({ length: 800 }, (_, i) => {
      const team = random.chance(0.3) ? 'north' : 'south';
      const meant = (more.team ?? team) === team && i >= (more.from ?? 0);
      return {
        at: new Date(Date.UTC(2025, 0, 1, 0, i)).toISOString(),
        note: note(random, (meant ? more.length : undefined) ?? 12, meant ? more.fresh : 0),
        size: random.normal(0, 1),
        team,
      };
    });
    await writeFile(at('log.jsonl'), logged.map((row) => JSON.stringify(row)).join('\n'));
    const known: Input[] = made.inputs;
    const done = await executeRoom(
      folder(),
      monitor,
      'watch',
      { kind: 'monitor', reference: 'notes.train', source: { files: 'log.jsonl', time: 'at' }, window: { each: 2 } },
      known,
    );
    return JSON.parse(await readFile(path.join(done.inputs[0]!.path, 'drift.json'), 'utf8')) as DriftReport;
  }
  const of = (report: DriftReport, name: string) => report.features.find((feature) => feature.column === name)!;

  it('are told by length and by words that the reference does not have, and stay quiet by chance', async () => {
    const fresh = await look(1, { fresh: 0.3 });
    const strange = of(fresh, 'note.unknown-words');
    assert.equal(strange.drifted, true);
    assert.equal(strange.of, 'note');
    assert.match(strange.note!, /words that the reference does not have: "neu\d" \(\d\d % of the texts\)/);
    assert.equal(of(fresh, 'note.length').type, 'number');
    assert.equal(
      fresh.features.some(({ column: name }) => name === 'note'),
      false,
    );
    const longer = await look(2, { length: 40 });
    assert.equal(of(longer, 'note.length').drifted, true);
    assert.equal(of(longer, 'note.unknown-words').drifted, false);
    for (const seed of [3, 4, 5]) {
      const same = await look(seed);
      assert.equal(same.verdict, 'stable', `seed ${seed}`);
      assert.ok(of(same, 'note.unknown-words').statistics['ks']! < 0.1);
    }
  });

  it('are told over time, and of the slice that they changed in', async () => {
    const later = await look(6, { fresh: 0.3, from: 480 });
    const drifted = later.windows!.map(({ columns }) => columns['note.unknown-words']!.drifted);
    // Windows of two hours, 120 rows each: from the fifth on.
    assert.deepEqual(drifted, [false, false, false, false, true, true, true]);
    assert.ok(later.windows!.every(({ columns }) => !columns['size']!.drifted));
    const [calm, loud] = [later.windows![0]!, later.windows![5]!].map(({ columns }) => columns['note.unknown-words']!);
    assert.ok(loud!.mean! > calm!.mean! + 0.2);
    const north = await look(7, { fresh: 0.4, team: 'north' });
    const [first] = north.slices!;
    assert.equal(first!.slice, "team = 'north'");
    assert.equal(first!.columns?.[0], 'note.unknown-words');
    // A measure is no column that a slice could be cut by in the pipeline.
    assert.ok(north.slices!.every(({ column: by }) => !by.startsWith('note.')));
  });

  it('are measured of a server’s log: texts by what was asked, images by what it logged of them', async () => {
    const store = at('.lifecycle');
    await mkdir(requestLogFolder(store, 'local'), { recursive: true });
    const line = (id: number, inputs: object) =>
      JSON.stringify({
        format: 1,
        time: '2025-01-01T10:00:00.000Z',
        id: String(id),
        model: 'm',
        version: 1,
        rows: 2,
        inputs,
        outputs: { prediction: [1, 2] },
      });
    await writeFile(
      path.join(requestLogFolder(store, 'local'), '2025-01-01.jsonl'),
      [
        line(1, { note: ['to be or', 'nöt'], 'photo.brightness': [0.5, 0.25], 'photo.contrast': [0.1, null] }),
        line(2, { note: ['', '!?'], 'photo.brightness': [0.5, 0.75], 'photo.contrast': [0.1, 0.2] }),
      ]
        .map((text) => `${text}\n`)
        .join(''),
    );
    const measures = new Measures(
      [
        { name: 'note', kind: 'text' },
        { name: 'photo', kind: 'image' },
      ],
      { note: ['to', 'be'] },
    );
    const { table, foreign, windows, sample } = await profileRequests(store, 'local', {}, {}, undefined, {
      names: [],
      binners: [],
      seed: 1,
      measures,
      measured: measures.names.map((name) => {
        const counts = { reference: Float64Array.of(1, 1), referenceMissing: 0 };
        return {
          name,
          binner: binnerFrom({
            kind: 'number',
            type: 'number',
            edges: Float64Array.of(name === 'note.length' ? 2.5 : 0.4),
            float32: false,
            ...counts,
          }),
        };
      }),
    });
    assert.deepEqual(sample, [
      [8, 1 / 3, 0.5, 0.1],
      [3, 1, 0.25, null],
      [null, null, 0.5, 0.1],
      [2, null, 0.75, 0.2],
    ]);
    assert.deepEqual(
      windows!.sorted()[0]!.part.cells.map((cell) => [...cell!.counts, cell!.missing]),
      [
        [1, 2, 1],
        [1, 1, 2],
        [1, 3, 0],
        [3, 0, 1],
      ],
    );
    const values = (name: string) => {
      const profile = table.columns[name]!;
      assert.ok(profile.kind === 'number');
      return { values: [...profile.sample.values], counts: [...profile.sample.counts], missing: profile.missing };
    };
    assert.deepEqual(foreign, []);
    assert.deepEqual(values('note.length'), { values: [2, 3, 8], counts: [1, 1, 1], missing: 1 });
    assert.deepEqual(values('note.unknown-words'), { values: [1 / 3, 1], counts: [1, 1], missing: 2 });
    assert.deepEqual(values('photo.brightness'), { values: [0.25, 0.5, 0.75], counts: [1, 2, 1], missing: 0 });
    assert.equal(values('photo.contrast').missing, 1);
  });

  it('know how large the files of images were, where files were sent', async () => {
    const image = { height: 1, width: 2, channels: 1 as const };
    const info = { inputs: [{ name: 'photo', type: 'text', image }] } as unknown as ModelInfo;
    const file = (width: number, height: number) => PNG.sync.write(new PNG({ width, height })).toString('base64');
    const lines = new Lines();
    const writer = {
      appendLater: (line: { write(to: Lines): void }) => (line.write(lines), lines.end()),
    } as unknown as LogWriter;
    const log = new RequestLog(writer, { name: 'm', version: 1, info }, { log: 'full', sample: 1, redact: [] });
    const ask = (id: string, given: string[]) => {
      const rows = given.length;
      const columns = { photo: given.map(() => '00ff') };
      const prediction = new Float32Array(rows);
      log.add(id, { rows, columns, given: (_, row) => given[row] }, { rows, predictions: { prediction } });
    };
    ask('1', [file(64, 48), file(32, 24)]);
    ask('2', ['00ff', file(64, 48)]);
    ask('3', ['00ff']);
    const store = at('store');
    await mkdir(requestLogFolder(store, 'local'), { recursive: true });
    const day = new Date().toISOString().slice(0, 10);
    const text = Buffer.concat(lines.pieces).toString();
    assert.match(
      text.split('\n')[1]!,
      /"photo.contrast":\[0.5000,0.5000\],"photo.width":\[null,64\],"photo.height":\[null,48\]\}/,
    );
    assert.doesNotMatch(text.split('\n')[2]!, /width/);
    await writeFile(path.join(requestLogFolder(store, 'local'), `${day}.jsonl`), text);
    const columns = [{ name: 'photo', kind: 'image' as const }];
    const measures = new Measures(columns, {});
    const pass = { names: [], binners: [], seed: 1, measures, measured: [] };
    // Also what was logged within this very millisecond.
    const window = { until: new Date(Date.now() + 60_000) };
    const { table, foreign } = await profileRequests(store, 'local', window, {}, undefined, pass);
    const countsOf = (profile: ColumnProfile) =>
      profile.kind === 'number' ? [[...profile.sample.values], [...profile.sample.counts], profile.missing] : [];
    assert.deepEqual([foreign, countsOf(table.columns['photo.width']!)], [[], [[32, 64], [1, 2], 0]]);
    assert.equal(measures.columnOf('photo.height'), 'photo');
    const sizes = { width: [{ pixels: 40, count: 2 }], height: [{ pixels: 30, count: 2 }] };
    const dataset = { columns: [{ name: 'photo', type: 'text', roles: ['feature'], sizes }] } as unknown as Dataset;
    const reference = sizeProfiles(columns, dataset);
    assert.deepEqual(countsOf(reference['photo.height']!), [[30], [2], 0]);
    const both = { rows: 2, columns: reference };
    assert.deepEqual(Object.keys(whereLogged(both, table, columns).columns), ['photo.width', 'photo.height']);
    assert.deepEqual(whereLogged(both, { rows: 3, columns: {} }, columns).columns, {}, 'of pixels alone');
    assert.deepEqual(sizeProfiles(columns, { ...dataset, columns: [] }), {}, 'a dataset of an earlier version');
    // And by parts of the window, where only rows that brought a file count.
    const sizesOf = ['photo.width', 'photo.height'].map((name) => ({ name, binner: binnerOf(reference[name]!) }));
    const again = { ...pass, each: 24, measures: new Measures(columns, {}), sizes: sizesOf };
    const { windows } = await profileRequests(store, 'local', window, {}, undefined, again);
    const parts = (minimumRows: number) =>
      compareWindows(windows!, binsOf(sizesOf), {
        ...{ rate: 0.05, minimumRows, names: [], predicts: false },
        measured: sizesOf.map(({ name }) => name),
      });
    const [part] = parts(1);
    assert.equal(part?.rows, 5);
    assert.deepEqual(
      Object.entries(part.columns).map(([name, { mean, missing }]) => [name, mean, missing]),
      [
        ['photo.width', (64 + 32 + 64) / 3, 0],
        ['photo.height', (48 + 24 + 48) / 3, 0],
      ],
    );
    assert.ok(part.columns['photo.width']!['p-value']! < 0.1);
    assert.equal(parts(4)[0]?.columns['photo.width']?.['p-value'], null, 'three files of five rows');
  });

  it('are learnt of every other row, so that a reference has new words too', async () => {
    await writeFile(at('r.csv'), `note\n${['a b', 'a c', 'b a', 'd d'].join('\n')}\n`);
    const learnt = await withDatabase({ threads: 1 }, (database) =>
      learnMeasures(
        database,
        { relation: `read_csv('${at('r.csv')}', header = true, all_varchar = true)` },
        [{ name: 'note', kind: 'text' }],
        4,
      ),
    );
    assert.deepEqual(learnt.vocabularies, { note: ['a', 'b'] });
    const profile = learnt.columns['note.unknown-words']!;
    assert.ok(profile.kind === 'number');
    assert.deepEqual([...profile.sample.values], [0.5, 1]);
  });
});

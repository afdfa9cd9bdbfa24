import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataStage, Dataset, DriftReport, ModelInfo, MonitorStage } from '../../../schemas/generated/types';
import { room as data } from '../../../lifecycle/data/room';
import { scoreFiles } from '../../../lifecycle/deploy/score';
import { room as monitor } from '../../../lifecycle/monitor/room';
import { room as pack } from '../../../lifecycle/package/room';
import { UserError } from '../../../lifecycle/problem';
import { Random } from '../../../lifecycle/statistics/random';
import { appendEntry } from '../../../lifecycle/store/ledger';
import { findVersion } from '../../../lifecycle/store/registry';
import type { Input } from '../../../lifecycle/store/room';
import { writeFresh, writeVersion } from '../../../lifecycle/run/retrain/data';
import { readColumns, withDatabase } from '../../../lifecycle/table';
import { room as train } from '../../../lifecycle/train/room';
import { freshFolder } from '../../rigs/folder';
import { executeRoom, manifestOf } from '../../rigs/stage';

const DAY = 86_400_000;
const head = 'Auftrag;Eingang;Betrag;Straße;bezahlt';
/** What stands above the header in what is exported by hand; programs export without it. */
const title = ['Aufträge: Auszug', ''];
const source = {
  file: 'orders.csv',
  encoding: 'windows-1252',
  decimal: ',',
  missing: ['', 'k.A.'],
  'skip-lines': 2,
} as const;

/** Orders as a German spreadsheet saves them: Windows-1252, semicolons, `1.234,56 €`, `31.12.2025`, `k.A.` for what is missing. */
function orders(count: number, seed: number, mean = 1_500, start = Date.UTC(2025, 0, 1)): string[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => {
    const time = new Date(start + (i % 300) * DAY);
    const amount = Math.round(100 * Math.abs(random.normal(mean, 400))) / 100;
    const paid = random.chance(1 / (1 + Math.exp((amount - 1_500) / 200 - (time.getUTCDay() === 1 ? 2 : 0))));
    const [whole = '', cents = ''] = amount.toFixed(2).split('.');
    const money = random.chance(0.05) ? 'k.A.' : `${whole.replace(/(?<=\d)(?=(\d{3})+$)/g, '.')},${cents} €`;
    const day = [time.getUTCDate(), time.getUTCMonth() + 1].map((part) => String(part).padStart(2, '0'));
    return [
      i,
      `${day.join('.')}.${time.getUTCFullYear()}`,
      money,
      random.chance(0.6) ? 'Müllerstraße' : 'Äußere Gasse',
      paid ? 'ja' : 'nein',
    ].join(';');
  });
}

/** The letters used here, with the euro sign, in Windows-1252. */
const windows = (lines: readonly string[]) =>
  Buffer.from(`${lines.join('\r\n')}\r\n`.replaceAll('€', '\u0080'), 'latin1');

describe('a model of a spreadsheet', function () {
  this.timeout(60_000);
  const folder = freshFolder();
  const at = (...names: string[]) => path.join(folder(), ...names);
  const known: Input[] = [];
  let bundle: { folder: string; digest: string };

  const stage = async <T extends Parameters<typeof executeRoom>[1]>(
    room: T,
    name: string,
    what: Parameters<T['run']>[0]['stage'],
  ) => {
    const done = await executeRoom(folder(), room, name, what, known);
    known.push(...done.inputs);
    return done;
  };

  async function build(): Promise<void> {
    known.length = 0;
    await writeFile(at('orders.csv'), windows([...title, head, ...orders(1_200, 1)]));
    await stage(data, 'orders', {
      kind: 'data',
      source: { ...source, missing: [...source.missing] },
      target: { column: 'bezahlt', positive: 'ja' },
      columns: { id: 'Auftrag' },
      features: [
        { 'date-parts': { columns: 'Eingang', parts: ['weekday', 'month'] } },
        { fill: { columns: ['Betrag'], with: 'median' } },
        { standardize: { columns: ['Betrag'] } },
        { 'one-hot': { columns: 'text' } },
      ],
    });
    await stage(train, 'trees', { kind: 'train', data: 'orders', model: { kind: 'boosted-trees', trees: 20 } });
    await stage(pack, 'bundle', { kind: 'package', model: 'trees', name: 'orders' });
    bundle = await findVersion(at('.lifecycle'), 'orders');
  }

  async function look(more: Partial<MonitorStage>): Promise<DriftReport> {
    const what: MonitorStage = { kind: 'monitor', reference: 'orders.train', ...more };
    const done = await executeRoom(folder(), monitor, 'watch', what, known);
    return JSON.parse(await readFile(path.join(done.inputs[0]!.path, 'drift.json'), 'utf8')) as DriftReport;
  }

  it('knows how its table was written', async () => {
    await build();
    const written = {
      'skip-lines': 2,
      encoding: 'windows-1252',
      decimal: ',',
      missing: ['', 'k.A.'],
      dates: { Eingang: ['%d.%m.%Y'] },
    };
    const read = async (...names: string[]) => JSON.parse(await readFile(path.join(...names), 'utf8')) as unknown;
    assert.deepEqual(((await read(known[0]!.path, 'dataset.json')) as Dataset).written, written);
    assert.deepEqual(((await read(bundle.folder, 'model.json')) as ModelInfo).written, written);
  });

  it('scores such a table, and is watched by what it scored', async () => {
    await build();
    const score = (input: string, output: string) =>
      scoreFiles({ bundle: bundle.folder, digest: bundle.digest, input: at(input), output: at(output) });
    await writeFile(at('new.csv'), windows([head, ...orders(600, 2)]));
    assert.deepEqual(await score('new.csv', 'scored.csv'), { rows: 600 });
    const bare = await readFile(at('scored.csv'), 'utf8');
    await writeFile(at('new.csv'), windows([...title, head, ...orders(600, 2)]));
    await score('new.csv', 'scored.csv');
    assert.equal(await readFile(at('scored.csv'), 'utf8'), bare, 'with a title and without one');
    // The same rows plainly written give the same predictions.
    await score('new.csv', 'scored.parquet');
    const plain = await readColumns(at('scored.parquet'));
    const amounts = plain.columns['Betrag']!.values as Float64Array;
    assert.ok(amounts.filter(Number.isFinite).every((value) => value < 5_000) && amounts.some(Number.isNaN));
    const iso = plain.columns['Eingang']!.values as string[];
    assert.equal(iso[0], '2025-01-01');
    await writeFile(
      at('plain.csv'),
      [
        'Eingang,Betrag,Straße,bezahlt',
        ...iso.map((day, i) =>
          [day, Number.isNaN(amounts[i]) ? '' : amounts[i], (plain.columns['Straße']!.values as string[])[i], ''].join(
            ',',
          ),
        ),
      ].join('\n'),
    );
    await score('plain.csv', 'again.parquet');
    const chances = (columns: typeof plain) => [...(columns.columns['probability_ja']!.values as Float64Array)];
    assert.deepEqual(chances(await readColumns(at('again.parquet'))), chances(plain));
    assert.ok(new Set(chances(plain)).size > 50);

    const deploy = async (output: string) => {
      known.splice(3);
      await appendEntry(at('.lifecycle'), {
        action: 'deploy', target: 'nightly', kind: 'batch', model: 'orders', version: 1, digest: bundle.digest, stage: 'live', pipeline: 'toys', output: at(output),
      }); // prettier-ignore
      await mkdir(at('live'), { recursive: true });
      await writeFile(at('live', 'deployment.json'), JSON.stringify({ target: 'nightly' }));
      known.push({ reference: 'live', stage: 'live', kind: 'deploy', path: at('live'), hash: '1'.repeat(64), manifest: manifestOf('live', 'deploy', '1'.repeat(64)) }); // prettier-ignore
      return look({ deployment: 'live' });
    };
    // In CSV the values stand as they were written, in Parquet as they are.
    for (const output of ['scored.csv', 'scored.parquet']) {
      const quiet = await deploy(output);
      assert.deepEqual([quiet.verdict, quiet.features.length, quiet.prediction?.drifted], ['stable', 2, false], output);
      assert.ok(quiet.features.every(({ violations = [] }) => violations.length === 0));
    }
    await writeFile(at('new.csv'), windows([head, ...orders(600, 3, 2_600)]));
    await score('new.csv', 'scored.csv');
    const loud = await deploy('scored.csv');
    assert.deepEqual(loud.features.map(({ column, drifted }) => [column, drifted]), [['Betrag', true], ['Straße', false]]); // prettier-ignore

    await writeFile(at('new.csv'), windows([head, ...orders(5, 3), '9;01.02.2025;viel;Müllerstraße;ja']));
    await assert.rejects(score('new.csv', 'scored.csv'), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /new\.csv: column 'Betrag' holds "viel", but the model takes numbers there\./);
      return error.problem.code === 'value-type';
    });
  });

  it('is trained again on its table and what came after, dates and all', async () => {
    await build();
    const artifact = known[0]!.path;
    const dataset = JSON.parse(await readFile(path.join(artifact, 'dataset.json'), 'utf8')) as Dataset;
    const { inputs } = JSON.parse(await readFile(path.join(bundle.folder, 'model.json'), 'utf8')) as ModelInfo;
    const fresh = Array.from({ length: 40 }, (_, i) => ({
      key: `${i}/0`,
      time: i,
      actual: i % 2,
      label: i % 2 === 0 ? 'nein' : 'ja',
      answer: [0.5, 0.5],
      inputs: { Eingang: '2026-03-09', Betrag: 1_000.5 + i, Straße: 'Äußere Gasse' },
    }));
    await writeFile(at('plain.csv'), ['Eingang;Betrag;Straße;bezahlt', ...Array.from({ length: 60 }, (_, i) => `${10 + (i % 19)}.01.2026;${i};A;${i % 2 ? 'ja' : 'nein'}`)].join('\n')); // prettier-ignore
    for (const [given, rows] of [
      [source, 1_240],
      ['plain.csv', 100],
    ] as const) {
      const file = await withDatabase({}, async (database) => {
        await writeFresh(database, at('fresh.parquet'), fresh, { inputs }, 'bezahlt');
        const where = { folder: folder(), base: at('versions', String(rows)), artifact, dataset };
        return writeVersion(database, given as unknown as DataStage['source'], where, at('fresh.parquet'), {});
      });
      const done = await executeRoom(
        folder(),
        data,
        'again',
        {
          kind: 'data',
          source: file,
          target: { column: 'bezahlt', positive: 'ja' },
          features: [
            { 'date-parts': { columns: 'Eingang', parts: ['weekday', 'month'] } },
            { 'one-hot': { columns: 'text' } },
          ],
        },
        [],
      );
      const next = JSON.parse(await readFile(path.join(done.inputs[0]!.path, 'dataset.json'), 'utf8')) as Dataset;
      const types = Object.fromEntries(next.columns.map(({ name, type }) => [name, type]));
      assert.deepEqual([types['Eingang'], types['Betrag'], next.rows!.read], ['time', 'number', rows]);
      // What is scored and watched next is still written as the table was.
      assert.deepEqual(next.written, rows === 1_240 ? dataset.written : next.written);
      assert.ok(next.written?.dates?.['Eingang']?.includes('%d.%m.%Y'), JSON.stringify(next.written));
    }
  });

  it('is watched by a log that is written alike', async () => {
    await build();
    const start = Date.UTC(2026, 0, 1);
    await writeFile(at('log.csv'), windows([head, ...orders(600, 4, 1_500, start)]));
    const log = { source: { files: 'log.csv', time: 'Eingang', label: 'bezahlt' } };
    const quiet = await look(log);
    assert.deepEqual(
      [quiet.verdict, quiet.rows.current, quiet.features.length, quiet.rows.undated],
      ['stable', 600, 2, undefined],
    );
    assert.equal(quiet.window!.from?.slice(0, 10), '2026-01-01');
    await writeFile(at('log.csv'), windows([...title, head, ...orders(600, 5, 2_600, start)]));
    const loud = await look(log);
    assert.equal(loud.rows.current, 600);
    // More than the reference had has to be stated.
    await writeFile(at('log.csv'), windows(['Abzug', ...title, head, ...orders(600, 5, 2_600, start)]));
    const stated = await look({ source: { ...log.source, 'skip-lines': 3 } });
    assert.deepEqual([stated.rows.current, stated.features], [600, loud.features]);
    assert.deepEqual(loud.features.map(({ column, drifted }) => [column, drifted]), [['Betrag', true], ['Straße', false]]); // prettier-ignore
  });
});

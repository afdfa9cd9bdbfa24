/** One look at the log, or the comparison of many columns, in a process of its own, bundled as the engine is. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MonitorStage } from '../../schemas/generated/types';
import { binnerOf } from '../../lifecycle/monitor/binner';
import { compareProfiles } from '../../lifecycle/monitor/drift';
import { openParquet, readingsOf } from '../../lifecycle/monitor/files';
import { KeptReference } from '../../lifecycle/monitor/kept-reference';
import { profileColumns } from '../../lifecycle/monitor/profile';
import { readLog } from '../../lifecycle/monitor/sources/log';
import { compareWindows, WindowCounter } from '../../lifecycle/monitor/windows';
import { Random } from '../../lifecycle/statistics/random';
import type { StageContext } from '../../lifecycle/store/room';
import { withDatabase } from '../../lifecycle/table';
import { BEGIN, DAY, DAYS } from './data';

const THREADS = Number(process.argv.find((arg) => arg.startsWith('--threads='))?.slice('--threads='.length) ?? 2);

/** One look, as the stage makes it: profile of the reference, counts of the log, comparison as a whole and day by day. What it found goes to `look.json`. */
async function look(folder: string, files: string[], ids: boolean): Promise<void> {
  const began = performance.now();
  await withDatabase({ threads: 2, memory: 250e6, scratch: folder }, async (database) => {
    const table = await openParquet(database, path.join(folder, 'reference.parquet'));
    const readings = readingsOf(table);
    const kept = new KeptReference(
      path.join(folder, ids ? 'store-ids' : 'store'),
      'reference',
      folder,
      database,
      table,
    );
    const reference = await kept.profile(readings);
    await kept.sample(Object.keys(readings), reference.rows);
    await kept.close();
    const names = Object.keys(readings);
    const binners = names.map((name) => binnerOf(reference.columns[name]!));
    const referenced = performance.now();
    const context = {
      store: path.join(folder, ids ? 'store-ids' : 'store'),
      threads: THREADS,
      folder,
      scratch: folder,
      signal: new AbortController().signal,
      progress: () => undefined,
    } as unknown as StageContext<MonitorStage>;
    const source = { files, time: 'at', ...(ids && { id: 'request' }) };
    const log = await readLog(context, database, {
      source,
      readings,
      names,
      binners,
      info: undefined,
      seed: 7,
      since: new Date(0),
      reference: reference.columns,
    });
    const read = performance.now();
    const drift = compareProfiles(reference, log.table);
    const windows = compareWindows(log.windows!, binners, { rate: 0.05, minimumRows: 50, names, predicts: false });
    const cpu = (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
    const compared = performance.now();
    writeFileSync(path.join(folder, 'look.json'), JSON.stringify({ drift, windows }));
    const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(2);
    console.log(
      `rows ${log.table.rows}, processor ${cpu.toFixed(2)} s, reference ${seconds(began, referenced)} s, log ${seconds(referenced, read)} s, comparison ${seconds(read, compared)} s, peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB; drifted: ${drift.features
        .filter(({ drifted }) => drifted)
        .map(({ column }) => column)
        .join(', ')}`,
    );
  });
}

/** 1,000 columns, of which every tenth drifts from the 20th day on, compared with their reference day by day. */
function compareMany(): void {
  const random = new Random(7);
  const size = 1_000;
  const draw = (column: number, shift: number): (number | string)[] =>
    Array.from({ length: size }, () =>
      column % 2 === 0 ? random.normal() + shift : `c${Math.floor((random.next() * 20) / (1 + shift))}`,
    );
  const names = Array.from({ length: 1_000 }, (_, i) => `f${i}`);
  const { columns: before } = profileColumns(Object.fromEntries(names.map((name, i) => [name, draw(i, 0)])));
  const binners = names.map((name) => binnerOf(before[name]!));
  const counter = new WindowCounter(binners, 24);
  for (let day = 0; day < DAYS; day++) {
    const part = counter.part(BEGIN + day * DAY);
    part.rows += size;
    names.forEach((_, i) => {
      for (const value of draw(i, day >= 20 && i % 10 === 0 ? 1 : 0)) counter.add(part, i, value);
    });
  }
  for (let run = 0; run < 3; run++) {
    const began = performance.now();
    const before = process.cpuUsage();
    const windows = compareWindows(counter, binners, { rate: 0.05, minimumRows: 100, names, predicts: false });
    const seconds = ((performance.now() - began) / 1000).toFixed(3);
    const { user, system } = process.cpuUsage(before);
    const processor = ((user + system) / 1e6).toFixed(3);
    console.log(
      `1,000 columns × ${windows.length} days compared in ${seconds} s, processor ${processor} s${run === 0 ? ' (first)' : ''}; drifted columns by day: ${windows.map(({ count }) => count).join(' ')}`,
    );
  }
}

const [mode, folder, kind, ...files] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
if (mode === 'columns') compareMany();
else void look(folder!, files, kind === 'ids');

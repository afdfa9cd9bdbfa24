/**
 * A log of 10 million predictions with 20 columns, as 30 daily Parquet files, counted against its reference: the first look, an unchanged
 * second one, and one with a new day of 300,000 rows; then the same statistics with pandas and scipy. Each look is a process of its own.
 *
 *     npx tsx bench/monitor/bench.ts [rows]
 */
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { MonitorStage } from '../../schemas/generated/types';
import { binnerOf } from '../../lifecycle/monitor/binner';
import { compareProfiles } from '../../lifecycle/monitor/drift';
import { openParquet, readingsOf } from '../../lifecycle/monitor/files';
import { KeptReference } from '../../lifecycle/monitor/kept-reference';
import { readLog } from '../../lifecycle/monitor/sources/log';
import type { StageContext } from '../../lifecycle/store/room';
import { copyToParquet, doubles, withDatabase } from '../../lifecycle/table';

const NUMBERS = 12;
const DAYS = 30;
const DAY = 86_400_000;
const BEGIN = Date.UTC(2026, 0, 1);

/** Half of the numbers are continuous, half have at most a thousand values; the categories have 3 to 300. */
function columns(shift: number): string {
  const normal = `sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())`;
  return [
    ...Array.from({ length: NUMBERS }, (_, i) =>
      i < NUMBERS / 2
        ? `CAST(${normal} * ${i + 1} + ${i * 10 + (i === 0 ? shift : 0)} AS DOUBLE) AS n${i}`
        : `CAST(floor(random() * ${10 * (i - 4) ** 2}) AS INTEGER) AS n${i}`,
    ),
    ...[3, 5, 8, 12, 30, 100, 200, 300].map(
      (size, i) => `'c' || CAST(floor(random() * random() * ${size}) AS INTEGER) AS t${i}`,
    ),
  ].join(', ');
}

async function generate(folder: string, rows: number): Promise<void> {
  mkdirSync(path.join(folder, 'logs'), { recursive: true });
  await withDatabase({ threads: 2 }, async (database) => {
    await database.run('SELECT setseed(0.7)');
    await database.run(
      copyToParquet(`SELECT ${columns(0)} FROM range(200000)`, path.join(folder, 'reference.parquet')),
    );
    for (let day = 0; day <= DAYS; day++) {
      const size = day === DAYS ? 300_000 : Math.round(rows / DAYS);
      const time = `to_timestamp(${(BEGIN + day * DAY) / 1000} + range * ${86_399 / size}) AS "at"`;
      const file =
        day === DAYS
          ? path.join(folder, 'new.parquet')
          : path.join(folder, 'logs', `day-${String(day).padStart(2, '0')}.parquet`);
      await database.run(
        copyToParquet(
          `SELECT ${time}, range || '-${day}' AS request, ${columns(day > 20 ? 0.5 : 0)} FROM range(${size})`,
          file,
        ),
      );
    }
  });
}

/** One look, as the stage makes it: profile of the reference, counts of the log, comparison. */
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
    const cpu = (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
    const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(2);
    console.log(
      `rows ${log.table.rows}, processor ${cpu.toFixed(2)} s, reference ${seconds(began, referenced)} s, log ${seconds(referenced, read)} s, comparison ${seconds(read, performance.now())} s, peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB; drifted: ${drift.features
        .filter(({ drifted }) => drifted)
        .map(({ column }) => column)
        .join(', ')}`,
    );
  });
}

/** Writes the columns so that Python takes them without parsing: numbers as they are, texts as codes and their labels. */
async function writeForPeer(folder: string, to: string): Promise<void> {
  mkdirSync(to);
  const sides = { reference: `'${folder}/reference.parquet'`, log: `'${folder}/logs/*.parquet'` };
  await withDatabase({ threads: 2 }, async (database) => {
    const names: Record<string, string> = {};
    const write = async (file: string, sql: string, of: (values: Float64Array) => Float64Array | Uint16Array) => {
      const out = openSync(path.join(to, file), 'w');
      await database.stream(sql, (chunk, rows) => void writeSync(out, of(doubles(chunk, 0).slice(0, rows))));
      closeSync(out);
    };
    for (let i = 0; i < NUMBERS; i++) {
      names[`n${i}`] = 'number';
      for (const [side, files] of Object.entries(sides))
        await write(
          `${side}.n${i}.f64`,
          `SELECT CAST(n${i} AS DOUBLE) FROM read_parquet(${files})`,
          (values) => values,
        );
    }
    for (let i = 0; i < 8; i++) {
      names[`t${i}`] = 'text';
      const labels = await database.query<{ t: string }>(
        `SELECT DISTINCT t${i} AS t FROM read_parquet([${Object.values(sides).join(', ')}], union_by_name = true) ORDER BY t`,
      );
      writeFileSync(path.join(to, `t${i}.labels`), labels.map(({ t }) => t).join('\n'));
      const code = `enum_code(CAST(t${i} AS ENUM(${labels.map(({ t }) => `'${t}'`).join(', ')})))`;
      for (const [side, files] of Object.entries(sides))
        await write(`${side}.t${i}.u16`, `SELECT CAST(${code} AS DOUBLE) FROM read_parquet(${files})`, (values) =>
          Uint16Array.from(values),
        );
    }
    writeFileSync(path.join(to, 'names.json'), JSON.stringify(names));
  });
}

async function main(): Promise<void> {
  const [mode, ...rest] = process.argv.slice(2);
  if (mode === 'look') return look(rest[0]!, rest.slice(2), rest[1] === 'ids');
  const rows = Number(mode ?? 10_000_000);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lifecycle-bench-monitor-'));
  try {
    await generate(folder, rows);
    const measure = (name: string, kind: 'plain' | 'ids', files: string[]) => {
      const args = [
        ...(process.env.TRACE ? ['-r', process.env.TRACE] : []),
        '--import',
        'tsx',
        __filename,
        'look',
        folder,
        kind,
        ...files,
      ];
      console.log(`${name}: ${execFileSync(process.execPath, args, { encoding: 'utf8' }).trim()}`);
    };
    console.log(`${rows} rows, ${os.cpus().length} cores, load ${os.loadavg()[0]!.toFixed(1)}`);
    if (!existsSync(path.join(folder, 'new.parquet'))) throw new Error('nothing was generated');
    measure('first look', 'plain', ['logs']);
    measure('unchanged', 'plain', ['logs']);
    measure('a new day', 'plain', ['logs', 'new.parquet']);
    measure('first look, by request id', 'ids', ['logs']);
    measure('unchanged, by request id', 'ids', ['logs']);
    const peer = path.join(folder, 'peer');
    await writeForPeer(folder, peer);
    const python = execFileSync('/usr/bin/python3', [path.join(__dirname, 'peer.py'), peer], { encoding: 'utf8' });
    console.log(`pandas and scipy: ${python.trim()}`);
    console.log(`load at the end ${os.loadavg()[0]!.toFixed(1)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();

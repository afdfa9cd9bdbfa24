/**
 * A log of 10 million predictions with 20 columns, as 30 daily Parquet files, counted against its reference: the first look, an unchanged
 * second one, and one with a new day of 300,000 rows; then the same statistics with pandas and scipy, and 1,000 columns compared day by day. Each look
 * is a process of its own, bundled as the engine is.
 *
 *     npx tsx bench/monitor/bench.ts [rows] [--no-peer] [--threads=2]
 */
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
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
import { copyToParquet, doubles, withDatabase } from '../../lifecycle/table';

const ROOT = path.join(__dirname, '../..');
const THREADS = Number(process.argv.find((arg) => arg.startsWith('--threads='))?.slice('--threads='.length) ?? 2);
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

/** The looks and the threads they count in, bundled as they are shipped. */
async function bundle(): Promise<string> {
  const outdir = path.join(ROOT, 'node_modules/.cache/bench-monitor');
  await build({
    entryPoints: { look: __filename, 'count.worker': path.join(ROOT, 'lifecycle/monitor/sources/count.worker.ts') },
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    minify: true,
    external: ['@duckdb/node-api', 'onnxruntime-node', 'esbuild'],
    logLevel: 'warning',
  });
  return path.join(outdir, 'look.js');
}

async function main(): Promise<void> {
  const [mode, ...rest] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
  if (mode === 'look') return look(rest[0]!, rest.slice(2), rest[1] === 'ids');
  if (mode === 'columns') return compareMany();
  const rows = Number(mode ?? 10_000_000);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lifecycle-bench-monitor-'));
  try {
    const script = await bundle();
    await generate(folder, rows);
    const seconds = { first: 0 };
    const measure = (name: string, kind: 'plain' | 'ids', files: string[]): number => {
      const began = performance.now();
      const args = [script, 'look', folder, kind, ...files, `--threads=${THREADS}`];
      const told = execFileSync(process.execPath, args, { encoding: 'utf8' }).trim();
      const took = (performance.now() - began) / 1000;
      console.log(`${name}: ${took.toFixed(2)} s with the start of the process; ${told}`);
      return took;
    };
    console.log(`${rows} rows, ${os.cpus().length} cores, load ${os.loadavg()[0]!.toFixed(1)}`);
    if (!existsSync(path.join(folder, 'new.parquet'))) throw new Error('nothing was generated');
    seconds.first = measure('first look', 'plain', ['logs']);
    measure('unchanged', 'plain', ['logs']);
    measure('a new day', 'plain', ['logs', 'new.parquet']);
    measure('first look, by request id', 'ids', ['logs']);
    measure('unchanged, by request id', 'ids', ['logs']);
    console.log(execFileSync(process.execPath, [script, 'columns'], { encoding: 'utf8' }).trim());
    if (!process.argv.includes('--no-peer')) {
      const peer = path.join(folder, 'peer');
      await writeForPeer(folder, peer);
      const python = execFileSync('/usr/bin/python3', [path.join(__dirname, 'peer.py'), peer], { encoding: 'utf8' });
      console.log(`pandas and scipy: ${python.trim()}`);
      const theirs = Number(/^statistics ([\d.]+) s/.exec(python.trim())?.[1]);
      console.log(`${(theirs / seconds.first).toFixed(1)} × the first look, whose reading counts and theirs does not`);
    }
    console.log(`load at the end ${os.loadavg()[0]!.toFixed(1)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();

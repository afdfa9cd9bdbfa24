/** The log and its reference, as Parquet files and as what Python takes without parsing. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { copyToParquet, doubles, text, withDatabase } from '../../lifecycle/table';

const NUMBERS = 12;
const TEXTS = [3, 5, 8, 12, 30, 100, 200, 300];
/** Columns with missing values, with how many rows have one. */
const MISSING: Readonly<Record<string, number>> = { n1: 100, n7: 200, t2: 50 };
export const DAYS = 30;
export const DAY = 86_400_000;
export const BEGIN = Date.UTC(2026, 0, 1);

/** Half of the numbers are continuous, half have at most a thousand values; the categories have 3 to 300. */
function columns(shift: number): string {
  const normal = `sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())`;
  const all: [name: string, value: string][] = [
    ...Array.from({ length: NUMBERS }, (_, i): [string, string] => [
      `n${i}`,
      i < NUMBERS / 2
        ? `CAST(${normal} * ${i + 1} + ${i * 10 + (i === 0 ? shift : 0)} AS DOUBLE)`
        : `CAST(floor(random() * ${10 * (i - 4) ** 2}) AS INTEGER)`,
    ]),
    ...TEXTS.map((size, i): [string, string] => [
      `t${i}`,
      `'c' || CAST(floor(random() * random() * ${size}) AS INTEGER)`,
    ]),
  ];
  return all
    .map(([name, value]) => {
      const every = MISSING[name];
      return `${every === undefined ? value : `CASE WHEN random() * ${every} >= 1 THEN ${value} END`} AS ${name}`;
    })
    .join(', ');
}

/** The reference, the days of the log, and one more day of 300,000 rows. */
export async function generate(folder: string, rows: number): Promise<void> {
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

/** Writes the columns so that Python takes them without parsing: numbers and times as they are, texts as codes and their labels; the last code is none. */
export async function writeForPeer(folder: string, to: string): Promise<void> {
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
    await write('log.at.f64', `SELECT epoch_us("at") / 1e3 FROM read_parquet(${sides.log})`, (values) => values);
    for (let i = 0; i < TEXTS.length; i++) {
      names[`t${i}`] = 'text';
      const labels = await database.query<{ t: string }>(
        `SELECT DISTINCT t${i} AS t FROM read_parquet([${Object.values(sides).join(', ')}], union_by_name = true) WHERE t IS NOT NULL ORDER BY t`,
      );
      writeFileSync(path.join(to, `t${i}.labels`), labels.map(({ t }) => t).join('\n'));
      const code = `coalesce(enum_code(CAST(t${i} AS ENUM(${labels.map(({ t }) => text(t)).join(', ')}))), ${labels.length})`;
      for (const [side, files] of Object.entries(sides))
        await write(`${side}.t${i}.u16`, `SELECT CAST(${code} AS DOUBLE) FROM read_parquet(${files})`, (values) =>
          Uint16Array.from(values),
        );
    }
    writeFileSync(path.join(to, 'names.json'), JSON.stringify(names));
  });
}

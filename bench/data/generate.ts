import { withDatabase, text } from '../../lifecycle/table';

/**
 * Writes a made-up customer table as CSV: 20 columns (4 whole numbers, 8 decimals, 6 texts, a boolean, the target), some values missing, one row in
 * a hundred a duplicate of an earlier one. The same rows at each run: every value is a hash of its row number.
 */
export async function generate(file: string, rows: number): Promise<void> {
  const unit = (salt: number): string => `((hash(i * 1000 + ${salt}) % 1000000) / 1e6)`;
  const normal = (salt: number): string =>
    `(sqrt(-2 * ln(${unit(salt)} + 1e-9)) * cos(6.283185307 * ${unit(salt + 500)}))`;
  const missing = (sql: string, salt: number, share: number): string =>
    share === 0 ? sql : `CASE WHEN ${unit(salt)} < ${share} THEN NULL ELSE ${sql} END`;
  const columns: string[] = [];
  for (let k = 0; k < 4; k++) {
    columns.push(`${missing(`CAST(floor(${unit(10 + k)} * 100) AS INTEGER)`, 20 + k, k % 2 ? 0.05 : 0)} AS int${k}`);
  }
  for (let k = 0; k < 8; k++) {
    columns.push(
      `${missing(`round(${normal(30 + k)} * ${10 ** (k % 4)} + ${k * 7}, 4)`, 40 + k, k % 2 ? 0.05 : 0)} AS num${k}`,
    );
  }
  [4, 6, 8, 10, 12, 20].forEach((categories, k) => {
    const value = `'cat_' || CAST(floor(pow(${unit(50 + k)}, 2) * ${categories}) AS INTEGER)`;
    columns.push(`${missing(value, 60 + k, k % 3 ? 0 : 0.03)} AS cat${k}`);
  });
  columns.push(`CASE WHEN ${unit(80)} < 0.5 THEN 'true' ELSE 'false' END AS flag`);
  columns.push(`CASE WHEN ${unit(10)} + ${unit(81)} * 0.5 > 1 THEN 'yes' ELSE 'no' END AS target`);
  const source = `(SELECT CASE WHEN r % 100 = 99 THEN r - 50 ELSE r END AS i FROM range(${rows}) t(r))`;
  await withDatabase({ threads: 2 }, (database) =>
    database.run(`COPY (SELECT ${columns.join(', ')} FROM ${source}) TO ${text(file)} (HEADER)`),
  );
}

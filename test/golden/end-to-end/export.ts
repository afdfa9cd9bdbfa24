/**
 * Writes cases.json, the predictions of the examples' chosen models on their test splits and columns of requests that drift, for
 * scores.py. Run from the repository: npx tsx test/golden/end-to-end/export.ts && /usr/bin/python3 test/golden/end-to-end/scores.py
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Evaluation } from '../../../schemas/generated/types';
import { readColumns } from '../../../lifecycle/table';
import { type DriftCase, predictionsOf, type ScoreCase } from '../../end-to-end/cases';
import { type Example, examples, finished } from '../../end-to-end/product';

/** Float32 values need nine digits. */
const short = (value: number): number => Number(value.toPrecision(9));

async function main(): Promise<void> {
  const metrics: Record<string, ScoreCase> = {};
  for (const example of Object.keys(examples) as Example[]) {
    const project = await finished(example);
    const { best } = await project.read<Evaluation>('exam', 'evaluation.json');
    const found = await predictionsOf(project, examples[example].data, best, 'test');
    // 2,000 rows of each are enough to tell a wrong formula; with all of them the file would be a megabyte.
    const rows = Math.min(2_000, found.actual.length);
    const width = found.predicted.length / found.actual.length;
    metrics[example] = {
      ...found,
      actual: found.actual.slice(0, rows),
      predicted: found.predicted.slice(0, rows * width).map(short),
    };
  }
  writeFileSync(path.join(__dirname, 'cases.json'), `${JSON.stringify({ metrics, drift: await driftCases() })}\n`);
}

/** Columns of 1,500 customers of the training split, beside 700 of the test split: some as they are, some shifted. */
async function driftCases(): Promise<Record<string, DriftCase>> {
  const data = (await (await finished('churn')).result('customers')).path;
  const [before, after] = await Promise.all(
    ['train', 'test'].map((split) => readColumns(path.join(data, `${split}.parquet`))),
  );
  const cases: Record<string, DriftCase> = {};
  const shifts: Record<string, (value: number | string) => number | string> = {
    tenure: (value) => value,
    monthly_charges: (value) => short(Number(value) * 1.2 + 5),
    total_charges: (value) => value,
    senior_citizen: (value) => value,
    contract: (value) => (value === 'One year' ? 'Month-to-month' : value),
    payment_method: (value) => value,
  };
  for (const [name, shift] of Object.entries(shifts)) {
    const text = before!.columns[name]!.type === 'text';
    const list = (values: ArrayLike<number | string | null>, count: number, change: typeof shift = (value) => value) =>
      Array.from({ length: count }, (_, i) => {
        const value = values[i] ?? null;
        return value === null || Number.isNaN(value) ? null : change(value);
      });
    cases[name] = {
      type: text ? 'text' : 'number',
      reference: list(before!.columns[name]!.values, 1_500),
      current: list(after!.columns[name]!.values, 700, shift),
    };
  }
  return cases;
}

void main();

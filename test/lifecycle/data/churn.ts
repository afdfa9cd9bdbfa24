import path from 'node:path';
import type { DataStage } from '../../../schemas/generated/types';
import { runStage } from './support';

export const CHURN_FOLDER = path.resolve(__dirname, '../../../examples/churn');

/** The data stage of the churn example. */
export const churnStage: Omit<DataStage, 'kind'> = {
  source: 'data/telco-churn.csv',
  target: { column: 'churn', positive: 'Yes' },
  columns: { sensitive: ['female', 'senior_citizen'] },
  rows: ['drop-duplicates', { filter: 'tenure >= 0' }],
  split: { train: 0.7, validation: 0.15, test: 0.15, stratify: 'churn' },
  features: [
    { fill: { columns: ['total_charges'], with: 'median' } },
    { clip: { columns: ['monthly_charges'], quantiles: [0.01, 0.99] } },
    { derive: { charge_per_month: 'total_charges / max(tenure, 1)' } },
    { standardize: { columns: 'numeric' } },
    { 'one-hot': { columns: 'text' } },
  ],
  expect: [{ column: 'tenure', between: [0, 120] }],
};

/** `npx tsx test/lifecycle/data/churn.ts FOLDER` leaves the artifact of that stage in the folder, for rooms that need one to work on. */
if (require.main === module) {
  const output = process.argv[2];
  if (output === undefined) throw new Error('usage: tsx test/lifecycle/data/churn.ts FOLDER');
  void runStage(churnStage, { folder: CHURN_FOLDER, output: path.resolve(output) }).then(({ result, logs }) => {
    for (const { level, message } of logs) console.log(`${level}: ${message}`);
    console.log(result.summary);
  });
}

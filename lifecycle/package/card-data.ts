import { join } from 'node:path';
import type { Dataset, DatasetColumn } from '../../schemas/generated/types';
import { readJson } from '../process/files';
import { storePaths } from '../store/layout';
import type { Lineage } from './contents';
import { code, number, table } from './card-parts';

/** A data stage that a model comes from, with what it found in its data. */
export interface TrainingData {
  readonly stage: string;
  readonly dataset: Dataset;
}

/** Most columns of which the card tells something. */
const MOST_COLUMNS = 30;

/** The data that a model was trained, chosen and measured on: those of its lineage that are still in the store. */
export async function trainingDataOf(store: string, { stages }: Lineage): Promise<TrainingData[]> {
  const found = await Promise.all(
    stages
      .filter(({ kind }) => kind === 'data')
      .map(async ({ stage, artifact }) => ({
        stage,
        dataset: await readJson<Dataset>(join(storePaths.artifact(store, artifact), 'dataset.json')),
      })),
  );
  return found.flatMap(({ stage, dataset }) => (dataset?.format === 1 ? [{ stage, dataset }] : []));
}

/** What the model card says of the data. Names no file: the same model is the same bundle wherever its data lies; lineage.json has them. */
export function dataParts(all: readonly TrainingData[]): string[] {
  if (all.length === 0) return [];
  return ['## Training data', ...all.flatMap((one) => partsOf(one, all.length > 1))];
}

function partsOf({ stage, dataset }: TrainingData, several: boolean): string[] {
  const { rows, splits, target, columns, expectations = [] } = dataset;
  const classes = target?.classes ?? [];
  const named = (role: DatasetColumn['roles'][number]) =>
    columns.filter(({ roles }) => roles.includes(role)).map(({ name }) => code(name));
  const removed = (rows?.steps ?? []).filter((step) => step.removed > 0);
  const parts = [
    ...(several ? [`### ${code(stage)}`] : []),
    `${rows?.read === undefined ? '' : `${count(rows.read)} rows were read${rows.kept === undefined || rows.kept === rows.read ? '' : `, ${count(rows.kept)} kept`}. `}\`lineage.json\` names the files with their checksums.`,
    table(
      ['Split', 'Rows', ...classes.map((value) => String(value))],
      Object.entries(splits).map(([name, split]) => [
        name,
        count(split.rows),
        ...(split.classes ?? []).map((of) => `${count(of)} (${share(of, split.rows)})`),
      ]),
    ),
  ];
  if (removed.length > 0)
    parts.push(`Left out: ${removed.map((one) => `${count(one.removed)} by ${code(one.step)}`).join(', ')}.`);
  const aim = columns.find(({ name }) => name === target?.column);
  if (classes.length === 0 && aim?.mean !== undefined && aim.mean !== null)
    parts.push(
      `${code(aim.name)} was ${number(aim.mean)} on average in training${typeof aim.min === 'number' && typeof aim.max === 'number' ? `, from ${number(aim.min)} to ${number(aim.max)}` : ''}.`,
    );
  const [sensitive, groups, times] = [named('sensitive'), named('group'), named('time')];
  if (sensitive.length > 0) parts.push(`Marked as sensitive: ${sensitive.join(', ')}.`);
  if (groups.length > 0) parts.push(`Rows of one ${groups.join(', ')} are in one split.`);
  if (times.length > 0) parts.push(`Ordered by ${times.join(', ')}.`);
  const gaps = columns.filter(({ missing = 0, roles }) => missing > 0 && roles.includes('feature'));
  if (gaps.length > 0)
    parts.push(
      `Missing in training: ${gaps
        .slice(0, MOST_COLUMNS)
        .map(({ name, missing = 0, count: present = 0 }) => `${code(name)} ${share(missing, missing + present)}`)
        .join(', ')}${gaps.length > MOST_COLUMNS ? ` and ${gaps.length - MOST_COLUMNS} more` : ''}.`,
    );
  if (expectations.length > 0)
    parts.push(
      'What was expected of it:',
      table(
        ['Expectation', 'Holds'],
        expectations.map(({ expectation, passed, broken }) => [
          expectation,
          passed ? 'yes' : `no, ${count(broken)} rows`,
        ]),
      ),
    );
  return parts;
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function share(part: number, whole: number): string {
  return whole === 0 ? '' : `${Number(((100 * part) / whole).toPrecision(3))} %`;
}

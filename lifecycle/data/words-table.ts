import { float, openSession, type Session, strings as texts } from '../onnx';
import { arraysType, type Database, identifier, strings } from '../table';
import { type BagOfWords, type FittedStep, type Pixels, type Tokenize } from './feature-columns';
import { featureModelBytes } from './to-onnx';
import { type FeatureSql } from './to-sql';

export type TextStep = BagOfWords | Pixels | Tokenize;

export function isTextStep(step: FittedStep): step is TextStep {
  return step.step === 'bag-of-words' || step.step === 'pixels' || step.step === 'tokenize';
}

/** A split's features of texts: tables of one column `w`, an array a row, in the order of the split's rows. */
export interface WordsTable {
  readonly table: string;
  readonly step: TextStep;
}

/** Texts that go through the graph at once. */
const TOGETHER = 256;

/**
 * Applies fitted steps to the columns of a split, computing the features of texts by the served graph's own nodes on the way.
 *
 * @param name of the split, unique
 * @returns a table a text step
 */
export async function readWords(
  database: Database,
  sql: FeatureSql,
  steps: readonly FittedStep[],
  name: string,
  onRows: (rows: number) => void,
): Promise<WordsTable[]> {
  const tables: WordsTable[] = [];
  for (const step of steps) {
    if (isTextStep(step)) {
      const table = `words_${name}_${tables.length}`;
      await readStep(database, sql, step, table, onRows);
      tables.push({ table, step });
    }
    sql.apply(step);
  }
  return tables;
}

async function readStep(
  database: Database,
  sql: FeatureSql,
  step: TextStep,
  table: string,
  onRows: (rows: number) => void,
): Promise<void> {
  const width = step.features.length;
  const session = await openSession(featureModelBytes([{ name: step.column, kind: 'text' }], [step], step.features));
  try {
    await database.run(`CREATE TABLE ${identifier(table)} (w ${arraysType(width)})`);
    await database.beside(async (side) => {
      const into = await side.arrays(table, width);
      try {
        const from = sql.select([step.column]);
        await database.stream(`SELECT ${from.sql.join()} FROM ${from.relation}`, async (chunk, rows) => {
          const values = strings(chunk, 0);
          for (let at = 0; at < rows; at += TOGETHER)
            into.append(await featuresOf(session, step, values.slice(at, at + TOGETHER)));
          onRows(rows);
        });
      } finally {
        into.close();
      }
    });
  } finally {
    await session.close();
  }
}

async function featuresOf(session: Session, step: TextStep, values: readonly (string | null)[]): Promise<Float32Array> {
  const feed = texts(
    values.map((value) => value ?? ''),
    [values.length, 1],
  );
  const { features } = await session.run({ [step.column]: feed });
  return (features ?? float([], [0])).data as Float32Array;
}

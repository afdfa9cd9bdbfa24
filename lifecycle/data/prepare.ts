import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataStage, Dataset } from '../../schemas/generated/types';
import { UserError } from '../problem';
import type { StageContext, StageResult } from '../store/room';
import { type Database, identifier, LABEL, literalPath } from '../table';
import { type Column, mayBeFeature, readTimes } from './columns';
import { checkExpectations } from './expect';
import { type FeatureColumn, type FittedStep, inOrder, isOpen, prune, startColumns } from './feature-columns';
import { fit, type Fitted, type PixelColumn, wantedQuantiles } from './fit';
import { ingest, type Work } from './ingest';
import { warnOfLeaks } from './leaks';
import type { PictureSizes } from '../image';
import { type ColumnProfile, profile } from './profile';
import { type Warn } from './readable';
import { describeColumn, judgeSplits, reserved, summary, whyNoFeature } from './report';
import { applyRows } from './rows';
import { type Source } from './source';
import { type Divided, type SplitName, SPLITS, splitRows } from './split';
import { readTarget, type Target } from './target';
import { featureModelBytes } from './to-onnx';
import { FeatureSql } from './to-sql';
import { RESERVED } from '../table/reserved';
import { isTextStep, readWords, type WordsTable } from './words-table';
import { writeOrdered } from './write';

/** The name under which DuckDB gives the row numbers of a Parquet file. */
const ROW_NUMBER = 'file_row_number';

/** One run of a data stage, from the source to the artifact. */
export class Preparation {
  private readonly warn: Warn = (message, more) => this.context.log('warning', message, more);

  constructor(
    private readonly context: StageContext<DataStage>,
    private readonly database: Database,
    private readonly source: Source,
  ) {}

  async run(): Promise<StageResult> {
    const { context, database, warn } = this;
    const { stage } = context;
    const seed = stage.split?.seed ?? context.seed;
    context.progress(0, 'reading');
    const work = await ingest(database, stage, this.source, {
      seed,
      scratch: context.scratch,
      warn,
      onProgress: (fraction) => context.progress(fraction * 0.35, 'reading'),
      signal: context.signal,
    });
    const { columns } = work;
    if (columns.some(({ name }) => name.toLowerCase() === ROW_NUMBER))
      throw reserved(ROW_NUMBER, 'the row numbers of Parquet files');
    context.progress(0.35, 'cleaning rows');
    const rows = await applyRows({ database, columns, seed }, work, stage.rows);
    const expectations = await checkExpectations(
      database,
      stage.expect ?? [],
      columns,
      rows.relation,
      rows.count,
      warn,
    );
    const labelled = await this.dropUnlabelled(columns, rows.relation, rows.count);
    const target = await readTarget(database, stage, columns, labelled.relation, warn);
    context.progress(0.42, 'splitting');
    const divided = await splitRows(
      database,
      stage,
      columns,
      { source: work, relation: labelled.relation, count: labelled.count, setup: rows.setup },
      seed,
      warn,
      knownCounts(target),
    );
    const splits = await this.writeSplits(work, divided, target);
    await rm(work.file, { force: true });
    const train = splits.train.rows;
    context.progress(0.6, 'profiling');
    const profiles = await profile(
      database,
      columns,
      this.splitRelation('train'),
      train,
      wantedQuantiles(stage.features),
      context,
    );
    if (work.image) forgetPixels(profiles, work.image.column);
    const raw = this.featureCandidates(columns, profiles);
    context.progress(0.69, 'looking for leaks');
    if (target && !work.image)
      await warnOfLeaks(
        database,
        { relation: this.splitRelation('train'), first: (count) => this.firstRows('train', count), rows: train },
        target,
        raw,
        profiles,
        warn,
      );
    context.progress(0.7, 'fitting features');
    const fitted = await this.fit(raw, columns, profiles, train, work.image);
    const features = inOrder(fitted.columns).map(({ name }) => name);
    const plain = fitted.columns.filter(isOpen).map(({ name }) => name);
    const { steps, inputs } = prune(startColumns(raw), fitted.steps, features);
    const taken = new Set(inputs.map(({ name }) => name));
    const used = raw.filter(({ name }) => taken.has(name));
    await this.writeFeatures(used, steps, plain, splits, target);
    await writeFile(path.join(context.output, 'preprocess.onnx'), featureModelBytes(inputs, steps, features));
    const dataset: Dataset = {
      format: 1,
      columns: columns.map((column) => ({
        ...describeColumn(column, profiles.get(column.name), taken.has(column.name)),
        ...(work.image?.column === column.name && {
          image: shapeOf(work.image),
          ...(work.image.sizes && { sizes: sizesOf(work.image.sizes) }),
        }),
        ...(fitted.words.has(column.name) && { words: { ...fitted.words.get(column.name)! } }),
      })),
      inputs: inputs.map(({ name }) => name),
      ...(target && {
        target: {
          column: target.column.name,
          task: target.task,
          ...(target.classes && { classes: [...target.classes] }),
        },
      }),
      splits,
      rows: {
        read: work.rows,
        kept: labelled.count,
        steps: [...rows.steps, ...labelled.steps].map((step) => ({ ...step })),
      },
      features,
      steps: steps.map((step) => ({ ...step })),
      ...(expectations.length > 0 && { expectations }),
      ...(work.written && { written: work.written }),
    };
    await writeFile(path.join(context.output, 'dataset.json'), `${JSON.stringify(dataset, null, 1)}\n`);
    context.progress(1);
    return summary(dataset);
  }

  /** Rows without a target teach nothing and can't be tested on. */
  private async dropUnlabelled(
    columns: readonly Column[],
    relation: string,
    count: number,
  ): Promise<{ relation: string; count: number; steps: { step: string; removed: number }[] }> {
    const target = columns.find(({ roles }) => roles.includes('target'));
    if (!target) return { relation, count, steps: [] };
    const { n } = await this.database.one<{ n: number }>(
      `SELECT count(*) AS n FROM ${relation} WHERE ${target.id} IS NULL`,
    );
    if (n === 0) return { relation, count, steps: [] };
    if (n === count) {
      throw new UserError({
        code: 'data-target-missing',
        message: `The target '${target.name}' is missing in every row.`,
        hint: 'Is it the right column, and are the texts under source.missing right?',
        path: ['target'],
      });
    }
    this.warn(
      `${n.toLocaleString('en')} of ${count.toLocaleString('en')} rows have no '${target.name}', the target; they are left out.`,
      { code: 'data-target-missing', path: ['target'] },
    );
    return {
      relation: `(SELECT * FROM ${relation} WHERE ${target.id} IS NOT NULL)`,
      count: count - n,
      steps: [{ step: 'drop rows without target', removed: n }],
    };
  }

  private file(name: string): string {
    return path.join(this.context.output, name);
  }

  private splitRelation(split: SplitName): string {
    return `read_parquet(${literalPath(this.file(`${split}.parquet`))})`;
  }

  private firstRows(split: SplitName, rows: number): string {
    const file = literalPath(this.file(`${split}.parquet`));
    return `(SELECT * FROM read_parquet(${file}, ${ROW_NUMBER} = true) WHERE ${ROW_NUMBER} < ${rows})`;
  }

  private async writeSplits(
    work: Work,
    { relation, setup, splits: told }: Divided,
    target: Target | undefined,
  ): Promise<Record<SplitName, { rows: number; classes?: number[] }>> {
    const { database } = this;
    const list = work.columns.map(({ id, name }) => `${id} AS ${identifier(name)}`).join(', ');
    const files = SPLITS.map((split, i) => ({
      file: this.file(`${split}.parquet`),
      sourceRows: work.rows,
      rows: told[i]!.rows,
      query: (range: string) => `SELECT ${list} FROM ${relation} WHERE ${told[i]!.where} AND ${range}`,
    }));
    await writeOrdered(database, files, {
      scratch: this.context.scratch,
      columns: work.columns.length,
      ...(setup.length > 0 && { setup: setup.join('; ') }),
      onProgress: (fraction) => this.context.progress(0.45 + 0.15 * fraction, 'writing rows'),
    });
    const result: Partial<Record<SplitName, { rows: number; classes?: number[] }>> = {};
    for (const [i, split] of SPLITS.entries()) {
      const classes = target?.classes && (await this.classCounts(target, target.classes.length, split));
      result[split] = { rows: files[i]?.rows ?? 0, ...(classes && { classes }) };
    }
    const splits = result as Record<SplitName, { rows: number; classes?: number[] }>;
    judgeSplits(splits, target, this.context.stage.split?.stratify, this.warn);
    return splits;
  }

  private async classCounts(target: Target, classes: number, split: SplitName): Promise<number[]> {
    const rows = await this.database.query<{ c: number; n: number }>(
      // Values that lie in a dictionary are counted quickest as they are.
      `SELECT CAST(${target.label('v')} AS INTEGER) AS c, CAST(sum(n) AS BIGINT) AS n FROM (SELECT ${identifier(target.column.name)} AS v, count(*) AS n FROM ${this.splitRelation(split)} GROUP BY 1) GROUP BY 1`,
    );
    const counts = new Array<number>(classes).fill(0);
    for (const { c, n } of rows) counts[c] = n;
    return counts;
  }

  /** Raw columns that the feature steps start with. */
  private featureCandidates(columns: readonly Column[], profiles: ReadonlyMap<string, ColumnProfile>): Column[] {
    const read = readTimes(this.context.stage);
    const times = columns.filter(({ name, type, roles }) => type === 'time' && roles.length === 0 && !read.has(name));
    if (times.length > 0) {
      this.context.log(
        'info',
        `${times.map(({ name }) => `'${name}'`).join(', ')} ${times.length === 1 ? 'is a time and no feature' : 'are times and no features'}; weekday, month and other parts of a date become features with a step 'date-parts: {columns: ${times[0]?.name ?? ''}}'.`,
      );
    }
    const candidates = columns.filter(
      (column) =>
        mayBeFeature(column) ||
        (column.type === 'time' && read.size > 0 && column.roles.every((role) => role === 'time')),
    );
    const empty = candidates.filter(({ name }) => profiles.get(name)?.info.count === 0);
    if (empty.length > 0) {
      const names = empty
        .slice(0, 8)
        .map(({ name }) => `'${name}'`)
        .join(', ');
      this.warn(
        `${empty.length === 1 ? 'The column' : 'The columns'} ${names}${empty.length > 8 ? `, … (${empty.length})` : ''} ${empty.length === 1 ? 'has' : 'have'} no value in the training split and ${empty.length === 1 ? 'is' : 'are'} no feature.`,
        { code: 'data-column-empty' },
      );
    }
    return candidates.filter((column) => !empty.includes(column));
  }

  /**
   * @param always columns that the relation has besides the raw ones
   * @param range condition on the row number `r` of the split
   */
  private featureSql(raw: readonly Column[], always: readonly Column[], split: SplitName, range?: string): FeatureSql {
    const start = startColumns(raw);
    const names = new Map([...raw, ...always].map(({ id, name }) => [id, identifier(name)]));
    const file = literalPath(this.file(`${split}.parquet`));
    const source = (ids: readonly string[]): string => {
      const all = new Set([...ids, ...always.map(({ id }) => id)]);
      const list = [...all].map((id) => `${names.get(id) ?? ''} AS ${id}`);
      if (range === undefined) return `(SELECT ${[...list, '1 AS one'].join(', ')} FROM read_parquet(${file}))`;
      const numbered = [...list, '1 AS one', 'file_row_number AS r'].join(', ');
      return `(SELECT * EXCLUDE (r) FROM (SELECT ${numbered} FROM read_parquet(${file}, file_row_number = true)) WHERE ${range})`;
    };
    return new FeatureSql(
      source,
      raw.map(({ id }, i) => ({ column: start[i] as FeatureColumn, id })),
    );
  }

  private async fit(
    raw: readonly Column[],
    columns: readonly Column[],
    profiles: ReadonlyMap<string, ColumnProfile>,
    rows: number,
    image: PixelColumn | undefined,
  ): Promise<Fitted> {
    const { context, database } = this;
    const taken = raw.find(({ name }) => RESERVED.has(name));
    if (taken) throw reserved(taken.name, 'an output of the served model');
    const fitted = await fit(
      {
        database,
        sql: this.featureSql(raw, [], 'train'),
        rows,
        profiles,
        ...(image && { image }),
        note: (level, message, more) => context.log(level, message, more),
        whyNot: (name) => whyNoFeature(name, columns, raw),
        onProgress: (fraction) => context.progress(0.7 + fraction * 0.1, 'fitting features'),
      },
      context.stage.features,
    );
    if (fitted.columns.length === 0) {
      throw new UserError({
        code: 'data-no-features',
        message: 'No column is left to be a feature.',
        hint: 'Look at columns (id, drop, exclude) and at the drop steps.',
        path: ['features'],
      });
    }
    return fitted;
  }

  /** The features of texts, split by split; nothing when no step makes any. */
  private async readWords(
    inputs: readonly Column[],
    steps: readonly FittedStep[],
    splits: Record<SplitName, { rows: number }>,
  ): Promise<ReadonlyMap<SplitName, readonly WordsTable[]>> {
    const { context } = this;
    const found = new Map<SplitName, readonly WordsTable[]>();
    const texts = steps.filter(isTextStep).length;
    if (texts === 0) return found;
    const all = SPLITS.reduce((sum, split) => sum + splits[split].rows, 0) * texts;
    let done = 0;
    for (const split of SPLITS) {
      const sql = this.featureSql(inputs, [], split);
      const tables = await readWords(this.database, sql, steps, split, (rows) => {
        done += rows;
        context.progress(0.8 + (0.1 * done) / all, 'reading texts');
      });
      // Tokens come last.
      const of = (kind: string): WordsTable[] => tables.filter(({ step }) => step.step === kind);
      found.set(split, [...of('pixels'), ...of('bag-of-words'), ...of('tokenize')]);
    }
    return found;
  }

  /** @param plain the features that are not made of texts; those follow */
  private async writeFeatures(
    inputs: readonly Column[],
    steps: readonly FittedStep[],
    plain: readonly string[],
    splits: Record<SplitName, { rows: number }>,
    target: Target | undefined,
  ): Promise<void> {
    const always = target ? [target.column] : [];
    const words = await this.readWords(inputs, steps, splits);
    const files = SPLITS.map((split) => ({
      file: this.file(`${split}.features.parquet`),
      sourceRows: splits[split].rows,
      rows: splits[split].rows,
      // Scaled numbers hardly shrink, and 0/1 features are bits already.
      compression: 'uncompressed' as const,
      query: (range: string) => {
        const sql = this.featureSql(inputs, always, split, range);
        for (const step of steps) sql.apply(step);
        const selected = sql.select(plain);
        const list = selected.sql.map((expression, f) => `${expression} AS ${identifier(plain[f] ?? '')}`);
        let { relation } = selected;
        words.get(split)?.forEach(({ table, step }, i) => {
          step.features.forEach((name, k) => list.push(`w${i}[${k + 1}] AS ${identifier(name)}`));
          const rows = `(SELECT w AS w${i} FROM (SELECT w, rowid AS r FROM ${identifier(table)}) WHERE ${range})`;
          relation = `(SELECT * FROM ${relation} POSITIONAL JOIN ${rows})`;
        });
        if (target) list.push(`${target.label(target.column.id)} AS ${LABEL}`);
        return `SELECT ${list.join(', ')} FROM ${relation}`;
      },
    }));
    const made = words.get('train')?.reduce((sum, { step }) => sum + step.features.length, 0) ?? 0;
    const from = made > 0 ? 0.9 : 0.8;
    await writeOrdered(this.database, files, {
      scratch: this.context.scratch,
      columns: plain.length + made,
      onProgress: (fraction) => this.context.progress(from + (1 - from) * fraction, 'writing features'),
    });
  }
}

/** Rows of each class that is a text. */
function knownCounts(target: Target | undefined): Parameters<typeof splitRows>[6] {
  const { column, classes, counts } = target ?? {};
  if (column?.type !== 'text' || classes === undefined || counts === undefined) return undefined;
  return { column, counts: new Map(classes.map((value, i) => [String(value), counts[i] ?? 0])) };
}

/** Pixels written out as texts tell nothing in a list of frequent values. */
function forgetPixels(profiles: Map<string, ColumnProfile>, column: string): void {
  const known = profiles.get(column);
  if (!known) return;
  const { categories: _categories, length: _length, ...info } = known.info;
  profiles.set(column, { ...known, info });
}

function sizesOf({ width, height }: PictureSizes): NonNullable<Dataset['columns'][number]['sizes']> {
  const pairs = (counts: PictureSizes['width']) => counts.map(([pixels, count]) => ({ pixels, count }));
  return { width: pairs(width), height: pairs(height) };
}

function shapeOf({ height, width, channels }: PixelColumn): { height: number; width: number; channels: 1 | 3 } {
  return { height, width, channels };
}

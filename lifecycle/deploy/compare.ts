import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelInfo, Scalar } from '../../schemas/generated/types';
import { rowsToColumns, runColumns, typicalRow } from '../onnx/rows';
import { openSession } from '../onnx/run';
import { verifyBundle } from '../store/bundle';
import { readJson } from '../process/files';
import type { RegisteredVersion } from '../store/registry';

/** What two versions of a model, or two models, differ in. */
export interface Comparison {
  /** What callers notice: columns and classes that came, went or changed. Empty when one can stand in for the other. */
  readonly signature: readonly string[];
  /** Why the metrics do not compare the models alone: they were measured on rows of different data. */
  readonly otherRows?: string;
  readonly metrics: readonly { readonly name: string; readonly before?: number; readonly after?: number }[];
  readonly figures: readonly {
    readonly name: string;
    readonly before?: number;
    readonly after?: number;
    readonly unit: string;
  }[];
}

/** Runs of each model for the latency; the two take turns, so that both see the same machine. */
const RUNS = 200;

/** Puts two versions side by side: signature, metrics, size, and the latency measured now. */
export async function compareVersions(before: RegisteredVersion, after: RegisteredVersion): Promise<Comparison> {
  const [a, b] = await Promise.all([before, after].map(({ folder, digest }) => verifyBundle(folder, { digest })));
  if (a === undefined || b === undefined) throw new Error('Two versions are compared.');
  const [x, y] = await Promise.all([metricsOf(before), metricsOf(after)]);
  const names = [...new Set([...Object.keys(x), ...Object.keys(y)])];
  const [latencyA, latencyB] = await latencies(a, b);
  const otherRows = await rowsApart(before, after);
  const figure = (name: string, unit: string, was: number | undefined, is: number | undefined) => ({
    name,
    unit,
    ...(was !== undefined && { before: was }),
    ...(is !== undefined && { after: is }),
  });
  return {
    signature: differences(a.model, b.model),
    ...(otherRows !== undefined && { otherRows }),
    metrics: names.map((name) => ({
      name,
      ...(x[name] !== undefined && { before: x[name] }),
      ...(y[name] !== undefined && { after: y[name] }),
    })),
    figures: [
      figure('model.onnx', 'bytes', a.onnx.length, b.onnx.length),
      figure('parameters', '', a.model.parameters, b.model.parameters),
      figure('columns', '', a.model.inputs.length, b.model.inputs.length),
      figure('one row, median', 'µs', latencyA, latencyB),
    ],
  };
}

/** In words what a caller of the former notices of the latter. */
export function differences(before: ModelInfo, after: ModelInfo): string[] {
  const found: string[] = [];
  if (before.task !== after.task) found.push(`predicts a ${after.task} instead of a ${before.task} target`);
  const now = new Map(after.inputs.map((input) => [input.name, input]));
  for (const input of before.inputs) {
    const other = now.get(input.name);
    now.delete(input.name);
    if (other === undefined) found.push(`takes no column '${input.name}' any more`);
    else if (other.type !== input.type) found.push(`takes '${input.name}' as ${other.type} instead of ${input.type}`);
    else if (other.required === true && input.required !== true)
      found.push(`needs '${input.name}', which could be missing`);
    else {
      // Of numbers those that occur are no categories to callers.
      if (input.type === 'number') continue;
      const unseen = news(input.categories, other.categories);
      if (unseen.length > 0) found.push(`knows ${unseen.slice(0, 5).join(', ')} in '${input.name}' besides`);
      const lost = news(other.categories, input.categories);
      if (lost.length > 0) found.push(`never saw ${lost.slice(0, 5).join(', ')} in '${input.name}'`);
    }
  }
  for (const input of now.values())
    found.push(`takes a new column '${input.name}'${input.required === true ? ', which must be given' : ''}`);
  const [was, is] = [before.classes ?? [], after.classes ?? []];
  if (JSON.stringify(was) !== JSON.stringify(is))
    found.push(
      was.length === is.length && news(was, is).length === 0
        ? `gives its classes in another order: ${is.join(', ')}`
        : `tells the classes ${is.join(', ')} apart instead of ${was.join(', ')}`,
    );
  return found;
}

function news(before: readonly Scalar[] | undefined, after: readonly Scalar[] | undefined): Scalar[] {
  if (before === undefined || after === undefined) return [];
  return after.filter((value) => !before.includes(value));
}

/** What differs of the data that two versions were judged on, when it is known to. */
async function rowsApart(before: RegisteredVersion, after: RegisteredVersion): Promise<string | undefined> {
  const [was, is] = await Promise.all(
    [before, after].map(async ({ folder }) => {
      const lineage = await readJson<{ stages: readonly { kind: string; artifact: string }[] }>(
        join(folder, 'lineage.json'),
      );
      const metrics = await readJson<
        Record<'evaluation' | 'before', { splits: Record<string, { rows: number }> } | undefined>
      >(join(folder, 'metrics.json'));
      return {
        data: lineage?.stages.filter(({ kind }) => kind === 'data').map(({ artifact }) => artifact) ?? [],
        rows: (metrics?.evaluation ?? metrics?.before)?.splits['test']?.rows,
      };
    }),
  );
  if (was === undefined || is === undefined || was.data.length === 0 || is.data.length === 0) return undefined;
  if (was.data.length === is.data.length && was.data.every((artifact) => is.data.includes(artifact))) return undefined;
  const counts =
    was.rows === undefined || is.rows === undefined
      ? ''
      : ` (${was.rows.toLocaleString('en')} and ${is.rows.toLocaleString('en')} test rows)`;
  return `measured on different data${counts}`;
}

/** Headline metrics of a bundle, and those of the evaluation that chose it. */
async function metricsOf({ folder }: RegisteredVersion): Promise<Record<string, number>> {
  const { metrics, evaluation } = JSON.parse(await readFile(join(folder, 'metrics.json'), 'utf8')) as {
    metrics: Record<string, number>;
    evaluation?: { splits: Record<string, { metrics: Record<string, number | null> }> };
  };
  const judged = Object.entries(evaluation?.splits ?? {}).flatMap(([split, found]) =>
    Object.entries(found.metrics).flatMap(([name, value]): [string, number][] =>
      value === null ? [] : [[`${split}/${name}`, value]],
    ),
  );
  return { ...metrics, ...Object.fromEntries(judged) };
}

/** Median microseconds for one typical row on one thread. */
async function latencies(
  ...models: readonly [Awaited<ReturnType<typeof verifyBundle>>, Awaited<ReturnType<typeof verifyBundle>>]
): Promise<[number, number]> {
  const opened = await Promise.all(
    models.map(async ({ onnx, model }) => ({
      session: await openSession(onnx),
      model,
      ...rowsToColumns(model, [typicalRow(model)]),
      times: [] as number[],
    })),
  );
  try {
    for (let run = 0; run < RUNS; run++)
      for (const { session, model, columns, rows, times } of opened) {
        const begin = performance.now();
        await runColumns(session, model, columns, rows);
        times.push((performance.now() - begin) * 1000);
      }
  } finally {
    for (const { session } of opened) await session.close();
  }
  const [a = NaN, b = NaN] = opened.map(({ times }) => times.toSorted((x, y) => x - y)[RUNS / 2] ?? NaN);
  return [a, b];
}

import { dirname } from 'node:path';
import type { Dataset } from '../schemas/generated/types';
import type { Task } from '../lifecycle/statistics/metrics';
import { networkOf, sourcesOf } from '../lifecycle/pipeline/analyze';
import { featureColumns, rawColumns } from '../lifecycle/pipeline/columns';
import { type Placed, tasksOf } from '../lifecycle/pipeline/references';
import type { Unit } from '../lifecycle/pipeline/stage';
import { nodeAt, type Path } from '../lifecycle/pipeline/tree';
import type { Analysis } from '../lifecycle/pipeline/types';
import type { Peek } from '../lifecycle/data/peek';
import type { PeekedColumn } from './columns';
import type { Workspace } from './workspace';

/** The data behind a stage, as far as it is known. */
export interface StageData {
  /** The data stage itself. */
  readonly stage: Unit;
  readonly columns: readonly PeekedColumn[] | undefined;
  readonly peek: Peek | undefined;
  readonly dataset: Dataset | undefined;
  readonly tasks: readonly Task[];
}

export { networkOf };

/** Names of files that a data stage reads. */
export const DATA_FILE = /\.(csv|txt|tsv|tab|jsonl|ndjson|json|parquet|pq)(\.(gz|zst))?$/i;

/**
 * The data stage that a stage's data comes from, with its columns.
 * @param unit a stage of the analysis, or the same stage read anew from a half-typed text
 */
export function dataBehind(workspace: Workspace, analysis: Analysis, unit: Unit): StageData | undefined {
  const placed: Placed | undefined =
    unit.kind === 'data' ? { unit, base: 0, index: -1 } : networkOf(analysis).dataOf(unit);
  if (!placed) return undefined;
  const stage = placed.unit;
  const folder = dirname(analysis.path);
  const written = nodeAt(stage.node, ['source'])?.node;
  const sources = sourcesOf(stage, folder);
  const peek = sources && workspace.columns.peeked(folder, sources, written);
  const columns = sources && workspace.columns.get(folder, sources, written);
  const dataset = workspace.runs.facts(analysis)?.stages.get(stage.name)?.dataset;
  return { stage, columns, peek, dataset, tasks: tasksOf(stage, columns) };
}

/**
 * The columns that can be named at a place of a stage, with types: those of the file; in `features` those that are left at that step; those
 * derived above included.
 */
export function columnsAt(data: StageData, path: Path, unit: Unit): Map<string, PeekedColumn> {
  const columns = data.columns ?? [];
  const known = new Map(columns.map((column) => [column.name, column]));
  const inFeatures = unit.kind === 'data' && path[0] === 'features' && typeof path[1] === 'number';
  const everything = unit.kind === 'data' && path[0] === 'columns' && (path[1] === 'drop' || path[1] === 'types');
  const types = everything
    ? new Map(columns.map(({ name, type }) => [name, type]))
    : inFeatures
      ? featureColumns(data.stage, columns, Number(path[1]))
      : rawColumns(data.stage, columns);
  return new Map(
    [...types].map(([name, type]) => [name, known.get(name) ?? { name, type, missing: 0, distinct: 0, values: [] }]),
  );
}

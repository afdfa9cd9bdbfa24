import type { ModelInfo } from '../../schemas/generated/types';
import { labelsOf, type Predictions, runColumns, toColumns } from '../onnx/rows';
import { openSession } from '../onnx/run';
import { UserError } from '../problem';
import { binCounts, populationStabilityIndex, quantileBins, sampleOf } from '../statistics/drift';
import { verifyBundle } from '../store/bundle';
import { liveHistory, readLedger } from '../store/ledger';
import { findVersion } from '../store/registry';
import { readRequests } from '../store/requests';
import { scoreOf } from './rollout/figures';

/** One row that two versions predict differently. */
export interface ReplayedRow {
  readonly inputs: Readonly<Record<string, number | string | null>>;
  readonly live: string | number;
  readonly candidate: string | number;
  readonly gap: number;
}

/** What another version would have said of what the live one was asked. */
export interface Replay {
  readonly target: string;
  readonly model: string;
  readonly live: number;
  readonly candidate: number;
  readonly rows: number;
  readonly from?: string;
  readonly to?: string;
  /** Rows with another class; of a regression, another number by more than a hundredth of the range. */
  readonly differing: number;
  readonly meanDifference: number;
  readonly largestDifference: number;
  /** Population stability index between the predictions. */
  readonly psi: number;
  /** Columns that the log does not hold (redacted): both versions were given the example instead. */
  readonly redacted: readonly string[];
  /** The rows that differ most. */
  readonly examples: readonly ReplayedRow[];
}

/**
 * Asks a version of the registry what the live version of a target was asked last, by the request log.
 * @throws UserError `deployment-unknown`, `nothing-logged`, `version-unknown`
 */
export async function replay(
  store: string,
  target: string,
  version: number | string | undefined,
  options: { readonly last?: number; readonly threads?: number } = {},
): Promise<Replay> {
  const { entries, problem } = await readLedger(store);
  if (problem) throw problem;
  const current = liveHistory(entries, target).at(-1);
  if (current === undefined)
    throw new UserError({
      code: 'deployment-unknown',
      message: `Nothing was deployed to '${target}'.`,
      hint: '`lifecycle deployments` lists what is deployed.',
    });
  const [live, candidate] = [
    await findVersion(store, current.model, current.version),
    await findVersion(store, current.model, version ?? 'latest'),
  ];
  const asked = await readRequests(store, target, { model: current.model, last: options.last ?? 1_000 });
  if (asked.rows === 0)
    throw new UserError({
      code: 'nothing-logged',
      message: `The request log of '${target}' holds nothing that ${current.model} was asked.`,
      hint: 'Ask it something first; with `log: off` on the target nothing is logged.',
    });
  const [a, b] = [await verifyBundle(live.folder), await verifyBundle(candidate.folder)];
  const redacted = a.model.inputs.flatMap(({ name }) => (name in asked.inputs ? [] : [name]));
  const given = withExamples(a.model, asked.inputs, asked.rows);
  const first = await predict(a, given, asked.rows, options.threads);
  const second = await predict(b, withExamples(b.model, asked.inputs, asked.rows), asked.rows, options.threads);
  const width = a.model.classes?.length ?? 2;
  const scores = [first, second].map((predictions) =>
    Array.from({ length: asked.rows }, (_, row) => scoreOf(predictions, row, width)),
  ) as [number[], number[]];
  const [said, other] = [labels(a.model, first), labels(b.model, second)];
  const range = Math.max(...scores[0]) - Math.min(...scores[0]);
  const gaps = scores[0].map((score, row) => Math.abs(score - (scores[1][row] ?? NaN)));
  const differs = (row: number) => (said && other ? said[row] !== other[row] : (gaps[row] ?? 0) > 0.01 * range);
  const rows = gaps.map((gap, row) => ({ gap, row }));
  const differing = rows.filter(({ row }) => differs(row));
  const reference = sampleOf(scores[0]);
  const edges = quantileBins(reference);
  return {
    target,
    model: current.model,
    live: live.version,
    candidate: candidate.version,
    rows: asked.rows,
    ...(asked.from !== undefined && { from: asked.from }),
    ...(asked.to !== undefined && { to: asked.to }),
    differing: differing.length,
    meanDifference: gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length,
    largestDifference: Math.max(...gaps),
    psi: populationStabilityIndex(binCounts(reference, edges), binCounts(sampleOf(scores[1]), edges)),
    redacted,
    examples: (differing.length > 0 ? differing : rows)
      .sort((x, y) => y.gap - x.gap)
      .slice(0, 10)
      .filter(({ gap }) => gap > 0)
      .map(({ row, gap }) => ({
        inputs: Object.fromEntries(
          Object.entries(asked.inputs).map(([name, values]) => {
            const value = values[row];
            return [name, value === undefined || Number.isNaN(value) ? null : value];
          }),
        ),
        live: said?.[row] ?? scores[0][row] ?? NaN,
        candidate: other?.[row] ?? scores[1][row] ?? NaN,
        gap,
      })),
  };
}

/** A column that was not logged gets its example in every row, so that the others still tell something. */
function withExamples(
  info: ModelInfo,
  inputs: Readonly<Record<string, readonly (number | string)[]>>,
  rows: number,
): Record<string, readonly unknown[]> {
  return Object.fromEntries<readonly unknown[]>(
    info.inputs.map(({ name, example, type }) => {
      const logged = inputs[name];
      if (logged === undefined) return [name, new Array<unknown>(rows).fill(example ?? null)] as const;
      return [
        name,
        type === 'text' || type === 'time' ? logged.map((value) => (typeof value === 'string' ? value : '')) : logged,
      ];
    }),
  );
}

async function predict(
  { model, onnx }: Awaited<ReturnType<typeof verifyBundle>>,
  columns: Record<string, readonly unknown[]>,
  rows: number,
  threads = 1,
): Promise<Predictions> {
  const session = await openSession(onnx, { threads });
  try {
    return await runColumns(session, model, toColumns(model, columns, { unknown: 'ignore' }).columns, rows);
  } finally {
    await session.close();
  }
}

function labels(info: ModelInfo, { probabilities }: Predictions): string[] | undefined {
  if (probabilities === undefined) return undefined;
  return Array.from(labelsOf(info, probabilities), (index) => String(info.classes?.[index]));
}

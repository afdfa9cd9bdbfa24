import assert from 'node:assert/strict';
import type { ModelInfo } from '../../schemas/generated/types';
import type { Columns } from '../../lifecycle/table';
import type { Project } from './product';

/** A row as a client sends it. */
export type Row = Record<string, string | number | null>;

/** Rows with the columns that a model takes; a missing value is null. */
export function rowsOf({ rows, columns }: Columns, info: ModelInfo): Row[] {
  return Array.from({ length: rows }, (_, i) =>
    Object.fromEntries(
      info.inputs.map(({ name }) => {
        const value = columns[name]?.values[i] ?? null;
        return [name, typeof value === 'number' && Number.isNaN(value) ? null : value];
      }),
    ),
  );
}

/** Address of what the project has on its `local` target. */
export function addressOf(project: Project): string {
  const [line] = project.well('deployments', '--json').stdout.split('\n');
  const { url } = JSON.parse(line ?? '{}') as { url?: string };
  assert.ok(url, 'nothing is served');
  return url;
}

export interface Reply {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests assert on it
  readonly body: any;
}

/** Sends a body, as JSON unless it is text. */
export async function post(url: string, body: unknown): Promise<Reply> {
  const reply = await fetch(url, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  return { status: reply.status, body: JSON.parse(await reply.text()) };
}

/** Predictions of `POST /predict`: of each row the probabilities by class, or the predicted value. */
export async function ask(url: string, rows: readonly Row[]): Promise<number[][]> {
  const { status, body } = await post(`${url}/predict`, { rows });
  assert.equal(status, 200, JSON.stringify(body).slice(0, 500));
  return (body.predictions as { probabilities?: Record<string, number>; prediction?: number }[]).map((one) =>
    one.probabilities ? Object.values(one.probabilities) : [one.prediction!],
  );
}

/** The same through the Open Inference Protocol. */
export async function infer(url: string, name: string, info: ModelInfo, rows: readonly Row[]): Promise<number[]> {
  const inputs = info.inputs.map((input) => ({
    name: input.name,
    shape: [rows.length, 1],
    datatype: { number: 'FP32', boolean: 'BOOL', text: 'BYTES', time: 'BYTES' }[input.type],
    data: rows.map((row) => row[input.name]),
  }));
  const { status, body } = await post(`${url}/v2/models/${name}/infer`, { inputs });
  assert.equal(status, 200, JSON.stringify(body).slice(0, 500));
  return (body.outputs as { name: string; data: number[] }[]).find(({ name }) => name !== 'label')!.data;
}

/** Largest distance between two lists of numbers. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const gap = Math.abs(a[i]! - b[i]!);
    if (!(gap <= most)) most = gap;
  }
  return most;
}

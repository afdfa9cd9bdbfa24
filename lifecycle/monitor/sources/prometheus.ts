import type { MonitorStage } from '../../../schemas/generated/types';
import { fetchJson } from '../../net/http';
import { UserError } from '../../problem';
import type { ServiceFigures } from '../service';

type ServiceQueries = NonNullable<MonitorStage['service']>;
type Figure = keyof ServiceQueries['queries'];

/** Prometheus answers with at most so many values a series. */
const MOST_VALUES = 11_000;

interface RangeAnswer {
  readonly status?: string;
  readonly error?: string;
  readonly data?: { readonly resultType?: string; readonly result?: readonly { readonly values?: unknown }[] };
}

/**
 * Figures of a server from Prometheus: each the mean of its query over the window. A query without any value gives null: nothing is known.
 *
 * @param secret of `token`
 * @throws UserError `prometheus-unreachable`, `prometheus-refused`, `prometheus-query`, `prometheus-series`, each with the place in the stage
 */
export async function readPrometheus(
  service: ServiceQueries,
  window: { readonly from: Date; readonly to: Date },
  token: string | undefined,
  signal?: AbortSignal,
): Promise<ServiceFigures> {
  const seconds = Math.max(1, (window.to.getTime() - window.from.getTime()) / 1000);
  const step = Math.max(service.step ?? 60, Math.ceil(seconds / (MOST_VALUES - 1)));
  const base = service.prometheus.replace(/\/+$/, '');
  const figures: Record<string, number | null> = {};
  for (const [figure, query] of Object.entries(service.queries)) {
    const path = ['service', 'queries', figure];
    const parameters = new URLSearchParams({
      query,
      start: String(window.from.getTime() / 1000),
      end: String(window.to.getTime() / 1000),
      step: String(step),
    });
    const { status, value } = await fetchJson<RangeAnswer>(`${base}/api/v1/query_range?${parameters.toString()}`, {
      timeout: (service.timeout ?? 10) * 1000,
      retries: 1,
      ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
      ...(signal && { signal }),
    }).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      throw new UserError({
        code: 'prometheus-unreachable',
        message: `Prometheus at ${base} does not answer as Prometheus does.`,
        hint: 'Is it running there, and is `prometheus` the address of its web page?',
        details: [error.problem.message],
        path: ['service', 'prometheus'],
      });
    });
    if (status === 401 || status === 403)
      throw new UserError({
        code: 'prometheus-refused',
        message: `Prometheus at ${base} refused (status ${status}).`,
        hint: 'Name the secret that holds its token: `token: {secret: NAME}`.',
        path: ['service', service.token === undefined ? 'prometheus' : 'token'],
      });
    if (value?.status !== 'success')
      throw new UserError({
        code: 'prometheus-query',
        message: `Prometheus can't answer the query for \`${figure}\`: ${value?.error ?? `status ${status}`}.`,
        hint: 'Try it on the web page of Prometheus.',
        path,
      });
    figures[figure] = meanOf(value.data, figure as Figure, path);
  }
  return figures;
}

function meanOf(data: RangeAnswer['data'], figure: Figure, path: string[]): number | null {
  const result = data?.result ?? [];
  if (data?.resultType !== 'matrix' || result.length > 1)
    throw new UserError({
      code: 'prometheus-series',
      message: `The query for \`${figure}\` gives ${result.length} series, and one is wanted.`,
      hint: 'Sum them: `sum(…)`, or choose one by its labels.',
      path,
    });
  const values = result[0]?.values;
  let [sum, count] = [0, 0];
  for (const pair of Array.isArray(values) ? (values as unknown[]) : []) {
    // NaN where nothing happened: 0 / 0 of a rate.
    const number = Array.isArray(pair) ? Number(pair[1]) : NaN;
    if (!Number.isFinite(number)) continue;
    sum += number;
    count++;
  }
  return count > 0 ? sum / count : null;
}

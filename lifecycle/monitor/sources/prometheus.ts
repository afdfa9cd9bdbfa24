import type { MonitorStage, Problem } from '../../../schemas/generated/types';
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

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told that Prometheus does not answer, or not this query: nothing that the pipeline's text could mend. */
  readonly failed: (problem: Problem) => void;
}

/**
 * Figures of a server from Prometheus: each the mean of its query over the window. A query without any value gives null: nothing is known. So does one that
 * Prometheus does not answer: a look at the predictions need not wait until it does, and alerts stay as they are meanwhile.
 *
 * @param token secret of `token`
 * @throws UserError `prometheus-refused`, `prometheus-query`, `prometheus-series`, each with the place in the stage
 */
export async function readPrometheus(
  service: ServiceQueries,
  window: { readonly from: Date; readonly to: Date },
  token: string | undefined,
  { signal, failed }: AskOptions,
): Promise<ServiceFigures> {
  const seconds = Math.max(1, (window.to.getTime() - window.from.getTime()) / 1000);
  const step = Math.max(service.step ?? 60, Math.ceil(seconds / (MOST_VALUES - 1)));
  const base = service.prometheus.replace(/\/+$/, '');
  const figures: Record<string, number | null> = {};
  let silent = false;
  for (const [figure, query] of Object.entries(service.queries)) {
    figures[figure] = null;
    // The next query would wait as long in vain.
    if (silent) continue;
    const path = ['service', 'queries', figure];
    const parameters = new URLSearchParams({
      query,
      start: String(window.from.getTime() / 1000),
      end: String(window.to.getTime() / 1000),
      step: String(step),
    });
    const url = `${base}/api/v1/query_range?${parameters.toString()}`;
    const answer = await fetchJson<RangeAnswer>(url, {
      timeout: (service.timeout ?? 10) * 1000,
      retries: 1,
      ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
      ...(signal && { signal }),
    }).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      silent = true;
      failed({
        code: 'prometheus-unreachable',
        message: `Prometheus at ${base} does not answer as Prometheus does; its figures are not known. (${error.problem.message.replace(url, 'It')})`,
        hint: 'Is it running there, and is `prometheus` the address of its web page?',
        path: ['service', 'prometheus'],
      });
      return undefined;
    });
    if (answer === undefined) continue;
    const { status, value } = answer;
    if (status === 401 || status === 403)
      throw new UserError({
        code: 'prometheus-refused',
        message: `Prometheus at ${base} refused (status ${status}).`,
        hint: 'Name the secret that holds its token: `token: {secret: NAME}`.',
        path: ['service', service.token === undefined ? 'prometheus' : 'token'],
      });
    const said = typeof value?.error === 'string' ? value.error : `status ${status}`;
    if (status >= 500 || status === 429) {
      failed({
        code: 'prometheus-unreachable',
        message: `Prometheus at ${base} could not answer the query for \`${figure}\`: ${said}. It is not known.`,
        path,
      });
      continue;
    }
    if (value?.status !== 'success')
      throw new UserError({
        code: 'prometheus-query',
        message: `Prometheus can't answer the query for \`${figure}\`: ${said}.`,
        hint: 'Try it on the web page of Prometheus.',
        path,
      });
    figures[figure] = meanOf(value.data, figure as Figure, path);
  }
  return figures;
}

function meanOf(data: RangeAnswer['data'], figure: Figure, path: string[]): number | null {
  const result: NonNullable<NonNullable<typeof data>['result']> = Array.isArray(data?.result) ? data.result : [];
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

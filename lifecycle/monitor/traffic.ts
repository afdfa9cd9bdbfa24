import type { MonitorStage } from '../../schemas/generated/types';
import { secretHint, UserError } from '../problem';
import type { StageContext } from '../store/room';
import type { RequestProfile } from './requests';
import { perMinute, type ServiceFigures } from './service';
import { readPrometheus } from './sources/prometheus';

const DAY = 86_400_000;

/**
 * How much was asked, by the log alone: for where the server itself does not say.
 *
 * @param begin since when requests are counted; undefined when nobody knows. Until now, not until the last request: a log that falls silent is asked less
 */
export function volumeOf(
  { requests = 0, to }: Pick<RequestProfile, 'requests' | 'to'>,
  begin: string | undefined,
  now: Date,
): ServiceFigures {
  const end = Math.max(now.getTime(), to === undefined ? 0 : Date.parse(to));
  const seconds = begin === undefined ? 0 : (end - Date.parse(begin)) / 1000;
  return { requests, 'per-minute': perMinute(requests, seconds) };
}

/** Since when the requests of a window are counted: for {@link volumeOf}. */
export function countedSince(
  { window }: Pick<MonitorStage, 'window'>,
  start: Date,
  { from }: Pick<RequestProfile, 'from'>,
): string | undefined {
  // The last so many rows, and a log of which nobody knows when it began, begin with their first row.
  const known = window?.last === undefined && start.getTime() > 0;
  return known ? start.toISOString() : from;
}

/**
 * Figures of the server that Prometheus watches, over the window; without a window the last 24 hours. What Prometheus does not tell is null, and said.
 *
 * @throws UserError `secret-missing`, and what {@link readPrometheus} throws
 */
export async function askPrometheus(
  context: StageContext<MonitorStage>,
  since: Date,
  now: Date,
): Promise<ServiceFigures | undefined> {
  const { service, window } = context.stage;
  if (service === undefined) return undefined;
  const from = window?.hours === undefined ? new Date(Math.max(since.getTime(), now.getTime() - DAY)) : since;
  const name = service.token?.secret;
  const token = name === undefined ? undefined : await context.secret(name);
  if (name !== undefined && (token === undefined || token === ''))
    throw new UserError({
      code: 'secret-missing',
      message: `The secret ${name}, which holds the token for Prometheus, is not there.`,
      hint: secretHint(name),
      path: ['service', 'token', 'secret'],
    });
  return readPrometheus(service, { from, to: now }, token, {
    signal: context.signal,
    failed: ({ message, code, hint, path }) =>
      context.log('warning', message, { code, ...(hint !== undefined && { hint }), ...(path && { path }) }),
  });
}

import type { Retraining } from '../../store/retraining';

const UNITS: Readonly<Record<string, number>> = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 };
/** Wait after the first failure; doubled with each further one, up to a week. */
const FIRST_WAIT = 3_600_000;

/** Why no new retraining may begin now; undefined when one may. */
export function heldBack(
  retrainings: readonly Retraining[],
  atMost: string,
  now: Date,
): { readonly reason: string; readonly until: Date } | undefined {
  const [most = '1', unit = 'day'] = atMost.split('/');
  const span = UNITS[unit] ?? UNITS['day']!;
  const begun = retrainings
    .map(({ events }) => Date.parse(events[0]!.time))
    .filter((time) => time > now.getTime() - span);
  if (begun.length >= Number(most)) {
    const until = new Date(Math.min(...begun.slice(-Number(most))) + span);
    return { reason: `at most ${atMost}: ${begun.length} already`, until };
  }
  let failures = 0;
  while (failures < retrainings.length && retrainings.at(-1 - failures)!.events.at(-1)!.step === 'failed') failures++;
  if (failures === 0) return undefined;
  const wait = Math.min(FIRST_WAIT * 2 ** (failures - 1), UNITS['week']!);
  const until = new Date(Date.parse(retrainings.at(-1)!.events.at(-1)!.time) + wait);
  return until > now
    ? { reason: `the last ${failures === 1 ? 'retraining' : `${failures} retrainings`} failed`, until }
    : undefined;
}

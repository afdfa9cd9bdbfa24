import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Cases that test/golden/statistics/<name>.py wrote; "NaN" and infinities come back as numbers. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function golden(name: string): any[] {
  const path = join(__dirname, '../../golden/statistics', `${name}.json`);
  const special: Record<string, number> = { NaN: NaN, Infinity: Infinity, '-Infinity': -Infinity };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const cases: any[] = JSON.parse(readFileSync(path, 'utf8'), (_, value: unknown) =>
    typeof value === 'string' && value in special ? special[value] : value,
  );
  return cases.filter((one) => one.title !== 'made with');
}

/** Equal to `relative` (default 1e-9), or to `absolute` near zero (default 1e-12); NaN equals NaN. */
export function close(actual: number, expected: number, what = '', relative = 1e-9, absolute = 1e-12): void {
  if (Object.is(actual, expected) || actual === expected) return;
  const gap = Math.abs(actual - expected);
  assert.ok(gap <= absolute || gap <= relative * Math.abs(expected), `${what}: got ${actual}, expected ${expected}`);
}

export function allClose(actual: ArrayLike<number>, expected: ArrayLike<number>, what = '', relative = 1e-9): void {
  assert.equal(actual.length, expected.length, `${what}: length`);
  for (let i = 0; i < expected.length; i++) close(actual[i]!, expected[i]!, `${what}[${i}]`, relative);
}

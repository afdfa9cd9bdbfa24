/** Up to here numbers are written out: a price of 1,409,891 is none of 1.41e+6. */
const MOST = 1e9;
/** From here on thousands are set apart: a year is not. */
const SEPARATED = 10_000;

/** A number as people read it: four significant digits, no trailing noise; of large ones every digit before the point. */
export function number(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= MOST)) return value.toExponential(2);
  if (size >= SEPARATED) return Math.round(value).toLocaleString('en');
  if (Number.isInteger(value)) return String(value);
  return size >= 1000 ? value.toFixed(1) : String(Number(value.toPrecision(4)));
}

/** A number beside an axis, where there is room for few characters: `1.5e+7`, `20000`. */
export function tick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6 && size < MOST) return value.toExponential(2).replace(/\.?0+e/, 'e');
  if (size >= SEPARATED && size < 1e6) return Number.isInteger(value) ? String(value) : value.toFixed(1);
  return number(value).replace(/\.?0+e/, 'e');
}

/** Numbers beside an axis with as many figures as it takes to tell them apart: `123456.2` beside `123456.4`. */
export function ticksText(values: readonly number[], write: (value: number) => string = tick): string[] {
  const texts = values.map(write);
  const several = new Set(values).size;
  for (let figures = 5; new Set(texts).size < several && figures <= 15; figures++)
    values.forEach((value, place) => (texts[place] = String(Number(value.toPrecision(figures)))));
  return texts;
}

/** How long ago a time was (ms since 1970), as `8 days ago`, `yesterday` or `just now`. */
export function age(time: number, now = Date.now()): string {
  const seconds = (now - time) / 1000;
  const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  for (const [unit, size] of spans) if (seconds >= size) return relative.format(-Math.floor(seconds / size), unit);
  return 'just now';
}

const spans = [
  ['year', 365 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** Seconds as `3.2 s`, `4 min 05 s` or `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 0.95) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

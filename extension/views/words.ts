import type { StageSummary } from '../../lifecycle/store/summary';

/** Metrics that people look for first. */
const first = ['auc', 'f1', 'accuracy', 'rmse', 'mae', 'r2', 'log-loss', 'drift-share', 'rows', 'features', 'version'];

/** The most telling metrics as text: those of the test split before those of validation, the well-known first. */
export function headline(metrics: Readonly<Record<string, number>>, count: number): string {
  const rank = (name: string): number => {
    const place = first.indexOf(name.slice(name.lastIndexOf('/') + 1));
    return (place < 0 ? first.length : place) + (name.includes('/') ? first.length * 2 : 0);
  };
  return Object.entries(metrics)
    .sort(([a], [b]) => rank(a) - rank(b))
    .slice(0, count)
    .map(metric)
    .join(' · ');
}

/** `auc 0.8421`, `rmse 219,171` */
export function metric([name, value]: readonly [string, number]): string {
  const whole = Number.isInteger(value) || (Math.abs(value) >= 1_000 && Math.abs(value) < 1e9);
  return `${name} ${whole ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(4))}`;
}

/** What a stage waits for, or that it rests or will end early. */
export function nowOf({ state, doing, control }: StageSummary): string {
  if (state === 'waiting') return doing ?? '';
  if (state !== 'running') return '';
  return control === 'paused' ? 'paused' : control === 'finishing' ? 'stops after this epoch' : '';
}

// Words for what a drift report holds, the same in the panel and under a cell.

import { toNumber, type Loose } from './figure';

const measures: Readonly<Record<string, string>> = {
  psi: 'PSI',
  ks: 'Kolmogorov–Smirnov',
  chi2: 'χ²',
  'jensen-shannon': 'Jensen–Shannon',
  wasserstein: 'Wasserstein',
  'cramers-v': "Cramér's V",
  hellinger: 'Hellinger',
  'l-infinity': 'largest difference of shares',
  'total-variation': 'total variation',
  'missing-reference': 'missing in the reference',
  'missing-current': 'missing now',
};

/** A method, or one of the statistics of a column. */
export function measureName(name: string): string {
  const known = measures[name];
  if (known !== undefined) return known;
  return name.endsWith('-p') ? `${measureName(name.slice(0, -2))}, p` : name.replaceAll('-', ' ');
}

/** A p-value: beyond 0.001 its figures say no more than that it is small. */
export function probability(value: Loose): string {
  const p = toNumber(value);
  return Number.isNaN(p) ? '–' : p < 0.001 ? '< 0.001' : p.toFixed(3);
}

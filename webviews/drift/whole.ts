import type { DriftReport } from '../../schemas/generated/types';
import { h } from '../ui-kit';
import { lineChart, type Curve } from '../ui-kit/chart';
import { bytes, percent, written } from '../ui-kit/figure';
import { duration, number } from '../ui-kit/format';
import { dayOf } from './feature';
import { chartWidth } from './size';

const section = (title: string, ...children: (Node | string | false)[]): HTMLElement =>
  h('section', { 'aria-label': title }, h('h2', {}, title), ...children);

function table(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Table: ${caption}` },
    h(
      'table',
      { class: 'statistics' },
      h('caption', { class: 'unseen' }, caption),
      h('tr', {}, ...head.map((text) => h('th', { scope: 'col' }, text))),
      ...rows.map(([first = '', ...cells]) =>
        h('tr', {}, h('th', { scope: 'row' }, first), ...cells.map((cell) => h('td', {}, cell))),
      ),
    ),
  );
}

/** Metrics where labels have arrived, estimates where they have not, and their way over time. */
export function performanceView({ performance }: DriftReport): HTMLElement[] {
  if (!performance) return [];
  const {
    labelled,
    rows,
    metrics = {},
    reference = {},
    estimated = {},
    windows = [],
    slices = [],
    changes = [],
    changed = 0,
    unknown = 0,
  } = performance;
  const names = [...new Set([...Object.keys(metrics), ...Object.keys(estimated)])];
  const intervalOf = (one: { value: number | null; low?: number | null; high?: number | null } | undefined): string =>
    one === undefined
      ? ''
      : `${written(one.value)}${one.low === undefined ? '' : ` [${written(one.low)}, ${written(one.high)}]`}`;
  const charts = names.slice(0, 4).flatMap((name): HTMLElement[] => {
    const x = windows.map(({ from }) => Date.parse(from));
    if (windows.length < 2) return [];
    const measured = windows.map((window) => numberOf(window.metrics?.[name]));
    const guessed = windows.map((window) => numberOf(window.estimated?.[name]));
    const curves: Curve[] = [
      ...(measured.some(Number.isFinite) ? [{ name: 'measured', x, y: measured, hue: 0, dots: true }] : []),
      ...(guessed.some(Number.isFinite) ? [{ name: 'estimated', x, y: guessed, hue: 1, dashed: true }] : []),
    ];
    const before = numberOf(reference[name]);
    return curves.length === 0
      ? []
      : [
          lineChart({
            title: `${name} over time`,
            summary: `${windows.length} windows${Number.isFinite(before) ? `; ${number(before)} when the model was chosen` : ''}.`,
            curves,
            ...(Number.isFinite(before) ? { levels: [{ value: before, text: 'when chosen' }] } : {}),
            ...(windows.some((window) => band(window.estimated?.[name]))
              ? {
                  bands: [
                    {
                      x,
                      low: windows.map((window) => band(window.estimated?.[name])?.[0] ?? NaN),
                      high: windows.map((window) => band(window.estimated?.[name])?.[1] ?? NaN),
                      hue: 1,
                    },
                  ],
                }
              : {}),
            xLabel: 'window',
            yLabel: name,
            xText: dayOf,
            width: chartWidth(),
          }),
        ];
  });
  return [
    section(
      'Performance',
      h(
        'p',
        { class: 'facts' },
        labelled === 0
          ? `No label of ${rows.toLocaleString('en')} predictions has arrived yet${Object.keys(estimated).length > 0 ? '; estimates come from the confidence of the predictions.' : ', so nothing is known of performance.'}`
          : `${labelled.toLocaleString('en')} of ${rows.toLocaleString('en')} predictions have a label.${changed > 0 ? ` ${changed.toLocaleString('en')} were told again and differently.` : ''}${unknown > 0 ? ` ${unknown.toLocaleString('en')} more are for requests that the log does not hold.` : ''}`,
      ),
      names.length > 0
        ? table(
            'Performance',
            ['metric', 'measured', 'estimated without labels', 'when chosen'],
            names.map((name) => [
              name,
              intervalOf(estimateOf(metrics[name])),
              intervalOf(estimateOf(estimated[name])),
              written(numberOf(reference[name])),
            ]),
          )
        : false,
      h('div', { class: 'gallery' }, ...charts),
      ...changes.map(({ detector, level, time, row, before, after }) =>
        h(
          'p',
          { class: 'facts' },
          `${level === 'drift' ? '▲' : '◔'} ${detector}: the error changed at labelled row ${row}${time ? ` (${new Date(time).toLocaleString()})` : ''}${before === undefined || after === undefined ? '' : `, from ${number(before)} to ${number(after)}`}.`,
        ),
      ),
      slices.length > 0
        ? table(
            'Performance by slice, the worst first',
            ['slice', 'labelled rows', ...names],
            slices
              .slice(0, 20)
              .map((slice) => [
                slice.slice,
                slice.rows.toLocaleString('en'),
                ...names.map((name) => intervalOf(estimateOf(slice.metrics[name]))),
              ]),
          )
        : false,
    ),
  ];
}

type Estimate = { value: number | null; low?: number | null; high?: number | null };

/** Metrics come as numbers or with an interval. */
function estimateOf(value: unknown): Estimate | undefined {
  if (typeof value === 'number') return { value };
  return typeof value === 'object' && value !== null && 'value' in value ? (value as Estimate) : undefined;
}

const numberOf = (value: unknown): number => estimateOf(value)?.value ?? NaN;

function band(value: unknown): readonly [number, number] | undefined {
  const one = estimateOf(value);
  return typeof one?.low === 'number' && typeof one.high === 'number' ? [one.low, one.high] : undefined;
}

/** Where the drift sits: parts of the rows without which most of it goes away. */
export function sliceView({ slices = [] }: DriftReport): HTMLElement[] {
  if (slices.length === 0) return [];
  const [first] = slices;
  return [
    section(
      'Where it drifts',
      h('p', { class: 'facts' }, first ? `Most of it in ${first.slice}: ${percent(first.explains)} of the drift.` : ''),
      table(
        'Slices that drift, those that explain most first',
        ['slice', 'rows now', 'share now', 'share before', 'explains', 'drift inside', 'outside', 'most changed'],
        slices
          .slice(0, 20)
          .map((slice) => [
            slice.slice,
            slice.rows.toLocaleString('en'),
            percent(slice.share),
            percent(slice['reference-share']),
            percent(slice.explains),
            written(slice['drift-inside']),
            written(slice['drift-outside']),
            (slice.columns ?? []).slice(0, 3).join(', '),
          ]),
      ),
    ),
  ];
}

/** Whether a classifier can tell requests from reference rows, and by what. */
export function domainView({ domain, mmd }: DriftReport): HTMLElement[] {
  const discrepancy =
    mmd &&
    h(
      'p',
      { class: 'facts' },
      `${mmd.drifted ? '▲' : '✓'} Maximum mean discrepancy ${number(mmd.statistic)}, p ${mmd['p-value'] < 0.001 ? '< 0.001' : `= ${mmd['p-value'].toFixed(3)}`} on ${mmd.rows.toLocaleString('en')} rows of each side.`,
    );
  if (!domain) return discrepancy ? [section('All columns together', discrepancy)] : [];
  const { auc, low, high, drifted, columns, rows } = domain;
  return [
    section(
      'All columns together',
      h(
        'p',
        { class: 'facts' },
        `${drifted ? '▲ A classifier can tell' : '✓ A classifier can hardly tell'} requests from reference rows: AUC ${number(auc)}${low === undefined || high === undefined ? '' : ` [${number(low)}, ${number(high)}]`} on ${rows.toLocaleString('en')} rows of each side (0.5: not at all).`,
      ),
      columns.length > 0 && drifted
        ? table(
            'Columns that give the difference away',
            ['column', 'share of the gain'],
            columns.slice(0, 10).map(({ column, importance }) => [column, percent(importance)]),
          )
        : false,
      discrepancy ?? false,
    ),
  ];
}

/** What the server does. */
export function serviceView({ service }: DriftReport): HTMLElement[] {
  if (!service) return [];
  const { versions = [] } = service;
  const seconds = (value: number | null | undefined): string => (typeof value === 'number' ? duration(value) : '');
  const pairs: [string, string][] = [
    ['requests', service.requests?.toLocaleString('en') ?? ''],
    ['a minute', written(service['per-minute'])],
    [
      'errors',
      service['error-rate'] === undefined || service['error-rate'] === null ? '' : percent(service['error-rate']),
    ],
    ['median latency', seconds(service.p50)],
    ['95 %', seconds(service.p95)],
    ['99 %', seconds(service.p99)],
    ['processor', typeof service.cpu === 'number' ? percent(service.cpu) : ''],
    ['memory', typeof service.memory === 'number' ? bytes(service.memory) : ''],
    ['waiting', written(service.queue)],
  ];
  return [
    section(
      'Service',
      h(
        'table',
        { class: 'statistics' },
        h('caption', { class: 'unseen' }, 'Figures of the server'),
        ...pairs
          .filter(([, text]) => text !== '' && text !== '–')
          .map(([name, text]) => h('tr', {}, h('th', { scope: 'row' }, name), h('td', {}, text))),
      ),
      versions.length > 1 &&
        table(
          'Figures of each version',
          ['version', 'requests', 'a minute', 'errors', 'median latency', '95 %', '99 %'],
          versions.map((one) => [
            `${one.model} ${one.version}`,
            one.requests.toLocaleString('en'),
            written(one['per-minute']),
            typeof one['error-rate'] === 'number' ? percent(one['error-rate']) : '',
            seconds(one.p50),
            seconds(one.p95),
            seconds(one.p99),
          ]),
        ),
    ),
  ];
}

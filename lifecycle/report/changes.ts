import type { DriftReport, FeatureDrift } from '../../schemas/generated/types';
import { nextSteps, worsened } from './next-steps';
import { type Piece, asHtml, asMarkdown, percent, piecesCss, prose, shortened } from './pieces';
import { wholePage } from './page';

/** Columns with a figure and a paragraph; of the rest stands a line in the table. */
const SHOWN = 12;
const SLICES = 5;
const PARTS = 48;
const LISTED = 100;
const LABEL = 60;

const METHODS: Readonly<Record<string, string>> = {
  psi: 'population stability index',
  ks: 'Kolmogorov–Smirnov',
  chi2: 'χ²',
  'jensen-shannon': 'Jensen–Shannon distance',
  wasserstein: 'Wasserstein distance in standard deviations',
  hellinger: 'Hellinger distance',
  'l-infinity': 'L∞ distance',
  missing: 'share of missing values',
};

/** Where a report comes from, for its head. */
export interface Origin {
  readonly pipeline: string;
  readonly stage: string;
  readonly run?: string;
}

/** The title of {@link changesMarkdown} and {@link changesHtml}. */
export function titleOf({ pipeline, stage }: Origin): string {
  return `What changed? ${pipeline}, ${stage}`;
}

/** What changed in a window, as Markdown: for a message, an issue, a pull request. */
export function changesMarkdown(report: DriftReport, origin: Origin): string {
  const facts = factsOf(report, origin).map(([name, value]) => `- ${name}: ${prose(value)}`);
  return `# ${prose(titleOf(origin))}\n\n${facts.join('\n')}\n\n${asMarkdown(changes(report))}`;
}

/** What changed in a window, as one page that needs nothing else and runs no script. */
export function changesHtml(report: DriftReport, origin: Origin): string {
  return wholePage({
    title: titleOf(origin),
    facts: factsOf(report, origin),
    content: asHtml(changes(report)),
    css: piecesCss,
  });
}

function factsOf(report: DriftReport, { run }: Origin): [string, string][] {
  const { deployment, rows, window, reference } = report;
  return [
    [
      'model',
      deployment.version === 0
        ? 'served elsewhere, known by its log'
        : `${deployment.model} version ${deployment.version} on ${deployment.target}`,
    ],
    ...(window?.from !== undefined && window.to !== undefined
      ? [['window', `${minute(window.from)} to ${minute(window.to)}`] as [string, string]]
      : []),
    ['rows', `${rows.current.toLocaleString('en')}, against ${rows.reference.toLocaleString('en')} of ${reference}`],
    ['looked at', minute(report.created)],
    ...(run === undefined ? [] : [['run', run] as [string, string]]),
  ];
}

/** The whole story, the verdict first and what to do right after it. */
export function changes(report: DriftReport): Piece[] {
  const drifted = report.features.filter((feature) => feature.drifted);
  const known = report.features.filter(({ suppressed }) => suppressed !== undefined);
  const quiet = report.features.filter((feature) => !feature.drifted && feature.suppressed === undefined);
  const faults = quiet.filter(({ violations = [] }) => violations.length > 0);
  return [
    { type: 'text', text: verdict(report) },
    ...(report.notes ?? []).map((text): Piece => ({ type: 'text', text, quiet: true })),
    heading('What to do next'),
    { type: 'list', items: nextSteps(report) },
    ...alerts(report),
    ...(drifted.length > 0 ? ranking(drifted) : []),
    ...drifted.slice(0, SHOWN).flatMap((feature) => one(feature, report)),
    ...(faults.length > 0
      ? [
          heading('Values that training never showed, in columns that did not drift'),
          {
            type: 'list',
            items: faults
              .slice(0, LISTED)
              .map((feature) => `${feature.column}: ${(feature.violations ?? []).map(sayViolation).join('; ')}.`),
          } as const,
        ]
      : []),
    ...where(report),
    ...together(report),
    ...(report.prediction === undefined ? [] : [heading('Predictions'), ...one(report.prediction, report, false)]),
    ...performance(report),
    ...overTime(report),
    ...(known.length > 0
      ? [
          heading('Known, and not counted'),
          { type: 'list', items: known.map(({ column, suppressed }) => `${column}: ${suppressed}`) } as const,
        ]
      : []),
    ...(quiet.length > 0
      ? [
          heading('Columns that did not drift'),
          { type: 'text', text: listed(quiet.map(({ column }) => column)), quiet: true } as const,
        ]
      : []),
    ...(report.method === undefined
      ? []
      : [{ type: 'text', text: `Method: ${report.method.replace(/\.$/, '')}.`, quiet: true } as const]),
  ];
}

const heading = (text: string, level: 2 | 3 = 2): Piece => ({ type: 'heading', level, text });

function verdict({ verdict: word, drift, features, prediction, rows, domain, mmd }: DriftReport): string {
  const compared = features.filter(({ statistics }) => Object.keys(statistics).length > 0).length;
  if (word === 'too-few-rows')
    return `No verdict: ${rows.current.toLocaleString('en')} rows in the window and ${rows.reference.toLocaleString('en')} in the reference are too few.`;
  const answers = prediction?.drifted === true ? ' The predictions changed too.' : '';
  if (drift.count > 0) return `${drift.count} of ${compared} columns drifted (${percent(drift.share)}).${answers}`;
  if (prediction?.drifted === true) return `No column of ${compared} drifted, but the predictions changed.`;
  if (domain?.drifted === true || mmd?.drifted === true)
    return `No single column of ${compared} drifted, but their relation to each other did.`;
  return `Stable: none of ${compared} columns drifted${prediction === undefined ? '' : ', nor did the predictions'}.`;
}

function alerts({ alerts: states = [] }: DriftReport): Piece[] {
  const shown = states.filter(({ state }) => state !== 'pending');
  if (shown.length === 0) return [];
  return [
    heading('Alerts'),
    {
      type: 'list',
      items: shown.map(
        ({ state, severity, since, message, by }) =>
          `${state}, ${severity}, since ${minute(since)}: ${message}${by === undefined ? '' : ` (${by})`}`,
      ),
    },
  ];
}

function ranking(drifted: readonly FeatureDrift[]): Piece[] {
  return [
    heading('What drifted'),
    {
      type: 'table',
      caption:
        'Drifted columns, the largest change first. p is adjusted for the number of columns (Benjamini–Hochberg).',
      head: ['column', 'method', 'statistic', 'limit', 'effect', 'p, adjusted'],
      rows: drifted
        .slice(0, LISTED)
        .map((feature) => [
          feature.column,
          METHODS[feature.method] ?? feature.method,
          written(feature.statistic),
          feature.threshold === undefined ? '' : written(feature.threshold),
          sayEffect(feature),
          sayP(feature),
        ]),
      words: [0, 1, 4],
    },
  ];
}

function one(feature: FeatureDrift, { slices = [] }: DriftReport, named = true): Piece[] {
  const { column, note, bins, moments, violations = [], drifted, because, bound } = feature;
  const lines = [
    ...(named
      ? []
      : [
          `${drifted ? 'They changed' : 'They did not change'}: ${METHODS[feature.method] ?? feature.method} ${written(feature.statistic)}${feature.threshold === undefined ? '' : ` (limit ${written(feature.threshold)})`}, p ${sayP(feature)}.`,
        ]),
    ...(moments === undefined
      ? []
      : [
          `Mean ${written(moments['reference-mean'])} → ${written(moments['current-mean'])}, standard deviation ${written(moments['reference-deviation'])} → ${written(moments['current-deviation'])}.`,
        ]),
    ...missing(feature),
    ...violations.filter(({ kind }) => kind !== 'missing').map((violation) => `${upper(sayViolation(violation))}.`),
    // What the note says of missing values and strange ones stands above already.
    ...(note !== undefined && violations.length === 0 && moments === undefined ? [note] : []),
    ...slices
      .filter(({ columns = [] }) => named && columns.includes(column))
      .slice(0, 1)
      .map(({ slice, explains }) => `It changed most where ${slice} (${percent(explains)} of all drift is there).`),
    ...(bound === undefined ? [] : [`Counted on a grid: the KS statistic may be low by at most ${written(bound)}.`]),
    ...(because === undefined || !named ? [] : [`Decided by ${because}.`]),
  ];
  return [
    ...(named ? [heading(column, 3)] : []),
    ...(lines.length > 0 ? [{ type: 'list', items: lines } as const] : []),
    ...(bins === undefined
      ? []
      : [
          {
            type: 'shares',
            title: column,
            labels: bins.labels.map((label) => shortened(label, LABEL)),
            reference: bins.reference,
            current: bins.current,
          } as const,
        ]),
  ];
}

function missing({ statistics }: FeatureDrift): string[] {
  const [before, after] = [statistics['missing-reference'], statistics['missing-current']];
  if (typeof before !== 'number' || typeof after !== 'number' || (before === 0 && after === 0)) return [];
  return [`Missing values ${percent(before)} → ${percent(after)}.`];
}

function sayViolation({ kind, count, share, examples = [] }: NonNullable<FeatureDrift['violations']>[number]): string {
  const words = {
    missing: 'values missing where none was',
    'new-category': 'rows with a new category',
    'out-of-range': 'values outside the range of the reference',
    'wrong-type': 'values of another type',
  }[kind];
  const such = examples.length > 0 ? `: ${examples.map((text) => shortened(text, LABEL)).join(', ')}` : '';
  return `${count.toLocaleString('en')} ${words} (${percent(share)})${such}`;
}

function where({ slices = [] }: DriftReport): Piece[] {
  if (slices.length === 0) return [];
  return [
    heading('Where it is'),
    {
      type: 'table',
      caption: 'Slices, by the share of the drift that goes away without them. Each is a row filter.',
      head: ['slice', 'rows', 'share before', 'share now', 'explains', 'p, adjusted', 'changed most inside'],
      rows: slices
        .slice(0, SLICES)
        .map((slice) => [
          slice.condition ?? slice.slice,
          slice.rows.toLocaleString('en'),
          orPercent(slice['reference-share']),
          orPercent(slice.share),
          percent(slice.explains),
          probability(slice['p-value']),
          (slice.columns ?? []).join(', '),
        ]),
      words: [0, 6],
    },
  ];
}

function together({ domain, mmd }: DriftReport): Piece[] {
  const lines = [
    ...(domain === undefined
      ? []
      : [
          `A classifier ${domain.drifted ? 'can' : 'can hardly'} tell the window from the reference: AUC ${written(domain.auc)}${domain.low === undefined || domain.high === undefined ? '' : ` [${written(domain.low)}, ${written(domain.high)}]`} on ${domain.rows.toLocaleString('en')} rows of each side (0.5: not at all).${
            domain.drifted
              ? ` It looks at ${domain.columns
                  .slice(0, 5)
                  .map(({ column, importance }) => `${column} (${percent(importance)})`)
                  .join(', ')}.`
              : ''
          }`,
        ]),
    ...(mmd === undefined
      ? []
      : [
          `Maximum mean discrepancy ${written(mmd.statistic)}, p ${probability(mmd['p-value'])}: ${mmd.drifted ? 'drift' : 'no drift'}.`,
        ]),
  ];
  return lines.length === 0 ? [] : [heading('All columns together'), { type: 'list', items: lines }];
}

/** Outcomes that changed, and those of nobody. */
function sayOutcomes({ changed = 0, unknown = 0 }: NonNullable<DriftReport['performance']>): string {
  const number = (count: number): string => count.toLocaleString('en');
  return [
    ...(changed > 0
      ? [` ${number(changed)} ${changed === 1 ? 'was' : 'were'} told again and differently; the last one counts.`]
      : []),
    ...(unknown > 0
      ? [` ${number(unknown)} more ${unknown === 1 ? 'is' : 'are'} for requests that the log does not hold.`]
      : []),
  ].join('');
}

function performance({ performance: found }: DriftReport): Piece[] {
  if (found === undefined) return [];
  const { metrics = {}, estimated = {}, reference = {}, labelled, rows, changes: points = [], slices = [] } = found;
  const names = [...new Set([...Object.keys(metrics), ...Object.keys(estimated)])];
  const worse = worsened(found);
  const said = (value: (typeof metrics)[string] | undefined): string =>
    value === undefined
      ? ''
      : `${written(value.value)}${typeof value.low === 'number' && typeof value.high === 'number' ? ` [${written(value.low)}, ${written(value.high)}]` : ''}`;
  return [
    heading('Performance'),
    {
      type: 'text',
      text:
        labelled === 0
          ? `No outcome of ${rows.toLocaleString('en')} predictions is known; the estimates come from the confidence of the predictions and do not see a change in what the inputs mean.`
          : `The outcome of ${labelled.toLocaleString('en')} of ${rows.toLocaleString('en')} predictions is known.${sayOutcomes(found)}`,
    },
    ...(names.length === 0
      ? []
      : [
          {
            type: 'table',
            caption: 'Metrics with 95 % intervals',
            head: ['metric', 'when chosen', 'measured', 'estimated without outcomes', ''],
            rows: names.map((name) => [
              name,
              reference[name] === undefined ? '' : written(reference[name]),
              said(metrics[name]),
              said(estimated[name]),
              worse.some(({ metric }) => metric === name) ? 'worse' : '',
            ]),
            words: [0, 4],
          } as const,
        ]),
    ...(points.length === 0
      ? []
      : [
          {
            type: 'list',
            items: points.map(
              ({ detector, level, row, time, before, after }) =>
                `${detector} ${level === 'warning' ? 'warns of a change' : 'sees a change'} of the error at outcome ${row.toLocaleString('en')} (${minute(time)})${before === undefined || after === undefined ? '' : `: ${written(before)} → ${written(after)}`}.`,
            ),
          } as const,
        ]),
    ...(slices.length === 0
      ? []
      : [
          {
            type: 'table',
            caption: 'By slice, the worst first',
            head: [
              'slice',
              'rows',
              ...names.filter((name) => slices.some((slice) => slice.metrics[name] !== undefined)),
            ],
            rows: slices
              .slice(0, SLICES)
              .map((slice) => [
                slice.slice,
                slice.rows.toLocaleString('en'),
                ...names
                  .filter((name) => slices.some((other) => other.metrics[name] !== undefined))
                  .map((name) => said(slice.metrics[name])),
              ]),
            words: [0],
          } as const,
        ]),
  ];
}

function overTime({ windows = [] }: DriftReport): Piece[] {
  if (windows.length < 2) return [];
  const first = windows.find(({ verdict: word }) => word === 'drift');
  return [
    heading('Over time'),
    {
      type: 'text',
      text:
        first === undefined
          ? 'No part of the window drifted on its own.'
          : `It first shows in the part from ${minute(first.from)}.`,
    },
    {
      type: 'table',
      caption: 'Parts of the window, on deciles of the reference',
      head: ['from', 'rows', 'drifted', 'columns'],
      rows: windows.slice(-PARTS).map(({ from, rows, count, columns, verdict: word }) => [
        minute(from),
        rows.toLocaleString('en'),
        word === 'too-few-rows' ? 'too few' : String(count),
        listed(
          Object.entries(columns)
            .filter(([, { drifted }]) => drifted)
            .map(([name]) => name),
          5,
        ),
      ]),
      words: [0, 3],
    },
  ];
}

function sayEffect({ effect }: FeatureDrift): string {
  return effect === undefined
    ? ''
    : `${effect.level} (${METHODS[effect.name] ?? effect.name} ${written(effect.value)})`;
}

function sayP(feature: FeatureDrift): string {
  return probability(feature['adjusted-p-value'] ?? feature['p-value']);
}

function probability(p: number | null | undefined): string {
  return p === null || p === undefined ? '' : p < 0.001 ? '< 0.001' : p.toFixed(3);
}

const orPercent = (share: number | null | undefined): string =>
  share === null || share === undefined ? '' : percent(share);

function written(value: number | null | undefined): string {
  return value === null || value === undefined ? 'without bound' : String(Number(value.toPrecision(3)));
}

function listed(names: readonly string[], most = LISTED): string {
  return `${names.slice(0, most).join(', ')}${names.length > most ? ` and ${names.length - most} more` : ''}`;
}

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `2026-11-03 12:00 UTC` */
function minute(time: string): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? time : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

import type { ShownSearch, ShownTrial } from '../protocol';
import { type Axis, numberAxis, type Placed, wordAxis } from '../ui-kit/axis';
import { lineChart } from '../ui-kit/chart';
import { h } from '../ui-kit/dom';
import { written } from '../ui-kit/figure';
import { parallelFigure } from '../ui-kit/parallel';
import { bars, count, facts, gallery, headed, plainText, table, verdict, type Cell } from './parts';

/** Settings that parallel coordinates show: those that count most. */
const mostAxes = 8;

/** The search of a train stage, finished or going on: its best trial, how it came there, which settings counted, and every trial. */
export function tuneView(record: ShownSearch, heading: 'h3' | 'h4' = 'h4'): HTMLElement[] {
  const { trials, space, best: winner } = record;
  const best = trials.find(({ trial }) => trial === winner);
  const weighed = space.some(({ importance }) => importance !== undefined);
  return [
    headed(
      heading,
      'Search',
      h('p', { class: 'says' }, says(record, best)),
      best ? facts(space.flatMap(({ path }) => pairOf(path, best))) : false,
      gallery(
        progress(record),
        weighed
          ? h(
              'figure',
              { class: 'figure' },
              h(
                'figcaption',
                { class: 'title' },
                h('strong', {}, 'Which settings count'),
                h('span', { class: 'says' }, 'Share of each in the differences between whole trials.'),
              ),
              bars(
                'Share of each setting in the differences between trials',
                ranked(record).map(({ path, importance = 0 }) => ({ label: path, share: importance })),
                15,
                ['setting', '', 'share'],
              ),
            )
          : false,
        coordinates(record),
      ),
    ),
    headed(heading, 'Trials', trialTable(record)),
  ];
}

/** `40 trials by tpe, judged by auc on the validation split; asha stopped 22, 1 failed. Trial 17 is best: auc 0.8512.` */
function says(search: ShownSearch, best: ShownTrial | undefined): string {
  const { trials, metric, folds, pruning, steps, told } = search;
  const of = (state: ShownTrial['state']): number => trials.filter((each) => each.state === state).length;
  const goes = told !== undefined;
  const judged = goes
    ? ''
    : folds === undefined
      ? ' on the validation split'
      : ` by cross-validation in ${folds} parts`;
  const all = told ?? trials.length;
  const ended = [
    of('running') > 0 ? `${of('running')} running` : '',
    of('stopped') > 0
      ? `${pruning === undefined ? `${of('stopped')} stopped` : `${pruning} stopped ${of('stopped')}`}`
      : '',
    of('failed') > 0 ? `${of('failed')} failed` : '',
  ].filter(Boolean);
  const left = all - trials.length;
  return [
    `${count(all)} ${all === 1 ? 'trial' : 'trials'}${goes ? ' so far' : ` by ${search.search ?? ''}`}, judged by ${metric}${judged}${ended.length > 0 ? `; ${ended.join(', ')}` : ''}.`,
    goes && left > 0 ? `The newest and those that led are shown.` : '',
    best
      ? `Trial ${best.trial} is best${goes ? ' so far' : ''}: ${metric} ${written(best.score)}.`
      : goes
        ? ''
        : 'None came to its end.',
    steps === undefined ? '' : `${count(steps)} steps in all.`,
  ]
    .filter(Boolean)
    .join(' ');
}

const pairOf = (path: string, { values }: ShownTrial): [string, string][] =>
  Object.hasOwn(values, path) ? [[path, plainText(values[path])]] : [];

/** Settings, those that count most first. */
const ranked = ({ space }: ShownSearch): ShownSearch['space'] =>
  space.toSorted((a, b) => (b.importance ?? 0) - (a.importance ?? 0));

/** Scores of the whole trials one after the other, and the best so far. */
function progress({ trials, metric, better }: ShownSearch): HTMLElement | false {
  const whole = trials.filter(({ state, score }) => state === 'finished' && Number.isFinite(score));
  if (whole.length < 2) return false;
  const score = whole.map((each) => each.score ?? NaN);
  let lead = score[0] ?? NaN;
  const leads = score.map((value) => (lead = better === 'higher' ? Math.max(lead, value) : Math.min(lead, value)));
  const first = whole[leads.indexOf(leads.at(-1) ?? NaN)];
  const x = whole.map(({ trial }) => trial);
  return lineChart({
    title: `${metric} by trial`,
    summary:
      first === whole[0]
        ? `None was better than the first, ${written(score[0])}.`
        : `From ${written(score[0])} of the first to ${written(leads.at(-1))}, found by trial ${first?.trial ?? ''}.`,
    curves: [
      { name: 'best so far', x, y: leads, hue: 0 },
      // A gap after each point, so that trials are dots and no line.
      { name: 'trial', x: x.flatMap((each) => [each, each]), y: score.flatMap((each) => [each, null]), hue: 1 },
    ],
    xLabel: 'trial',
    yLabel: metric,
    width: 300,
  });
}

function coordinates(record: ShownSearch): HTMLElement | false {
  const { trials, metric, best } = record;
  const drawn = trials.filter(({ score }) => Number.isFinite(score));
  const shown = ranked(record).slice(0, mostAxes);
  // In the order of the space, as the file has them.
  const dimensions = record.space.filter((each) => shown.includes(each));
  if (drawn.length < 2 || dimensions.length === 0) return false;
  const axes = dimensions.map(({ path, type, log }): { name: string; axis: Axis } => {
    const values = drawn.map((trial): Placed => trial.values[path]);
    return { name: path, axis: type === 'choice' ? wordAxis(values) : numberAxis(values, log ?? false) };
  });
  const scores = drawn.map(({ score }) => score);
  const left = record.space.length - dimensions.length;
  return parallelFigure({
    title: 'Trials across the settings',
    summary: `${drawn.length} trials, each a line that ends at its ${metric}; the thick one is the best${trials.some(({ state }) => state === 'stopped') ? ', the faint ones were stopped' : ''}.${left > 0 ? ` ${left} more settings count less.` : ''}`,
    axes: [...axes, { name: metric, axis: numberAxis(scores, false) }],
    threads: drawn.map(({ trial, state, values, score }) => ({
      values: [...dimensions.map(({ path }): Placed => values[path]), score],
      text: `Trial ${trial}: ${metric} ${written(score)}`,
      look: trial === best ? 'best' : state === 'finished' ? 'plain' : 'faint',
    })),
  });
}

const states: Readonly<Record<ShownTrial['state'], Cell>> = {
  running: '◐ running',
  finished: verdict(true, 'finished', ''),
  stopped: '■ stopped',
  failed: verdict(false, '', 'failed'),
};

/** What runs stands first; then whole trials, the best on top, those that were stopped, and those that failed. */
function trialTable({ trials, space, metric, better, best }: ShownSearch): HTMLElement {
  const rank = { running: -1, finished: 0, stopped: 1, failed: 2 };
  const sign = better === 'higher' ? -1 : 1;
  const worst = -sign * Infinity;
  const sorted = trials.toSorted(
    (a, b) => rank[a.state] - rank[b.state] || sign * ((a.score ?? worst) - (b.score ?? worst)) || a.trial - b.trial,
  );
  const steps = trials.some((trial) => trial.steps !== undefined);
  const errors = trials.some(({ error }) => error !== undefined);
  const words = space.flatMap(({ type }, index) => (type === 'choice' ? [index + (steps ? 4 : 3)] : []));
  return table({
    caption: 'Trials of the search',
    quiet: true,
    atOnce: 20,
    head: [
      'trial',
      'state',
      metric,
      ...(steps ? ['steps'] : []),
      ...space.map(({ path }) => path),
      ...(errors ? ['error'] : []),
    ],
    words: [1, ...words, space.length + (steps ? 4 : 3)],
    rows: sorted.map((trial): Cell[] => [
      trial.trial === best ? `★ ${trial.trial}` : String(trial.trial),
      states[trial.state],
      trial.score === undefined ? '' : written(trial.score),
      ...(steps ? [trial.steps === undefined ? '' : count(trial.steps)] : []),
      ...space.map(({ path }) => (Object.hasOwn(trial.values, path) ? plainText(trial.values[path]) : '')),
      ...(errors ? [trial.error ?? ''] : []),
    ]),
    look: (row) => (sorted[row]?.trial === best ? 'chosen' : undefined),
  });
}

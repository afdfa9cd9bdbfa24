import type { StageOutput } from '../protocol';
import { h } from '../ui-kit/dom';
import { states } from '../ui-kit/status';
import { written } from '../ui-kit/figure';
import { age, duration } from '../ui-kit/format';
import { dataView } from './data';
import type { Editor } from './editor';
import { evaluateView } from './evaluate';
import { monitorView } from './monitor';
import { facts } from './parts';
import { deployView, packageView } from './ship';
import { optimizeView } from './optimize';
import { trainView } from './train';
import { tuneView } from './tune';

/**
 * The result of a stage, as a cell and a report show it.
 * @param editor what can be asked, where there is an editor around
 */
export function stageView(output: StageOutput, editor?: Editor): HTMLElement {
  const { stage, kind, state, summary, note } = output;
  const look = states[state] ?? { mark: '?', word: String(state) };
  return h(
    'div',
    {
      class: `lifecycle-stage`,
      role: 'region',
      tabindex: 0,
      'aria-label': `Result of ${stage}: ${look.word}`,
      'data-keep': `stage ${stage}`,
    },
    h(
      'header',
      { class: state, role: 'presentation' },
      h('h3', {}, h('span', { class: 'mark', 'aria-hidden': 'true' }, look.mark), stage),
      h('span', {}, [look.word, summary].filter(Boolean).join(' · ')),
      h('span', { class: 'quiet' }, aside(output), editor && isOver(output) ? ageOf(Date.parse(output.when)) : false),
    ),
    state === 'running' || state === 'waiting' ? progress(output) : false,
    problem(output),
    note ? h('p', { class: 'note' }, note) : false,
    ...guarded(kind, () => view(output, editor)),
  );
}

/** A picture that can't be drawn does not take the rest with it. */
function guarded(kind: string, make: () => Node[]): Node[] {
  try {
    return make();
  } catch (error) {
    return [h('p', { class: 'note' }, `The ${kind} result can't be shown: ${String(error)}`)];
  }
}

function view(output: StageOutput, editor: Editor | undefined): Node[] {
  const { detail, kind } = output;
  switch (detail?.kind) {
    case 'data':
      return dataView(detail);
    case 'train':
      return [...trainView(output, detail.model), ...(detail.tune ? tuneView(detail.tune) : [])];
    case 'optimize':
      return optimizeView(output, detail.model);
    case 'evaluate':
      return evaluateView(output, detail.evaluation, editor);
    case 'package':
      return packageView(detail);
    case 'deploy':
      return deployView(output.stage, detail, editor);
    case 'monitor':
      return monitorView(detail);
    case undefined: {
      // What the stage logs of its search is told by the search.
      if (output.search)
        return [
          ...trainView({ ...output, series: output.series.filter(ownSeries) }, undefined),
          ...tuneView(output.search),
        ];
      if (kind === 'train' || kind === 'optimize') return trainView(output, undefined);
      const metrics = Object.entries(output.metrics).slice(0, 200);
      return metrics.length > 0 ? [facts(metrics.map(([name, value]) => [name, written(value)]))] : [];
    }
    default:
      return [];
  }
}

const ownSeries = ({ name }: StageOutput['series'][number]): boolean => !/^(best|trial)\//.test(name);

function isOver({ state, when }: StageOutput): boolean {
  return state !== 'running' && state !== 'waiting' && Number.isFinite(Date.parse(when));
}

/** How long ago a result was made, counted on while it is shown. */
function ageOf(time: number): HTMLElement {
  const text = (): string => ` (${age(time)})`;
  const element = h('span', {}, text());
  const timer = setInterval(() => {
    if (element.isConnected) element.textContent = text();
    else clearInterval(timer);
  }, 60_000);
  return element;
}

function aside(output: StageOutput): string {
  const { kind, state, seconds, reason, run, when } = output;
  const parts = [
    kind,
    seconds === undefined ? '' : duration(seconds),
    state === 'waiting' || state === 'running' ? '' : `run ${run}`,
    isOver(output) ? new Date(when).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }) : '',
    reason && (state === 'skipped' || state === 'running') ? reason : '',
  ];
  return parts.filter(Boolean).join(' · ');
}

function progress({ state, fraction, doing, waitsFor }: StageOutput): HTMLElement {
  const share = fraction === undefined ? undefined : Math.min(Math.max(fraction, 0), 1);
  const text =
    state === 'waiting'
      ? waitsFor?.length
        ? `First ${waitsFor.join(', ')}`
        : 'Waits for its turn'
      : [share === undefined ? '' : `${Math.round(share * 100)} %`, doing ?? ''].filter(Boolean).join(', ');
  return h(
    'div',
    {},
    state === 'running' ? h('progress', { max: 1, value: share, 'aria-label': 'Progress' }) : false,
    h('div', { class: 'quiet' }, text),
  );
}

function problem({ error, state }: StageOutput): HTMLElement | false {
  if (!error)
    return state === 'lost'
      ? h('div', { class: 'problem' }, h('strong', {}, 'The process ended unexpectedly. Run the cell again.'))
      : false;
  const place = error.file === undefined ? '' : `${error.file}${error.line === undefined ? '' : `:${error.line}`}`;
  return h(
    'div',
    { class: state === 'cancelled' ? 'note' : 'problem' },
    h('strong', {}, error.message),
    error.hint ? h('p', {}, error.hint) : false,
    place ? h('p', { class: 'quiet' }, place) : false,
    error.details && error.details.length > 0
      ? h(
          'pre',
          { tabindex: 0, role: 'group', 'aria-label': 'Details', 'data-keep': 'details' },
          error.details.join('\n'),
        )
      : false,
  );
}

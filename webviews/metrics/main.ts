import './style.css';
import { announce, button, clear, h, onThemeChange, registerWidgets, select, spinner } from '../ui-kit';
import type { FromMetrics, MetricsState, RunState, StageState, ToMetrics } from '../protocol';
import { Charts } from './charts';
import { duration, number } from '../ui-kit/format';

declare function acquireVsCodeApi(): {
  postMessage(message: FromMetrics): void;
  getState(): { run?: string; axis?: 'step' | 'epoch' } | undefined;
  setState(state: { run?: string; axis?: 'step' | 'epoch' }): void;
};

registerWidgets();
const api = acquireVsCodeApi();
const kept = api.getState() ?? {};

const runs = select('Run', (run) => {
  kept.run = run;
  api.setState(kept);
  api.postMessage({ type: 'choose', run });
});
const axis = select('Horizontal axis', (value) => {
  kept.axis = value === 'epoch' ? 'epoch' : 'step';
  api.setState(kept);
  charts.setAxis(kept.axis);
});
const status = h('div', { class: 'status' });
const stages = h('div', { class: 'stages', role: 'list', 'aria-label': 'Stages' });
const note = h('p', { class: 'note', role: 'status' });
const empty = h('div', { class: 'empty' });
const area = h('div', { class: 'charts' });
const charts = new Charts(area);
charts.setAxis(kept.axis ?? 'step');

document.body.append(
  h('header', {}, runs.element, axis.element, status),
  note,
  stages,
  empty,
  area,
  h('div', { id: 'announce', class: 'unseen', 'aria-live': 'polite' }),
);

const words: Record<RunState['status'], string> = {
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  lost: 'ended unexpectedly',
};

const marks: Record<StageState['status'], string> = {
  waiting: '○',
  running: '◐',
  succeeded: '✓',
  reused: '↺',
  failed: '✗',
  skipped: '–',
  cancelled: '■',
};

function stageRow(stage: StageState): HTMLElement {
  const result = stage.kind === 'train' ? stage.headline || stage.summary : stage.summary || stage.headline;
  const text = stage.error ?? (stage.status === 'running' ? stage.message : undefined) ?? result ?? stage.reason ?? '';
  const percent = stage.fraction === undefined ? undefined : Math.round(stage.fraction * 100);
  return h(
    'button',
    {
      class: `stage ${stage.status}`,
      role: 'listitem',
      title: [
        stage.kind,
        stage.summary,
        stage.reason,
        stage.error,
        ...Object.entries(stage.metrics).map(([name, value]) => `${name} ${number(value)}`),
      ]
        .filter(Boolean)
        .join('\n'),
      'aria-label': `${stage.name}, ${stage.kind}, ${stage.status}${percent === undefined ? '' : `, ${percent} percent`}. ${text}`,
      onclick: () => api.postMessage({ type: 'open-stage', stage: stage.name }),
    },
    h('span', { class: 'mark', 'aria-hidden': 'true' }, marks[stage.status]),
    h('span', { class: 'name' }, stage.name),
    h('span', { class: 'text' }, text),
    h(
      'span',
      { class: 'time' },
      stage.status === 'running' && percent !== undefined
        ? `${percent} %`
        : stage.seconds === undefined
          ? ''
          : duration(stage.seconds),
    ),
  );
}

let shown: string | undefined;

function render(state: MetricsState): void {
  const { run } = state;
  runs.update(
    state.runs.map(({ id, label }) => ({ value: id, label })),
    run?.id,
  );
  axis.update(
    [
      { value: 'step', label: 'by step' },
      { value: 'epoch', label: 'by epoch' },
    ],
    kept.axis ?? 'step',
  );
  note.textContent = state.note ?? '';
  note.hidden = !state.note;
  runs.element.hidden = axis.element.hidden = state.runs.length === 0;
  clear(status);
  clear(stages);
  clear(empty);
  if (!run) {
    empty.append(
      h('p', {}, 'No run yet. Loss and metrics appear here while a model trains.'),
      button('Run Pipeline', () => api.postMessage({ type: 'command', command: 'run' })),
    );
  } else {
    if (run.status === 'running') status.append(spinner('running'));
    status.append(
      h('span', { class: `word ${run.status}` }, words[run.status]),
      h('span', { class: 'time' }, run.seconds === undefined ? '' : duration(run.seconds)),
    );
    stages.append(...run.stages.map(stageRow));
    if (state.series.length === 0 && run.status !== 'running')
      empty.append(h('p', {}, 'This run logged no curves: its stages were reused, or train no model.'));
    if (shown !== `${run.id} ${run.status}`) {
      shown = `${run.id} ${run.status}`;
      announce(`Run of ${run.pipeline}: ${words[run.status]}`);
    }
  }
  charts.show(state.series, run?.id);
}

window.addEventListener('message', (event: MessageEvent<ToMetrics>) => render(event.data.state));
onThemeChange(() => charts.redraw());
api.postMessage({ type: 'ready', ...(kept.run ? { run: kept.run } : {}) });

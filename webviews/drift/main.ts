import './style.css';
import type { DriftReport } from '../../schemas/generated/types';
import { announce, button, clear, h, registerWidgets, select, textField } from '../ui-kit';
import type { DriftState, FromDrift, ToDrift } from '../protocol';
import { figureCss } from '../ui-kit/figure-style';
import { percent } from '../ui-kit/figure';
import { adopt } from '../ui-kit/sheet';
import { alertList } from './alerts';
import { featureRow, methodNote } from './feature';
import { overTime } from './time';
import { domainView, performanceView, serviceView, sliceView } from './whole';

interface Kept {
  open?: string[];
  search?: string;
  /** Whether only drifted columns are listed. */
  only?: boolean;
}

declare function acquireVsCodeApi(): {
  postMessage(message: FromDrift): void;
  getState(): Kept | undefined;
  setState(state: Kept): void;
};

registerWidgets();
adopt(figureCss);
const api = acquireVsCodeApi();
const kept: Kept = api.getState() ?? {};
const open = new Set(kept.open ?? []);
const keep = (): void => api.setState({ ...kept, open: [...open] });

const reports = select('Report', (report) => api.postMessage({ type: 'choose', report }));
const verdict = h('div', { class: 'verdict', role: 'status' });
const note = h('p', { class: 'note', role: 'status' });
const area = h('div', {});
const header = h('header', {}, reports.element, verdict);
document.body.append(
  h('main', {}, h('h1', { class: 'unseen' }, 'Drift'), header, note, area),
  h('div', { id: 'announce', class: 'unseen', 'aria-live': 'polite' }),
);

/** Columns listed at once. */
const atOnce = 100;
let limit = atOnce;

function verdictOf({ verdict: word, drift, features, rows }: DriftReport): { text: string; look: string } {
  switch (word) {
    case 'stable':
      return { text: `✓ Stable: none of ${features.length} columns drifted`, look: 'stable' };
    case 'drift':
      return {
        text: `▲ ${drift.count} of ${features.length} columns drifted (${percent(drift.share)})`,
        look: 'drift',
      };
    case 'too-few-rows':
      return { text: `Too few requests for a verdict: ${rows.current}`, look: '' };
  }
}

function facts(report: DriftReport, when: string | undefined): HTMLElement {
  const { deployment, reference, rows, window } = report;
  const aside = [
    rows.skipped ? `${rows.skipped} unreadable log lines passed over` : '',
    rows.duplicates ? `${rows.duplicates} repeated requests counted once` : '',
    rows.late ? `${rows.late} late requests left out` : '',
  ].filter(Boolean);
  const lines = [
    `${deployment.version === 0 ? 'A model served elsewhere' : `${deployment.model} version ${deployment.version} on ${deployment.target}`}, against ${reference}`,
    `${rows.current.toLocaleString('en')} requests against ${rows.reference.toLocaleString('en')} reference rows${aside.length > 0 ? ` (${aside.join(', ')})` : ''}`,
    window?.from && window.to
      ? `Requests from ${new Date(window.from).toLocaleString()} to ${new Date(window.to).toLocaleString()}`
      : '',
    when ? `Checked ${when}` : '',
  ];
  return h('p', { class: 'facts' }, lines.filter(Boolean).join(' · '));
}

function actions(report: DriftReport, trusted: boolean): HTMLElement {
  const act = (action: Extract<FromDrift, { type: 'act' }>['action']) => () => api.postMessage({ type: 'act', action });
  return h(
    'div',
    { class: 'bar actions', role: 'toolbar', 'aria-label': 'Actions' },
    button('Check Again', () => api.postMessage({ type: 'command', command: 'monitor' }), 'secondary'),
    ...(trusted && report.rows.current > 0
      ? [
          button('Report What Changed…', () => api.postMessage({ type: 'report' }), 'secondary'),
          button('Accept as New Reference…', act('accept-reference'), 'secondary'),
          button('Retrain…', act('retrain'), report.retrain?.due ? 'primary' : 'secondary'),
        ]
      : []),
  );
}

function columns(report: DriftReport, trusted: boolean): HTMLElement {
  const list = h('div', { class: 'features' });
  const more = h('button', {
    class: 'plain-button',
    type: 'button',
    onclick: () => {
      const next = list.childElementCount;
      limit += atOnce;
      fill();
      list.children[next]?.querySelector('summary')?.focus();
    },
  });
  const all = [...report.features].sort((a, b) => Number(b.drifted) - Number(a.drifted));
  const drifted = all.filter((feature) => feature.drifted).length;
  const fill = (): void => {
    const wanted = (kept.search ?? '').toLowerCase();
    const fitting = all.filter(
      (feature) => feature.column.toLowerCase().includes(wanted) && (!kept.only || feature.drifted),
    );
    const row = (feature: (typeof all)[number], kind?: string): HTMLElement =>
      featureRow(feature, {
        kind,
        windows: report.windows ?? [],
        open: open.has(feature.column),
        onToggle: (isOpen) => {
          if (isOpen) open.add(feature.column);
          else open.delete(feature.column);
          keep();
        },
        ...(trusted && !kind
          ? {
              onDecide: (action: 'acknowledge' | 'suppress') =>
                api.postMessage({ type: 'act', action, column: feature.column }),
            }
          : {}),
      });
    list.replaceChildren(
      ...(report.prediction && wanted === '' ? [row(report.prediction, 'of the model')] : []),
      ...fitting.slice(0, limit).map((feature) => row(feature)),
      ...(fitting.length === 0
        ? [h('p', { class: 'facts' }, kept.only ? 'No column drifted.' : 'No column has this name.')]
        : []),
    );
    more.hidden = fitting.length <= limit;
    more.textContent = `Show ${Math.min(atOnce, fitting.length - limit)} more of ${fitting.length}`;
  };
  const search = textField('Search columns', 'Search columns', (text) => {
    kept.search = text;
    keep();
    fill();
  });
  search.value = kept.search ?? '';
  const only = h(
    'button',
    {
      class: 'plain-button',
      type: 'button',
      'aria-pressed': String(kept.only ?? false),
      onclick: () => {
        kept.only = !kept.only;
        only.setAttribute('aria-pressed', String(kept.only));
        keep();
        fill();
      },
    },
    `Only drifted (${drifted})`,
  );
  fill();
  return h(
    'section',
    { 'aria-label': 'Columns' },
    h('h2', {}, 'Columns'),
    all.length > 8 ? h('div', { class: 'bar' }, search.element, only) : false,
    list,
    more,
    methodNote(report),
  );
}

function render({ reports: choices, chosen, report, when, note: remark, trusted = true }: DriftState): void {
  reports.update(
    choices.map(({ id, label }) => ({ value: id, label })),
    chosen,
  );
  reports.element.hidden = choices.length === 0;
  header.hidden = choices.length === 0 && !report;
  note.textContent = remark ?? '';
  note.hidden = !remark;
  const focused = (document.activeElement as HTMLElement | null)?.dataset['keep'];
  clear(area);
  clear(verdict);
  if (!report) {
    if (!remark)
      area.append(
        h(
          'p',
          { class: 'facts' },
          'No drift report yet. A monitor stage compares the requests of a deployed model with the data it learnt from.',
        ),
        trusted ? button('Check for Drift', () => api.postMessage({ type: 'command', command: 'monitor' })) : '',
      );
    return;
  }
  const { text, look } = verdictOf(report);
  verdict.append(h('span', { class: `word ${look}` }, text));
  announce(text);
  area.append(facts(report, when));
  if (report.retrain?.due)
    area.append(h('p', { class: 'note' }, `Retraining is due: ${report.retrain.reason ?? report.retrain.when}`));
  for (const sentence of report.notes ?? []) area.append(h('p', { class: 'facts' }, sentence));
  if (report.rows.current === 0) {
    area.append(
      h(
        'p',
        { class: 'facts' },
        'Nobody has asked the model anything yet, so there is nothing to compare. Send it requests (Copy Example Request in Models & Deployments gives one), then check again.',
      ),
      actions(report, trusted),
    );
    return;
  }
  area.append(
    actions(report, trusted),
    ...alertList(
      report,
      trusted ? (rule) => api.postMessage({ type: 'act', action: 'silence', rule }) : undefined,
      (path) => api.postMessage({ type: 'go-to', path }),
    ),
    ...overTime(report),
    columns(report, trusted),
    ...performanceView(report),
    ...sliceView(report),
    ...domainView(report),
    ...serviceView(report),
  );
  if (focused !== undefined) document.querySelector<HTMLElement>(`[data-keep="${CSS.escape(focused)}"]`)?.focus();
}

window.addEventListener('message', ({ data }: MessageEvent<ToDrift>) => render(data.state));
api.postMessage({ type: 'ready' });

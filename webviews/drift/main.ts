import './style.css';
import type { DriftReport, FeatureDrift } from '../../schemas/generated/types';
import { announce, button, clear, h, registerWidgets, select } from '../ui-kit';
import { number } from '../ui-kit/format';
import type { DriftState, FromDrift, ToDrift } from '../protocol';
import { figureCss } from '../ui-kit/figure-style';
import { overlay } from '../ui-kit/overlay';
import { adopt } from '../ui-kit/sheet';

declare function acquireVsCodeApi(): {
  postMessage(message: FromDrift): void;
  getState(): { open?: string[] } | undefined;
  setState(state: { open?: string[] }): void;
};

registerWidgets();
adopt(figureCss);
const api = acquireVsCodeApi();
const open = new Set(api.getState()?.open ?? []);

const reports = select('Report', (report) => api.postMessage({ type: 'choose', report }));
const verdict = h('div', { class: 'verdict', role: 'status' });
const note = h('p', { class: 'note' });
const area = h('div', {});
const header = h('header', {}, reports.element, verdict);
document.body.append(header, note, area, h('div', { id: 'announce', class: 'unseen', 'aria-live': 'polite' }));

const methods: Record<string, string> = {
  psi: 'PSI',
  ks: 'Kolmogorov–Smirnov',
  chi2: 'χ²',
  'jensen-shannon': 'Jensen–Shannon',
  wasserstein: 'Wasserstein',
};

const share = (value: number): string => `${(value * 100).toFixed(value > 0 && value < 0.1 ? 1 : 0)} %`;

function verdictOf({ verdict: word, drift, features, rows }: DriftReport): { text: string; look: string } {
  switch (word) {
    case 'stable':
      return { text: `Stable: none of ${features.length} columns drifted`, look: 'stable' };
    case 'drift':
      return { text: `${drift.count} of ${features.length} columns drifted (${share(drift.share)})`, look: 'drift' };
    case 'too-few-rows':
      return { text: `Too few requests for a verdict: ${rows.current}`, look: '' };
  }
}

function facts(report: DriftReport, when: string | undefined): HTMLElement {
  const { deployment, reference, rows, window } = report;
  const lines = [
    `${deployment.model} version ${deployment.version} on ${deployment.target}, against ${reference}`,
    `${rows.current.toLocaleString('en')} requests against ${rows.reference.toLocaleString('en')} reference rows${rows.skipped ? `, ${rows.skipped} unreadable log lines passed over` : ''}`,
    window?.from && window.to
      ? `Requests from ${new Date(window.from).toLocaleString()} to ${new Date(window.to).toLocaleString()}`
      : '',
    when ? `Checked ${when}` : '',
  ];
  return h('p', { class: 'facts' }, lines.filter(Boolean).join(' · '));
}

function row(feature: FeatureDrift, kind = ''): HTMLElement {
  const { column, type, method, statistic, threshold, drifted, note: remark, bins, statistics } = feature;
  const p = feature['adjusted-p-value'] ?? feature['p-value'];
  const decided = [
    `${methods[method] ?? method} ${number(statistic)}`,
    p === undefined
      ? threshold === undefined
        ? ''
        : `limit ${number(threshold)}`
      : `p ${number(p)}${feature['adjusted-p-value'] === undefined ? '' : ' adjusted'}`,
  ]
    .filter(Boolean)
    .join(', ');
  const details = h(
    'details',
    { class: `feature ${drifted ? 'drifted' : ''}`, open: open.has(column) },
    h(
      'summary',
      { 'aria-label': `${column}, ${drifted ? 'drifted' : 'stable'}, ${decided}` },
      h('span', { class: 'mark', 'aria-hidden': 'true' }, drifted ? '▲' : '✓'),
      h('span', { class: 'name' }, column, kind ? h('span', { class: 'kind' }, ` ${kind}`) : false),
      h('span', { class: 'text' }, remark ?? type),
      h('span', { class: 'value' }, decided),
    ),
  );
  const fill = (): void => {
    if (details.childElementCount > 1) return;
    if (remark) details.append(h('p', { class: 'facts' }, remark));
    if (bins) details.append(overlay(column, bins));
    const entries = Object.entries(statistics).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    );
    details.append(
      h(
        'table',
        { class: 'statistics' },
        h('caption', { class: 'unseen' }, `All statistics of ${column}`),
        ...entries.map(([name, value]) => h('tr', {}, h('th', { scope: 'row' }, name), h('td', {}, number(value)))),
      ),
    );
  };
  if (details.open) fill();
  details.addEventListener('toggle', () => {
    if (details.open) open.add(column);
    else open.delete(column);
    api.setState({ open: [...open] });
    if (details.open) fill();
  });
  return details;
}

function render({ reports: choices, chosen, report, when, note: remark }: DriftState): void {
  reports.update(
    choices.map(({ id, label }) => ({ value: id, label })),
    chosen,
  );
  reports.element.hidden = choices.length === 0;
  header.hidden = choices.length === 0 && !report;
  note.textContent = remark ?? '';
  note.hidden = !remark;
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
        button('Check for Drift', () => api.postMessage({ type: 'command', command: 'monitor' })),
      );
    return;
  }
  const { text, look } = verdictOf(report);
  verdict.append(h('span', { class: `word ${look}` }, text));
  announce(text);
  area.append(facts(report, when));
  if (report.retrain?.due) area.append(h('p', { class: 'note' }, `Retraining is due: ${report.retrain.when}`));
  const check = button('Check Again', () => api.postMessage({ type: 'command', command: 'monitor' }), 'secondary');
  if (report.rows.current === 0) {
    area.append(
      h(
        'p',
        { class: 'facts' },
        'Nobody has asked the model anything yet, so there is nothing to compare. Send it requests (Copy Example Request in Models & Deployments gives one), then check again.',
      ),
      check,
    );
    return;
  }
  area.append(
    h(
      'div',
      { class: 'features' },
      ...(report.prediction ? [row(report.prediction, 'of the model')] : []),
      ...report.features.map((feature) => row(feature)),
    ),
    check,
  );
}

window.addEventListener('message', (event: MessageEvent<ToDrift>) => render(event.data.state));
api.postMessage({ type: 'ready' });

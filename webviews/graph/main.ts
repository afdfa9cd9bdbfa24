import './style.css';
import type { FromGraph, GraphStage, ToGraph } from '../protocol';
import { announce, h, registerWidgets } from '../ui-kit';
import { duration, number } from '../ui-kit/format';
import { markOf } from '../ui-kit/status';
import { draw } from '../ui-kit/svg';
import { layered } from './layout';

interface Kept {
  pipeline?: string;
  selected?: string;
}

declare function acquireVsCodeApi(): {
  postMessage(message: FromGraph): void;
  getState(): Kept | undefined;
  setState(state: Kept): void;
};

registerWidgets();
const api = acquireVsCodeApi();
const kept: Kept = api.getState() ?? {};
const node = { width: 168, height: 46, gapX: 56, gapY: 18 } as const;

let stages: readonly GraphStage[] = [];
let trusted = true;
const title = h('h1', {});
const summary = h('p', { class: 'facts', role: 'status' });
const note = h('p', { class: 'note' });
const canvas = h('div', {
  class: 'canvas',
  role: 'group',
  'aria-label': 'Stages. Arrow keys follow the connections, Space shows the details, Enter goes to the text.',
});
const scroller = h('div', { class: 'scroller' }, canvas);
const details = h('section', { class: 'details', 'aria-label': 'Details' });
document.body.append(
  h('main', {}, title, summary, note, scroller, details),
  h('div', { id: 'announce', class: 'unseen', 'aria-live': 'polite' }),
);

const idOf = (name: string): string => `stage-${stages.findIndex((stage) => stage.name === name)}`;

/** What the picture tells besides names: how it went, and what comes before. */
function says({ after, state }: GraphStage): string {
  return [state?.status ?? 'not run yet', after.length > 0 ? `after ${after.join(', ')}` : '']
    .filter(Boolean)
    .join(', ');
}

function drawGraph(): void {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['stage'] : undefined;
  const { placed, layers, rows } = layered(stages);
  const tall = (count: number): number => count * node.height + Math.max(0, count - 1) * node.gapY;
  const width = layers * node.width + Math.max(0, layers - 1) * node.gapX;
  const height = tall(rows);
  const counts = Array.from({ length: layers }, (_, layer) => placed.filter((each) => each.layer === layer).length);
  const spot = new Map(
    placed.map(({ item, layer, row }) => [
      item.name,
      {
        x: layer * (node.width + node.gapX),
        // Layers stand in the middle.
        y: (height - tall(counts[layer] ?? 0)) / 2 + row * (node.height + node.gapY),
      },
    ]),
  );
  const edges = placed.flatMap(({ item }) =>
    item.after.flatMap((name) => {
      const [from, to] = [spot.get(name), spot.get(item.name)];
      if (!from || !to) return [];
      const [x1, y1, x2, y2] = [from.x + node.width, from.y + node.height / 2, to.x, to.y + node.height / 2];
      const bend = Math.max(24, (x2 - x1) / 2);
      const near = kept.selected === name || kept.selected === item.name;
      const flows = item.state?.status === 'running';
      return [
        draw('path', {
          class: `edge ${near ? 'near' : ''} ${flows ? 'flows' : ''}`,
          d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 6} ${y2}`,
          'marker-end': 'url(#arrow)',
        }),
      ];
    }),
  );
  const picture = draw(
    'svg',
    { width: Math.max(width, 1), height: Math.max(height, 1), 'aria-hidden': 'true' },
    draw(
      'defs',
      {},
      draw(
        'marker',
        {
          id: 'arrow',
          viewBox: '0 0 8 8',
          refX: 2,
          refY: 4,
          markerWidth: 8,
          markerHeight: 8,
          orient: 'auto',
          markerUnits: 'userSpaceOnUse',
        },
        draw('path', { d: 'M0 0L8 4L0 8z', class: 'arrow' }),
      ),
    ),
    ...edges,
  );
  const first = kept.selected ?? placed[0]?.item.name;
  const nodes = placed.map(({ item }) => {
    const { name, kind, state } = item;
    const place = spot.get(name);
    const status = state?.status ?? 'none';
    const element = h(
      'button',
      {
        class: `node ${status}`,
        type: 'button',
        id: idOf(name),
        'data-stage': name,
        tabindex: name === first ? 0 : -1,
        'aria-pressed': String(kept.selected === name),
        title: name,
        onclick: () => select(name, true),
        ondblclick: () => api.postMessage({ type: 'go-to', stage: name }),
      },
      h('span', { class: 'mark', 'aria-hidden': 'true' }, markOf(status) ?? '·'),
      h('span', { class: 'name' }, name),
      h(
        'span',
        { class: 'kind' },
        state?.status === 'running' && state.fraction !== undefined
          ? `${kind} · ${Math.round(state.fraction * 100)} %`
          : [kind, state?.headline.split(' · ')[0] ?? ''].filter(Boolean).join(' · '),
      ),
      h('span', { class: 'unseen' }, `, ${says(item)}`),
    );
    element.style.left = `${place?.x ?? 0}px`;
    element.style.top = `${place?.y ?? 0}px`;
    element.style.width = `${node.width}px`;
    element.style.height = `${node.height}px`;
    return element;
  });
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  canvas.replaceChildren(picture, ...nodes);
  if (focused !== undefined) document.getElementById(idOf(focused))?.focus({ preventScroll: true });
}

/** Shows a stage's details. @param go whether the cursor in the text follows */
function select(name: string, go: boolean): void {
  kept.selected = name;
  api.setState(kept);
  drawGraph();
  drawDetails();
  const element = document.getElementById(idOf(name));
  element?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  if (go) {
    element?.focus({ preventScroll: true });
    api.postMessage({ type: 'go-to', stage: name });
  }
}

function drawDetails(): void {
  const stage = stages.find(({ name }) => name === kept.selected);
  details.hidden = !stage;
  if (!stage) return;
  const { name, kind, after, state, run, when } = stage;
  const followers = stages.filter((other) => other.after.includes(name)).map((other) => other.name);
  const act = (label: string, onclick: () => void): HTMLElement =>
    h('button', { class: 'plain-button', type: 'button', onclick }, label);
  const pairs: [string, string][] = [
    ['kind', kind],
    ['after', after.join(', ')],
    ['before', followers.join(', ')],
    ['state', state ? [state.status, state.message ?? ''].filter(Boolean).join(': ') : 'not run yet'],
    ['took', state?.seconds === undefined ? '' : duration(state.seconds)],
    ['result', state?.summary ?? ''],
    ['why', state?.reason ?? ''],
    ['error', state?.error ?? ''],
    ['run', run && when ? `${run}, ${new Date(when).toLocaleString()}` : ''],
    ...Object.entries(state?.metrics ?? {})
      .slice(0, 40)
      .map(([key, value]): [string, string] => [key, number(value)]),
  ];
  details.replaceChildren(
    h('h2', {}, name),
    h(
      'div',
      { class: 'bar' },
      act('Go to Text', () => api.postMessage({ type: 'go-to', stage: name })),
      ...(trusted
        ? [
            act('Run Stage', () => api.postMessage({ type: 'run', stage: name, from: false })),
            act('Run from Here', () => api.postMessage({ type: 'run', stage: name, from: true })),
          ]
        : []),
      ...(run ? [act('Open Metrics', () => api.postMessage({ type: 'open-run', run }))] : []),
    ),
    h(
      'dl',
      {},
      ...pairs
        .filter(([, text]) => text !== '')
        .map(([term, text]) =>
          h('div', {}, h('dt', {}, term), h('dd', { class: term === 'error' ? 'bad' : undefined }, text)),
        ),
    ),
  );
}

/** → and ← follow the connections, ↑ and ↓ go through a layer, Home and End to the ends. Space shows the details, Enter goes to the text, too. */
canvas.addEventListener('keydown', (event) => {
  const name = (event.target as HTMLElement).dataset['stage'];
  const here = stages.find((stage) => stage.name === name);
  if (!here) return;
  if (event.key === ' ') {
    event.preventDefault();
    select(here.name, false);
    return;
  }
  const { placed } = layered(stages);
  const place = placed.find(({ item }) => item === here);
  const beside = (by: number): string | undefined =>
    placed.find(({ layer, row }) => layer === place?.layer && row === (place?.row ?? 0) + by)?.item.name;
  const to: Record<string, string | undefined> = {
    ArrowRight: stages.find(({ after }) => after.includes(here.name))?.name,
    ArrowLeft: here.after[0],
    ArrowDown: beside(1),
    ArrowUp: beside(-1),
    Home: placed[0]?.item.name,
    End: placed.at(-1)?.item.name,
  };
  if (!(event.key in to)) return;
  event.preventDefault();
  const next = to[event.key];
  if (next === undefined) return;
  canvas
    .querySelectorAll<HTMLElement>('.node')
    .forEach((element) => (element.tabIndex = element.dataset['stage'] === next ? 0 : -1));
  document.getElementById(idOf(next))?.focus();
});

window.addEventListener('message', ({ data }: MessageEvent<ToGraph>) => {
  if (data.type === 'cursor') {
    if (data.stage !== undefined && data.stage !== kept.selected && stages.some(({ name }) => name === data.stage))
      select(data.stage, false);
    return;
  }
  ({ stages, trusted } = data);
  if (data.pipeline !== undefined) kept.pipeline = data.pipeline;
  if (!stages.some(({ name }) => name === kept.selected)) delete kept.selected;
  api.setState(kept);
  title.textContent = data.title;
  note.textContent = data.note ?? '';
  note.hidden = !data.note;
  const count = (status: string): number => stages.filter(({ state }) => state?.status === status).length;
  const parts = (['running', 'succeeded', 'reused', 'failed', 'cancelled', 'waiting', 'skipped'] as const).flatMap(
    (status) => (count(status) > 0 ? [`${count(status)} ${status}`] : []),
  );
  const text =
    stages.length === 0
      ? ''
      : `${stages.length} stages${parts.length > 0 ? `: ${parts.join(', ')}` : ', not run yet'}.`;
  if (summary.textContent !== text) {
    summary.textContent = text;
    if (count('failed') > 0) announce(`${count('failed')} failed`);
  }
  drawGraph();
  drawDetails();
});
note.hidden = details.hidden = true;
api.postMessage({ type: 'ready', ...(kept.pipeline ? { pipeline: kept.pipeline } : {}) });

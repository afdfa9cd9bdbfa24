import type { Asked, FromRenderer, StageOutput, ToRenderer } from '../protocol';
import { h } from '../ui-kit/dom';
import { figureCss } from '../ui-kit/figure-style';
import { adopt } from '../ui-kit/sheet';
import { stageView } from './stage';
import { rendererCss } from './style';
import type { Ask } from './try';

/** The part of VS Code's `OutputItem` that is used here. */
interface Item {
  json(): unknown;
}

/** The part of VS Code's `RendererContext` that is used here. Without messaging, as in an exported notebook, nothing can be asked. */
interface Context {
  readonly postMessage?: (message: FromRenderer) => void;
  readonly onDidReceiveMessage?: (listener: (message: ToRenderer) => void) => unknown;
}

/** VS Code calls this once for the page, then {@link renderOutputItem} for each output and each time its content changes. */
export function activate(context?: Context): { renderOutputItem(item: Item, element: HTMLElement): void } {
  const ask = asker(context ?? {});
  return {
    renderOutputItem(item, element) {
      adopt(figureCss, element);
      adopt(rendererCss, element);
      const kept = keep(element);
      element.replaceChildren(read(item, ask));
      kept();
    },
  };
}

/** Asks by messages: each question has a number that its answer comes back with. */
function asker({ postMessage, onDidReceiveMessage }: Context): Ask | undefined {
  if (!postMessage || !onDidReceiveMessage) return undefined;
  const open = new Map<number, (answer: Asked) => void>();
  let last = 0;
  onDidReceiveMessage(({ id, answer }) => {
    open.get(id)?.(answer);
    open.delete(id);
  });
  return (url, row, key) =>
    new Promise((resolve) => {
      const id = ++last;
      open.set(id, resolve);
      postMessage({ type: 'ask', id, url, row, ...(key ? { key } : {}) });
    });
}

function read(item: Item, ask: Ask | undefined): HTMLElement {
  let output: StageOutput;
  try {
    output = item.json() as StageOutput;
  } catch {
    return h(
      'div',
      { class: 'lifecycle-stage' },
      h('p', { class: 'note' }, 'This output is damaged. Run the cell again.'),
    );
  }
  if ((output as { format?: unknown } | null)?.format !== 1)
    return h(
      'div',
      { class: 'lifecycle-stage' },
      h('p', { class: 'note' }, 'This output was made by another version of ML Lifecycle. Run the cell again.'),
    );
  return stageView(output, ask);
}

/** Remembers where the reader is, and puts it back after new content has come. */
function keep(element: HTMLElement): () => void {
  const places = (): HTMLElement[] => [...element.querySelectorAll<HTMLElement>('[data-keep]')];
  const keyOf = (place: HTMLElement): string => place.dataset['keep'] ?? '';
  const before = new Map(places().map((place) => [keyOf(place), { top: place.scrollTop, left: place.scrollLeft }]));
  const active = (element.getRootNode() as Document | ShadowRoot).activeElement;
  const focused = active instanceof HTMLElement && element.contains(active) ? active.dataset['keep'] : undefined;
  return () => {
    for (const place of places()) {
      const was = before.get(keyOf(place));
      if (was) place.scrollTo({ ...was, behavior: 'instant' });
      if (focused !== undefined && keyOf(place) === focused) place.focus({ preventScroll: true });
    }
  };
}

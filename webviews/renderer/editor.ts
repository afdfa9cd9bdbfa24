import type { Asked, FromRenderer, ToRenderer } from '../protocol';
import type { Ask, Drafts } from './try';

/** The part of VS Code's `RendererContext` that is used here. Without messaging, as in an exported notebook, nothing can be asked. */
export interface Context {
  readonly postMessage?: (message: FromRenderer) => void;
  readonly onDidReceiveMessage?: (listener: (message: ToRenderer) => void) => unknown;
  readonly getState?: () => unknown;
  readonly setState?: (state: unknown) => void;
}

/** What an editor around the results can do. */
export interface Editor {
  readonly ask: Ask;
  readonly drafts: Drafts;
}

/** The editor behind a renderer's context, or undefined where there is none to ask. */
export function editorOf(context: Context): Editor | undefined {
  const ask = asker(context);
  return ask ? { ask, drafts: draftsIn(context) } : undefined;
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

interface Kept {
  readonly drafts?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Drafts in the state that VS Code keeps for a renderer, also over a reload of the window. */
function draftsIn({ getState, setState }: Context): Drafts {
  const found = (getState?.() ?? {}) as Kept;
  const drafts = new Map(Object.entries(found.drafts ?? {}));
  return {
    of: (form) => drafts.get(form) ?? {},
    keep(form, typed) {
      drafts.set(form, typed);
      setState?.({ ...found, drafts: Object.fromEntries(drafts) });
    },
  };
}

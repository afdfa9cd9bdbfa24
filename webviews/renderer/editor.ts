import type { FromRenderer, ToRenderer } from '../protocol';
import type { AskExamples } from '../ui-kit/examples-place';
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
  readonly examples: AskExamples;
}

/** The editor behind a renderer's context, or undefined where there is none to ask. Each question has a number that its answer comes back with. */
export function editorOf(context: Context): Editor | undefined {
  const { postMessage, onDidReceiveMessage } = context;
  if (!postMessage || !onDidReceiveMessage) return undefined;
  const open = new Map<number, (answer: never) => void>();
  let last = 0;
  onDidReceiveMessage(({ id, answer }) => {
    open.get(id)?.(answer as never);
    open.delete(id);
  });
  const answerTo = <T>(question: (id: number) => FromRenderer): Promise<T> =>
    new Promise<T>((resolve) => {
      const id = ++last;
      open.set(id, resolve);
      postMessage(question(id));
    });
  return {
    ask: (url, row, key) => answerTo((id) => ({ type: 'ask', id, url, row, ...(key ? { key } : {}) })),
    examples: (question) => answerTo((id) => ({ type: 'examples', id, question })),
    drafts: draftsIn(context),
  };
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

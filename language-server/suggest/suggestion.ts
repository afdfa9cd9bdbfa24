import { type CompletionItemKind } from '../protocol';
import type { Analysis } from '../../lifecycle/pipeline/types';
import type { SchemaAt } from '../../lifecycle/pipeline/language';
import type { PeekedColumn } from '../columns';
import type { Cursor } from '../cursor';
import type { Source } from '../source';
import type { Workspace } from '../workspace';

/** What can be written at the cursor, before it is known how it is sent. */
export interface Suggestion {
  readonly label: string;
  readonly kind: CompletionItemKind;
  /** Text to write; a snippet when `snippet` is set. */
  readonly insert: string;
  readonly snippet?: boolean;
  /** Shown beside the label. */
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** Groups: 0 first. */
  readonly rank?: number;
  /** Suggestions should be shown again after this one. */
  readonly again?: boolean;
  /** The insert is YAML as it stands: it gets no quotes of the cursor's. */
  readonly verbatim?: boolean;
  readonly filter?: string;
  /** The name of the stage that it is, of which more is told when an editor shows it. */
  readonly stage?: string;
}

/** Everything that those who suggest look at. */
export interface Ask {
  readonly workspace: Workspace;
  readonly source: Source;
  /** Of the cursor in the source. */
  readonly offset: number;
  readonly analysis: Analysis;
  readonly cursor: Cursor;
  readonly schema: SchemaAt;
  /** Says that there is more than what is suggested: it has to be asked for again when more is typed. */
  more(): void;
}

/** Do letters occur in a name in their order? */
export function holds(name: string, letters: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = name.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** Columns that are offered at once; more come as more of the name is typed. */
const MOST_COLUMNS = 200;

/** Of very many columns those that fit what is typed. */
export function fewColumns(ask: Ask, all: readonly PeekedColumn[], typed = ask.cursor.typed): readonly PeekedColumn[] {
  if (all.length <= MOST_COLUMNS) return all;
  const begun = typed.toLowerCase();
  const fitting = all.filter(({ name }) => holds(name.toLowerCase(), begun));
  ask.more();
  return fitting.slice(0, MOST_COLUMNS);
}

export { yamlScalar } from '../../lifecycle/pipeline/insertions';

/** Text inside a snippet. */
export const escaped = (text: string): string => text.replace(/[\\$}]/g, '\\$&');

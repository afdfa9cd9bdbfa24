import path from 'node:path';
import type { Peek } from './peek';

/** What stands in the way of reading a source, as far as its beginning shows it for certain. */
export interface SourceTrouble {
  readonly code: 'data-wrong-encoding' | 'data-empty' | 'data-unreadable';
  readonly message: string;
  /** The encoding to state. */
  readonly suggestion?: string;
  /** When a run would not stop for it. */
  readonly severity?: 'warning';
}

const UNREADABLE: ReadonlySet<string> = new Set([
  'data-ragged-row',
  'data-line-ends',
  'data-title-line',
  'data-not-text',
  'data-bad-json',
  'data-json-wrapped',
  'data-bad-parquet',
  'data-is-folder',
  'data-format-unknown',
  'data-formats-mixed',
]);

/** The trouble that a look at a source found; nothing of what a run may yet read. */
export function troubleOf({ problem, encoding, files }: Peek): SourceTrouble | undefined {
  if (problem === undefined) return undefined;
  const { code, message, hint, runs } = problem;
  const [file] = files;
  const name = file === undefined ? undefined : path.basename(file);
  const about =
    name === undefined || message.startsWith(name)
      ? message
      : message.startsWith('The file ')
        ? message.replace('The file', () => name)
        : `${name}: ${message}`;
  const text = `${about}${hint === undefined ? '' : ` ${hint.replace(/'(source: \{[^']*\})'/g, '`$1`')}`}`;
  if (code === 'data-wrong-encoding')
    return {
      code,
      message: text,
      ...(encoding !== undefined && { suggestion: encoding }),
      ...(runs && { severity: 'warning' }),
    };
  // Of several files, some may be empty.
  if (code === 'data-empty') return files.length > 1 ? undefined : { code, message: text };
  return UNREADABLE.has(code)
    ? { code: 'data-unreadable', message: text, ...(runs && { severity: 'warning' }) }
    : undefined;
}

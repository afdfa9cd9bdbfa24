import { isAbsolute, relative } from 'node:path';
import { LineIndex } from '../pipeline/lines';
import type { Diagnostic, Range, Severity } from '../pipeline/types';
import { cut, widthOf, type Terminal } from './terminal';

/** A text and what was found in it. */
export interface Found {
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

const WORDS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  information: 'info',
  hint: 'hint',
};

/** Path as a user would type it here. */
export function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || isAbsolute(short) || short.startsWith('..') ? path : short;
}

/**
 * A diagnostic as `file:line:column: severity[code]: message`, the line of the file, and a mark under the place. Lines and columns count from 1;
 * problem matchers (`$lifecycle`) read the first line.
 */
export function diagnosticLines(
  found: Found,
  diagnostic: Diagnostic,
  cwd: string,
  terminal: Pick<Terminal, 'colour' | 'width'>,
): string[] {
  const { colour, width } = terminal;
  const index = new LineIndex(found.text);
  const { line, column } = index.position(diagnostic.from);
  const paint =
    diagnostic.severity === 'error' ? colour.red : diagnostic.severity === 'warning' ? colour.yellow : colour.cyan;
  const lines = [
    `${shortPath(found.path, cwd)}:${line + 1}:${column + 1}: ${paint(`${WORDS[diagnostic.severity]}[${diagnostic.code}]`)}: ${diagnostic.message}`,
  ];
  const source = lineText(found.text, index, line).replaceAll('\t', ' ');
  if (source.trim() !== '') {
    const end = index.position(diagnostic.to);
    const last = end.line === line ? end.column : source.length;
    const number = String(line + 1);
    lines.push(`  ${colour.dim(`${number} │`)} ${cut(source, Math.max(20, width - number.length - 5))}`);
    const before = widthOf(source.slice(0, column));
    lines.push(
      `  ${colour.dim(`${' '.repeat(number.length)} │`)} ${' '.repeat(before)}${paint('^'.repeat(Math.max(1, Math.min(widthOf(source.slice(column, last)), width - before - number.length - 5))))}`,
    );
  }
  for (const related of diagnostic.related ?? []) {
    if (related.path !== undefined && related.path !== found.path)
      lines.push(`  ${colour.dim(`${shortPath(related.path, cwd)}: ${related.message}`)}`);
    else lines.push(`  ${colour.dim(`${place(index, related.range, found.path, cwd)}: ${related.message}`)}`);
  }
  return lines;
}

function place(index: LineIndex, range: Range, path: string, cwd: string): string {
  const { line, column } = index.position(range.from);
  return `${shortPath(path, cwd)}:${line + 1}:${column + 1}`;
}

function lineText(text: string, index: LineIndex, line: number): string {
  return text.slice(index.offset({ line, column: 0 }), index.offset({ line, column: Number.MAX_SAFE_INTEGER }));
}

/** A diagnostic for programs: places count from 1. */
export function diagnosticJson(found: Found, diagnostic: Diagnostic): Record<string, unknown> {
  const index = new LineIndex(found.text);
  const from = index.position(diagnostic.from);
  const to = index.position(diagnostic.to);
  const { severity, code, message, suggestion, stage } = diagnostic;
  return {
    type: 'diagnostic',
    file: found.path,
    line: from.line + 1,
    column: from.column + 1,
    endLine: to.line + 1,
    endColumn: to.column + 1,
    severity,
    code,
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(stage === undefined ? {} : { stage }),
  };
}

/** Prints everything that was found in a text. On stderr when `trouble`, so that stdout stays for results. */
export function printDiagnostics(found: Found, cwd: string, terminal: Terminal, trouble = false): void {
  for (const diagnostic of found.diagnostics) {
    if (terminal.json) terminal.emit(diagnosticJson(found, diagnostic));
    else
      for (const line of diagnosticLines(found, diagnostic, cwd, terminal)) {
        if (trouble) terminal.warn(line);
        else terminal.print(line);
      }
  }
}

/** `2 errors, 1 warning`. */
export function countText(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity, word: string) => {
    const number = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return number === 0 ? '' : `${number} ${word}${number === 1 ? '' : 's'}`;
  };
  return [count('error', 'error'), count('warning', 'warning'), count('information', 'note'), count('hint', 'hint')]
    .filter(Boolean)
    .join(', ');
}

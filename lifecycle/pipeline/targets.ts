import { dirname, join } from 'node:path';
import type { Targets } from '../../schemas/generated/types';
import { validateProject, validateTargets } from '../../schemas/generated/validators';
import { append } from './append';
import { checkAgainst } from './check';
import { CODES } from './codes';
import { absolutePath, type Files, isGlob } from './files';
import { lineAt } from './lines';
import { readForgiving } from './recover';
import { schemaNode } from './schema';
import { entriesOf, isWhole, type Node, nodeAt, textOf, toValue } from './tree';
import type { Diagnostic, Problem, Range } from './types';
import { guess } from './wording';

/** What was understood of a file of ours that is no pipeline: targets.yaml or lifecycle.yaml. */
export interface FileAnalysis<Value> {
  readonly path: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly node: Node | undefined;
  /** Present when it fulfils its schema. */
  readonly value?: Value;
  readonly ok: boolean;
}

/** Checks targets.yaml. Never fails. */
export function analyzeTargets(
  path: string,
  text: string,
  options: { readonly files?: Files } = {},
): FileAnalysis<Targets> {
  return analyzeFile<Targets>(path, text, 'targets', 'targets.yaml', validateTargets, (node, problems) => {
    for (const { key, value } of entriesOf(nodeAt(node, ['targets'])?.node)) {
      if (textOf(nodeAt(value, ['kind'])?.node) !== 'batch') continue;
      const output = nodeAt(value, ['output'])?.node;
      const name = textOf(output);
      if (output && name !== undefined && !/\.(csv|parquet)$/i.test(name))
        problems.push({
          code: 'bad-format',
          from: output.from,
          to: output.to,
          message: `The output of \`${key}\` must end with \`.csv\` or \`.parquet\`, which says how it is written.`,
        });
      const input = nodeAt(value, ['input'])?.node;
      if (input && options.files) problems.push(...missingFile(options.files, dirname(path), textOf(input), input));
    }
  });
}

/** Checks lifecycle.yaml. Never fails. */
export function analyzeProject(path: string, text: string): FileAnalysis<unknown> {
  return analyzeFile(path, text, 'project', 'lifecycle.yaml', validateProject, () => undefined);
}

function analyzeFile<Value>(
  path: string,
  text: string,
  schema: string,
  what: string,
  validate: (value: unknown) => boolean,
  more: (node: Node, problems: Problem[]) => void,
): FileAnalysis<Value> {
  const { root, problems: syntax, unresolved } = readForgiving(text);
  const problems: Problem[] = [...syntax];
  for (const { name, from, to } of unresolved)
    problems.push({ code: 'unknown-alias', from, to, message: `There is no anchor \`&${name}\` before this alias.` });
  const first = lineAt(text, text.startsWith('\ufeff') ? 1 : 0);
  let value: Value | undefined;
  if (!root)
    problems.push({ code: 'empty', from: 0, to: 0, message: `This file is empty. Begin with \`lifecycle: 1\`.` });
  else {
    const owner: Range = { from: first.from, to: Math.max(first.end, first.from) };
    append(problems, checkAgainst(text, root, schemaNode(schema), owner, what).problems);
    more(root, problems);
    const found = toValue(root);
    const clean =
      isWhole(root) && problems.every(({ code, severity }) => (severity ?? CODES[code].severity) !== 'error');
    if (clean && validate(found)) value = found as Value;
  }
  const diagnostics = problems
    .map((problem): Diagnostic => ({ ...problem, severity: problem.severity ?? CODES[problem.code].severity }))
    .sort((a, b) => a.from - b.from);
  return { path, text, diagnostics, node: root, ...(value !== undefined && { value }), ok: value !== undefined };
}

/** The targets.yaml of a pipeline: the nearest, from the pipeline's folder up to the project root. */
export function findTargets(folder: string, root: string, files: Files): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, 'targets.yaml');
    if (files.exists(path) === true) return path;
    if (at === root || dirname(at) === at) return undefined;
  }
}

/** Names of the targets in a targets.yaml, as far as it can be read; `local` is always there. */
export function targetNames(text: string | undefined): string[] {
  const root = text === undefined ? undefined : readForgiving(text).root;
  return [...new Set(['local', ...entriesOf(nodeAt(root, ['targets'])?.node).map(({ key }) => key)])];
}

/** Says that a file or everything a pattern names is missing, with the nearest name beside it. Silent when it is not known. */
export function missingFile(files: Files, folder: string, name: string | undefined, range: Range): Problem[] {
  const path = name === undefined ? undefined : absolutePath(folder, name);
  if (path === undefined || name === undefined) return [];
  const at = { from: range.from, to: range.to };
  if (files.exists(path) !== false) return [];
  if (isGlob(name)) {
    const found = files.match(path, 1);
    if (!found || found.length > 0) return [];
    return [
      { code: 'file-missing', ...at, message: `No file matches \`${name}\`. Paths start at the folder of this file.` },
    ];
  }
  for (let child = path, parent = dirname(path); ; child = parent, parent = dirname(parent)) {
    const entries = files.list(parent);
    if (entries) {
      const missing = child.slice(parent.length).replace(/^[\\/]/, '');
      const near = guess(missing, entries.slice(0, 2000)).suggestion;
      const suggestion = near === undefined ? undefined : name.replaceAll('\\', '/').replace(missing, () => near);
      return [
        {
          code: 'file-missing',
          ...at,
          message: `There is no file \`${name}\`.${suggestion === undefined ? ' Paths start at the folder of this file.' : ` Did you mean \`${suggestion}\`?`}`,
          ...(suggestion !== undefined && { suggestion }),
        },
      ];
    }
    if (parent === child)
      return [
        {
          code: 'file-missing',
          ...at,
          message: `There is no file \`${name}\`. Paths start at the folder of this file.`,
        },
      ];
  }
}

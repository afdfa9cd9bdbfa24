import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { diskFiles } from '../../pipeline/files';
import { isPipelineFile } from '../../pipeline/parts';
import { analyzeProject, analyzeTargets } from '../../pipeline/targets';
import { UserError } from '../../problem';
import type { Given } from '../arguments';
import type { Context } from '../context';
import { countText, printDiagnostics, shortPath, type Found } from '../diagnostics';
import { EXIT, type ExitCode } from '../exit';
import { analyzeFile, overridesOf } from '../pipeline';
import { checkWithData } from '../sources';

/** Folders that are never looked into. */
const SKIPPED = new Set(['node_modules', '__pycache__', 'dist', 'out']);
const DEEPEST = 12;

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal, cwd } = context;
  const files: string[] = [];
  for (const text of given.positionals.length > 0 ? given.positionals : ['.'])
    files.push(...(await filesOf(resolve(cwd, text), text)));
  if (files.length === 0) {
    throw new UserError({
      code: 'pipeline-missing',
      message: 'There is no pipeline (*.pipeline.yaml or *.lifecycle.md) here or below.',
      hint: 'Name a file, or go to the folder that has one.',
    });
  }
  const overrides = overridesOf(given);
  let failed = false;
  for (const file of files) {
    const found = await look(file, overrides);
    printDiagnostics(found, cwd, terminal);
    failed ||= found.diagnostics.some((diagnostic) => diagnostic.severity === 'error');
    const { colour } = terminal;
    const count = countText(found.diagnostics);
    terminal.print(
      `${shortPath(file, cwd)}: ${count === '' ? colour.green(`right${found.about}`) : `${count}${found.about}`}`,
    );
    terminal.emit({
      type: 'checked',
      file,
      ok: !found.diagnostics.some((diagnostic) => diagnostic.severity === 'error'),
    });
  }
  return failed ? EXIT.usage : EXIT.ok;
}

async function look(file: string, overrides: ReturnType<typeof overridesOf>): Promise<Found & { about: string }> {
  const name = basename(file);
  if (name === 'targets.yaml')
    return { ...analyzeTargets(file, await readFile(file, 'utf8'), { files: diskFiles() }), about: '' };
  if (name === 'lifecycle.yaml') return { ...analyzeProject(file, await readFile(file, 'utf8')), about: '' };
  const loaded = await analyzeFile(file, overrides);
  const { text } = loaded;
  const diagnostics = await checkWithData(loaded);
  const { length } = loaded.analysis.stages;
  return { path: file, text, diagnostics, about: ` (${length} stage${length === 1 ? '' : 's'})` };
}

function isOurs(name: string): boolean {
  return isPipelineFile(name) || name === 'targets.yaml' || name === 'lifecycle.yaml';
}

async function filesOf(path: string, text: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined)
    throw new UserError({ code: 'file-missing', message: `There is no file or folder ${text}.` });
  return found.isDirectory() ? walk(path, 0) : [path];
}

async function walk(folder: string, depth: number): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(() => [])).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  const files = entries
    .filter((entry) => entry.isFile() && isOurs(entry.name))
    .map((entry) => join(folder, entry.name));
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name.startsWith('.') || SKIPPED.has(entry.name) || depth >= DEEPEST) continue;
    files.push(...(await walk(join(folder, entry.name), depth + 1)));
  }
  return files;
}

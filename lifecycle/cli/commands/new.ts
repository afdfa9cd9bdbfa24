import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { guess } from '../../data/draft/guess';
import { lookAtFiles } from '../../data/draft/look';
import { glob, isGlob } from '../../data/glob';
import { toDocument } from '../../pipeline/convert';
import { UserError } from '../../problem';
import { readText, writeAtomic } from '../../process/files';
import { formatOf } from '../../table/files';
import type { Given } from '../arguments';
import type { Context } from '../context';
import { draftText, slug } from '../draft';
import { EXIT, type ExitCode } from '../exit';

/** Below this many rows the splits for choosing and testing hold next to nothing. */
const FEW = 40;

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const meant = await filesMeant(given.positionals[0], context.cwd);
  const sample = await lookAtFiles(meant.files);
  const found = guess(sample, given.text('target'));
  const pipeline = slug(given.text('name') ?? meant.name);
  const ending = given.flag('document') ? '.lifecycle.md' : '.pipeline.yaml';
  const output = path.resolve(context.cwd, given.text('output') ?? `${pipeline}${ending}`);
  const source = path.relative(path.dirname(output), meant.source).replaceAll('\\', '/');
  const yaml = draftText(sample, found, { pipeline, source });
  const text = /\.md$/.test(output) ? toDocument(yaml) : yaml;
  const { target } = found;
  const facts = {
    target: target.column,
    task: target.task,
    candidates: found.candidates,
    columns: sample.columns.map(({ name, type }) => ({ name, type })),
  };
  if (given.flag('stdout')) {
    terminal.print(text.replace(/\n$/, ''));
    terminal.emit({ text, ...facts });
    return EXIT.ok;
  }
  if ((await readText(output)) !== undefined && !given.flag('force'))
    throw new UserError({
      code: 'file-exists',
      message: `${output} is there already.`,
      hint: 'Choose another file with --output, or write over it with --force.',
    });
  await writeAtomic(output, text);
  const here = path.relative(context.cwd, output) || output;
  terminal.print(`${here}: predicts '${target.column}' (${target.task}; ${target.why}).`);
  if (sample.whole && sample.rows < FEW)
    terminal.print(
      `  Only ${sample.rows} rows: little can be learnt, and a split may stay empty. It is good for trying things out.`,
    );
  for (const { name, why } of found.leaks)
    terminal.print(`  '${name}' ${why}; it is excluded. Is it known when you predict?`);
  if (target.why.startsWith('guessed') && found.candidates.length > 0)
    terminal.print(
      `  Something else? --target ${found.candidates.slice(0, 4).map(quoted).join(', ')} …, with --force.`,
    );
  terminal.print(`Look it over, then: lifecycle run ${quoted(here)}`);
  terminal.emit({ file: output, ...facts });
  return EXIT.ok;
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The table that is meant. */
interface Meant {
  /** Absolute, in the order they are read. */
  readonly files: readonly string[];
  /** The file, or a pattern that names the files; absolute. */
  readonly source: string;
  /** What the pipeline is called after. */
  readonly name: string;
}

const single = (file: string): Meant => ({ files: [file], source: file, name: file });

/** The data file, folder or pattern that is named, else the only file in this folder or in its `data`. */
async function filesMeant(text: string | undefined, cwd: string): Promise<Meant> {
  if (text !== undefined) {
    const file = path.resolve(cwd, text);
    const found = await stat(file).catch(() => undefined);
    if (found?.isDirectory()) return folderMeant(text, file);
    if (found) return single(file);
    if (isGlob(text)) {
      const files = await glob(text, cwd);
      if (files.length > 0) return { files, source: file, name: nameOf(file) };
    }
    const entries = await readdir(path.dirname(file)).catch((): string[] => []);
    const near = entries.filter((entry) => formatOf(entry) !== undefined).slice(0, 5);
    throw new UserError({
      code: 'data-file-missing',
      message: isGlob(text) ? `No file matches '${text}'.` : `There is no file ${text}.`,
      ...(near.length > 0 && { hint: `Beside it there are: ${near.join(', ')}.` }),
    });
  }
  const found: string[] = [];
  for (const folder of [cwd, path.join(cwd, 'data')])
    for (const entry of await readdir(folder).catch((): string[] => []))
      if (isData(entry)) found.push(path.join(folder, entry));
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return single(only);
  throw new UserError({
    code: only === undefined ? 'data-file-missing' : 'usage',
    message:
      only === undefined
        ? 'There is no data file here.'
        : `There are several data files: ${found
            .slice(0, 6)
            .map((file) => path.relative(cwd, file))
            .join(', ')}${found.length > 6 ? ', …' : ''}.`,
    hint:
      only === undefined
        ? 'Name one: lifecycle new data/customers.csv.'
        : "Name one: lifecycle new data/customers.csv. Files that are one table together are named by their folder or a pattern: lifecycle new 'data/*.csv'.",
  });
}

/** All data files of a folder as one table. */
async function folderMeant(text: string, folder: string): Promise<Meant> {
  const entries = (await readdir(folder)).filter(isData).sort();
  const [first, ...others] = entries;
  if (first === undefined)
    throw new UserError({
      code: 'data-file-missing',
      message: `There is no data file in ${text}.`,
      hint: 'A folder of images is a source as well: docs/training.md#images.',
    });
  if (others.length === 0) return single(path.join(folder, first));
  const endings = [...new Set(entries.map((entry) => /(?:\.[^.]+?(?:\.(?:gz|zst))?)$/i.exec(entry)?.[0] ?? ''))];
  if (endings.length > 1)
    throw new UserError({
      code: 'usage',
      message: `The data files in ${text} are of several kinds: ${endings.join(', ')}.`,
      hint: `Name those that are one table together: lifecycle new '${text.replace(/[\\/]$/, '')}/*${endings[0] ?? ''}'.`,
    });
  const source = path.join(folder, `*${endings[0] ?? ''}`);
  return { files: entries.map((entry) => path.join(folder, entry)), source, name: nameOf(source) };
}

/** The last part of a pattern that is a name: `sales/2024-*.csv` is of sales. */
function nameOf(pattern: string): string {
  const parts = pattern.split(/[\\/]/);
  const at = parts.findIndex(isGlob);
  return parts[at - 1] ?? 'data';
}

function isData(name: string): boolean {
  return formatOf(name) !== undefined && !/^package(-lock)?\.json$|^tsconfig/.test(name);
}

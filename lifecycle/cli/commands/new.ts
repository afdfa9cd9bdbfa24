import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { guess } from '../../data/draft/guess';
import { lookAtFile } from '../../data/draft/look';
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
  const file = await fileMeant(given.positionals[0], context.cwd);
  const sample = await lookAtFile(file);
  const found = guess(sample, given.text('target'));
  const pipeline = slug(given.text('name') ?? file);
  const ending = given.flag('document') ? '.lifecycle.md' : '.pipeline.yaml';
  const output = path.resolve(context.cwd, given.text('output') ?? `${pipeline}${ending}`);
  const source = path.relative(path.dirname(output), file).replaceAll('\\', '/');
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

/** The data file that is named, else the only one in this folder or in its `data`. */
async function fileMeant(text: string | undefined, cwd: string): Promise<string> {
  if (text !== undefined) {
    const file = path.resolve(cwd, text);
    const entries = await readdir(path.dirname(file)).catch((): string[] => []);
    if (entries.includes(path.basename(file))) return file;
    const near = entries.filter((entry) => formatOf(entry) !== undefined).slice(0, 5);
    throw new UserError({
      code: 'data-file-missing',
      message: `There is no file ${text}.`,
      ...(near.length > 0 && { hint: `Beside it there are: ${near.join(', ')}.` }),
    });
  }
  const found: string[] = [];
  for (const folder of [cwd, path.join(cwd, 'data')])
    for (const entry of await readdir(folder).catch((): string[] => []))
      if (formatOf(entry) !== undefined && !/^package(-lock)?\.json$|^tsconfig/.test(entry))
        found.push(path.join(folder, entry));
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  throw new UserError({
    code: only === undefined ? 'data-file-missing' : 'usage',
    message:
      only === undefined
        ? 'There is no data file here.'
        : `There are several data files: ${found
            .slice(0, 6)
            .map((file) => path.relative(cwd, file))
            .join(', ')}${found.length > 6 ? ', …' : ''}.`,
    hint: 'Name one: lifecycle new data/customers.csv.',
  });
}

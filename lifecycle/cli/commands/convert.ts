import path from 'node:path';
import { toDocument, toPipeline } from '../../pipeline/convert';
import { UserError } from '../../problem';
import { readText, writeAtomic } from '../../process/files';
import type { Given } from '../arguments';
import type { Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { loadPipeline } from '../pipeline';

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { file, text } = await loadPipeline(given, context);
  const isDocument = /\.md$/.test(file);
  const converted = isDocument ? toPipeline(text) : toDocument(text);
  if (given.flag('stdout')) {
    terminal.print(converted.replace(/\n$/, ''));
    terminal.emit({ text: converted });
    return EXIT.ok;
  }
  const stem = path.basename(file).replace(/\.(pipeline\.ya?ml|lifecycle\.md)$/, '');
  const output = path.resolve(
    context.cwd,
    given.text('output') ?? path.join(path.dirname(file), `${stem}${isDocument ? '.pipeline.yaml' : '.lifecycle.md'}`),
  );
  if ((await readText(output)) !== undefined && !given.flag('force'))
    throw new UserError({
      code: 'file-exists',
      message: `${output} is there already.`,
      hint: 'Choose another file with --output, or write over it with --force.',
    });
  await writeAtomic(output, converted);
  terminal.print(`${output}: the same pipeline. Keep one of the two: with both, each run of one is a run of its own.`);
  terminal.emit({ file: output });
  return EXIT.ok;
}

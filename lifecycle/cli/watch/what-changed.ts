import { extname, resolve } from 'node:path';
import type { Plan } from '../../pipeline/types';
import { UserError } from '../../problem';
import { writeAtomic } from '../../process/files';
import { changesHtml, changesMarkdown } from '../../report/changes';
import { resolveRunId } from '../../store/runs';
import { usageError, type Given } from '../arguments';
import type { Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import type { Loaded } from '../pipeline';
import { newestReport, onlyMonitor, reportOfOneRun } from './reports';

const FORMATS = { '.md': changesMarkdown, '.markdown': changesMarkdown, '.html': changesHtml, '.htm': changesHtml };

/** Writes what changed in the window of the last look, or in that of `--run`, as Markdown or HTML; `-` prints Markdown. Looks at nothing anew. */
export async function writeWhatChanged(
  loaded: Loaded,
  plan: Plan,
  given: Given,
  { cwd, terminal }: Context,
): Promise<ExitCode> {
  const { store } = loaded.project;
  const target = given.text('report')!;
  const format = target === '-' ? changesMarkdown : FORMATS[extname(target).toLowerCase() as keyof typeof FORMATS];
  if (format === undefined)
    throw usageError(
      `--report ${target} is neither Markdown nor HTML.`,
      'Name a file that ends in .md or .html, or - to print Markdown.',
    );
  const stage = onlyMonitor(plan, given.texts('stage')[0]);
  const { pipeline } = plan.pipeline;
  const wanted = given.text('run');
  const found =
    wanted === undefined
      ? await newestReport(store, pipeline, stage)
      : await reportOfOneRun(store, await resolveRunId(store, wanted), pipeline, stage);
  if (found === undefined)
    throw new UserError({
      code: 'report-missing',
      message: `${stage} has made no report yet.`,
      hint: 'Look first: `lifecycle monitor`.',
    });
  const text = format(found.report, { pipeline, stage, ...(found.run !== undefined && { run: found.run }) });
  if (target === '-') {
    terminal.print(text.trimEnd());
    terminal.emit({ markdown: text });
    return EXIT.ok;
  }
  const file = resolve(cwd, target);
  if (file === resolve(loaded.file))
    throw new UserError({
      code: 'usage',
      message: 'The report would be written over the pipeline.',
      hint: 'Choose another file for --report.',
    });
  await writeAtomic(file, text);
  terminal.print(file);
  terminal.emit({ report: file, verdict: found.report.verdict, ...(found.run !== undefined && { run: found.run }) });
  return EXIT.ok;
}

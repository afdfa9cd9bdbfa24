import { readFileSync, statSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { toDocument } from '../../pipeline/convert';
import { cellsOf, cellValue } from '../../pipeline/markdown';
import { analyze } from '../../pipeline/analyze';
import { UserError } from '../../problem';
import { writeAtomic } from '../../process/files';
import { HashMemory } from '../../process/hash';
import { latestResults, type Shown } from '../../report/latest';
import { markdownOf } from '../../report/markdown';
import { stageOutput } from '../../report/output';
import { type Block, page, type ReportStage } from '../../report/page';
import { forecast } from '../../run/forecast';
import { storePaths } from '../../store/layout';
import { ENGINE_VERSION } from '../../store/version';
import type { Given } from '../arguments';
import type { Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { ago } from '../format';
import { loadPipeline, type Loaded } from '../pipeline';
import { chooseBy } from '../selection';

/** Largest image of the prose that is put into the page. */
const mostImage = 4e6;
const images: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
};

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const loaded = await loadPipeline(given, context);
  const { store, root } = loaded.project;
  const output = path.resolve(context.cwd, given.text('output') ?? reportName(loaded.file));
  if (path.resolve(output) === path.resolve(loaded.file))
    throw new UserError({
      code: 'usage',
      message: 'The report would be written over the pipeline.',
      hint: 'Choose another file for --output.',
    });
  const file = path.relative(root, loaded.file).split(path.sep).join('/');
  const { shown } = await latestResults(store, file);
  const stale = await staleness(loaded, context);
  const blocks = await blocksOf(loaded, shown, stale);
  const script = await figures();
  if (script === undefined)
    terminal.warn(
      'The part that draws figures (dist/webviews/report.js) is missing: the report holds the numbers alone.',
    );
  const newest = [...shown.values()].sort((a, b) => (a.run.created < b.run.created ? 1 : -1))[0];
  const { header } = loaded.analysis;
  await writeAtomic(
    output,
    page({
      title:
        typeof header.pipeline === 'string' && header.pipeline !== '' ? header.pipeline : path.basename(loaded.file),
      ...(typeof header.description === 'string' ? { description: header.description } : {}),
      facts: factsOf(file, newest),
      blocks,
      ...(script === undefined ? {} : { script }),
      image: (src) => imageOf(src, path.dirname(loaded.file), root),
    }),
  );
  const missing = blocks.flatMap((block) =>
    block.type === 'stages' ? block.stages.filter((stage) => !stage.output) : [],
  );
  terminal.emit({ report: output, stages: [...shown.keys()], missing: missing.map(({ name }) => name) });
  terminal.print(
    `${output}${missing.length === 0 ? '' : ` (without ${missing.map(({ name }) => name).join(', ')}: not run yet)`}`,
  );
  return EXIT.ok;
}

/** `churn.pipeline.yaml` → `churn.report.html` */
const reportName = (file: string): string =>
  path.join(path.dirname(file), `${path.basename(file).replace(/\.(pipeline\.ya?ml|lifecycle\.md)$/, '')}.report.html`);

function factsOf(file: string, newest: Shown | undefined): [string, string][] {
  if (!newest) return [['file', file]];
  const { id, created, info } = newest.run;
  const commit = info?.git?.commit;
  return [
    ['file', file],
    ['last run', `${id}, ${created.slice(0, 16).replace('T', ' ')} UTC (${ago(created)})`],
    ...(commit === undefined
      ? []
      : ([['commit', `${commit.slice(0, 10)}${info?.git?.dirty === true ? ' with changes' : ''}`]] as [
          string,
          string,
        ][])),
    ...(info?.environment === undefined ? [] : ([['environment', info.environment]] as [string, string][])),
    ['made by', `ML Lifecycle ${ENGINE_VERSION}`],
  ];
}

/** Why stages would run again, by name. A pipeline with faults tells nothing. */
async function staleness(loaded: Loaded, context: Context): Promise<ReadonlyMap<string, string>> {
  if (loaded.analysis.diagnostics.some(({ severity }) => severity === 'error')) return new Map();
  const { plan, stages } = chooseBy(loaded, () => ({}));
  const { store, root } = loaded.project;
  const forecasts = await forecast(
    stages,
    {
      store,
      root,
      folder: path.dirname(loaded.file),
      pipeline: plan.pipeline.pipeline,
      seed: plan.pipeline.seed ?? 0,
      rooms: context.rooms,
      hashes: new HashMemory(storePaths.hashes(store)),
    },
    false,
  );
  return new Map(
    forecasts.filter(({ action }) => action === 'run').map(({ name, reason }) => [name, reason.replace(/\.$/, '')]),
  );
}

async function blocksOf(
  { file, text, analysis }: Loaded,
  shown: ReadonlyMap<string, Shown>,
  stale: ReadonlyMap<string, string>,
): Promise<Block[]> {
  const document = /\.md$/.test(file) ? text : toDocument(text);
  const kinds = new Map(analysis.stages.map(({ name, kind }) => [name, kind ?? '']));
  const blocks: Block[] = [];
  for (const cell of cellsOf(document)) {
    if (cell.type === 'front') continue;
    if (cell.type === 'prose') {
      blocks.push({ type: 'prose', markdown: document.slice(cell.from, cell.to) });
      continue;
    }
    const yaml = cellValue(document, cell);
    const names = analyze('cell.lifecycle.md', document.slice(cell.from, cell.to)).stages.map(({ name }) => name);
    const stages: ReportStage[] = [];
    for (const name of names) {
      const known = shown.get(name);
      const why = known ? stale.get(name) : undefined;
      stages.push({
        name,
        kind: kinds.get(name) ?? '',
        ...(known
          ? {
              output: await stageOutput(known.store, known.run, known.stage, true),
              markdown: markdownOf(known.stage, []),
            }
          : {}),
        ...(why === undefined ? {} : { stale: why }),
      });
    }
    blocks.push({ type: 'stages', yaml, stages });
  }
  return blocks;
}

/** The script of the figures, which is built beside this program. */
async function figures(): Promise<string | undefined> {
  const place = path.join(__dirname, 'webviews', 'report.js');
  try {
    await access(place);
    return await readFile(place, 'utf8');
  } catch {
    return undefined;
  }
}

/** An image of the prose as a `data:` address: only a file of the project, of a kind that browsers show, that is not too large. */
function imageOf(src: string, folder: string, root: string): string | undefined {
  if (/^data:image\/(png|jpeg|gif|webp);base64,/i.test(src)) return src;
  if (/^[a-z][a-z0-9+.-]*:/i.test(src) || src.startsWith('//')) return undefined;
  try {
    const place = path.resolve(folder, decodeURIComponent(src));
    const type = images[path.extname(place).toLowerCase()];
    const within = path.relative(root, place);
    if (type === undefined || within.startsWith('..') || path.isAbsolute(within) || statSync(place).size > mostImage)
      return undefined;
    return `data:${type};base64,${readFileSync(place).toString('base64')}`;
  } catch {
    return undefined;
  }
}

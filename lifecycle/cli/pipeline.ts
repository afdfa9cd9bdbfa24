import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Scalar } from '../../schemas/generated/types';
import { analyze } from '../pipeline/analyze';
import { diskFiles } from '../pipeline/files';
import { isPipelineFile } from '../pipeline/parts';
import type { Analysis, Overrides } from '../pipeline/types';
import { UserError } from '../problem';
import { errorCode } from '../process/files';
import { findProject, type Project } from '../store/project';
import type { Given } from './arguments';
import type { Context } from './context';

/** A pipeline as a command needs it. */
export interface Loaded {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
  readonly analysis: Analysis;
  readonly overrides: Overrides;
  readonly project: Project;
}

/**
 * The pipeline that a user means, analysed: the file given, or the only one in the folder. It may have errors.
 * @throws {UserError} `pipeline-missing`, `pipeline-ambiguous`, `usage` (a bad --set)
 */
export async function loadPipeline(given: Given, context: Context): Promise<Loaded> {
  const file = await pipelineFile(given.positionals[0], context.cwd);
  return analyzeFile(file, overridesOf(given));
}

/** Reads and analyses one pipeline. */
export async function analyzeFile(file: string, overrides: Overrides): Promise<Loaded> {
  let text: string;
  try {
    text = decode(await readFile(file), file);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT')
      throw new UserError({
        code: 'pipeline-missing',
        message: `There is no file ${file}.`,
        hint: '`lifecycle check` lists the pipelines here.',
      });
    if (code === 'EISDIR') throw new UserError({ code: 'pipeline-missing', message: `${file} is a folder.` });
    throw error;
  }
  const project = await findProject(dirname(file));
  return { file, text, overrides, project, analysis: analyze(file, text, { overrides, files: diskFiles() }) };
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UserError({
      code: 'pipeline-missing',
      message: `${file} is not UTF-8 text.`,
      hint: 'Save it as UTF-8.',
      file,
    });
  }
}

/** `--set` and `--env`. Values read as YAML would: numbers, true, false, null; everything else is text. */
export function overridesOf(given: Given): Overrides {
  const parameters: Record<string, Scalar> = {};
  for (const text of given.texts('set')) {
    const at = text.indexOf('=');
    const name = text.slice(0, Math.max(0, at)).trim();
    if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) {
      throw new UserError({
        code: 'usage',
        message: `--set ${text} is not of the form NAME=VALUE.`,
        hint: 'For example --set rate=0.01.',
      });
    }
    parameters[name] = scalar(text.slice(at + 1));
  }
  const environment = given.text('env');
  return {
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    ...(environment === undefined || environment === '' ? {} : { environment }),
  };
}

function scalar(text: string): Scalar {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null' || text === '~') return null;
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text);
  const quoted = /^(["'])(.*)\1$/s.exec(text);
  return quoted?.[2] ?? text;
}

async function pipelineFile(given: string | undefined, cwd: string): Promise<string> {
  if (given !== undefined) {
    const path = resolve(cwd, given);
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() === true) return pipelineFile(undefined, path);
    if (found === undefined) {
      const { nearest } = await import('../expression/nearest');
      const near = nearest(
        basename(path),
        (await pipelinesIn(dirname(path))).map((file) => basename(file)),
      );
      throw new UserError({
        code: 'pipeline-missing',
        message: `There is no file ${given}.`,
        hint:
          near === undefined
            ? '`lifecycle check` looks at every pipeline below this folder.'
            : `Did you mean ${join(dirname(given), near)}?`,
      });
    }
    if (!/\.(ya?ml|md)$/i.test(path))
      throw new UserError({
        code: 'pipeline-missing',
        message: `${given} is no pipeline.`,
        hint: 'Name a *.pipeline.yaml or *.lifecycle.md file.',
      });
    return path;
  }
  const here = await pipelinesIn(cwd);
  if (here.length === 1 && here[0] !== undefined) return here[0];
  if (here.length === 0)
    throw new UserError({
      code: 'pipeline-missing',
      message: `There is no pipeline (*.pipeline.yaml or *.lifecycle.md) in ${cwd}.`,
      hint: 'Go to the folder that has one, or name the file.',
    });
  throw new UserError({
    code: 'pipeline-ambiguous',
    message: `There are ${here.length} pipelines in ${cwd}: ${here.map((file) => basename(file)).join(', ')}.`,
    hint: 'Name the one that is meant.',
  });
}

/** Pipelines of a folder, by name. */
export async function pipelinesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter(isPipelineFile)
    .sort()
    .map((name) => join(folder, name));
}

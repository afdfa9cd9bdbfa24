import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { listDeployments } from '../../deploy/deployments';
import { predict, type Prediction } from '../../deploy/predict';
import { UserError } from '../../problem';
import { isFolder } from '../../process/files';
import { findVersion, listModels } from '../../store/registry';
import { usageError, type Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { metric } from '../format';
import { parseRows, type Row, tableRows, withIsoDates } from '../rows';
import { table } from '../terminal';

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const where = await whereMeant(given.positionals[0], context);
  const rows = await rowsOf(given, context);
  const keyName = given.text('api-key');
  const apiKey = keyName === undefined ? undefined : process.env[keyName];
  if (keyName !== undefined && apiKey === undefined)
    throw usageError(`There is no environment variable ${keyName}.`, 'It holds the key of the server.');
  const predictions = await predict(where, rows, {
    ...(apiKey === undefined ? {} : { apiKey }),
    // A file of rows has ids and outcomes beside what the model takes.
    ...(given.flag('ignore-unknown') || (given.text('input') ?? '-') !== '-' ? { unknown: 'ignore' } : {}),
  });
  for (const prediction of predictions) terminal.emit(prediction);
  const lines = table(
    [{ title: 'Row', right: true }, { title: 'Prediction' }, { title: 'Probabilities', flexible: true }],
    predictions.map(line),
    terminal,
  );
  for (const text of lines) terminal.print(text);
  return EXIT.ok;
}

function line(prediction: Prediction, index: number): string[] {
  if ('prediction' in prediction) return [String(index + 1), metric(prediction.prediction), ''];
  const probabilities = Object.entries(prediction.probabilities).map(
    ([label, probability]) => `${label} ${metric(probability)}`,
  );
  return [String(index + 1), String(prediction.label), probabilities.join(' · ')];
}

/** An address, a bundle folder, a target, or NAME[@VERSION] of the registry; without anything what is served, else the only model. */
async function whereMeant(text: string | undefined, context: Context): Promise<string> {
  if (text !== undefined && /^https?:\/\//.test(text)) return text;
  if (text !== undefined && (await isFolder(resolve(context.cwd, text)))) return resolve(context.cwd, text);
  const { store } = await projectHere(context);
  const { deployments } = await listDeployments(store);
  const serving = deployments.filter((one) => one.health === 'serving' && (text === undefined || one.target === text));
  if (serving.length === 1 && serving[0]?.url !== undefined) return serving[0].url;
  if (text !== undefined) {
    const [name = '', version] = text.split('@');
    return (await findVersion(store, name, version)).folder;
  }
  const models = await listModels(store);
  if (models.length === 1 && models[0] !== undefined) return (await findVersion(store, models[0].name)).folder;
  throw new UserError({
    code: 'usage',
    message:
      models.length === 0
        ? 'There is no model yet.'
        : `There are several models: ${models.map((model) => model.name).join(', ')}.`,
    hint: models.length === 0 ? 'Run a pipeline that has a stage of kind package.' : 'Name the one that is meant.',
  });
}

function isTable(input: string | undefined): boolean {
  return input !== undefined && /\.(?:csv|tsv|tab|jsonl|ndjson|parquet|pq)(?:\.(?:gz|zst))?$/i.test(input);
}

/** Rows from --row, a file, or standard input: a JSON array, one JSON object, `{"rows": […]}`, or one object a line. */
async function rowsOf(given: Given, context: Context): Promise<Row[] | Awaited<ReturnType<typeof tableRows>>> {
  const texts = given.texts('row');
  if (texts.length > 0) return texts.flatMap((text) => parseRows(text, '--row'));
  const input = given.text('input');
  if (input !== undefined && isTable(input)) return tableRows(resolve(context.cwd, input));
  if (input !== undefined && input !== '-') {
    const text = await readFile(resolve(context.cwd, input), 'utf8').catch(() => {
      throw new UserError({ code: 'file-missing', message: `The file ${input} can't be read.` });
    });
    return withIsoDates(parseRows(text, input));
  }
  if ((context.stdin as { isTTY?: boolean }).isTTY === true)
    throw usageError(
      'There are no rows to predict for.',
      `Give --row '{"column": value}', --input FILE, or pipe JSON in.`,
    );
  let text = '';
  for await (const chunk of context.stdin) text += String(chunk);
  return parseRows(text, 'standard input');
}

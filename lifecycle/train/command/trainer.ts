import { cp, lstat, mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dataset, type ModelInfo, type TrainStage } from '../../../schemas/generated/types';
import { type Adopted, adoptModel } from '../../model/adopt';
import { modelInfo } from '../../model/info';
import { scoreModel } from '../../model/score';
import { type TensorData } from '../../onnx';
import { toColumns } from '../../onnx/rows';
import { UserError } from '../../problem';
import { type StageContext } from '../../store/room';
import { columnsOf, identifier, literalPath, text, withDatabase } from '../../table';
import { dataOf, type TrainingData } from '../dataset';
import { type TrainedModel } from '../trainer';
import { runProgram } from './program';
import { withPython } from './python';
import { EventFiles, readMetricsFile } from './written';

const PROBE_ROWS = 64;
/** AUC on validation below which the two classes have probably been swapped. */
const SWAPPED = 0.35;

/**
 * Trains by the user's own program. It finds its files by environment variables (see docs/commands.md), writes `model.onnx`
 * into `LIFECYCLE_OUTPUT`, and whatever else it writes there is kept under `files/`.
 */
export async function trainCommand(context: StageContext<TrainStage>, data: TrainingData): Promise<TrainedModel> {
  const { stage, scratch, signal } = context;
  const command = stage.command ?? [];
  if (command[0] === undefined || command[0] === '')
    throw new UserError({ code: 'command-missing', message: 'The command is empty.', path: ['command'] });
  const output = join(scratch, 'output');
  await mkdir(output, { recursive: true });
  const events = new EventFiles(output, context.folder, context);
  events.start();
  let said: Record<string, number>;
  try {
    said = await runProgram({
      command: await withPython(command, context.folder),
      cwd: context.folder,
      env: await environment(context, data, output),
      ...(stage.timeout !== undefined && { timeout: stage.timeout }),
      stopFile: stopFileOf(scratch),
      report: context,
    });
  } finally {
    await events.end();
  }
  const own = { ...(await readMetricsFile(output, context)), ...said };
  if (context.control?.finishing === true) context.control.stopped('when the user asked for it');
  await keepFiles(output, context.output);
  const model = await readFile(join(output, 'model.onnx')).catch(() => undefined);
  const facts = {
    kind: 'command',
    data: context.input(dataOf(stage)).hash,
    training: { command, ...rowsOf(data.dataset) },
  };
  if (model === undefined) {
    context.log(
      'warning',
      'The program wrote no model.onnx, so nothing can be evaluated or served; its metrics are kept.',
      {
        code: 'model-not-servable',
        hint: 'Write model.onnx into the folder named by LIFECYCLE_OUTPUT.',
        path: ['command'],
      },
    );
    return { info: modelInfo(data.dataset, data.target, { ...facts, servable: false }), metrics: own };
  }
  const adopted = await adopt(model, context, data);
  const info = restrict(
    modelInfo(data.dataset, data.target, { ...facts, servable: true, bytes: adopted.bytes.length }),
    adopted,
  );
  const ours =
    data.splits.validation && (await scoreModel(adopted.bytes, info, data.splits.validation, { scratch, signal }));
  if (ours?.['auc'] !== undefined && data.target.task === 'binary' && ours['auc'] < SWAPPED) {
    context.log('warning', `The AUC on validation is ${ours['auc'].toFixed(3)}: the two classes may be swapped.`, {
      code: 'classes-swapped',
      hint: `The columns of \`probabilities\` must be in the order ${JSON.stringify(data.target.classes)}.`,
      path: ['command'],
    });
  }
  const prefixed = Object.entries(ours ?? {}).map(([name, value]): [string, number] => [`validation/${name}`, value]);
  return { bytes: adopted.bytes, info, metrics: { ...own, ...Object.fromEntries(prefixed) } };
}

/** The environment of the program: this process's, the stage's own variables, and where everything is. */
async function environment(
  context: StageContext<TrainStage>,
  data: TrainingData,
  output: string,
): Promise<NodeJS.ProcessEnv> {
  const { stage, seed, threads } = context;
  const folder = context.input(dataOf(stage)).path;
  const own = stage.environment ?? {};
  const format = own['LIFECYCLE_FORMAT'] ?? 'parquet';
  if (format !== 'parquet' && format !== 'csv')
    throw new UserError({
      code: 'format-unknown',
      message: `LIFECYCLE_FORMAT is '${format}'; it can be parquet or csv.`,
      path: ['environment', 'LIFECYCLE_FORMAT'],
    });
  const files: Record<string, string> = {};
  for (const [split, paths] of Object.entries(data.splits)) {
    if (paths === undefined) continue;
    const name = split.toUpperCase();
    files[`LIFECYCLE_${name}`] = paths.raw;
    files[`LIFECYCLE_FEATURES_${name}`] = paths.features;
  }
  if (format === 'csv') await toCsv(files, context);
  return {
    OMP_NUM_THREADS: String(threads),
    ...process.env,
    PYTHONUNBUFFERED: '1',
    ...own,
    ...files,
    LIFECYCLE_OUTPUT: output,
    LIFECYCLE_TENSORBOARD: join(output, 'tensorboard'),
    LIFECYCLE_STOP: stopFileOf(context.scratch),
    LIFECYCLE_SEED: String(seed),
    LIFECYCLE_THREADS: String(threads),
    LIFECYCLE_DATASET: join(folder, 'dataset.json'),
    LIFECYCLE_PREPROCESS: join(folder, 'preprocess.onnx'),
    LIFECYCLE_TARGET: data.target.column,
    LIFECYCLE_TASK: data.target.task,
  };
}

/** A file that appears when the user wants the program to end early. */
function stopFileOf(scratch: string): string {
  return join(scratch, 'stop');
}

/** Copies the Parquet files to CSV and points the variables there. */
async function toCsv(
  files: Record<string, string>,
  { scratch, threads, signal }: StageContext<TrainStage>,
): Promise<void> {
  await withDatabase({ scratch, threads, signal }, async (database) => {
    for (const [variable, file] of Object.entries(files)) {
      const copy = join(scratch, `${variable.slice('LIFECYCLE_'.length).toLowerCase()}.csv`);
      const columns = await database.query<{ column_name: string }>(
        `DESCRIBE SELECT * FROM read_parquet(${literalPath(file)})`,
      );
      const numeric = variable.includes('_FEATURES_');
      const list = columns
        .map(({ column_name }) => identifier(column_name))
        .map((name) => (numeric ? `CAST(${name} AS FLOAT) AS ${name}` : name))
        .join(', ');
      await database.run(
        `COPY (SELECT ${list} FROM read_parquet(${literalPath(file)})) TO ${text(copy)} (FORMAT csv, HEADER true)`,
      );
      files[variable] = copy;
    }
  });
}

/** Keeps what the program wrote beside its model; links are left behind. */
async function keepFiles(from: string, to: string): Promise<void> {
  const names = (await readdir(from)).filter((name) => name !== 'model.onnx');
  for (const name of names)
    await cp(join(from, name), join(to, 'files', name), {
      recursive: true,
      filter: async (source) => {
        const entry = await lstat(source);
        return entry.isFile() || entry.isDirectory();
      },
    });
}

async function adopt(model: Uint8Array, context: StageContext<TrainStage>, data: TrainingData): Promise<Adopted> {
  const { scratch, signal } = context;
  const { dataset, target, preprocess, splits } = data;
  const probe = await withDatabase({ scratch, signal }, async (database) => {
    const relation = `(SELECT * FROM read_parquet(${literalPath(splits.train!.raw)}) LIMIT ${PROBE_ROWS})`;
    const { columns } = await columnsOf(database, relation, dataset.inputs ?? []);
    const info = modelInfo(dataset, target, { kind: 'command', servable: true });
    const loose = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.values]));
    return toColumns(info, loose, { unknown: 'ignore' }).columns;
  });
  const tensors = Object.fromEntries(
    Object.entries(probe).map(([name, values]): [string, TensorData] => [
      name,
      values instanceof Float32Array
        ? { type: 'float', dims: [values.length, 1], data: values }
        : { type: 'string', dims: [values.length, 1], data: values },
    ]),
  );
  return adoptModel(model, { dataset, target, preprocess, probe: tensors });
}

/** A program may use some of the raw columns only. */
function restrict(info: ModelInfo, { inputs, composed }: Adopted): ModelInfo {
  const { features, ...rest } = info;
  return {
    ...rest,
    inputs: info.inputs.filter(({ name }) => inputs.includes(name)),
    ...(composed && features && { features }),
    training: { ...info.training, input: composed ? 'features' : 'raw columns' },
  };
}

function rowsOf(dataset: Dataset): { rows?: number } {
  const rows = dataset.splits['train']?.rows;
  return rows === undefined ? {} : { rows };
}

/** A program and the files that it reads. */
export interface Program {
  readonly command?: readonly string[];
  readonly inputs?: readonly string[];
}

/**
 * Content hashes of the files that a program names as inputs, and of the script it starts when that is a file of the project.
 * @param place the keys in the stage under which the program stands
 */
export async function commandInputs(
  program: Program,
  folder: string,
  hashFile: (path: string) => Promise<string>,
  place: readonly string[] = [],
): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const name of program.inputs ?? []) {
    try {
      hashes[`file ${name}`] = await hashFile(join(folder, name));
    } catch {
      throw new UserError({
        code: 'file-missing',
        message: `The file ${name}, an input of the command, is not there.`,
        hint: `Paths start at the pipeline's folder.`,
        path: [...place, 'inputs'],
      });
    }
  }
  for (const argument of program.command?.slice(0, 4) ?? []) {
    const path = join(folder, argument);
    if (argument.startsWith('-') || `file ${argument}` in hashes || !(await isFile(path))) continue;
    hashes[`file ${argument}`] = await hashFile(path);
  }
  return hashes;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
}

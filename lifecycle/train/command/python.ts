/** Which Python a command means by `python`. */
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const BIN = process.platform === 'win32' ? join('Scripts', 'python.exe') : join('bin', 'python');

/**
 * A command that begins with plain `python` or `python3`, on the interpreter that is meant: the one that the editor passes
 * (`LIFECYCLE_PYTHON`: the setting, or the choice of the Python extension), else a `.venv` or `venv` in the pipeline's folder or above it,
 * else the active virtual or conda environment, else whatever PATH has.
 */
export async function withPython(
  command: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly string[]> {
  const [program, ...rest] = command;
  if (program !== 'python' && program !== 'python3') return command;
  const found = await findPython(folder, env);
  return found === undefined ? command : [found, ...rest];
}

/** Undefined where PATH decides. */
export async function findPython(folder: string, env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const given = env['LIFECYCLE_PYTHON'];
  if (given !== undefined && given !== '') return given;
  for (let here = folder; ; here = dirname(here)) {
    for (const name of ['.venv', 'venv']) if (await isFile(join(here, name, BIN))) return join(here, name, BIN);
    if (dirname(here) === here || (await exists(join(here, '.git')))) break;
  }
  const active = env['VIRTUAL_ENV'] ?? env['CONDA_PREFIX'];
  if (active === undefined || active === '') return undefined;
  const path =
    process.platform === 'win32' && env['VIRTUAL_ENV'] === undefined ? join(active, 'python.exe') : join(active, BIN);
  return (await isFile(path)) ? path : undefined;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

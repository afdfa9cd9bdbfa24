import {
  checkTensorflow,
  gpuRequirements,
  installTensorflow,
  removeTensorflow,
} from '../../train/tensorflow/install';
import { usageError, type Given } from '../arguments';
import type { Context } from '../context';
import { EXIT, type ExitCode } from '../exit';

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const what = given.positionals[0];
  switch (what) {
    case 'install':
      return install(given.flag('cpu'), context);
    case 'check':
      return check(context);
    case 'remove': {
      const folder = await removeTensorflow();
      context.terminal.print(`Removed ${folder}.`);
      context.terminal.emit({ removed: folder });
      return EXIT.ok;
    }
    default:
      throw usageError(`gpu-runtime does not know '${what ?? ''}'.`, 'It is install, check or remove.');
  }
}

async function install(cpu: boolean, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { colour } = terminal;
  const backend = cpu ? '@tensorflow/tfjs-node' : '@tensorflow/tfjs-node-gpu';
  terminal.print(`Installing ${backend} …`);
  const result = await installTensorflow({
    backend,
    say: (line) => {
      terminal.print(colour.dim(`  ${line}`));
      terminal.emit({ type: 'output', message: line });
    },
    signal: context.signal,
  });
  if (!result.ok) {
    const { code, message, hint, details } = result;
    terminal.emit({ type: 'error', error: { code, message, hint, details } });
    terminal.warn(`${colour.red(`error[${code}]`)}: ${message}`);
    for (const line of details) terminal.warn(`  ${line}`);
    terminal.warn(`${colour.cyan('hint')}: ${hint}`);
    return EXIT.failed;
  }
  terminal.print(`Installed into ${result.folder}.`);
  return check(context);
}

async function check(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { colour } = terminal;
  const [probe, requirements] = await Promise.all([checkTensorflow(context.self), gpuRequirements()]);
  terminal.emit({ ...probe, requirements });
  for (const { name, found, detail, remedy } of requirements) {
    terminal.print(`${found ? colour.green('✔') : colour.dim('–')} ${name}: ${detail}`);
    if (!found && remedy !== undefined) terminal.print(`  ${colour.cyan('get it')}: ${remedy}`);
  }
  for (const { backend, said } of probe.failures) terminal.print(`${colour.red('✖')} ${backend}: ${said}`);
  if (probe.works)
    terminal.print(
      `${colour.green('✔')} ${probe.backend ?? ''} ${probe.version ?? ''} loads and computes${probe.gpu === true ? ' on the GPU' : ', on the CPU only'}.`,
    );
  else if (probe.failures.length === 0)
    terminal.print('TensorFlow.js is not installed. `lifecycle gpu-runtime install` fetches it.');
  return probe.works ? EXIT.ok : EXIT.failed;
}

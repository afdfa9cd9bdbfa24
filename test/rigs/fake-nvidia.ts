import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * A folder with an `nvidia-smi` that answers as the real one does: two cards, one of which tells no power. With `--loop` it prints again
 * and again. Gives an environment with it at the front of PATH; beside the program, `nvidia-smi.log` has a line for each start.
 * @param pause milliseconds between what it prints with `--loop`, or the seconds that are `asked` for, as the real one does
 */
export function fakeNvidia(folder: string, cards = 2, pause: number | 'asked' = 30): NodeJS.ProcessEnv {
  mkdirSync(folder, { recursive: true });
  const program = join(folder, 'nvidia-smi');
  const text = `#!${process.execPath}
const query = process.argv.find((each) => each.startsWith('--query-gpu='))?.slice(12).split(',') ?? [];
const loop = process.argv.find((each) => each.startsWith('--loop='));
require('node:fs').appendFileSync(__filename + '.log', (loop ? 'loop ' : 'once ') + process.pid + '\\n');
const card = (i) => ({
  index: i, uuid: 'GPU-000' + i, name: 'NVIDIA L4', 'memory.total': 23034, 'memory.used': 1024 * (i + 1), driver_version: '550.54.14',
  'utilization.gpu': 80 + i, 'power.draw': i === 0 ? '61.25' : '[N/A]', 'temperature.gpu': 55,
});
const print = () => { for (let i = 0; i < ${cards}; i++) console.log(query.map((name) => card(i)[name]).join(', ')); };
print();
if (loop) setInterval(print, ${pause === 'asked' ? '1000 * loop.slice(7)' : pause});
`;
  writeFileSync(program, text);
  chmodSync(program, 0o755);
  return { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`, CUDA_VISIBLE_DEVICES: undefined };
}

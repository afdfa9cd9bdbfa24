/** NVIDIA's `trtexec`: builds an engine for the GPU at hand from an ONNX file, and runs it. It comes with TensorRT, never with this extension. */
import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { UserError } from '../problem';
import { capture } from '../process/spawn';

/** Where NVIDIA's containers and packages put it, besides PATH. */
const USUAL = ['/usr/src/tensorrt/bin', '/opt/tensorrt/bin'];
/** Milliseconds that a build may take: it tries kernels on the GPU. */
const PATIENCE = 2 * 3_600_000;
const PROGRAM = process.platform === 'win32' ? 'trtexec.exe' : 'trtexec';

/** Absolute path of the program, undefined where it is not installed. */
export async function findTrtexec(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  for (const folder of [...(env['PATH'] ?? '').split(delimiter), ...USUAL]) {
    if (folder === '') continue;
    const path = join(folder, PROGRAM);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

/** A float32 input of an engine: its name and its shape without the rows. */
export interface EngineInput {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Rows of one run that an engine is made for. */
export interface EngineRows {
  readonly most: number;
  /** Those that its kernels are chosen by. */
  readonly usual: number;
}

/** What `trtexec` says of where it built. */
export interface BuiltOn {
  /** As it calls it: `10.3.0`, or `v8601`. */
  readonly version?: string;
  readonly device?: string;
}

/** Runs `trtexec` in a folder of its own, in which all its files lie. */
export class Trtexec {
  readonly #program: string;
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #help: string;

  private constructor(program: string, folder: string, signal: AbortSignal, help: string) {
    this.#program = program;
    this.#folder = folder;
    this.#signal = signal;
    this.#help = help;
  }

  /** @throws UserError `trtexec-missing`, or `tensorrt-failed` where it is there but does not start */
  static async open(folder: string, signal: AbortSignal): Promise<Trtexec> {
    const program = await findTrtexec();
    if (program === undefined)
      throw new UserError({
        code: 'trtexec-missing',
        message: 'A TensorRT engine is built by NVIDIA’s trtexec, which is not here.',
        hint: 'Install TensorRT (on Ubuntu the package libnvinfer-bin, or the container nvcr.io/nvidia/tensorrt) and put trtexec on PATH, or run this stage on the machine whose GPU the engine is for.',
        path: ['tensorrt'],
      });
    const { code, stdout, stderr } = await capture([program, '--help'], { signal, timeout: 60_000 });
    if (code !== 0) throw failed('start', stdout, stderr);
    return new Trtexec(program, folder, signal, stdout + stderr);
  }

  /**
   * Builds an engine from `onnx` into the file `engine` of the folder.
   * @param quantized the graph says itself where it computes in 8 bits
   * @throws UserError `tensorrt-failed`, `tensorrt-precision`
   */
  async build(
    onnx: Uint8Array,
    inputs: readonly EngineInput[],
    rows: EngineRows,
    { half, quantized }: { readonly half: boolean; readonly quantized: boolean },
  ): Promise<{ readonly engine: Uint8Array; readonly on: BuiltOn }> {
    if (half && !this.#knows('--fp16'))
      throw new UserError({
        code: 'tensorrt-precision',
        message:
          'This trtexec takes the precision from the graph (TensorRT 11 and later), so `float16` can’t be asked for.',
        hint: 'Leave `precision` out; for 8 bits put a stage with `quantize: int8-static` before this one.',
        path: ['tensorrt', 'precision'],
      });
    await writeFile(join(this.#folder, 'engine.onnx'), onnx);
    const shapes = (of: string, count: number) => `--${of}Shapes=${shapesOf(inputs, count)}`;
    const said = await this.#run('build the engine', [
      '--onnx=engine.onnx',
      '--saveEngine=tensorrt.engine',
      shapes('min', 1),
      shapes('opt', rows.usual),
      shapes('max', rows.most),
      this.#knows('--skipInference') ? '--skipInference' : '--buildOnly',
      ...(half ? ['--fp16'] : []),
      ...(quantized && this.#knows('--int8') ? ['--int8'] : []),
    ]);
    const version = /TensorRT version:\s*([\d.]+)/.exec(said)?.[1] ?? /\[TensorRT (v\d+)\]/.exec(said)?.[1];
    const device = /Selected Device:\s*(\S[^\n]*)/.exec(said)?.[1]?.trim();
    const engine = await this.#made('tensorrt.engine', 'build the engine', said);
    return { engine, on: { ...(version !== undefined && { version }), ...(device !== undefined && { device }) } };
  }

  /**
   * Runs the engine on some rows.
   * @param values row-major, by input
   * @returns the values of the output in the order of rows, with the six digits that trtexec writes
   */
  async answer(inputs: readonly EngineInput[], values: readonly Float32Array[], rows: number, output: string) {
    const lent = await this.#lend(inputs, values);
    const once = ['--iterations=1', '--warmUp=0', '--duration=0', '--exportOutput=output.json'];
    const said = await this.#run('run the engine', [`--shapes=${shapesOf(inputs, rows)}`, lent, ...once], true);
    const text = (await this.#made('output.json', 'run the engine', said)).toString('utf8');
    const tensors = read<readonly { name?: unknown; values?: readonly unknown[] }[]>(text);
    const found = tensors?.find(({ name }) => name === output)?.values;
    if (found === undefined) throw failed('run the engine', said, `It wrote no output '${output}'.`);
    return Float32Array.from(found, (value) => (value === null ? NaN : Number(value)));
  }

  /** Median milliseconds of one run of the engine. */
  async time(inputs: readonly EngineInput[], values: readonly Float32Array[], rows: number): Promise<number> {
    const lent = await this.#lend(inputs, values);
    const timed = ['--warmUp=200', '--duration=1', '--exportTimes=times.json'];
    const said = await this.#run('time the engine', [`--shapes=${shapesOf(inputs, rows)}`, lent, ...timed], true);
    const text = (await this.#made('times.json', 'time the engine', said)).toString('utf8');
    const times = (read<readonly { latencyMs?: unknown }[]>(text) ?? [])
      .map(({ latencyMs }) => Number(latencyMs))
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)];
    if (median === undefined) throw failed('time the engine', said, 'It wrote no times.');
    return median;
  }

  #knows(option: string): boolean {
    return new RegExp(`${option}\\b`).test(this.#help);
  }

  async #lend(inputs: readonly EngineInput[], values: readonly Float32Array[]): Promise<string> {
    const files = await Promise.all(
      inputs.map(async ({ name }, i) => {
        const { buffer, byteOffset, byteLength } = values[i]!;
        await writeFile(join(this.#folder, `${name}.bin`), Buffer.from(buffer, byteOffset, byteLength));
        return `${name}:${name}.bin`;
      }),
    );
    return `--loadInputs=${files.join(',')}`;
  }

  async #run(doing: string, args: readonly string[], load = false): Promise<string> {
    const { code, stdout, stderr } = await capture(
      [this.#program, ...(load ? ['--loadEngine=tensorrt.engine'] : []), ...args],
      { cwd: this.#folder, signal: this.#signal, timeout: PATIENCE },
    );
    this.#signal.throwIfAborted();
    if (code !== 0) throw failed(doing, stdout, stderr);
    return `${stdout}\n${stderr}`;
  }

  async #made(file: string, doing: string, said: string): Promise<Buffer> {
    const content = await readFile(join(this.#folder, file)).catch(() => undefined);
    if (content === undefined) throw failed(doing, said, `It wrote no ${file}.`);
    return content;
  }
}

/** `inner_value_0:8x12,inner_value_1:8x4` */
function shapesOf(inputs: readonly EngineInput[], rows: number): string {
  return inputs.map(({ name, shape }) => `${name}:${[rows, ...shape].join('x')}`).join(',');
}

/** What it writes as JSON may hold `nan` and `inf`, which JSON has not. */
function read<T>(text: string): T | undefined {
  try {
    return JSON.parse(text.replace(/-?\b(?:nan|inf)\b/gi, 'null')) as T;
  } catch {
    return undefined;
  }
}

/** The last errors in its own words. */
function failed(doing: string, stdout: string, stderr: string): UserError {
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
  const errors = lines.filter((line) => /\[E\]|error|could not|cannot open/i.test(line));
  const said = (errors.length > 0 ? errors : lines.filter((line) => line !== '')).slice(-3);
  const words = said.map((line) => line.replace(/^\[[^\]]*\]\s*(?:\[E\]\s*)?/, '').slice(0, 300)).join(' ');
  return new UserError({
    code: 'tensorrt-failed',
    message: `trtexec could not ${doing}: ${words === '' ? 'it said nothing' : words}`,
    hint: 'Does `nvidia-smi` show the GPU, and do its driver and TensorRT fit? The model itself serves without an engine: package the stage before this one.',
    path: ['tensorrt'],
  });
}

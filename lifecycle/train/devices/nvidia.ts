/** NVIDIA GPUs through `nvidia-smi`, which comes with the driver: what there is, and one stream of what they do. */
import { capture, start } from '../../process/spawn';

/** A GPU as the driver tells it. */
export interface NvidiaGpu {
  readonly index: number;
  readonly uuid: string;
  readonly name: string;
  /** Bytes. */
  readonly memory: { readonly total: number; readonly used: number };
  readonly driver: string;
  /** Share of the time in which it computed lately, 0…100; undefined when the card does not tell. */
  readonly utilization?: number;
}

/** One moment of one GPU; what a card does not tell is left out. */
export interface GpuSample {
  readonly index: number;
  readonly uuid: string;
  /** 0…100 */
  readonly utilization?: number;
  /** Bytes. */
  readonly memoryUsed?: number;
  readonly memoryTotal?: number;
  /** Watts. */
  readonly power?: number;
  /** °C */
  readonly temperature?: number;
}

const MEBIBYTE = 1024 * 1024;
const LIST = ['index', 'uuid', 'name', 'memory.total', 'memory.used', 'driver_version', 'utilization.gpu'];
const STREAM = [
  'index',
  'uuid',
  'utilization.gpu',
  'memory.used',
  'memory.total',
  'power.draw',
  'temperature.gpu',
] as const;
const FORMAT = '--format=csv,noheader,nounits';

/** The GPUs of this machine that `CUDA_VISIBLE_DEVICES` leaves visible; empty without `nvidia-smi`. */
export async function listNvidia(env: NodeJS.ProcessEnv = process.env): Promise<NvidiaGpu[]> {
  const { code, stdout } = await capture(['nvidia-smi', `--query-gpu=${LIST.join(',')}`, FORMAT], {
    timeout: 10_000,
    env,
  });
  if (code !== 0) return [];
  return visible(
    stdout.split('\n').flatMap((line) => parseGpu(line) ?? []),
    env['CUDA_VISIBLE_DEVICES'],
  );
}

/** Reads a line of the list; undefined when it is none. */
export function parseGpu(line: string): NvidiaGpu | undefined {
  const cells = line.split(',').map((cell) => cell.trim());
  if (cells.length !== LIST.length) return undefined;
  const [index, uuid = '', name = '', total, used, driver = '', utilization] = cells;
  if (!/^\d+$/.test(index ?? '')) return undefined;
  const busy = numberOf(utilization);
  return {
    index: Number(index),
    uuid,
    name,
    memory: { total: (numberOf(total) ?? 0) * MEBIBYTE, used: (numberOf(used) ?? 0) * MEBIBYTE },
    driver,
    ...(busy !== undefined && { utilization: busy }),
  };
}

/** Reads a line of the stream; undefined when it is none. */
export function parseSample(line: string): GpuSample | undefined {
  const cells = line.split(',').map((cell) => cell.trim());
  if (cells.length !== STREAM.length || !/^\d+$/.test(cells[0] ?? '')) return undefined;
  const [, uuid = '', utilization, used, total, power, temperature] = cells;
  const given = {
    utilization: numberOf(utilization),
    memoryUsed: bytesOf(used),
    memoryTotal: bytesOf(total),
    power: numberOf(power),
    temperature: numberOf(temperature),
  };
  return {
    index: Number(cells[0]),
    uuid,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

/** A stream of samples, until it is closed. */
export interface GpuStream {
  close(): Promise<void>;
}

/**
 * Starts one `nvidia-smi` that prints every GPU again and again. It ends with {@link GpuStream.close}.
 * @returns undefined when there is no `nvidia-smi`
 */
export async function followNvidia(
  onSample: (sample: GpuSample) => void,
  seconds: number,
  env: NodeJS.ProcessEnv = process.env,
): Promise<GpuStream | undefined> {
  try {
    const child = await start(['nvidia-smi', `--query-gpu=${STREAM.join(',')}`, FORMAT, `--loop=${seconds}`], {
      env,
      onLine: (line, stream) => {
        const sample = stream === 'stdout' ? parseSample(line) : undefined;
        if (sample) onSample(sample);
      },
    });
    return { close: () => child.end(1_000) };
  } catch {
    return undefined;
  }
}

/** `CUDA_VISIBLE_DEVICES` holds indices or beginnings of UUIDs; the first that is neither ends the list (CUDA C Programming Guide). */
function visible(gpus: readonly NvidiaGpu[], mask: string | undefined): NvidiaGpu[] {
  if (mask === undefined) return [...gpus];
  const kept: NvidiaGpu[] = [];
  for (const entry of mask.split(',').map((part) => part.trim())) {
    const gpu = gpus.find(({ index, uuid }) =>
      /^\d+$/.test(entry) ? index === Number(entry) : entry !== '' && uuid.startsWith(entry),
    );
    if (gpu === undefined) break;
    if (!kept.includes(gpu)) kept.push(gpu);
  }
  return kept;
}

function numberOf(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || text === '' || !Number.isFinite(value) ? undefined : value;
}

function bytesOf(text: string | undefined): number | undefined {
  const value = numberOf(text);
  return value === undefined ? undefined : value * MEBIBYTE;
}

import { availableParallelism } from 'node:os';
import { treeUsage } from '../process/usage';
import { followNvidia, type GpuSample, type GpuStream } from '../train/devices/nvidia';
import { encodeNumber } from '../store/events';
import type { NewEvent } from '../store/events';

/** Milliseconds between two looks. */
const PAUSE = 2_000;
const MEBIBYTE = 1024 * 1024;

interface Followed {
  readonly stage: string;
  readonly pid: number;
  /** Number of its GPU; undefined where it may use any. */
  readonly gpu: number | undefined;
  readonly began: number;
  before: { readonly at: number; readonly cpuSeconds: number } | undefined;
}

/**
 * Tells what trainings use while they run, as series beside their losses: processor, memory, and of their GPUs utilisation, memory and
 * power, every two seconds. Steps are seconds since the training began. One `nvidia-smi` serves all of them.
 */
export class UsageMeter {
  readonly #write: (event: NewEvent) => void;
  readonly #pause: number;
  readonly #followed = new Set<Followed>();
  #timer: NodeJS.Timeout | undefined;
  #gpus: Promise<GpuStream | undefined> | undefined;
  #busy = false;

  constructor(write: (event: NewEvent) => void, pause = PAUSE) {
    this.#write = write;
    this.#pause = pause;
  }

  /**
   * Follows a stage's process and everything it starts.
   * @param gpu number of the GPU that it was given, `any` where it may use any, `none` where it uses none
   * @returns ends it
   */
  follow(stage: string, pid: number, gpu: number | 'any' | 'none'): () => void {
    const followed: Followed = {
      stage,
      pid,
      gpu: typeof gpu === 'number' ? gpu : undefined,
      began: performance.now(),
      before: undefined,
    };
    this.#followed.add(followed);
    this.#timer ??= setInterval(() => void this.#look(), this.#pause);
    this.#timer.unref();
    if (gpu !== 'none')
      this.#gpus ??= followNvidia((sample) => this.#take(sample), Math.max(1, Math.round(this.#pause / 1000)));
    return () => {
      this.#followed.delete(followed);
      if (this.#followed.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
      void this.close();
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    const stream = this.#gpus;
    this.#gpus = undefined;
    await (await stream)?.close();
  }

  async #look(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (const followed of [...this.#followed]) {
        const usage = await treeUsage(followed.pid);
        if (usage === undefined || !this.#followed.has(followed)) continue;
        const at = performance.now();
        const { before } = followed;
        followed.before = { at, cpuSeconds: usage.cpuSeconds };
        this.#point(followed, 'memory MB', usage.bytes / MEBIBYTE);
        if (before === undefined) continue;
        const share = (100_000 * Math.max(0, usage.cpuSeconds - before.cpuSeconds)) / (at - before.at);
        this.#point(followed, 'CPU %', Math.min(share / availableParallelism(), 100));
      }
    } finally {
      this.#busy = false;
    }
  }

  #take(sample: GpuSample): void {
    for (const followed of this.#followed) {
      if (followed.gpu !== undefined && followed.gpu !== sample.index) continue;
      const name = followed.gpu === undefined && sample.index > 0 ? `GPU ${sample.index}` : 'GPU';
      if (sample.utilization !== undefined) this.#point(followed, `${name} %`, sample.utilization);
      if (sample.memoryUsed !== undefined) this.#point(followed, `${name} memory MB`, sample.memoryUsed / MEBIBYTE);
      if (sample.power !== undefined) this.#point(followed, `${name} power W`, sample.power);
    }
  }

  #point({ stage, began }: Followed, name: string, value: number): void {
    const step = Math.round((performance.now() - began) / 100) / 10;
    this.#write({
      type: 'metric',
      stage,
      name: `device/${name}`,
      step,
      value: encodeNumber(Math.round(value * 10) / 10),
    });
  }
}

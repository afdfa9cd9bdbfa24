import { MODULE } from './kernel/kernel.wasm';

/** What kernel.c exports; pointers are byte offsets into the memory. */
export interface KernelFunctions {
  set_scales(gradientScale: number, hessianScale: number, shift: number): void;
  bin_categories(values: number, count: number, lane: number): void;
  bin_column(values: number, count: number, thresholds: number, lane: number): void;
  binary_loss(raw: number, labels: number, count: number, gradients: number, stats: number): void;
  softmax_loss(raw: number, labels: number, count: number, classes: number, probabilities: number, stats: number): void;
  softmax_gradients(probabilities: number, labels: number, count: number, index: number, gradients: number): void;
  squared_loss(raw: number, labels: number, count: number, stats: number): void;
  squared_gradients(raw: number, labels: number, count: number, gradients: number): void;
  poisson_loss(raw: number, labels: number, count: number, stats: number): void;
  poisson_gradients(raw: number, labels: number, count: number, gradients: number): void;
  pinball_loss(raw: number, labels: number, count: number, quantile: number): number;
  pinball_gradients(raw: number, labels: number, count: number, quantile: number, gradients: number): void;
  gather(gradients: number, rows: number, count: number, ordered: number, sum: number): void;
  histogram(
    bins: number,
    total: number,
    groups: number,
    groupCount: number,
    rows: number,
    count: number,
    ordered: number,
    histograms: number,
  ): void;
  subtract(parent: number, child: number, groups: number, groupCount: number): void;
  best_split(
    histograms: number,
    features: number,
    featureCount: number,
    thresholds: number,
    total: number,
    l2: number,
    least: number,
    leastHessian: number,
    split: number,
  ): void;
  best_split_ruled(
    histograms: number,
    features: number,
    featureCount: number,
    thresholds: number,
    kinds: number,
    total: number,
    rules: number,
    split: number,
  ): void;
  leaf_value(total: number, l1: number, l2: number): number;
  partition_set(lane: number, rows: number, count: number, set: number, scratch: number): number;
  partition(lane: number, rows: number, count: number, bin: number, missingLeft: number, scratch: number): number;
  add_value(raw: number, rows: number, count: number, value: number): void;
  add_tree(bins: number, total: number, nodes: number, rows: number, count: number, raw: number): void;
  node_sums(data: number, rows: number, count: number, sums: number): void;
  forest_split(
    data: number,
    features: number,
    featureCount: number,
    cuts: number,
    rows: number,
    count: number,
    sums: number,
    table: number,
    counts: number,
    left: number,
    least: number,
    cut: number,
  ): void;
}

/** Bytes of one group of four features in a histogram: 4 × 256 bins × two 64-bit integers. */
export const GROUP_BYTES = 4 * 256 * 16;
export const LANES = 4;
/** Bin of a missing value. */
export const MISSING = 255;
const PAGE = 65536;
const MOST_PAGES = 65536;

// TypeScript knows WebAssembly only with the DOM's types, which this part does without.
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface Wasm {
  Module: new (bytes: Uint8Array) => object;
  Memory: new (size: { initial: number; maximum: number }) => WasmMemory;
  Instance: new (module: object, imports: object) => { readonly exports: Record<string, unknown> };
}

/** The kernel needs more than WebAssembly's 4 GiB. */
export class KernelMemoryError extends Error {
  override readonly name = 'KernelMemoryError';
}

/** One instance of the kernel with its own memory, handed out from the start and given back as a whole. */
export class Kernel {
  readonly call: KernelFunctions;
  private readonly memory: WasmMemory;
  private top: number;

  constructor() {
    const wasm = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
    this.memory = new wasm.Memory({ initial: 2, maximum: MOST_PAGES });
    const instance = new wasm.Instance(new wasm.Module(Buffer.from(MODULE, 'base64')), {
      env: { memory: this.memory },
    });
    this.call = instance.exports as unknown as KernelFunctions;
    this.top = (instance.exports as unknown as { __heap_base: { value: number } }).__heap_base.value;
  }

  /** Room for `bytes`, aligned to 16, zeroed. Views made earlier are void when the memory grows. */
  allocate(bytes: number): number {
    const start = Math.ceil(this.top / 16) * 16;
    const end = start + bytes;
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / PAGE);
    if (end > MOST_PAGES * PAGE) throw new KernelMemoryError();
    if (missing > 0) {
      try {
        this.memory.grow(missing);
      } catch {
        throw new KernelMemoryError();
      }
    }
    this.top = end;
    return start;
  }

  f32(at: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, length);
  }
  f64(at: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, at, length);
  }
  u8(at: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, length);
  }
  u32(at: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, at, length);
  }
}

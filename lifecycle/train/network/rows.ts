/** Where batches come from: rows in memory, or a file of rows that is larger than memory. */
import { type FileHandle, open } from 'node:fs/promises';
import { type Random } from '../../statistics/random';

/** Rows for training: standardised inputs, targets and row weights, all row-major. */
export interface Rows {
  readonly rows: number;
  /** [rows, F] */
  readonly inputs: Float32Array;
  /** [rows, outputs]: smoothed classes, or standardised values. */
  readonly targets: Float32Array;
  /** [rows] */
  readonly weights: Float32Array;
}

/** Where the rows of a batch are put. */
export type BatchArrays = Omit<Rows, 'rows'>;

/** One pass over the rows, in an order that depends on its random stream only. */
export interface Pass {
  readonly rows: number;
  /** Puts the next `size` rows at the front of the arrays. */
  take(size: number, into: BatchArrays): Promise<void> | void;
  /** Goes on as if that many rows had been taken. */
  skip(size: number): Promise<void> | void;
}

export interface RowSource {
  /** Rows of a pass. */
  readonly rows: number;
  pass(random: Random): Pass;
  close(): Promise<void>;
}

/** Rows in memory. `order` gives the rows of a pass, each as often as it is seen: all of them once unless given. */
export function memoryRows(
  rows: Rows,
  order?: { readonly rows: number; draw(random: Random): Uint32Array },
): RowSource {
  const width = rows.inputs.length / Math.max(1, rows.rows);
  const outputs = rows.targets.length / Math.max(1, rows.rows);
  return {
    rows: order?.rows ?? rows.rows,
    pass(random) {
      const chosen = order ? order.draw(random) : random.permutation(rows.rows);
      let at = 0;
      return {
        rows: chosen.length,
        take(size, into) {
          for (let i = 0; i < size; i++) {
            const row = chosen[at + i]!;
            into.inputs.set(rows.inputs.subarray(row * width, (row + 1) * width), i * width);
            for (let k = 0; k < outputs; k++) into.targets[i * outputs + k] = rows.targets[row * outputs + k]!;
            into.weights[i] = rows.weights[row]!;
          }
          at += size;
        },
        skip(size) {
          at += size;
        },
      };
    },
    close: () => Promise.resolve(),
  };
}

/** The rows of a pass in which every class is seen equally often; each class's rows come round before one comes twice. */
export function balancedOrder(
  classOf: ArrayLike<number>,
  classes: number,
  how: 'oversample' | 'undersample',
): { readonly rows: number; draw(random: Random): Uint32Array } {
  const members = Array.from({ length: classes }, (): number[] => []);
  for (let row = 0; row < classOf.length; row++) members[classOf[row]!]!.push(row);
  const present = members.filter((rows) => rows.length > 0);
  const sizes = present.map((rows) => rows.length);
  const each = how === 'oversample' ? Math.max(...sizes) : Math.min(...sizes);
  return {
    rows: each * present.length,
    draw(random) {
      const drawn = new Uint32Array(each * present.length);
      present.forEach((rows, k) => {
        for (let from = 0; from < each; from += rows.length) {
          const order = random.permutation(rows.length);
          for (let i = 0; i < Math.min(rows.length, each - from); i++) drawn[k * each + from + i] = rows[order[i]!]!;
        }
      });
      return random.shuffle(drawn);
    },
  };
}

/** Rows that are read together. */
const BLOCK_ROWS = 2048;
/** Bytes within which rows are shuffled. */
const WINDOW_BYTES = 64 * 1024 * 1024;

/**
 * Rows in a file of float32 records [inputs…, targets…, weight]. A pass goes through blocks in random order, a window of them at a time, and through the
 * rows of a window in random order: near enough to a shuffle of everything, in memory that does not grow with the data.
 */
export class RowFile implements RowSource {
  private constructor(
    private readonly file: FileHandle,
    readonly rows: number,
    private readonly width: number,
    private readonly outputs: number,
  ) {}

  static async open(path: string, rows: number, width: number, outputs: number): Promise<RowFile> {
    return new RowFile(await open(path, 'r'), rows, width, outputs);
  }

  pass(random: Random): Pass {
    const record = this.width + this.outputs + 1;
    const blocks = Math.ceil(this.rows / BLOCK_ROWS);
    const order = random.permutation(blocks);
    const perWindow = Math.max(1, Math.floor(WINDOW_BYTES / (BLOCK_ROWS * record * 4)));
    const sizeOf = (block: number): number => Math.min(BLOCK_ROWS, this.rows - block * BLOCK_ROWS);
    let buffer: Float32Array | undefined;
    let next = 0;
    let shuffled: Uint32Array = new Uint32Array(0);
    let at = 0;
    /** The window's rows, read only when they are wanted. */
    let load: (() => Promise<void>) | undefined;
    const advance = (): void => {
      const chosen = Array.from(order.subarray(next, next + perWindow));
      next += chosen.length;
      at = 0;
      shuffled = random.permutation(chosen.reduce((sum, block) => sum + sizeOf(block), 0));
      load = async () => {
        buffer ??= new Float32Array(perWindow * BLOCK_ROWS * record);
        let put = 0;
        for (const block of chosen) {
          const bytes = new Uint8Array(buffer.buffer, put * record * 4, sizeOf(block) * record * 4);
          await readFully(this.file, bytes, block * BLOCK_ROWS * record * 4);
          put += sizeOf(block);
        }
        load = undefined;
      };
    };
    const { width, outputs } = this;
    return {
      rows: this.rows,
      async take(size, into) {
        for (let i = 0; i < size; i++) {
          if (at === shuffled.length) advance();
          if (load) await load();
          const from = shuffled[at++]! * record;
          into.inputs.set(buffer!.subarray(from, from + width), i * width);
          into.targets.set(buffer!.subarray(from + width, from + width + outputs), i * outputs);
          into.weights[i] = buffer![from + record - 1]!;
        }
      },
      skip(size) {
        for (let left = size; left > 0;) {
          if (at === shuffled.length) advance();
          const some = Math.min(left, shuffled.length - at);
          at += some;
          left -= some;
        }
      },
    };
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

async function readFully(file: FileHandle, into: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new Error('a file of rows is shorter than it was written');
    done += bytesRead;
  }
}

import { type Tree } from '../../model/ensemble';

/** A finished tree, and the bin behind each threshold: left is ≤ bin. */
export interface Grown {
  readonly tree: Tree;
  readonly bin: Uint32Array;
}

interface Division {
  readonly feature: number;
  readonly bin: number;
  readonly threshold: number;
  readonly missingLeft: number;
  readonly gain: number;
  /** Of a categorical split. */
  readonly set?: Uint32Array;
  readonly leftCount: number;
  readonly rightCount: number;
}

/** A tree under construction: every node is a leaf until it is split. */
export class Growing {
  private readonly feature: number[] = [];
  private readonly bin: number[] = [];
  private readonly threshold: number[] = [];
  private readonly missingLeft: number[] = [];
  private readonly left: number[] = [];
  private readonly right: number[] = [];
  private readonly value: number[] = [];
  private readonly gain: number[] = [];
  private readonly counts: number[] = [];
  private readonly sets = new Map<number, Uint32Array>();

  add(count: number): number {
    this.feature.push(-1);
    for (const list of [this.bin, this.threshold, this.missingLeft, this.left, this.right, this.value, this.gain])
      list.push(0);
    return this.counts.push(count) - 1;
  }

  split(node: number, how: Division): [left: number, right: number] {
    this.feature[node] = how.feature;
    this.bin[node] = how.bin;
    this.threshold[node] = how.threshold;
    this.missingLeft[node] = how.missingLeft;
    this.gain[node] = how.gain;
    if (how.set) this.sets.set(node, how.set);
    const left = this.add(how.leftCount);
    const right = this.add(how.rightCount);
    this.left[node] = left;
    this.right[node] = right;
    return [left, right];
  }

  leaf(node: number, value: number): void {
    this.value[node] = value;
  }

  finish(): Grown {
    return {
      tree: {
        feature: Int32Array.from(this.feature),
        threshold: Float32Array.from(this.threshold),
        missingLeft: Uint8Array.from(this.missingLeft),
        left: Int32Array.from(this.left),
        right: Int32Array.from(this.right),
        value: Float64Array.from(this.value),
        gain: Float64Array.from(this.gain),
        count: Uint32Array.from(this.counts),
        ...(this.sets.size > 0 && { sets: this.sets }),
      },
      bin: Uint32Array.from(this.bin),
    };
  }
}

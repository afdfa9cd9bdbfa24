/** A node of the tree being grown, with its rows. Pointers are into the kernel. */
export interface Part {
  readonly node: number;
  /** First of its rows and how many. */
  readonly start: number;
  readonly count: number;
  readonly depth: number;
  /** Its sum of gradients and Hessians. */
  readonly total: number;
  /** Its value as a leaf, before shrinkage. */
  readonly value: number;
  /** Bounds of its value under monotone constraints. */
  readonly low: number;
  readonly high: number;
}

/** A leaf that may still be split. */
export interface Open extends Part {
  readonly gain: number;
  /** kernel.c's Split record of its best split. */
  readonly split: number;
  /** Its histograms; −1 when they were given up for want of memory. */
  slot: number;
}

/** Open leaves, the most gainful first; of equal gains the older one. A binary heap. */
export class Leaves {
  private readonly heap: Open[] = [];

  push(leaf: Open): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(leaf);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(leaf, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = leaf;
  }

  pop(): Open | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }

  /** The leaf that comes last among those that hold histograms. */
  leastWithSlot(): Open | undefined {
    let least: Open | undefined;
    for (const leaf of this.heap) if (leaf.slot >= 0 && (least === undefined || before(least, leaf))) least = leaf;
    return least;
  }
}

function before(a: Open, b: Open): boolean {
  return a.gain > b.gain || (a.gain === b.gain && a.node < b.node);
}

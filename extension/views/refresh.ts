/** Milliseconds between two refreshes of a tree: at least, and at most. */
const LEAST = 300;
const MOST = 3_000;

/**
 * Refreshes a tree that changes all the time no faster than it can be shown: VS Code queues refreshes, and on a busy machine a queue that only grows
 * would show what was long ago.
 */
export class Refresh {
  private pending: NodeJS.Timeout | undefined;
  private fired = 0;
  private pause = LEAST;

  constructor(private readonly fire: () => void) {}

  request(): void {
    this.pending ??= setTimeout(() => {
      this.pending = undefined;
      this.fired = performance.now();
      this.fire();
    }, this.pause);
  }

  /** Nodes that are given to VS Code: how long it waited for them sets the pace. */
  async timed<T>(nodes: Promise<T>): Promise<T> {
    try {
      return await nodes;
    } finally {
      if (this.pending === undefined)
        this.pause = Math.min(MOST, Math.max(LEAST, 2 * (performance.now() - this.fired)));
    }
  }
}

/**
 * Does something soon after it is asked for, no more often than every `gap` milliseconds and never twice at once: the first of several calls does
 * not wait.
 */
export class Pace {
  private pending: NodeJS.Timeout | undefined;
  private last = -Infinity;
  private busy = false;
  private again = false;
  private over = false;

  constructor(
    private readonly gap: number,
    private readonly act: () => void | Promise<void>,
  ) {}

  /** Calls close together are one; a call while it is being done is done afterwards. */
  ask(): void {
    if (this.over) return;
    if (this.busy) this.again = true;
    else
      this.pending ??= setTimeout(() => void this.now(), Math.max(together, this.last + this.gap - performance.now()));
  }

  private async now(): Promise<void> {
    this.pending = undefined;
    this.last = performance.now();
    this.busy = true;
    try {
      await this.act();
    } finally {
      this.busy = false;
      if (this.again) {
        this.again = false;
        this.ask();
      }
    }
  }

  dispose(): void {
    this.over = true;
    clearTimeout(this.pending);
  }
}

/** Milliseconds within which calls after a silence are one. */
const together = 10;

/** Does something soon after it is asked for, and no more often than every `gap` milliseconds: the first of several calls does not wait. */
export class Pace {
  private pending: NodeJS.Timeout | undefined;
  private last = -Infinity;

  constructor(
    private readonly gap: number,
    private readonly act: () => void,
  ) {}

  /** Calls close together are one. */
  ask(): void {
    this.pending ??= setTimeout(
      () => {
        this.pending = undefined;
        this.last = performance.now();
        this.act();
      },
      Math.max(together, this.last + this.gap - performance.now()),
    );
  }

  dispose(): void {
    clearTimeout(this.pending);
    this.pending = undefined;
  }
}

/** Milliseconds within which calls after a silence are one. */
const together = 10;

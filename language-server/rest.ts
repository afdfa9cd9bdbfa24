import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Characters of text that were read anew since the last collection, from which on collecting is worth its pause. */
const MUCH = 30e6;
/** Milliseconds without a change. */
const QUIET = 4000;

/**
 * Gives memory back while nobody types. Node collects old garbage only when more is asked for; after an hour in a long file, what earlier texts left
 * behind would stay with the editor until then.
 */
export class Rest {
  private read = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly collect: () => void = collector(),
    private readonly quiet = QUIET,
  ) {}

  /** @param length characters of the text that changed */
  changed(length: number): void {
    this.read += length;
    if (this.read < MUCH) return;
    if (this.timer) this.timer.refresh();
    else
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.read = 0;
        this.collect();
      }, this.quiet).unref();
  }
}

function collector(): () => void {
  let gc: (() => void) | undefined;
  return () => {
    if (!gc) {
      setFlagsFromString('--expose-gc');
      gc = runInNewContext('gc') as () => void;
      setFlagsFromString('--no-expose-gc');
    }
    gc();
  };
}

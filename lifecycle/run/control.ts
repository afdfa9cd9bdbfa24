import type { ControlAction, ControlState } from '../store/control';
import type { StageControl } from '../store/room';

/** A stage's side of pausing, resuming and finishing early: told by the supervisor, asked by the room. */
export class ControlPort implements StageControl {
  #paused = false;
  #finishing = false;
  #stopped: string | undefined;
  #shown: ControlState = 'running';
  readonly #listeners = new Set<(action: ControlAction) => void>();

  /** @param say told when the stage really rests, goes on, or will finish early */
  constructor(private readonly say: (state: ControlState) => void) {}

  get finishing(): boolean {
    return this.#finishing;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** What a room said of having stopped early. */
  get stoppedAt(): string | undefined {
    return this.#stopped;
  }

  /** Takes a wish of the user. */
  take(action: ControlAction): void {
    if (action === 'pause') this.#paused = true;
    else this.#paused = false;
    if (action === 'finish') this.#finishing = true;
    for (const listener of [...this.#listeners]) listener(action);
    if (action === 'finish') this.#show('finishing');
  }

  async rest(signal: AbortSignal): Promise<void> {
    if (!this.#paused) return;
    this.#show('paused');
    // Something must keep the process alive while nothing happens.
    const alive = setInterval(() => undefined, 60_000);
    try {
      await new Promise<void>((resolve) => {
        const done = () => {
          this.#listeners.delete(heard);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const heard = () => {
          if (!this.#paused) done();
        };
        this.#listeners.add(heard);
        signal.addEventListener('abort', done, { once: true });
        if (signal.aborted) done();
      });
    } finally {
      clearInterval(alive);
    }
    signal.throwIfAborted();
    this.#show(this.#finishing ? 'finishing' : 'running');
  }

  onChange(listener: (action: ControlAction) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** For rooms that pause something else than themselves. */
  tell(state: 'paused' | 'running'): void {
    this.#show(state === 'running' && this.#finishing ? 'finishing' : state);
  }

  stopped(where: string): void {
    this.#stopped = where;
  }

  #show(state: ControlState): void {
    if (state === this.#shown) return;
    this.#shown = state;
    this.say(state);
  }
}

/** Wishes on their way to the stage that runs: those that come before it begins wait. */
export class Steering {
  #port: ControlPort | undefined;
  #early: ControlAction[] = [];

  take(action: ControlAction): void {
    if (this.#port === undefined) this.#early.push(action);
    else this.#port.take(action);
  }

  /** Gives the stage its side. */
  open(say: (state: ControlState) => void): ControlPort {
    const port = new ControlPort(say);
    this.#port = port;
    for (const action of this.#early) port.take(action);
    this.#early = [];
    return port;
  }
}

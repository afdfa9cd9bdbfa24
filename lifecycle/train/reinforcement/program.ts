/** An environment that is a program of the user's. It reads a JSON object a line and answers each with one. See docs/reinforcement.md. */
import { UserError } from '../../problem';
import { type Child, start } from '../../process/spawn';
import { type Environment, type EnvironmentShape, type Transition } from './environment';

export interface ProgramOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Told every line that is no answer. */
  readonly output: (line: string) => void;
  readonly signal: AbortSignal;
  /** Milliseconds that an answer may take. */
  readonly patience?: number;
}

const PATIENCE = 60_000;
const MOST_OBSERVATIONS = 100_000;
const MOST_ACTIONS = 10_000;
const LAST_LINES = 20;

/** Starts the program and asks it what it is. */
export async function startProgram(options: ProgramOptions): Promise<Environment> {
  const talk = await Talk.begin(options);
  try {
    const shape = shapeOf(await talk.ask({ describe: true }), talk);
    const observationOf = (answer: Answer) => observation(answer, shape, talk);
    return {
      shape,
      reset: async (seed) => observationOf(await talk.ask({ reset: seed })),
      step: async (action) => transition(await talk.ask({ step: action }), observationOf, talk),
      close: () => talk.close(),
    };
  } catch (error) {
    await talk.close();
    throw error;
  }
}

type Answer = Readonly<Record<string, unknown>>;

/** One question at a time, and its answer. */
class Talk {
  private waiting: ((answer: Answer | Error) => void) | undefined;
  private readonly last: string[] = [];
  private child!: Child;
  private asked = '';

  private constructor(private readonly options: ProgramOptions) {}

  static async begin(options: ProgramOptions): Promise<Talk> {
    const talk = new Talk(options);
    talk.child = await start(options.command, {
      cwd: options.cwd,
      env: options.env,
      input: true,
      onLine: (line, stream) => talk.hear(line, stream),
    });
    void talk.child.exit.then(({ code, signal }) =>
      talk.settle(talk.fault(`ended with ${signal ?? `exit code ${String(code)}`} when it was asked ${talk.asked}`)),
    );
    options.signal.addEventListener('abort', () => void talk.close(), { once: true });
    return talk;
  }

  ask(question: Answer): Promise<Answer> {
    this.asked = JSON.stringify(question);
    const patience = this.options.patience ?? PATIENCE;
    return new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(
        () => this.settle(this.fault(`gave no answer to ${this.asked} within ${patience / 1000} s`)),
        patience,
      );
      this.waiting = (answer) => {
        clearTimeout(timer);
        this.waiting = undefined;
        if (this.options.signal.aborted) reject(this.options.signal.reason as Error);
        else if (answer instanceof Error) reject(answer);
        else resolve(answer);
      };
      this.child.input?.write(`${this.asked}\n`);
    });
  }

  /** A mistake of the program, with what it said last. */
  fault(what: string): UserError {
    const shown = this.options.command.join(' ');
    return new UserError({
      code: 'environment-failed',
      message: `The environment \`${shown}\` ${what}.`,
      hint: 'docs/reinforcement.md shows what it is asked and how it answers.',
      path: ['reinforcement', 'environment'],
      details: [...this.last],
    });
  }

  async close(): Promise<void> {
    this.child.input?.end();
    await this.child.end(2_000);
  }

  private hear(line: string, stream: 'stdout' | 'stderr'): void {
    const answer = stream === 'stdout' && line.trimStart().startsWith('{') ? objectIn(line) : undefined;
    if (answer !== undefined && this.waiting !== undefined) return this.settle(answer);
    if (this.last.push(line) > LAST_LINES) this.last.shift();
    this.options.output(line);
  }

  private settle(answer: Answer | Error): void {
    this.waiting?.(answer);
  }
}

function objectIn(line: string): Answer | undefined {
  try {
    // Python writes NaN and Infinity, which are not JSON; they are refused below as what they are.
    return JSON.parse(line.replace(/\b(-?Infinity|NaN)\b/g, 'null')) as Answer;
  } catch {
    return undefined;
  }
}

function shapeOf(answer: Answer, talk: Talk): EnvironmentShape {
  const list = (key: string, prefix: string, most: number): string[] => {
    const given = answer[key];
    const names =
      typeof given === 'number' && Number.isInteger(given) && given >= 1 && given <= most
        ? Array.from({ length: given }, (_, i) => `${prefix}${i}`)
        : given;
    if (
      !Array.isArray(names) ||
      names.length === 0 ||
      names.length > most ||
      !names.every((name) => typeof name === 'string' && name !== '') ||
      new Set(names).size !== names.length
    )
      throw talk.fault(`described itself without \`${key}\`: it is a number from 1, or a list of different names`);
    return names as string[];
  };
  const observations = list('observations', 'x', MOST_OBSERVATIONS);
  const actions = list('actions', 'action', MOST_ACTIONS);
  if (actions.length < 2) throw talk.fault('has one action only, so there is nothing to choose');
  return { observations, actions };
}

function observation(answer: Answer, { observations }: EnvironmentShape, talk: Talk): Float32Array {
  const given = answer['observation'];
  if (!Array.isArray(given) || given.length !== observations.length)
    throw talk.fault(
      `answered with an observation of ${Array.isArray(given) ? `${given.length} numbers` : 'no numbers'}; it described ${observations.length}`,
    );
  given.forEach((value, i) => {
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw talk.fault(`observed ${JSON.stringify(value)} for ${observations[i]!}, which is not a finite number`);
  });
  return Float32Array.from(given as number[]);
}

function transition(answer: Answer, observe: (answer: Answer) => Float32Array, talk: Talk): Transition {
  const { reward, done = false, truncated = false } = answer;
  if (typeof reward !== 'number' || !Number.isFinite(reward))
    throw talk.fault(`gave the reward ${JSON.stringify(reward)}, which is not a finite number`);
  if (typeof done !== 'boolean' || typeof truncated !== 'boolean')
    throw talk.fault('gave a `done` or `truncated` that is neither true nor false');
  return { observation: observe(answer), reward, done, truncated };
}

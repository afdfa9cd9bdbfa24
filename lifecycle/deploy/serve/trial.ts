import type { RolloutState } from '../../../schemas/generated/types';
import type { Difference } from '../../store/live';
import { RolloutController, type RolloutTurn } from '../rollout/controller';
import { scoreOf } from '../rollout/figures';
import type { RolloutPlan } from '../rollout/strategy';
import { answered, type Answered } from './answer';
import type { HttpRequest } from '../../net/server';
import type { ServedVersion } from './version';
import type { Asked } from './v2';

type Side = 'live' | 'candidate';

/** Requests whose outcome may still come. */
const REMEMBERED = 50_000;
/** Mirrored rows that may wait; more are not mirrored. */
const MIRRORED = 2_000;
/** The first pairs of times do not count: caches are cold. */
const COLD = 5;
/** Pairs that differ, kept for reading. */
const SHOWN = 50;

/** What both versions said of a request that was answered, for as long as its outcome may come. */
interface Remembered {
  readonly side: Side;
  readonly rows: number;
  readonly said: Partial<Record<Side, Said>>;
  actual?: readonly Actual[];
}

/** What came true of a row; null where it is not known. */
type Actual = string | number | boolean | null;

/** Index of the class by row, or the predicted numbers. */
type Said = Int32Array | Float32Array;

/** A roll-out that goes on: which version answers a request, what the other one would have said, and what it all means. */
export class Trial {
  readonly controller: RolloutController;
  readonly live: ServedVersion;
  readonly candidate: ServedVersion;
  /** Requests that could not be mirrored because too many waited. */
  dropped = 0;
  /** Requests of the candidate that the live version answered instead. */
  rescued = 0;
  readonly differences: Difference[] = [];
  readonly #remembered = new Map<string, Remembered>();
  readonly #turned: (turn: RolloutTurn) => void;
  readonly #salt: string;
  readonly #alike: boolean;
  #count = 0;
  #pairs = 0;
  #least = Infinity;
  #most = -Infinity;

  constructor(
    plan: RolloutPlan,
    id: string,
    live: ServedVersion,
    candidate: ServedVersion,
    options: { readonly from?: RolloutState; readonly turned: (turn: RolloutTurn) => void },
  ) {
    this.live = live;
    this.candidate = candidate;
    this.#turned = options.turned;
    this.#salt = id;
    this.controller = new RolloutController(
      plan,
      { id, model: live.model.name, live: live.model.version, candidate: candidate.model.version },
      Date.now(),
      options.from,
    );
    const shape = ({ model }: ServedVersion) =>
      JSON.stringify([model.info.inputs.map(({ name, type }) => [name, type]).sort(), model.info.classes ?? []]);
    this.#alike = shape(live) === shape(candidate);
  }

  /** Which version answers a request. The same client gets the same version, also when the share grows. */
  choose(request: HttpRequest, id: string, first: (column: string) => unknown): ServedVersion {
    const { weight } = this.controller;
    if (weight === 0) return this.live;
    if (weight === 1) return this.candidate;
    const { sticky } = this.controller.plan;
    const header = sticky?.header === undefined ? undefined : request.headers[sticky.header.toLowerCase()];
    const given = sticky?.column === undefined ? header : first(sticky.column);
    const key = typeof given === 'string' || typeof given === 'number' ? String(given) : id;
    return hash(this.#salt + key) < weight ? this.candidate : this.live;
  }

  /** Only for versions that take the same columns and give the same classes can the other be asked the same. */
  get comparable(): boolean {
    return this.#alike;
  }

  answered(version: ServedVersion, id: string, asked: Asked, answer: Answered, seconds: number): void {
    const side: Side = version === this.candidate ? 'candidate' : 'live';
    const { controller } = this;
    controller.asked(side, seconds);
    const remembered: Remembered = { side, rows: asked.rows, said: { [side]: saidIn(answer) } };
    this.#remember(id, remembered);
    const mirrored = side === 'candidate' || controller.weight === 0;
    if (controller.open && mirrored && this.#alike && this.#sampled())
      this.#mirror(side, id, asked, answer, remembered);
    this.#consider();
  }

  failed(version: ServedVersion): void {
    this.controller.asked(version === this.candidate ? 'candidate' : 'live', undefined);
    this.#consider();
  }

  /** The outcome of a request. @returns whether the request is remembered */
  outcome(id: string, actual: readonly Actual[] | undefined, value: number | undefined): boolean {
    const remembered = this.#remembered.get(id);
    if (remembered === undefined) return false;
    if (value !== undefined) this.controller[remembered.side].worth(value);
    if (actual !== undefined && remembered.actual === undefined) {
      remembered.actual = actual;
      this.#score(remembered);
    }
    this.#consider();
    return true;
  }

  /** Looks whether a step ran out of time. */
  tick(): void {
    this.#consider();
  }

  #consider(): void {
    const now = Date.now();
    if (!this.controller.due(now)) return;
    const turn = this.controller.look(now);
    if (turn !== undefined) this.#turned(turn);
  }

  #sampled(): boolean {
    const { mirror } = this.controller.plan;
    // Every n-th, evenly: 0.3 mirrors the requests at which ⌊0.3 n⌋ rises.
    const n = ++this.#count;
    return mirror === 1 || Math.floor(n * mirror) > Math.floor((n - 1) * mirror);
  }

  #mirror(side: Side, id: string, asked: Asked, answer: Answered, remembered: Remembered): void {
    const other = side === 'candidate' ? this.live : this.candidate;
    if (other.model.waitingRows() > MIRRORED) {
      this.dropped++;
      return;
    }
    const toOther: Side = side === 'candidate' ? 'live' : 'candidate';
    // What a client waits for goes first.
    setImmediate(
      () => void this.#askBoth(side, toOther, id, asked, answer, remembered).finally(() => this.#consider()),
    );
  }

  /** Asks the other version too; while times are taken also the same again, one after the other and either of them first by turns. */
  async #askBoth(side: Side, toOther: Side, id: string, asked: Asked, answer: Answered, remembered: Remembered) {
    const again = this.controller.pairs.timing;
    const ownFirst = again && this.#count % 2 === 0;
    let own = ownFirst ? await this.#askAgain(side, asked, true) : undefined;
    const said = await this.#askAgain(toOther, asked, again);
    this.#mirrored(toOther, said?.seconds);
    if (said === undefined) return;
    remembered.said[toOther] = saidIn(said.answer);
    this.#compare(id, side === 'live' ? answer : said.answer, side === 'live' ? said.answer : answer);
    this.#score(remembered);
    if (again && !ownFirst) own = await this.#askAgain(side, asked, true);
    if (own) this.#timed({ [toOther]: said.seconds, [side]: own.seconds } as Record<Side, number>);
  }

  /**
   * Asks a version once more, beside its clients while times are taken, else among them: then its runs need not be one by one.
   * @returns undefined when it fails
   */
  async #askAgain(
    side: Side,
    { columns, rows }: Asked,
    beside: boolean,
  ): Promise<{ answer: Answered; seconds: number } | undefined> {
    const version = this[side];
    const { model } = version;
    const begin = performance.now();
    version.inFlight++;
    try {
      const { value, seconds } = beside
        ? await model.predictBeside(columns, rows)
        : { value: await model.predict(columns, rows), seconds: (performance.now() - begin) / 1000 };
      return { answer: answered(model.info, value, rows), seconds };
    } catch {
      return undefined;
    } finally {
      version.inFlight--;
    }
  }

  #timed({ live, candidate }: Readonly<Record<Side, number>>): void {
    if (this.#pairs++ >= COLD) this.controller.pairs.timed(live, candidate);
  }

  #mirrored(side: Side, seconds: number | undefined): void {
    const { controller } = this;
    // At all requests or none the other version has no clients of its own to be measured by.
    if (controller.weight === 0 || controller.weight === 1) controller.asked(side, seconds);
    else controller.mirrored(seconds === undefined);
  }

  /** The live version answered what the candidate could not. */
  saved(): void {
    this.rescued++;
    this.controller.mirrored(false);
  }

  #compare(id: string, live: Answered, candidate: Answered): void {
    const { pairs } = this.controller;
    const width = this.live.model.info.classes?.length ?? 2;
    const { classes } = this.live.model.info;
    pairs.requests++;
    for (let row = 0; row < live.rows; row++) {
      const [a, b] = [scoreOf(live.predictions, row, width), scoreOf(candidate.predictions, row, width)];
      pairs.rows++;
      pairs.live.add(a);
      pairs.candidate.add(b);
      const gap = Math.abs(a - b);
      pairs.sumDifference += gap;
      pairs.largest = Math.max(pairs.largest, gap);
      this.#least = Math.min(this.#least, a);
      this.#most = Math.max(this.#most, a);
      const differs =
        live.labels === undefined
          ? gap > 0.01 * (this.#most - this.#least)
          : live.labels[row] !== candidate.labels?.[row];
      if (!differs) continue;
      pairs.differing++;
      if (this.differences.length >= SHOWN) continue;
      const shown = (answer: Answered, score: number) =>
        answer.labels ? String(classes?.[answer.labels[row] ?? 0]) : score;
      this.differences.push({ id, row, live: shown(live, a), candidate: shown(candidate, b) });
    }
  }

  #score({ said: { live, candidate }, actual, rows }: Remembered): void {
    if (live === undefined || candidate === undefined || actual === undefined) return;
    const { pairs } = this.controller;
    const { classes } = this.live.model.info;
    for (let row = 0; row < rows; row++) {
      const truth = actual[row];
      if (truth === null || truth === undefined) continue;
      if (classes === undefined) {
        if (typeof truth === 'number')
          pairs.distance(Math.abs((live[row] ?? NaN) - truth), Math.abs((candidate[row] ?? NaN) - truth));
        continue;
      }
      const wanted = classes.findIndex((value) => String(value) === String(truth));
      pairs.outcome(live[row] === wanted, candidate[row] === wanted);
    }
  }

  #remember(id: string, remembered: Remembered): void {
    this.#remembered.set(id, remembered);
    if (this.#remembered.size > REMEMBERED) {
      const oldest = this.#remembered.keys().next().value;
      if (oldest !== undefined) this.#remembered.delete(oldest);
    }
  }
}

function saidIn({ labels, predictions }: Answered): Said {
  // A copy: the array is a part of its batch, which would stay in memory.
  return labels ?? predictions.prediction?.slice() ?? new Float32Array(0);
}

/** FNV-1a with a finishing mix, as a number in [0, 1). */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 0x100000000;
}

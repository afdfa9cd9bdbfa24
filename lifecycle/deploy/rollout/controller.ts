import type { RolloutFinding, RolloutState } from '../../../schemas/generated/types';
import { PairFigures, VersionFigures } from './figures';
import { judge } from './gates';
import type { RolloutPlan } from './strategy';

/** What is rolled out, in place of what. */
export interface RolloutSubject {
  readonly id: string;
  readonly model: string;
  readonly live: number;
  readonly candidate: number;
}

/** What a look at the figures led to. */
export type RolloutTurn =
  | { readonly to: 'step'; readonly step: number; readonly findings: readonly RolloutFinding[] }
  | {
      readonly to: 'passed' | 'promoted' | 'rolled-back';
      readonly reason: string;
      readonly findings: readonly RolloutFinding[];
    };

/** Looks at the figures before the window is full, at these shares of it; each must be surer, by the second number. */
const EARLY: readonly (readonly [number, number])[] = [
  [0.1, 1000],
  [0.25, 100],
  [0.5, 20],
  [0.75, 10],
];
/** The first answers of a version are slow: caches are cold. Their times do not count. */
const COLD = 5;

/**
 * Decides how a roll-out goes on. Knows no model, no clock and no socket: it is told what happened, and asked.
 * A step is judged when its window is full; before that only a worsening beyond all doubt ends it.
 */
export class RolloutController {
  readonly plan: RolloutPlan;
  readonly subject: RolloutSubject;
  live = new VersionFigures();
  candidate = new VersionFigures();
  pairs = new PairFigures();
  status: RolloutState['status'] = 'running';
  reason: string | undefined;
  findings: readonly RolloutFinding[] = [];
  step = 0;
  #asked = 0;
  #looks = 0;
  #began: number;
  readonly #started: string;

  /** @param from the state of a roll-out that was interrupted: it goes on with the step it had, whose figures begin anew */
  constructor(plan: RolloutPlan, subject: RolloutSubject, now: number, from?: RolloutState) {
    this.plan = plan;
    this.subject = subject;
    this.#began = now;
    this.#started = from?.started ?? new Date(now).toISOString();
    if (from === undefined) return;
    this.step = Math.min(from.step, plan.steps.length - 1);
    this.status = from.status;
    this.reason = from.reason;
  }

  /** Share of the requests that the candidate answers now. */
  get weight(): number {
    if (this.status === 'promoted') return 1;
    if (this.status === 'rolled-back') return 0;
    return this.plan.steps[this.step] ?? 0;
  }

  get open(): boolean {
    return this.status === 'running' || this.status === 'passed';
  }

  /** A version was asked and answered, or failed (`seconds` undefined). */
  asked(version: 'live' | 'candidate', seconds: number | undefined): void {
    const figures = this[version];
    if (version === 'candidate') this.#asked++;
    if (seconds === undefined) figures.failed();
    else if (version === 'candidate' && this.#asked <= COLD) figures.requests++;
    else figures.answered(seconds);
  }

  /** The live version was asked what the candidate was asked too: tells how often it fails, not how long it takes among clients. */
  mirrored(failed: boolean): void {
    if (failed) this.live.failed();
    else this.live.requests++;
  }

  /** Whether something is to be decided now: cheap, asked after every request. */
  due(now: number): boolean {
    if (this.status !== 'running') return false;
    if (this.#full()) return true;
    if (now - this.#began > this.plan.timeout * 1000) return true;
    const next = EARLY[this.#looks];
    return next !== undefined && this.#progress() >= next[0];
  }

  /** Judges. @returns what changes, or undefined when nothing does */
  look(now: number): RolloutTurn | undefined {
    if (this.status !== 'running') return undefined;
    const full = this.#full();
    const late = now - this.#began > this.plan.timeout * 1000;
    const early = full ? undefined : EARLY.findLast(([share], i) => i >= this.#looks && this.#progress() >= share);
    if (!full && !late && early === undefined) return undefined;
    if (early !== undefined) this.#looks = EARLY.indexOf(early) + 1;
    const findings = this.measure(full || late ? 1 : early?.[1]);
    this.findings = findings;
    const failed = findings.filter(({ verdict }) => verdict === 'fail');
    if (failed.length > 0 && this.plan.guard) return this.#end('rolled-back', this.#blame(failed));
    if (!full) {
      if (!late) return undefined;
      return this.#end(
        'rolled-back',
        `${this.#title()}: not enough came in ${this.plan.timeout} s to judge it (${this.candidate.requests} of ${this.plan.requests} requests${
          this.plan.labels > 0 ? `, ${this.labels} of ${this.plan.labels} outcomes` : ''
        }).`,
      );
    }
    if (this.step + 1 < this.plan.steps.length) {
      this.step++;
      this.#renew(now);
      return { to: 'step', step: this.step, findings };
    }
    const verdict = failed.length > 0 ? this.#blame(failed) : `${this.#title()}: every gate holds.`;
    return this.#end(this.plan.promote && failed.length === 0 ? 'promoted' : 'passed', verdict);
  }

  /** What the gates say of the figures as they are now. */
  measure(strictness = 1): RolloutFinding[] {
    return judge(this.plan.gates, { live: this.live, candidate: this.candidate, pairs: this.pairs }, strictness);
  }

  /** Ends it because somebody says so. */
  decide(status: 'promoted' | 'rolled-back', reason: string): RolloutTurn {
    return this.#end(status, reason);
  }

  /** Outcomes known in this step. */
  get labels(): number {
    if (this.plan.gates.value && !this.plan.gates.accuracy && !this.plan.gates.error)
      return Math.min(this.live.value.n, this.candidate.value.n);
    return this.pairs.labelled;
  }

  state(now: number): RolloutState {
    const { subject, plan } = this;
    return {
      format: 1,
      id: subject.id,
      status: this.status,
      strategy: plan.kind,
      model: subject.model,
      live: subject.live,
      candidate: subject.candidate,
      started: this.#started,
      time: new Date(now).toISOString(),
      step: this.step,
      steps: plan.steps.map((share) => Math.round(share * 1e4) / 100),
      weight: this.weight,
      requests: this.candidate.requests,
      needed: plan.requests,
      ...(plan.labels > 0 && { labels: this.labels }),
      ...(this.reason !== undefined && { reason: this.reason }),
      findings: this.status === 'running' ? this.measure() : [...this.findings],
    };
  }

  #full(): boolean {
    return this.candidate.requests >= this.plan.requests && this.labels >= this.plan.labels;
  }

  #progress(): number {
    const requests = this.candidate.requests / this.plan.requests;
    return this.plan.labels === 0 ? requests : Math.min(requests, this.labels / this.plan.labels);
  }

  #renew(now: number): void {
    this.live = new VersionFigures();
    this.candidate = new VersionFigures();
    this.pairs = new PairFigures();
    this.#looks = 0;
    this.#began = now;
  }

  #end(to: 'passed' | 'promoted' | 'rolled-back', reason: string): RolloutTurn {
    this.status = to;
    this.reason = reason;
    return { to, reason, findings: this.findings };
  }

  #title(): string {
    const { kind, steps } = this.plan;
    const percent = Math.round((steps[this.step] ?? 0) * 1000) / 10;
    const name = kind === 'ab' ? 'A/B' : `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
    return `${name} of version ${this.subject.candidate}${kind === 'shadow' ? '' : ` at ${percent} %`}`;
  }

  #blame(failed: readonly RolloutFinding[]): string {
    return `${this.#title()}: ${failed.map(({ gate, say, p }) => `${gate}: ${say}${p === undefined ? '' : ` (p = ${p < 1e-4 ? p.toExponential(0) : p.toPrecision(2)})`}`).join('; ')}.`;
  }
}

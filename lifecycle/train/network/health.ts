/** Watches over a training and says in plain words what goes wrong, each thing once. */
import { everyPlaced, type Placed, type PlainLayer } from '../../model/layers';
import { type NetworkPlan } from '../../model/network';
import { type Report } from '../trainer';
import { probe, trained } from './step';

export interface HealthOptions {
  readonly clipped: boolean;
  readonly earlyStopping: boolean;
  readonly epochs: number;
  /** The schedule lowers the learning rate by itself, so that the loss settles at the end as it should. */
  readonly lowered: boolean;
}

/** Epochs after which layers are looked into. */
const LOOKS = new Set([1, 3, 10, 30, 100]);
const DEAD_SHARE = 0.97;
const VANISHED = 1e-6;

export class Health {
  private readonly said = new Set<string>();
  private readonly norms: number[] = [];
  private spikes = 0;
  private readonly losses: number[] = [];
  private readonly judged: number[] = [];

  constructor(
    private readonly plan: NetworkPlan,
    private readonly report: Report,
    private readonly options: HealthOptions,
  ) {}

  private say(code: string, message: string, hint: string, path: (string | number)[] = ['training']): void {
    if (this.said.has(code)) return;
    this.said.add(code);
    this.report.log('warning', message, { code, hint, path });
  }

  /** After each step. */
  step(norm: number): void {
    const usual = this.norms.length < 20 ? undefined : this.norms.toSorted((a, b) => a - b)[this.norms.length >> 1]!;
    if (usual !== undefined && norm > 100 * usual && norm > 1) this.spikes++;
    this.norms.push(norm);
    if (this.norms.length > 100) this.norms.shift();
    if (this.spikes < 3 || this.options.clipped) return;
    this.say(
      'gradients-explode',
      `The gradient was ${Math.round(norm / (usual ?? norm)).toLocaleString('en')} times as long as usual, for the third time: steps that large undo what was learnt.`,
      'Set `gradient-clip: 1`, or lower the learning rate.',
    );
  }

  wantsLook(epoch: number): boolean {
    return LOOKS.has(epoch);
  }

  /** What each layer makes, and what reaches it. */
  look(epoch: number, seen: Readonly<Record<string, number>>): void {
    for (const { placed, entry } of withEntries(this.plan.layout.placed)) {
      const share = seen[probe.zeros(placed.name)];
      if (share === undefined || share < DEAD_SHARE || !dies(placed.layer)) continue;
      this.say(
        'units-dead',
        `After epoch ${epoch}, ${(100 * share).toFixed(0)} % of what layer '${placed.name}' makes is zero: most of its units learn nothing.`,
        'Lower the learning rate, use the activation leaky-relu or gelu, or put a normalisation before it.',
        entry === undefined ? ['model'] : ['model', 'layers', entry],
      );
    }
    const slopes = trained(this.plan)
      .filter(({ shape }) => shape.length > 1)
      .map(({ name }) => ({
        name,
        share: (seen[probe.slope(name)] ?? 0) / Math.max(1e-12, seen[probe.size(name)] ?? 1),
      }));
    const [first, last] = [slopes[0], slopes.at(-1)];
    if (first === undefined || last === undefined || last.share === 0 || first === last) return;
    if (first.share > VANISHED * last.share) return;
    this.say(
      'gradients-vanish',
      `Hardly any gradient reaches '${first.name}': ${first.share === 0 ? 'none' : `${(last.share / first.share).toExponential(0)} times less than the last layer`}.`,
      'Use residual layers, a normalisation between layers, or the activation relu in place of sigmoid or tanh.',
      ['model'],
    );
  }

  epoch(epoch: number, loss: number, judged: number | undefined): void {
    this.losses.push(loss);
    if (judged !== undefined) this.judged.push(judged);
    this.overfitting(epoch);
    this.plateau(epoch);
  }

  private overfitting(epoch: number): void {
    if (this.options.earlyStopping || this.judged.length < 6 || this.judged.length !== this.losses.length) return;
    const best = this.judged.indexOf(Math.min(...this.judged));
    const now = this.judged.length - 1;
    if (now - best < 5 || this.judged[now]! < 1.1 * this.judged[best]! || this.losses[now]! > 0.95 * this.losses[best]!)
      return;
    this.say(
      'overfitting',
      `The validation loss has risen from ${short(this.judged[best]!)} (epoch ${best + 1}) to ${short(this.judged[now]!)} (epoch ${epoch}) while the training loss fell: the network learns the training rows by heart.`,
      'Add `early-stopping: {patience: 5}`, which keeps the best epoch; or dropout, weight decay, fewer units, more data.',
    );
  }

  private plateau(epoch: number): void {
    const window = Math.max(10, Math.round(this.options.epochs / 5));
    if (this.options.earlyStopping || this.options.lowered || this.losses.length <= window) return;
    const half = window >> 1;
    const mean = (losses: readonly number[]): number => losses.reduce((sum, value) => sum + value, 0) / losses.length;
    const [before, since] = [mean(this.losses.slice(-2 * half, -half)), mean(this.losses.slice(-half))];
    if (since < before - 0.005 * Math.abs(before) || epoch === this.options.epochs) return;
    this.say(
      'plateau',
      `The training loss has hardly changed for ${2 * half} epochs: ${short(before)}, then ${short(since)} on average.`,
      'Change the learning rate (`schedule: plateau` lowers it by itself), or stop here: `early-stopping`.',
    );
  }
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Does it make zeros only when its units are dead? */
function dies(layer: PlainLayer): boolean {
  return 'activation' in layer && ['relu', 'relu6'].includes(layer.activation);
}

/** Every layer with the index of the entry of the user's that it belongs to. */
export function withEntries(placed: readonly Placed[]): { placed: Placed; entry: number | undefined }[] {
  return placed.flatMap((each) => everyPlaced([each]).map((one) => ({ placed: one, entry: each.entry })));
}

import { h } from '../ui-kit';
import { number } from '../ui-kit/format';
import type { Series } from '../protocol';
import { checkpointed, checkpointText, type MarkSource } from './marks';

/** Charts are drawn on a canvas: this says them to a screen reader, each curve in a sentence. */
function summaryOf(
  members: readonly Series[],
  labelOf: (series: Series) => string,
  source: Pick<MarkSource, 'checkpointsOf'>,
): string {
  const kept = new Map(checkpointed(members, source).map(({ member, checkpoints }) => [member, checkpoints]));
  return members
    .map((member) => {
      const { values, broken, points } = member;
      const numbers = values.filter((value): value is number => value !== null);
      const last = numbers.at(-1);
      const name = labelOf(member) || member.name;
      const checkpoints = kept.get(member);
      const marks = checkpoints ? ` ${checkpointText(checkpoints)}.` : '';
      if (last === undefined) return `${name}: no finite value.${marks}`;
      const least = (member.low ?? values).reduce<number>((a, b) => (b === null ? a : Math.min(a, b)), Infinity);
      const most = (member.high ?? values).reduce<number>((a, b) => (b === null ? a : Math.max(a, b)), -Infinity);
      return `${name}: ${points} point${points === 1 ? '' : 's'}, last ${number(last)}, smallest ${number(least)}, largest ${number(most)}${broken > 0 ? `, ${broken} not finite` : ''}.${marks}`;
    })
    .join(' ');
}

/** Five points of each curve, and the newest checkpoints, as a table. */
function tableOf(
  caption: string,
  members: readonly Series[],
  labelOf: (series: Series) => string,
  source: Pick<MarkSource, 'checkpointsOf'>,
): HTMLTableElement {
  const row = (head: string, cells: readonly string[]) =>
    h('tr', {}, h('th', { scope: 'row' }, head), ...cells.map((cell) => h('td', {}, cell)));
  const curves = members.map((member) => {
    const { steps, values } = member;
    const at = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * (values.length - 1)));
    return row(
      labelOf(member) || member.name,
      [...new Set(at)]
        .filter((index) => index >= 0)
        .map((index) => `${steps[index] ?? ''}: ${number(values[index] ?? null)}`),
    );
  });
  const kept = checkpointed(members, source).map(({ member, checkpoints }) =>
    row(
      `Newest checkpoints of ${member.stage}`,
      checkpoints.marks
        .slice(-5)
        .map(({ step, epoch }) => `step ${step}${epoch === undefined ? '' : `, epoch ${epoch}`}`),
    ),
  );
  return h('table', {}, h('caption', {}, caption), ...curves, ...kept);
}

/** What the words of a chart are made of. */
export interface Said {
  readonly caption: string;
  readonly members: readonly Series[];
  readonly labelOf: (series: Series) => string;
  readonly source: MarkSource;
}

/** Milliseconds. */
const pace = 1_000;

/** The sentence and the table of a chart; while it grows they follow once a second. */
export class Words {
  readonly summary = h('p', { class: 'unseen' });
  readonly table = h('div', { class: 'unseen' });
  private at = -Infinity;
  private next: (() => Said) | undefined;

  renew(said: () => Said): void {
    const waits = this.next !== undefined;
    this.next = said;
    const wait = this.at + pace - performance.now();
    if (wait <= 0) this.write();
    else if (!waits) setTimeout(() => this.write(), wait);
  }

  private write(): void {
    if (!this.next) return;
    const { caption, members, labelOf, source } = this.next();
    this.next = undefined;
    this.at = performance.now();
    this.summary.textContent = summaryOf(members, labelOf, source);
    this.table.replaceChildren(tableOf(caption, members, labelOf, source));
  }
}

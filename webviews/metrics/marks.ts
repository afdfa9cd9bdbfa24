import type uPlot from 'uplot';
import { h } from '../ui-kit';
import type { Series, StageCheckpoints } from '../protocol';
import { xAtTime, xOf, type XAxis } from './smooth';

/** What stands at the edges of a chart beside its curves. */
export interface MarkSource {
  readonly axis: XAxis;
  colorOf(series: Series): string;
  checkpointsOf(series: Series): StageCheckpoints | undefined;
}

const symbols = { broken: '▼', checkpoint: '◆' } as const;

/** A triangle at the top edge where a point was not finite, a diamond at the bottom edge where the training was kept on disk. */
export function drawMarks(plot: uPlot, members: readonly Series[], source: MarkSource): void {
  const { ctx, bbox } = plot;
  const size = 5 * devicePixelRatio;
  const draw = (at: number, corners: (x: number) => readonly (readonly [number, number])[]): void => {
    const x = plot.valToPos(at, 'x', true);
    if (!(x >= bbox.left && x <= bbox.left + bbox.width)) return;
    ctx.beginPath();
    for (const [left, top] of corners(x)) ctx.lineTo(left, top);
    ctx.fill();
  };
  for (const member of members) {
    ctx.fillStyle = source.colorOf(member);
    for (const step of member.brokenAt)
      draw(source.axis === 'step' ? step : nearX(member, step, source.axis), (x) => [
        [x - size, bbox.top],
        [x + size, bbox.top],
        [x, bbox.top + size * 1.5],
      ]);
  }
  const bottom = bbox.top + bbox.height;
  for (const { member, checkpoints } of checkpointed(members, source)) {
    ctx.fillStyle = source.colorOf(member);
    for (const { time } of checkpoints.marks)
      draw(xAtTime(member, time, source.axis), (x) => [
        [x - size, bottom - size],
        [x, bottom - 2 * size],
        [x + size, bottom - size],
        [x, bottom],
      ]);
  }
}

/** What the marks of a chart mean; nothing where it has none. */
export function markLegend(
  members: readonly Series[],
  source: MarkSource,
): readonly { readonly key: string; readonly make: () => HTMLElement }[] {
  const broken = members.some(({ brokenAt }) => brokenAt.length > 0);
  const kept = checkpointed(members, source).length > 0;
  const entry = (symbol: string, words: string) => ({
    key: words,
    make: () => h('span', { class: 'mark' }, h('span', { 'aria-hidden': 'true' }, symbol), ` ${words}`),
  });
  return [
    ...(broken ? [entry(symbols.broken, 'not finite')] : []),
    ...(kept ? [entry(symbols.checkpoint, 'checkpoint')] : []),
  ];
}

/** The first curve of each stage of each run that kept checkpoints: they belong to the stage. */
export function checkpointed(
  members: readonly Series[],
  { checkpointsOf }: Pick<MarkSource, 'checkpointsOf'>,
): { readonly member: Series; readonly checkpoints: StageCheckpoints }[] {
  const seen = new Set<string>();
  return members.flatMap((member) => {
    const checkpoints = checkpointsOf(member);
    const key = `${member.run}\n${member.stage}`;
    if (!checkpoints || checkpoints.count === 0 || seen.has(key)) return [];
    seen.add(key);
    return [{ member, checkpoints }];
  });
}

/** Where the checkpoints of a chart stand on its horizontal axis. */
export const checkpointPlaces = (members: readonly Series[], source: MarkSource): number[] =>
  checkpointed(members, source).flatMap(({ member, checkpoints }) =>
    checkpoints.marks.map(({ time }) => xAtTime(member, time, source.axis)),
  );

/** Checkpoints in words. */
export function checkpointText({ count, marks }: StageCheckpoints): string {
  const last = marks.at(-1);
  const where = last ? ` at step ${last.step}${last.epoch === undefined ? '' : ` (epoch ${last.epoch})`}` : '';
  return count === 1 ? `1 checkpoint${where}` : `${count} checkpoints, the last${where}`;
}

function nearX(series: Series, step: number, axis: XAxis): number {
  const at = series.steps.findIndex((each) => each >= step);
  return xOf(series, axis)[at < 0 ? series.steps.length - 1 : at] ?? step;
}

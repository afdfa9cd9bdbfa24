import { csvOf } from '../../lifecycle/query';
import { lineChart } from '../ui-kit/chart';
import { draw } from '../ui-kit/svg';
import type { Series } from '../protocol';
import { smoothed, xOf, type XAxis } from './smooth';

/** Every point that is on screen, one a line. */
export function csvText(members: readonly Series[], labels: readonly string[]): string {
  function* lines() {
    for (const [place, { run, stage, name, steps, epochs, times, values, low, high }] of members.entries())
      for (const [index, step] of steps.entries()) {
        const time = times?.[index];
        yield [
          labels[place],
          run,
          stage,
          name,
          step,
          epochs?.[index] ?? undefined,
          time === undefined ? undefined : new Date(time).toISOString(),
          values[index] ?? undefined,
          low?.[index] ?? undefined,
          high?.[index] ?? undefined,
        ];
      }
  }
  return csvOf(['curve', 'run', 'stage', 'metric', 'step', 'epoch', 'time', 'value', 'low', 'high'], lines());
}

/** The same of means over runs. @param axis what they are placed on */
export function csvOfMeans(members: readonly Series[], labels: readonly string[], axis: XAxis): string {
  function* lines() {
    for (const [place, { stage, name, steps, values, low, high }] of members.entries())
      for (const [index, x] of steps.entries())
        yield [
          labels[place],
          stage,
          name,
          x,
          values[index] ?? undefined,
          low?.[index] ?? undefined,
          high?.[index] ?? undefined,
        ];
  }
  return csvOf(['curve', 'stage', 'metric', axis, 'mean', 'low', 'high'], lines());
}

/** The chart as a picture of its own: colours are written into it, so that it looks the same everywhere. */
export function svgText(
  title: string,
  members: readonly Series[],
  labels: readonly string[],
  strokes: readonly { readonly color: string }[],
  { axis, smoothing }: { readonly axis: XAxis; readonly smoothing: number },
  /** Places of checkpoints on the horizontal axis. */
  checkpoints: readonly number[] = [],
): string {
  const figure = lineChart({
    title,
    summary: labels.join(', '),
    curves: members.map((member, hue) => ({
      name: labels[hue] ?? '',
      x: xOf(member, axis),
      y: smoothed(member.values, smoothing),
      hue,
    })),
    bands: members.flatMap((member, hue) =>
      member.low && member.high ? [{ x: xOf(member, axis), low: member.low, high: member.high, hue }] : [],
    ),
    xLabel: axis,
    yLabel: title,
    width: 640,
    height: 360,
    ...(checkpoints.length > 0 ? { diamonds: { name: 'checkpoint', x: checkpoints } } : {}),
  });
  const picture = figure.querySelector('svg');
  if (!picture) return '';
  picture.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  picture.querySelectorAll('path.curve').forEach((path, index) => {
    path.setAttribute('fill', 'none');
    path.setAttribute('stroke', strokes[index]?.color ?? '#808080');
    path.setAttribute('stroke-width', '1.6');
  });
  const banded = strokes.filter((_, place) => members[place]?.low && members[place]?.high);
  picture.querySelectorAll('polygon.band').forEach((band, index) => {
    band.setAttribute('fill', banded[index]?.color ?? '#808080');
    band.setAttribute('fill-opacity', '0.2');
  });
  picture.querySelectorAll('.dot, .diamond').forEach((mark) => mark.setAttribute('fill', '#808080'));
  // A picture of its own has no legend beside it.
  if (checkpoints.length > 0) picture.append(draw('text', { x: 630, y: 355, 'text-anchor': 'end' }, '◆ checkpoint'));
  picture.querySelectorAll('line').forEach((line) => {
    line.setAttribute('stroke', '#808080');
    line.setAttribute('stroke-width', '0.5');
  });
  picture.querySelectorAll('text').forEach((text) => {
    text.setAttribute('fill', '#666666');
    text.setAttribute('font-size', '11');
    text.setAttribute('font-family', 'sans-serif');
  });
  return new XMLSerializer().serializeToString(picture);
}

/** The canvas as base64, without the head of a data URL. */
export function pngOf(canvas: HTMLCanvasElement | undefined): string {
  return canvas?.toDataURL('image/png').replace(/^data:image\/png;base64,/, '') ?? '';
}

import type uPlot from 'uplot';

/** What the keys of a chart do, in words. */
export const keysHint = 'Arrow keys move the crosshair, plus and minus zoom, 0 shows all again.';

/** What the types of uPlot leave out: the crosshairs of the other charts go along. */
interface Publishing extends uPlot {
  setCursor(at: { readonly left: number; readonly top: number }, fire?: boolean, publish?: boolean): void;
}

/**
 * The crosshair and the zoom of a plot by keyboard: ← and → go from point to point (ten with Shift), Home and End to the ends of what is seen,
 * + and − zoom around the crosshair, 0 and Escape show everything again.
 * @returns whether the key was one of these
 */
export function plotKey(plot: uPlot, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const xs = plot.data[0];
  const { min, max } = plot.scales['x'] ?? {};
  if (xs.length === 0 || typeof min !== 'number' || typeof max !== 'number') return false;
  const [first, last] = [seenFrom(xs, min), seenTo(xs, max)];
  const at = typeof plot.cursor.idx === 'number' ? plot.cursor.idx : undefined;
  const step = event.shiftKey ? 10 : 1;
  const publishing: Publishing = plot;
  const goTo = (index: number): void => {
    const x = xs[Math.min(last, Math.max(first, index))];
    if (x !== undefined) publishing.setCursor({ left: plot.valToPos(x, 'x'), top: 0 }, true, true);
  };
  const width = plot.over.clientWidth;
  const middle = at === undefined ? width / 2 : plot.valToPos(xs[at] ?? min, 'x');
  const [least, most] = [xs[0] ?? min, xs[xs.length - 1] ?? max];
  const zoom = (from: number, to: number): void => {
    const [low, high] = [plot.posToVal(from, 'x'), plot.posToVal(to, 'x')];
    plot.setScale('x', { min: Math.max(low, least), max: Math.min(high, most) });
  };
  switch (event.key) {
    case 'ArrowRight':
      goTo(at === undefined ? first : at + step);
      return true;
    case 'ArrowLeft':
      goTo(at === undefined ? last : at - step);
      return true;
    case 'Home':
      goTo(first);
      return true;
    case 'End':
      goTo(last);
      return true;
    case '+':
    case '=':
      if (last - first > 1) zoom(middle - middle / 2, middle + (width - middle) / 2);
      return true;
    case '-':
      zoom(-middle, width + (width - middle));
      return true;
    case '0':
    case 'Escape':
      plot.setScale('x', { min: least, max: most });
      return true;
    default:
      return false;
  }
}

function seenFrom(xs: ArrayLike<number>, min: number): number {
  let index = 0;
  while (index < xs.length - 1 && (xs[index] ?? min) < min) index++;
  return index;
}

function seenTo(xs: ArrayLike<number>, max: number): number {
  let index = xs.length - 1;
  while (index > 0 && (xs[index] ?? max) > max) index--;
  return index;
}

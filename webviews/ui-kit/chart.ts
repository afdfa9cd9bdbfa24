import { h } from './dom';
import { extent, padded, path, scale, spread, ticks, toNumber, type Loose, written } from './figure';
import { number, tick, ticksText } from './format';
import { draw } from './svg';

/** One curve of a small chart. */
export interface Curve {
  readonly name: string;
  readonly x: readonly Loose[];
  readonly y: readonly Loose[];
  /** Place in the palette. */
  readonly hue: number;
  readonly dashed?: boolean;
  /** Dots at all points; their number must be small. A point without neighbours is always a dot. */
  readonly dots?: boolean;
  /** Points that are not joined: faint dots, of which there may be many. */
  readonly cloud?: boolean;
}

export interface ChartOptions {
  readonly title: string;
  /** One sentence that says what the picture shows. */
  readonly summary: string;
  readonly curves: readonly Curve[];
  readonly xLabel: string;
  readonly yLabel: string;
  /** Fixed ends of the axes; without them the data's. */
  readonly x?: readonly [number, number];
  readonly y?: readonly [number, number];
  /** Horizontal lines, such as a limit. */
  readonly levels?: readonly { readonly value: number; readonly text: string }[];
  /** Vertical lines, such as the begin of an alert. */
  readonly verticals?: readonly { readonly x: number; readonly text: string }[];
  /** Diamonds on the lower edge, such as checkpoints. */
  readonly diamonds?: { readonly name: string; readonly x: readonly number[] };
  /** Points that stand out. */
  readonly marks?: readonly { readonly x: number; readonly y: number; readonly text: string }[];
  /** Areas between a lower and an upper line, such as intervals. */
  readonly bands?: readonly {
    readonly x: readonly Loose[];
    readonly low: readonly Loose[];
    readonly high: readonly Loose[];
    readonly hue: number;
  }[];
  /** How values along x are written. */
  readonly xText?: (value: number) => string;
  /** The line y = x, for comparison. */
  readonly diagonal?: boolean;
  readonly width?: number;
  readonly height?: number;
}

const margin = { left: 46, right: 10, top: 6, bottom: 30 };
/** Pixels that a figure takes. */
const figure = 6;
const dashes = ['', '7 3', '2 3', '8 3 2 3'];
const huesCount = 8;

/** A small line chart as SVG, with its sentence, a legend, and a table of its points for those who don't see it. */
export function lineChart(options: ChartOptions): HTMLElement {
  const { title, summary, curves, xLabel, yLabel, width = 280, height = 170 } = options;
  const xs = options.x ?? extent(curves.flatMap(({ x }) => x)) ?? [0, 1];
  const { levels = [], verticals = [], marks: points = [], bands = [], xText = number } = options;
  const ys =
    options.y ??
    padded(
      extent([
        ...curves.flatMap(({ y }) => y),
        ...levels.map(({ value }) => value),
        ...bands.flatMap(({ low, high }) => [...low, ...high]),
      ]) ?? [0, 1],
    );
  const levelled = ticks(ys, 4);
  const texts = ticksText(levelled);
  const longest = Math.max(0, ...texts.map(({ length }) => length));
  const [left, right, top, bottom] = [
    Math.max(margin.left, longest * figure + 8),
    width - margin.right,
    margin.top,
    height - margin.bottom,
  ];
  const [toX, toY] = [scale(xs, [left, right]), scale(ys, [bottom, top])];
  const grid = levelled.flatMap((value, place) => [
    draw('line', { class: 'grid', x1: left, x2: right, y1: toY(value), y2: toY(value) }),
    draw('text', { x: left - 5, y: toY(value) + 3.5, 'text-anchor': 'end' }, texts[place] ?? ''),
  ]);
  const marks = (options.xText ? [xs[0], xs[1]] : placesOf(xs, curves)).map((value, index) =>
    draw(
      'text',
      {
        x: toX(value),
        y: bottom + 13,
        'text-anchor': options.xText ? (index === 0 ? 'start' : 'end') : 'middle',
      },
      (options.xText ?? tick)(value),
    ),
  );
  const areas = bands.map(({ x, low, high, hue }) => {
    const edge = (ys: readonly Loose[]): (readonly [number, number])[] =>
      x.flatMap((each, index) => {
        const point = [toX(toNumber(each)), toY(toNumber(ys[index]))] as const;
        return isSeen(point) ? [point] : [];
      });
    const outline = [...edge(high), ...edge(low).reverse()];
    return draw('polygon', {
      class: `band hue-${hue % huesCount}`,
      points: outline.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join(' '),
    });
  });
  const guides = [
    ...levels.flatMap(({ value, text }) => [
      draw('path', { class: 'guide', d: `M${left} ${toY(value)}H${right}` }),
      draw('text', { x: right, y: toY(value) - 3, 'text-anchor': 'end' }, text),
    ]),
    // What began after the last point stands at the end; what began before the first one has no place.
    ...verticals
      .filter(({ x }) => x >= xs[0])
      .map(({ x, text }) =>
        draw(
          'path',
          { class: 'guide alert', d: `M${toX(Math.min(x, xs[1]))} ${top}V${bottom}` },
          draw('title', {}, text),
        ),
      ),
  ];
  const dots = points
    .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))
    .map(({ x, y, text }) =>
      draw(
        'path',
        { class: 'mark', d: `M${toX(x) - 5} ${toY(y) + 4}h10l-5 -9z` },
        draw('title', {}, `${xText(x)}: ${number(y)} ${text}`),
      ),
    );
  const diamonds = (options.diamonds?.x ?? [])
    .filter((x) => x >= xs[0] && x <= xs[1])
    .map((x) =>
      draw(
        'path',
        { class: 'diamond', d: `M${toX(x) - 3.5} ${bottom}l3.5 -3.5l3.5 3.5l-3.5 3.5z` },
        draw('title', {}, `${options.diamonds?.name ?? ''}: ${xText(x)}`),
      ),
    );
  const lines = curves.flatMap((curve) => {
    const points = pointsOf(curve).map(([x, y]) => [toX(x), toY(y)] as const);
    const look = `hue-${curve.hue % huesCount}`;
    if (curve.cloud)
      return points.filter(isSeen).map(([cx, cy]) => draw('circle', { class: `dot cloud ${look}`, cx, cy, r: 1.8 }));
    return [
      draw('path', { class: `curve ${look}`, d: path(points), 'stroke-dasharray': dashOf(curve) || 'none' }),
      ...points
        .filter(
          (point, index) => isSeen(point) && (curve.dots || !(isSeen(points[index - 1]) || isSeen(points[index + 1]))),
        )
        .map(([cx, cy]) => draw('circle', { class: `dot ${look}`, cx, cy, r: 2.5 })),
    ];
  });
  const diagonal = options.diagonal
    ? [draw('path', { class: 'guide', d: path([[toX(xs[0]), toY(ys[0])], [toX(xs[1]), toY(ys[1])]]) })] // prettier-ignore
    : [];
  const picture = draw(
    'svg',
    { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `${title}. ${summary}` },
    ...grid,
    draw('line', { class: 'axis', x1: left, x2: right, y1: bottom, y2: bottom }),
    ...marks,
    draw('text', { x: (left + right) / 2, y: height - 3, 'text-anchor': 'middle' }, xLabel),
    ...diagonal,
    ...areas,
    ...guides,
    ...lines,
    ...dots,
    ...diamonds,
  );
  const element = h(
    'figure',
    { class: 'figure chart' },
    h('figcaption', { class: 'title' }, h('strong', {}, title), h('span', { class: 'says' }, summary)),
    picture,
    curves.length > 1 || diamonds.length > 0
      ? legend(curves, diamonds.length > 0 ? options.diamonds?.name : undefined)
      : false,
    h('div', { class: 'unseen' }, pointTable(title, xLabel, yLabel, curves, xText)),
  );
  charted.set(element, options);
  return element;
}

/** Where the marks of the horizontal axis stand: there is no half of a step or a trial. */
function placesOf(ends: readonly [number, number], curves: readonly Curve[]): number[] {
  const found = ticks(ends, 4);
  const whole = ends[1] - ends[0] > 1 && curves.every(({ x }) => x.every((each) => Number.isInteger(toNumber(each))));
  return whole ? found.filter(Number.isInteger) : found;
}

const charted = new WeakMap<HTMLElement, ChartOptions>();

/** Every point of a chart's curves, as rows of a table; undefined for what is no chart. */
export function pointsOfChart(
  figure: HTMLElement,
): { readonly head: readonly string[]; readonly rows: readonly (readonly (string | number)[])[] } | undefined {
  const options = charted.get(figure);
  return (
    options && {
      head: ['curve', options.xLabel, options.yLabel],
      rows: options.curves.flatMap((curve) => pointsOf(curve).map(([x, y]) => [curve.name, x, y])),
    }
  );
}

const isSeen = (point: readonly [number, number] | undefined): boolean =>
  point !== undefined && Number.isFinite(point[0]) && Number.isFinite(point[1]);

const pointsOf = ({ x, y }: Curve): (readonly [number, number])[] =>
  x.map((each, index) => [toNumber(each), toNumber(y[index])]);

const dashOf = ({ hue, dashed }: Curve): string =>
  dashed ? '5 4' : (dashes[Math.floor(hue / huesCount) % dashes.length] ?? '');

function legend(curves: readonly Curve[], diamonds: string | undefined): HTMLElement {
  return h(
    'div',
    { class: 'legend', 'aria-hidden': 'true' },
    ...curves.map((curve) =>
      h(
        'span',
        { class: 'key' },
        draw(
          'svg',
          { width: 18, height: 8 },
          curve.cloud
            ? draw('circle', { class: `dot cloud hue-${curve.hue % huesCount}`, cx: 9, cy: 4, r: 2.5 })
            : draw('path', {
                class: `curve hue-${curve.hue % huesCount}`,
                d: 'M1 4H17',
                'stroke-dasharray': dashOf(curve) || 'none',
              }),
        ),
        curve.name,
      ),
    ),
    diamonds === undefined
      ? false
      : h(
          'span',
          { class: 'key' },
          draw(
            'svg',
            { width: 9, height: 8 },
            draw('path', { class: 'diamond', d: 'M1 4l3.5 -3.5l3.5 3.5l-3.5 3.5z' }),
          ),
          diamonds,
        ),
  );
}

const tablePoints = 11;

function pointTable(
  title: string,
  xLabel: string,
  yLabel: string,
  curves: readonly Curve[],
  xText: (value: number) => string,
): HTMLElement {
  const most = Math.max(0, ...curves.map(({ x }) => x.length));
  return h(
    'table',
    {},
    h('caption', {}, most > tablePoints ? `${title}: ${tablePoints} points of each curve` : title),
    h('tr', {}, ...['curve', xLabel, yLabel].map((head) => h('th', { scope: 'col' }, head))),
    ...curves.flatMap((curve) =>
      spread(pointsOf(curve), tablePoints).map(([x, y]) =>
        h('tr', {}, h('th', { scope: 'row' }, curve.name), h('td', {}, xText(x)), h('td', {}, number(y))),
      ),
    ),
  );
}

/** A histogram as a small picture: one bar a bin, a single hue. For a sparkline in a table leave title and axis out. */
export function histogram(
  counts: readonly Loose[],
  edges: readonly Loose[],
  says: string,
  size: { readonly width: number; readonly height: number; readonly axis?: boolean },
): SVGElement {
  const { width, height, axis } = size;
  const bottom = axis ? height - 16 : height;
  const most = extent(counts)?.[1] ?? 0;
  const step = width / Math.max(counts.length, 1);
  const bars = counts.map((each, index) => {
    const count = toNumber(each);
    const tall = count > 0 && most > 0 ? Math.max((count / most) * (bottom - 1), 1) : 0;
    return draw(
      'rect',
      { class: 'bar hue-0', x: index * step, y: bottom - tall, width: Math.max(step - 0.8, 0.5), height: tall },
      draw('title', {}, `${written(edges[index])} to ${written(edges[index + 1])}: ${number(count)}`),
    );
  });
  const ends = axis
    ? [
        draw('line', { class: 'axis', x1: 0, x2: width, y1: bottom, y2: bottom }),
        draw('text', { x: 0, y: height - 3 }, written(edges[0])),
        draw('text', { x: width, y: height - 3, 'text-anchor': 'end' }, written(edges.at(-1))),
        ...zeroMark(edges, width, bottom, height),
      ]
    : [];
  return draw(
    'svg',
    { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': says },
    ...bars,
    ...ends,
  );
}

/** A line at zero, where zero lies inside: for residuals. */
function zeroMark(edges: readonly Loose[], width: number, bottom: number, height: number): SVGElement[] {
  const ends = [toNumber(edges[0]), toNumber(edges.at(-1))] as const;
  if (!(ends[0] < 0 && ends[1] > 0)) return [];
  const x = scale(ends, [0, width])(0);
  return [
    draw('path', { class: 'guide', d: `M${x} 0V${bottom}` }),
    draw('text', { x, y: height - 3, 'text-anchor': 'middle' }, '0'),
  ];
}

// Figures of an evaluation as files: the picture as SVG or PNG, its numbers as CSV.

import { csvOf } from '../../lifecycle/query';
import { color, h, openMenu, type MenuItem } from '../ui-kit';
import { pointsOfChart } from '../ui-kit/chart';

export type SaveFigure = (name: string, format: 'csv' | 'svg' | 'png', content: string) => void;

/** Puts a button into the head of a figure that saves it. */
export function saveable(figure: HTMLElement, save: SaveFigure): HTMLElement {
  const title = figure.querySelector('figcaption strong')?.textContent ?? 'figure';
  const head = figure.querySelector('figcaption');
  if (!head) return figure;
  const name = title.replace(/[^\w-]+/g, '-').replace(/^-|-$/g, '') || 'figure';
  const button = h(
    'button',
    {
      class: 'quiet-button save-figure',
      type: 'button',
      'aria-haspopup': 'menu',
      'aria-label': `Save ${title}`,
      title: 'Save',
      onclick: (event) => {
        const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
        openMenu('Save', itemsFor(figure, name, save), { x: box.left, y: box.bottom });
      },
    },
    '⋯',
  );
  head.append(button);
  return figure;
}

function itemsFor(figure: HTMLElement, name: string, save: SaveFigure): MenuItem[] {
  const pictures = [...figure.querySelectorAll('svg')].filter((svg) => !svg.closest('table, .legend'));
  const [picture] = pictures;
  return [
    { label: 'Save as CSV…', act: () => save(name, 'csv', numbersOf(figure)) },
    ...(picture && pictures.length === 1
      ? [
          { label: 'Save as SVG…', act: () => save(name, 'svg', pictureOf(picture)) },
          { label: 'Save as PNG…', act: () => void paint(picture).then((png) => save(name, 'png', png)) },
        ]
      : []),
  ];
}

/** Every point of its curves; of other figures the table that stands in them. */
function numbersOf(figure: HTMLElement): string {
  const chart = pointsOfChart(figure);
  if (chart) return csvOf(chart.head, chart.rows);
  const rows = [...figure.querySelectorAll('tr')].map((row) =>
    [...row.querySelectorAll('th, td')].map((cell) => cell.textContent?.trim() ?? ''),
  );
  return csvOf(rows[0] ?? [], rows.slice(1));
}

/** What of its looks a picture has from the style sheets of its page. */
const looks = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linejoin',
  'font-size',
  'font-family',
  'font-weight',
];

/** The picture on its own, on the ground of the theme that is shown. */
function pictureOf(svg: SVGElement): string {
  const copy = svg.cloneNode(true) as SVGElement;
  const own = [svg, ...svg.querySelectorAll('*')];
  [copy, ...copy.querySelectorAll('*')].forEach((each, index) => {
    const source = own[index];
    if (!source || each === copy) return;
    const style = getComputedStyle(source);
    for (const look of looks) each.setAttribute(look, style.getPropertyValue(look));
    each.removeAttribute('class');
    each.removeAttribute('tabindex');
  });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  ground.setAttribute('width', '100%');
  ground.setAttribute('height', '100%');
  ground.setAttribute('fill', color('--vscode-editor-background', '#ffffff'));
  copy.prepend(ground);
  return new XMLSerializer().serializeToString(copy);
}

/** The same as base64 of a PNG, three pixels for one. */
async function paint(svg: SVGElement): Promise<string> {
  const image = new Image();
  const bytes = new TextEncoder().encode(pictureOf(svg));
  image.src = `data:image/svg+xml;base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = 3 * Number(svg.getAttribute('width'));
  canvas.height = 3 * Number(svg.getAttribute('height'));
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/, '');
}

import type { ShownAnswer, ShownColumn, ShownExample, ShownExamples } from '../../schemas/shown';
import { h } from './dom';
import { percent, written } from './figure';

type Value = ShownExample['values'][number];

/** Rows beside what models say of them: images as images, texts as texts, else a table. */
export function examplesView(shown: ShownExamples): HTMLElement {
  const { examples, columns } = shown;
  if (examples.length === 0) return h('p', { class: 'says' }, 'There are no such rows.');
  const picture = columns.findIndex(({ image }) => image !== undefined);
  if (picture >= 0)
    return h('ul', { class: 'cards', 'aria-label': 'Rows' }, ...examples.map((each) => card(shown, each, picture)));
  const prose = columns.findIndex(({ prose }) => prose === true);
  if (prose >= 0)
    return h('ul', { class: 'texts', 'aria-label': 'Rows' }, ...examples.map((each) => passage(shown, each, prose)));
  return rowTable(shown);
}

/** `The first 20 of 153 rows of test, the worst first.` */
export function examplesSummary({ examples, found, rows, split, models, allColumns, columns }: ShownExamples): string {
  const count = (value: number): string => value.toLocaleString('en');
  const order = models.length > 1 ? 'where they are furthest apart first' : 'the worst first';
  const part = found > examples.length ? `The first ${count(examples.length)} of ${count(found)}` : count(found);
  const less = allColumns > columns.length ? ` ${count(columns.length)} of ${count(allColumns)} columns.` : '';
  return `${part} of ${count(rows)} rows of ${split}${found > 1 ? `, ${order}` : ''}.${less}`;
}

/** Whether an answer is right, by a sign and a word: never by colour alone. */
function answer(shown: ShownExamples, { actual }: ShownExample, said: ShownAnswer, model: string): HTMLElement {
  const right = shown.task !== 'regression' && String(said.predicted) === String(actual);
  const mark = shown.task === 'regression' ? '' : right ? '✓ ' : '✗ ';
  const share = said.probabilities?.find(([label]) => String(label) === String(said.predicted))?.[1];
  return h(
    'span',
    { class: `said ${shown.task === 'regression' ? '' : right ? 'good' : 'bad'}`, title: sharesOf(said) || undefined },
    shown.models.length > 1 ? h('span', { class: 'quiet' }, `${model} `) : false,
    mark,
    shown.task === 'regression' ? written(said.predicted) : label(said.predicted),
    share === undefined ? '' : ` ${percent(share)}`,
  );
}

/** What the others of the most probable classes got. */
const others = (said: ShownAnswer): string =>
  (said.probabilities ?? [])
    .filter(([label]) => String(label) !== String(said.predicted))
    .map(([name, share]) => `${label(name)} ${percent(share)}`)
    .join(' · ');

const sharesOf = (said: ShownAnswer): string =>
  (said.probabilities ?? []).map(([name, share]) => `${label(name)} ${percent(share)}`).join(', ');

const label = (value: ShownExample['actual']): string => (value === null ? '–' : String(value));

function head(shown: ShownExamples, example: ShownExample): HTMLElement {
  const { actual, said, row } = example;
  return h(
    'div',
    { class: 'head' },
    h('span', { class: 'quiet' }, `row ${row.toLocaleString('en')}`),
    h('span', {}, 'true ', h('strong', {}, shown.task === 'regression' ? written(actual) : label(actual))),
    ...said.map((one, at) => answer(shown, example, one, shown.models[at] ?? '')),
    said.length === 1 && said[0] && others(said[0]) ? h('span', { class: 'quiet' }, others(said[0])) : false,
  );
}

function card(shown: ShownExamples, example: ShownExample, at: number): HTMLElement {
  return h(
    'li',
    { class: 'card' },
    picture(example.values[at], shown.columns[at], `Image of row ${example.row}, ${label(example.actual)}`),
    head(shown, example),
    rest(shown, example, at),
  );
}

function passage(shown: ShownExamples, example: ShownExample, at: number): HTMLElement {
  const value = example.values[at];
  return h(
    'li',
    { class: 'passage' },
    head(shown, example),
    h(
      'div',
      { class: 'prose', tabindex: 0, role: 'group', 'aria-label': `Text of row ${example.row}` },
      value === null || value === undefined ? '(no text)' : String(value),
    ),
    rest(shown, example, at),
  );
}

/** The columns that are not the image or the text itself, folded away. */
function rest({ columns }: ShownExamples, { values }: ShownExample, but: number): HTMLElement | false {
  const left = columns.flatMap((column, at) =>
    at === but || column.image ? [] : [[column.name, values[at] ?? null] as const],
  );
  if (left.length === 0) return false;
  const only = left.length === 1 ? left[0] : undefined;
  if (only) return h('div', { class: 'quiet name', title: plain(only[1]) }, `${only[0]} ${plain(only[1])}`);
  return h(
    'details',
    {},
    h('summary', {}, `${left.length} more columns`),
    h('dl', {}, ...left.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, plain(value))])),
  );
}

function rowTable(shown: ShownExamples): HTMLElement {
  const { columns, examples, models, task } = shown;
  const figures = (column: ShownColumn): string | undefined => (column.type === 'number' ? 'figures' : undefined);
  const offBy = task === 'regression' && models.length === 1;
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Rows' },
    h(
      'table',
      {},
      h('caption', { class: 'unseen' }, 'Rows with what is true, what was predicted, and their columns'),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...['row', 'true', ...(models.length > 1 ? models : ['predicted']), ...(offBy ? ['off by'] : [])].map(
            (name) => h('th', { scope: 'col' }, name),
          ),
          ...columns.map((column) => h('th', { scope: 'col', class: figures(column) }, column.name)),
        ),
      ),
      h(
        'tbody',
        {},
        ...examples.map((example) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, example.row.toLocaleString('en')),
            h('td', {}, task === 'regression' ? written(example.actual) : label(example.actual)),
            ...example.said.map((one) =>
              h('td', {}, answer({ ...shown, models: models.slice(0, 1) }, example, one, '')),
            ),
            offBy ? h('td', { class: 'figures' }, difference(example)) : false,
            ...columns.map((column, at) => {
              const text = plain(example.values[at] ?? null);
              return h('td', { class: figures(column), title: text.length > 24 ? text : undefined }, text);
            }),
          ),
        ),
      ),
    ),
  );
}

/** Prediction minus truth, with its sign. */
function difference({ actual, said: [one] }: ShownExample): string {
  const off = Number(one?.predicted) - Number(actual);
  return off > 0 ? `+${written(off)}` : written(off);
}

function plain(value: Value): string {
  if (value === null) return '–';
  // What stands in the data, to be found there again: an id of eight digits is no 1.23e+7.
  if (typeof value === 'number') return String(Number(value.toPrecision(12)));
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : value;
}

/** Smallest side of an image on the screen, in pixels. */
const side = 96;

/** Pixels as two hexadecimal digits a value, drawn as they are; what does not fit the stated size is said to be damaged. */
function picture(value: Value | undefined, column: ShownColumn | undefined, says: string): HTMLElement {
  const shape = column?.image;
  const text = typeof value === 'string' ? value : '';
  if (!shape || text.length !== 2 * shape.height * shape.width * shape.channels || !/^[0-9a-f]*$/i.test(text))
    return h('p', { class: 'quiet' }, text === '' ? '(no image)' : '(damaged image)');
  const { height, width, channels } = shape;
  const factor = Math.max(1, Math.ceil(side / Math.max(height, width)));
  const canvas = h('canvas', {
    width: width * factor,
    height: height * factor,
    role: 'img',
    'aria-label': says,
    class: 'picture',
  });
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  const data = context.createImageData(width * factor, height * factor);
  const at = (pixel: number, channel: number): number => {
    const place = 2 * (pixel * channels + (channels === 1 ? 0 : channel));
    return Number.parseInt(text.slice(place, place + 2), 16);
  };
  for (let y = 0; y < height * factor; y++)
    for (let x = 0; x < width * factor; x++) {
      const pixel = Math.floor(y / factor) * width + Math.floor(x / factor);
      const to = 4 * (y * width * factor + x);
      for (let channel = 0; channel < 3; channel++) data.data[to + channel] = at(pixel, channel);
      data.data[to + 3] = 255;
    }
  context.putImageData(data, 0, 0);
  return canvas;
}

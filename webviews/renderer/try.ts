import type { ModelInfo } from '../../schemas/generated/types';
import type { Asked } from '../protocol';
import { h } from '../ui-kit/dom';
import { percent, toNumber, written, type Loose } from '../ui-kit/figure';
import { number } from '../ui-kit/format';
import { draw } from '../ui-kit/svg';
import { plainText, table } from './parts';
import { snippet } from './snippet';

type Input = ModelInfo['inputs'][number];

/** Asks a deployed model about a row. */
export type Ask = (url: string, row: Readonly<Record<string, unknown>>, key: string) => Promise<Asked>;

/** What was typed into forms, by form and field, so that it is there again when a cell is run again. Keys and tokens are never part of it. */
export interface Drafts {
  of(form: string): Readonly<Record<string, string>>;
  keep(form: string, typed: Readonly<Record<string, string>>): void;
}

interface Field {
  readonly name: string;
  readonly element: HTMLElement;
  readonly control: HTMLInputElement | HTMLSelectElement;
  /** What stands in it at first. */
  readonly first: string;
  /** Undefined where the value is left out. */
  readonly value: () => unknown;
  /** Puts in what was typed before; without it the example. */
  readonly fill: (text?: string) => void;
  /** Marks the field as the one that the server does not take, or no longer. */
  readonly wrong: (is: boolean) => void;
}

/** More fields than these are folded away. */
const mostFields = 30;
const mostClasses = 10;
let forms = 0;

/**
 * A form made of a model's columns that asks where it is served. Nothing leaves the page but by `ask`.
 * @param name of the form, under which what is typed is kept
 */
export function tryForm(name: string, url: string, inputs: readonly Input[], ask: Ask, drafts: Drafts): HTMLElement {
  const place = `try-${++forms}`;
  const fields = inputs.map((input, index) => fieldOf(input, `${place}-${index}`));
  const key = h('input', { type: 'password', autocomplete: 'off', id: `${place}-key` });
  const result = h('div', { class: 'answer', role: 'status' });
  const row = (): Record<string, unknown> =>
    Object.fromEntries(fields.flatMap(({ name, value }) => (value() === undefined ? [] : [[name, value()]])));
  const request = snippet(() => ({ rows: [row()] }), url);
  const button = h('button', { class: 'primary', type: 'button' }, 'Predict');
  const form = h(
    'form',
    { class: 'try', 'aria-label': 'Try the model' },
    h('div', { class: 'fields' }, ...fields.slice(0, mostFields).map(({ element }) => element)),
    fields.length > mostFields
      ? h(
          'details',
          {},
          h('summary', {}, `${fields.length - mostFields} more columns`),
          h('div', { class: 'fields' }, ...fields.slice(mostFields).map(({ element }) => element)),
        )
      : false,
    h(
      'details',
      {},
      h('summary', {}, 'Key'),
      h('label', { for: key.id }, 'API key or token, where the server asks for one. It is kept nowhere.'),
      key,
    ),
    h(
      'div',
      { class: 'buttons' },
      button,
      h(
        'button',
        {
          class: 'plain',
          type: 'button',
          onclick: () => {
            for (const { fill } of fields) fill();
            changed();
            drafts.keep(name, {});
          },
        },
        'Back to the Example',
      ),
    ),
    result,
    h('details', {}, h('summary', {}, 'As a request'), request),
  );
  const changed = (): void => void request.dispatchEvent(new Event('refresh'));
  const send = async (): Promise<void> => {
    if (button.disabled || !form.reportValidity()) return;
    button.disabled = true;
    for (const { wrong } of fields) wrong(false);
    result.replaceChildren(h('p', { class: 'says' }, 'Asking…'));
    const answer = await ask(url, row(), key.value);
    button.disabled = false;
    result.replaceChildren(...answerView(answer));
    const column = 'status' in answer && answer.status >= 400 ? memberOf(answer.body, 'column') : undefined;
    fields.find(({ name }) => name === column)?.wrong(true);
  };
  const before = drafts.of(name);
  for (const field of fields) if (Object.hasOwn(before, field.name)) field.fill(before[field.name]);
  form.addEventListener('input', () => {
    changed();
    // Only what differs from the example: a model with other examples brings its own.
    const typed = fields.filter(({ control, first }) => control.value !== first);
    drafts.keep(name, Object.fromEntries(typed.map((field) => [field.name, field.control.value])));
  });
  button.addEventListener('click', () => void send());
  // A page in a frame may not send forms: nothing is sent but by the editor.
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    void send();
  });
  return form;
}

function fieldOf(input: Input, id: string): Field {
  const { name, type, required = false, example } = input;
  const words =
    type === 'boolean'
      ? ['true', 'false']
      : type === 'text'
        ? (input.categories ?? []).map((each) => String(each))
        : [];
  const first = example === undefined || example === null ? '' : String(example);
  const control =
    words.length > 0
      ? choice(id, words, required, first)
      : h('input', {
          id,
          type: type === 'number' ? 'number' : 'text',
          step: type === 'number' ? 'any' : undefined,
          placeholder: required ? undefined : 'missing',
        });
  control.required = required;
  const hint = h('span', { class: 'quiet', id: `${id}-hint` });
  control.setAttribute('aria-describedby', hint.id);
  const say = (): void => {
    const value = control.value === '' ? NaN : Number(control.value);
    const outside =
      type === 'number' &&
      ((input.min !== undefined && value < input.min) || (input.max !== undefined && value > input.max));
    hint.textContent = `${rangeOf(input)}${outside ? ': outside of what training saw' : ''}`;
    hint.classList.toggle('some', outside);
  };
  control.addEventListener('input', say);
  const fill = (text = first): void => {
    control.value = text;
    // A choice that the model no longer knows, or a text in place of a number, is not taken.
    if (control.value !== text) control.value = first;
    say();
  };
  fill();
  return {
    name,
    control,
    first: control.value,
    fill,
    wrong: (is) => {
      if (is) control.setAttribute('aria-invalid', 'true');
      else control.removeAttribute('aria-invalid');
    },
    value: () => {
      const { value } = control;
      if (value === '') return undefined;
      return type === 'number' ? Number(value) : type === 'boolean' ? value === 'true' : value;
    },
    element: h('div', { class: 'field' }, h('label', { for: id }, name), control, hint),
  };
}

function choice(id: string, words: readonly string[], required: boolean, first: string): HTMLSelectElement {
  const known = first === '' || words.includes(first) ? words : [first, ...words];
  return h(
    'select',
    { id },
    ...(required ? [] : [h('option', { value: '' }, '(missing)')]),
    ...known.map((word) => h('option', { value: word }, word)),
  );
}

/** What training saw, in short. */
function rangeOf({ type, min, max, categories, required }: Input): string {
  const seen =
    type === 'number' && min !== undefined && max !== undefined
      ? categories && categories.length <= 4
        ? categories.map(plainText).join(', ')
        : `${written(min)} … ${written(max)}`
      : type === 'text' && categories === undefined
        ? 'text'
        : type === 'time'
          ? 'time'
          : '';
  return [seen, required ? '' : 'may be missing'].filter(Boolean).join(', ');
}

/** The prediction with its probabilities, or what the server has against the row. */
function answerView(answer: Asked): Node[] {
  if ('trouble' in answer) return [problem(answer.trouble, answer.hint)];
  const { status, body, milliseconds } = answer;
  const took = `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
  if (status >= 400) {
    const said = memberOf(body, 'error');
    return [
      problem(typeof said === 'string' ? said : `The server answered with status ${status}.`, memberOf(body, 'hint')),
      h('p', { class: 'quiet' }, `Status ${status}, ${took}`),
    ];
  }
  const predictions = memberOf(body, 'predictions');
  const first: unknown = Array.isArray(predictions) ? predictions[0] : undefined;
  const who = [memberOf(body, 'model'), memberOf(body, 'version')];
  const foot = h(
    'p',
    { class: 'quiet' },
    `${typeof who[0] === 'string' ? `${who[0]} version ${plainText(who[1])}, ` : ''}${took}`,
  );
  const probabilities = memberOf(first, 'probabilities');
  if (typeof probabilities === 'object' && probabilities !== null) {
    const label = plainText(memberOf(first, 'label'));
    return [h('p', { class: 'verdict' }, label), shares(probabilities as Record<string, Loose>, label), foot];
  }
  const prediction = memberOf(first, 'prediction');
  if (typeof prediction === 'number') return [h('p', { class: 'verdict' }, number(prediction)), foot];
  return [h('pre', { tabindex: 0, role: 'group', 'aria-label': 'Answer' }, JSON.stringify(body, null, 1)), foot];
}

function shares(probabilities: Readonly<Record<string, Loose>>, label: string): HTMLElement {
  const classes = Object.entries(probabilities).sort((a, b) => toNumber(b[1]) - toNumber(a[1]));
  return table({
    caption: 'Probability of each class',
    quiet: true,
    atOnce: mostClasses,
    head: ['class', '', 'probability'],
    words: [1],
    rows: classes.map(([name, share]) => {
      const width = Math.round(Math.max(0, Math.min(1, toNumber(share) || 0)) * 120);
      const bar = draw(
        'svg',
        { width: 120, height: 10, 'aria-hidden': 'true' },
        draw('rect', { class: 'bar hue-0', width, height: 10 }),
      );
      return [name, h('span', { class: 'figure' }, bar), percent(share)];
    }),
    look: (row) => (classes[row]?.[0] === label ? 'chosen' : undefined),
  });
}

const problem = (message: string, hint: unknown): HTMLElement =>
  h(
    'div',
    { class: 'problem' },
    h('strong', {}, message),
    typeof hint === 'string' && hint !== '' ? h('p', {}, hint) : false,
  );

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

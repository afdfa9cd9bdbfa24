// A form for the columns of the model, answered in the browser: nothing is sent anywhere.
import { openModel } from './model.mjs';

const find = (id) => document.getElementById(id);
const make = (tag, text, more = {}) => Object.assign(document.createElement(tag), { textContent: text }, more);
const answer = find('answer');
const MOST_SHOWN = 10;

try {
  const read = async (name) => {
    const response = await fetch(new URL(name, import.meta.url));
    if (!response.ok) throw new Error(`${name} can't be read (status ${response.status}).`);
    return new Uint8Array(await response.arrayBuffer());
  };
  const model = await openModel(read, () => import('./pictures-page.mjs'));
  const { name } = JSON.parse(new TextDecoder().decode(await read('contents.json')));
  // For other pages and for tests: `await window.model.predict(rows)`.
  window.model = model;
  document.title = name;
  find('title').textContent = name;
  find('about').textContent =
    `Predicts ${model.info.target ?? 'a value'} from ${model.info.inputs.length === 1 ? 'one column' : `${model.info.inputs.length} columns`}, in this page.`;
  build(model);
  answer.textContent = '';
  document.body.dataset.ready = 'true';
} catch (error) {
  fail(error);
}

function build(model) {
  const form = find('form');
  for (const input of model.info.inputs) {
    const label = make('label', input.name);
    label.append(input.image ? pictureField(input) : field(input));
    if (input.min !== undefined && input.max !== undefined) label.append(make('small', `${input.min} … ${input.max}`));
    form.append(label);
  }
  form.append(make('button', 'Predict', { type: 'submit' }));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    rowOf(model.info.inputs, form.elements)
      .then((row) => model.predict([row]))
      .then(([one]) => show(one), fail);
  });
}

async function rowOf(inputs, elements) {
  const row = {};
  for (const input of inputs) {
    const { value, files } = elements.namedItem(input.name);
    if (value === '') continue;
    if (input.image) row[input.name] = new Uint8Array(await files[0].arrayBuffer());
    else
      row[input.name] = input.type === 'number' ? Number(value) : input.type === 'boolean' ? value === 'true' : value;
  }
  return row;
}

/** A file and how it looks. */
function pictureField(input) {
  const box = make('input', '', {
    name: input.name,
    type: 'file',
    accept: 'image/png,image/jpeg',
    required: input.required === true,
  });
  const shown = make('img', '', { alt: '', hidden: true });
  box.addEventListener('change', () => {
    URL.revokeObjectURL(shown.src);
    const [file] = box.files;
    shown.hidden = file === undefined;
    if (file) Object.assign(shown, { src: URL.createObjectURL(file), alt: file.name });
  });
  const parts = document.createDocumentFragment();
  parts.append(box, shown);
  return parts;
}

function field(input) {
  const choices = input.type === 'boolean' ? [true, false] : input.type === 'text' ? input.categories : undefined;
  if (choices && choices.length > 0) {
    const select = make('select', '', { name: input.name });
    if (!input.required) select.append(make('option', '', { value: '' }));
    for (const choice of choices)
      if (choice !== null) select.append(make('option', String(choice), { value: String(choice) }));
    if (input.example !== undefined && input.example !== null) select.value = String(input.example);
    return select;
  }
  const box = make('input', '', { name: input.name, required: input.required === true });
  if (input.type === 'number') Object.assign(box, { type: 'number', step: 'any' });
  if (input.example !== undefined && input.example !== null) box.value = String(input.example);
  return box;
}

function show(one) {
  answer.replaceChildren();
  answer.removeAttribute('role');
  if ('prediction' in one) {
    answer.append(make('strong', String(one.prediction)));
    return;
  }
  answer.append(make('strong', String(one.label)));
  const shares = Object.entries(one.probabilities);
  // Of many classes the likeliest.
  const shown = shares.length > MOST_SHOWN ? shares.toSorted((a, b) => b[1] - a[1]).slice(0, MOST_SHOWN) : shares;
  for (const [name, share] of shown) {
    const bar = make('div', '', { className: 'bar' });
    bar.append(
      make('span', name),
      make('progress', '', { max: 1, value: share, ariaLabel: name }),
      make('span', `${(share * 100).toFixed(1)} %`),
    );
    answer.append(bar);
  }
}

function fail(error) {
  answer.textContent = error instanceof Error ? error.message : String(error);
  answer.setAttribute('role', 'alert');
}

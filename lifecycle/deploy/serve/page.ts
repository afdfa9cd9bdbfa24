/** The page at /try: a form made of the columns of the live version. Three files, so that the strictest content policy lets it work. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Try the model</title>
<link rel="stylesheet" href="/try.css">
<script src="/try.js" defer></script>
</head>
<body>
<main>
<h1 id="title">Try the model</h1>
<p id="about"></p>
<form id="form">
<div id="fields"></div>
<details><summary>Key</summary>
<label for="key">API key or token, where the server asks for one</label>
<input id="key" type="password" autocomplete="off">
</details>
<button type="submit">Predict</button>
</form>
<section aria-live="polite"><h2 id="answer-title" hidden>Answer</h2><div id="answer"></div></section>
<details><summary>As curl</summary><pre id="curl"></pre></details>
<p><a href="/openapi.json">OpenAPI document</a></p>
</main>
</body>
</html>
`;

export const PAGE_STYLE = `:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }
#fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .75rem 1.25rem; }
label { display: block; font-weight: 600; }
label small { font-weight: 400; opacity: .75; display: block; }
input, select { width: 100%; box-sizing: border-box; padding: .35rem .5rem; font: inherit; }
button { margin: 1.25rem 0; padding: .5rem 1.25rem; font: inherit; font-weight: 600; }
.bar { display: grid; grid-template-columns: 10rem 1fr 4rem; gap: .75rem; align-items: center; }
meter { width: 100%; height: 1rem; }
.wrong { border-left: .25rem solid #c33; padding-left: .75rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
`;

export const PAGE_SCRIPT = `'use strict';
const element = (id) => document.getElementById(id);
const make = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};
let columns = {};
const headers = () => {
  const key = element('key').value;
  return { 'content-type': 'application/json', ...(key && { authorization: 'Bearer ' + key }) };
};
function row() {
  const values = {};
  for (const [name, column] of Object.entries(columns)) {
    const text = column.control.value;
    if (text === '') continue;
    values[name] = column.kind === 'number' ? Number(text) : column.kind === 'boolean' ? text === 'true' : text;
  }
  return values;
}
function showCurl() {
  const body = JSON.stringify({ rows: [row()] }).replaceAll("'", '\\\\u0027');
  element('curl').textContent = 'curl -s ' + location.origin + "/predict -d '" + body + "'";
}
async function start() {
  const api = await (await fetch('/openapi.json')).json();
  element('title').textContent = api.info.title;
  document.title = api.info.title;
  element('about').textContent = api.paths['/predict'].post.summary;
  const schema = api.components.schemas.Row;
  const example = api.paths['/predict'].post.requestBody.content['application/json'].example.rows[0];
  for (const [name, property] of Object.entries(schema.properties)) {
    const kind = [].concat(property.type).find((type) => type !== 'null');
    const needed = schema.required.includes(name);
    const value = example[name] === undefined ? '' : String(example[name]);
    const options = kind === 'boolean' ? ['true', 'false'] : kind === 'string' && property.examples && property.examples.length > 1 ? property.examples.map(String) : undefined;
    const control = options
      ? make('select', { id: 'c-' + name }, ...(needed ? [] : [make('option', { value: '', textContent: '(missing)' })]), ...options.map((one) => make('option', { value: one, textContent: one })))
      : make('input', { id: 'c-' + name, type: kind === 'number' ? 'number' : 'text', step: 'any' });
    control.required = needed;
    control.value = value;
    columns[name] = { control, kind };
    const note = property.description || (needed ? '' : 'may be missing');
    element('fields').append(make('div', {}, make('label', { htmlFor: control.id }, name, ...(note ? [make('small', { textContent: note })] : [])), control));
  }
  element('form').addEventListener('input', showCurl);
  element('form').addEventListener('submit', (event) => { event.preventDefault(); void predict(); });
  showCurl();
}
async function predict() {
  const begin = performance.now();
  const answer = element('answer');
  element('answer-title').hidden = false;
  try {
    const response = await fetch('/predict', { method: 'POST', headers: headers(), body: JSON.stringify({ rows: [row()] }) });
    const took = (performance.now() - begin).toFixed(0) + ' ms';
    const body = await response.json();
    if (!response.ok) {
      answer.replaceChildren(make('div', { className: 'wrong' }, make('p', { textContent: body.error }), ...(body.hint ? [make('p', { textContent: body.hint })] : [])));
      return;
    }
    const first = body.predictions[0];
    const lines = first.probabilities
      ? Object.entries(first.probabilities).map(([name, p]) => make('div', { className: 'bar' }, make('span', { textContent: name + (String(first.label) === name ? ' ✓' : '') }), make('meter', { min: 0, max: 1, value: p, title: name }), make('span', { textContent: (p * 100).toFixed(1) + ' %' })))
      : [make('p', { textContent: String(first.prediction) })];
    answer.replaceChildren(...lines, make('p', { textContent: body.model + ' version ' + body.version + ', ' + took }));
  } catch (error) {
    answer.replaceChildren(make('p', { className: 'wrong', textContent: 'The server does not answer: ' + error.message }));
  }
}
start().catch((error) => { element('about').textContent = 'The server does not answer: ' + error.message; });
`;

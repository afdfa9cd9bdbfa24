// The model of this folder, for Node and browsers alike: rows in, predictions out. node.mjs and page.mjs use it.
import * as ort from './ort.mjs';

const LARGEST = 3.4028234663852886e38;

/** Rows that the model can't take; the message names column and row. */
export class Refused extends Error {}

/**
 * Opens the model.
 * @param {(name: string) => Promise<Uint8Array>} read gives a file of this folder
 * @param {() => Promise<{pixelsOf: (bytes: Uint8Array, shape: object) => Promise<string> | string}>} pictures loads what reads
 *   pictures, for models that take some: pictures-node.mjs or pictures-page.mjs
 */
export async function openModel(read, pictures) {
  const contents = JSON.parse(text(await read('contents.json')));
  const checked = async (name) => {
    const bytes = await read(name);
    const wanted = contents.files[name]?.sha256;
    if (wanted === undefined) throw new Refused(`${name} does not belong to this folder.`);
    // Browsers only tell the hash to pages that came over HTTPS or from this machine.
    if (globalThis.crypto?.subtle && hex(await crypto.subtle.digest('SHA-256', bytes)) !== wanted)
      throw new Refused(`${name} was changed since the folder was made; it is not loaded.`);
    return bytes;
  };
  const info = JSON.parse(text(await checked('model.json')));
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = await checked('ort.wasm');
  const session = await ort.InferenceSession.create(await checked('model.onnx'), { executionProviders: ['wasm'] });
  const seesPictures = info.inputs.some(({ image }) => image) && pictures !== undefined;
  const pixelsOf = seesPictures ? (await pictures()).pixelsOf : undefined;
  return { info, predict: (rows) => predict(session, info, rows, pixelsOf) };
}

/** One object a row: {prediction}, or {label, probabilities}. */
async function predict(session, info, rows, pixelsOf) {
  if (!Array.isArray(rows)) throw new Refused('Rows are an array of objects by column name.');
  const known = new Set(info.inputs.map(({ name }) => name));
  rows.forEach((row, at) => {
    if (typeof row !== 'object' || row === null)
      throw new Refused(`Row ${at} is not an object of values by column name.`);
    for (const name of Object.keys(row))
      if (!known.has(name)) throw new Refused(`Row ${at} has a column '${name}', which the model does not take.`);
  });
  const feeds = {};
  for (const input of info.inputs) {
    const isText = input.type === 'text' || input.type === 'time';
    let values = rows.map((row, at) => valueOf(input, isText, row[input.name], at));
    if (input.image && pixelsOf)
      values = await Promise.all(values.map((value, at) => pictureOf(input, value, at, pixelsOf)));
    feeds[input.name] = new ort.Tensor(isText ? 'string' : 'float32', isText ? values : Float32Array.from(values), [
      rows.length,
      1,
    ]);
  }
  if (info.task === 'regression') {
    const { prediction } = await session.run(feeds, ['prediction']);
    return Array.from(prediction.data, (value) => ({ prediction: value }));
  }
  const { probabilities } = await session.run(feeds, ['probabilities']);
  const { classes } = info;
  return rows.map((_, row) => {
    const shares = Array.from(probabilities.data.slice(row * classes.length, (row + 1) * classes.length));
    const chosen =
      classes.length === 2
        ? Number(shares[1] >= (info.threshold ?? 0.5))
        : shares.reduce((best, share, c) => (share > shares[best] ? c : best), 0);
    return {
      label: classes[chosen],
      probabilities: Object.fromEntries(classes.map((name, c) => [String(name), shares[c]])),
    };
  });
}

function valueOf(input, isText, value, at) {
  const place = `Column '${input.name}', row ${at}`;
  if (value === null || value === undefined || Number.isNaN(value) || (isText && value === '')) {
    if (input.required) throw new Refused(`${place}: the value is missing; training never saw it missing.`);
    return isText ? '' : NaN;
  }
  if (isText) {
    if (input.image && value instanceof Uint8Array) return value;
    if (typeof value !== 'string') throw new Refused(`${place}: expected text, got ${JSON.stringify(value)}.`);
    return value;
  }
  if (input.type === 'boolean') {
    if (![true, false, 0, 1].includes(value))
      throw new Refused(`${place}: expected true or false, got ${JSON.stringify(value)}.`);
    return Number(value);
  }
  if (typeof value !== 'number') throw new Refused(`${place}: expected a number, got ${JSON.stringify(value)}.`);
  if (Math.abs(value) > LARGEST) throw new Refused(`${place}: ${value} is too large for a 32-bit number.`);
  return value;
}

/** A PNG or JPEG file, as bytes or in base64 (also as a `data:` address), or pixels that are written out already: as the text that the graph takes. */
async function pictureOf({ name, image }, value, at, pixelsOf) {
  const digits = 2 * image.height * image.width * image.channels;
  if (value === '' || (value.length === digits && /^[0-9a-fA-F]+$/.test(value))) return value;
  try {
    return await pixelsOf(typeof value === 'string' ? bytesOf(value, digits) : value, image);
  } catch (error) {
    throw new Refused(`Column '${name}', row ${at}: the picture can't be read: ${error.message}.`);
  }
}

function bytesOf(value, digits) {
  const packed = value.startsWith('data:') ? value.slice(value.indexOf(',') + 1) : value;
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(packed))
    throw new Error(`it is neither a file in base64 nor ${digits.toLocaleString('en')} hexadecimal digits`);
  return Uint8Array.from(atob(packed), (one) => one.charCodeAt(0));
}

const text = (bytes) => new TextDecoder().decode(bytes);
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');

import { HttpError } from '../../net/server';

/** Deepest nesting of a body: an infer request needs 5. */
const DEEPEST = 32;

/**
 * Parses the body of a request.
 * @throws HttpError 400 for what is not JSON, not UTF-8 or nested too deep. The nesting is looked at first: millions of open
 * brackets would cost a gigabyte to parse.
 */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) throw new HttpError(400, 'not-json', 'The body is empty; it must be JSON.');
  if (body.length > 4096 && tooDeep(body))
    throw new HttpError(400, 'nested-too-deep', `The body is nested more than ${DEEPEST} deep.`);
  const text = body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    const at = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    throw new HttpError(400, 'not-json', `The body is not JSON${at === undefined ? '' : ` (at character ${at})`}.`);
  }
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [34, 92, 91, 93, 123, 125];

function tooDeep(body: Buffer): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i];
    if (quoted) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === OPEN_LIST || byte === OPEN) {
      if (++depth > DEEPEST) return true;
    } else if (byte === CLOSE_LIST || byte === CLOSE) depth--;
  }
  return false;
}

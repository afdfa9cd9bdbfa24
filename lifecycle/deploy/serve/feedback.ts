import type { ModelInfo } from '../../../schemas/generated/types';
import { HttpError } from '../../net/server';
import { isObject } from './v2';

/** Outcomes in one request. */
const MOST = 10_000;

type Label = string | number | boolean;

/** An outcome as a client sends it, checked. */
export interface Outcome {
  readonly id: string;
  /** What came true, by row of the request; null where it is not known. */
  readonly actual?: readonly (Label | null)[];
  readonly value?: number;
}

/** The line of the feedback log, as schemas/records/feedback describes it. */
export function feedbackLine(time: string, { id, actual, value }: Outcome): string {
  return JSON.stringify({ format: 1, time, id, ...(actual && { actual }), ...(value !== undefined && { value }) });
}

/**
 * Reads the body of `POST /feedback`: `{"id": …, "actual": …, "value": …}` or `{"feedback": [those]}`. `actual` is one value, or a list
 * with one a row of the request.
 *
 * @param models what is served: a class that none of them knows is refused
 * @throws HttpError 400
 */
export function readFeedback(body: unknown, models: readonly ModelInfo[]): Outcome[] {
  const list = isObject(body) && Array.isArray(body['feedback']) ? (body['feedback'] as unknown[]) : [body];
  if (list.length === 0 || list.length > MOST)
    throw refuse(`\`feedback\` holds ${list.length} outcomes; between 1 and ${MOST} are taken at once.`);
  const classes = new Set(models.flatMap((model) => (model.classes ?? []).map(String)));
  const numbers = models.some(({ task }) => task === 'regression');
  return list.map((one, index) => {
    const where = list.length > 1 ? ` (outcome ${index})` : '';
    if (!isObject(one)) throw refuse(`The outcome${where} is not {"id": …, "actual": …}.`);
    const { id, actual, value } = one;
    if (typeof id !== 'string' || !/^[\w.:-]{1,128}$/.test(id))
      throw refuse(`\`id\`${where} is not the x-request-id of an answer.`);
    if (actual === undefined && value === undefined) throw refuse(`There is neither \`actual\` nor \`value\`${where}.`);
    if (value !== undefined && !(typeof value === 'number' && Number.isFinite(value)))
      throw refuse(`\`value\`${where} is not a number.`);
    return {
      id,
      ...(actual !== undefined && { actual: valuesOf(actual, classes, numbers, where) }),
      ...(value !== undefined && { value }),
    };
  });
}

function valuesOf(actual: unknown, classes: ReadonlySet<string>, numbers: boolean, where: string): (Label | null)[] {
  const values: unknown[] = Array.isArray(actual) ? actual : [actual];
  if (values.length === 0 || values.length > 1_000_000)
    throw refuse(`\`actual\`${where} holds ${values.length} values.`);
  return values.map((value) => {
    if (value === null) return null;
    if (!['string', 'number', 'boolean'].includes(typeof value))
      throw refuse(`\`actual\`${where} is neither a value nor a list of values.`);
    const scalar = value as string | number | boolean;
    if (classes.has(String(scalar)) || (numbers && typeof scalar === 'number')) return scalar;
    const known = [...classes].slice(0, 20).join(', ');
    throw refuse(
      `\`actual\`${where} is ${JSON.stringify(scalar).slice(0, 60)}; ${known === '' ? 'the model predicts numbers' : `the classes are ${known}`}.`,
    );
  });
}

function refuse(message: string): HttpError {
  return new HttpError(400, 'not-feedback', message, {
    hint: 'Send {"id": "the x-request-id of the answer", "actual": "what came true"}.',
  });
}

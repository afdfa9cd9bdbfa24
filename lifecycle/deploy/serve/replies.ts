import { HttpError, type HttpReply, jsonReply } from '../../net/server';
import { OnnxError } from '../../onnx/error';
import { shownRow, ValueError } from '../../onnx/rows';
import { ENGINE_VERSION } from '../../store/version';
import { QueueFull, TooLate } from './batcher';
import type { ServedModel } from './model';
import { refusal } from './v2';

/** What clients are told of an error; undefined of one that is not theirs, and that only the server's own log may show. */
export function knownError(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  if (error instanceof ValueError) return refusal(error);
  if (error instanceof QueueFull)
    return new HttpError(
      503,
      'overloaded',
      'More rows are waiting than the server holds; try again soon.',
      {},
      { 'retry-after': '1' },
    );
  if (error instanceof TooLate)
    return new HttpError(504, 'deadline', 'The model was busy until the deadline of the request had passed.');
  return undefined;
}

/** The answer to a request that failed; what is no client's business is left out. @param id of the request */
export function failureReply(error: unknown, id: string): HttpReply {
  const model = error instanceof OnnxError;
  const shown =
    knownError(error) ??
    new HttpError(
      500,
      model ? 'model-failed' : 'internal-error',
      model ? 'The model could not be run on these rows.' : 'Something went wrong inside the server.',
    );
  return jsonReply(shown.status, { error: shown.message, code: shown.code, ...shown.more, request: id }, shown.headers);
}

/** A part of the form that tries a model: no other page may hold it, and it loads nothing from elsewhere. */
export function pageReply(body: string, type: string): HttpReply {
  return {
    status: 200,
    type,
    body,
    headers: {
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self' vscode-webview: vscode-file: http://127.0.0.1:* http://localhost:*",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  };
}

/** What `GET /` tells of a server. @param open whether everybody may see values of the training data */
export function welcomeOf(model: ServedModel, open: boolean): unknown {
  return {
    name: 'ml-lifecycle',
    version: ENGINE_VERSION,
    model: model.name,
    modelVersion: model.version,
    endpoints: [
      'POST /predict',
      'POST /feedback',
      `POST /v2/models/${model.name}/infer`,
      `GET /v2/models/${model.name}`,
      'GET /v2/health/ready',
      'GET /metrics',
      'GET /openapi.json',
      'GET /try',
    ],
    ...(open && { example: { 'POST /predict': { rows: [shownRow(model.info)] } } }),
  };
}

import { shownRow } from '../../onnx/rows';
import { short32 } from '../../statistics/short';
import { ENGINE_VERSION } from '../../store/version';
import type { ServedModel } from './model';

/** The server as OpenAPI 3.1: what it takes and gives, with the columns of the live version. */
export function openApi(live: ServedModel, models: readonly ServedModel[]): unknown {
  const names = [...new Set(models.map(({ name }) => name))];
  const json = (schema: unknown, example?: unknown): Record<string, unknown> => ({
    'application/json': { schema, ...(example !== undefined && { example }) },
  });
  const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const meanings: Readonly<Record<string, string>> = {
    400: 'The request can not be read, or a value is wrong; `column` and `row` say where.',
    401: 'A key or token is needed.',
    403: 'The key does not open this.',
    413: 'The body is too large.',
    429: 'Too many requests; `retry-after` says how long to wait.',
    503: 'More rows wait than the server holds, or no model is ready.',
    504: 'The deadline passed while the model was busy.',
  };
  const errors = Object.fromEntries(
    Object.entries(meanings).map(([status, description]) => [
      status,
      { description, content: json(reference('Error')) },
    ]),
  );
  const post = (summary: string, body: unknown, answer: unknown, example?: unknown) => ({
    post: {
      summary,
      security: [{}, { key: [] }, { bearer: [] }],
      requestBody: { required: true, content: json(body, example) },
      responses: { '200': { description: 'The answer.', content: json(answer) }, ...errors },
    },
  });
  const get = (summary: string, answer: unknown = {}) => ({
    get: { summary, responses: { '200': { description: 'The answer.', content: json(answer) } } },
  });
  return {
    openapi: '3.1.0',
    info: { title: `${live.name} ${live.version}`, version: ENGINE_VERSION },
    paths: {
      '/predict': post(
        `Predictions of ${live.name} for rows.`,
        reference('PredictRequest'),
        reference('PredictAnswer'),
        { rows: [shownRow(live.info)] },
      ),
      '/feedback': {
        post: {
          summary: 'What came true of a request that was answered.',
          security: [{}, { key: [] }, { bearer: [] }],
          requestBody: { required: true, content: json(reference('Feedback')) },
          responses: { '202': { description: 'Taken.', content: json({ type: 'object' }) }, ...errors },
        },
      },
      ...Object.fromEntries(
        names.map((name) => [
          `/v2/models/${encodeURIComponent(name)}/infer`,
          post(`Predictions of ${name} by the Open Inference Protocol.`, { type: 'object' }, { type: 'object' }),
        ]),
      ),
      ...Object.fromEntries(
        names.map((name) => [`/v2/models/${encodeURIComponent(name)}`, get(`Columns and outputs of ${name}.`)]),
      ),
      '/v2/health/live': get('Whether the server lives.'),
      '/v2/health/ready': get('Whether it gives predictions.'),
      '/v2/repository/index': get('The versions that are loaded.'),
      '/metrics': { get: { summary: 'Figures for Prometheus.', responses: { '200': { description: 'Text.' } } } },
    },
    components: {
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
      schemas: {
        Row: rowSchema(live),
        PredictRequest: {
          type: 'object',
          required: ['rows'],
          properties: { rows: { type: 'array', minItems: 1, items: reference('Row') } },
        },
        PredictAnswer: {
          type: 'object',
          required: ['predictions', 'model', 'version'],
          properties: {
            predictions: { type: 'array', items: reference('Prediction') },
            model: { type: 'string' },
            version: { type: 'integer' },
          },
        },
        Prediction: predictionSchema(live),
        Feedback: {
          type: 'object',
          required: ['id'],
          properties: {
            id: { type: 'string', description: 'x-request-id of the answer.' },
            actual: { description: 'What came true: one value, or one a row.' },
            value: { type: 'number', description: 'What the answer was worth.' },
          },
        },
        Error: {
          type: 'object',
          required: ['error', 'code'],
          properties: {
            error: { type: 'string' },
            code: { type: 'string' },
            hint: { type: 'string' },
            column: { type: 'string' },
            row: { type: 'integer' },
            request: { type: 'string' },
          },
        },
      },
    },
  };
}

function rowSchema({ info }: ServedModel): unknown {
  const types = { number: 'number', boolean: 'boolean', text: 'string', time: 'string' } as const;
  return {
    type: 'object',
    additionalProperties: false,
    required: info.inputs.filter(({ required }) => required === true).map(({ name }) => name),
    properties: Object.fromEntries(
      info.inputs.map(({ name, type, required, min, max, categories, example }) => [
        name,
        {
          type: required === true ? types[type] : [types[type], 'null'],
          ...(min !== undefined &&
            max !== undefined && { description: `Training saw ${short32(min)} to ${short32(max)}.` }),
          ...(categories && {
            examples: categories
              .filter((value) => value !== null)
              .slice(0, 20)
              .map((value) => (typeof value === 'number' ? short32(value) : value)),
          }),
          ...(categories === undefined && example !== undefined && { examples: [example] }),
        },
      ]),
    ),
  };
}

function predictionSchema({ info }: ServedModel): unknown {
  if (info.task === 'regression')
    return { type: 'object', required: ['prediction'], properties: { prediction: { type: 'number' } } };
  return {
    type: 'object',
    required: ['label', 'probabilities'],
    properties: {
      label: { enum: info.classes ?? [] },
      probabilities: {
        type: 'object',
        properties: Object.fromEntries(
          (info.classes ?? []).map((value) => [String(value), { type: 'number', minimum: 0, maximum: 1 }]),
        ),
      },
    },
  };
}

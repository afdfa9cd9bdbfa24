import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { HttpError, type HttpReply, type HttpRequest, jsonReply } from '../../net/server';
import { OnnxError } from '../../onnx/error';
import { rowsToColumns, typicalRow, ValueError } from '../../onnx/rows';
import { ENGINE_VERSION } from '../../store/version';
import { answered, type Answered, rowsWriter } from './answer';
import { QueueFull } from './batcher';
import { parseJson } from './json';
import { type LogMode, RequestLog, type LogWriter } from './log';
import { type Counter, type Histogram, MetricsTable } from './metrics';
import { type ServedModel, strict } from './model';
import { type Asked, isObject, metadata, readInfer, refusal, writeInfer } from './v2';

export interface AppSettings {
  readonly log: LogMode;
  readonly redact: readonly string[];
  readonly maxBody: number;
  /** The key that requests must bring; everyone may ask without one. */
  readonly apiKey?: string;
}

/** One model as it is served, with everything that belongs to it. */
interface Live {
  readonly model: ServedModel;
  readonly settings: AppSettings;
  readonly keyHash: Buffer | undefined;
  readonly requests: RequestLog;
  readonly write: (answer: Answered) => string;
  readonly rows: Counter;
  inFlight: number;
}

const LATENCY = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const INFERENCE = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
const BATCH = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096];

/** The model server without its sockets: routes, checks, measures, and swaps models under load. */
export class ServeApp {
  readonly metrics = new MetricsTable();
  readonly #log: LogWriter;
  #live: Live | undefined;
  #draining = false;
  #inFlight = 0;
  #ids = 0;
  readonly #idStem = randomBytes(5).toString('hex');
  readonly #codes = new Map<string, Counter>();
  readonly #latency = new Map<string, Histogram>();
  readonly #batchRows: Histogram;
  readonly #inference: Histogram;

  constructor(log: LogWriter) {
    this.#log = log;
    const { metrics } = this;
    this.#batchRows = metrics.histogram('lifecycle_batch_rows', 'Rows in one run of the model.', BATCH);
    this.#inference = metrics.histogram('lifecycle_inference_seconds', 'Seconds of one run of the model.', INFERENCE);
    metrics.gauge('lifecycle_requests_in_flight', 'Requests being answered.', () => this.#inFlight);
    metrics.gauge('lifecycle_rows_waiting', 'Rows waiting for the model.', () => this.#live?.model.waitingRows() ?? 0);
    metrics.gauge('lifecycle_ready', 'Whether predictions are given.', () => (this.ready ? 1 : 0));
    metrics.gauges('lifecycle_model_info', 'The live model.', () => {
      const model = this.#live?.model;
      return model ? [[{ model: model.name, version: String(model.version), digest: model.digest }, 1]] : [];
    });
    metrics.gauge('lifecycle_request_log_lines_total', 'Requests written to the log.', () => log.written, 'counter');
    metrics.gauge(
      'lifecycle_request_log_dropped_total',
      'Requests the log could not take.',
      () => log.dropped,
      'counter',
    );
    const cpu = () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    };
    metrics.gauge('process_cpu_seconds_total', 'Processor time used.', cpu, 'counter');
    metrics.gauge('process_resident_memory_bytes', 'Memory used.', () => process.memoryUsage.rss());
    const started = Date.now() / 1000 - process.uptime();
    metrics.gauge('process_start_time_seconds', 'When the server began.', () => Math.round(started * 1000) / 1000);
  }

  /** Told of each run of the model. */
  readonly ran = (rows: number, _requests: number, seconds: number): void => {
    this.#batchRows.observe(rows);
    this.#inference.observe(seconds);
  };

  get ready(): boolean {
    return this.#live !== undefined && !this.#draining;
  }

  get model(): ServedModel | undefined {
    return this.#live?.model;
  }

  /**
   * Makes a model the live one from the next request on; requests that are being answered finish with the one they began with.
   * @returns when the former model was let go: as late as its slowest request
   */
  switchTo(model: ServedModel, settings: AppSettings): Promise<void> {
    const before = this.#live;
    this.#live = {
      model,
      settings,
      keyHash: settings.apiKey === undefined ? undefined : digest(settings.apiKey),
      requests: new RequestLog(this.#log, model, { mode: settings.log, redact: settings.redact }),
      write: rowsWriter(model.info, model.name, model.version),
      rows: this.metrics.counter('lifecycle_rows_total', 'Rows predicted.', {
        model: model.name,
        version: String(model.version),
      }),
      inFlight: 0,
    };
    return before === undefined ? Promise.resolve() : retire(before, model);
  }

  /** From now on the server says that it is not ready; what still arrives is answered. */
  drain(): void {
    this.#draining = true;
  }

  /** Writes down what is not written yet, and lets go of the model. */
  async close(): Promise<void> {
    await this.#live?.model.close();
    await this.#log.flush();
  }

  readonly handle = async (request: HttpRequest): Promise<HttpReply> => {
    const begin = performance.now();
    const endpoint = endpointOf(request.path);
    const id = requestId(request.headers['x-request-id']) ?? `${this.#idStem}-${(this.#ids++).toString(36)}`;
    this.#inFlight++;
    let reply: HttpReply;
    try {
      reply = await this.#route(request, endpoint, id);
    } catch (error) {
      reply = this.#failure(error, request, id);
    }
    this.#inFlight--;
    this.#measure(endpoint, reply.status, (performance.now() - begin) / 1000);
    return { ...reply, headers: { ...reply.headers, 'x-request-id': id } };
  };

  #route(request: HttpRequest, endpoint: Endpoint, id: string): HttpReply | Promise<HttpReply> {
    const { method, path } = request;
    switch (endpoint) {
      case 'predict':
        allow(method, 'POST');
        return this.#withLive(request, (live) => this.#predict(live, request, id));
      case 'models':
        return this.#models(request, path, id);
      case 'health':
        allow(method, 'GET');
        if (path === '/v2/health/live') return jsonReply(200, { live: true });
        if (path === '/v2/health/ready' || path === '/ping')
          return jsonReply(this.ready ? 200 : 503, { ready: this.ready });
        throw notFound(path);
      case 'metrics':
        allow(method, 'GET');
        this.#authorise(request);
        return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: this.metrics.render() };
      case 'server':
        allow(method, 'GET');
        if (path === '/v2') return jsonReply(200, { name: 'ml-lifecycle', version: ENGINE_VERSION, extensions: [] });
        return jsonReply(200, this.#welcome(request));
      case 'none':
        throw notFound(path);
    }
  }

  #models(request: HttpRequest, path: string, id: string): HttpReply | Promise<HttpReply> {
    const parts = segments(path).slice(2);
    const name = parts[0] ?? '';
    const versioned = parts[1] === 'versions';
    const version = versioned ? parts[2] : undefined;
    const verb = parts[versioned ? 3 : 1];
    const extra = parts.length > (versioned ? 3 : 1) + (verb === undefined ? 0 : 1);
    if (name === '' || extra || (versioned && version === undefined)) throw notFound(path);
    const named = (live: Live): Live => {
      const { model } = live;
      if (model.name !== name)
        throw new HttpError(
          404,
          'model-unknown',
          `There is no model '${name.slice(0, 100)}' here; there is ${model.name}.`,
        );
      if (version !== undefined && String(model.version) !== version)
        throw new HttpError(
          404,
          'version-unknown',
          `Version ${version.slice(0, 20)} of ${name} is not live; ${model.version} is.`,
        );
      return live;
    };
    if (verb === undefined) {
      allow(request.method, 'GET');
      return this.#withLive(request, (live) => jsonReply(200, metadata(named(live).model)));
    }
    if (verb === 'ready') {
      allow(request.method, 'GET');
      if (this.#live === undefined) throw notReady();
      named(this.#live);
      return jsonReply(this.ready ? 200 : 503, { name, ready: this.ready });
    }
    if (verb !== 'infer') throw notFound(path);
    allow(request.method, 'POST');
    return this.#withLive(request, (live) => this.#infer(named(live), request, id));
  }

  /** Holds on to the live model while it is used. */
  async #withLive(request: HttpRequest, work: (live: Live) => HttpReply | Promise<HttpReply>): Promise<HttpReply> {
    this.#authorise(request);
    // Any page in the user's browser can send a POST to this machine; it must not get into the log that drift is measured on.
    if (request.headers['sec-fetch-site'] === 'cross-site')
      throw new HttpError(403, 'cross-site', 'Web pages of other sites may not ask this server.');
    const live = this.#live;
    if (live === undefined) throw notReady();
    live.inFlight++;
    try {
      return await work(live);
    } finally {
      live.inFlight--;
    }
  }

  async #predict(live: Live, request: HttpRequest, id: string): Promise<HttpReply> {
    const body = parseJson(await request.body(live.settings.maxBody));
    // Vertex AI calls them instances.
    const rows: unknown = isObject(body) ? (body['rows'] ?? body['instances']) : undefined;
    if (!Array.isArray(rows) || rows.length === 0)
      throw new HttpError(
        400,
        'not-a-predict-request',
        'The body is not {"rows": [{"column": value, …}, …]} with at least one row.',
        { hint: 'GET / shows a body that is answered.' },
      );
    const { model } = live;
    const converted = rowsToColumns(model.info, rows, strict);
    const { inputs } = model.info;
    const given = (column: number, row: number) => (rows[row] as Record<string, unknown>)[inputs[column]?.name ?? ''];
    const answer = await this.#ask(live, { ...converted, given }, id);
    return { status: 200, type: 'application/json', body: live.write(answer) };
  }

  async #infer(live: Live, request: HttpRequest, id: string): Promise<HttpReply> {
    const asked = readInfer(live.model.info, parseJson(await request.body(live.settings.maxBody)));
    const answer = await this.#ask(live, asked, id);
    return jsonReply(200, writeInfer(live.model, asked, answer, id));
  }

  async #ask(live: Live, asked: Asked, id: string): Promise<Answered> {
    const answer = answered(live.model.info, await live.model.predict(asked.columns, asked.rows), asked.rows);
    live.rows.add(asked.rows);
    live.requests.add(id, asked, answer);
    return answer;
  }

  #mayAsk(request: HttpRequest): boolean {
    const hash = this.#live?.keyHash;
    const key = keyOf(request);
    return hash === undefined || (key !== undefined && timingSafeEqual(digest(key), hash));
  }

  #authorise(request: HttpRequest): void {
    if (this.#mayAsk(request)) return;
    const key = keyOf(request);
    throw new HttpError(
      401,
      'api-key',
      key === undefined ? 'An API key is needed.' : 'The API key is not the right one.',
      { hint: 'Send it as `Authorization: Bearer KEY` or `X-API-Key: KEY`.' },
      { 'www-authenticate': 'Bearer' },
    );
  }

  #failure(error: unknown, request: HttpRequest, id: string): HttpReply {
    const known =
      error instanceof HttpError
        ? error
        : error instanceof ValueError
          ? refusal(error)
          : error instanceof QueueFull
            ? new HttpError(
                503,
                'overloaded',
                'More rows are waiting than the server holds; try again soon.',
                {},
                { 'retry-after': '1' },
              )
            : undefined;
    const shown =
      known ??
      new HttpError(
        500,
        error instanceof OnnxError ? 'model-failed' : 'internal-error',
        error instanceof OnnxError
          ? 'The model could not be run on these rows.'
          : 'Something went wrong inside the server.',
      );
    if (known === undefined) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(
        `${new Date().toISOString()} ${id} ${request.method} ${request.path.slice(0, 200)}: ${stack}\n`,
      );
    }
    return jsonReply(
      shown.status,
      { error: shown.message, code: shown.code, ...shown.more, request: id },
      shown.headers,
    );
  }

  #measure(endpoint: Endpoint, status: number, seconds: number): void {
    const key = `${endpoint} ${status}`;
    let counter = this.#codes.get(key);
    if (counter === undefined) {
      counter = this.metrics.counter('lifecycle_requests_total', 'Requests answered.', {
        endpoint,
        code: String(status),
      });
      this.#codes.set(key, counter);
    }
    counter.add();
    let latency = this.#latency.get(endpoint);
    if (latency === undefined) {
      latency = this.metrics.histogram(
        'lifecycle_request_seconds',
        'Seconds from the head of a request to its answer.',
        LATENCY,
        { endpoint },
      );
      this.#latency.set(endpoint, latency);
    }
    latency.observe(seconds);
  }

  /** What there is, and, for whoever may ask the model, a body that `/predict` answers. */
  #welcome(request: HttpRequest): unknown {
    const model = this.#live?.model;
    return {
      name: 'ml-lifecycle',
      version: ENGINE_VERSION,
      ...(model && {
        model: model.name,
        'model-version': model.version,
        endpoints: [
          'POST /predict',
          `POST /v2/models/${model.name}/infer`,
          `GET /v2/models/${model.name}`,
          'GET /v2/health/ready',
          'GET /metrics',
        ],
        ...(this.#mayAsk(request) && { example: { 'POST /predict': { rows: [typicalRow(model.info)] } } }),
      }),
    };
  }
}

/** The API key that a request brings. */
function keyOf({ headers: { authorization, 'x-api-key': header } }: HttpRequest): string | undefined {
  const bearer = authorization?.startsWith('Bearer ') ? authorization.slice(7) : undefined;
  return typeof header === 'string' ? header : bearer;
}

async function retire(before: Live, next: ServedModel): Promise<void> {
  while (before.inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  if (before.model !== next) await before.model.close();
}

type Endpoint = 'predict' | 'models' | 'health' | 'metrics' | 'server' | 'none';

function endpointOf(path: string): Endpoint {
  // SageMaker has names of its own for the same.
  if (path === '/predict' || path === '/invocations') return 'predict';
  if (path === '/ping') return 'health';
  if (path.startsWith('/v2/models/')) return 'models';
  if (path.startsWith('/v2/health/')) return 'health';
  if (path === '/metrics') return 'metrics';
  if (path === '/v2' || path === '/') return 'server';
  return 'none';
}

function segments(path: string): string[] {
  try {
    return path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    throw new HttpError(400, 'bad-path', 'The path is not properly percent-encoded.');
  }
}

function allow(method: string, allowed: 'GET' | 'POST'): void {
  if (method === allowed || (allowed === 'GET' && method === 'HEAD')) return;
  throw new HttpError(
    405,
    'method-not-allowed',
    `Use ${allowed} here, not ${method}.`,
    {},
    { allow: allowed === 'GET' ? 'GET, HEAD' : allowed },
  );
}

function notFound(path: string): HttpError {
  return new HttpError(404, 'not-found', `There is nothing at ${path.slice(0, 200)}.`, {
    hint: 'GET / lists what there is.',
  });
}

function notReady(): HttpError {
  return new HttpError(503, 'not-ready', 'No model is loaded.', {}, { 'retry-after': '1' });
}

/** A client's own id when it is harmless in logs and headers. */
function requestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.:-]{1,128}$/.test(header) ? header : undefined;
}

/** Keys are compared by hash: equal length, and the key itself is not kept. */
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

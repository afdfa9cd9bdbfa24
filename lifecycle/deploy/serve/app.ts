import { randomBytes } from 'node:crypto';
import { HttpError, type HttpReply, type HttpRequest, jsonReply } from '../../net/server';
import { rowsToColumns } from '../../onnx/rows';
import { ENGINE_VERSION } from '../../store/version';
import { answered, type Answered } from './answer';
import { QueueFull } from './batcher';
import { binaryReply, readBody } from './binary';
import { feedbackLine, readFeedback } from './feedback';
import type { Client, Guard } from './guard';
import { parseJson } from './json';
import { deadlineOf, type RateLimiter } from './limits';
import type { LogWriter } from './log';
import { Measures } from './measures';
import { MetricsTable } from './metrics';
import { strict } from './model';
import { openApi } from './openapi';
import { PAGE, PAGE_SCRIPT, PAGE_STYLE } from './page';
import { allow, type Endpoint, endpointOf, notFound, requestId, segments } from './paths';
import { type PlainReader, PlainRows } from './plain-rows';
import { failureReply, knownError, pageReply, welcomeOf } from './replies';
import { type Routing, Versions } from './routing';
import type { Trial } from './trial';
import { type Asked, isObject, metadata, readInfer, writeInfer } from './v2';
import { type ServedVersion } from './version';

export interface AppSettings {
  readonly maxBody: number;
  readonly guard: Guard;
  readonly limiter?: RateLimiter;
  /** Longest wait for the model, milliseconds. */
  readonly deadline: number;
}

const REQUEST_ID = 'x-request-id';
/** Failures of a candidate that are written out; the others are counted. */
const COMPLAINTS = 10;

/** The model server without its sockets: routes, checks, measures, and swaps models under load. */
export class ServeApp {
  readonly metrics = new MetricsTable();
  readonly #feedback: LogWriter;
  readonly #log: LogWriter;
  #settings: AppSettings | undefined;
  readonly #served = new Versions();
  #draining = false;
  #inFlight = 0;
  #ids = 0;
  readonly #idStem = randomBytes(5).toString('hex');
  readonly #measures: Measures;

  constructor(log: LogWriter, feedback: LogWriter) {
    this.#log = log;
    this.#feedback = feedback;
    this.#measures = new Measures(this.metrics, this, { log, inFlight: () => this.#inFlight });
  }

  get ready(): boolean {
    return this.#served.routing !== undefined && !this.#draining;
  }

  /** The live version. */
  get live(): ServedVersion | undefined {
    return this.#served.routing?.live;
  }

  get trial(): Trial | undefined {
    return this.#served.routing?.trial;
  }

  /** Every version that is loaded. */
  get versions(): readonly ServedVersion[] {
    return this.#served.all;
  }

  /** Share of the requests to its model that a version answers when none is named. */
  shareOf(version: ServedVersion): number {
    return this.#served.shareOf(version);
  }

  /** From the next request on these settings count. */
  set settings(settings: AppSettings) {
    this.#settings = settings;
  }

  /** {@link Versions.route} */
  route(routing: Routing): Promise<void> {
    return this.#served.route(routing);
  }

  /** From now on the server says that it is not ready; what still arrives is answered. */
  drain(): void {
    this.#draining = true;
  }

  /** Writes down what is not written yet, and lets go of the models. */
  async close(): Promise<void> {
    await Promise.all(this.versions.map(({ model }) => model.close()));
    await Promise.all([this.#log.flush(), this.#feedback.flush()]);
  }

  readonly handle = async (request: HttpRequest): Promise<HttpReply> => {
    const begin = performance.now();
    const endpoint = endpointOf(request.path);
    const id = requestId(request.headers[REQUEST_ID]) ?? `${this.#idStem}-${(this.#ids++).toString(36)}`;
    this.#inFlight++;
    let reply: HttpReply;
    try {
      reply = await this.#route(request, endpoint, id);
    } catch (error) {
      if (knownError(error) === undefined) this.#complain(error, `${request.method} ${request.path.slice(0, 200)}`, id);
      reply = failureReply(error, id);
    }
    this.#inFlight--;
    this.#measures.answered(endpoint, reply.status, (performance.now() - begin) / 1000);
    return reply.headers?.[REQUEST_ID] === id ? reply : { ...reply, headers: { ...reply.headers, [REQUEST_ID]: id } };
  };

  #route(request: HttpRequest, endpoint: Endpoint, id: string): HttpReply | Promise<HttpReply> {
    const { method, path } = request;
    switch (endpoint) {
      case 'predict':
        allow(method, 'POST');
        return this.#predict(request, id);
      case 'models':
        return this.#models(request, path, id);
      case 'feedback':
        allow(method, 'POST');
        return this.#takeFeedback(request);
      case 'health':
        allow(method, 'GET');
        if (path === '/v2/health/live') return jsonReply(200, { live: true });
        if (path === '/v2/health/ready' || path === '/ping')
          return jsonReply(this.ready ? 200 : 503, { ready: this.ready });
        throw notFound(path);
      case 'metrics':
        allow(method, 'GET');
        return this.#metrics(request);
      case 'server':
        return this.#server(request, path);
      case 'none':
        throw notFound(path);
    }
  }

  #server(request: HttpRequest, path: string): HttpReply {
    allow(request.method, 'GET');
    const { live } = this.#served.required;
    switch (path) {
      case '/v2':
        return jsonReply(200, {
          name: 'ml-lifecycle',
          version: ENGINE_VERSION,
          extensions: ['binary_tensor_data', 'model_repository'],
        });
      case '/v2/repository/index':
        return jsonReply(
          200,
          this.versions.map(({ model }) => ({ name: model.name, version: String(model.version), state: 'READY' })),
        );
      case '/openapi.json':
        return jsonReply(
          200,
          openApi(
            live.model,
            this.versions.map(({ model }) => model),
          ),
        );
      case '/try':
        return pageReply(PAGE, 'text/html; charset=utf-8');
      case '/try.js':
        return pageReply(PAGE_SCRIPT, 'text/javascript; charset=utf-8');
      case '/try.css':
        return pageReply(PAGE_STYLE, 'text/css; charset=utf-8');
      default:
        if (request.headers.accept?.includes('text/html') === true) return pageReply(PAGE, 'text/html; charset=utf-8');
        return jsonReply(200, welcomeOf(live.model, this.#settings?.guard.open === true));
    }
  }

  async #metrics(request: HttpRequest): Promise<HttpReply> {
    await this.#admit(request, 'metrics');
    return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: this.metrics.render() };
  }

  #models(request: HttpRequest, path: string, id: string): HttpReply | Promise<HttpReply> {
    const parts = segments(path).slice(2);
    const name = parts[0] ?? '';
    const versioned = parts[1] === 'versions';
    const version = versioned ? parts[2] : undefined;
    const verb = parts[versioned ? 3 : 1];
    const extra = parts.length > (versioned ? 3 : 1) + (verb === undefined ? 0 : 1);
    if (name === '' || extra || (versioned && version === undefined)) throw notFound(path);
    if (verb === 'infer') {
      allow(request.method, 'POST');
      return this.#infer(request, id, name, version);
    }
    if (verb !== undefined && verb !== 'ready') throw notFound(path);
    allow(request.method, 'GET');
    if (verb === 'ready') {
      this.#served.named(name, version);
      return jsonReply(this.ready ? 200 : 503, { name, ready: this.ready });
    }
    return this.#describe(request, name, version);
  }

  async #describe(request: HttpRequest, name: string, version: string | undefined): Promise<HttpReply> {
    await this.#admit(request, 'predict', name);
    const { model } = this.#served.named(name, version);
    const loaded = this.versions.filter((one) => one.model.name === name).map((one) => one.model.version);
    return jsonReply(200, metadata(model, version === undefined ? loaded : [model.version]));
  }

  /** Whether this client may, and not too often. */
  #admit(request: HttpRequest, scope: 'predict' | 'feedback' | 'metrics', model?: string): void | Promise<void> {
    // Any page in the user's browser can send a POST to this machine; it must not get into the log that drift is measured on.
    if (request.method === 'POST' && request.headers['sec-fetch-site'] === 'cross-site')
      throw new HttpError(403, 'cross-site', 'Web pages of other sites may not ask this server.');
    const settings = this.#settings;
    if (settings === undefined) throw new HttpError(503, 'not-ready', 'No model is loaded.');
    const limit = (client: Client) => settings.limiter?.take(client.id === '' ? request.remote : client.id);
    const client = settings.guard.check(request, scope, model);
    return client instanceof Promise ? client.then(limit) : limit(client);
  }

  async #predict(request: HttpRequest, id: string): Promise<HttpReply> {
    const [, named, more] = request.path === '/predict' ? [] : segments(request.path);
    if (more !== undefined || named === '') throw notFound(request.path);
    const admitted = this.#admit(request, 'predict', named ?? this.live?.model.name);
    if (admitted !== undefined) await admitted;
    const { maxBody, deadline } = this.#settings as AppSettings;
    const given = request.body(maxBody);
    const bytes = given instanceof Promise ? await given : given;
    const { live, trial } = this.#served.required;
    const plain =
      trial === undefined && (named === undefined || named === live.model.name) ? live.model.plain : undefined;
    const read = plain?.read(bytes);
    const [version, asked] = read ? [live, read] : this.#parsed(request, id, named, bytes, plain);
    const now = performance.now();
    const until = deadlineOf(request.headers['x-deadline-ms'], deadline, now);
    const { by, answer } = await this.#ask(version, asked, id, until, now);
    const headers = { 'x-model-version': by.number, [REQUEST_ID]: id };
    return { status: 200, type: 'application/json', body: by.write(answer), ascii: by.ascii, headers };
  }

  /** Reads a body of rows in any of the ways that JSON can be written. */
  #parsed(
    request: HttpRequest,
    id: string,
    named: string | undefined,
    bytes: Buffer,
    plain: PlainReader | undefined,
  ): [ServedVersion, Asked] {
    const body = parseJson(bytes);
    // Vertex AI calls them instances.
    const rows: unknown = isObject(body) ? (body['rows'] ?? body['instances']) : undefined;
    if (!Array.isArray(rows) || rows.length === 0)
      throw new HttpError(
        400,
        'not-a-predict-request',
        'The body is not {"rows": [{"column": value, …}, …]} with at least one row.',
        { hint: 'GET / shows a body that is answered.' },
      );
    const version = this.#served.choose(request, id, named, undefined, (column) =>
      isObject(rows[0]) ? rows[0][column] : undefined,
    );
    const { info } = version.model;
    const { columns } = rowsToColumns(info, rows, strict);
    plain?.learn(rows[0]);
    const { inputs } = info;
    const given = (column: number, row: number) => (rows[row] as Record<string, unknown>)[inputs[column]?.name ?? ''];
    return [version, { rows: rows.length, columns, given }];
  }

  async #infer(request: HttpRequest, id: string, name: string, number: string | undefined): Promise<HttpReply> {
    const admitted = this.#admit(request, 'predict', name);
    if (admitted !== undefined) await admitted;
    const { maxBody, deadline } = this.#settings as AppSettings;
    // A wrong name must not cost a body.
    this.#served.named(name, number);
    const { value, binary } = readBody(await request.body(maxBody), request.headers['inference-header-content-length']);
    const version = this.#served.choose(request, id, name, number, (column) => firstOf(value, column));
    const asked = readInfer(version.model.info, value, binary);
    const until = deadlineOf(request.headers['x-deadline-ms'], deadline);
    const { by, answer } = await this.#ask(version, asked, id, until);
    const outputs = writeInfer(by.model, asked, answer, id);
    const reply = binaryReply(outputs, asked.binaryOutputs);
    return { ...reply, headers: { ...reply.headers, 'x-model-version': by.number } };
  }

  /** Asks a version; when it is the candidate of a roll-out and fails, the live one answers and the client notices nothing. */
  async #ask(
    version: ServedVersion,
    asked: Asked,
    id: string,
    deadline: number,
    begin = performance.now(),
  ): Promise<{ by: ServedVersion; answer: Answered }> {
    const { trial } = this;
    const tried = trial !== undefined && (version === trial.live || version === trial.candidate) ? trial : undefined;
    version.inFlight++;
    try {
      const { model } = version;
      const answer = answered(
        model.info,
        await model.predict(asked instanceof PlainRows ? asked : asked.columns, asked.rows, deadline),
        asked.rows,
      );
      const seconds = (performance.now() - begin) / 1000;
      version.answered(id, asked, answer, seconds);
      tried?.answered(version, id, asked, answer, seconds);
      return { by: version, answer };
    } catch (error) {
      if (error instanceof QueueFull) throw error;
      version.failed();
      tried?.failed(version);
      if (tried === undefined || version !== tried.candidate || !tried.comparable) throw error;
      if (tried.rescued < COMPLAINTS) this.#complain(error, `version ${version.model.version}`, id);
      const rescued = await this.#rescue(tried.live, asked, id, deadline);
      tried.saved();
      return rescued;
    } finally {
      version.inFlight--;
    }
  }

  async #rescue(live: ServedVersion, asked: Asked, id: string, deadline: number) {
    const begin = performance.now();
    live.inFlight++;
    try {
      const { model } = live;
      const answer = answered(
        model.info,
        await model.predict(asked instanceof PlainRows ? asked : asked.columns, asked.rows, deadline),
        asked.rows,
      );
      live.answered(id, asked, answer, (performance.now() - begin) / 1000);
      return { by: live, answer };
    } finally {
      live.inFlight--;
    }
  }

  async #takeFeedback(request: HttpRequest): Promise<HttpReply> {
    await this.#admit(request, 'feedback');
    const { maxBody } = this.#settings as AppSettings;
    const outcomes = readFeedback(
      parseJson(await request.body(maxBody)),
      this.versions.map(({ model }) => model.info),
    );
    const time = new Date().toISOString();
    for (const outcome of outcomes) {
      this.#feedback.append(time, feedbackLine(time, outcome));
      this.trial?.outcome(outcome.id, outcome.actual, outcome.value);
    }
    this.#measures.outcomes.add(outcomes.length);
    return jsonReply(202, { accepted: outcomes.length });
  }

  #complain(error: unknown, what: string, id: string): void {
    // What is meant for clients is no bug: its message tells all.
    const known = error instanceof HttpError;
    const stack = error instanceof Error ? ((known ? undefined : error.stack) ?? error.message) : String(error);
    process.stderr.write(`${new Date().toISOString()} ${id} ${what}: ${stack}\n`);
  }
}

/** First value of a column of an infer request, for sticky clients. */
function firstOf(body: unknown, column: string): unknown {
  const inputs: unknown = isObject(body) ? body['inputs'] : undefined;
  if (!Array.isArray(inputs)) return undefined;
  const tensor: unknown = inputs.find((one) => isObject(one) && one['name'] === column);
  const data: unknown = isObject(tensor) ? tensor['data'] : undefined;
  const first: unknown = Array.isArray(data) ? data[0] : undefined;
  return Array.isArray(first) ? first[0] : first;
}

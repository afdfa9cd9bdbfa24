import { HttpError, type HttpRequest } from '../../net/server';
import type { Trial } from './trial';
import type { ServedVersion } from './version';

/** What is served, and to whom it goes. */
export interface Routing {
  /** What `/predict` answers with. */
  readonly live: ServedVersion;
  /** Asked by name. */
  readonly also: readonly ServedVersion[];
  readonly trial?: Trial;
}

/** The versions that are loaded, and which of them answers a request. */
export class Versions {
  #routing: Routing | undefined;

  /** Undefined while nothing is loaded. */
  get routing(): Routing | undefined {
    return this.#routing;
  }

  /** Every version that is loaded. */
  get all(): readonly ServedVersion[] {
    const routing = this.#routing;
    if (routing === undefined) return [];
    return [...new Set([routing.live, ...(routing.trial ? [routing.trial.candidate] : []), ...routing.also])];
  }

  /** @throws HttpError 503 while nothing is loaded */
  get required(): Routing {
    if (this.#routing !== undefined) return this.#routing;
    throw new HttpError(503, 'not-ready', 'No model is loaded.', {}, { 'retry-after': '1' });
  }

  /** Share of the requests to its model that a version answers when none is named. */
  shareOf(version: ServedVersion): number {
    const { live, trial, also } = this.#routing ?? {};
    if (trial && version === trial.candidate) return trial.controller.weight;
    if (version === live) return trial ? 1 - trial.controller.weight : 1;
    return also?.find(({ model }) => model.name === version.model.name) === version &&
      version.model.name !== live?.model.name
      ? 1
      : 0;
  }

  /**
   * Sends the next requests elsewhere; those that are being answered finish with the version they began with.
   * @returns when the versions that are no longer served were let go: as late as their slowest request
   */
  async route(routing: Routing): Promise<void> {
    const before = this.all;
    this.#routing = routing;
    const now = new Set(this.all);
    await Promise.all(before.filter((version) => !now.has(version)).map(retire));
  }

  /** The version that is asked by name; without a number the one that answers for its model. @throws HttpError 404, 503 */
  named(name: string, number: string | undefined): ServedVersion {
    const { live } = this.required;
    const ofName = this.all.filter(({ model }) => model.name === name);
    if (ofName.length === 0) {
      const names = [...new Set(this.all.map(({ model }) => model.name))].join(', ');
      throw new HttpError(404, 'model-unknown', `There is no model '${name.slice(0, 100)}' here; there is ${names}.`);
    }
    if (number === undefined) return live.model.name === name ? live : (ofName[0] ?? live);
    const version = ofName.find(({ model }) => String(model.version) === number);
    if (version !== undefined) return version;
    const numbers = ofName.map(({ model }) => model.version).join(', ');
    throw new HttpError(
      404,
      'version-unknown',
      `Version ${number.slice(0, 20)} of ${name} is not live; ${numbers} ${ofName.length === 1 ? 'is' : 'are'}.`,
    );
  }

  /** Which version answers: the one that is named, else what a roll-out says, else the live one. @param first value of a column of the first row */
  choose(
    request: HttpRequest,
    id: string,
    name: string | undefined,
    number: string | undefined,
    first: (column: string) => unknown,
  ): ServedVersion {
    const { live, trial } = this.required;
    if (number !== undefined && name !== undefined) return this.named(name, number);
    if (name !== undefined && name !== live.model.name) return this.named(name, undefined);
    return trial?.controller.open === true ? trial.choose(request, id, first) : live;
  }
}

async function retire(version: ServedVersion): Promise<void> {
  while (version.inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await version.model.close();
}

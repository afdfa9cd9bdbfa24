import { startServer } from '../../../../lifecycle/deploy/serve/server';
import { configFor } from './support';
import { Client } from './trial';

export interface Swapped {
  readonly perSecond: number;
  readonly sent: number;
  /** Answers that were not 200, and connections that broke. */
  readonly failed: number;
  /** Answers by each of the two versions. */
  readonly by: Readonly<Record<number, number>>;
  readonly swaps: number;
  /** Milliseconds of a swap with all of its checks. */
  readonly median: number;
  readonly slowest: number;
}

/** Asks at a steady pace while a new version takes over and is taken back, again and again, at least so often; every answer counts. */
export async function swaps(perSecond: number, seconds: number, pause = 400, least = 0): Promise<Swapped> {
  const [one, two] = [await configFor({ log: 'full' }), await configFor({ toy: { bias: 1 }, version: 2 })];
  const server = await startServer(one);
  const next = { ...one, model: two.model };
  const client = new Client(server.port);
  let [sent, failed] = [0, 0];
  const by: Record<number, number> = {};
  const begin = performance.now();
  const pending: Promise<void>[] = [];
  let stop = false;
  const pacer = (async () => {
    while (!stop) {
      const due = Math.floor(((performance.now() - begin) / 1000) * perSecond);
      for (; sent < due; sent++)
        pending.push(
          client.post('/predict', { rows: [{ size: sent % 10, city: 'Ulm' }] }).then(
            ({ status, value }) => {
              if (status === 200) by[value.version] = (by[value.version] ?? 0) + 1;
              else failed++;
            },
            () => void failed++,
          ),
        );
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  const times: number[] = [];
  for (let i = 0; i < least || performance.now() - begin < seconds * 1000; i++) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    const from = performance.now();
    await server.load(i % 2 === 0 ? next : one);
    times.push(performance.now() - from);
  }
  stop = true;
  await pacer;
  await Promise.all(pending);
  const took = (performance.now() - begin) / 1000;
  client.close();
  await server.stop();
  times.sort((a, b) => a - b);
  return {
    perSecond: sent / took,
    sent,
    failed,
    by,
    swaps: times.length,
    median: times[times.length >> 1] ?? NaN,
    slowest: times.at(-1) ?? NaN,
  };
}

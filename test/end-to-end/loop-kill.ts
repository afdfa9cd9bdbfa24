import assert from 'node:assert/strict';
import { readLedger } from '../../lifecycle/store/ledger';
import { readRetrainings } from '../../lifecycle/store/retraining';
import { pause } from '../../lifecycle/process/pause';
import { reviveServer } from '../../lifecycle/deploy/revive';
import { livingServer } from '../../lifecycle/deploy/server';
import { random } from '../rigs/random';
import { theProgram } from './product';
import { cases, feed, later, loopProject, receiver, send } from './loop';

const STEPS = ['due', 'data', 'trained', 'compared', 'approved', 'deployed', 'promoted'];

export interface LoopKills {
  readonly kills: number;
  /** Kills that met a living process. */
  readonly hits: number;
  /** Kills that took the model server along. */
  readonly servers: number;
  /** The last step that was written when each kill came; `none` before the first, `promoted` after the last. */
  readonly at: readonly string[];
  readonly seconds: number;
}

/**
 * The story of a retraining, over and over: the world changes, outcomes arrive, and `lifecycle watch` notices, retrains and deploys. In each
 * round it is killed (SIGKILL of its process group; in every second round of the model server, too) at another moment; the next one must take the
 * story to its end: every step written down once, one version trained and deployed, no message of the alert sent under two keys, no outcome lost, and
 * the model served.
 */
export async function killLoop(options: {
  readonly times: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}): Promise<LoopKills> {
  const began = performance.now();
  const draw = random(options.seed);
  const hook = await receiver();
  const project = loopProject(`
window: {last: 300}
drift: {domain: false}
alerts: {shift: {when: drift.count > 0, severity: critical}}
notify: [{webhook: "${hook.url}"}]
retrain: {when: drift.share >= 0.3, data: {feedback: append, last: 500, minimum-rows: 100}, approve: auto, at-most: 1000/day}`);
  const all = async () => readRetrainings(project.store, 'loop', 'watch');
  const at: string[] = [];
  // Milliseconds from the beginning to the first step, from each step to the next, and from the last to the end.
  let phases: number[] = [];
  let [hits, servers] = [0, 0];
  try {
    project.well('run', '--deploy');
    for (let round = 0; round <= options.times; round++) {
      // Each time it turns round: the live model is wrong, and a new one has something to learn.
      feed(project, await send(project, cases(600, 100 + round, { shift: 3, flipped: round % 2 === 0 })));
      if (round > 0) {
        const child = project.begin(['watch', '--once']);
        child.stdout.resume();
        child.stderr.resume();
        const ended = new Promise<void>((done) => child.once('close', () => done()));
        // Spread evenly over the phases of the story, each of which is waited for: so a busy machine shifts nothing.
        const place = ((round - 1 + draw()) / options.times) * phases.length;
        const phase = Math.floor(place);
        const steps = async () => (await all())[round]?.events.length ?? 0;
        while ((await steps()) < phase && child.exitCode === null) await pause(5, undefined);
        await pause((place - phase) * phases[phase]!, undefined);
        const server = round % 2 === 1 ? await livingServer(project.store, 'local') : undefined;
        if (child.exitCode === null) hits++;
        for (const pid of [-child.pid!, ...(server ? [server.process.pid] : [])])
          try {
            process.kill(pid, 'SIGKILL');
          } catch {
            // It had ended.
          }
        if (server) servers++;
        await ended;
        const now = (await all())[round];
        at.push(now?.events.at(-1)?.step ?? 'none');
      }
      // After the end another look would rightly begin anew: the window has not changed.
      let text = '';
      if (at.at(-1) !== 'promoted') {
        const start = Date.now();
        const said = await later(project, 'watch', '--once');
        if (round === 0) {
          const times = (await all())[0]!.events.map(({ time }) => Date.parse(time));
          phases = [start, ...times, Date.now()].map((time, i, list) => (list[i + 1] ?? time) - time).slice(0, -1);
        }
        assert.equal(said.code, 0, said.text);
        ({ text } = said);
      }
      const found = await all();
      for (const { events } of found)
        assert.deepEqual(
          events.map(({ step }) => step),
          STEPS,
          `round ${round}, killed after ${at.at(-1)}: ${text}`,
        );
      assert.equal(found.length, round + 1, `round ${round}: one retraining for each change`);
      // Where the story had ended there was no further look to start the server again.
      if (!(await livingServer(project.store, 'local')))
        await reviveServer('local', { store: project.store, command: [process.execPath, theProgram(), '__serve'] });
      options.log?.(`round ${round}: killed after ${at.at(-1) ?? 'nothing'}`);
    }
    const retrained = (await all()).map(({ events }) => events.find(({ step }) => step === 'trained')!.challenger!);
    // Version 1 was there before; each retraining made the next, and none was made or deployed twice.
    assert.deepEqual(
      retrained.map(({ version }) => version),
      retrained.map((_, i) => i + 2),
    );
    const { entries } = await readLedger(project.store);
    assert.deepEqual(
      entries.map(({ action, version }) => `${action} ${version}`),
      [1, ...retrained.map(({ version }) => version)].map((version) => `deploy ${version}`),
    );
    for (const { events } of await all())
      assert.equal(events.find(({ step }) => step === 'data')!.data!.labelled, 500, 'an outcome was lost');
    // Of a new version nothing is known yet, so the alert may end and begin again; what was tried twice carries the same key.
    const messages = new Map(hook.got.map(({ key, body }) => [key, body.alerts[0]!.status]));
    assert.deepEqual(
      [...messages.values()],
      [...messages].map((_, i) => (i % 2 === 0 ? 'firing' : 'resolved')),
    );
    return { kills: options.times, hits, servers, at, seconds: (performance.now() - began) / 1000 };
  } finally {
    hook.close();
    project.go(['stop', 'local']);
  }
}

import assert from 'node:assert/strict';
import { readEntry } from '../../lifecycle/store/runs';
import { readRetrainings } from '../../lifecycle/store/retraining';
import { cases, feed, later, loopProject, receiver, send } from './loop';
import { killLoop } from './loop-kill';
import type { Project } from './product';
import { skip } from '../rigs/skip';

// The story of a model in production: quiet on good traffic, an alert on shifted traffic, a retraining whose challenger wins and goes live;
// and the mirrored case, in which the challenger is no better and is kept out.

const steps = async (project: Project) =>
  (await readRetrainings(project.store, 'loop', 'watch')).map(({ events }) => events.map(({ step }) => step));

describe('a watched model', function () {
  this.timeout(180_000);
  const projects: Project[] = [];
  let hook: Awaited<ReturnType<typeof receiver>>;
  before(async () => {
    hook = await receiver();
  });
  after(() => {
    hook.close();
    for (const project of projects) project.go(['stop', 'local']);
  });

  const monitor = () => `
window: {last: 300}
alerts: {shift: {when: drift.count > 0, severity: critical}}
notify: [{webhook: "${hook.url}"}]
retrain: {when: drift.share >= 0.3, data: {feedback: append, last: 500, minimum-rows: 100}, approve: auto}`;

  it('is quiet while all is well, alerts on a shift, retrains, and lets the better model go live', async () => {
    const project = loopProject(monitor());
    projects.push(project);
    project.well('run', '--deploy', '--env', 'production');
    feed(project, await send(project, cases(300, 2)));
    const quiet = project.well('watch', '--once');
    assert.match(quiet.text, /with environment production, as run \S+ deployed it/);
    assert.match(quiet.text, /watch: stable: 3 columns, 300 rows/);
    assert.deepEqual([hook.got.length, await steps(project)], [0, []]);

    feed(project, await send(project, cases(600, 3, { shift: 3, flipped: true })));
    const dry = project.well('retrain', '--dry-run');
    assert.match(dry.text, /champion: loop 1 on 'local'/);
    assert.deepEqual(await steps(project), []);
    const loud = await later(project, 'watch', '--once');
    assert.equal(loud.code, 0, loud.text);
    assert.match(loud.text, /2 of 3 columns drifted/);
    assert.equal(hook.got.length, 1);
    const alert = hook.got[0]!.body.alerts[0]!;
    assert.deepEqual(
      [alert.labels['alertname'], alert.labels['severity'], alert.status],
      ['shift', 'critical', 'firing'],
    );
    assert.match(alert.annotations['columns']!, /a/);
    assert.deepEqual(await steps(project), [
      ['due', 'data', 'trained', 'compared', 'approved', 'deployed', 'promoted'],
    ]);
    const [retraining] = await readRetrainings(project.store, 'loop', 'watch');
    const { comparison } = retraining!.events.find(({ step }) => step === 'compared')!;
    assert.ok(comparison!.challenger > 0.65 && comparison!.champion < 0.5, JSON.stringify(comparison));
    // The challenger is made, and deployed, as the champion was.
    for (const { run } of retraining!.events.filter((event) => event.run !== undefined)) {
      const { environment, parameters } = (await readEntry(project.store, run!))!.info;
      assert.deepEqual([environment, parameters], ['production', { strength: 0.002 }]);
    }
    assert.match(project.well('deployments').text, /loop\s+2\b/);
    assert.match(project.well('models').text, /champion/);

    // The next look finds the new version live; nothing is sent or retrained twice.
    project.well('watch', '--once');
    assert.equal((await steps(project)).length, 1);
  });

  it('asks a person first, and keeps a challenger out that is no better', async () => {
    const project = loopProject(monitor().replace('approve: auto', 'approve: ask'));
    projects.push(project);
    project.well('run', '--deploy');
    // The inputs move, but what they mean does not: the champion is as good as anyone could be.
    feed(project, await send(project, cases(400, 4, { shift: 3 })));
    const out = await later(project, 'watch', '--once');
    assert.equal(out.code, 0, out.text);
    const [[...first]] = (await steps(project)) as [string[]];
    assert.equal(first.at(-1), 'kept-out');
    assert.match(
      project.well('retrain', '--list').text,
      /kept-out: the challenger is not better with 95 % confidence: auc/,
    );
    assert.match(project.well('deployments').text, /loop\s+1\b/);
    // At most one a day.
    const again = await later(project, 'watch', '--once');
    assert.match(again.text, /held-back: .*at most 1\/day/);

    // By hand it may begin again, and now the challenger has something to learn; a person approves.
    feed(project, await send(project, cases(600, 5, { shift: 3, flipped: true })));
    const asked = project.go(['retrain']);
    assert.match(asked.text, /Waiting for approval/, asked.text);
    assert.match(project.well('deployments').text, /loop\s+1\b/);
    const refused = project.go(['retrain', '--reject', 'latest']);
    assert.match(refused.text, /reason-missing/);
    const yes = project.well('retrain', '--approve', 'latest', '--reason', 'looks right');
    assert.match(yes.text, /approved by .*: looks right/);
    assert.match(yes.text, /promoted/);
    assert.equal(project.go(['retrain', '--approve', 'latest']).code, 2);
  });

  it('goes on after kill -9, nothing twice and nothing lost', async function () {
    if (process.platform === 'win32') skip(this, 'this needs POSIX signals');
    // test/deep/watch.test.ts does it at 20 moments.
    const { hits, at } = await killLoop({ times: 1, seed: 20261129 });
    assert.ok(hits >= 1, at.join(', '));
  });
});

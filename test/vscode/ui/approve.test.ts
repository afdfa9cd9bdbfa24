import assert from 'node:assert/strict';
import { cpSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { readRetrainings } from '../../../lifecycle/store/retraining';
import { cases, feed, loopProject, send } from '../../end-to-end/loop';
import { Project } from '../../end-to-end/product';
import { Window } from './rig';

describe('a retrained model that waits for a person', function () {
  this.timeout(180_000);
  let window: Window;
  let project: Project;

  before(async () => {
    const made = loopProject(`
window: {last: 300}
retrain: {when: drift.share >= 0.3, data: {feedback: append, last: 500, minimum-rows: 100}, approve: ask}`);
    window = await Window.open({ example: null });
    for (const name of readdirSync(made.folder))
      cpSync(path.join(made.folder, name), path.join(window.folder, name), { recursive: true });
    project = new Project(window.folder, made.name);
  });
  after(async () => {
    project.go(['stop', 'local']);
    await window.close();
  });

  it('is asked about in the editor, and goes live with one click', async () => {
    project.well('run', '--deploy');
    feed(project, await send(project, cases(600, 3, { shift: 3, flipped: true })));
    project.go(['watch', '--once']);
    const steps = async () =>
      (await readRetrainings(project.store, 'loop', 'watch')).flatMap(({ events }) => events.map(({ step }) => step));
    assert.equal((await steps()).at(-1), 'waiting');

    const told = (words: RegExp) =>
      window.page.locator('.notifications-center .notification-list-item', { hasText: words }).first();
    const see = async (words: RegExp) => {
      for (let left = 20; ; left--) {
        await window.run('Notifications: Show Notifications');
        if (await told(words).isVisible()) return;
        assert.ok(left > 0, `nothing says ${words.source}`);
        await window.page.waitForTimeout(1_000);
      }
    };
    await see(/waits for approval\. The challenger is better: auc/);
    await told(/waits for approval/)
      .getByRole('button', { name: 'Approve and Deploy' })
      .click();
    await see(/the challenger is live/);
    assert.deepEqual((await steps()).slice(-3), ['approved', 'deployed', 'promoted']);
    assert.match(project.well('deployments').text, /loop 2/);
  });
});

import { windowFor } from './rig';

const tasks = {
  version: '2.0.0',
  tasks: [{ type: 'lifecycle', label: 'train it', pipeline: 'churn.pipeline.yaml', problemMatcher: ['$lifecycle'] }],
};

describe('a task of tasks.json', function () {
  this.timeout(200_000);
  const window = windowFor({ files: { '.vscode/tasks.json': JSON.stringify(tasks) } });

  it('is started by Run Task, and goes on to its end', async () => {
    const listed = window().page.locator('.quick-input-widget .monaco-list-row').filter({ hasText: 'train it' });
    // VS Code shows no list while its own tasks are not known yet, with or without our extension: asked again, it does.
    for (let attempt = 0; attempt < 5 && !(await listed.first().isVisible()); attempt++) {
      await window().run('Tasks: Run Task');
      await listed
        .first()
        .waitFor({ timeout: 8_000 })
        .catch(() => undefined);
    }
    await window().pick('train it');
    await window()
      .statusBar(/churn: \w+/)
      .waitFor({ timeout: 60_000 });
    await window()
      .page.locator('.statusbar-item')
      .filter({ hasText: 'churn' })
      .locator('.codicon-check')
      .waitFor({ timeout: 120_000 });
  });
});

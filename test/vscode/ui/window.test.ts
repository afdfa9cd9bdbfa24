import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { themes, windowFor } from './rig';

const pipeline = 'lifecycle: 1\npipeline: tiny\nstages: {}\n';

describe('the window', () => {
  const window = windowFor({ files: { 'tiny.pipeline.yaml': pipeline } });

  it('shows the tab of the extension', async () => {
    await window().activityTab('ML Lifecycle').click();
    await window().page.locator('.sidebar .pane-header').first().waitFor();
  });

  it('opens a pipeline file of the example in its own language', async () => {
    await window().openFile('tiny.pipeline.yaml');
    await window()
      .statusBar(/Pipeline/)
      .first()
      .waitFor();
  });

  it('runs a command from the palette', async () => {
    await window().run('View: Toggle Panel Visibility');
    await window().page.locator('.part.panel').waitFor();
  });

  it('changes between the four colour themes', async () => {
    for (const theme of [...themes].reverse()) await window().setTheme(theme);
    assert.ok(existsSync(await window().screenshot('window')));
  });

  it('works on a copy outside of the repository', () => {
    assert.ok(!window().folder.startsWith(path.resolve(__dirname, '../../..')));
  });
});

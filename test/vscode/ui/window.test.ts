import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { repository, themes, Window, windowFor } from './rig';

const pipeline = 'lifecycle: 1\npipeline: tiny\nstages: {}\n';

describe('the window', () => {
  const window = windowFor({ files: { 'tiny.pipeline.yaml': pipeline }, theme: 'dark' });

  it('starts in the theme that was asked for', async () => {
    await window().page.locator('.monaco-workbench.vs-dark').waitFor();
  });

  it('shows the tab of the extension, and what its webview holds', async () => {
    await window().activityTab('ML Lifecycle').click();
    await window().page.locator('.sidebar .pane-header').first().waitFor();
    await window().sideWebview().getByText('No run yet').waitFor();
  });

  it('hears what the content security policy of a webview refuses', async () => {
    assert.deepEqual(window().complaints.csp, []);
    // An inline script that is put into the page is the page's own, and subject to its policy.
    await window()
      .sideWebview()
      .locator('body')
      .evaluate((body) => {
        const script = document.createElement('script');
        script.textContent = 'globalThis.ran = true';
        body.append(script);
      });
    await window().page.waitForTimeout(500);
    assert.match(window().complaints.csp.splice(0).join('\n'), /inline script/);
  });

  it('opens a pipeline file of the example in its own language', async () => {
    await window().openFile('tiny.pipeline.yaml');
    await window().statusBar('ML Pipeline').first().waitFor();
  });

  it('runs a command from the palette', async () => {
    await window().run('View: Toggle Panel Visibility');
    await window().page.locator('.part.panel').waitFor();
  });

  it('changes between the four colour themes', async () => {
    for (const theme of [...themes].reverse()) await window().setTheme(theme);
    assert.ok(existsSync(await window().screenshot('window')));
  });

  it('stands again after a reload', async () => {
    await window().reload();
    await window().editorTab('tiny.pipeline.yaml').waitFor();
  });

  it('works on a copy outside of the repository', () => {
    assert.ok(!window().folder.startsWith(repository));
  });
});

describe('the window of a folder that is not trusted', () => {
  it('is in restricted mode', async () => {
    const window = await Window.open({ trust: false });
    try {
      await window.page.getByText('Restricted Mode').first().waitFor();
    } finally {
      await window.close();
    }
  });
});

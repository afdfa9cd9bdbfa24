// Writes themes.json: the colours that VS Code hands to webviews, read out of a real window. `npx tsx test/webviews/read-themes.ts` after a build.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { allThemes, closeBrowser, Window } from '../vscode/ui/rig';

async function main(): Promise<void> {
  const used = new Set(
    readdirSync('webviews', { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(css|ts)$/.test(name))
      .flatMap((name) => readFileSync(path.join('webviews', name), 'utf8').match(/--vscode-[\w-]+/g) ?? []),
  );
  // What the component libraries ask for.
  for (const name of ['toolkit', 'elements'] as const) {
    const folder =
      name === 'toolkit' ? '@vscode/webview-ui-toolkit/dist/toolkit.js' : '@vscode-elements/elements/dist/bundled.js';
    for (const found of readFileSync(path.join('node_modules', folder), 'utf8').match(/--vscode-[\w-]+/g) ?? [])
      used.add(found);
  }
  const window = await Window.open({ example: 'churn' });
  try {
    await window.run('ML Lifecycle: Open Runs Table');
    const body = window.webview().locator('body');
    await body.getByText('No run yet').waitFor();
    const all: Record<string, Record<string, string>> = {};
    for (const theme of allThemes) {
      await window.setTheme(theme);
      await window.page.waitForTimeout(1500);
      const found = await body.evaluate((node) => {
        const { style } = node.ownerDocument.documentElement;
        return Object.fromEntries(
          Array.from(style)
            .filter((name) => name.startsWith('--vscode-'))
            .map((name) => [name, style.getPropertyValue(name).trim()]),
        );
      });
      all[theme] = Object.fromEntries(
        Object.entries(found)
          .filter(([name]) => used.has(name))
          .sort(),
      );
      await window.screenshot(`themes-${theme}`);
    }
    writeFileSync(path.join(__dirname, 'themes.json'), JSON.stringify(all, undefined, 1) + '\n');
  } finally {
    await window.close();
    await closeBrowser();
  }
}

void main();

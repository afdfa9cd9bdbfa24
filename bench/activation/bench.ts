// Activation of the extension as VS Code itself measures it ("Developer: Show Running Extensions"), nine fresh windows on the churn example.
// The bundles are as they are published. Beside it, in the same windows: what VS Code brings along; all of it starts at once on one thread. `npx tsx bench/activation/bench.ts [--write]`
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, release, type } from 'node:os';
import path from 'node:path';
import { closeBrowser, Window } from '../../test/vscode/ui/rig';

const windows = 9;

async function measure(): Promise<Map<string, number>> {
  const window = await Window.open({ example: 'churn', open: 'churn.pipeline.yaml' });
  try {
    await window.page.waitForTimeout(4_000);
    await window.run('Developer: Show Running Extensions');
    const rows = window.page.locator('.runtime-extensions-editor .monaco-list-row');
    await rows.first().waitFor();
    const found = new Map<string, number>();
    for (const text of await rows.allInnerTexts()) {
      const [name = ''] = text.trim().split('\n');
      const time = /Activation:\s*(\d+)ms/.exec(text) ?? /(\d+)ms/.exec(text);
      if (time) found.set(name.trim(), Number(time[1]));
    }
    return found;
  } finally {
    await window.close();
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const build = (...args: string[]): void => {
  execFileSync(process.execPath, [path.resolve(__dirname, '../../esbuild.mjs'), ...args], { stdio: 'pipe' });
};

async function main(): Promise<void> {
  build('--production');
  const times = new Map<string, number[]>();
  for (let round = 0; round < windows; round++)
    for (const [name, time] of await measure()) times.set(name, [...(times.get(name) ?? []), time]);
  await closeBrowser();
  build();
  const rows = [...times].sort(([a], [b]) => (a === 'ML Lifecycle' ? -1 : b === 'ML Lifecycle' ? 1 : a < b ? -1 : 1));
  const table = [
    '| extension | median ms | smallest | largest |',
    '| --- | ---: | ---: | ---: |',
    ...rows.map(
      ([name, values]) => `| ${name} | ${median(values)} | ${Math.min(...values)} | ${Math.max(...values)} |`,
    ),
  ].join('\n');
  console.log(table);
  if (!process.argv.includes('--write')) return;
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model.trim() ?? ''}, ${type()} ${release()}`;
  writeFileSync(
    path.join(__dirname, 'RESULTS.md'),
    `# Activation\n\nMilliseconds from VS Code's own *Show Running Extensions*, ${windows} fresh windows of the npm-carried VS Code (${machine}). Bar: under 100 ms. All of these start at once on one thread, so each figure holds a part of the others'.\n\n${table}\n`,
  );
}

void main();

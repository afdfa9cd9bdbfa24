import { readdirSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

/**
 * What VS Code calls to run the tests inside it (`extensionTestsPath`): every `*.test.ts` beside this file, bundled.
 * Rejects when a test fails, which VS Code turns into its exit code. `TEST_GREP` picks tests by title.
 */
export async function run(): Promise<void> {
  const repository = path.resolve(__dirname, '../..');
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 60_000,
    color: false,
    forbidOnly: true,
    reporter: path.join(repository, 'scripts/lib/mocha-reporter.cjs'),
    ...(process.env['TEST_GREP'] ? { grep: process.env['TEST_GREP'] } : {}),
  });
  const folder = path.join(__dirname, 'suite');
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.test.js')) mocha.addFile(path.join(folder, name));
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} tests failed`);
}

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { EdgeTarget } from '../../../../schemas/generated/types';
import { deployBundle, planDeployment, rollback } from '../../../../lifecycle/deploy/deploy';
import { predict, type Prediction } from '../../../../lifecycle/deploy/predict';
import { UserError } from '../../../../lifecycle/problem';
import { sha256 } from '../../../../lifecycle/process/hash';
import { skip } from '../../../rigs/skip';
import { removeFolders, temporaryFolder, toyBundle } from '../support';
import { serveFolder } from './page';
import { sameTo } from './same';

const rows = Array.from({ length: 50 }, (_, i) => ({
  size: i / 7,
  city: i % 3 === 0 ? 'Ulm' : 'Bonn',
  garden: i % 4 === 0 ? null : i % 2 === 0,
}));
const code =
  (wanted: string, message = /./) =>
  (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.problem.code, wanted, error.message);
    assert.match(error.message, message);
    return true;
  };

describe('a model to take along', function () {
  this.timeout(120_000);
  let folder: string;
  let store: string;
  let bundle: string;
  let expected: Prediction[];
  before(async () => {
    folder = await temporaryFolder();
    store = path.join(folder, '.lifecycle');
    bundle = await toyBundle();
    expected = await predict(bundle, rows);
    const { entry, output } = await deployBundle({ bundle }, options({ kind: 'edge', output: 'edge' }));
    assert.deepEqual([entry.kind, output], ['edge', path.join(folder, 'edge')]);
    await writeFile(path.join(folder, 'rows.json'), JSON.stringify(rows));
  });
  after(removeFolders);

  const options = (settings: EdgeTarget) => ({ store, target: { name: 'device', settings, folder } });

  it('answers the same in Node, without the engine', () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['node.mjs', '../rows.json'], {
      cwd: path.join(folder, 'edge'),
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    sameTo(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Prediction),
      expected,
      1e-6,
    );
    const bad = spawnSync(process.execPath, ['node.mjs', '-'], {
      cwd: path.join(folder, 'edge'),
      encoding: 'utf8',
      input: '[{"size": "big", "city": "Ulm"}]',
    });
    assert.deepEqual(
      [bad.status, bad.stderr.trim()],
      [1, 'error: Column \'size\', row 0: expected a number, got "big".'],
    );
  });

  it('answers the same in Python, with numpy alone', function () {
    if (spawnSync('/usr/bin/python3', ['-c', 'import numpy']).status !== 0)
      skip(this, 'python3-numpy is not installed');
    const run = (...args: string[]) =>
      spawnSync('/usr/bin/python3', args, { cwd: path.join(folder, 'edge'), encoding: 'utf8' });
    const { stdout, stderr, status } = run('predict.py', '../rows.json');
    assert.equal(status, 0, stderr);
    sameTo(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Prediction),
      expected,
      1e-6,
    );
    const bad = run('-c', 'import predict; predict.Model().predict([{"city": "Ulm"}])');
    assert.match(bad.stderr, /Refused: Column 'size', row 0: the value is missing/);
  });

  it('answers the same in a page of the browser, and shows a form', async function () {
    const browser = await chromium
      .launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
      .catch(() => undefined);
    if (!browser) return skip(this, 'chromium is not installed');
    const server = await serveFolder(path.join(folder, 'edge'));
    try {
      const page = await browser.newPage();
      const trouble: string[] = [];
      page.on('pageerror', (error) => trouble.push(String(error)));
      page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
      await page.goto(`${server.url}/index.html`);
      await page.waitForSelector('body[data-ready]');
      // The page's own script asks, under its own content security policy.
      const answers = await page.evaluate(
        (given) =>
          (globalThis as unknown as { model: { predict(rows: unknown): Promise<unknown> } }).model.predict(given),
        rows,
      );
      sameTo(answers as Prediction[], expected, 1e-6);
      await page.getByLabel('size').fill('3');
      await page.getByLabel('city').selectOption('Ulm');
      await page.getByRole('button', { name: 'Predict' }).click();
      assert.match((await page.locator('#answer strong').textContent()) ?? '', /^Yes$/);
      assert.deepEqual(
        trouble.filter((text) => !/favicon/.test(text)),
        [],
      );
    } finally {
      await browser.close();
      server.close();
    }
  });

  it('refuses a model that was changed, in every runtime', async () => {
    const copy = path.join(folder, 'tampered');
    await mkdir(copy);
    for (const name of await readdir(path.join(folder, 'edge')))
      await writeFile(path.join(copy, name), await readFile(path.join(folder, 'edge', name)));
    const model = await readFile(path.join(copy, 'model.onnx'));
    model[model.length - 1] = (model.at(-1) ?? 0) ^ 1;
    await writeFile(path.join(copy, 'model.onnx'), model);
    const node = spawnSync(process.execPath, ['node.mjs', '../rows.json'], { cwd: copy, encoding: 'utf8' });
    assert.match(node.stderr, /model\.onnx was changed since the folder was made; it is not loaded/);
    const python = spawnSync('/usr/bin/python3', ['predict.py', '../rows.json'], { cwd: copy, encoding: 'utf8' });
    assert.match(python.stderr, /model\.onnx was changed since the folder was made|No module named 'numpy'/);
  });

  it('changes only what differs, goes back, and leaves out what is not wanted', async () => {
    const again = await planDeployment({ bundle }, options({ kind: 'edge', output: 'edge' }));
    assert.deepEqual([again.actions, again.notes], [[], ['edge holds toy 1 already.']]);
    const other = await toyBundle({ bias: 1 });
    const plan = await planDeployment(
      { bundle: other },
      options({ kind: 'edge', output: 'edge', runtimes: ['python'] }),
    );
    assert.deepEqual(
      plan.actions.map(({ say }) => say.replace(/ \(.*/, '')),
      [
        'replace model.onnx',
        'change README.md',
        'remove index.html',
        'remove model.mjs',
        'remove node.mjs',
        'remove ort.mjs',
        'remove ort.wasm',
        'remove page.mjs',
        'change contents.json',
      ],
    );
    await deployBundle({ bundle: other }, options({ kind: 'edge', output: 'edge', runtimes: ['python'] }));
    assert.ok(!(await readdir(path.join(folder, 'edge'))).includes('ort.wasm'));
    await rollback('device', { store, to: 1 });
    assert.equal(
      sha256(await readFile(path.join(folder, 'edge', 'model.onnx'))),
      sha256(await readFile(path.join(bundle, 'model.onnx'))),
    );
  });

  it('refuses what is over the budget, and a folder that is not its own', async () => {
    await assert.rejects(
      planDeployment({ bundle }, options({ kind: 'edge', output: 'small', budget: 1_000_000 })),
      code('edge-budget', /takes 13\.\d MB on 'device', more than its budget of 1\.0 MB/),
    );
    const small = await planDeployment(
      { bundle },
      options({ kind: 'edge', output: 'small', budget: 1_000_000, runtimes: ['python'] }),
    );
    assert.match(small.notes[0] ?? '', /small takes \d+ kB of 1\.0 MB/);
    await mkdir(path.join(folder, 'mine'));
    await writeFile(path.join(folder, 'mine', 'thesis.txt'), 'x');
    await assert.rejects(
      planDeployment({ bundle }, options({ kind: 'edge', output: 'mine' })),
      code('edge-folder-taken', /something else already \(thesis\.txt\)/),
    );
    await assert.rejects(stat(path.join(folder, 'small')), /ENOENT/);
  });
});

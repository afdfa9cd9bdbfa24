import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { textFeatures } from '../../../../lifecycle/data/words-to-onnx';
import { deployBundle } from '../../../../lifecycle/deploy/deploy';
import { predict, type Prediction } from '../../../../lifecycle/deploy/predict';
import { encodeModel, GraphBuilder } from '../../../../lifecycle/onnx';
import { skip } from '../../../rigs/skip';
import { removeFolders, temporaryFolder, toyBundle } from '../support';
import { serveFolder } from './page';

const image = { height: 8, width: 8, channels: 3 as const };
const values = Array.from({ length: 8 * 8 * 3 }, (_, i) => `v${i}`);
const golden = JSON.parse(readFileSync(path.join(__dirname, '../../../golden/image/pictures.json'), 'utf8')) as Record<
  string,
  { readonly file: string; readonly resized: { readonly height: number; readonly rgb: number[] }[] }
>;
const pictures = Object.entries(golden);
const rows = pictures.map(([, { file }]) => ({ picture: file }));

/** A model whose "classes" are its pixels, so that what it saw can be read from its answer. */
async function mirror(): Promise<string> {
  const builder = new GraphBuilder('mirror');
  const picture = builder.input('picture', 'string', ['N', 1]);
  const pixels = textFeatures(builder, picture, {
    step: 'pixels',
    column: 'picture',
    features: values,
    ...image,
    implicit: true,
  });
  builder.output(pixels, 'probabilities', ['N', values.length]);
  return toyBundle({
    graph: encodeModel(builder.build()),
    info: {
      task: 'multiclass',
      classes: values,
      inputs: [{ name: 'picture', type: 'text', required: true, image }],
      outputs: [{ name: 'probabilities', type: 'float32', shape: ['N', values.length] }],
    },
  });
}

/** Values of 0 to 255 that an answer shows. */
const seen = (answer: Prediction) =>
  values.map((name) => Math.round((answer as { probabilities: Record<string, number> }).probabilities[name]! * 255));

/** Against what Pillow makes of the file, within `slack` of 255. */
function same(answers: readonly Prediction[], slack: (name: string) => number): void {
  assert.equal(answers.length, pictures.length);
  pictures.forEach(([name, { resized }], at) => {
    const wanted = resized.find(({ height }) => height === 8)!.rgb;
    const off = Math.max(...seen(answers[at]!).map((value, i) => Math.abs(value - wanted[i]!)));
    assert.ok(off <= slack(name), `${name}: ${off} of 255 away`);
  });
}

// Decoders of JPEG round differently, and what is transparent is rounded once more.
const ours = (name: string): number => (name.startsWith('jpeg') ? 4 : name === 'png transparent' ? 2 : 1);
const lines = (text: string): Prediction[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Prediction);

describe('a model of pictures to take along', function () {
  this.timeout(120_000);
  let edge: string;
  let bundle: string;
  before(async () => {
    const folder = await temporaryFolder();
    bundle = await mirror();
    const target = { name: 'device', settings: { kind: 'edge' as const, output: 'edge' }, folder };
    await deployBundle({ bundle }, { store: path.join(folder, '.lifecycle'), target });
    edge = path.join(folder, 'edge');
    await writeFile(path.join(folder, 'rows.json'), JSON.stringify(rows));
  });
  after(removeFolders);

  const run = (program: string, args: string[], input?: unknown) =>
    spawnSync(program, args, {
      cwd: edge,
      encoding: 'utf8',
      ...(input !== undefined && { input: JSON.stringify(input) }),
    });

  it('reads files in Node as the engine does', async () => {
    const { stdout, stderr, status } = run(process.execPath, ['node.mjs', '../rows.json']);
    assert.equal(status, 0, stderr);
    same(lines(stdout), ours);
    assert.deepEqual(lines(stdout).map(seen), (await predict(bundle, rows)).map(seen));
    const bad = run(process.execPath, ['node.mjs', '-'], [{ picture: 'R0lGODlh' }]);
    assert.deepEqual(
      [bad.status, bad.stderr.trim()],
      [1, "error: Column 'picture', row 0: the picture can't be read: it is neither a PNG nor a JPEG image."],
    );
  });

  it('reads files in Python by Pillow', function () {
    if (spawnSync('/usr/bin/python3', ['-c', 'import numpy, PIL']).status !== 0)
      skip(this, 'python3-numpy or python3-pil is not installed');
    const { stdout, stderr, status } = run('/usr/bin/python3', ['predict.py', '../rows.json']);
    assert.equal(status, 0, stderr);
    same(lines(stdout), () => 0);
    const bad = run('/usr/bin/python3', ['predict.py', '-'], [{ picture: 'no file!' }]);
    assert.match(
      bad.stderr,
      /^error: Column 'picture', row 0: the picture is neither a file in base64 nor 384 hexadecimal digits\.$/m,
    );
  });

  it('takes files in a page, and shows them', async function () {
    const browser = await chromium
      .launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
      .catch(() => undefined);
    if (!browser) return skip(this, 'chromium is not installed');
    const server = await serveFolder(edge);
    try {
      const page = await browser.newPage();
      const trouble: string[] = [];
      page.on('pageerror', (error) => trouble.push(String(error)));
      page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
      await page.goto(`${server.url}/index.html`);
      await page.waitForSelector('body[data-ready]');
      const answers = await page.evaluate(
        (given) =>
          (globalThis as unknown as { model: { predict(rows: unknown): Promise<unknown> } }).model.predict(given),
        rows,
      );
      same(answers as Prediction[], ours);
      const buffer = Buffer.from(golden['jpeg']!.file, 'base64');
      await page.getByLabel('picture').setInputFiles({ name: 'waves.jpg', mimeType: 'image/jpeg', buffer });
      await page.getByRole('img', { name: 'waves.jpg' }).waitFor();
      await page.getByRole('button', { name: 'Predict' }).click();
      await page.locator('#answer strong').waitFor();
      assert.deepEqual(
        trouble.filter((text) => !/favicon/.test(text)),
        [],
      );
      if (process.env['PICTURE_SHOT']) await page.screenshot({ path: process.env['PICTURE_SHOT'] });
    } finally {
      await browser.close();
      server.close();
    }
  });

  it('takes what reads pictures along only for models that need it', async () => {
    assert.ok((await readdir(edge)).includes('pictures-node.mjs'));
    const folder = await temporaryFolder();
    const target = { name: 'device', settings: { kind: 'edge' as const, output: 'edge' }, folder };
    await deployBundle({ bundle: await toyBundle() }, { store: path.join(folder, '.lifecycle'), target });
    const names = await readdir(path.join(folder, 'edge'));
    assert.ok(names.includes('model.mjs') && !names.some((name) => name.startsWith('pictures')), names.join());
  });
});

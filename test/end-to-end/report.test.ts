import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { skip } from '../rigs/skip';
import { type Project } from './product';
import { smallProject } from './small';

const browserPath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((each) => existsSync(each));

describe('lifecycle report', function () {
  this.timeout(120_000);
  let project: Project;
  let report: string;
  let browser: Browser | undefined;
  before(async () => {
    project = await smallProject();
    report = path.join(project.folder, 'small.report.html');
  });
  after(() => browser?.close());

  /** Opens the report; `asked` are the addresses that it wanted, `refused` what the browser refused or complained of. */
  async function open(script = true): Promise<{ page: Page; asked: string[]; refused: string[] }> {
    browser ??= await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox', '--disable-gpu'] });
    const context = await browser.newContext({ javaScriptEnabled: script });
    const page = await context.newPage();
    const asked: string[] = [];
    const refused: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => refused.push(message.text()));
    page.on('pageerror', (error) => refused.push(error.message));
    await page.goto(pathToFileURL(report).href);
    return { page, asked: asked.slice(1), refused };
  }

  it('says what has not run yet, and what would run again and why', () => {
    const first = project.well('report');
    assert.match(first.text, /small\.report\.html \(without live: not run yet\)/);
    const html = readFileSync(report, 'utf8');
    assert.match(html, /live has not run yet/);
    assert.doesNotMatch(html, /class="stale"/);
    const before = project.text;
    project.edit((text) => text.replace('model: linear', 'model: { kind: linear, l2: 5 }'));
    project.well('report');
    assert.match(readFileSync(report, 'utf8'), /class="stale">Not of the present text: would run again, [^<]*l2/);
    writeFileSync(project.file, before);
  });

  it('never writes over the pipeline', () => {
    const { code, text } = project.go(['report', '--output', project.name]);
    assert.deepEqual([code, /written over the pipeline/.test(text)], [2, true], text);
  });

  it('of a pipeline that has faults still shows what is known', () => {
    const before = project.text;
    project.edit((text) => text.replace('candidates: [model]', 'candidates: [modle]'));
    project.well('report');
    assert.match(readFileSync(report, 'utf8'), /<script type="application\/json">\{"format":1,"stage":"exam"/);
    writeFileSync(project.file, before);
  });

  describe('of a document', () => {
    const evil = `<img src=x onerror="document.title='evil'"><script>document.title='evil'</script>`;
    before(function () {
      if (browserPath === undefined) skip(this, 'no Chromium to open the page in');
      project.well('convert', '--output', 'told.lifecycle.md');
      const file = path.join(project.folder, 'told.lifecycle.md');
      writeFileSync(
        path.join(project.folder, 'dot.png'),
        Buffer.from(
          'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
          'base64',
        ),
      );
      const prose = `\n# Who says yes\n\n${evil}\n\n[bad](javascript:alert(1)) **bold** ![a dot](dot.png) ![secret](../../../etc/passwd.png) ![far](https://example.com/x.png)\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n`;
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace(/\n---\n/, (found) => found + prose),
      );
      project.well('run', 'told.lifecycle.md');
      project.well('report', 'told.lifecycle.md', '--output', report);
    });

    it('draws its figures, and nothing but them', async () => {
      const { page, asked, refused } = await open();
      assert.equal(await page.locator('.lifecycle-stage').count(), 4);
      assert.ok((await page.locator('.lifecycle-stage svg').count()) > 3);
      assert.equal(await page.locator('.still').count(), 0);
      assert.equal(await page.title(), 'small');
      assert.deepEqual(refused, []);
      assert.deepEqual(
        asked.filter((url) => !url.startsWith('data:')),
        [],
      );
    });

    it('shows HTML in the prose as text, and takes images of the project alone', async () => {
      const { page } = await open();
      const prose = page.locator('section.prose').first();
      assert.ok((await prose.innerText()).includes(evil));
      assert.equal(await prose.locator('script').count(), 0);
      assert.equal(await prose.locator('a').count(), 0, 'no link that runs something');
      assert.deepEqual(
        await prose
          .locator('img')
          .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth)),
        [1],
      );
      assert.equal(await prose.locator('strong').innerText(), 'bold');
      assert.equal(await prose.locator('td').count(), 2);
    });

    it('has the numbers without scripts too', async () => {
      const { page } = await open(false);
      assert.equal(await page.locator('.still').count(), 4);
      const exam = page.locator('.result').filter({ hasText: 'exam' }).locator('.still');
      assert.match(await exam.innerText(), /auc/);
    });
  });
});

describe('lifecycle convert', function () {
  this.timeout(60_000);

  it('gives the same pipeline in the other spelling, and never writes over a file by itself', async () => {
    const project = await smallProject();
    project.well('convert');
    const document = path.join(project.folder, 'small.lifecycle.md');
    assert.match(readFileSync(document, 'utf8'), /^---\nlifecycle: 1\npipeline: small\n---\n\n```yaml stage\ntable:\n/);
    const again = project.go(['convert', 'small.pipeline.yaml']);
    assert.deepEqual([again.code, /is there already/.test(again.text)], [2, true], again.text);
    project.well('convert', 'small.lifecycle.md', '--output', 'back.pipeline.yaml');
    const stagesOf = (name: string) => project.well('plan', name, '--json').stdout;
    assert.equal(stagesOf('back.pipeline.yaml'), stagesOf('small.pipeline.yaml'), 'nothing would run again');
  });
});

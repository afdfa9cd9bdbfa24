import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { windowFor } from './rig';

/** A customer table as a German spreadsheet writes it. */
const table = [
  'Kunden-Nr.;Ort;Umsatz (€);Kündigungsgrund;Gekündigt?',
  ...Array.from({ length: 300 }, (_, i) => {
    const left = (i * 31) % 7 === 0;
    return `K${i};${['Köln', 'Bonn', 'Trier'][i % 3] ?? ''};${i}.${String((i * 37) % 1000).padStart(3, '0')},50 €;${left ? 'Preis' : ''};${left ? 'Ja' : 'Nein'}`;
  }),
  '',
].join('\r\n');

describe('a first pipeline from a table', function () {
  this.timeout(180_000);
  const window = windowFor({ example: null, files: { 'data/kunden.csv': table } });
  const page = () => window().page;

  it('asks for the file and what to predict, and opens a pipeline that is right', async () => {
    await window().run('ML Lifecycle: New Pipeline from Data…');
    await window().pick('kunden.csv');
    const input = page().locator('.quick-input-widget');
    await input
      .getByText('What should be predicted?')
      .or(page().getByPlaceholder('What should be predicted?'))
      .first()
      .waitFor({ timeout: 60_000 });
    await input.getByText('the best guess').waitFor();
    await window().screenshot('draft-target');
    await window().pick('Gekündigt?');
    await page().locator('.tab.active', { hasText: 'kunden.pipeline.yaml' }).waitFor({ timeout: 60_000 });
    const file = path.join(window().folder, 'kunden.pipeline.yaml');
    assert.ok(existsSync(file), 'above the folder called data');
    const text = readFileSync(file, 'utf8');
    assert.match(text, /file: data\/kunden\.csv\n {6}decimal: ","/);
    assert.match(text, /exclude:\n {8}- Kündigungsgrund # tells 'Gekündigt\?' in 100 % of the rows/);
    await page().locator('.view-line', { hasText: 'pipeline: kunden' }).first().waitFor({ timeout: 30_000 });
    await window().screenshot('draft');
    assert.equal(await page().locator('.squiggly-error').count(), 0);
  });
});

import assert from 'node:assert/strict';
import type { Label } from '../../lifecycle/store/labels';
import { lineOf } from '../../lifecycle/store/run-table';
import { Frame } from '../../webviews/runs/frame';
import { seenRows, shownColumns, summarize, viewOf } from '../../webviews/runs/view';
import { runInfo } from '../rigs/runs';
import { packedRuns, runLines } from './fixtures';
import { kits, Panel, tidyPanels } from './rig';

const lines = runLines(300);
const closed = { pinned: [], open: new Set<string>() };

describe('the table of runs, without a page', () => {
  const frame = new Frame(packedRuns(lines));
  const idsOf = (layout: Parameters<typeof viewOf>[1]['layout']) =>
    [...viewOf(frame, { ...closed, layout }).items].map((item) => frame.ids[item]);

  it('filters and sorts as the values say', () => {
    const auc = (id: string | undefined) => lines.find((line) => line.id === id)?.metrics['exam.auc'] as number;
    const found = idsOf({
      filter: 'auc > 0.8 and model.kind = network',
      sort: [{ column: 'exam.auc', descending: true }],
    });
    const expected = lines
      .filter((line) => Number(line.metrics['exam.auc']) > 0.8 && line.settings['trees.model.kind'] === 'network')
      .sort((a, b) => auc(b.id) - auc(a.id))
      .map(({ id }) => id);
    assert.ok(expected.length > 5);
    assert.deepEqual(found, expected);
  });

  it('puts what has no value last in both directions', () => {
    for (const descending of [true, false]) {
      const found = idsOf({ sort: [{ column: 'exam.auc', descending }] });
      const values = found.map((id) => lines.find((line) => line.id === id)?.metrics['exam.auc']);
      const first = values.indexOf(undefined);
      assert.ok(first > 0 && values.slice(first).every((value) => value === undefined));
    }
  });

  it('groups with mean and band', () => {
    const view = viewOf(frame, { ...closed, layout: { group: ['trees.model.kind'] } });
    assert.equal(view.groups.length, 3);
    const group = view.groups.find(({ label }) => label.endsWith('network'));
    const values = lines
      .filter((line) => line.settings['trees.model.kind'] === 'network')
      .flatMap((line) => (line.metrics['exam.auc'] === undefined ? [] : [Number(line.metrics['exam.auc'])]));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
    const band = summarize(frame, 'exam.auc', group?.rows ?? []);
    assert.ok(band && Math.abs(band.mean - mean) < 1e-12 && Math.abs(band.deviation - deviation) < 1e-12);
    assert.equal(band.low, Math.min(...values));
  });

  it('shows only parameters and settings that differ, unless asked', () => {
    const rows = viewOf(frame, { ...closed, layout: {} }).fitting;
    const names = (layout: object) => shownColumns(frame, layout, rows).map(({ name }) => name);
    assert.ok(!names({}).includes('trees.model.leaves') && names({}).includes('trees.model.trees'));
    assert.ok(names({ onlyDiffering: false }).includes('trees.model.leaves'));
    assert.deepEqual(names({ columns: ['status', 'run'] }).slice(0, 2), ['status', 'run']);
  });

  it('shows the ends of curves when asked, and what differs among the trials that are open', () => {
    const [first, second] = lines.slice(1, 3);
    assert.ok(first && second);
    const trial = (number: number, leaves: number) => ({
      ...first,
      id: `${first.id}.trees-${number}`,
      parent: first.id,
      facts: { ...first.facts, run: `${first.id}.trees-${number}` },
      settings: { ...first.settings, 'trees.model.leaves': leaves },
      metrics: {},
      ranges: { 'trees.validation/log-loss.min': 0.1 * number, 'trees.validation/log-loss.max': 1 },
    });
    const all = new Frame(packedRuns([first, trial(1, 7), trial(2, 15), second]));
    const of = (open: ReadonlySet<string>, layout: object) => {
      const view = viewOf(all, { layout, pinned: [], open });
      return {
        ids: [...view.items].map((item) => all.ids[item]),
        names: shownColumns(all, layout, seenRows(all, view, open)).map(({ name }) => name),
      };
    };
    const shut = of(new Set(), {});
    assert.deepEqual(shut.ids, [first.id, second.id]);
    assert.ok(!shut.names.some((name) => /min$|max$|trees.model.leaves/.test(name)), shut.names.join());
    const ranges = ['trees.validation/log-loss.min'];
    const opened = of(new Set([first.id]), {
      ranges,
      sort: [{ column: 'trees.validation/log-loss.min', descending: true }],
    });
    assert.deepEqual(opened.ids.slice(0, 3), [first.id, `${first.id}.trees-2`, `${first.id}.trees-1`]);
    assert.ok(opened.names.includes('trees.model.leaves'));
    assert.deepEqual(
      opened.names.filter((name) => /min$|max$/.test(name)),
      ranges,
    );
    assert.deepEqual(of(new Set(), { filter: 'log-loss.min < 0.15' }).ids, [first.id]);
  });

  it('takes in new values, new columns, and words where numbers were', () => {
    const other = new Frame(packedRuns(lines.slice(0, 3)));
    const id = lines[0]?.id ?? '';
    other.upsert(
      [
        { name: 'parameters.rate', kind: 'parameter', type: 'text' },
        { name: 'exam.new', kind: 'metric', type: 'number' },
      ],
      [
        { id, values: { created: Date.UTC(2027, 0), status: 'failed', 'parameters.rate': 'auto', 'exam.new': 1 } },
        { id: 'trial', parent: id, values: { 'exam.new': 2 } },
      ],
    );
    assert.equal(other.value('status', 0), 'failed');
    assert.equal(other.value('parameters.rate', 0), 'auto');
    assert.equal(other.value('parameters.rate', 1), String(lines[1]?.parameters['rate']));
    const shown = viewOf(other, { layout: {}, pinned: [], open: new Set([id]) });
    assert.deepEqual([...shown.items], [0, 3, 1, 2]);
    assert.equal(viewOf(other, { layout: {}, ...closed }).items.length, 3);
  });

  it('handles a column for each of ten thousand metrics', () => {
    const metrics = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`m.${index}`, index]));
    const line = { ...lineOf({ id: 'x', info: runInfo({ id: 'x' }), status: 'succeeded' }), metrics };
    const wide = new Frame(packedRuns([line]));
    assert.equal(viewOf(wide, { layout: { filter: 'm.9999 > 9998' }, ...closed }).items.length, 1);
    assert.ok(shownColumns(wide, {}, [0]).length > 10_000);
  });
});

describe('the table of runs in Chromium', function () {
  this.timeout(120_000);
  tidyPanels();
  const labels = new Map<string, Label>([
    [lines[3]?.id ?? '', { name: 'deeper trees', star: true, tags: ['candidate'] }],
  ]);
  const table = { type: 'table', table: packedRuns(lines, labels), layouts: {}, trusted: true };
  let panel: Panel;
  const cell = (row: number, column: number) =>
    panel.page.locator(`.line[aria-rowindex="${row + 2}"] .cell[aria-colindex="${column + 1}"]`);
  const open = async (options = {}): Promise<void> => {
    panel = await Panel.open('runs', options);
    await panel.send(table);
  };

  for (const kit of kits)
    it(`has no faults for axe-core in any theme, with ${kit}`, async () => {
      await open({ kit, height: 330 });
      await panel.page.locator('.grid').focus();
      await panel.page.keyboard.press('ArrowDown');
      await panel.page.keyboard.press('Space');
      assert.deepEqual(await panel.faults(`runs-${kit}`), []);
    });

  it('does not say that there are no runs before it knows', async () => {
    panel = await Panel.open('runs');
    await panel.page.getByText('Reading runs…').waitFor();
    assert.equal(await panel.page.getByText('0 runs').count(), 0);
    assert.ok(await panel.page.locator('.grid').isHidden());
    await panel.send({ type: 'table', table: packedRuns([]), layouts: {}, trusted: true });
    await panel.page.getByText('No run yet.').waitFor();
    assert.ok(await panel.page.getByText('Reading runs…').isHidden());
    await panel.send({ type: 'table', table: packedRuns(lines), layouts: {}, trusted: true });
    await panel.page.getByRole('gridcell').first().waitFor();
  });

  it('is worked by keyboard alone', async () => {
    await open();
    const { keyboard } = panel.page;
    await panel.page.locator('.grid').focus();
    await keyboard.press('ArrowUp');
    for (let index = 0; index < 3; index++) await keyboard.press('ArrowRight');
    await keyboard.press('Enter');
    await panel.settle();
    assert.equal(await cell(-1, 3).getAttribute('aria-sort'), 'descending');
    await keyboard.press('Shift+F10');
    await panel.page.getByRole('menuitem', { name: 'Group by This' }).waitFor();
    await keyboard.press('Escape');
    await keyboard.press('Alt+ArrowLeft');
    await panel.settle();
    assert.equal(await cell(-1, 2).getAttribute('aria-sort'), 'descending');
    await keyboard.press('Control+End');
    await panel.settle();
    await keyboard.press('Enter');
    const sent = await panel.sent<{ action: string; runs: string[] }>('act');
    assert.equal(sent.at(-1)?.action, 'open');
    await keyboard.press('Space');
    await keyboard.press('Shift+ArrowUp');
    await panel.page.getByRole('button', { name: 'Compare' }).click();
    assert.equal((await panel.sent<{ runs: string[] }>('act')).at(-1)?.runs.length, 2);
  });

  it('keeps few actions at hand in a narrow panel, and the others in a menu that the keyboard opens', async () => {
    const panel = await Panel.open('runs', { width: 400 });
    await panel.send({ type: 'table', table: packedRuns(runLines(20)), layouts: {}, trusted: true });
    await panel.page.locator('.grid .line:not(.head) .cell').first().click();
    const tools = panel.page.getByRole('toolbar', { name: 'Actions' });
    assert.equal(await tools.getByRole('button').count(), 4);
    await tools.getByRole('button', { name: 'More…' }).focus();
    await panel.page.keyboard.press('Enter');
    await panel.page.getByRole('menuitem', { name: 'Rename…' }).click();
    assert.deepEqual(
      (await panel.sent<{ action: string }>('act')).map(({ action }) => action),
      ['rename'],
    );
    await panel.page.setViewportSize({ width: 1100, height: 760 });
    await tools.getByRole('button', { name: 'Deploy…' }).waitFor();
    const lines = (): Promise<number> =>
      tools.getByRole('button').evaluateAll((all) => new Set(all.map((each) => each.getBoundingClientRect().top)).size);
    assert.equal(await lines(), 1, 'the actions take one line');
    await panel.page.setViewportSize({ width: 700, height: 500 });
    await tools.getByRole('button', { name: 'Deploy…' }).waitFor({ state: 'detached' });
    assert.equal(await lines(), 1);
    assert.deepEqual(await panel.faults('runs-narrow'), []);
    for (const width of [250, 550]) assert.equal(await panel.overflow(width), 0, `${width} pixels`);
  });

  it('moves a column where its head is dragged to, unless Escape calls it off, and tells under the pointer what is cut off', async () => {
    await open();
    const { page } = panel;
    const titles = (): Promise<string[]> => page.locator('.head .cell .title').allTextContents();
    const before = await titles();
    const drag = async (from: number, to: number, share: number): Promise<void> => {
      const [start, end] = [await cell(-1, from).boundingBox(), await cell(-1, to).boundingBox()];
      await page.mouse.move(start!.x + 20, start!.y + 8);
      await page.mouse.down();
      await page.mouse.move(end!.x + end!.width * share, end!.y + 8, { steps: 4 });
    };
    await drag(1, 3, 0.8);
    await page.locator('.drop').waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.drop').count(), 0);
    await page.mouse.up();
    assert.deepEqual(await titles(), before);
    await drag(1, 3, 0.8);
    await page.mouse.up();
    await panel.settle();
    const moved = [before[0], before[2], before[3], before[1]];
    assert.deepEqual((await titles()).slice(0, 4), moved);
    assert.equal(await page.locator('.head [aria-sort="ascending"], .head [aria-sort="descending"]').count(), 0);
    await drag(3, 1, 0.2);
    await page.mouse.up();
    await panel.settle();
    assert.deepEqual(await titles(), before);
    await cell(-1, 1).click();
    await panel.settle();
    assert.notEqual(await cell(-1, 1).getAttribute('aria-sort'), 'none');
    const grip = await cell(-1, 0).locator('.grip').boundingBox();
    await page.mouse.move(grip!.x + 3, grip!.y + 5);
    await page.mouse.down();
    await page.mouse.move(grip!.x - 90, grip!.y + 5, { steps: 3 });
    await page.mouse.up();
    await panel.settle();
    await cell(3, 0).hover();
    assert.equal(await cell(3, 0).getAttribute('title'), await cell(3, 0).textContent());
  });

  it('filters, and says what is wrong in a filter', async () => {
    await open();
    const input = panel.page.getByRole('textbox', { name: 'Filter runs' });
    await input.fill('status = succeeded and auc > 0.9');
    const expected = lines.filter((line) => Number(line.metrics['exam.auc']) > 0.9).length;
    await panel.page.getByText(`${expected} of 300 runs`).waitFor();
    assert.equal(await panel.page.locator('.grid').getAttribute('aria-rowcount'), String(expected + 1));
    await input.fill('statu = succeeded');
    await panel.page.getByText('Did you mean status?').waitFor();
    await input.fill('auc > 7');
    await panel.page.getByText('No run fits the filter.').waitFor();
    await panel.page.getByRole('button', { name: 'Clear the Filter' }).click();
    await panel.page.getByText('300 runs').waitFor();
  });

  it('shows differences from a baseline, pins, and keeps all of it over a reload', async () => {
    await open();
    await cell(4, 1).click({ button: 'right' });
    await panel.page.getByRole('menuitem', { name: 'Compare Others with This' }).click();
    await cell(6, 1).click({ button: 'right' });
    await panel.page.getByRole('menuitem', { name: 'Pin to the Top' }).click();
    await panel.settle();
    const pinned = await cell(0, 0).textContent();
    assert.match(pinned ?? '', /⇱/);
    assert.ok((await panel.page.locator('.aside').allTextContents()).some((text) => /^[+−]/.test(text)));
    const state = await panel.kept();
    await panel.close();
    await open({ state });
    assert.equal(await cell(0, 0).textContent(), pinned);
  });

  it('adds the smallest value of a curve from the menu of its metric, and opens the trials of a search', async () => {
    panel = await Panel.open('runs', { width: 1400 });
    const runs = lines
      .slice(1, 8)
      .map((line) => ({ ...line, ranges: { 'exam.auc.min': 0.25, 'exam.auc.max': 0.875 } }));
    const [first] = runs;
    assert.ok(first);
    const trial = { ...first, id: `${first.id}.trees-1`, parent: first.id, settings: { 'trees.model.trees': 123 } };
    const run = { ...trial.facts, run: trial.id };
    await panel.send({ ...table, table: packedRuns([...runs, { ...trial, facts: run }]) });
    const { keyboard } = panel.page;
    const head = (name: string) => panel.page.getByRole('columnheader', { name, exact: true });
    assert.equal(await head('min of exam.auc').count(), 0);
    await head('exam.auc').click({ button: 'right' });
    await panel.page.getByRole('menuitem', { name: 'Show min of exam.auc' }).click();
    await head('min of exam.auc').waitFor();
    const texts = await panel.page.getByRole('columnheader').allInnerTexts();
    assert.equal(texts.indexOf('min of exam.auc'), texts.indexOf('exam.auc') + 1, texts.join());
    await panel.page.getByRole('gridcell', { name: '0.25', exact: true }).first().waitFor();
    await panel.page.locator('.grid').focus();
    await keyboard.press('Control+Home');
    await keyboard.press('Home');
    await keyboard.press('ArrowRight');
    await panel.page.getByRole('gridcell', { name: 'trees-1', exact: true }).waitFor();
    await panel.screenshot('runs-trials');
    await head('min of exam.auc').click({ button: 'right' });
    await panel.page.getByRole('menuitem', { name: 'Hide', exact: true }).click();
    assert.equal(await head('min of exam.auc').count(), 0);
    assert.equal(await head('exam.auc').count(), 1);
  });

  it('follows a run while it goes', async () => {
    await open();
    const id = lines[0]?.id ?? '';
    const auc = { name: 'exam.auc', kind: 'metric', type: 'number', stage: 'exam' };
    const status = { name: 'status', kind: 'fact', type: 'text' };
    const created = lines[0]?.facts['created'];
    await panel.send({
      type: 'rows',
      columns: [auc, status],
      rows: [{ id, values: { run: id, status: 'succeeded', created, 'exam.auc': 0.98765 } }],
    });
    assert.match((await cell(0, 2).textContent()) ?? '', /succeeded/);
    await panel.page.getByRole('textbox', { name: 'Filter runs' }).fill('auc > 0.987');
    await panel.page.getByText('1 of 300 runs').waitFor();
  });

  it('never executes names, and shows damaged values', async () => {
    const bad = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
    panel = await Panel.open('runs');
    const line = lines[1];
    assert.ok(line);
    await panel.send({
      ...table,
      table: packedRuns([
        {
          ...line,
          facts: { ...line.facts, pipeline: bad, created: NaN },
          metrics: { [`exam.${bad}`]: Infinity, 'exam.nan': NaN },
        },
      ]),
      note: bad,
    });
    assert.equal(await panel.page.evaluate(() => (window as unknown as { hacked?: number }).hacked), undefined);
    assert.ok((await panel.page.locator('.grid').textContent())?.includes('onerror'));
    await panel.send({ type: 'table', table: packedRuns([]), layouts: {}, trusted: true });
    await panel.page.getByText('No run yet').waitFor();
  });

  it('leaves room for the mean and the deviation of a group', async () => {
    await open({ width: 1400, state: { layout: { group: ['trees.model.kind'] } } });
    const row = panel.page.locator('.line.group').first();
    const cut = await row
      .locator('.cell.end')
      .evaluateAll((all) => all.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.textContent));
    assert.deepEqual(cut, []);
    assert.match((await row.innerText()).replaceAll(/\s+/g, ' '), / 0\.\d+ ?± 0\.\d{2,3} /);
  });

  it('exports what is shown', async () => {
    await open();
    await panel.page.getByRole('textbox', { name: 'Filter runs' }).fill('auc > 0.9');
    await panel.page.getByRole('button', { name: 'Export…' }).click();
    await panel.page.getByRole('menuitem', { name: /Copy .* as CSV/ }).click();
    const text = (await panel.sent<{ text: string }>('copy'))[0]?.text ?? '';
    const expected = lines.filter((line) => Number(line.metrics['exam.auc']) > 0.9).length;
    assert.equal(text.trim().split('\r\n').length, expected + 1);
    assert.match(text, /^id,run,pipeline,status,created/);
  });
});

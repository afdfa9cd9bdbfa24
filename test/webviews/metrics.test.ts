import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { MetricsState, Series } from '../../webviews/protocol';
import { importances, ranks } from '../../webviews/metrics/importance';
import { placeOf } from '../../webviews/ui-kit/series';
import { align, smoothed, xAtTime, xOf } from '../../webviews/metrics/smooth';
import { outcomesAt, rocOutcomes } from '../../webviews/metrics/threshold';
import { evaluation, metricsState, runLines, series } from './fixtures';
import { kits, Panel, tidyPanels, withLongNames } from './rig';
import { tableOf } from '../../lifecycle/store/run-table';

describe('what the metrics are drawn from', () => {
  it('smooths without a bias towards zero at the start', () => {
    assert.deepEqual(
      smoothed([5, 5, 5], 0.9),
      [5, 5, 5].map((value) => value),
    );
    const [first, second] = smoothed([1, 3], 0.5);
    assert.equal(first, 1);
    // (0.5 · 0.5 · 1 + 0.5 · 3) / (1 − 0.5²)
    assert.ok(Math.abs((second ?? 0) - 1.75 / 0.75) < 1e-12);
    assert.deepEqual(smoothed([1, null, 3], 0.5), [1, null, second]);
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (values, weight) => {
          const [low, high] = [Math.min(...values), Math.max(...values)];
          const slack = 1e-9 * Math.max(1, Math.abs(low), Math.abs(high));
          for (const value of smoothed(values, weight))
            assert.ok(value !== null && value >= low - slack && value <= high + slack);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('puts curves of other steps on one axis', () => {
    const [xs, a, b] = align(
      [
        [0, 2],
        [1, 2],
      ],
      [[[10, 12]], [[21, 22]]],
    );
    assert.deepEqual(
      [xs, a, b],
      [
        [0, 1, 2],
        [10, null, 12],
        [null, 21, 22],
      ],
    );
    assert.deepEqual(
      align(
        [
          [0, 1],
          [0, 1],
        ],
        [[[1, 2]], [[3, 4]]],
      ),
      [
        [0, 1],
        [1, 2],
        [3, 4],
      ],
    );
  });

  it('does not let a clock that jumps back turn time round', () => {
    const curve = { steps: [0, 1, 2], values: [1, 2, 3], times: [10_000, 12_000, 11_000] };
    assert.deepEqual(xOf(curve, 'relative'), [0, 2, 2]);
    assert.deepEqual(xOf(curve, 'wall'), [10, 12, 11]);
    assert.deepEqual(xOf({ steps: [3], values: [1] }, 'wall'), [3]);
  });

  it('places a checkpoint on a curve by the clock, whatever the curve counts', () => {
    const curve = { ...series('run-a', 'trees')[0]!, steps: [1, 2, 3], epochs: [1, 2, 4], times: [1000, 2000, 4000] };
    assert.deepEqual(
      [0, 1000, 1500, 3000, 4000, 9000].map((time) => xAtTime(curve, time, 'step')),
      [1, 1, 1.5, 2.5, 3, 3],
    );
    assert.equal(xAtTime(curve, 3000, 'epoch'), 3);
    assert.equal(xAtTime(curve, 3000, 'relative'), 2);
    assert.equal(xAtTime({ ...curve, times: [1000, 1000, 900] }, 1000, 'step'), 1);
    assert.ok(Number.isNaN(xAtTime({ ...curve, steps: [], times: [] }, 1000, 'step')));
  });

  it('draws splits of a metric together and other prefixes as groups', () => {
    assert.deepEqual(placeOf('validation/loss'), { group: '', title: 'loss', split: 'validation' });
    assert.deepEqual(placeOf('system/gpu/0'), { group: 'system', title: 'gpu/0', split: '' });
  });

  it('tells what a threshold gives', () => {
    const outcomes = rocOutcomes({ x: [0, 0.1, 1], y: [0, 0.6, 1], thresholds: [null, 0.7, 0.1] }, 50, 100);
    assert.deepEqual(outcomesAt(outcomes, 0.7), {
      threshold: 0.7,
      truePositives: 30,
      falsePositives: 10,
      falseNegatives: 20,
    });
    assert.equal(outcomesAt(outcomes, 0.9)?.truePositives, 0);
    assert.equal(outcomesAt(outcomes, 0.3)?.truePositives, 30);
  });

  it('finds what a metric goes together with', () => {
    assert.deepEqual(ranks([3, 1, 1, 2]), [4, 1.5, 1.5, 3]);
    const lines = runLines(200, 1).map((line, index) => ({
      ...line,
      parameters: { good: index, noise: (index * 7919) % 200 },
      settings: { word: index < 100 ? 'a' : 'b' },
      metrics: { 'exam.auc': -(index ** 3) },
    }));
    const found = importances(tableOf(lines, new Map()), 'exam.auc', ['parameters.good', 'parameters.noise', 'word']);
    assert.deepEqual(found.map(({ name, direction }) => [name, direction]).slice(0, 2), [
      ['parameters.good', -1],
      ['word', 0],
    ]);
    assert.equal(found[0]?.importance, 1);
    // ε² of ranks 1…200 in two halves: 1 − (within / 198) / (total / 199), within = 2 · 100·(100² − 1)/12, total = 200·(200² − 1)/12.
    const expected = 1 - (2 * 100 * 9_999) / 198 / ((200 * 39_999) / 199);
    assert.ok(Math.abs((found[1]?.importance ?? 0) - expected) < 1e-12);
    assert.ok((found[2]?.importance ?? 1) < 0.05);
  });
});

describe('the metrics in Chromium', function () {
  this.timeout(120_000);
  tidyPanels();
  let panel: Panel;
  const show = (state: MetricsState) => panel.send({ type: 'state', state });

  for (const kit of kits)
    it(`have no faults for axe-core in any theme, with ${kit}`, async () => {
      panel = await Panel.open('metrics', { kit, height: 500 });
      await show(metricsState(['run-a', 'run-b']));
      for (const tab of kit === 'toolkit' ? ['Curves', 'Evaluation', 'Parameters'] : ['Curves']) {
        await panel.page.getByRole('tab', { name: tab }).click();
        await panel.settle();
        assert.deepEqual(await panel.faults(`metrics-${tab.toLowerCase()}-${kit}`), [], tab);
      }
    });

  it('say each curve in a sentence and in a table, and count what is not finite', async () => {
    panel = await Panel.open('metrics');
    const [loss] = series('run-a', 'trees');
    assert.ok(loss);
    const broken: Series = { ...loss, values: [1, null, 0.5], steps: [0, 1, 2], broken: 1, brokenAt: [1], points: 3 };
    await show(metricsState(['run-a'], { series: [broken] }));
    const chart = panel.page.getByRole('region', { name: 'Chart of loss' });
    await chart
      .getByText('trees: 3 points, last 0.5, smallest 0.5, largest 1, 1 not finite.')
      .waitFor({ state: 'attached' });
    assert.equal((await chart.locator('table tr').count()) > 0, true);
    await panel.screenshot('metrics-broken');
  });

  it('draw dashes in the legend as in the curve, and call the steps of what is sampled of the machine seconds', async () => {
    panel = await Panel.open('metrics');
    const [loss, validation] = series('run-a', 'trees');
    assert.ok(loss && validation);
    const memory: Series = { ...loss, name: 'device/memory MB', steps: [1, 61, 121], values: [80, 90, 85] };
    await show(metricsState(['run-a'], { series: [loss, validation, memory] }));
    await panel.settle();
    const markers = await panel.page
      .getByRole('region', { name: 'Chart of loss' })
      .locator('.legend .marker')
      .evaluateAll((all) => all.map((each) => (each as HTMLElement).style.background));
    assert.equal(markers.filter((each) => each.includes('repeating-linear-gradient')).length, 1, markers.join(' · '));
    const device = panel.page.getByRole('region', { name: 'Chart of device/memory MB' });
    const legend = async (): Promise<string> => (await device.locator('.legend').innerText()).replaceAll('\n', ' ');
    assert.equal(await legend(), 'last trees 85');
    await device.getByRole('application').press('ArrowRight');
    await panel.page.keyboard.press('ArrowRight');
    assert.equal(await legend(), '1:01 min trees 90');
    assert.match((await device.locator('caption').textContent()) ?? '', /by seconds/);
    await panel.screenshot('metrics-legend');
  });

  it('mark where the training was kept on disk, in the picture, the legend, the sentence and the table', async () => {
    panel = await Panel.open('metrics');
    const [loss, validation] = series('run-a', 'trees');
    assert.ok(loss && validation);
    const state = metricsState(['run-a'], { series: [loss, validation] });
    const with_ = (count: number): MetricsState => {
      const start = Date.UTC(2026, 10, 3);
      const marks = Array.from({ length: count }, (_, index) => ({
        step: 500 * (index + 1),
        epoch: index + 1,
        time: start + 25_000 * (index + 1),
      }));
      const runs = state.runs.map((run) => ({
        ...run,
        stages: run.stages.map((stage) =>
          stage.name === 'trees' ? { ...stage, checkpoints: { count, marks } } : stage,
        ),
      }));
      return { ...state, runs };
    };
    const chart = panel.page.getByRole('region', { name: 'Chart of loss' });
    /** Pixels of the picture's lowest line of diamonds that are painted. */
    const painted = () =>
      chart.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
        const { width, height } = canvas;
        const image = canvas.getContext('2d')!.getImageData(0, 0, width, height).data;
        const over = document.querySelector<HTMLElement>('.u-over')!;
        const y = Math.round((over.offsetTop + over.clientHeight - 5) * devicePixelRatio);
        let count = 0;
        for (let x = 0; x < width; x++) if ((image[4 * (y * width + x) + 3] ?? 0) > 200) count++;
        return count;
      });
    await show(with_(0));
    await panel.settle();
    const before = await painted();
    assert.equal(await chart.locator('.marks').innerText(), '');
    await show(with_(3));
    await panel.settle();
    assert.match(await chart.locator('.marks').innerText(), /◆ checkpoint/);
    assert.ok((await painted()) > before + 6, 'diamonds are painted');
    const words = chart.locator('p.unseen');
    // While a chart grows its words follow once a second.
    await words.filter({ hasText: '3 checkpoints' }).waitFor({ state: 'attached' });
    const summary = (await words.textContent()) ?? '';
    assert.equal(summary.match(/3 checkpoints, the last at step 1500 \(epoch 3\)\./g)?.length, 1);
    assert.match(
      (await chart.locator('table').last().textContent()) ?? '',
      /Newest checkpoints of treesstep 500, epoch 1step 1000, epoch 2step 1500, epoch 3/,
    );
    await panel.page.getByRole('button', { name: 'Save loss' }).click();
    await panel.page.getByRole('menuitem', { name: 'Save as SVG' }).click();
    const [svg] = await panel.sent<{ content: string }>('save');
    assert.equal(svg?.content.match(/class="diamond"/g)?.length, 3);
    assert.match(svg?.content ?? '', /◆ checkpoint/);
    assert.deepEqual(await panel.faults('metrics-checkpoints'), []);
  });

  it('survive no point, one point, ten thousand metrics and names with markup', async () => {
    panel = await Panel.open('metrics');
    const [loss] = series('run-a', 'trees');
    assert.ok(loss);
    const of = (name: string, values: number[]): Series => ({
      ...loss,
      name,
      values,
      steps: values.map((_, index) => index),
      epochs: [],
      times: [],
      points: values.length,
    });
    const bad = '<img src=x onerror=alert(1)>';
    await show(metricsState(['run-a'], { series: [of('empty', []), of('one', [1]), of(bad, [1, 2])], note: bad }));
    await panel.page.getByText('empty').first().waitFor();
    assert.equal(await panel.page.locator('img').count(), 0);
    await show(
      metricsState(['run-a'], {
        series: Array.from({ length: 10_000 }, (_, index) => of(`metric ${index}`, [index, 1])),
      }),
    );
    await panel.page.getByRole('button', { name: 'Show 60 more of 9,940' }).waitFor();
    await panel.page.getByRole('textbox', { name: 'Search metrics' }).fill('metric 9999');
    await panel.page.getByRole('heading', { name: 'metric 9999' }).waitFor();
    assert.equal(await panel.page.locator('section.chart').count(), 1);
  });

  it('keep axis, smoothing, pins and colours over a reload', async () => {
    panel = await Panel.open('metrics');
    await show(metricsState(['run-a', 'run-b']));
    const focus = (): Promise<string | undefined> =>
      panel.page.evaluate(() => (document.activeElement as HTMLElement).dataset['keep']);
    await panel.page.locator('.group-head').press('Enter');
    await panel.page.locator('.group-head').press('Enter');
    assert.equal(await focus(), 'group system');
    await panel.page.getByRole('button', { name: 'Pin system/cpu' }).press('Enter');
    assert.equal(await focus(), 'pin system/cpu');
    await panel.page.getByRole('slider', { name: 'Smoothing' }).fill('0.6');
    const state = (await panel.kept()) as { hues: Record<string, number> };
    assert.deepEqual(state.hues, { 'run-a': 0, 'run-b': 1 });
    await show(metricsState(['run-b', 'run-c']));
    assert.deepEqual(((await panel.kept()) as typeof state).hues, { 'run-b': 1, 'run-c': 0 });
    const kept = await panel.kept();
    await panel.close();
    panel = await Panel.open('metrics', { state: kept });
    assert.deepEqual((await panel.sent('ready'))[0], { type: 'ready' });
    await show(metricsState(['run-b', 'run-c']));
    assert.equal(await panel.page.getByRole('slider', { name: 'Smoothing' }).inputValue(), '0.6');
    assert.equal(await panel.page.locator('section.chart h2').first().textContent(), 'system/cpu');
  });

  it('zoom all charts together and ask for finer buckets', async () => {
    panel = await Panel.open('metrics');
    const thinned = series('run-a', 'trees').map((each): Series => ({
      ...each,
      low: each.values.map((value) => (value ?? 0) - 0.1),
      high: each.values.map((value) => (value ?? 0) + 0.1),
      points: 1_000_000,
    }));
    await show(metricsState(['run-a'], { series: thinned }));
    const box = await panel.page.locator('.u-over').first().boundingBox();
    assert.ok(box);
    await panel.page.mouse.move(box.x + box.width * 0.3, box.y + 30);
    await panel.page.mouse.down();
    await panel.page.mouse.move(box.x + box.width * 0.6, box.y + 40, { steps: 5 });
    await panel.page.mouse.up();
    await panel.settle();
    const [zoom] = await panel.sent<{ range: [number, number] }>('zoom');
    assert.ok(zoom && zoom.range[0] > 400 && zoom.range[1] < 1400, JSON.stringify(zoom));
    await panel.send({ type: 'refined', series: thinned });
    await panel.page.getByRole('button', { name: 'Show All Again' }).click();
    assert.equal((await panel.sent<{ range?: unknown }>('zoom')).at(-1)?.range, undefined);
  });

  it('tell the last values, and by keyboard those at the crosshair; zoom, hide curves and show one alone', async () => {
    panel = await Panel.open('metrics');
    const all = series('run-a', 'trees');
    await show(metricsState(['run-a'], { series: all }));
    await panel.settle();
    const { keyboard } = panel.page;
    const chart = (name: string) => panel.page.getByRole('region', { name: `Chart of ${name}` });
    const legend = async (name: string): Promise<string> => {
      await panel.settle();
      return (await chart(name).locator('.legend').innerText()).replaceAll('\n', ' ');
    };
    const at = (index: number, place = 0): string => String(Number(all[place]?.values[index]?.toPrecision(4)));
    assert.equal(await legend('loss'), `last trees ${at(199)} trees validation ${at(199, 1)}`);
    await chart('loss').getByRole('application').focus();
    await keyboard.press('Home');
    await keyboard.press('ArrowRight');
    assert.equal(await legend('loss'), `step 10 trees ${at(1)} trees validation ${at(1, 1)}`);
    assert.equal(await legend('auc'), `step 10 trees validation ${at(1, 2)}`, 'the other charts follow');
    await keyboard.press('Shift+ArrowRight');
    assert.match(await legend('loss'), /^step 110 /);
    assert.match((await panel.page.locator('#announce').textContent()) ?? '', /^step 110: trees .*, trees validation /);
    await keyboard.press('+');
    await keyboard.press('End');
    const end = Number(/^step (\d+) /.exec(await legend('auc'))?.[1]);
    assert.ok(end > 900 && end < 1200, `half is seen, up to ${end}`);
    await keyboard.press('0');
    await keyboard.press('End');
    assert.match(await legend('auc'), /^step 1990 /);
    await panel.page.getByRole('button', { name: 'Show All Again' }).waitFor({ state: 'hidden' });
    await keyboard.press('Tab');
    await keyboard.press('Space');
    const pressed = (): Promise<(string | null)[]> =>
      chart('loss')
        .locator('.legend button')
        .evaluateAll((buttons) => buttons.map((each) => each.getAttribute('aria-pressed')));
    assert.deepEqual(await pressed(), ['false', 'true']);
    await chart('loss')
      .locator('.legend button')
      .first()
      .click({ modifiers: ['Control'] });
    assert.deepEqual(await pressed(), ['true', 'false']);
    await show(metricsState(['run-a'], { series: all.map((each) => ({ ...each })) }));
    assert.deepEqual(await pressed(), ['true', 'false'], 'while it grows');
    await panel.page.getByRole('slider', { name: 'Smoothing' }).fill('0.5');
    assert.match(await legend('loss'), /trees [\d.]+ \([\d.]+\) trees validation [\d.]+ \([\d.]+\)$/);
    assert.deepEqual(await pressed(), ['true', 'false'], 'when it is drawn anew');
  });

  it('draw the mean of runs by what they differ in, with a band, on every axis, and save it', async () => {
    panel = await Panel.open('metrics', { height: 900 });
    const ids = ['run-a', 'run-b', 'run-c', 'run-d'];
    const lines = runLines(4, 0).map((line, index) => ({
      ...line,
      id: ids[index] ?? '',
      parameters: { rate: index < 2 ? 0.1 : 0.01 },
    }));
    const state = metricsState(ids, { table: tableOf(lines, new Map()) });
    await show(state);
    const loss = panel.page.getByRole('region', { name: 'Chart of loss' });
    const curves = async (): Promise<string[]> =>
      (await loss.locator('.legend .name').allInnerTexts()).filter((name) => !name.includes('validation'));
    assert.equal((await curves()).length, 4);
    const choose = async (label: string, value: string): Promise<void> => {
      await panel.page.getByLabel(label, { exact: true }).evaluate((element, wanted) => {
        (element as HTMLSelectElement).value = wanted;
        element.dispatchEvent(new Event('change'));
      }, value);
      await panel.settle();
    };
    await choose('Average runs', 'parameters.rate');
    assert.deepEqual(await curves(), ['rate 0.01 (2 runs) trees', 'rate 0.1 (2 runs) trees']);
    assert.match((await loss.locator('p.unseen').textContent()) ?? '', /rate 0\.01 \(2 runs\) trees: 400 points/);
    const said = async (): Promise<[number, number]> => {
      const found = /rate 0\.1 \(2 runs\) trees: .*?smallest ([\d.]+), largest (\d+(?:\.\d+)?)/.exec(
        (await loss.locator('p.unseen').textContent()) ?? '',
      );
      return [Number(found?.[1]), Number(found?.[2])];
    };
    const all = ['run-a', 'run-b'].flatMap((id) =>
      state.series.filter(({ run, name }) => run === id && name === 'loss'),
    );
    const values = all.flatMap((each) => each.values.map(Number));
    assert.deepEqual(await said(), [
      Number(Math.min(...values).toPrecision(4)),
      Number(Math.max(...values).toPrecision(4)),
    ]);
    await panel.screenshot('metrics-mean');
    for (const axis of ['epoch', 'relative', 'wall', 'step']) {
      await choose('Horizontal axis', axis);
      assert.equal((await curves()).length, 2, axis);
    }
    await loss.getByRole('button', { name: 'Save loss' }).click();
    await panel.page.getByRole('menuitem', { name: 'Save as CSV…' }).click();
    const csv = (await panel.sent<{ content: string }>('save')).at(-1)?.content ?? '';
    assert.match(csv, /^curve,stage,metric,step,mean,low,high\r\nrate 0\.01 \(2 runs\) trees,trees,loss,0,/);
    assert.equal(csv.trim().split('\n').length, 1 + 4 * 200);
    await loss.getByRole('button', { name: 'Save loss' }).click();
    await panel.page.getByRole('menuitem', { name: 'Save as SVG…' }).click();
    const svg = (await panel.sent<{ content: string }>('save')).at(-1)?.content ?? '';
    assert.equal(svg.match(/<polygon/g)?.length, 4);
    await choose('Average runs', '*');
    assert.deepEqual(await curves(), ['mean of 4 runs trees']);
    await choose('Band', 'none');
    await choose('Average runs', '');
    assert.equal((await curves()).length, 4);
    // A single run has nothing to be averaged with.
    await show(metricsState(['run-a']));
    assert.ok(await panel.page.getByLabel('Average runs', { exact: true }).isHidden());
  });

  it('keep the whole of a long number beside the axis in sight', async () => {
    panel = await Panel.open('metrics');
    const [loss] = series('run-a', 'trees');
    assert.ok(loss);
    const far = { ...loss, values: loss.values.map((value) => (value ?? 0) * 1e-3 - 123456) };
    const small = { ...loss, name: 'rate', values: loss.values.map((value) => (value ?? 0) * 1e-3) };
    await show(metricsState(['run-a'], { series: [far, small] }));
    await panel.settle();
    for (const key of ['loss', 'rate']) {
      // Ink at the very edge of the picture is what was cut off.
      const inked = await panel.page
        .getByRole('region', { name: `Chart of ${key}` })
        .locator('canvas')
        .evaluate((canvas) => {
          const { height } = canvas as HTMLCanvasElement;
          const data = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, 2, height).data ?? [];
          return data.some((value) => value > 0);
        });
      assert.equal(inked, false, key);
    }
    await panel.screenshot('metrics-long-numbers');
  });

  it('leave outliers out of the scale when asked', async () => {
    panel = await Panel.open('metrics');
    const wild = series('run-a', 'trees').map((each) => ({
      ...each,
      values: each.values.map((value, index) => (index < 3 ? 1e5 : value)),
    }));
    await show(metricsState(['run-a'], { series: wild }));
    /** Rows of the picture of the loss in which a curve is painted. */
    const tall = (): Promise<number> =>
      panel.page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('.chart canvas')!;
        const [left, width] = [Math.round(canvas.width * 0.3), Math.round(canvas.width * 0.6)];
        const { data } = canvas.getContext('2d')!.getImageData(left, 0, width, canvas.height - 40);
        let rows = 0;
        for (let y = 0; y < canvas.height - 40; y++)
          for (let x = 0; x < width; x++)
            // Blue, as the first curve is.
            if (data[4 * (y * width + x) + 2]! - data[4 * (y * width + x)]! > 100) {
              rows++;
              break;
            }
        return rows;
      });
    await panel.settle();
    const flat = await tall();
    await panel.page.getByRole('checkbox', { name: 'Ignore outliers' }).click();
    await panel.settle();
    assert.ok((await tall()) > 4 * flat, `${flat} rows, then ${await tall()}`);
    assert.equal(((await panel.kept()) as { robust?: boolean }).robust, true);
  });

  it('fit a side bar and a large zoom, with long names', async () => {
    panel = await Panel.open('metrics');
    const state = withLongNames(metricsState(['run-a', 'run-b']), 'trees', 'exam', 'customers', 'churn run-a', 'No');
    for (const runs of [state.runs, state.runs.slice(0, 1)]) {
      await show({ ...state, runs });
      for (const tab of ['Curves', 'Evaluation', 'Parameters']) {
        await panel.page.getByRole('tab', { name: tab }).click();
        for (const width of [250, 550]) assert.equal(await panel.overflow(width), 0, `${tab} at ${width} pixels`);
      }
    }
  });

  it('save what is drawn as CSV, SVG and PNG', async () => {
    panel = await Panel.open('metrics');
    await show(metricsState(['run-a']));
    for (const format of ['CSV', 'SVG', 'PNG']) {
      await panel.page.getByRole('button', { name: 'Save loss' }).click();
      await panel.page.getByRole('menuitem', { name: `Save as ${format}` }).click();
    }
    const [csv, svg, png] = await panel.sent<{ content: string }>('save');
    assert.equal(csv?.content.split('\r\n').length, 402);
    assert.match(svg?.content ?? '', /^<svg[^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"[\s\S]*stroke="#/);
    assert.equal(
      Buffer.from(png?.content ?? '', 'base64')
        .subarray(1, 4)
        .toString(),
      'PNG',
    );
  });

  it('save the figures of an evaluation: the numbers whole, the picture with its colours', async () => {
    panel = await Panel.open('metrics', { theme: 'light' });
    await show(metricsState(['run-a']));
    await panel.page.getByRole('tab', { name: 'Evaluation' }).click();
    const save = async (figure: string, as: string): Promise<{ name: string; content: string }> => {
      const before = (await panel.sent('save')).length;
      await panel.page.getByRole('button', { name: `Save ${figure}` }).click();
      await panel.page.getByRole('menuitem', { name: `Save as ${as}…` }).click();
      for (let look = 0; look < 50 && (await panel.sent('save')).length === before; look++) await panel.settle();
      const sent = (await panel.sent<{ name: string; content: string }>('save')).at(-1);
      assert.ok(sent);
      return sent;
    };
    const roc = await save('ROC and threshold', 'CSV');
    assert.equal(roc.name, 'ROC-and-threshold');
    assert.equal(roc.content.trim().split('\r\n').length, 1 + 50 + 1);
    assert.match(roc.content, /^curve,false positive rate,true positive rate\r\nROC,0,0\r\n/);
    assert.match((await save('Confusion matrix', 'CSV')).content, /^true ↓ predicted →,No,Yes\r\nNo,650,90\r\n/);
    const { content } = await save('Calibration', 'SVG');
    assert.match(content, /^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"[^>]*><rect[^>]*fill="#ffffff"/i);
    assert.match(content, /<path[^>]*stroke="rgb\(179, 89, 0\)"/);
    assert.doesNotMatch(content, /class=|var\(/);
    assert.match((await save('Calibration', 'PNG')).content, /^iVBOR/);
    assert.equal(await panel.page.getByRole('menu').count(), 0);
  });

  it('tell what a model looks at, all of it when asked', async () => {
    panel = await Panel.open('metrics', { state: { tab: 'evaluation' }, height: 1400 });
    await show(metricsState(['run-a']));
    const shuffled = panel.page.getByRole('group', { name: 'Permutation importance' });
    assert.equal(await shuffled.locator('tbody tr').count(), 12);
    await shuffled.getByRole('row', { name: 'contract 0.156 ± 0.003', exact: true }).waitFor();
    await panel.page
      .getByText(/contract counts most; \d of 18 columns stand out from chance/)
      .last()
      .waitFor();
    await panel.page.getByRole('button', { name: 'Show all 18' }).first().click();
    assert.equal(await shuffled.locator('tbody tr').count(), 18);
    const moved = panel.page.getByRole('group', { name: 'Mean |SHAP|' });
    await moved.getByRole('row', { name: 'contract 0.700 ↗ raise it' }).waitFor();
    assert.equal(await panel.page.locator('img').count(), 0);
    await panel.screenshot('metrics-explanation');
    await panel.page.getByRole('combobox', { name: 'Evaluation' }).click();
    await panel.page.getByRole('option', { name: 'exam · linear' }).click();
    await panel.settle();
    assert.equal(await shuffled.count(), 0, 'of a candidate that was not explained');
  });

  it('tell what a threshold costs', async () => {
    panel = await Panel.open('metrics', { state: { tab: 'evaluation' } });
    await show(metricsState(['run-a']));
    const { confusion } = evaluation().candidates[0]?.splits['test'] ?? {};
    assert.deepEqual(confusion, [
      [650, 90],
      [110, 150],
    ]);
    await panel.page.getByRole('slider', { name: 'Threshold' }).fill('0');
    await panel.page.getByText('From 0 on: 260 of 260 positives found, 740 false alarms; cost 740').waitFor();
    await panel.page.getByRole('spinbutton', { name: 'Cost of a false alarm' }).fill('2');
    await panel.page.getByText('cost 1480').waitFor();
  });

  it('say of an evaluation what it waits for, or that it did not finish', async () => {
    panel = await Panel.open('metrics', { state: { tab: 'evaluation' } });
    const state = metricsState(['run-a'], { evaluations: [] });
    const withExam = (status: 'waiting' | 'failed'): MetricsState => ({
      ...state,
      runs: state.runs.map((run) => ({
        ...run,
        stages: [{ name: 'exam', kind: 'evaluate', status, headline: '', metrics: {} }],
      })),
    });
    await show(withExam('waiting'));
    await panel.page.getByText('exam has not finished yet.').waitFor();
    await show(withExam('failed'));
    await panel.page.getByText('exam did not finish in this run').waitFor();
  });

  it('put chosen runs side by side, with their differences from the first one', async () => {
    panel = await Panel.open('metrics', { state: { tab: 'compare' } });
    const lines = ['run-a', 'run-b'].map((id, place) => ({
      ...runLines(2)[place]!,
      id,
      parameters: { rate: place === 0 ? 0.1 : 0.2, seed: 7 },
      settings: { 'trees.model.kind': place === 0 ? 'network' : '<b>trees</b>' },
      metrics: { 'exam.auc': place === 0 ? 0.8 : 0.75, 'exam.rows': place === 0 ? 100 : NaN },
    }));
    const table = tableOf(lines, new Map());
    await show(metricsState(['run-a', 'run-b'], { table }));
    const side = panel.page.getByRole('region', { name: 'Side by side' });
    const text = async (): Promise<string[]> =>
      (await side.locator('tr').allInnerTexts()).map((each) => each.replaceAll('\t', ' ').trim());
    const found = await text();
    assert.deepEqual(found.slice(0, 5), [
      'churn run-a churn run-b',
      'rate 0.1 0.2',
      'trees.model.kind network <b>trees</b>',
      'exam.auc 0.8 0.75 (−0.05)',
      'exam.rows 100 –',
    ]);
    await side.getByRole('checkbox', { name: 'Only what differs' }).click();
    assert.ok((await text()).includes('seed 7 7') && !found.includes('seed 7 7'));
    assert.deepEqual(await panel.faults('metrics-side-by-side'), []);
    for (const width of [250, 550]) assert.equal(await panel.overflow(width), 0, `${width} pixels`);
    await show(metricsState(['run-a'], { table }));
    assert.equal(await side.isVisible(), false, 'of a single run there is nothing to compare');
  });

  it('begin with a metric that tells runs apart, not with what is the same everywhere', async () => {
    panel = await Panel.open('metrics', { state: { tab: 'compare' } });
    const lines = runLines(6, 0).map((line, index) => ({
      ...line,
      metrics: {
        'customers.rows': 7043,
        'network.validation/log-loss': 0.5,
        'network.validation/auc': 0.7 + index / 50,
      },
    }));
    await show(metricsState(['run-a', 'run-b'], { table: tableOf(lines, new Map()) }));
    await panel.page.getByText('6 runs: network.validation/auc against rate.').first().waitFor();
  });

  it('keep a range of an axis in parallel coordinates', async () => {
    panel = await Panel.open('metrics', { state: { tab: 'compare' } });
    await show(metricsState(['run-a', 'run-b']));
    await panel.page.getByText('40 of 40 runs across').first().waitFor();
    const from = panel.page.getByRole('slider', { name: 'From exam.auc' });
    await from.fill('0.5');
    await from.dispatchEvent('change');
    await panel.page
      .getByText(/^\d+ of 40 runs across .* kept by exam.auc/)
      .first()
      .waitFor();
    await panel.page.getByRole('button', { name: 'Keep All Again' }).click();
    await panel.page.getByText('40 of 40 runs across').first().waitFor();
    const { keyboard } = panel.page;
    await from.press('ArrowRight');
    await keyboard.press('ArrowRight');
    await panel.page
      .getByText(/kept by exam.auc/)
      .first()
      .waitFor();
    assert.equal(await panel.page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'From exam.auc');
    await panel.page.getByRole('button', { name: 'Keep All Again' }).press('Enter');
    // Points and lines are gone through by arrow keys, and open their run.
    for (const [marks, key] of [
      ['.point', 'ArrowRight'],
      ['.thread', 'ArrowDown'],
    ] as const) {
      const stops = panel.page.locator(`${marks}[tabindex="0"]`);
      assert.equal(await stops.count(), 1);
      const first = await stops.getAttribute('aria-label');
      await stops.press(key);
      const second = await stops.getAttribute('aria-label');
      assert.ok(first && second && first !== second);
      await keyboard.press('Enter');
      const chosen = (await panel.sent<{ runs: string[] }>('choose')).at(-1)?.runs[0] ?? '';
      assert.ok(second.startsWith(`${chosen.slice(-6)}:`), `${second} of ${chosen}`);
      await keyboard.press('End');
      assert.equal(await stops.count(), 1);
    }
  });
});

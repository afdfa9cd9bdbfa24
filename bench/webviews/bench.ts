// The panels at scale in Chromium, beside Chart.js and Vega (the charting of vscode-dvc) on the same data.
// `npx tsx bench/webviews/bench.ts [--write] [--only=pyramid|table|curves|live] [--parts]`; with `--parts` it says what the work of a frame is made of,
// and that of the slowest ones.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync, mkdirSync, createWriteStream } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { build } from 'esbuild';
import type { CDPSession, Page } from 'playwright-core';
import { storePaths } from '../../lifecycle/store/layout';
import { Pace } from '../../extension/panels/pace';
import { seriesOf } from '../../extension/panels/curves';
import { createRun, followRun } from '../../lifecycle/store/runs';
import { buildPyramid, readPyramid } from '../../lifecycle/store/pyramid';
import { runInfo } from '../../test/rigs/runs';
import { closeBrowser, Panel, repository } from '../../test/webviews/rig';

type Row = readonly [what: string, ours: string, bar: string, ...peers: string[]];
const rows: Row[] = [];
const say = (...row: Row): void => {
  rows.push(row);
  console.log(row.join(' | '));
};
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const quantile = (values: readonly number[], share: number): number =>
  sorted(values)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? NaN;
const ms = (values: readonly number[]): string =>
  `${quantile(values, 0.5).toFixed(0)} (p95 ${quantile(values, 0.95).toFixed(0)})`;
const fine = (values: readonly number[]): string =>
  `${quantile(values, 0.5).toFixed(1)} (p95 ${quantile(values, 0.95).toFixed(1)})`;

/** Runs text in the page; Playwright would compile a function with helpers that the page lacks. */
const inPage = <T>(page: Page, text: string): Promise<T> => page.evaluate<T>(`(async () => { ${text} })()`);

/**
 * A step until the frame that shows it: milliseconds on the clock, and of the processor on the page's main thread. On a machine with other work
 * only the second says something.
 */
async function timed(page: Page, step: string): Promise<Cost> {
  const session = await sessionOf(page);
  const busy = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
  };
  const before = await busy();
  const clock = await inPage<number>(
    page,
    `const start = performance.now(); ${step};
    await new Promise((done) => requestAnimationFrame(() => { const channel = new MessageChannel(); channel.port1.onmessage = () => done(); channel.port2.postMessage(0); }));
    return performance.now() - start;`,
  );
  return { clock, processor: (await busy()) - before };
}

interface Cost {
  readonly clock: number;
  readonly processor: number;
}

const costs = (all: readonly Cost[]): string =>
  `${ms(all.map(({ processor }) => processor))}; clock ${ms(all.map(({ clock }) => clock))}`;

const sessions = new Map<Page, CDPSession>();

async function sessionOf(page: Page): Promise<CDPSession> {
  let session = sessions.get(page);
  if (!session) {
    session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    sessions.set(page, session);
  }
  return session;
}

/** Milliseconds of work on the page's main thread in each frame while something goes on, from Chromium's trace. */
async function frames(page: Page, during: () => Promise<unknown>): Promise<number[]> {
  return (await traced(page, during)).work;
}

/** The same, with script and layout by themselves. */
async function traced(
  page: Page,
  during: () => Promise<unknown>,
): Promise<{ readonly work: number[]; readonly script: number[] }> {
  const browser = page.context().browser();
  if (!browser) return { work: [], script: [] };
  await browser.startTracing(page, {
    categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel'],
  });
  await during();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: { name: string; ts: number; dur?: number; tdur?: number; pid: number; tid: number }[];
  };
  const threads = new Map<string, number>();
  // The page that works the most: others that are open draw their own frames.
  for (const { name, pid, tid, dur, tdur } of traceEvents)
    if (counted.has(name)) threads.set(`${pid} ${tid}`, (threads.get(`${pid} ${tid}`) ?? 0) + (tdur ?? dur ?? 0));
  const [main] = [...threads].sort((a, b) => b[1] - a[1])[0] ?? [''];
  const mine = traceEvents.filter(({ pid, tid }) => `${pid} ${tid}` === main).sort((a, b) => a.ts - b.ts);
  // Each frame has one PrePaint near its end; only drawing comes after it. Work inside work counts once.
  const work: number[] = [0];
  const script: number[] = [0];
  const parts = new Map<string, number>();
  const made = [new Map<string, number>()];
  let until = 0;
  let ends = false;
  for (const { name, ts, dur, tdur } of mine) {
    if (dur === undefined || ts < until || !counted.has(name)) continue;
    until = ts + dur;
    if (ends && !drawing.has(name)) {
      ends = false;
      work.push(0);
      script.push(0);
      made.push(new Map<string, number>());
    }
    const took = (tdur ?? dur) / 1000;
    work[work.length - 1] = (work.at(-1) ?? 0) + took;
    if (!drawing.has(name)) script[script.length - 1] = (script.at(-1) ?? 0) + took;
    parts.set(name, (parts.get(name) ?? 0) + took);
    made.at(-1)?.set(name, (made.at(-1)?.get(name) ?? 0) + took);
    if (name === 'PrePaint') ends = true;
  }
  if (process.argv.includes('--parts')) {
    const written = (all: ReadonlyMap<string, number>, frames = 1): string =>
      [...all]
        .sort((a, b) => b[1] - a[1])
        .map(([name, time]) => `${name} ${(time / frames).toFixed(2)}`)
        .join(', ');
    console.log(`a frame: ${written(parts, work.length)}`);
    const slowest = [...work.keys()].sort((a, b) => (work[b] ?? 0) - (work[a] ?? 0));
    for (const place of slowest.slice(0, 16))
      console.log(
        `frame ${place}: ${work[place]?.toFixed(1)} ms: ${written(made[place] ?? new Map<string, number>())}`,
      );
  }
  const seen = (all: readonly number[]): number[] => all.slice(1, -1).filter((value) => value > 0.02);
  return { work: seen(work), script: seen(script) };
}

/** What comes after script and layout. */
const drawing = new Set(['PrePaint', 'Paint', 'Layerize', 'Commit']);

const counted = new Set([
  'FunctionCall',
  'FireAnimationFrame',
  'EventDispatch',
  'Layout',
  'UpdateLayoutTree',
  'PrePaint',
  'Paint',
  'Layerize',
  'Commit',
  'EvaluateScript',
  'RunMicrotasks',
  'MinorGC',
  'MajorGC',
  'HitTest',
]);

async function runsTable(): Promise<void> {
  const panel = await Panel.open('runs', { width: 1400, height: 900 });
  const { page } = panel;
  // Made in the page: what is measured is the panel, not the way there.
  const make = `
    const rows = 100000, columns = [], ids = Array.from({ length: rows }, (_, row) => '20261103-' + String(row).padStart(6, '0'));
    let seed = 7; const next = () => (seed = (seed * 1664525 + 1013904223) >>> 0) / 4294967296;
    const numbers = (of) => Float64Array.from({ length: rows }, of).buffer;
    const words = (list) => ({ words: list, codes: Uint32Array.from({ length: rows }, () => 1 + Math.floor(next() * list.length)).buffer });
    columns.push({ name: 'run', kind: 'fact', type: 'text', words: ids, codes: Uint32Array.from({ length: rows }, (_, row) => row + 1).buffer });
    columns.push({ name: 'pipeline', kind: 'fact', type: 'text', ...words(['churn', 'diamonds', 'digits']) });
    columns.push({ name: 'status', kind: 'fact', type: 'text', ...words(['succeeded', 'failed', 'cancelled']) });
    columns.push({ name: 'created', kind: 'fact', type: 'time', numbers: numbers((_, row) => 1.79e12 - row * 1000) });
    columns.push({ name: 'trees.model.kind', kind: 'setting', type: 'text', ...words(['linear', 'boosted-trees', 'network']) });
    for (let index = 0; index < 20; index++) columns.push({ name: 'parameters.p' + index, kind: 'parameter', type: 'number', numbers: numbers(next) });
    for (let index = 0; index < 25; index++) columns.push({ name: 'exam.m' + index, kind: 'metric', type: 'number', numbers: numbers(next) });
    window.bigTable = { type: 'table', table: { ids, parents: {}, columns }, layouts: {}, trusted: true };`;
  await inPage(page, make);
  const first: Cost[] = [];
  for (let index = 0; index < 5; index++)
    first.push(await timed(page, `window.dispatchEvent(new MessageEvent('message', { data: window.bigTable }))`));
  say('table, 100,000 × 50: first paint, ms', costs(first), '< 200', '', '');
  const type = (text: string): string =>
    `const field = document.querySelector('.text-field'); field.value = ${JSON.stringify(text)}; field.dispatchEvent(new Event('input'))`;
  const filter: Cost[] = [];
  for (const text of [
    'm1 > 0.9 and model.kind = network',
    'm2 > 0.5',
    'status = failed',
    'p3 < 0.1 or m4 > 0.99',
    'churn',
    '',
    'm1 > 0.3',
    'created > 2026-10-01',
    'status in (failed, cancelled) and m7 < 0.2',
    '',
  ])
    filter.push(await timed(page, type(text)));
  say('the same: filter, ms', costs(filter), '< 100', '', '');
  const sort: Cost[] = [];
  for (let index = 0; index < 10; index++)
    sort.push(await timed(page, `document.querySelectorAll('.grid .head .cell')[${1 + (index % 5)}].click()`));
  say('the same: sort, ms', costs(sort), '< 100', '', '');
  await panel.settle();
  const scroll = await frames(page, () =>
    inPage(
      page,
      `const grid = document.querySelector('.grid'); for (let index = 0; index < 240; index++) { grid.scrollTop += index < 120 ? 130 : 2400; if (index % 10 === 0) grid.scrollLeft += 90; await new Promise(requestAnimationFrame); }`,
    ),
  );
  say('the same: scrolling, ms of work a frame', fine(scroll), '≤ 12 p95', '', '');
  await panel.close();
}

/** Ten curves in the page, cut to `points` buckets with a band. */
const curves = (points: number, count = 10): string => `
  let seed = 3; const next = () => (seed = (seed * 1664525 + 1013904223) >>> 0) / 4294967296;
  window.curves = Array.from({ length: ${count} }, (_, curve) => {
    const steps = Array.from({ length: ${points} }, (_each, index) => index * 500);
    const values = steps.map((step) => Math.exp(-step / 3e5) + 0.05 * next() + curve * 0.05);
    return { run: 'run-' + (curve % 10), stage: 'net', name: 'loss', steps, values, low: values.map((value) => value - 0.1), high: values.map((value) => value + 0.1), broken: 0, brokenAt: [], points: 1000000 };
  });
  window.stateOf = (series) => ({ type: 'state', state: { choices: [], runs: [...new Set(series.map((each) => each.run))].map((id) => ({ id, pipeline: 'churn', status: 'running', started: 0, stages: [] })), series, evaluations: [] } });`;

async function peerPage(page: Page, name: 'chart' | 'vega'): Promise<Page> {
  const entry =
    name === 'chart'
      ? `import { Chart, LineController, LineElement, PointElement, LinearScale, Legend } from 'chart.js'; Chart.register(LineController, LineElement, PointElement, LinearScale, Legend); window.Chart = Chart;`
      : `import * as vega from 'vega'; window.vega = vega;`;
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: repository },
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    logLevel: 'error',
  });
  const other = await page.context().newPage();
  await other.setContent('<body><div id="view"></div></body>');
  await other.evaluate(outputFiles[0]?.text ?? '');
  return other;
}

const chartJs = `
  document.getElementById('view').innerHTML = '<div style="width:1000px;height:300px"><canvas></canvas></div>';
  window.chart?.destroy();
  window.chart = new Chart(document.querySelector('canvas'), { type: 'line', data: { datasets: window.curves.map((curve, index) => ({ label: curve.run, data: curve.steps.map((x, at) => ({ x, y: curve.values[at] })), parsing: false, normalized: true, pointRadius: 0, borderWidth: 1.5, borderColor: 'hsl(' + index * 36 + ',70%,50%)' })) }, options: { animation: false, maintainAspectRatio: false, scales: { x: { type: 'linear' } } } })`;
const vegaView = `
  window.picture?.finalize();
  window.picture = new vega.View(vega.parse({ width: 1000, height: 300, data: [{ name: 'points', values: window.curves.flatMap((curve) => curve.steps.map((x, at) => ({ x, y: curve.values[at], c: curve.run }))) }],
    scales: [{ name: 'x', type: 'linear', domain: { data: 'points', field: 'x' }, range: 'width' }, { name: 'y', type: 'linear', domain: { data: 'points', field: 'y' }, range: 'height' }, { name: 'c', type: 'ordinal', domain: { data: 'points', field: 'c' }, range: 'category' }],
    axes: [{ orient: 'bottom', scale: 'x' }, { orient: 'left', scale: 'y' }], legends: [{ stroke: 'c' }],
    marks: [{ type: 'group', from: { facet: { name: 'series', data: 'points', groupby: 'c' } }, marks: [{ type: 'line', from: { data: 'series' }, encode: { enter: { x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'y' }, stroke: { scale: 'c', field: 'c' } }, update: { x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'y' } } } }] }] }), { renderer: 'canvas', container: document.getElementById('view') });
  await window.picture.runAsync()`;

async function metrics(): Promise<void> {
  const panel = await Panel.open('metrics', { width: 1400, height: 900 });
  const { page } = panel;
  const [chart, vega] = [await peerPage(page, 'chart'), await peerPage(page, 'vega')];
  for (const each of [page, chart, vega]) await inPage(each, curves(2_000));
  const first: Record<string, Cost[]> = { ours: [], chart: [], vega: [] };
  for (let index = 0; index < 7; index++) {
    await page.bringToFront();
    await inPage(page, `window.dispatchEvent(new MessageEvent('message', { data: window.stateOf([]) }))`);
    await panel.settle();
    first['ours']?.push(
      await timed(
        page,
        `window.dispatchEvent(new MessageEvent('message', { data: window.stateOf(window.curves) })); await new Promise((done) => { const look = () => (document.querySelector('.u-over') ? done() : requestAnimationFrame(look)); look(); })`,
      ),
    );
    await chart.bringToFront();
    first['chart']?.push(await timed(chart, chartJs));
    await vega.bringToFront();
    first['vega']?.push(await timed(vega, vegaView));
  }
  say(
    '10 curves × 1M points as 2,000 buckets: first paint, ms',
    costs(first['ours'] ?? []),
    '< 250',
    costs(first['chart'] ?? []),
    costs(first['vega'] ?? []),
  );
  const push = `for (const curve of window.curves) { const at = curve.steps.at(-1) + 500; curve.steps.shift(); curve.values.shift(); curve.low.shift(); curve.high.shift(); const y = 0.1 + Math.random() * 0.05; curve.steps.push(at); curve.values.push(y); curve.low.push(y - 0.1); curve.high.push(y + 0.1); }`;
  const stream = (step: string): string =>
    `for (let index = 0; index < 180; index++) { ${push} ${step}; await new Promise(requestAnimationFrame); }`;
  await page.bringToFront();
  const ours = await traced(page, () =>
    inPage(page, stream(`window.dispatchEvent(new MessageEvent('message', { data: window.stateOf(window.curves) }))`)),
  );
  await chart.bringToFront();
  const theirs = await traced(chart, () =>
    inPage(
      chart,
      stream(
        `window.chart.data.datasets.forEach((set, index) => { const curve = window.curves[index]; set.data.shift(); set.data.push({ x: curve.steps.at(-1), y: curve.values.at(-1) }); }); window.chart.update('none')`,
      ),
    ),
  );
  await vega.bringToFront();
  const dvc = await traced(vega, () =>
    inPage(
      vega,
      stream(
        `const change = vega.changeset().remove((row) => row.x < window.curves[0].steps[0]); change.insert(window.curves.map((curve) => ({ x: curve.steps.at(-1), y: curve.values.at(-1), c: curve.run }))); await window.picture.change('points', change).runAsync()`,
      ).replace('index < 180', 'index < 60'),
    ),
  );
  say(
    'streaming 60 points/s into 10 curves, ms of script and layout a frame',
    fine(ours.script),
    '≤ 12 p95',
    fine(theirs.script),
    fine(dvc.script),
  );
  say('the same with paint and commit', fine(ours.work), '', fine(theirs.work), fine(dvc.work));
  await page.bringToFront();
  const heap = async (): Promise<number> => {
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
    await session.detach();
    return usedSize / 1e6;
  };
  const message = `window.dispatchEvent(new MessageEvent('message', { data: window.stateOf(window.curves) }))`;
  await inPage(page, `for (let index = 0; index < 100; index++) { ${push} ${message}; }`);
  const before = await heap();
  await inPage(
    page,
    `for (let index = 0; index < 3600; index++) { ${push} ${message}; if (index % 50 === 0) await new Promise(requestAnimationFrame); }`,
  );
  say(
    'heap before and after 3,600 updates (an hour at one a second), MB',
    `${before.toFixed(1)} → ${(await heap()).toFixed(1)}`,
    'flat',
    '',
    '',
  );
  await inPage(
    page,
    `${curves(1_000, 24)} window.curves.forEach((curve, index) => { curve.name = 'metric-' + index; curve.run = 'run-0'; });
    window.dispatchEvent(new MessageEvent('message', { data: window.stateOf(window.curves) }))`,
  );
  await page.setViewportSize({ width: 1800, height: 1900 });
  await panel.settle();
  await panel.settle();
  const drawn = await page.locator('.u-over').count();
  const box = await page.locator('.u-over').first().boundingBox();
  const cross = await frames(page, async () => {
    for (let index = 0; index < 120; index++) await page.mouse.move((box?.x ?? 0) + 20 + index, (box?.y ?? 0) + 40);
  });
  say(`${drawn} synced charts × 1,000 points: crosshair, ms of work a frame`, fine(cross), '< 33 p95', '', '');
  await panel.close();
}

/** A run whose training logged a million points. */
async function pyramid(): Promise<void> {
  const store = mkdtempSync(path.join(tmpdir(), 'lifecycle-bench-'));
  try {
    mkdirSync(storePaths.run(store, 'r'), { recursive: true });
    const events = path.join(storePaths.run(store, 'r'), 'events.jsonl');
    const file = createWriteStream(events);
    for (let step = 0; step < 1_000_000; step += 1_000) {
      const lines = Array.from(
        { length: 1_000 },
        (_, index) =>
          `{"time":"2026-11-03T10:00:00.000Z","type":"metric","stage":"net","name":"loss","step":${step + index},"value":${Math.sin(step + index).toFixed(6)}}`,
      );
      if (!file.write(lines.join('\n') + '\n')) await once(file, 'drain');
    }
    file.end();
    await once(file, 'finish');
    const started = performance.now();
    await buildPyramid(store, 'r');
    say(
      `pyramid of 1M points from ${(statSync(events).size / 1e6).toFixed(0)} MB of events, s`,
      ((performance.now() - started) / 1000).toFixed(1),
      'progress shown',
      '',
      '',
    );
    const read: number[] = [];
    const found = await readPyramid(store, 'r');
    for (let index = 0; index < 20; index++) {
      const range = index % 2 === 0 ? undefined : ([index * 20_000, index * 20_000 + 300_000] as const);
      const from = performance.now();
      for (let curve = 0; curve < 10; curve++) await found?.buckets('net', 'loss', 2_000, range);
      read.push(performance.now() - from);
    }
    say('2,000 buckets of 10 curves of 1M points from the pyramid, ms', ms(read), '', '', '');
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

/**
 * From the line that a run adds to its log to the frame that shows it: the follower, the curves, the pace and the page are the extension's; what
 * VS Code needs to hand a message to a page (about 3 ms) is not in it.
 */
async function live(): Promise<void> {
  const store = mkdtempSync(path.join(tmpdir(), 'lifecycle-bench-'));
  const stop = new AbortController();
  const panel = await Panel.open('metrics', { width: 1400, height: 900 });
  const sends: Promise<void>[] = [];
  try {
    const info = runInfo();
    const events = path.join(await createRun(store, info), 'events.jsonl');
    const line = (event: object): string => `${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`;
    const metric = (step: number): string =>
      line({ type: 'metric', stage: 'model', name: 'loss', step, value: 1 / (step + 1) });
    writeFileSync(events, Array.from({ length: 5_000 }, (_, step) => metric(step)).join(''));
    let latest: Parameters<typeof seriesOf>[1] | undefined;
    const run = { id: info.id, store } as Parameters<typeof seriesOf>[0];
    const pace = new Pace(100, () => {
      if (!latest) return;
      const count = latest.stages.find(({ name }) => name === 'model')?.series['loss']?.count ?? 0;
      const shown = seriesOf(run, latest).then((series) =>
        panel.page.evaluate(
          (text) =>
            new Promise<void>((done) => {
              window.dispatchEvent(new MessageEvent('message', { data: JSON.parse(text) as unknown }));
              // The panel draws in the next frame; the one after that has shown it.
              requestAnimationFrame(() => requestAnimationFrame(() => done()));
            }),
          JSON.stringify(messageOf(series)),
        ),
      );
      sends.push(shown.then(() => void arrived(count)));
    });
    const logged = new Map<number, number>();
    const delays: number[] = [];
    const arrived = (count: number): void => {
      const now = performance.now();
      for (const [point, at] of logged)
        if (point <= count) {
          delays.push(now - at);
          logged.delete(point);
        }
    };
    const following = (async () => {
      for await (const { summary } of followRun(store, info.id, { signal: stop.signal, interval: 120 })) {
        latest = summary;
        pace.ask();
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    for (let point = 0; point < 100; point++) {
      logged.set(5_001 + point, performance.now());
      appendFileSync(events, metric(5_000 + point));
      // Never in step with the follower.
      await new Promise((resolve) => setTimeout(resolve, 37 + ((point * 61) % 190)));
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    stop.abort();
    await following;
    await Promise.all(sends);
    pace.dispose();
    say(
      `a new point on screen after it was logged, ms on the clock (${delays.length} of 100 points)`,
      ms(delays),
      '< 250',
      '',
      '',
    );
  } finally {
    stop.abort();
    await panel.close();
    rmSync(store, { recursive: true, force: true });
  }
}

const messageOf = (series: Awaited<ReturnType<typeof seriesOf>>): object => ({
  type: 'state',
  state: {
    choices: [],
    runs: [{ id: 'r', pipeline: 'churn', status: 'running', started: 0, stages: [] }],
    series,
    evaluations: [],
  },
});

async function main(): Promise<void> {
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(', ');
  const only = process.argv.find((each) => each.startsWith('--only='))?.slice('--only='.length);
  for (const [name, part] of Object.entries({ pyramid, table: runsTable, curves: metrics, live }))
    if (only === undefined || only === name) await part();
  await closeBrowser();
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const text = `# The panels at scale

\`npx tsx bench/webviews/bench.ts --write\` on ${cpus()[0]?.model.trim()}, ${cpus().length} cores, Chromium without a GPU, commit ${commit}.
Medians with p95 of processor time on the page's main thread, the clock beside it. The peers draw the same data in the same run: Chart.js with animation off and \`parsing: false\`, Vega (the charting of vscode-dvc) on canvas.
Work a frame is what Chromium's trace shows of script, layout and paint, as processor time, too. Load average when it began: ${load} (other work shares
this machine, which stretches the clock).

| | Ours | Bar | Chart.js | Vega |
| --- | ---: | ---: | ---: | ---: |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`;
  if (process.argv.includes('--write')) writeFileSync(path.join(repository, 'bench/webviews/RESULTS.md'), text);
  else console.log(text);
}

void main();

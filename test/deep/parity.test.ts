import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { deployBundle } from '../../lifecycle/deploy/deploy';
import { predict, type Prediction } from '../../lifecycle/deploy/predict';
import { scoreFiles } from '../../lifecycle/deploy/score';
import { startServer } from '../../lifecycle/deploy/serve/server';
import { readBundle } from '../../lifecycle/store/bundle';
import { storePaths } from '../../lifecycle/store/layout';
import { readColumns } from '../../lifecycle/table';
import type { ModelInfo } from '../../schemas/generated/types';
import { rowsOf } from '../end-to-end/serving';
import { configFor } from '../lifecycle/deploy/serve/support';
import { removeFolders } from '../lifecycle/deploy/support';
import { serveFolder } from '../lifecycle/deploy/targets/page';
import { engineFolder, runContainer } from '../lifecycle/deploy/targets/podman';
import { startRegistry } from '../lifecycle/deploy/targets/registry';
import { sameTo } from '../lifecycle/deploy/targets/same';
import { bundled } from '../rigs/bundle';
import { freshFolder } from '../rigs/folder';

const ROWS = 500;
const TOLERANCE = 1e-6;

/** A network on the churn example, pruned and with weights of 8 bits, beside trees that learnt from it: all that bundles are made of. */
const PIPELINE = `lifecycle: 1
pipeline: parity
seed: 7
stages:
  customers:
    kind: data
    source: data/telco-churn.csv
    target: {column: churn, positive: "Yes"}
    split: {train: 0.7, validation: 0.15, test: 0.15, stratify: churn}
    features:
      - fill: {columns: numeric, with: median}
      - standardize: {columns: numeric}
      - one-hot: {columns: text}
  network:
    kind: train
    data: customers
    model: {kind: network, layers: [{dense: {units: 128, activation: relu}}, {dense: {units: 64, activation: silu}}]}
    training: {epochs: 4}
  narrow: {kind: optimize, model: network, prune: {sparsity: 0.5, structure: units, epochs: 2}}
  small: {kind: optimize, model: narrow, quantize: int8}
  trees: {kind: optimize, model: network, distil: {into: {kind: boosted-trees, trees: 40, leaves: 8}}}
  network-bundle: {kind: package, model: small, name: network}
  trees-bundle: {kind: package, model: trees, name: trees}
`;

type Row = Readonly<Record<string, unknown>>;
interface Place {
  readonly name: string;
  /** Answers, or why this place is not here. */
  answers(): Promise<Prediction[] | string>;
}

describe('one bundle in six places', function () {
  this.timeout(1_800_000);
  const home = freshFolder();
  afterEach(removeFolders);

  it(`answers ${ROWS} rows alike, to 1e-6`, async () => {
    const folder = join(home(), 'project');
    mkdirSync(folder);
    cpSync('examples/churn/data', join(folder, 'data'), { recursive: true });
    writeFileSync(join(folder, 'parity.pipeline.yaml'), PIPELINE);
    const engine = await bundled('lifecycle/engine.ts');
    const ran = spawnSync(process.execPath, [engine, 'run', '--json'], { cwd: folder, encoding: 'utf8' });
    assert.equal(ran.status, 0, ran.stderr + ran.stdout.slice(-2000));
    const store = join(folder, '.lifecycle');
    const shown = spawnSync(process.execPath, [engine, 'show', '--json'], { cwd: folder, encoding: 'utf8' });
    const { stages } = JSON.parse(shown.stdout) as { stages: { name: string; artifact: string }[] };
    const artifact = (stage: string): string =>
      storePaths.artifact(store, stages.find(({ name }) => name === stage)!.artifact);
    const registry = await startRegistry(home());
    const table: string[] = [];
    try {
      for (const stage of ['network-bundle', 'trees-bundle']) {
        const bundle = artifact(stage);
        const info = JSON.parse(await readFile(join(bundle, 'model.json'), 'utf8')) as ModelInfo;
        const all = await readColumns(join(artifact('customers'), 'test.parquet'));
        const rows: Row[] = rowsOf(all, info).slice(0, ROWS);
        const expected = await predict(bundle, rows);
        for (const place of places(bundle, rows, info, { home: home(), store, registry: registry?.host })) {
          const began = performance.now();
          const answers = await place.answers();
          const seconds = ((performance.now() - began) / 1000).toFixed(1);
          if (typeof answers === 'string') {
            table.push(`| ${stage} | ${place.name} | not here: ${answers} | | |`);
            continue;
          }
          const off = answers.map((answer, i) => distance(answer, expected[i]!));
          const same = off.filter((each) => each === 0).length;
          table.push(
            `| ${stage} | ${place.name} | ${Math.max(...off).toExponential(1)} | ${same} of ${rows.length} | ${seconds} |`,
          );
          sameTo(answers, expected, TOLERANCE);
        }
      }
    } finally {
      registry?.stop();
      console.log(
        [
          '| Bundle | Place | Largest difference | Answers with the very same digits | Seconds |',
          '| --- | --- | ---: | ---: | ---: |',
          ...table,
        ]
          .map((line) => `      ${line}`)
          .join('\n'),
      );
    }
  });
});

function places(
  bundle: string,
  rows: readonly Row[],
  info: ModelInfo,
  { home, store, registry }: { home: string; store: string; registry: string | undefined },
): Place[] {
  const name = `edge-${info.kind}`;
  const edge = join(home, name);
  const file = join(home, `${info.kind}.json`);
  writeFileSync(file, JSON.stringify(rows));
  const target = (settings: Parameters<typeof deployBundle>[1]['target']['settings'], more = {}) => ({
    store,
    ...more,
    target: { name: info.kind, settings, folder: home },
  });
  const lines = (command: string, args: string[]): Prediction[] => {
    const { status, stdout, stderr } = spawnSync(command, [...args, file], {
      cwd: edge,
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    assert.equal(status, 0, stderr);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Prediction);
  };
  return [
    {
      name: 'local server',
      async answers() {
        const { digest, name: called } = await readBundle(bundle);
        const config = await configFor({ maxBody: 10_000_000 });
        const server = await startServer({ ...config, model: { name: called, version: 1, digest, folder: bundle } });
        try {
          return await predict(server.url, rows);
        } finally {
          await server.stop(500);
        }
      },
    },
    {
      name: 'batch',
      async answers() {
        const input = join(home, `${info.kind}-in.jsonl`);
        const output = join(home, `${info.kind}-out.parquet`);
        writeFileSync(input, rows.map((row) => JSON.stringify(row)).join('\n'));
        await scoreFiles({ bundle, input, output });
        const scored = (await readColumns(output)).columns;
        const classes = (info.classes ?? []).map(String);
        return rows.map((_, i): Prediction => {
          const shares = classes.map((each) => [each, Number(scored[`probability_${each}`]!.values[i])]);
          return { label: scored['prediction']!.values[i]!, probabilities: Object.fromEntries(shares) };
        });
      },
    },
    {
      name: 'edge, Node',
      async answers() {
        await deployBundle({ bundle }, target({ kind: 'edge', output: name }));
        return lines(process.execPath, ['node.mjs']);
      },
    },
    {
      name: 'edge, browser (Chromium)',
      async answers() {
        if (!existsSync('/usr/bin/chromium')) return 'chromium is not installed';
        const browser = await chromium.launch({
          executablePath: '/usr/bin/chromium',
          args: ['--no-sandbox', '--disable-gpu'],
        });
        const server = await serveFolder(edge);
        try {
          const page = await browser.newPage();
          await page.goto(`${server.url}/index.html`);
          await page.waitForSelector('body[data-ready]');
          return (await page.evaluate(
            (given) =>
              (globalThis as unknown as { model: { predict(rows: unknown): Promise<unknown> } }).model.predict(given),
            rows,
          )) as Prediction[];
        } finally {
          await browser.close();
          server.close();
        }
      },
    },
    {
      name: 'edge, Python with numpy alone',
      answers() {
        if (spawnSync('/usr/bin/python3', ['-c', 'import numpy']).status !== 0)
          return Promise.resolve('python3-numpy is not installed');
        return Promise.resolve(lines('/usr/bin/python3', ['predict.py']));
      },
    },
    {
      name: 'container, podman',
      async answers() {
        if (registry === undefined) return 'docker-registry is not installed';
        if (!existsSync('/usr/bin/podman') || process.getuid?.() !== 0)
          return 'podman is not there, or we are not root';
        const repository = `${registry}/parity/${info.kind}`;
        const engine = await engineFolder(join(home, info.kind.charAt(0)));
        const { entry } = await deployBundle({ bundle }, target({ kind: 'container', repository }, { engine }));
        const container = await runContainer(entry.image ?? '', join(home, info.kind.charAt(0)));
        if (container === undefined) return 'podman can’t run containers here';
        try {
          return await predict(container.url, rows);
        } finally {
          await container.stop();
        }
      },
    },
  ];
}

/** The largest difference of two answers' numbers. */
function distance(one: Prediction, other: Prediction): number {
  if ('prediction' in one) return 'prediction' in other ? Math.abs(one.prediction - other.prediction) : Infinity;
  if (!('probabilities' in other)) return Infinity;
  return Math.max(
    ...Object.entries(other.probabilities).map(([name, share]) => Math.abs(share - (one.probabilities[name] ?? NaN))),
  );
}

import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CodeLens } from 'vscode-languageserver/node';
import { analyze } from '../../lifecycle/pipeline/analyze';
import { fingerprint, fingerprintInputs } from '../../lifecycle/pipeline/fingerprint';
import { writeLock } from '../../lifecycle/pipeline/lock';
import { machineName } from '../../lifecycle/process/identity';
import { capture } from '../../lifecycle/process/spawn';
import { storePaths } from '../../lifecycle/store/layout';
import { resultLine } from '../../language-server/cards';
import { codeLenses } from '../../language-server/features/lens';
import { hover } from '../../language-server/features/hover';
import type { View } from '../../language-server/source';
import { csv } from './situations';
import { Editor, folderWith } from './harness';

const text = `lifecycle: 1
pipeline: churn
stages:
  load:
    kind: data
    source: data/raw.csv
    target: churned
  fit:
    kind: train
    data: load
    model: {kind: boosted-trees, trees: 100}
`;

function lensesOf({ workspace, source }: Editor, view: View): CodeLens[] {
  return codeLenses(workspace, source, view).toJSON() as CodeLens[];
}

describe('what runs tell in the editor', () => {
  it('a training that rests does not count as running', () => {
    const stage = { name: 'fit', kind: 'train', after: [], state: 'running', fraction: 0.42, metrics: {} } as const;
    const said = (control?: 'paused' | 'finishing') =>
      resultLine({ last: { ...stage, ...(control ? { control } : {}) } as never });
    assert.equal(said(), 'running, 42 %');
    assert.equal(said('paused'), 'paused, 42 %');
    assert.equal(said('finishing'), 'stops after this epoch, 42 %');
  });

  let folder: ReturnType<typeof folderWith>;

  beforeEach(() => {
    folder = folderWith({ 'data/raw.csv': csv });
    const store = join(folder.path, '.lifecycle');
    const put = (path: string, value: unknown): void => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify(value));
    };
    const analysis = analyze(join(folder.path, 'test.pipeline.yaml'), text);
    for (const stage of analysis.stages) {
      assert.ok(stage.value);
      const inputs = fingerprintInputs(
        { stage: stage.value, references: stage.references },
        { version: 1, seed: 0, upstream: { load: 'a'.repeat(64) } },
      );
      const key = fingerprint(inputs);
      const metrics = stage.kind === 'train' ? { auc: 0.846 } : {};
      put(storePaths.manifest(store, key), {
        format: 1,
        kind: stage.kind,
        fingerprint: key,
        inputs,
        artifact: 'a'.repeat(64),
        files: [],
        outputs: {},
        metrics,
        run: 'r1',
        stage: stage.name,
        created: new Date(Date.now() - 300_000).toISOString(),
        seconds: 12,
      });
      put(storePaths.latest(store, 'churn', stage.name), { fingerprint: key });
    }
    const run = storePaths.run(store, '20260101-000000-000abc');
    put(join(run, 'run.json'), {
      format: 1,
      id: '20260101-000000-000abc',
      pipeline: 'churn',
      file: 'test.pipeline.yaml',
      created: '2026-01-01T00:00:00Z',
      command: 'run',
      host: machineName(),
      engine: '0',
      stages: ['load', 'fit'],
      process: { pid: 1, started: 0 },
    });
    put(join(run, 'record.json'), {
      format: 1,
      id: '20260101-000000-000abc',
      pipeline: 'churn',
      status: 'failed',
      created: '2026-01-01T00:00:00Z',
      finished: '2026-01-01T00:00:09Z',
      seconds: 9,
      stages: {
        load: { kind: 'data', status: 'succeeded' },
        fit: {
          kind: 'train',
          status: 'failed',
          error: {
            code: 'train-diverged',
            message: 'The loss is no number.',
            hint: 'Lower the rate.',
            path: ['model', 'trees'],
          },
        },
      },
    });
  });
  afterEach(() => folder.remove());

  it('marks the place at which the last run failed, until the stage is changed', async () => {
    const editor = await Editor.open(text, { folder: folder.path });
    const found = editor.diagnostics().find(({ source }) => source === 'ML Lifecycle run');
    assert.equal(found?.code, 'train-diverged');
    assert.deepEqual(found.range.start, { line: 10, character: 40 });
    editor.workspace.change(editor.uri, 2, [
      { range: { start: { line: 10, character: 40 }, end: { line: 10, character: 43 } }, text: '50' },
    ]);
    assert.ok(!editor.diagnostics().some(({ source }) => source === 'ML Lifecycle run'));
    editor.close();
  });

  it('hears of the first run where there was no store yet', async () => {
    const store = join(folder.path, '.lifecycle');
    renameSync(store, `${store}-away`);
    const editor = await Editor.open(text, { folder: folder.path });
    const told = () => editor.diagnostics().some(({ code }) => code === 'train-diverged');
    assert.ok(!told());
    renameSync(`${store}-away`, store);
    const end = Date.now() + 10_000;
    while (!told()) {
      assert.ok(Date.now() < end, 'not heard of within 10 s');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    editor.close();
  });

  it('says many warnings of one kind as one', async () => {
    const log = (message: string, code: string) =>
      JSON.stringify({ time: '2026-01-01T00:00:01Z', type: 'log', stage: 'load', level: 'warning', message, code });
    const columns = Array.from({ length: 20 }, (_, i) => log(`c${i} drifted.`, 'drift'));
    writeFileSync(
      join(storePaths.run(join(folder.path, '.lifecycle'), '20260101-000000-000abc'), 'events.jsonl'),
      [
        JSON.stringify({
          time: '2026-01-01T00:00:00Z',
          format: 1,
          type: 'run-started',
          run: '20260101-000000-000abc',
          pipeline: 'churn',
          stages: [{ name: 'load', kind: 'data', after: [] }],
        }),
        ...columns,
        log('Retraining is due.', 'retrain-due'),
        log('Few rows.', 'few'),
        log('Few columns.', 'few'),
        '',
      ].join('\n'),
    );
    const editor = await Editor.open(text, { folder: folder.path });
    assert.deepEqual(
      editor
        .diagnostics()
        .filter(({ severity, source }) => severity === 2 && source === 'ML Lifecycle run')
        .map(({ message }) => message)
        .sort(),
      ['Few columns.', 'Few rows.', 'Retraining is due.', 'c0 drifted, and 19 more warnings like it.'],
    );
    editor.close();
  });

  it('tells the last result above a stage, and why it would run again', async () => {
    const editor = await Editor.open(text.replace('fit:', 'f‸it:'), { folder: folder.path });
    const titles = (): string[] => {
      const view = editor.source.viewOf(editor.uri);
      assert.ok(view);
      return lensesOf(editor, view).map(({ command }) => command?.title ?? '');
    };
    assert.ok(titles().filter((title) => title === 'cached').length === 2, titles().join(' | '));
    assert.match(((hover(editor.spot)?.contents ?? {}) as { value: string }).value, /Nothing changed/);
    editor.workspace.change(editor.uri, 2, [
      { range: { start: { line: 10, character: 40 }, end: { line: 10, character: 43 } }, text: '50' },
    ]);
    assert.ok(
      titles().some((title) => /will re-run because model\.trees 100 → 50/.test(title)),
      titles().join(' | '),
    );
    editor.close();
  });

  it('tells what changed since the last commit, where it may ask git', async () => {
    rmSync(join(folder.path, '.lifecycle/runs'), { recursive: true, force: true });
    const lock = { fingerprint: 'b'.repeat(64), metrics: { auc: 0.834 } };
    writeFileSync(join(folder.path, 'test.lock.yaml'), writeLock({ lifecycle: 1, stages: { fit: lock } }));
    const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false'];
    for (const command of [
      ['init', '-q'],
      ['add', 'test.lock.yaml'],
      [...author, 'commit', '-q', '-m', 'a'],
    ])
      assert.equal((await capture(['git', ...command], { cwd: folder.path })).code, 0);
    writeFileSync(join(folder.path, 'test.lock.yaml'), 'not what was committed');
    const editor = await Editor.open(text, { folder: folder.path });
    const view = editor.source.viewOf(editor.uri);
    assert.ok(view);
    const titles = lensesOf(editor, view).map(({ command }) => command?.title ?? '');
    assert.ok(
      titles.some((title) => title.startsWith('auc 0.846 (+0.012 since the last commit)')),
      titles.join(' | '),
    );
    editor.close();
  });
});

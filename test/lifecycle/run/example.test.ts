import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../../../schemas/generated/types';
import { findManifest } from '../../../lifecycle/store/cache';
import { listRuns } from '../../../lifecycle/store/runs';
import { bundled } from '../../rigs/bundle';
import { freshFolder } from '../../rigs/folder';

/** The churn example as it is shipped, by the program that is shipped. */
describe('the churn example', function () {
  this.timeout(180_000);
  const folder = freshFolder();
  const there = () => join(folder(), 'churn');
  const store = () => join(there(), '.lifecycle');
  const file = () => join(there(), 'churn.pipeline.yaml');
  let program = '';
  before(async () => {
    program = await bundled('lifecycle/engine.ts');
  });
  beforeEach(() =>
    cpSync('examples/churn', there(), {
      recursive: true,
      filter: (path) => !path.includes('.lifecycle') && !path.endsWith('.lock.yaml'),
    }),
  );

  async function go(...args: string[]): Promise<{ record: RunRecord; wall: number; output: string }> {
    const began = performance.now();
    const { stdout, stderr, status } = spawnSync(process.execPath, [program, 'run', ...args], {
      cwd: there(),
      encoding: 'utf8',
    });
    const wall = (performance.now() - began) / 1000;
    assert.equal(status, 0, stdout + stderr);
    const [entry] = await listRuns(store(), { limit: 1 });
    assert.ok(entry?.record !== undefined);
    return { record: entry.record, wall, output: stdout };
  }

  const executed = (record: RunRecord) =>
    Object.entries(record.stages)
      .filter(([, stage]) => stage.status === 'succeeded')
      .map(([name]) => name);

  /** Hash of every file that a run's stages hold, apart from what names the run itself. */
  async function content(record: RunRecord): Promise<Record<string, string>> {
    const hashes: Record<string, string> = {};
    for (const [name, { kind, fingerprint }] of Object.entries(record.stages)) {
      const manifest = await findManifest(store(), fingerprint ?? '');
      for (const { path, sha256 } of manifest?.files ?? [])
        if (kind !== 'package' || /\.onnx$|metrics/.test(path)) hashes[`${name}/${path}`] = sha256;
    }
    return hashes;
  }

  it('runs, then does nothing again; re-runs what a change reaches; is the same to the byte from scratch', async () => {
    const first = await go();
    assert.deepEqual(executed(first.record), ['customers', 'baseline', 'trees', 'network', 'exam', 'small', 'bundle']);

    const repeats = [await go(), await go()];
    for (const { record } of repeats) {
      for (const stage of Object.values(record.stages)) {
        assert.deepEqual(
          [stage.status, stage.from, stage.reason],
          ['reused', first.record.id, `nothing changed since run ${first.record.id}`],
        );
      }
    }

    const changed = await go('--set', 'rate=0.01');
    assert.ok(
      executed(changed.record).includes('network') &&
        !executed(changed.record).some((name) => ['customers', 'baseline', 'trees'].includes(name)),
    );
    assert.equal(changed.record.stages['network']?.reason, 'training.optimizer.learning-rate 0.001 → 0.01');

    const text = readFileSync(file(), 'utf8');
    writeFileSync(
      file(),
      '# a comment\n' +
        text
          .replaceAll('baseline', 'simple')
          .replace(
            "{ kind: adam, learning-rate: '${rate}' }",
            '\n        learning-rate: "${rate}" # written otherwise\n        kind: "adam"',
          ),
    );
    assert.notEqual(readFileSync(file(), 'utf8'), text);
    assert.deepEqual(executed((await go()).record), []);

    writeFileSync(file(), text);
    const before = await content(first.record);
    rmSync(store(), { recursive: true });
    assert.deepEqual(await content((await go()).record), before);
  });
});

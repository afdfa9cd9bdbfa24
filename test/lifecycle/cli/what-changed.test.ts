import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storePaths } from '../../../lifecycle/store/layout';
import { createRun } from '../../../lifecycle/store/runs';
import { cli } from '../../rigs/cli';
import { freshFolder } from '../../rigs/folder';
import { DEAD, hash, runInfo } from '../../rigs/runs';
import { driftReport } from '../../webviews/fixtures';

describe('cli: monitor --report', () => {
  const folder = freshFolder();
  const store = () => join(folder(), '.lifecycle');

  beforeEach(() => {
    writeFileSync(join(folder(), 'data.csv'), `a,y\n${'1,2\n'.repeat(30)}`);
    writeFileSync(
      join(folder(), 'churn.pipeline.yaml'),
      `lifecycle: 1
pipeline: churn
stages:
  data:
    kind: data
    source: data.csv
    target: y
  watch:
    kind: monitor
    reference: data.train
    source: {files: data.csv, time: a}
`,
    );
  });

  /** A look that is over. Where it failed, its report lies with the run. */
  async function look(id: string, created: string, failed: boolean, pipeline = 'churn'): Promise<void> {
    await createRun(store(), runInfo({ id, created, pipeline, process: { ...DEAD } }));
    const artifact = hash(id.slice(-1));
    writeFileSync(
      join(storePaths.run(store(), id), 'record.json'),
      JSON.stringify({
        format: 1,
        id,
        status: failed ? 'failed' : 'succeeded',
        created,
        finished: created,
        seconds: 1,
        stages: { watch: { kind: 'monitor', status: failed ? 'failed' : 'succeeded', ...(!failed && { artifact }) } },
      }),
    );
    const place = failed
      ? join(storePaths.run(store(), id), 'reports', 'watch.drift.json')
      : join(storePaths.artifact(store(), artifact), 'drift.json');
    mkdirSync(join(place, '..'), { recursive: true });
    writeFileSync(place, JSON.stringify({ ...driftReport(), created }));
  }

  const [first, second] = ['20261101-120000-aaaaaa', '20261102-120000-bbbbbb'];

  it('writes the last look, also one that failed, or the one that is asked for', async () => {
    await look(first, '2026-11-01T12:00:00.000Z', false);
    await look(second, '2026-11-02T12:00:00.000Z', true);
    await look('20261103-120000-cccccc', '2026-11-03T12:00:00.000Z', false, 'other');
    const page = await cli(folder(), ['monitor', '--report', 'out.html', '--json']);
    assert.equal(page.code, 0, page.stderr);
    assert.deepEqual(page.json.at(-1), { report: join(folder(), 'out.html'), verdict: 'drift', run: second });
    assert.match(readFileSync(join(folder(), 'out.html'), 'utf8'), /looked at<\/dt><dd>2026-11-02 12:00 UTC/);
    const printed = await cli(folder(), ['monitor', '--report', '-', '--run', first]);
    assert.match(printed.stdout, /^# What changed\? churn, watch\n\n[^#]*- looked at: 2026-11-01 12:00 UTC/);
    const written = await cli(folder(), ['monitor', '--report', 'out.md', '--run', first]);
    assert.equal(written.code, 0, written.stderr);
    assert.equal(readFileSync(join(folder(), 'out.md'), 'utf8').trimEnd(), printed.stdout.trimEnd());
  });

  it('says what is wrong', async () => {
    const wrong = async (...args: string[]) => {
      const { code, stderr } = await cli(folder(), ['monitor', '--report', ...args]);
      assert.notEqual(code, 0);
      return stderr;
    };
    assert.match(await wrong('out.html'), /report-missing\]: watch has made no report yet\.\nhint: Look first/);
    assert.match(await wrong('out.pdf'), /neither Markdown nor HTML/);
    await look(first, '2026-11-01T12:00:00.000Z', false);
    await look(second, '2026-11-02T12:00:00.000Z', false, 'other');
    assert.match(await wrong('out.md', '--run', second), /has no report of watch of churn/);
    assert.match(await wrong('out.md', '--stage', 'wach'), /no such monitor stage/);
  });
});

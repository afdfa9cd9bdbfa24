import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDecisions } from '../../../lifecycle/store/decisions';
import { cli } from '../../rigs/cli';
import { freshFolder } from '../../rigs/folder';

const PIPELINE = `lifecycle: 1
pipeline: w
stages:
  d:
    kind: data
    source: d.csv
    target: {column: y}
  watch:
    kind: monitor
    reference: d.train
    source: {files: log.csv, time: at}
    alerts: {slow: latency.p99 > 1, worse: performance.auc < 0.8}
`;

describe('cli: decisions about monitoring', () => {
  const folder = freshFolder();

  it('are about rules and decisions that there are, and times that come', async () => {
    writeFileSync(join(folder(), 'w.pipeline.yaml'), PIPELINE);
    writeFileSync(join(folder(), 'log.csv'), 'at,x\n');
    writeFileSync(
      join(folder(), 'd.csv'),
      `x,y\n${Array.from({ length: 30 }, (_, i) => `${i},${i % 2}`).join('\n')}\n`,
    );
    const take = async (...args: string[]) => {
      const { code, stdout, stderr } = await cli(folder(), ['monitor', 'w.pipeline.yaml', ...args]);
      return { code, said: `${stdout}${stderr}` };
    };
    const why = ['--reason', 'load test'];
    const slip = await take('--silence', 'slwo', ...why);
    assert.notEqual(slip.code, 0);
    assert.match(slip.said, /watch has no rule 'slwo'\./);
    assert.match(slip.said, /Did you mean 'slow'\?/);
    assert.match(
      (await take('--silence', 'slow', '--until', '2020-01-01', ...why)).said,
      /--until 2020-01-01 is over already/,
    );
    assert.match((await take('--silence', 'slow', '--until', 'soon', ...why)).said, /--until soon is no time/);
    assert.match((await take('--lift', '1', ...why)).said, /No decision 1 about watch holds/);
    const silenced = await take('--silence', 'slow', '--until', '2h', ...why);
    assert.equal(silenced.code, 0, silenced.said);
    assert.match(silenced.said, /^1 {2}silence slow until .*: load test$/m);
    assert.equal((await take('--lift', '1', '--reason', 'over')).code, 0);
    assert.match((await take('--lift', '1', ...why)).said, /No decision 1 about watch holds/);
    const { entries } = await readDecisions(join(folder(), '.lifecycle'));
    assert.deepEqual(
      entries.map(({ action }) => action),
      ['silence', 'lift'],
    );
  });
});

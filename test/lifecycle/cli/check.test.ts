import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cli } from '../../rigs/cli';
import { freshFolder } from '../../rigs/folder';

const GOOD = `lifecycle: 1
pipeline: churn
stages:
  customers:
    kind: data
    source: data.csv
    target: churn
  trees:
    kind: train
    data: customers
    model: boosted-trees
`;

describe('cli check', () => {
  const folder = freshFolder();
  const write = (name: string, text: string | Buffer) => {
    mkdirSync(join(folder(), name, '..'), { recursive: true });
    writeFileSync(join(folder(), name), text);
  };
  beforeEach(() => write('data.csv', 'a,churn\n1,2\n'));

  it('is content with a right pipeline', async () => {
    write('churn.pipeline.yaml', GOOD);
    const { code, stdout } = await cli(folder(), ['check']);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^churn\.pipeline\.yaml: .*\(2 stages\)$/m);
    assert.deepEqual((await cli(folder(), ['check', '--json'])).json.at(-1), {
      type: 'checked',
      file: join(folder(), 'churn.pipeline.yaml'),
      ok: true,
    });
  });

  it('shows file, line, column, code, the line and a mark', async () => {
    write('churn.pipeline.yaml', GOOD.replace('data: customers', 'data: customer'));
    const { code, stdout } = await cli(folder(), ['check']);
    assert.equal(code, 2);
    const lines = stdout.split('\n');
    const at = lines.findIndex((line) => line.includes('unknown-stage'));
    const [first = '', source = '', mark = ''] = lines.slice(at, at + 3);
    assert.match(first, /^churn\.pipeline\.yaml:10:11: error\[unknown-stage\]: .*customers/);
    assert.equal(source, '  10 │     data: customer');
    assert.equal(mark, '     │           ^^^^^^^^');
    const json = (await cli(folder(), ['check', '--json'])).json.find((line) => line['code'] === 'unknown-stage');
    assert.deepEqual(
      [json?.['line'], json?.['column'], json?.['endColumn'], json?.['code'], json?.['suggestion']],
      [10, 11, 19, 'unknown-stage', 'customers'],
    );
  });

  it('looks at the beginnings of the data: columns, encodings, empty files, layers that do not fit', async () => {
    const says = async (data: string | Buffer, expected: RegExp, pipeline = GOOD, file = 'data.csv') => {
      write(file, data);
      write('churn.pipeline.yaml', pipeline);
      const { code, stdout } = await cli(folder(), ['check']);
      assert.match(stdout, expected);
      return code;
    };
    const misspelt = GOOD.replace('target: churn', 'target: chrn');
    assert.equal(await says('a,churn\n1,2\n', /:7:13: error\[unknown-column\]: .*`churn`/, misspelt), 2);
    const german = Buffer.from('Straße,churn\nMühle,2\n', 'latin1');
    assert.equal(
      await says(german, /:6:13: error\[data-wrong-encoding\]: data\.csv line 1 is not UTF-8\. .*windows-1252/),
      2,
    );
    const stated = (encoding: string): string =>
      GOOD.replace('data.csv', `{file: data.csv, encoding: ${encoding}}`).replace('target: churn', 'target: Straße');
    assert.equal(await says(german, /error\[data-wrong-encoding\]/, stated('utf-8')), 2);
    assert.equal(await says(german, /: 1 hint \(2 stages\)/, stated('windows-1252')), 0);
    const wide = Buffer.from('\ufeffStraße,churn\nMühle,2\n', 'utf16le');
    assert.equal(await says(wide, /:6:40: error\[data-wrong-encoding\]: .*encoding: utf-16/, stated('utf-8')), 2);
    assert.equal(await says(wide, /: 1 hint \(2 stages\)/, stated('utf-16')), 0);
    const doubtful = /:6:40: warning\[data-wrong-encoding\]: data\.csv line 1 looks like UTF-8, and is read as windows/;
    assert.equal(await says('Straße,churn\nMühle,2\n', doubtful, stated('windows-1252')), 0);
    assert.equal(await says('', /:6:13: error\[data-empty\]: data\.csv is empty/), 2);
    assert.equal(await says('a,churn\n', /error\[data-empty\]: data\.csv has a header but no rows/), 2);
    assert.equal(await says('a,churn\n1,2,3\n', /error\[data-unreadable\]: data\.csv: Row 1 has 3 values/), 2);
    const lines = GOOD.replace('data.csv', 'data.jsonl');
    assert.equal(await says('', /error\[data-empty\]: data\.jsonl is empty/, lines, 'data.jsonl'), 2);
    const network = GOOD.replace('boosted-trees', '{ kind: network, layers: [{ reshape: [2, 2] }] }');
    assert.equal(await says('a,b,churn\n1,2,3\n', /:11:38: error\[layers-misfit\]: .*/, network), 2);
    assert.equal(await says('{"churn": 1}\nno\n', /data-unreadable.*Line 2 is not/, lines, 'data.jsonl'), 2);
  });

  it('looks below, at targets.yaml and lifecycle.yaml too, but not into node_modules', async () => {
    write('deep/er/a.pipeline.yaml', GOOD.replace('data.csv', '../../data.csv'));
    write('node_modules/x/b.pipeline.yaml', 'nonsense');
    write('targets.yaml', 'lifecycle: 1\ntargets:\n  live: {kind: locl}\n');
    write('lifecycle.yaml', 'lifecycle: 1\n');
    const { code, stdout } = await cli(folder(), ['check']);
    assert.equal(code, 2);
    assert.match(stdout, /targets\.yaml:3:16: error\[/);
    assert.match(stdout, /deep\/er\/a\.pipeline\.yaml: /);
    assert.doesNotMatch(stdout, /node_modules/);
  });

  it('says what is missing, and offers what was meant', async () => {
    assert.match((await cli(folder(), ['check'])).stderr, /There is no pipeline/);
    assert.match((await cli(folder(), ['check', 'nope.yaml'])).stderr, /no file or folder nope\.yaml/);
    write('churn.pipeline.yaml', GOOD);
    const near = await cli(folder(), ['plan', 'chrun.pipeline.yaml']);
    assert.deepEqual(
      [near.code, near.stderr],
      [2, 'error[pipeline-missing]: There is no file chrun.pipeline.yaml.\nhint: Did you mean churn.pipeline.yaml?\n'],
    );
    write('other.pipeline.yaml', GOOD);
    assert.match(
      (await cli(folder(), ['run'])).stderr,
      /There are 2 pipelines in .*: churn\.pipeline\.yaml, other\.pipeline\.yaml/,
    );
    write('latin.pipeline.yaml', Buffer.from('pipeline: caf\xe9', 'latin1'));
    assert.match((await cli(folder(), ['check', 'latin.pipeline.yaml'])).stderr, /is not UTF-8 text/);
    assert.match(
      (await cli(folder(), ['run', 'churn.pipeline.yaml', '--set', 'rate'])).stderr,
      /--set rate is not of the form NAME=VALUE/,
    );
  });
});

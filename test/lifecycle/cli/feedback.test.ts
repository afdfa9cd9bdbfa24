import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appendFeedback, readFeedback } from '../../../lifecycle/store/feedback';
import { requestLogFile, requestLogFolder } from '../../../lifecycle/store/requests';
import { cli } from '../../rigs/cli';
import { freshFolder } from '../../rigs/folder';

describe('cli: feedback', () => {
  const folder = freshFolder();
  const tell = async (...args: string[]) => {
    const { code, stdout, stderr } = await cli(folder(), ['feedback', 'local', ...args]);
    return { code, said: `${stdout}${stderr}` };
  };

  it('refuses a row that no request has, and a file without outcomes', async () => {
    assert.match(
      (await tell('--id', 'a', '--label', 'Yes', '--row', '5000000000000')).said,
      /is further than any request goes/,
    );
    for (const name of ['none.csv', 'none.jsonl', 'none.parquet']) {
      writeFileSync(join(folder(), name), '');
      assert.match((await tell('--input', name)).said, new RegExp(`error\\[file-empty\\]: ${name} is empty\\.`));
    }
  });

  it('keeps what is of no request only when asked to, and says it', async () => {
    writeFileSync(join(folder(), 'o.csv'), 'id,label,row\nnobody,1.0,0\nnobody,0.0,1000000000000\n,1.0,0\n');
    const kept = await tell('--input', 'o.csv');
    assert.notEqual(kept.code, 0);
    assert.match(kept.said, /2 rows have no id, no label or no proper row/);
    assert.match(kept.said, /1 id is in no request of the log \(nobody\) and not kept/);
    assert.equal((await tell('--input', 'o.csv', '--all')).code, 0);
    await appendFeedback(join(folder(), '.lifecycle'), 'local', [{ id: 'nobody', actual: ['2.0'] }]);
    const { requests, changed } = await readFeedback(join(folder(), '.lifecycle'), 'local');
    assert.deepEqual([[...requests.keys()], changed], [['nobody'], 1]);
    assert.match((await tell()).said, /1 outcome of 1 request is known on 'local', 1 of them changed since/);
  });

  it('waits for a request that is still on its way to the log', async () => {
    const [home, time] = [requestLogFolder(join(folder(), '.lifecycle'), 'local'), new Date().toISOString()];
    mkdirSync(home, { recursive: true });
    const line = { format: 1, time, id: 'late', model: 'm', version: 1, rows: 1, inputs: {}, outputs: { label: [1] } };
    const told = tell('--id', 'late', '--label', '1');
    setTimeout(() => appendFileSync(join(home, requestLogFile(time)), `${JSON.stringify(line)}\n`), 250);
    const { code, said } = await told;
    assert.equal(code, 0, said);
    assert.match(said, /✔ 1 outcome of 1 request on 'local'/);
  });
});

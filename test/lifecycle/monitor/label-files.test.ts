import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readLabelFile } from '../../../lifecycle/monitor/labels';
import { withDatabase } from '../../../lifecycle/table';
import { freshFolder } from '../../rigs/folder';

describe('a file of outcomes', () => {
  const folder = freshFolder();
  const written = { encoding: 'windows-1252', decimal: ',', delimiter: ';' } as const;
  const read = (name: string, bytes: Buffer, more: Parameters<typeof readLabelFile>[2]) => {
    const file = path.join(folder(), name);
    writeFileSync(file, bytes);
    return withDatabase({ threads: 1 }, (database) => readLabelFile(database, file, { ...more, scratch: folder() }));
  };

  it('is read as the training table was written: letters, separator, decimal sign', async () => {
    const classes = await read('a.csv', Buffer.from('id;label\r\n1;gekündigt\r\n2;läuft\r\n', 'latin1'), { written });
    assert.deepEqual(classes, {
      lines: [
        { id: '1', actual: ['gekündigt'] },
        { id: '2', actual: ['läuft'] },
      ],
      skipped: 0,
    });
    const numbers = await read('b.csv', Buffer.from('id;row;label\r\n1;0;1.234,5 \x80\r\n1;1;-0,25\r\n', 'latin1'), {
      written,
      task: 'regression',
    });
    assert.deepEqual(
      numbers.lines.map(({ id, actual }) => [id, actual.map(Number)]),
      [['1', [1234.5, -0.25]]],
    );
    assert.deepEqual(
      readdirSync(folder()).filter((name) => name.includes('utf8')),
      [],
      'no copy is left',
    );
  });

  it('is read with another separator and in UTF-8 where somebody wrote it so', async () => {
    const { lines } = await read('c.csv', Buffer.from('id,label\n1,gekündigt\n'), { written });
    assert.deepEqual(lines, [{ id: '1', actual: ['gekündigt'] }]);
  });
});

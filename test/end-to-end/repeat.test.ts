import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { examples, type Example, finished, python, pythonLacks } from './product';
import { sameBytesFromScratch } from './repeat';
import { skip } from '../rigs/skip';

describe('the same bytes from scratch', function () {
  this.timeout(180_000);
  // The other examples are in test/deep/repeat.test.ts.
  it('churn', () => sameBytesFromScratch('churn'));
});

describe('every model of the examples', function () {
  this.timeout(180_000);

  it("passes ONNX's own checker", async function () {
    const lacks = pythonLacks('onnx');
    if (lacks !== undefined) skip(this, lacks);
    const models: string[] = [];
    for (const example of Object.keys(examples) as Example[]) {
      const project = await finished(example);
      for (const name of Object.keys((await project.newest()).stages)) {
        const { path: folder, files } = await project.result(name);
        models.push(...files.filter((file) => file.path.endsWith('.onnx')).map((file) => path.join(folder, file.path)));
      }
    }
    assert.ok(models.length >= 16, `${models.length} models`);
    const script = path.resolve('test/golden/end-to-end/check_models.py');
    const { status, stdout, stderr } = spawnSync(python, [script, ...models], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.equal(stdout.trim(), `${models.length} models`);
  });
});

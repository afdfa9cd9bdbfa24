import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bundle } from '../../../schemas/generated/types';
import { UserError } from '../../../lifecycle/problem';
import { bundleDigest, verifyBundle } from '../../../lifecycle/store/bundle';
import { exampleRequest, writeBundle } from '../../../lifecycle/package/bundle';
import { sha256 } from '../../../lifecycle/process/hash';
import { removeFolders, temporaryFolder, toyBundle, toyInfo, toyModelFolder } from '../deploy/support';

async function refused(folder: string, code: string, message: RegExp): Promise<void> {
  await assert.rejects(verifyBundle(folder), (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.problem.code, code);
    assert.match(error.message, message);
    return true;
  });
}

/** Changes bundle.json so that it is sound in itself again. */
async function reseal(folder: string): Promise<void> {
  const bundle = JSON.parse(await readFile(path.join(folder, 'bundle.json'), 'utf8')) as Bundle;
  for (const file of bundle.files) {
    const content = await readFile(path.join(folder, file.path));
    Object.assign(file, { sha256: sha256(content), bytes: content.length });
  }
  bundle.digest = bundleDigest(bundle);
  await writeFile(path.join(folder, 'bundle.json'), JSON.stringify(bundle));
}

describe('a bundle', () => {
  after(removeFolders);

  it('holds model, signature, metrics, lineage, example and card, and verifies', async () => {
    const { bundle, model } = await verifyBundle(await toyBundle());
    assert.deepEqual(
      bundle.files.map(({ path: name }) => name),
      ['MODEL_CARD.md', 'example.json', 'lineage.json', 'metrics.json', 'model.json', 'model.onnx', 'sbom.spdx.json'],
    );
    assert.equal(model.target, 'sold');
    assert.equal(bundle.runtime?.['opset ai.onnx'], '17');
  });

  it('has the same bytes and digest whenever it is made, whichever run made it', async () => {
    const [one, two] = [await toyBundle(), await toyBundle({ run: 'run-2' })];
    for (const name of ['model.onnx', 'model.json', 'metrics.json', 'example.json', 'MODEL_CARD.md'])
      assert.deepEqual(await readFile(path.join(one, name)), await readFile(path.join(two, name)), name);
    const digests = await Promise.all([one, two].map(async (folder) => (await verifyBundle(folder)).bundle.digest));
    assert.equal(digests[0], digests[1]);
    assert.notEqual((await verifyBundle(await toyBundle({ bias: 1 }))).bundle.digest, digests[0]);
    assert.notEqual((await verifyBundle(await toyBundle({ name: 'other' }))).bundle.digest, digests[0]);
  });

  it('leaves out what a clock measured', async () => {
    const model = await toyModelFolder();
    await writeFile(
      path.join(model, 'model.json'),
      JSON.stringify({ ...toyInfo(), training: { rows: 5, seconds: 1.23, 'epoch-seconds': 2 } }),
    );
    const folder = await temporaryFolder();
    const { model: info } = await writeBundle(folder, {
      name: 'toy',
      model,
      metrics: { format: 1, metrics: {} },
      lineage: { format: 1, run: 'r', pipeline: 'p', file: 'f', stage: 's', stages: [], data: {} },
    });
    assert.deepEqual(info.training, { rows: 5 });
  });

  it('gives an example that the signature allows', () => {
    assert.deepEqual(exampleRequest(toyInfo()).inputs, [
      { name: 'size', datatype: 'FP32', shape: [1, 1], data: [3] },
      { name: 'city', datatype: 'BYTES', shape: [1, 1], data: ['Ulm'] },
      { name: 'garden', datatype: 'BOOL', shape: [1, 1], data: [true] },
    ]);
  });

  it('is refused when any byte of any file is changed', async () => {
    const folder = await toyBundle();
    for (const name of ['MODEL_CARD.md', 'example.json', 'lineage.json', 'metrics.json', 'model.json', 'model.onnx']) {
      const file = path.join(folder, name);
      const content = await readFile(file);
      const changed = Buffer.from(content);
      const at = Math.floor(content.length / 2);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await writeFile(file, changed);
      await refused(folder, 'bundle-damaged', new RegExp(`${name} was changed`));
      await writeFile(file, content);
    }
    await verifyBundle(folder);
  });

  it('is refused when a file is missing, added, or a link', async () => {
    const folder = await toyBundle();
    await writeFile(path.join(folder, 'weights.bin'), 'x');
    await refused(folder, 'bundle-damaged', /weights\.bin does not belong/);
    await rm(path.join(folder, 'weights.bin'));
    await rename(path.join(folder, 'metrics.json'), path.join(folder, '..', 'metrics.json'));
    await refused(folder, 'bundle-damaged', /metrics\.json is missing/);
    await symlink('../metrics.json', path.join(folder, 'metrics.json'));
    await refused(folder, 'bundle-damaged', /metrics\.json is not a plain file/);
  });

  it('is refused when its list of files leads elsewhere or was changed', async () => {
    const folder = await toyBundle();
    const file = path.join(folder, 'bundle.json');
    const bundle = JSON.parse(await readFile(file, 'utf8')) as Bundle;
    const withPath = async (name: string) => {
      const files = [...bundle.files, { path: name, sha256: '0'.repeat(64), bytes: 1 }];
      await writeFile(file, JSON.stringify({ ...bundle, files, digest: bundleDigest({ ...bundle, files }) }));
    };
    for (const name of ['../model.onnx', '/etc/passwd', '..\\x', 'a/b', 'bundle.json']) {
      await withPath(name);
      await refused(folder, 'bundle-damaged', /is not allowed/);
    }
    await writeFile(file, JSON.stringify({ ...bundle, name: 'other' }));
    await refused(folder, 'bundle-damaged', /digest in bundle\.json/);
    await writeFile(file, JSON.stringify({ ...bundle, format: 2 }));
    await refused(folder, 'bundle-newer', /format 2/);
    await writeFile(file, '{"format": 1');
    await refused(folder, 'bundle-damaged', /schema/);
    await rm(file);
    await refused(folder, 'bundle-missing', /no bundle\.json/);
    await refused(path.join(folder, 'nowhere'), 'bundle-missing', /is not a bundle/);
  });

  it('is refused when it is sound but not the one on record', async () => {
    const folder = await toyBundle();
    await assert.rejects(verifyBundle(folder, { digest: '0'.repeat(64) }), /not 000000000000… as on record/);
  });

  it('is refused when the graph does not fit its signature', async () => {
    const change = async (edit: (info: ReturnType<typeof toyInfo>) => unknown) => {
      const folder = await toyBundle();
      const file = path.join(folder, 'model.json');
      await writeFile(file, JSON.stringify(edit(JSON.parse(await readFile(file, 'utf8')))));
      await reseal(folder);
      return folder;
    };
    await refused(
      await change((info) => ({ ...info, inputs: info.inputs.slice(1) })),
      'bundle-model-refused',
      /takes an input 'size'/,
    );
    await refused(
      await change((info) => ({ ...info, inputs: [...info.inputs, { name: 'x', type: 'number' }] })),
      'bundle-model-refused',
      /no input 'x'/,
    );
    await refused(
      await change((info) => ({ ...info, inputs: info.inputs.map((input) => ({ ...input, type: 'number' })) })),
      'bundle-model-refused',
      /takes string for 'city'/,
    );
    await refused(await change((info) => ({ ...info, classes: ['a', 'b', 'c'] })), 'bundle-model-refused', /3 classes/);
    await refused(
      await change((info) => ({ ...info, task: 'regression' })),
      'bundle-model-refused',
      /no output 'prediction'/,
    );
  });

  it('is refused when the model keeps weights outside or is no model', async () => {
    const folder = await toyBundle();
    await writeFile(path.join(folder, 'model.onnx'), externalModel());
    await reseal(folder);
    await refused(folder, 'bundle-model-refused', /external|outside|other file/i);
    await writeFile(path.join(folder, 'model.onnx'), 'not a model');
    await reseal(folder);
    await refused(folder, 'bundle-model-refused', /can't be served/);
  });

  it('is not made of a model that answers with NaN, nor of one that has no graph', async () => {
    await assert.rejects(
      toyBundle({ nonsense: true }),
      (error) => error instanceof UserError && error.problem.code === 'model-gives-nonsense',
    );
    const empty = await temporaryFolder();
    await mkdir(path.join(empty, 'out'));
    const source = (model: string) => ({
      name: 'x',
      model,
      metrics: { format: 1, metrics: {} } as const,
      lineage: { format: 1, run: '', pipeline: '', file: '', stage: '', stages: [], data: {} } as const,
    });
    await assert.rejects(writeBundle(path.join(empty, 'out'), source(empty)), /There is no model/);
    const model = await toyModelFolder();
    await writeFile(path.join(model, 'model.json'), JSON.stringify({ ...toyInfo(), kind: 'command', servable: false }));
    await assert.rejects(writeBundle(path.join(empty, 'out'), source(model)), /has no model\.onnx/);
    await appendFile(path.join(model, 'model.json'), ' ');
  });
});

/** ModelProto with one initializer whose data_location is EXTERNAL (field 14 = 1), as bytes written by hand. */
function externalModel(): Buffer {
  const field = (number: number, bytes: Buffer | string) => {
    const content = Buffer.from(bytes);
    return Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content]);
  };
  const entry = Buffer.concat([field(1, 'location'), field(2, '../../etc/passwd')]);
  const tensor = Buffer.concat([
    Buffer.from([0x08, 1, 0x10, 1]),
    field(8, 'w'),
    field(13, entry),
    Buffer.from([0x70, 1]),
  ]);
  const graph = Buffer.concat([field(2, 'g'), field(5, tensor)]);
  return Buffer.concat([Buffer.from([0x08, 8]), field(7, graph), field(8, Buffer.from([0x10, 17]))]);
}

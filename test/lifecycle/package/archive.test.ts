import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { packBundle, unpackBundle } from '../../../lifecycle/package/archive';
import { UserError } from '../../../lifecycle/problem';
import { readBundle, verifyBundle } from '../../../lifecycle/store/bundle';
import { isSigned, signDigest } from '../../../lifecycle/store/signature';
import { removeFolders, temporaryFolder, toyBundle } from '../deploy/support';

const code =
  (wanted: string, message = /./) =>
  (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.problem.code, wanted, error.message);
    assert.match(error.message, message);
    return true;
  };

/** An archive with one entry, as somebody else might make it. */
function tarOf(name: string, content: string, type = '0', link = ''): Buffer {
  const head = Buffer.alloc(512);
  head.write(name, 0);
  head.write('0000644\0', 100);
  head.write(`${Buffer.byteLength(content).toString(8).padStart(11, '0')}\0`, 124);
  head.write('        ', 148);
  head.write(type, 156);
  head.write(link, 157);
  head.write('ustar\u000000', 257, 'latin1');
  const sum = head.reduce((all, byte) => all + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([
    head,
    Buffer.from(content),
    Buffer.alloc(512 - (content.length % 512 || 512)),
    Buffer.alloc(1024),
  ]);
}

describe('a bundle in one file', () => {
  after(removeFolders);

  it('comes out as it went in, encrypted or not', async () => {
    const [folder, bundle] = [await temporaryFolder(), await toyBundle()];
    for (const password of [undefined, 'correct horse']) {
      const file = path.join(folder, `${String(password)}.bundle`);
      await packBundle(bundle, file, password);
      const out = path.join(folder, `out-${String(password)}`);
      assert.equal((await unpackBundle(file, out, password)).bundle.digest, (await readBundle(bundle)).digest);
      assert.deepEqual((await readdir(out)).sort(), (await readdir(bundle)).sort());
      assert.equal((await stat(file)).mode & 0o077, 0, 'for its owner alone');
      if (password === undefined) continue;
      const bytes = await readFile(file);
      assert.ok(!bytes.includes('model.onnx') && !bytes.includes(password));
      await assert.rejects(unpackBundle(file, path.join(folder, 'x')), code('archive-password', /is encrypted/));
      await assert.rejects(unpackBundle(file, path.join(folder, 'x'), 'wrong'), code('archive-password'));
      bytes[100] = (bytes[100] ?? 0) ^ 1;
      await writeFile(file, bytes);
      await assert.rejects(
        unpackBundle(file, path.join(folder, 'x'), password),
        code('archive-password', /was changed/),
      );
      await assert.rejects(stat(path.join(folder, 'x')), /ENOENT/);
    }
  });

  it('leads nowhere else: no paths, links, folders, devices, doubles or torn ends', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'evil.bundle');
    const cases: [Buffer, RegExp][] = [
      [tarOf('../../evil.txt', 'x'), /the name '..\/..\/evil.txt' is not allowed/],
      [tarOf('/etc/cron.d/evil', 'x'), /is not allowed/],
      [tarOf('..\\evil.txt', 'x'), /is not allowed/],
      [tarOf('C:evil', 'x'), /is not allowed/],
      [tarOf('.hidden', 'x'), /is not allowed/],
      [tarOf('model.onnx', '', '2', '/etc/passwd'), /'model.onnx' is no plain file/],
      [tarOf('model.onnx', '', '1', 'other'), /is no plain file/],
      [tarOf('folder', '', '5'), /is no plain file/],
      [tarOf('device', '', '3'), /is no plain file/],
      [tarOf('x', 'p', 'x'), /is no plain file/],
      [Buffer.concat([tarOf('a', 'x').subarray(0, 1024), tarOf('a', 'y')]), /'a' is in it twice/],
      [tarOf('a', 'x').subarray(0, 700), /cut short/],
      [Buffer.from('MLLB1\nshort'), /cut short/],
      [Buffer.from('PK\u0003\u0004'.padEnd(2000, 'z')), /no archive of a bundle/],
    ];
    for (const [bytes, message] of cases) {
      await writeFile(file, bytes);
      await assert.rejects(unpackBundle(file, path.join(folder, 'out'), 'p'), code('archive-refused', message));
    }
    assert.deepEqual(await readdir(folder), ['evil.bundle'], 'not a byte was written');
    await writeFile(file, tarOf('a', 'x'));
    await assert.rejects(unpackBundle(file, path.join(folder, 'out')), code('bundle-missing'));
  });
});

describe('a signature', () => {
  const pem = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
  afterEach(() => {
    delete process.env['LIFECYCLE_TRUSTED_KEYS'];
  });
  after(removeFolders);

  it('is checked at every load, against the keys that are trusted', async () => {
    const bundle = await toyBundle();
    const { digest } = await readBundle(bundle);
    const [ours, theirs] = [signDigest(digest, pem()), signDigest(digest, pem())];
    process.env['LIFECYCLE_TRUSTED_KEYS'] = ours.key;
    await assert.rejects(verifyBundle(bundle), code('bundle-untrusted', /is not signed/));
    await writeFile(path.join(bundle, 'signature.json'), JSON.stringify(theirs));
    await assert.rejects(verifyBundle(bundle), code('bundle-untrusted', /by a key that is not trusted/));
    await writeFile(path.join(bundle, 'signature.json'), JSON.stringify(ours));
    assert.equal((await verifyBundle(bundle)).bundle.digest, digest);
    delete process.env['LIFECYCLE_TRUSTED_KEYS'];
    await writeFile(path.join(bundle, 'signature.json'), JSON.stringify({ ...ours, signature: theirs.signature }));
    await assert.rejects(verifyBundle(bundle), code('bundle-damaged', /signature does not hold/));
  });

  it('is of one digest and one key', () => {
    const digest = 'a'.repeat(64);
    const signature = signDigest(digest, pem());
    assert.ok(isSigned({ ...signature }, digest));
    assert.ok(!isSigned({ ...signature }, 'b'.repeat(64)));
    assert.ok(!isSigned({ ...signature, key: signDigest(digest, pem()).key }, digest));
    assert.ok(!isSigned({ ...signature, algorithm: 'none' }, digest));
    const junks: unknown[] = [undefined, null, 7, {}, { ...signature, signature: '' }];
    for (const junk of junks) assert.ok(!isSigned(junk, digest));
    assert.throws(() => signDigest(digest, 'no key'), code('signing-key'));
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' });
    assert.throws(() => signDigest(digest, rsa as string), code('signing-key'));
  });
});

describe('the list of what a bundle needs', () => {
  after(removeFolders);

  it('is SPDX 2.3 with every file and its checksum, the same for the same model', async () => {
    const [a, b] = await Promise.all([toyBundle({ run: 'one' }), toyBundle({ run: 'two' })]);
    const text = await readFile(path.join(a, 'sbom.spdx.json'), 'utf8');
    assert.equal(text, await readFile(path.join(b, 'sbom.spdx.json'), 'utf8'));
    const list = JSON.parse(text) as {
      spdxVersion: string;
      packages: { SPDXID: string; name: string }[];
      files: { SPDXID: string; fileName: string; checksums: { checksumValue: string }[] }[];
      relationships: { spdxElementId: string; relatedSpdxElement: string }[];
    };
    assert.equal(list.spdxVersion, 'SPDX-2.3');
    assert.deepEqual(
      list.packages.map(({ name }) => name),
      ['toy', 'onnxruntime'],
    );
    const { files } = await readBundle(a);
    for (const { fileName, checksums } of list.files)
      assert.equal(checksums[0]?.checksumValue, files.find(({ path: name }) => `./${name}` === fileName)?.sha256);
    const ids = new Set([...list.packages, ...list.files].map(({ SPDXID }) => SPDXID).concat('SPDXRef-DOCUMENT'));
    for (const { spdxElementId, relatedSpdxElement } of list.relationships)
      assert.ok(ids.has(spdxElementId) && ids.has(relatedSpdxElement));
    for (const id of ids) assert.match(id, /^SPDXRef-[A-Za-z0-9.-]+$/);
  });
});

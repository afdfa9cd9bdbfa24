import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PNG } from 'pngjs';
import { peek } from '../../../lifecycle/data/peek';
import { room } from '../../../lifecycle/data/room';
import { readColumns, readMatrix } from '../../../lifecycle/table';
import { assertLoweringsEqual, type Done, problemOfStage, runStage, withFiles } from './support';

/** A picture of one colour, but for its first pixel. */
function picture(height: number, width: number, value: number, first = value): Uint8Array {
  const png = new PNG({ width, height });
  png.data.fill(255);
  for (let i = 0; i < height * width; i++) png.data.fill(i === 0 ? first : value, 4 * i, 4 * i + 3);
  return PNG.sync.write(png);
}

function twoClasses(each = 20): Record<string, Uint8Array | string> {
  return Object.fromEntries(
    Array.from({ length: 2 * each }, (_, i): [string, Uint8Array] => {
      const bright = i % 2 === 1;
      return [`photos/${bright ? 'bright' : 'dark'}/${i}.png`, picture(3, 2, (bright ? 200 : 20) + i, i)];
    }),
  );
}

const stage = { source: { images: 'photos', color: 'grey' as const }, target: 'class' };

describe('images as a source', () => {
  let done: Done;
  before(async () => {
    done = await runStage(stage, { folder: withFiles(twoClasses()) });
  });

  it('makes a feature of each pixel, from 0 to 1, that the served graph makes of the text of pixels', async () => {
    const { dataset, output } = done;
    assert.deepEqual(dataset.inputs, ['image']);
    assert.equal(dataset.features.length, 6);
    assert.deepEqual(dataset.target?.classes, ['bright', 'dark']);
    const [image, , file] = dataset.columns;
    assert.deepEqual(image?.image, { height: 3, width: 2, channels: 1 });
    assert.equal(image?.categories, undefined);
    assert.deepEqual(file?.roles, ['id']);
    await assertLoweringsEqual(done);
    const raw = await readColumns(path.join(output, 'train.parquet'), ['image']);
    const { rows, columns } = await readMatrix(path.join(output, 'train.features.parquet'), dataset.features);
    const texts = raw.columns['image']!.values as string[];
    texts.forEach((text, row) => {
      const values = text.match(/../g)!.map((two) => Math.fround(parseInt(two, 16) / 255));
      assert.deepEqual(
        values,
        dataset.features.map((_, f) => columns[f * rows + row]),
      );
    });
  });

  it('resizes to what is stated, in colour', async () => {
    const folder = withFiles({ ...twoClasses(), 'photos/dark/large.jpg': picture(30, 40, 30) });
    const { dataset } = await runStage(
      { source: { images: 'photos', height: 4, width: 5 }, target: 'class' },
      { folder },
    );
    assert.deepEqual(dataset.columns[0]?.image, { height: 4, width: 5, channels: 3 });
    assert.deepEqual(dataset.columns[0]?.sizes, {
      width: [
        { pixels: 2, count: 40 },
        { pixels: 40, count: 1 },
      ],
      height: [
        { pixels: 3, count: 40 },
        { pixels: 30, count: 1 },
      ],
    });
    assert.equal(dataset.features.length, 60);
  });

  it('needs no class, and leaves out what is no image', async () => {
    const folder = withFiles({
      'p/1.png': picture(2, 2, 9),
      'p/2.PNG': picture(2, 2, 8),
      'p/note.txt': 'x',
      'p/.h.png': 'x',
    });
    const { dataset, logs } = await runStage({ source: { images: 'p' }, split: { train: 1 } }, { folder });
    assert.deepEqual(
      dataset.columns.map(({ name }) => name),
      ['image', 'file'],
    );
    assert.match(logs.find(({ code }) => code === 'data-image-left-out')?.message ?? '', /1 file .* note\.txt/);
  });

  it('names the file of a broken image, and both of two that differ in size', async () => {
    const problem = async (files: Record<string, Uint8Array | string>, source: object = stage.source) =>
      problemOfStage(
        { ...stage, source: source as typeof stage.source },
        { folder: withFiles({ ...twoClasses(3), ...files }) },
      );
    const broken = await problem({ 'photos/dark/broken.png': picture(3, 2, 5).subarray(0, 40) });
    assert.equal(broken.code, 'data-image-broken');
    assert.match(broken.message, /dark\/broken\.png .*PNG data is broken/);
    assert.match((await problem({ 'photos/dark/x.jpg': '' })).message, /dark\/x\.jpg .*it is empty/);
    assert.match((await problem({ 'photos/dark/x.jpg': '<html>' })).message, /neither a PNG nor a JPEG/);
    const mixed = await problem({ 'photos/dark/zz.png': picture(5, 4, 5) });
    assert.equal(mixed.code, 'data-image-sizes');
    assert.match(mixed.message, /bright\/1\.png has 3 × 2 pixels, dark\/zz\.png has 5 × 4/);
    assert.equal((await problem({ 'photos/loose.png': picture(3, 2, 5) })).code, 'data-image-classless');
    assert.equal((await problem({}, { images: 'photo' })).hint, 'Did you mean photos?');
    assert.equal((await problem({ empty: 'x' }, { images: 'empty' })).code, 'data-not-folder');
    assert.equal((await problem({ 'gifs/a/1.gif': 'x' }, { images: 'gifs' })).code, 'data-no-images');
    assert.equal((await problem({}, { images: 'photos', height: 3 })).code, 'data-image-size');
    const large = await problem({}, { images: 'photos', height: 200, width: 200 });
    assert.equal(large.code, 'data-image-large');
    assert.match(large.hint ?? '', /height: 81, width: 81/);
  });

  it('is one input of the fingerprint, which knows names and content', async () => {
    const folder = withFiles(twoClasses(2));
    const hashFile = (file: string) => Promise.resolve(path.basename(file));
    const inputs = () => Promise.resolve(room.inputs?.({ kind: 'data', ...stage }, { folder, hashFile } as never));
    const before = await inputs();
    assert.deepEqual(Object.keys(before ?? {}), ['images photos']);
    rmSync(path.join(folder, 'photos/dark/0.png'));
    assert.notDeepEqual(await inputs(), before);
    writeFileSync(path.join(folder, 'photos/dark/0.png'), '');
    assert.deepEqual(await inputs(), before);
  });

  it('shows the editor its columns and classes without decoding', async () => {
    const { columns, rows } = await peek(stage.source, withFiles(twoClasses(4)), { native: false });
    assert.equal(rows, 8);
    assert.deepEqual(
      columns.map(({ name, type }) => [name, type]),
      [
        ['image', 'text'],
        ['class', 'text'],
        ['file', 'text'],
      ],
    );
    assert.deepEqual(columns[1]?.values, [
      { value: 'bright', count: 4 },
      { value: 'dark', count: 4 },
    ]);
  });
});

describe('a table of images', () => {
  const bright = (i: number): boolean => i % 2 === 1;
  const files = (each = 20): Record<string, Uint8Array> =>
    Object.fromEntries(
      Array.from({ length: 2 * each }, (_, i) => [`photos/${i}.png`, picture(3, 2, (bright(i) ? 200 : 20) + i, i)]),
    );
  const csv = (each = 20, header = 'path,kind,camera'): string =>
    [header, ...Array.from({ length: 2 * each }, (_, i) => `${i}.png,${bright(i) ? 'bright' : 'dark'},c${i % 3}`)].join(
      '\n',
    );
  const source = { images: 'photos', table: 'labels.csv', column: 'path', color: 'grey' as const };
  const given = { source, target: 'kind', columns: { drop: ['camera'] } };

  it('has the pixels beside its columns, whatever the order and however often an image is named', async () => {
    const text = `${csv()}\n3.png,bright,c9\n,dark,c1\n`;
    const finished = await runStage(
      { ...given, split: { train: 1 } },
      { folder: withFiles({ ...files(), 'labels.csv': text }) },
    );
    const { dataset, output, logs } = finished;
    assert.deepEqual(
      dataset.columns.map(({ name, roles }) => [name, roles]),
      [
        ['image', ['feature']],
        ['path', ['id']],
        ['kind', ['target']],
      ],
    );
    assert.deepEqual([dataset.features.length, dataset.inputs, dataset.splits['train']?.rows], [6, ['image'], 41]);
    assert.match(logs.find(({ code }) => code === 'data-image-left-out')?.message ?? '', /^1 row names no image/);
    await assertLoweringsEqual(finished);
    const { columns } = await readColumns(path.join(output, 'train.parquet'), ['image', 'path', 'kind']);
    assert.deepEqual(
      columns['path']!.values,
      [...text.matchAll(/^(\d+\.png)/gm)].map((match) => match[1]),
      'in the order of the table',
    );
    columns['path']!.values.forEach((name, row) => {
      const i = parseInt(String(name));
      assert.equal(columns['kind']!.values[row], bright(i) ? 'bright' : 'dark');
      assert.equal(String(columns['image']!.values[row]).slice(0, 2), i.toString(16).padStart(2, '0'));
    });
  });

  it('gives way where its paths are called like the pixels', async () => {
    const folder = withFiles({ ...files(4), 'labels.csv': csv(4, 'image,kind,camera') });
    const named = { ...given, source: { ...source, column: 'image' } };
    const { dataset } = await runStage(named, { folder });
    assert.deepEqual(
      dataset.columns.map(({ name }) => name),
      ['image', 'file', 'kind'],
    );
    const { columns, rows } = await peek(named.source, folder, { native: false });
    assert.deepEqual([rows, columns.map(({ name }) => name)], [8, ['image', 'file', 'kind', 'camera']]);
    const other = withFiles({ ...files(4), 'labels.csv': csv(4, 'path,kind,Image') });
    assert.equal((await problemOfStage(given, { folder: other })).code, 'data-image-column');
  });

  it('says which image is not there, and which column', async () => {
    const problem = (text: string, more: object = {}) =>
      problemOfStage(
        { ...given, source: { ...source, ...more } },
        { folder: withFiles({ ...files(3), 'labels.csv': text }) },
      );
    const lost = await problem(`${csv(3)}\n00.png,dark,c1\n77.jpg,dark,c1\n`);
    assert.equal(lost.code, 'data-image-missing');
    assert.match(lost.message, /labels\.csv names 2 images that are not there: 00\.png, 77\.jpg/);
    assert.match(lost.hint ?? '', /Did you mean 0\.png/);
    assert.match((await problem('path,kind,camera\nphotos/1.png,dark,c1\n')).hint ?? '', /say `images: \.`/);
    assert.match((await problem('path,kind,camera\nhttps://a.b/1.png,dark,c1\n')).hint ?? '', /download/);
    assert.equal((await problem('path,kind,camera\n,dark,c1\n')).code, 'data-no-images');
    assert.equal((await problem(csv(3), { column: 'paht' })).hint, "Did you mean 'path'?");
    assert.equal((await problem(csv(3), { table: undefined })).code, 'data-image-table');
    assert.equal((await problem(csv(3), { column: undefined })).code, 'data-image-table');
    assert.equal((await problem(csv(3), { table: 'label.csv' })).hint, 'Did you mean labels.csv?');
    const broken = await problemOfStage(given, {
      folder: withFiles({ ...files(3), 'photos/3.png': 'x', 'labels.csv': csv(3) }),
    });
    assert.match(broken.message, /3\.png can't be read/);
  });

  it('is two inputs of the fingerprint: the table, and the images that it names', async () => {
    const folder = withFiles({ ...files(2), 'labels.csv': csv(2) });
    const hashFile = (file: string) => readFile(file, 'base64');
    const inputs = () => Promise.resolve(room.inputs?.({ kind: 'data', ...given }, { folder, hashFile } as never));
    const before = await inputs();
    assert.deepEqual(Object.keys(before ?? {}), ['images photos', 'file labels.csv']);
    writeFileSync(path.join(folder, 'photos/other.png'), 'x');
    assert.deepEqual(await inputs(), before);
    writeFileSync(path.join(folder, 'photos/2.png'), 'x');
    assert.notDeepEqual(await inputs(), before);
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FeatureStep } from '../../../schemas/generated/types';
import { openSession, strings } from '../../../lifecycle/onnx';
import { readMatrix } from '../../../lifecycle/table';
import { assertLoweringsEqual, type Done, problemOfStage, runStage, servedFeatures, withFiles } from './support';

interface Case {
  readonly options: Omit<NonNullable<FeatureStep['bag-of-words']>, 'columns'>;
  readonly terms: readonly string[];
  readonly rows: readonly (readonly (readonly [number, number])[])[];
}
const golden = JSON.parse(readFileSync(path.join(__dirname, '../../golden/data/texts.json'), 'utf8')) as {
  readonly texts: readonly string[];
  readonly cases: readonly Case[];
};

const whole = { train: 1, validation: 0, test: 0 };

function jsonl(rows: readonly object[]): string {
  return withFiles({ 'a.jsonl': rows.map((row) => JSON.stringify(row)).join('\n') });
}

/** What the served graph makes of texts, row by row. */
async function served(done: Done, values: readonly string[], column = 't'): Promise<number[][]> {
  const session = await openSession(path.join(done.output, 'preprocess.onnx'));
  try {
    const { features } = await session.run({ [column]: strings(values, [values.length, 1]) });
    const width = done.dataset.features.length;
    const data = features?.data as Float32Array;
    assert.deepEqual(features?.dims, [values.length, width]);
    return values.map((_, i) => [...data.slice(i * width, (i + 1) * width)]);
  } finally {
    await session.close();
  }
}

describe('bags of words', () => {
  golden.cases.forEach(({ options, terms, rows }) => {
    it(`are scikit-learn's with ${JSON.stringify(options)}`, async () => {
      const folder = jsonl(golden.texts.map((t, n) => ({ n, t })));
      const done = await runStage(
        {
          source: 'a.jsonl',
          columns: { id: 'n', types: { t: 'text' } },
          split: whole,
          features: [{ 'bag-of-words': { columns: 't', ...options } }],
        },
        { folder },
      );
      // scikit-learn sorts by code point, we by code unit: the same within the plane of these words.
      assert.deepEqual(
        done.dataset.features.map((name) => name.replace(/ \(\d+\)$/, '')),
        terms.map((term) => `t: ${term}`),
      );
      // The split mixes the rows, so the graph is asked about the texts in their order.
      const values = await served(done, golden.texts);
      rows.forEach((there, r) => {
        const expected = new Float64Array(terms.length);
        for (const [j, value] of there) expected[j] = value;
        expected.forEach((value, j) =>
          assert.ok(
            Math.abs((values[r]?.[j] ?? NaN) - value) < 1e-6,
            `row ${r} ${terms[j]}: ${values[r]?.[j]} for ${value}`,
          ),
        );
      });
    });
  });

  it('learn from the training split only', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ when: i, t: i < 28 ? 'old words here' : 'new words here' }));
    const done = await runStage(
      { source: 'a.jsonl', split: { time: 'when' }, features: [{ 'bag-of-words': { columns: 't' } }] },
      { folder: jsonl(rows) },
    );
    assert.deepEqual(done.dataset.features, ['t: here', 't: old', 't: words']);
    await assertLoweringsEqual(done);
  });

  it('stand behind the other features, and give the same in training and when served, in parts too', async () => {
    const rows = Array.from({ length: 700 }, (_, i) => ({
      a: i % 11 === 0 ? null : i,
      colour: ['red', 'blue'][i % 2],
      t:
        i % 7 === 3 ? null : ['Free WIN win now!!', 'call me later, ok?', '😀 hi there Zürich', '', '   ', '?!'][i % 6],
      u: `${['good', 'bad', 'so so'][i % 3] as string} ${i % 5}`,
      y: i % 2,
    }));
    const done = await runStage(
      {
        source: 'a.jsonl',
        target: 'y',
        columns: { types: { u: 'text' } },
        features: [
          { tokenize: { columns: 't', 'max-length': 3 } },
          { fill: { columns: 't', with: { value: 'nothing here' } } },
          { 'bag-of-words': { columns: ['t', 'u'], ngrams: 2, 'min-length': 1 } },
          { fill: { columns: 'numeric', with: 'mean' } },
          { standardize: { columns: 'numeric' } },
          { 'one-hot': { columns: 'colour' } },
        ],
      },
      { folder: jsonl(rows), threads: 2 },
    );
    const { features } = done.dataset;
    assert.deepEqual(features.slice(0, 3), ['a', 'colour=blue', 'colour=red']);
    assert.deepEqual(features.slice(-3), ['t word 1', 't word 2', 't word 3']);
    assert.ok(features.includes('t: nothing here') && features.includes('u: so so'));
    await assertLoweringsEqual(done);
    const column = done.dataset.columns.find(({ name }) => name === 't');
    assert.ok(column?.words && column.words.distinct > 5 && column.words.max === 4);
  });

  it('take words in capitals for the same, also as only some of the training rows had them', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ t: ['straße iPhone', 'Other words iphone'][i % 2] }));
    const done = await runStage(
      { source: 'a.jsonl', split: whole, features: [{ 'bag-of-words': { columns: 't', weight: 'count' } }] },
      { folder: jsonl(rows) },
    );
    assert.deepEqual(done.dataset.features, ['t: iphone', 't: other', 't: straße', 't: words']);
    assert.deepEqual(await served(done, ['IPHONE Iphone iPhone OTHER STRASSE Straße unknown']), [[3, 1, 2, 0]]);
  });

  it('of texts without words, or beyond all bounds, are zeros or counts and never an error', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ t: ['word', 'word 😀', '...'][i % 3] }));
    const done = await runStage(
      { source: 'a.jsonl', split: whole, features: [{ 'bag-of-words': { columns: 't', weight: 'count' } }] },
      { folder: jsonl(rows) },
    );
    assert.deepEqual(done.dataset.features, ['t: word', 't: 😀']);
    const long = 'word '.repeat(200_000);
    const values = await served(done, ['', '   ', '\u0000\ud800', long, '😀😀❤️', `${'x'.repeat(1_000_000)} word`]);
    assert.deepEqual(values, [
      [0, 0],
      [0, 0],
      [0, 0],
      [200_000, 0],
      [0, 2],
      [1, 0],
    ]);
    assert.deepEqual(await served(done, []), []);
  });

  it('are read from long texts in the data, too', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => ({
      t: i === 3 ? 'long text '.repeat(100_000) : `text ${i % 4}`,
    }));
    const done = await runStage(
      { source: 'a.jsonl', split: whole, features: [{ 'bag-of-words': { columns: 't', 'min-length': 1 } }] },
      { folder: jsonl(rows) },
    );
    await assertLoweringsEqual(done, ['train']);
    assert.ok(JSON.stringify(done.dataset).length < 20_000, 'the long text is not kept in dataset.json');
  });
});

describe('tokenized texts', () => {
  it('are numbers in the order of the words, padded and cut off', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ t: ['b a c', 'a b', 'a once' + String(i)][i % 3] }));
    const done = await runStage(
      { source: 'a.jsonl', split: whole, features: [{ tokenize: { columns: 't', 'max-length': 4 } }] },
      { folder: jsonl(rows) },
    );
    assert.deepEqual(await served(done, ['a b c', 'C never A b a b', '', '!']), [
      [2, 3, 4, 0],
      [4, 1, 2, 3],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    const { values } = await servedFeatures(done, 'train');
    const { columns } = await readMatrix(path.join(done.output, 'train.features.parquet'), done.dataset.features);
    assert.equal(values.length, columns.length);
    await assertLoweringsEqual(done, ['train']);
  });
});

describe('text steps refuse', () => {
  const texts = Array.from({ length: 30 }, (_, i) => ({ n: i, t: `unique${i}`, e: null, p: '...' }));
  const types = { t: 'text', e: 'text', p: 'text' } as const;

  it('a column that is no text', async () => {
    const problem = await problemOfStage(
      { source: 'a.jsonl', features: [{ 'bag-of-words': { columns: 'n' } }] },
      { folder: jsonl(texts) },
    );
    assert.equal(problem.code, 'data-step-type');
    assert.match(problem.message, /'bag-of-words' reads texts, but the column 'n' is number/);
  });

  it('to read a column twice in the same way', async () => {
    const tokenize = { columns: 't', 'min-rows': 1 };
    const problem = await problemOfStage(
      { source: 'a.jsonl', features: [{ tokenize }, { tokenize }] },
      { folder: jsonl(texts) },
    );
    assert.equal(problem.code, 'data-step-twice');
  });

  it('a column without any text', async () => {
    const problem = await problemOfStage(
      { source: 'a.jsonl', columns: { types }, features: [{ tokenize: { columns: 'e' } }] },
      { folder: jsonl(texts) },
    );
    assert.match(problem.message, /'e' has no value in the training split/);
  });

  it('nothing, but say so, when no word is left', async () => {
    const { dataset, logs } = await runStage(
      { source: 'a.jsonl', columns: { types }, features: [{ 'bag-of-words': { columns: ['t', 'p'] } }] },
      { folder: jsonl(texts) },
    );
    assert.deepEqual(dataset.features, ['n']);
    assert.deepEqual(
      logs.filter(({ code }) => code === 'data-no-words').map(({ message }) => message),
      ["No word of 't' is left to be a feature.", "No word of 'p' is left to be a feature."],
    );
  });

  it('to guess: a free text without a step, or with one-hot encoding, is answered with the way to read it', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => ({ n: i, t: `message number ${i}` }));
    const folder = jsonl(rows);
    const left = await runStage({ source: 'a.jsonl' }, { folder });
    assert.match(left.logs.find(({ code }) => code === 'data-text-dropped')?.hint ?? '', /bag-of-words: {columns: t}/);
    const encoded = await runStage({ source: 'a.jsonl', features: [{ 'one-hot': { columns: 't' } }] }, { folder });
    assert.match(encoded.logs.map(({ hint }) => hint ?? '').join(), /for a free text use 'bag-of-words'/);
  });
});

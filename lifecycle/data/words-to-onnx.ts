import { float, GraphBuilder, int64, strings, type Value } from '../onnx';
import { type BagOfWords, type Pixels, type Tokenize } from './feature-columns';
import { usualForms, wordExpression } from './words';

/** Numbers of words in a graph: 0 is none, 1 a word that is not in the vocabulary. */
const FIRST = 2;
const FLOAT = 1;
/** Begins every name inside of a text's graph: what is in there must be called like nothing around it, columns included. */
const INSIDE = 'one text: ';

/**
 * The features of texts [N, 1] as [N, F] float32. There is no other lowering: the data stage runs this very graph, so training and serving agree.
 *
 * Texts go through one by one (Scan), so that a single long text does not make a table of all texts times its words. Case is taken off by listing the ways
 * of writing a word, because onnxruntime's StringNormalizer needs a locale that many machines lack.
 */
export function textFeatures(builder: GraphBuilder, texts: Value, step: BagOfWords | Pixels | Tokenize): Value {
  const width = step.features.length;
  // One empty text more: a Scan over no rows at all is refused.
  const one = builder.constant(strings([''], [1, 1]), 'empty_text');
  const more = builder.op('Concat', [texts, one], { axis: { int: 0 } }, { type: 'string', shape: ['M', 1] });
  const body = new GraphBuilder('text');
  const text = body.input(`${INSIDE}text`, 'string', [1]);
  body.output(oneText(body, text, step), `${INSIDE}features`);
  const scanned = builder.op(
    'Scan',
    [more],
    { body: { graph: body.build().graph }, num_scan_inputs: { int: 1 } },
    { type: 'float', shape: ['M', 1, width], hint: 'words' },
  );
  const flat = builder.op('Reshape', [scanned, builder.constant(int64([-1, width]), 'shape')]);
  const [from, to, axis] = [[0], [-1], [0]].map((value) => builder.constant(int64(value), 'rows'));
  const rows = builder.op('Slice', [flat, from, to, axis], {}, { type: 'float', shape: ['N', width] });
  return step.step === 'bag-of-words' ? weighted(builder, rows, step) : rows;
}

/** The features of a text [1]: [1, F] float32. */
function oneText(body: GraphBuilder, text: Value, step: BagOfWords | Pixels | Tokenize): Value {
  if (step.step === 'pixels') return padded(body, pixels(body, text), step.features.length);
  const numbers = wordNumbers(body, text, step);
  if (step.step === 'bag-of-words') return counts(body, numbers, step);
  const cut = padded(body, numbers, step.features.length);
  return body.op('Cast', [cut], { to: { int: FLOAT } }, { hint: `${INSIDE}tokens` });
}

/** The values of a picture's text, two digits each, over 255: [1, D]; what are no digits is 0. */
function pixels(body: GraphBuilder, text: Value): Value {
  const pairs = tokens(body, text, '[0-9a-fA-F]{2}');
  const keys = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));
  const mixed = keys.flatMap((key, value) =>
    [...new Set([key, key.toUpperCase(), key[0]!.toUpperCase() + key[1]!, key[0]! + key[1]!.toUpperCase()])].map(
      (form): [string, number] => [form, value / 255],
    ),
  );
  return body.op(
    'LabelEncoder',
    [pairs],
    {
      keys_strings: { strings: ['', ...mixed.map(([form]) => form)] },
      values_floats: { floats: [0, ...mixed.map(([, value]) => value)] },
      default_float: { float: 0 },
    },
    { hint: `${INSIDE}values` },
  );
}

/** What a pattern of RE2 finds in a text [1], in its order: [1, D] string. */
function tokens(body: GraphBuilder, text: Value, pattern: string): Value {
  return body.op(
    'Tokenizer',
    [text],
    {
      mark: { int: 0 },
      mincharnum: { int: 1 },
      pad_value: { string: '' },
      tokenexp: { string: pattern },
    },
    { domain: 'com.microsoft', type: 'string', shape: [1, 'D'], hint: `${INSIDE}words` },
  );
}

/** The words of a text [1] as numbers [1, D]; D may be 0. */
function wordNumbers(body: GraphBuilder, text: Value, step: BagOfWords | Tokenize): Value {
  const words = tokens(body, text, wordExpression(step.shortest));
  const number = new Map<string, number>([['', 0]]);
  const say = (form: string, index: number): void => void (number.has(form) || number.set(form, index + FIRST));
  step.vocabulary.forEach(say);
  for (const [form, index] of step.forms) say(form, index);
  if (step.fold) step.vocabulary.forEach((word, i) => usualForms(word).forEach((form) => say(form, i)));
  return body.op(
    'LabelEncoder',
    [words],
    {
      keys_strings: { strings: [...number.keys()] },
      values_int64s: { ints: [...number.values()] },
      default_int64: { int: 1 },
    },
    { hint: `${INSIDE}numbers` },
  );
}

/** The first `length` numbers, padded with 0: [1, length]. */
function padded(body: GraphBuilder, numbers: Value, length: number): Value {
  const { type } = numbers;
  const zeros = new Array<number>(length).fill(0);
  const made = type === 'float' ? float(zeros, [1, length]) : int64(zeros, [1, length]);
  const padding = body.constant(made, `${INSIDE}padding`);
  const long = body.op(
    'Concat',
    [numbers, padding],
    { axis: { int: 1 } },
    { type, shape: [1, '?'], hint: `${INSIDE}long` },
  );
  const [from, to, axis] = [[0], [length], [1]].map((value) => body.constant(int64(value), `${INSIDE}place`));
  return body.op('Slice', [long, from, to, axis], {}, { type, shape: [1, length], hint: `${INSIDE}cut` });
}

/** How often each term occurs, [1, F]. */
function counts(body: GraphBuilder, numbers: Value, { terms }: BagOfWords): Value {
  // The pool lists single words first, then pairs, and so on.
  const longest = Math.max(...terms.map((term) => term.length));
  const pool: number[] = [];
  const starts: number[] = [];
  const indexes: number[] = [];
  for (let length = 1; length <= longest; length++) {
    starts.push(pool.length);
    terms.forEach((term, feature) => {
      if (term.length !== length) return;
      pool.push(...term.map((word) => word + FIRST));
      indexes.push(feature);
    });
  }
  return body.op(
    'TfIdfVectorizer',
    [numbers],
    {
      mode: { string: 'TF' },
      min_gram_length: { int: 1 },
      max_gram_length: { int: longest },
      max_skip_count: { int: 0 },
      ngram_counts: { ints: starts },
      ngram_indexes: { ints: indexes },
      pool_int64s: { ints: pool },
    },
    { type: 'float', shape: [1, terms.length], hint: `${INSIDE}counts` },
  );
}

/** Counts as the step weighs them. tf-idf: times idf, then each row divided by its Euclidean length. */
function weighted(builder: GraphBuilder, found: Value, { weight, idf }: BagOfWords): Value {
  if (weight === 'count') return found;
  if (weight === 'binary') return builder.op('Min', [found, builder.constant(float([1], [1, 1]), 'one')]);
  const times = builder.op('Mul', [found, builder.constant(float(idf ?? [], [1, found.shape?.[1] as number]), 'idf')]);
  const length = builder.op(
    'ReduceL2',
    [times],
    { axes: { ints: [1] }, keepdims: { int: 1 } },
    { type: 'float', shape: ['N', 1] },
  );
  // A text without a known word stays 0.
  const safe = builder.op('Max', [length, builder.constant(float([1e-30], [1, 1]), 'tiny')]);
  return builder.op('Div', [times, safe]);
}

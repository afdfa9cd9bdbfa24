/**
 * The ai.onnx.ml operators. Source: https://github.com/onnx/onnx/blob/main/docs/Operators-ml.md
 */
import { type Attributes, type Dim, intAttribute } from '../model';
import { type Question, type ShapeRule } from '../shapes';
import { type ElementType } from '../tensor';
import { type Family, misfit, need, result } from './support';

function length(attributes: Attributes, name: string): number | undefined {
  const attribute = attributes[name];
  if (attribute === undefined) return undefined;
  if ('ints' in attribute) return attribute.ints.length;
  if ('floats' in attribute) return attribute.floats.length;
  if ('strings' in attribute) return attribute.strings.length;
  return undefined;
}

function rows(question: Question): Dim {
  const { shape } = need(question, 0);
  return shape === undefined ? '?' : shape.length < 2 ? 1 : (shape[0] ?? '?');
}

const regressor: ShapeRule = (question) => [
  {
    type: 'float',
    shape: [
      rows(question),
      intAttribute(question.attributes, 'n_targets') ?? intAttribute(question.attributes, 'targets') ?? 1,
    ],
  },
];

const classifier: ShapeRule = (question) => {
  const { attributes } = question;
  const texts = length(attributes, 'classlabels_strings') ?? 0;
  const ints = length(attributes, 'classlabels_int64s') ?? length(attributes, 'classlabels_ints') ?? 0;
  const classes = texts || ints;
  if (classes === 0) throw misfit(question.opType, 'no class labels');
  return [
    { type: texts ? 'string' : 'int64', shape: [rows(question)] },
    { type: 'float', shape: [rows(question), Math.max(classes, 2)] },
  ];
};

const labelEncoder: ShapeRule = (question) => {
  const { attributes } = question;
  const to: ElementType = attributes['values_strings'] ? 'string' : attributes['values_floats'] ? 'float' : 'int64';
  return result(to, need(question, 0).shape);
};

const oneHotEncoder: ShapeRule = (question) => {
  const count = length(question.attributes, 'cats_strings') ?? length(question.attributes, 'cats_int64s') ?? '?';
  const { shape } = need(question, 0);
  return result('float', shape && [...shape, count]);
};

const toFloat: ShapeRule = (question) => result('float', need(question, 0).shape);

const imputer: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  return result(type, shape);
};

const featureVectorizer: ShapeRule = (question) => {
  let width: Dim = 0;
  for (const input of question.inputs) {
    const columns: Dim | undefined = input?.shape?.at(-1);
    width = typeof width === 'number' && typeof columns === 'number' ? width + columns : '?';
  }
  return result('float', [rows(question), width]);
};

const arrayFeatureExtractor: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const indices = need(question, 1).shape;
  return result(type, shape && [...shape.slice(0, -1), indices?.at(-1) ?? '?']);
};

export const ml: Family = {
  TreeEnsembleRegressor: regressor,
  TreeEnsembleClassifier: classifier,
  LinearRegressor: regressor,
  LinearClassifier: classifier,
  SVMRegressor: regressor,
  SVMClassifier: classifier,
  LabelEncoder: labelEncoder,
  OneHotEncoder: oneHotEncoder,
  Scaler: toFloat,
  Normalizer: toFloat,
  Binarizer: imputer,
  Imputer: imputer,
  FeatureVectorizer: featureVectorizer,
  ArrayFeatureExtractor: arrayFeatureExtractor,
  // Of com.microsoft: as many words as the longest text has.
  Tokenizer: ({ inputs: [x] }) => [{ type: 'string', ...(x?.shape && { shape: [...x.shape, '?'] }) }],
};

import { type Dataset, type ModelInfo } from '../../schemas/generated/types';
import { outputName } from './head';
import { outputWidth } from './served';

type Column = Dataset['columns'][number];
type ModelInput = ModelInfo['inputs'][number];

/** What `model.json` says of a model beyond what follows from its dataset. */
export type ModelFacts = Pick<ModelInfo, 'kind' | 'servable'> &
  Partial<Pick<ModelInfo, 'targetTransform' | 'parameters' | 'bytes' | 'training' | 'importance' | 'metrics' | 'data'>>;

/** `model.json` of a model trained on a dataset. */
export function modelInfo(dataset: Dataset, target: NonNullable<Dataset['target']>, facts: ModelFacts): ModelInfo {
  const name = outputName(target.task);
  const byName = new Map(dataset.columns.map((column) => [column.name, column]));
  return {
    format: 1,
    task: target.task,
    target: target.column,
    ...(target.classes && { classes: target.classes }),
    ...(target.task === 'binary' && { threshold: 0.5 }),
    inputs: (dataset.inputs ?? []).map((input) => describeInput(input, byName.get(input))),
    outputs: [{ name, type: 'float32', shape: ['N', outputWidth(target)] }],
    features: dataset.features,
    ...(dataset.written && { written: dataset.written }),
    ...facts,
  };
}

function describeInput(name: string, column: Column | undefined): ModelInput {
  if (column === undefined) return { name, type: 'number' };
  const { type, roles, min, max, missing, categories, distinct, quantiles, image } = column;
  const few = categories && distinct !== undefined && distinct <= categories.length ? categories : undefined;
  const example = categories?.[0]?.value ?? quantiles?.[3];
  return {
    name,
    type,
    ...(missing !== undefined && { required: missing === 0 }),
    ...(roles.includes('sensitive') && { sensitive: true }),
    ...(type === 'number' && typeof min === 'number' && { min }),
    ...(type === 'number' && typeof max === 'number' && { max }),
    ...(few && type !== 'time' && { categories: few.map(({ value }) => value) }),
    ...(image && { image }),
    ...(example !== undefined && { example }),
  };
}

/** The features' importance, the greatest first, as `model.json` lists it; nothing when it is all zero. */
export function rankImportance(names: readonly string[], shares: Float64Array): NonNullable<ModelInfo['importance']> {
  return names
    .map((feature, i) => ({ feature, importance: shares[i]! }))
    .filter(({ importance }) => importance > 0)
    .sort((a, b) => b.importance - a.importance || (a.feature < b.feature ? -1 : 1));
}

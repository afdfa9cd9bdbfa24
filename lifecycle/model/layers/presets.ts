import { type Layer, type NetworkModel } from '../../../schemas/generated/types';
import { type NetworkInputs } from './describe';
import { MisfitError, type Shape } from './types';

export interface PresetInput {
  readonly inputs: NetworkInputs;
  /** Shape of what the first layer is given. */
  readonly start: Shape;
  /** Number of different tokens, where the features are tokens. */
  readonly tokens: number | undefined;
}

type Preset = NonNullable<NetworkModel['preset']>;

const dense = (units: number, activation: 'relu' | 'gelu' = 'relu'): Layer => ({ dense: { units, activation } });

/**
 * Layers that suit a kind of data, as the user would write them. Small enough to train on a CPU; a start to change, not the last word.
 *
 * @throws MisfitError when the preset is for another kind of data
 */
export function presetLayers(preset: Preset, { inputs, start, tokens }: PresetInput): Layer[] {
  switch (preset) {
    case 'mlp':
      return [...rows(start), dense(128), { dropout: 0.2 }, dense(64)];
    case 'deep-mlp': {
      const block: Layer = {
        residual: { layers: ['layer-normalization', dense(128, 'gelu'), { dropout: 0.1 }, { dense: { units: 128 } }] },
      };
      return [...rows(start), { dense: { units: 128 } }, block, block, block, 'layer-normalization'];
    }
    case 'cnn':
      return cnn(start, inputs);
    case 'resnet': {
      const image = imageOf(start, inputs, preset);
      const block = (filters: number, stride: number): Layer[] => [
        {
          residual: {
            layers: [
              { conv2d: { filters, stride, bias: false } },
              'batch-normalization',
              { activation: 'relu' },
              { conv2d: { filters, bias: false } },
              'batch-normalization',
            ],
          },
        },
        { activation: 'relu' },
      ];
      return [
        ...image.reshape,
        { conv2d: { filters: 16, bias: false } },
        'batch-normalization',
        { activation: 'relu' },
        ...block(16, 1),
        ...block(32, 2),
        ...block(64, 2),
        'global-average-pool',
      ];
    }
    case 'text-average':
      return [...textOf(preset, inputs, tokens), { embedding: { size: 64 } }, 'global-average-pool', dense(32)];
    case 'text-cnn': {
      const path = (size: number): Layer[] => [
        { conv1d: { filters: 64, size, activation: 'relu' } },
        'global-max-pool',
      ];
      return [
        ...textOf(preset, inputs, tokens),
        { embedding: { size: 64 } },
        { branch: { paths: [path(3), path(4), path(5)] } },
        { dropout: 0.5 },
      ];
    }
    case 'text-lstm':
      return [
        ...textOf(preset, inputs, tokens),
        { embedding: { size: 64 } },
        { lstm: { units: 64, bidirectional: true } },
        { dropout: 0.3 },
      ];
    case 'text-transformer':
      return [
        ...textOf(preset, inputs, tokens),
        { embedding: { size: 64 } },
        { positions: 'learned' },
        { transformer: { heads: 4, units: 128, dropout: 0.1 } },
        { transformer: { heads: 4, units: 128, dropout: 0.1 } },
        'layer-normalization',
        'global-average-pool',
      ];
    case 'lstm':
    case 'gru':
      stepsOf(start, preset);
      return [{ [preset]: { units: 64 } }, { dropout: 0.2 }];
    case 'transformer':
      stepsOf(start, preset);
      return [
        { dense: { units: 64 } },
        { positions: 'learned' },
        { transformer: { heads: 4, units: 128, dropout: 0.1 } },
        { transformer: { heads: 4, units: 128, dropout: 0.1 } },
        'layer-normalization',
        'global-average-pool',
      ];
  }
}

/** Two or three rounds of convolution and pooling, by the size of the image. */
function cnn(start: Shape, inputs: NetworkInputs): Layer[] {
  const { reshape, size } = imageOf(start, inputs, 'cnn');
  const round = (filters: number): Layer[] => [
    { conv2d: { filters, activation: 'relu' } },
    { conv2d: { filters, activation: 'relu' } },
    { 'max-pool': { size: 2 } },
  ];
  const rounds = size >= 24 ? [16, 32, 64] : [32, 64];
  return [...reshape, ...rounds.flatMap(round), 'flatten', { dropout: 0.4 }, dense(128), { dropout: 0.3 }];
}

function rows(start: Shape): Layer[] {
  return start.length === 1 ? [] : ['flatten'];
}

function refuse(preset: Preset, what: string, hint: string): MisfitError {
  return new MisfitError({ path: ['preset'], message: `The preset '${preset}' is for ${what}.`, hint });
}

/** The image, taken to be a square of grey pixels where nothing is said. */
function imageOf(start: Shape, { features }: NetworkInputs, preset: Preset): { reshape: Layer[]; size: number } {
  if (start.length === 3) return { reshape: [], size: Math.min(start[1]!, start[2]!) };
  const side = Math.round(Math.sqrt(features));
  if (start.length !== 1 || features === 0 || side * side !== features)
    throw refuse(
      preset,
      'images',
      `${features} features are no square of pixels: say \`image: {height: …, width: …}\`.`,
    );
  return { reshape: [{ reshape: [1, side, side] }], size: side };
}

/** Goes to the text column where there are plain features too. */
function textOf(preset: Preset, inputs: NetworkInputs, numbers: number | undefined): Layer[] {
  const [text] = inputs.tokens;
  if (numbers !== undefined) return [];
  if (text === undefined)
    throw refuse(
      preset,
      'texts',
      "Read a text column with a step `tokenize` in the data stage's features, or say `tokens: …` here when the features are the numbers of tokens.",
    );
  return inputs.features > 0 ? [{ take: text.name }] : [];
}

function stepsOf(start: Shape, preset: Preset): void {
  if (start.length !== 2)
    throw refuse(preset, 'sequences', 'Say how many steps the features are: `sequence: {steps: …}`.');
}

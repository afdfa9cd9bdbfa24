/** Layers of networks: what they are, where they stand, what they learn. Importable anywhere: needs no runtime. */
export * from './describe';
export { placeLayers, type Site } from './place';
export { plainLayer } from './plain';
export { type PresetInput, presetLayers } from './presets';
export { pixelInput } from './pixels';
export { FIRST_TOKEN, tokenInputs } from './tokens';
export * from './types';

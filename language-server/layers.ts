import type { Layer, NetworkModel, Training, TrainStage } from '../schemas/generated/types';
import { certainFeatures } from '../lifecycle/pipeline/feature-count';
import type { Unit } from '../lifecycle/pipeline/stage';
import { nodeAt, type Node, type Path, textOf } from '../lifecycle/pipeline/tree';
import type { Analysis } from '../lifecycle/pipeline/types';
import {
  describeLayout,
  layersOf as presetLayersOf,
  layOut,
  type LayerSummary,
  type Layout,
  type Misfit,
  type NetworkInputs,
  pixelInput,
  tokenInputs,
} from '../lifecycle/model/layers';
import { type TrainingMemory, trainingMemory } from '../lifecycle/model/training-memory';
import { dataBehind, type StageData } from './data';
import { shortNumber } from './describe';
import type { Workspace } from './workspace';

/** The network of a train stage, as far as it can be laid out. */
export interface NetworkShape {
  /** What each layer makes, up to the first that does not fit; the output layer last where all do. */
  readonly layers: readonly LayerSummary[];
  readonly misfit?: Misfit;
  /** The entries of `layers` in the text; none for a preset. */
  readonly nodes: readonly Node[];
  /** The layers that a preset stands for. */
  readonly preset?: readonly Layer[];
  /** What its training takes, in batches of so many rows; where all of it fits together. */
  readonly memory?: TrainingMemory & { readonly batch: number };
}

/** Does a stage say that it trains a network? Asks its text only, not whether it is whole. */
export function isNetwork({ kind, node }: Unit): boolean {
  return kind === 'train' && textOf(nodeAt(node, ['model', 'kind'])?.node) === 'network';
}

/** Lays out the network of a train stage; undefined when it is none, or its data is not known. */
export function networkShape(workspace: Workspace, analysis: Analysis, unit: Unit): NetworkShape | undefined {
  if (!isNetwork(unit)) return undefined;
  const data = dataBehind(workspace, analysis, unit);
  const inputs = inputsOf(data);
  if (inputs === undefined) return undefined;
  const stage = unit.value as TrainStage | undefined;
  const model = stage?.model;
  if (model === undefined || typeof model === 'string' || model.kind !== 'network') return undefined;
  const classes = data?.dataset?.target?.classes?.length ?? 2;
  const freeze = stage?.training?.freeze;
  const result = layOut(model, inputs, classes > 2 ? classes : 1, freeze ? { freeze } : {});
  const list = nodeAt(unit.node, ['model', 'layers'])?.node;
  const nodes = list?.type === 'list' ? list.items : [];
  const layout = 'layout' in result ? result.layout : result.partial;
  const layers = layout ? describeLayout(layout) : [];
  const memory = 'layout' in result ? memoryOf(result.layout, stage?.training, data) : undefined;
  return {
    layers,
    nodes,
    ...(memory && { memory }),
    ...('misfit' in result && { misfit: result.misfit }),
    ...(model.layers === undefined && layout && { preset: writtenPreset(model, inputs) }),
  };
}

/** Rows of a batch where nothing is said. */
const BATCH = 256;

function memoryOf(
  layout: Layout,
  { optimizer, 'batch-size': asked }: Training = {},
  data: StageData | undefined,
): NonNullable<NetworkShape['memory']> {
  const rows = data?.dataset?.splits['train']?.rows ?? Infinity;
  const batch = Math.min(typeof asked === 'number' ? asked : BATCH, rows);
  const kind = typeof optimizer === 'string' ? { kind: optimizer } : optimizer;
  return { ...trainingMemory(layout, kind), batch };
}

function writtenPreset(model: NetworkModel, inputs: NetworkInputs): readonly Layer[] {
  return presetLayersOf(model, inputs);
}

/** What a network is given: from the last run, else from columns and steps when that is certain. */
function inputsOf(data: StageData | undefined): NetworkInputs | undefined {
  const count = featureCount(data);
  if (count === undefined) return undefined;
  const tokens = data?.dataset ? tokenInputs(data.dataset) : [];
  const image = data?.dataset && pixelInput(data.dataset);
  return { features: count - tokens.reduce((sum, { steps }) => sum + steps, 0), tokens, ...(image && { image }) };
}

/** The number of features that a data stage gives: from the last run, else from columns and steps when that is certain. */
export function featureCount(data: StageData | undefined): number | undefined {
  if (!data) return undefined;
  if (data.dataset) return data.dataset.features.length;
  return data.columns && certainFeatures(data.stage, data.columns);
}

function sizes(shape: readonly (string | number)[]): string {
  return shape.slice(1).join(' × ');
}

/** A layer in words: `64 wide · 1,280 parameters`, `32 × 14 × 14 · 9,248 parameters`. */
export function layerWords({ shape, parameters }: LayerSummary): string {
  const wide = shape.length === 2 ? `${shape[1]!.toLocaleString('en')} wide` : sizes(shape);
  return [wide, parameters ? `${shortNumber(parameters)} parameters` : ''].filter(Boolean).join(' · ');
}

/** Is there anything to say beside the layer: does it change the shape, or learn? */
export function tells({ input, shape, parameters }: LayerSummary): boolean {
  return parameters > 0 || sizes(input) !== sizes(shape);
}

/** Bytes with two digits, as the estimate has no more: `38 MB`, `1.2 GB`. */
function shortBytes(bytes: number): string {
  const units = ['KB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes / 1024, 0];
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1024;
  return `${value < 10 ? Number(value.toPrecision(2)) : Math.round(value)} ${units[unit]!}`;
}

/** What its training takes in words: `about 120 MB to train`, and what that is. */
export function memoryWords({ memory }: NetworkShape): { readonly short: string; readonly long: string } | undefined {
  if (!memory) return undefined;
  const { weights, row, batch } = memory;
  const whole = shortBytes(weights + row * batch);
  return {
    short: `about ${whole} to train`,
    long: `Training takes about ${whole} of memory beside the data: ${shortBytes(weights)} for the weights, their gradient and what the optimiser keeps, ${shortBytes(row * batch)} for what the layers make of a batch of ${batch.toLocaleString('en')} rows.`,
  };
}

/** The whole network in words: `99,178 parameters · 1.5M multiplications a row`. */
export function networkWords({ layers }: NetworkShape): string {
  const sum = (what: 'parameters' | 'multiplications'): number =>
    layers.reduce((total, layer) => total + layer[what], 0);
  return `${sum('parameters').toLocaleString('en')} parameters · ${shortNumber(sum('multiplications'))} multiplications a row`;
}

/** Layers as lines of YAML at an indentation. */
export function layersInLines(layers: readonly Layer[], indent: string): string {
  return layers.map((layer) => `${indent}- ${flow(layer)}`).join('\n');
}

/** Layers as one line. */
export function layersInFlow(layers: readonly Layer[]): string {
  return `[${layers.map((layer) => flow(layer, false)).join(', ')}]`;
}

/** A value in YAML's flow style, but for the outermost map. */
function flow(value: unknown, outermost = true): string {
  if (Array.isArray(value)) return `[${value.map((item) => flow(item, false)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner, false)}`);
  return outermost ? entries.join(', ') : `{ ${entries.join(', ')} }`;
}

/** The layer at a path as Markdown; of a preset or of `layers` the whole network as a table. */
export function layerCard(
  workspace: Workspace,
  analysis: Analysis,
  unit: Unit,
  path: Path,
  on: string,
): string | undefined {
  if (unit.kind !== 'train' || path[0] !== 'model') return undefined;
  if (path.length === 2 && (path[1] === 'preset' || (path[1] === 'layers' && on === 'key'))) {
    const shape = networkShape(workspace, analysis, unit);
    if (!shape || shape.layers.length === 0) return undefined;
    const rows = shape.layers.map(
      ({ name, shape: made, parameters }) => `| ${name} | ${sizes(made)} | ${parameters.toLocaleString('en')} |`,
    );
    const memory = memoryWords(shape);
    return `| layer | makes | parameters |\n|---|---|---|\n${rows.join('\n')}\n\n${networkWords(shape)}${memory ? `\n\n${memory.long}` : ''}`;
  }
  if (path[1] !== 'layers' || typeof path[2] !== 'number' || path.length > 4 || (path.length === 4 && on !== 'key'))
    return undefined;
  const layer = networkShape(workspace, analysis, unit)?.layers[path[2]];
  if (!layer || layer.entry === undefined) return undefined;
  const bracketed = (shape: readonly (string | number)[]): string => `[${shape.join(', ')}]`;
  const learnt = layer.parameters === 0 ? 'no parameters' : `${layer.parameters.toLocaleString('en')} parameters`;
  return `Layer ${path[2] + 1}: ${bracketed(layer.input)} → ${bracketed(layer.shape)} · ${learnt}`;
}

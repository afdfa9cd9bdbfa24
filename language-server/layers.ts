import { featureColumns } from '../lifecycle/pipeline/columns';
import type { Unit } from '../lifecycle/pipeline/stage';
import { entriesOf, nodeAt, type Node, numberOf, type Path, textOf } from '../lifecycle/pipeline/tree';
import type { Analysis } from '../lifecycle/pipeline/types';
import { dataBehind, type StageData } from './data';
import { shortNumber } from './describe';
import type { Workspace } from './workspace';

/** A layer of a network with what goes in, comes out, and is learnt. */
export interface LayerShape {
  /** Its name, such as `dense`. */
  readonly name: string;
  readonly node: Node;
  /** Values a row; undefined when the number of features is not known. */
  readonly inputs: number | undefined;
  readonly outputs: number | undefined;
  /** Learnt numbers. */
  readonly parameters: number | undefined;
}

/**
 * The layers of a train stage's network. Layers work on rows of features: `dense` has (inputs + 1) · units parameters, the normalisations 2 a
 * value; the others none and keep the shape.
 */
export function layersOf(unit: Unit, inputs: number | undefined): LayerShape[] {
  const list = nodeAt(unit.node, ['model', 'layers'])?.node;
  if (list?.type !== 'list') return [];
  let width = inputs;
  return list.items.map((node) => {
    const entry = entriesOf(node)[0];
    const name = entry?.key ?? textOf(node) ?? '';
    const before = width;
    let parameters: number | undefined = 0;
    if (name === 'dense') {
      const units = numberOf(nodeAt(entry?.value, ['units'])?.node);
      parameters = before === undefined || units === undefined ? undefined : (before + 1) * units;
      width = units;
    } else if (name.endsWith('-normalization')) parameters = before === undefined ? undefined : 2 * before;
    return { name, node, inputs: before, outputs: width, parameters };
  });
}

/** The number of features that a data stage gives: from the last run, else from columns and steps when that is certain. */
export function featureCount(data: StageData | undefined): number | undefined {
  if (!data) return undefined;
  if (data.dataset) return data.dataset.features.length;
  if (!data.columns) return undefined;
  const steps = nodeAt(data.stage.node, ['features'])?.node;
  const grows =
    steps?.type === 'list' && steps.items.some((step) => entriesOf(step).some(({ key }) => key === 'one-hot'));
  const left = featureColumns(data.stage, data.columns);
  if (grows || [...left.values()].some((type) => type === 'text' || type === 'time')) return undefined;
  return left.size;
}

/** A layer in words: `64 outputs · 1,280 parameters`. */
export function layerWords({ outputs, parameters }: LayerShape): string {
  return [
    outputs === undefined ? '' : `${outputs.toLocaleString('en')} wide`,
    parameters ? `${shortNumber(parameters)} parameters` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The layer at a path as Markdown. */
export function layerCard(
  workspace: Workspace,
  analysis: Analysis,
  unit: Unit,
  path: Path,
  on: string,
): string | undefined {
  if (
    unit.kind !== 'train' ||
    path[0] !== 'model' ||
    path[1] !== 'layers' ||
    typeof path[2] !== 'number' ||
    path.length > 4 ||
    (path.length === 4 && on !== 'key')
  )
    return undefined;
  const layer = layersOf(unit, featureCount(dataBehind(workspace, analysis, unit)))[path[2]];
  if (!layer) return undefined;
  const shape =
    layer.inputs === undefined && layer.outputs === undefined
      ? ''
      : `[N, ${layer.inputs ?? '?'}] → [N, ${layer.outputs ?? '?'}]`;
  const learnt =
    layer.parameters === undefined
      ? ''
      : layer.parameters === 0
        ? 'no parameters'
        : `${layer.parameters.toLocaleString('en')} parameters`;
  const words = [shape, learnt].filter(Boolean).join(' · ');
  return words === '' ? undefined : `Layer ${path[2] + 1}: ${words}`;
}

import { nodeAt } from '../../lifecycle/pipeline/tree';
import type { Range } from '../../lifecycle/pipeline/types';
import { layersInFlow, layersInLines, networkShape } from '../layers';
import { locate, stageAt } from '../locate';
import { misfitsIn } from '../misfits';
import type { Source } from '../source';
import type { Workspace } from '../workspace';

interface Change {
  readonly title: string;
  /** In offsets of the source. */
  readonly edits: readonly { readonly range: Range; readonly text: string }[];
}

/** `preset: cnn` as the layers it stands for, to change some; the network stays the same. */
export function writtenOut(workspace: Workspace, source: Source, offset: number): Change | undefined {
  const found = locate(source, offset);
  if (found?.stage?.unit.kind !== 'train' || found.path.join('.') !== 'model.preset') return undefined;
  const { unit, base } = found.stage;
  const layers = networkShape(workspace, source.analysis(), unit)?.preset;
  const model = nodeAt(unit.node, ['model'])?.node;
  const entry = nodeAt(unit.node, ['model', 'preset'])?.entry;
  if (!layers || model?.type !== 'map' || !entry || entry.value.type !== 'scalar' || entry.merged) return undefined;
  const from = entry.keyRange.from + base;
  const column = from - (source.text.lastIndexOf('\n', from - 1) + 1);
  const text = model.flow
    ? `layers: ${layersInFlow(layers)}`
    : `layers:\n${layersInLines(layers, ' '.repeat(column + 2))}`;
  return { title: 'Write out the layers', edits: [{ range: { from, to: entry.value.to + base }, text }] };
}

/** The layer that is missing before, or after, one that does not fit. */
export function missingLayer(workspace: Workspace, source: Source, offset: number): Change | undefined {
  const stage = stageAt(source, offset);
  const misfit = stage && misfitsIn(workspace, source).find((each) => each.stage.unit === stage.unit)?.misfit;
  if (!stage || !misfit?.missing) return undefined;
  const { layer, side } = misfit.missing;
  const path = ['model', ...misfit.path];
  const list = nodeAt(stage.unit.node, path.slice(0, -1))?.node;
  const item = nodeAt(stage.unit.node, path)?.node;
  if (list?.type !== 'list' || !item) return undefined;
  const { base } = stage;
  const title = side === 'before' ? `Put \`${layer}\` before it` : `End with \`${layer}\``;
  const at = (place: number, text: string): Change => ({ title, edits: [{ range: { from: place, to: place }, text }] });
  if (list.flow) return side === 'before' ? at(item.from + base, `${layer}, `) : at(item.to + base, `, ${layer}`);
  const start = source.text.lastIndexOf('\n', item.from + base - 1) + 1;
  const dash = source.text.indexOf('-', start);
  const pad = source.text.slice(start, dash);
  if (dash < 0 || dash > item.from + base || pad.trim() !== '') return undefined;
  if (side === 'before') return at(dash, `- ${layer}\n${pad}`);
  const end = source.text.indexOf('\n', item.to + base);
  return at(end < 0 ? source.text.length : source.text[end - 1] === '\r' ? end - 1 : end, `\n${pad}- ${layer}`);
}

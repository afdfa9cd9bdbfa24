import { dirname } from 'node:path';
import { type InlayHint, InlayHintKind, type Range as LspRange } from '../protocol';
import { placedOf } from '../../lifecycle/pipeline/analyze';
import { absolutePath, isGlob } from '../../lifecycle/pipeline/files';
import { nodeAt } from '../../lifecycle/pipeline/tree';
import { sizeOf } from '../cards';
import { dataBehind } from '../data';
import { shortNumber } from '../describe';
import { layerWords, memoryWords, networkShape, networkWords, tells } from '../layers';
import type { Source, View } from '../source';
import type { Workspace } from '../workspace';

const MAX_FILES = 1000;

/** Beside the text: rows and columns of data, features, the shape and size of each layer, the number of files of a pattern. */
export function inlayHints(workspace: Workspace, source: Source, view: View, range: LspRange): InlayHint[] {
  if (!workspace.settings.inlayHints || source.kind !== 'pipeline') return [];
  const from = view.from + view.document.offsetAt(range.start);
  const to = view.from + view.document.offsetAt(range.end);
  const analysis = source.analysis();
  const hints: InlayHint[] = [];
  const put = (offset: number, label: string, tooltip?: string): void => {
    const place = source.rangeIn(view.document.uri, { from: offset, to: offset });
    if (place && label !== '' && offset >= from && offset <= to)
      hints.push({
        position: place.start,
        label,
        kind: InlayHintKind.Type,
        paddingLeft: true,
        ...(tooltip !== undefined && { tooltip }),
      });
  };
  for (const { unit, base } of placedOf(analysis)) {
    if (unit.range.from + base > to || unit.range.to + base < from) continue;
    if (unit.kind === 'data') {
      const data = dataBehind(workspace, analysis, unit);
      const written = nodeAt(unit.node, ['source'])?.node;
      if (data?.peek && data.peek.columns.length > 0 && written?.type === 'scalar')
        put(written.to + base, sizeOf(data.peek));
      for (const mention of unit.mentions)
        if (mention.type === 'file' && isGlob(mention.text))
          put(mention.to + base, fileCount(workspace, dirname(analysis.path), mention.text));
      const features = nodeAt(unit.node, ['features'])?.entry;
      if (features && data?.dataset)
        put(
          features.keyRange.to + 1 + base,
          `${data.dataset.features.length.toLocaleString('en')} features`,
          'in the last run',
        );
    }
    if (unit.kind === 'train') {
      const shape = networkShape(workspace, analysis, unit);
      for (const layer of shape?.layers ?? []) {
        const node = layer.entry === undefined ? undefined : shape?.nodes[layer.entry];
        if (node && tells(layer)) put(node.to + base, layerWords(layer));
      }
      const preset = nodeAt(unit.node, ['model', 'preset'])?.node;
      const memory = shape && memoryWords(shape);
      if (preset && shape && shape.layers.length > 0)
        put(preset.to + base, [networkWords(shape), memory?.short].filter(Boolean).join(' · '), memory?.long);
      const list = nodeAt(unit.node, ['model', 'layers'])?.entry;
      if (list && memory) put(list.keyRange.to + 1 + base, memory.short, memory.long);
    }
  }
  return hints;
}

function fileCount(workspace: Workspace, folder: string, pattern: string): string {
  const path = absolutePath(folder, pattern);
  const found = path === undefined ? undefined : workspace.disk.match(path, MAX_FILES);
  if (!found) return '';
  return found.length >= MAX_FILES
    ? `${shortNumber(MAX_FILES)} files or more`
    : `${found.length} ${found.length === 1 ? 'file' : 'files'}`;
}

import { dirname } from 'node:path';
import type { DocumentLink } from '../protocol';
import { placedOf } from '../../lifecycle/pipeline/analyze';
import { absolutePath, isGlob } from '../../lifecycle/pipeline/files';
import type { Source, View } from '../source';
import { uriOf, type Workspace } from '../workspace';

const MAX_LINKS = 2000;

/** Files that a pipeline names, to be opened by a click. */
export function documentLinks(workspace: Workspace, source: Source, view: View): DocumentLink[] {
  if (source.kind !== 'pipeline') return [];
  const folder = dirname(source.path);
  const links: DocumentLink[] = [];
  for (const { unit, base } of placedOf(source.analysis()))
    for (const mention of unit.mentions) {
      if (mention.type !== 'file' || links.length >= MAX_LINKS) continue;
      const path = absolutePath(folder, mention.text);
      const range = source.rangeIn(view.document.uri, { from: mention.from + base, to: mention.to + base });
      if (path === undefined || isGlob(path) || !range || workspace.disk.exists(path) !== true) continue;
      links.push({ range, target: uriOf(path) });
    }
  return links;
}

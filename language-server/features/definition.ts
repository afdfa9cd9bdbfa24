import { dirname } from 'node:path';
import type { Definition, DefinitionLink, Location, Range as LspRange } from '../protocol';
import { absolutePath, isGlob } from '../../lifecycle/pipeline/files';
import { LineIndex } from '../../lifecycle/pipeline/lines';
import { findProjectPlace } from '../../lifecycle/pipeline/project';
import { analyzeTargets, findTargets } from '../../lifecycle/pipeline/targets';
import { entryOf, nodeAt } from '../../lifecycle/pipeline/tree';
import type { Range } from '../../lifecycle/pipeline/types';
import { dataBehind } from '../data';
import { type Entity, entityAt, occurrences } from '../entity';
import type { Source } from '../source';
import { lineStart } from '../text';
import { type Spot, uriOf, type Workspace } from '../workspace';

const start: LspRange = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** Where a stage, parameter, column or target is defined; a file itself; of a raw column its data file. */
export function definition(spot: Spot): Definition | DefinitionLink[] | null {
  const { source, offset, view } = spot;
  const entity = entityAt(source, offset);
  if (!entity) return anchorOf(spot);
  const origin = source.rangeIn(view.document.uri, entity.range);
  const links = placesOf(spot.workspace, source, entity).map(({ uri, range }) => ({
    targetUri: uri,
    targetRange: range,
    targetSelectionRange: range,
    ...(origin && { originSelectionRange: origin }),
  }));
  return links.length > 0 ? links : null;
}

/** From `*name` to the last `&name` above it. */
function anchorOf({ source, offset }: Spot): DefinitionLink[] | null {
  const { text } = source;
  const line = text.slice(lineStart(text, offset), offset + 1);
  if (!/(?:^|[\s:[{,-])\*[\w-]*$/.test(line.trimEnd())) return null;
  const end = offset + (/^[\w-]*/.exec(text.slice(offset))?.[0].length ?? 0);
  const from = text.lastIndexOf('*', offset);
  const name = text.slice(from + 1, end);
  if (!/^[\w-]+$/.test(name)) return null;
  const found = [...text.slice(0, from).matchAll(/(^|[\s:[{,-])&([\w-]+)/gm)].findLast(([, , each]) => each === name);
  const start = found && found.index + (found[1]?.length ?? 0);
  const place = start === undefined ? undefined : source.place({ from: start, to: start + name.length + 1 });
  return place ? [{ targetUri: place.uri, targetRange: place.range, targetSelectionRange: place.range }] : null;
}

function placesOf(workspace: Workspace, source: Source, entity: Entity): Location[] {
  const here = occurrences(source, entity)
    .filter((each) => each.definition)
    .flatMap(({ range }) => source.place(range) ?? []);
  if (here.length > 0) return here;
  const folder = dirname(source.path);
  if (entity.type === 'target') return targetPlaces(workspace, folder, entity.name);
  if (entity.type === 'file') {
    const path = absolutePath(folder, entity.name);
    const first = path !== undefined && isGlob(path) ? workspace.disk.match(path, 1)?.[0] : path;
    return first !== undefined && workspace.disk.exists(first) ? [{ uri: uriOf(first), range: start }] : [];
  }
  if (entity.type === 'column' && entity.stage) {
    const file = dataBehind(workspace, source.analysis(), entity.stage.unit)?.peek?.files[0];
    return file !== undefined && /\.(csv|tsv|txt|jsonl|ndjson|json)$/i.test(file)
      ? [{ uri: uriOf(file), range: start }]
      : [];
  }
  return [];
}

/** The place of a target in targets.yaml. */
export function targetPlaces(workspace: Workspace, folder: string, name: string): Location[] {
  const path = findTargets(folder, findProjectPlace(folder, workspace.disk).root, workspace.disk);
  const text = path === undefined ? undefined : workspace.disk.read(path);
  if (path === undefined || text === undefined) return [];
  const entry = entryOf(nodeAt(analyzeTargets(path, text).node, ['targets'])?.node, name);
  return entry ? [{ uri: uriOf(path), range: rangeIn(text, entry.keyRange) }] : [];
}

/** A range of a text that is not open. */
export function rangeIn(text: string, { from, to }: Range): LspRange {
  const index = new LineIndex(text);
  const [a, b] = [index.position(from), index.position(to)];
  return { start: { line: a.line, character: a.column }, end: { line: b.line, character: b.column } };
}

import { type DocumentHighlight, DocumentHighlightKind, type Location } from '../protocol';
import { entityAt, occurrences } from '../entity';
import type { Spot } from '../workspace';
import { targetPlaces } from './definition';
import { dirname } from 'node:path';
import { pipelinesAround } from '../around';

/** Everywhere a stage, column, parameter, target, metric or file is named; of targets also in the other pipelines of the open folders. */
export function references(spot: Spot, withDefinition: boolean): Location[] | null {
  const { source, offset, workspace } = spot;
  const entity = entityAt(source, offset);
  if (!entity) return null;
  const here = occurrences(source, entity)
    .filter((each) => withDefinition || !each.definition)
    .flatMap(({ range }) => source.place(range) ?? []);
  if (entity.type !== 'target') return here;
  const elsewhere = pipelinesAround(workspace)
    .filter((other) => other.path !== source.path)
    .flatMap((other) => occurrences(other, entity).flatMap(({ range }) => other.place(range) ?? []));
  const defined =
    withDefinition && source.kind === 'pipeline' ? targetPlaces(workspace, dirname(source.path), entity.name) : [];
  return [...here, ...defined, ...elsewhere];
}

/** The same in the document itself, for marking. */
export function highlights(spot: Spot): DocumentHighlight[] | null {
  const { source, offset, view } = spot;
  const entity = entityAt(source, offset);
  if (!entity) return null;
  return occurrences(source, entity).flatMap(({ range, definition }) => {
    const found = source.rangeIn(view.document.uri, range);
    return found ? [{ range: found, kind: definition ? DocumentHighlightKind.Write : DocumentHighlightKind.Read }] : [];
  });
}

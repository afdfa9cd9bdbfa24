import { dirname } from 'node:path';
import { LSPErrorCodes, type Range as LspRange, ResponseError, type TextEdit, type WorkspaceEdit } from '../protocol';
import { writeName } from '../../lifecycle/expression/tokens';
import { schemaNode } from '../../lifecycle/pipeline/schema';
import { pipelinesAround } from '../around';
import { dataBehind } from '../data';
import { type Entity, entityAt, type Occurrence, occurrences } from '../entity';
import type { Source } from '../source';
import { yamlScalar } from '../suggest/suggestion';
import type { Spot, Workspace } from '../workspace';
import { targetPlaces } from './definition';

const renameable: ReadonlySet<Entity['type']> = new Set(['stage', 'column', 'parameter', 'target']);

/** The word that would be renamed; an error where nothing can be. */
export function prepareRename(spot: Spot): { range: LspRange; placeholder: string } | ResponseError<void> | null {
  const { source, view, offset } = spot;
  const entity = entityAt(source, offset);
  const range = entity && source.rangeIn(view.document.uri, entity.range);
  if (!entity || !range || !renameable.has(entity.type)) return null;
  if (entity.type === 'target' && entity.name === 'local') return failed('`local` is built in and has no other name.');
  return { range, placeholder: entity.name };
}

const failed = (message: string): ResponseError<void> => new ResponseError(LSPErrorCodes.RequestFailed, message);

/**
 * Renames a stage, column, parameter or target everywhere it is named: all or nothing. A column of the data file is renamed in the pipeline
 * only; the client asks before, where it can.
 */
export function rename(spot: Spot, newName: string): WorkspaceEdit | ResponseError<void> | null {
  const { source, offset, workspace } = spot;
  const entity = entityAt(source, offset);
  if (!entity || !renameable.has(entity.type)) return null;
  if (newName === entity.name) return {};
  const objection = objectionTo(workspace, source, entity, newName);
  if (objection !== undefined) return failed(objection);
  const changes: Record<string, TextEdit[]> = {};
  const take = (from: Source): void => {
    for (const occurrence of occurrences(from, entity)) {
      const place = from.place(occurrence.range);
      if (place) (changes[place.uri] ??= []).push({ range: place.range, newText: written(from, occurrence, newName) });
    }
  };
  take(source);
  if (entity.type === 'target') {
    for (const other of pipelinesAround(workspace)) if (other !== source && other.path !== source.path) take(other);
    if (source.kind === 'pipeline')
      for (const { uri, range } of targetPlaces(workspace, dirname(source.path), entity.name))
        (changes[uri] ??= []).push({ range, newText: newName });
  }
  if (entity.type === 'column' && isRaw(source, entity) && workspace.annotations)
    return annotated(workspace, changes, entity.name);
  return { changes };
}

function written(source: Source, { range, form, flow }: Occurrence, name: string): string {
  const old = source.text.slice(range.from, range.to);
  switch (form) {
    case 'word':
      return name;
    case 'parameter':
      return old.startsWith('"') ? `"\${${name}}"` : `\${${name}}`;
    case 'expression':
      return writeName(name);
    case 'drift':
      return `drift.${writeName(name)}`;
    case 'scalar':
      if (old.startsWith('"')) return JSON.stringify(name);
      if (old.startsWith("'")) return `'${name.replaceAll("'", "''")}'`;
      return yamlScalar(name, flow ?? false);
  }
}

function objectionTo(workspace: Workspace, source: Source, entity: Entity, name: string): string | undefined {
  const stageName = schemaNode('pipeline').properties.get('stages')?.keyPattern ?? /^[A-Za-z][A-Za-z0-9_-]*$/;
  switch (entity.type) {
    case 'stage':
      if (!stageName.test(name))
        return 'The name of a stage begins with a letter and holds only letters, digits, `-` and `_`.';
      return source.analysis().stages.some((stage) => stage.name === name)
        ? `There is a stage \`${name}\` already.`
        : undefined;
    case 'parameter':
      if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name))
        return 'The name of a parameter begins with a letter or `_` and holds only letters, digits, `-` and `_`.';
      return Object.hasOwn(source.analysis().parameters, name)
        ? `There is a parameter \`${name}\` already.`
        : undefined;
    case 'target': {
      if (!stageName.test(name))
        return 'The name of a target begins with a letter and holds only letters, digits, `-` and `_`.';
      if (name === 'local' || entity.name === 'local') return '`local` is built in.';
      const taken =
        source.kind === 'targets'
          ? occurrences(source, { ...entity, name })
          : targetPlaces(workspace, dirname(source.path), name);
      return taken.length > 0 ? `There is a target \`${name}\` already.` : undefined;
    }
    case 'column': {
      if (name.trim() !== name || name === '' || /["'`\\\n]/.test(name))
        return 'A column needs a name without quotes, backslashes and line breaks.';
      const taken = entity.data && occurrences(source, { ...entity, name }).length > 0;
      const columns = entity.stage && dataBehind(workspace, source.analysis(), entity.stage.unit)?.columns;
      const inFile = (word: string): boolean => columns?.some((column) => column.name === word) === true;
      const derived = !isRaw(source, entity);
      // Its name means the file's column above the step and the new one below.
      if (derived && inFile(entity.name))
        return `\`${entity.name}\` is a column of the data that a step computes anew, so one name stands for two things.`;
      return taken || (inFile(name) && derived) ? `There is a column \`${name}\` already.` : undefined;
    }
    default:
      return 'This can not be renamed.';
  }
}

/** Does a column come from the data itself, rather than from a step? */
function isRaw(source: Source, entity: Entity): boolean {
  return !occurrences(source, entity).some(({ definition }) => definition);
}

function annotated(workspace: Workspace, changes: Record<string, TextEdit[]>, column: string): WorkspaceEdit {
  const id = 'raw-column';
  return {
    documentChanges: Object.entries(changes).map(([uri, edits]) => ({
      textDocument: { uri, version: workspace.documents.get(uri)?.version ?? null },
      edits: edits.map((edit) => ({ ...edit, annotationId: id })),
    })),
    changeAnnotations: {
      [id]: {
        label: `Rename the column ${column} in the pipeline`,
        description: 'The data file is not changed: its column must be renamed there too.',
        needsConfirmation: true,
      },
    },
  };
}

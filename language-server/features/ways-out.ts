import { insertItem, insertKey } from '../../lifecycle/pipeline/insertions';
import { schemaAt } from '../../lifecycle/pipeline/language';
import { lineAt } from '../../lifecycle/pipeline/lines';
import { spellingOf } from '../../lifecycle/pipeline/parts';
import { entryOf, nodeAt } from '../../lifecycle/pipeline/tree';
import type { Range } from '../../lifecycle/pipeline/types';
import { type Located, locate, valueFrom } from '../locate';
import type { Source } from '../source';
import { lineStart } from '../text';
import { uriOf } from '../workspace';
import { entryLines, type Fix } from './fixes';

/** Removes the key whose value, or part of it, is at an offset. */
export function removeEntry(source: Source, offset: number): Fix[] {
  const found = locate(source, offset);
  const entry = found && nodeAt(found.tree, found.path)?.entry;
  if (!entry || entry.merged) return [];
  return [{ title: `Remove \`${entry.key}\``, edits: [entryLines(source, entry.keyRange.from + found.base)] }];
}

/** Takes out what says nothing more without its only value: a step of the features, else the key. */
export function wholeOf(source: Source, { tree, path, base, stage }: Located): Fix[] {
  const { text } = source;
  const depth = path.findLastIndex((step) => typeof step === 'string') + 1;
  const entry = nodeAt(tree, path.slice(0, depth))?.entry;
  if (!entry || entry.merged) return [];
  if (!stage || path[0] !== 'features' || typeof path[1] !== 'number')
    return [{ title: `Remove \`${entry.key}\``, edits: [entryLines(source, entry.keyRange.from + base)] }];
  const { node: steps, entry: features } = nodeAt(tree, ['features']) ?? {};
  if (steps?.type === 'list' && steps.items.length === 1 && features)
    return [{ title: 'Remove `features`', edits: [entryLines(source, features.keyRange.from + base)] }];
  const step = nodeAt(tree, path.slice(0, 2))?.node;
  if (steps?.type !== 'list' || steps.flow || step?.type !== 'map') return [];
  const start = lineStart(text, step.from + base);
  if (!/^[ \t]*-[ \t]+$/.test(text.slice(start, step.from + base))) return [];
  const end = step.to + base;
  const to = text[end - 1] === '\n' ? end : lineAt(text, lineStart(text, end)).next;
  const name = step.entries[0]?.key ?? '';
  return [{ title: `Remove the step \`${name}\``, edits: [{ range: { from: start, to }, text: '' }] }];
}

/** A key that need not be there, with its empty value. */
export function removeOptional(source: Source, offset: number): Fix[] {
  const found = locate(source, offset);
  const key = found?.path.at(-1);
  if (found?.on !== 'key' || typeof key !== 'string' || found.path.length === 0) return [];
  const parent = schemaAt(found.root, found.tree, found.path.slice(0, -1));
  const optional = parent?.keys.find((each) => each.key === key)?.required === false;
  return optional && !parent?.singleKey
    ? [{ title: `Remove \`${key}\``, edits: [entryLines(source, found.range.from)] }]
    : [];
}

/** Of a column of which nothing is expected yet: that no value is missing. */
export function expectThere(source: Source, offset: number): Fix[] {
  const found = locate(source, offset);
  const item = found && nodeAt(found.tree, found.path.slice(0, 2))?.node;
  if (!found || item?.type !== 'map' || entryOf(item, 'column') === undefined) return [];
  const order = schemaAt('stage', found.tree, found.path.slice(0, 2))?.keys.map(({ key }) => key) ?? [];
  const edit = insertKey(source.text, found.base, item, 'not-null', 'true', order);
  return edit ? [{ title: 'Expect that no value is missing', edits: [edit] }] : [];
}

/** Fewer trees that learn from many, where these were to be pruned. */
export function distilInstead(source: Source, offset: number): Fix[] {
  const found = locate(source, offset);
  const entry = found && nodeAt(found.tree, found.path)?.entry;
  if (!entry || entry.merged) return [];
  const range = { from: entry.keyRange.from + found.base, to: entry.value.to + found.base };
  return [
    {
      title: 'Distil into 50 trees instead',
      edits: [{ range, text: 'distil: {into: {kind: boosted-trees, trees: 50}}' }],
    },
  ];
}

/** `min` and `max` with each other's values. */
export function swapped(source: Source, offset: number): Fix[] {
  const found = locate(source, offset);
  const map = found && nodeAt(found.tree, found.path.slice(0, -1))?.node;
  const [min, max] = [entryOf(map, 'min')?.value, entryOf(map, 'max')?.value];
  if (!found || !min || !max) return [];
  const at = ({ from, to }: Range): Range => ({ from: from + found.base, to: to + found.base });
  const written = (node: Range): string => source.text.slice(node.from + found.base, node.to + found.base);
  return [
    {
      title: `Swap \`${written(min)}\` and \`${written(max)}\``,
      edits: [
        { range: at(min), text: written(max) },
        { range: at(max), text: written(min) },
      ],
      preferred: true,
    },
  ];
}

/** An expectation that the data fulfils, or one that only warns. */
export function relaxed(source: Source, offset: number, range: Range, suggestion: string | undefined): Fix[] {
  const found = valueFrom(source, offset) ?? locate(source, offset);
  if (!found?.stage) return [];
  const { path, stage } = found;
  const { base } = stage;
  const tree = stage.unit.node;
  const item = nodeAt(tree, path.slice(0, 2))?.node;
  if (item?.type !== 'map') return [];
  const fixes: Fix[] = [];
  const allowed = path[2] === 'in' ? entryOf(item, 'in') : undefined;
  if (suggestion !== undefined && allowed?.value.type === 'list') {
    const edit = insertItem(source.text, base, allowed, suggestion, allowed.value.items.length - 1);
    if (edit && (allowed.value.flow || !suggestion.includes(', ')))
      fixes.push({ title: `Allow \`${suggestion}\``, edits: [edit] });
  } else if (suggestion !== undefined)
    fixes.push({ title: `Change to \`${suggestion}\``, edits: [{ range, text: suggestion }] });
  if (!entryOf(item, 'severity')) {
    const order = schemaAt('stage', tree, path.slice(0, 2))?.keys.map(({ key }) => key) ?? [];
    const edit = insertKey(source.text, base, item, 'severity', 'warn', order);
    if (edit) fixes.push({ title: 'Only warn of it', edits: [edit] });
  }
  return fixes;
}

/** What follows `---` in a file of its own beside this one. */
export function ownFile(source: Source, offset: number): Fix[] {
  const { text, path, uri } = source;
  if (!uri.startsWith('file:') || source.kind !== 'pipeline' || spellingOf(path) !== 'pipeline') return [];
  const place = source.place({ from: lineStart(text, offset), to: text.length });
  const rest = text.slice(lineAt(text, lineStart(text, offset)).next);
  if (!place || rest.trim() === '')
    return [
      { title: 'Remove this line', edits: [{ range: { from: lineStart(text, offset), to: text.length }, text: '' }] },
    ];
  const name = /^pipeline:[ \t]*["']?([A-Za-z][\w-]*)/m.exec(rest)?.[1] ?? 'other';
  const [, stem = path] = /^(.*[\\/])?[^\\/]*$/.exec(path) ?? [];
  const other = `${stem}${name}.pipeline.yaml`;
  if (other === path) return [];
  const target = uriOf(other);
  const zero = { line: 0, character: 0 };
  return [
    {
      title: `Move what follows to ${name}.pipeline.yaml`,
      edits: [],
      elsewhere: {
        documentChanges: [
          { kind: 'create', uri: target },
          {
            textDocument: { uri: target, version: null },
            edits: [{ range: { start: zero, end: zero }, newText: rest }],
          },
          { textDocument: { uri: place.uri, version: null }, edits: [{ range: place.range, newText: '' }] },
        ],
      },
    },
  ];
}

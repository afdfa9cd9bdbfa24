import { dirname } from 'node:path';
import type { Diagnostic } from '../protocol';
import { insertItem, insertKey } from '../../lifecycle/pipeline/insertions';
import { schemaAt } from '../../lifecycle/pipeline/language';
import { lineAt } from '../../lifecycle/pipeline/lines';
import { spellingOf } from '../../lifecycle/pipeline/parts';
import { findProjectPlace } from '../../lifecycle/pipeline/project';
import { learnersOf } from '../../lifecycle/pipeline/skew-hints';
import { outputsOf, schemaNode, type SchemaNode, stageSchema } from '../../lifecycle/pipeline/schema';
import { findTargets } from '../../lifecycle/pipeline/targets';
import { entriesOf, entryOf, nodeAt, textOf } from '../../lifecycle/pipeline/tree';
import type { Range } from '../../lifecycle/pipeline/types';
import { guess } from '../../lifecycle/pipeline/wording';
import { networkOf } from '../data';
import { locate, stageAt } from '../locate';
import type { Source } from '../source';
import { kindMeant } from '../suggest/fit';
import { plainOf, Stops, valueShape } from '../suggest/snippets';
import { yamlScalar } from '../suggest/suggestion';
import { lineStart } from '../text';
import { uriOf, type Workspace } from '../workspace';
import type { Fix } from './fixes';

/** Puts a required key at the place that the order of the schema gives it. */
export function missingKey(source: Source, range: Range, key: string | undefined): Fix[] {
  if (key === undefined) return [];
  const { text } = source;
  const found = locate(source, range.from);
  const owner =
    found?.stage && found.on === 'stage-name'
      ? { tree: found.stage.unit.node, base: found.stage.base, path: [] as const, root: 'stage' as const }
      : undefined;
  if (!owner) {
    const header = source.kind === 'targets' ? source.schema : 'pipeline';
    const first = text.startsWith('\ufeff') ? 1 : 0;
    if (found && found.on === 'key' && found.node)
      return nested(source, found.node, found.base, [...found.path], found.root, found.tree, key);
    const property = schemaNode(header).properties.get(key);
    if (!property) return [];
    const value = plainOf(valueShape(property, new Stops(), 0, false).text);
    const line = `${key}:${value.startsWith('\n') || value === '' ? '' : ' '}${value}\n`;
    const document = source.kind === 'pipeline' && spellingOf(source.path) === 'document' && !source.isNotebook;
    const fence = document ? /^---[ \t]*\r?\n/.exec(text.slice(first))?.[0] : undefined;
    // A header whose lines `---` are not both there is not read.
    const begun = document && /^[\w-]+[ \t]*:/.test(text.slice(first + (fence?.length ?? 0)));
    if (begun && source.analysis().headerNode.entries.length === 0)
      return fence === undefined
        ? [
            {
              title: 'Begin the header with `---`',
              edits: [{ range: { from: first, to: first }, text: '---\n' }],
              preferred: true,
            },
          ]
        : [];
    const at = key === 'stages' || key === 'targets' ? text.length : first + (fence?.length ?? 0);
    const put = document && fence === undefined ? `---\n${line}---\n` : line;
    return [
      {
        title: `Add \`${key}\``,
        edits: [
          {
            range: { from: at, to: at },
            text: at === text.length && at > first && !text.endsWith('\n') ? `\n${put}` : put,
          },
        ],
        preferred: true,
      },
    ];
  }
  return nested(source, owner.tree, owner.base, [], 'stage', owner.tree, key);
}

function nested(
  source: Source,
  node: Parameters<typeof nodeAt>[0],
  base: number,
  path: (string | number)[],
  root: 'stage' | 'pipeline' | 'targets' | 'project',
  tree: Parameters<typeof nodeAt>[0],
  key: string,
): Fix[] {
  const { text } = source;
  if (node?.type !== 'map' || node.entries.length === 0) return [];
  const schema = schemaAt(root, tree, path);
  const info = schema?.keys.find((each) => each.key === key);
  const order = schema?.keys.map((each) => each.key) ?? [];
  const misspelt = node.entries.find(
    (entry) => !entry.merged && !order.includes(entry.key) && guess(entry.key, [key]).suggestion === key,
  );
  if (misspelt) {
    const range = { from: misspelt.keyRange.from + base, to: misspelt.keyRange.to + base };
    const name = text.slice(range.from, range.to);
    return [{ title: `Change \`${name}\` to \`${key}\``, edits: [{ range, text: key }], preferred: true }];
  }
  const cases = schema?.nodes.find((each) => each.cases?.key === key)?.cases;
  const kind =
    cases &&
    kindMeant(
      cases,
      entriesOf(node).map((entry) => entry.key),
    );
  if (cases && kind === undefined) return [];
  const shape = info ? plainOf(valueShape(info.schema, new Stops(), 0, node.flow).text) : '';
  const value = kind ?? (info && shape === '' ? (given(source, info.schema) ?? '') : shape);
  const edit = insertKey(text, base, node, key, value, order);
  return edit ? [{ title: `Add \`${key}\``, edits: [edit], preferred: true }] : [];
}

/** A value that is right or near it, so that a key that is put in for its user does not stand empty. */
function given(source: Source, schema: SchemaNode): string | undefined {
  const branches = [schema, ...schema.anyOf];
  const kinds = branches.map(({ x }) => x['reference']).find(Array.isArray) as readonly string[] | undefined;
  if (kinds) return source.analysis().stages.find(({ kind }) => kind !== undefined && kinds.includes(kind))?.name;
  const value = branches
    .flatMap((branch) => [branch.default, ...(branch.values ?? [])])
    .find((each) => each !== undefined && typeof each !== 'object');
  return value === undefined ? undefined : yamlScalar(value);
}

/** Creates the stage that a reference names, before the stage that refers to it. */
export function createStage(source: Source, range: Range, name: string): Fix[] {
  const stage = stageAt(source, range.from);
  const reference = stage?.unit.references.find((each) => each.stage === name);
  const output = reference?.output;
  const kind =
    reference?.kinds.find((each) =>
      output === undefined ? each !== 'evaluate' : Object.hasOwn(outputsOf(each), output),
    ) ?? (output === undefined ? reference?.kinds[0] : undefined);
  if (!stage || kind === undefined || !/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) return [];
  const { text } = source;
  const at = stage.unit.nameRange.from + stage.base;
  const start = lineStart(text, at);
  const pad = text.slice(start, at);
  if (pad.trim() !== '') return [];
  const schema = stageSchema(kind);
  const required = [...(schema?.required ?? []), ...(schema?.oneOfRequired?.slice(0, 1) ?? [])];
  const lines = required
    .filter((key) => key !== 'kind')
    .map((key) => {
      const property = schema?.properties.get(key);
      return `${pad}  ${key}: ${property ? (given(source, property) ?? plainOf(valueShape(property, new Stops(), 0, true).text)) : ''}`.trimEnd();
    });
  return [
    {
      title: `Create the ${kind} stage \`${name}\``,
      edits: [
        {
          range: { from: start, to: start },
          text: `${pad}${name}:\n${pad}  kind: ${kind}\n${lines.map((line) => `${line}\n`).join('')}`,
        },
      ],
    },
  ];
}

export function createTarget(workspace: Workspace, source: Source, written: string): Fix[] {
  const name = written.replace(/^["']|["']$/g, '');
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name) || !source.uri.startsWith('file:')) return [];
  const folder = dirname(source.path);
  const { root } = findProjectPlace(folder, workspace.disk);
  const path = findTargets(folder, root, workspace.disk);
  const entry = `  ${name}:\n    kind: local\n`;
  if (path === undefined) {
    const uri = uriOf(`${root}/targets.yaml`);
    const zero = { line: 0, character: 0 };
    return [
      {
        title: `Create targets.yaml with the target \`${name}\``,
        edits: [],
        elsewhere: {
          documentChanges: [
            { kind: 'create', uri, options: { ignoreIfExists: true } },
            {
              textDocument: { uri, version: null },
              edits: [{ range: { start: zero, end: zero }, newText: `lifecycle: 1\ntargets:\n${entry}` }],
            },
          ],
        },
      },
    ];
  }
  const text = workspace.disk.read(path) ?? '';
  const lines = text.split('\n');
  const last = text.endsWith('\n')
    ? { line: lines.length - 1, character: 0 }
    : { line: lines.length - 1, character: (lines.at(-1) ?? '').length };
  if (!/^targets:\s*$/m.test(text) || /^\S/m.test(text.slice(text.search(/^targets:/m) + 8))) return [];
  return [
    {
      title: `Add the target \`${name}\` to targets.yaml`,
      edits: [],
      elsewhere: {
        changes: {
          [uriOf(path)]: [{ range: { start: last, end: last }, newText: `${text.endsWith('\n') ? '' : '\n'}${entry}` }],
        },
      },
    },
  ];
}

export function declareParameter(source: Source, written: string): Fix[] {
  const name = /^["']?\$\{\s*([A-Za-z_][A-Za-z0-9_-]*)\s*\}["']?$/.exec(written)?.[1];
  if (name === undefined) return [];
  const { headerNode } = source.analysis();
  const parameters = entryOf(headerNode, 'parameters');
  const { text } = source;
  if (parameters?.value.type === 'map' && parameters.value.entries.length > 0) {
    const last = parameters.value.entries.at(-1);
    const first = parameters.value.entries[0];
    if (!last || !first) return [];
    const end = Math.max(last.value.to, last.keyRange.to);
    const pad = text.slice(lineStart(text, first.keyRange.from), first.keyRange.from);
    return [
      {
        title: `Declare the parameter \`${name}\``,
        edits: [{ range: { from: end, to: end }, text: parameters.value.flow ? `, ${name}: 1` : `\n${pad}${name}: 1` }],
      },
    ];
  }
  if (parameters) return [];
  const anchor = entryOf(headerNode, 'pipeline') ?? headerNode.entries.at(-1);
  if (!anchor || headerNode.flow) return [];
  const end = lineAt(text, lineStart(text, Math.max(anchor.value.to, anchor.keyRange.to))).end;
  return [
    {
      title: `Declare the parameter \`${name}\``,
      edits: [{ range: { from: end, to: end }, text: `\nparameters: {${name}: 1}` }],
    },
  ];
}

export function addMetric(source: Source, offset: number, written: string): Fix[] {
  const stage = stageAt(source, offset);
  const entry = stage && entryOf(stage.unit.node, 'metrics');
  if (!stage || entry?.value.type !== 'list' || entry.value.items.length === 0) return [];
  const name = written.replace(/^["']|["']$/g, '');
  const edit = insertItem(source.text, stage.base, entry, name, entry.value.items.length - 1);
  return edit ? [{ title: `Add \`${name}\` to the metrics`, edits: [edit], preferred: true }] : [];
}

export function addTarget(source: Source, diagnostic: Diagnostic): Fix[] {
  const related = diagnostic.relatedInformation?.[0]?.location;
  if (!related || !source.viewOf(related.uri)) return [];
  const stage = stageAt(source, source.offsetAt(related.uri, related.range.start));
  if (!stage) return [];
  return nested(source, stage.unit.node, stage.base, [], 'stage', stage.unit.node, 'target');
}

/** States how a data stage's files are written, or which texts mean missing, beside their name. */
export function stateOfSource(source: Source, offset: number, key: string, text: string): Fix[] {
  const stage = stageAt(source, offset);
  const entry = stage && entryOf(stage.unit.node, 'source');
  if (!stage || !entry || entry.merged || entry.value.from < entry.keyRange.to) return [];
  const { value } = entry;
  const fix = (edit: Fix['edits'][number]): Fix[] => [
    {
      title: key === 'encoding' ? `State the encoding \`${text}\`` : `State \`${key}: ${text}\``,
      edits: [edit],
      preferred: true,
    },
  ];
  const shift = ({ from, to }: Range): Range => ({ from: from + stage.base, to: to + stage.base });
  if (value.type === 'map') {
    const stated = entryOf(value, key);
    if (stated) return stated.merged ? [] : fix({ range: shift(stated.value), text });
    const edit = insertKey(source.text, stage.base, value, key, text, ['file', 'format', key]);
    return edit ? fix(edit) : [];
  }
  const range = shift(value);
  const written = source.text.slice(range.from, range.to);
  if (value.type !== 'scalar' || value.style === 'block' || /^[&*!]/.test(written)) return [];
  const file = value.style === 'plain' && /[,[\]{}]/.test(written) ? JSON.stringify(written) : written;
  return fix({ range, text: `{file: ${file}, ${key}: ${text}}` });
}

/** Drops a column of the data. */
export function dropColumn(source: Source, offset: number, name: string): Fix[] {
  const stage = stageAt(source, offset);
  if (!stage) return [];
  const { node } = stage.unit;
  if (node.type !== 'map') return [];
  const columns = entryOf(node, 'columns');
  const drop = columns && entryOf(columns.value, 'drop');
  const item = yamlScalar(name, true);
  const title = `Drop the column \`${name}\``;
  const edit =
    drop?.value.type === 'list'
      ? insertItem(source.text, stage.base, drop, item, drop.value.items.length - 1)
      : drop
        ? undefined
        : columns?.value.type === 'map'
          ? insertKey(source.text, stage.base, columns.value, 'drop', `[${item}]`, ['drop'])
          : columns
            ? undefined
            : insertKey(source.text, stage.base, node, 'columns', `{drop: [${item}]}`, [
                'kind',
                'source',
                'target',
                'columns',
              ]);
  return edit ? [{ title, edits: [edit], preferred: true }] : [];
}

/** Drops rows that are copies, before any other step over rows. */
export function dropCopies(source: Source, offset: number): Fix[] {
  const stage = stageAt(source, offset);
  if (stage?.unit.node.type !== 'map') return [];
  const { node } = stage.unit;
  const rows = entryOf(node, 'rows');
  const order = ['kind', 'source', 'target', 'columns', 'rows'];
  const edit = rows
    ? insertItem(source.text, stage.base, rows, 'drop-duplicates', -1)
    : insertKey(source.text, stage.base, node, 'rows', '[drop-duplicates]', order);
  return edit ? [{ title: 'Drop rows that are copies', edits: [edit], preferred: true }] : [];
}

/** Splits by the column that orders the rows in time; where rows are stratified or grouped, its user has to decide. */
export function splitByTime(source: Source, offset: number): Fix[] {
  const stage = stageAt(source, offset);
  const name = stage && textOf(nodeAt(stage.unit.node, ['columns', 'time'])?.node);
  if (!stage || name === undefined) return [];
  const { node } = stage.unit;
  const split = entryOf(node, 'split')?.value;
  if (entryOf(split, 'stratify') ?? entryOf(split, 'group') ?? entryOf(entryOf(node, 'columns')?.value, 'group'))
    return [];
  const title = `Split by \`${name}\``;
  const value = yamlScalar(name, true);
  if (split?.type === 'map' && split.entries.length > 0) {
    const first = split.entries[0];
    if (!first || first.merged) return [];
    const at = first.keyRange.from + stage.base;
    const pad = split.flow ? ', ' : `\n${' '.repeat(at - lineStart(source.text, at))}`;
    return [{ title, edits: [{ range: { from: at, to: at }, text: `time: ${value}${pad}` }], preferred: true }];
  }
  const columns = entryOf(node, 'columns');
  if (split || !columns || columns.merged) return [];
  const at = columns.keyRange.from + stage.base;
  const pad = ' '.repeat(at - lineStart(source.text, at));
  return [
    { title, edits: [{ range: { from: at, to: at }, text: `split: {time: ${value}}\n${pad}` }], preferred: true },
  ];
}

/** Lets all models that learn from the same data learn the logarithm of its target: they stay comparable. */
export function learnLogarithm(source: Source, offset: number): Fix[] {
  const stage = stageAt(source, offset);
  const network = networkOf(source.analysis());
  const data = stage && network.dataOf(stage.unit);
  const order = [...(stageSchema('train')?.properties.keys() ?? [])];
  const stages = data ? learnersOf(network, data.index) : [];
  const edits = stages.flatMap(({ unit, base }) =>
    unit.node.type === 'map' ? (insertKey(source.text, base, unit.node, 'target-transform', 'log', order) ?? []) : [],
  );
  if (edits.length === 0) return [];
  const names = stages.map(({ unit }) => `\`${unit.name}\``);
  const where =
    names.length === 1 ? '' : ` to ${names.length > 3 ? `all ${names.length} models` : names.join(' and ')}`;
  return [{ title: `Add \`target-transform: log\`${where}`, edits, preferred: true }];
}

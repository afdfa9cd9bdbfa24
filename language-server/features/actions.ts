import { dirname } from 'node:path';
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Diagnostic,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { placedOf } from '../../lifecycle/pipeline/analyze';
import { CODES } from '../../lifecycle/pipeline/codes';
import { topological } from '../../lifecycle/pipeline/graph';
import { lineAt } from '../../lifecycle/pipeline/lines';
import { schemaAt } from '../../lifecycle/pipeline/language';
import { parse, spellingOf } from '../../lifecycle/pipeline/parts';
import { findProjectPlace } from '../../lifecycle/pipeline/project';
import { schemaNode, type SchemaNode, stageSchema } from '../../lifecycle/pipeline/schema';
import { findTargets } from '../../lifecycle/pipeline/targets';
import { entryOf, nodeAt, numberOf, toValue } from '../../lifecycle/pipeline/tree';
import type { Range } from '../../lifecycle/pipeline/types';
import { networkOf } from '../data';
import { missingLayer, writtenOut } from './layer-actions';
import { locate, stageAt } from '../locate';
import type { Source, View } from '../source';
import { plainOf, pipelineSkeleton, valueShape, Stops } from '../suggest/snippets';
import { yamlScalar } from '../suggest/suggestion';
import { uriOf, type Workspace } from '../workspace';
import { lineStart } from '../text';

interface Fix {
  readonly title: string;
  /** In offsets of the source. */
  readonly edits: readonly { readonly range: Range; readonly text: string }[];
  readonly elsewhere?: WorkspaceEdit;
  readonly preferred?: boolean;
}

/** Quick fixes of the diagnostics at a range, and what can be done with the stages around it. */
export function codeActions(
  workspace: Workspace,
  source: Source,
  view: View,
  { range, context }: CodeActionParams,
): CodeAction[] {
  const wanted = (kind: string): boolean =>
    !context.only || context.only.some((only) => kind === only || kind.startsWith(`${only}.`));
  const actions: CodeAction[] = [];
  if (wanted(CodeActionKind.QuickFix))
    for (const diagnostic of context.diagnostics) {
      if (diagnostic.source !== 'ML Lifecycle') continue;
      for (const fix of fixesFor(workspace, source, view, diagnostic)) {
        const edit = fix.elsewhere ?? editOf(source, fix.edits);
        if (edit)
          actions.push({
            title: fix.title,
            kind: CodeActionKind.QuickFix,
            diagnostics: [diagnostic],
            edit,
            ...(fix.preferred && { isPreferred: true }),
          });
      }
      const { code } = diagnostic;
      if (workspace.explains && typeof code === 'string' && Object.hasOwn(CODES, code)) {
        const title = `Explain \`${code}\``;
        const command = { title, command: 'lifecycle.explain', arguments: [code] };
        actions.push({ title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], command });
      }
    }
  const offset = view.from + view.document.offsetAt(range.start);
  if (source.kind === 'pipeline' && wanted('source.sortStages')) {
    const sorted = sortStages(source);
    const edit = sorted && editOf(source, [sorted]);
    if (edit) actions.push({ title: 'Sort stages by dependency', kind: 'source.sortStages', edit });
  }
  if (source.kind === 'pipeline' && wanted(CodeActionKind.RefactorRewrite)) {
    for (const other of [longForm(source, offset), writtenOut(workspace, source, offset)]) {
      const edit = other && editOf(source, other.edits);
      if (other && edit) actions.push({ title: other.title, kind: CodeActionKind.RefactorRewrite, edit });
    }
  }
  return actions;
}

function editOf(source: Source, edits: Fix['edits']): WorkspaceEdit | undefined {
  const changes: Record<string, TextEdit[]> = {};
  for (const { range, text } of edits) {
    const place = source.place(range);
    if (!place) return undefined;
    (changes[place.uri] ??= []).push({
      range: place.range,
      newText: source.text.includes('\r\n') ? text.replaceAll(/\r?\n/g, '\r\n') : text,
    });
  }
  return { changes };
}

function fixesFor(workspace: Workspace, source: Source, view: View, diagnostic: Diagnostic): Fix[] {
  const { text } = source;
  const from = view.from + view.document.offsetAt(diagnostic.range.start);
  const to = view.from + view.document.offsetAt(diagnostic.range.end);
  const range = { from, to };
  const old = text.slice(from, to);
  const suggestion = (diagnostic.data as { suggestion?: string } | undefined)?.suggestion;
  const related = diagnostic.relatedInformation?.[0]?.location;
  switch (diagnostic.code) {
    case 'empty':
      return [
        {
          title: 'Insert a pipeline to begin with',
          edits: [{ range, text: plainOf(pipelineSkeleton(spellingOf(source.path), 'pipeline')) }],
          preferred: true,
        },
      ];
    case 'layers-misfit': {
      const fix = missingLayer(workspace, source, from);
      return fix ? [{ ...fix, preferred: true }] : [];
    }
    case 'missing-key':
      return missingKey(source, range, suggestion);
    case 'incomplete-key':
      return suggestion === undefined
        ? [{ title: 'Write the colon', edits: [{ range, text: `${old}: ` }] }]
        : [
            { title: `Write \`${suggestion}\``, edits: [{ range, text: `${suggestion} ` }], preferred: true },
            { title: 'Remove this line', edits: [lineOf(text, from)] },
          ];
    case 'duplicate-key': {
      const first =
        related && source.uri === related.uri ? source.offsetAt(related.uri, related.range.start) : undefined;
      return [
        { title: `Remove this \`${old}\``, edits: [entryLines(source, from)], preferred: true },
        ...(first === undefined ? [] : [{ title: `Remove the first \`${old}\``, edits: [entryLines(source, first)] }]),
      ];
    }
    case 'duplicate-stage':
      return [{ title: `Rename to \`${freeName(source, old)}\``, edits: [{ range, text: freeName(source, old) }] }];
    case 'bad-indent': {
      const spaces = /(?:Give it (\d+)\.|siblings (\d+))/.exec(wordsOf(diagnostic));
      const wanted = Number(spaces?.[1] ?? spaces?.[2]);
      const line = lineAt(text, lineStart(text, from));
      if (/\t/.test(text.slice(line.from, from + 1)))
        return [
          {
            title: 'Replace tabs by spaces',
            edits: [
              {
                range: {
                  from: line.from,
                  to: line.from + (/^[ \t]*/.exec(text.slice(line.from, line.end))?.[0].length ?? 0),
                },
                text: (/^[ \t]*/.exec(text.slice(line.from, line.end))?.[0] ?? '').replaceAll('\t', '  '),
              },
            ],
            preferred: true,
          },
        ];
      return Number.isInteger(wanted)
        ? [
            {
              title: `Indent by ${wanted} spaces`,
              edits: [{ range: { from: line.from, to: line.from + line.indent }, text: ' '.repeat(wanted) }],
              preferred: true,
            },
          ]
        : [];
    }
    case 'unclosed-quote': {
      const quote = text.charAt(from);
      const line = lineAt(text, lineStart(text, from));
      return quote === '"' || quote === "'"
        ? [
            {
              title: `Close the quote`,
              edits: [{ range: { from: Math.min(to, line.end), to: Math.min(to, line.end) }, text: quote }],
              preferred: true,
            },
          ]
        : [];
    }
    case 'unclosed-bracket': {
      const end = lineAt(text, lineStart(text, from)).end;
      return [
        {
          title: `Close the bracket`,
          edits: [{ range: { from: end, to: end }, text: text.charAt(from) === '{' ? '}' : ']' }],
          preferred: true,
        },
      ];
    }
    case 'unknown-stage':
      return [...replacement(range, suggestion), ...createStage(source, range, old)];
    case 'unknown-target':
      return [...replacement(range, suggestion), ...createTarget(workspace, source, old)];
    case 'unknown-parameter':
      return [...replacement(range, suggestion), ...declareParameter(source, old)];
    case 'unused-parameter':
    case 'no-effect':
    case 'two-alternatives':
      return [
        { title: `Remove \`${old}\``, edits: [entryLines(source, from)], preferred: diagnostic.code === 'no-effect' },
      ];
    case 'repeated-item':
    case 'target-in-features':
    case 'not-a-feature':
    case 'repeated-step':
    case 'column-dropped':
      return [...replacement(range, suggestion), ...removeItem(source, range, old)];
    case 'split-sum':
      return splitSum(source, from);
    case 'metric-not-computed':
      return addMetric(source, from, old);
    case 'missing-target':
      return addTarget(source, diagnostic);
    case 'several-documents':
      return [];
    case 'conflict-marker':
      return [{ title: 'Remove this line', edits: [lineOf(text, from)] }];
    case 'unclosed-fence': {
      const end = text.length;
      const fence = /^[`~]+/.exec(old)?.[0] ?? '```';
      return [
        {
          title: 'Close the fence',
          edits: [{ range: { from: end, to: end }, text: `${text.endsWith('\n') ? '' : '\n'}${fence}\n` }],
          preferred: true,
        },
      ];
    }
    default:
      return replacement(range, suggestion);
  }
}

function replacement(range: Range, suggestion: string | undefined): Fix[] {
  return suggestion === undefined
    ? []
    : [{ title: `Change to \`${suggestion}\``, edits: [{ range, text: suggestion }], preferred: true }];
}

/** The lines of the entry of a block map whose key begins at an offset; in a flow map the entry with its comma. */
function entryLines(source: Source, offset: number): { range: Range; text: string } {
  const { text } = source;
  const found = locate(source, offset);
  const line = lineAt(text, lineStart(text, offset));
  const alone = text.slice(line.from, offset).trim() === '';
  const end = found?.node && found.node.to + found.base > offset ? found.node.to + found.base : line.end;
  if (!alone) {
    const after = /^\s*,\s*/.exec(text.slice(end))?.[0].length ?? 0;
    const before = after > 0 ? 0 : (/,\s*$/.exec(text.slice(0, offset))?.[0].length ?? 0);
    return { range: { from: offset - before, to: end + after }, text: '' };
  }
  // A duplicate key is not found by its path: its block ends where a line is not deeper.
  let last = line;
  for (let at = line.next; at < text.length;) {
    const next = lineAt(text, at);
    if (next.first !== '' && next.indent <= line.indent && !(next.indent === line.indent && next.first === '-')) break;
    last = next;
    at = next.next;
  }
  while (last.from > line.from && last.first === '') last = lineAt(text, lineStart(text, last.from - 1));
  return { range: { from: line.from, to: last.next }, text: '' };
}

function lineOf(text: string, offset: number): { range: Range; text: string } {
  const line = lineAt(text, lineStart(text, offset));
  return { range: { from: line.from, to: line.next }, text: '' };
}

function removeItem(source: Source, range: Range, old: string): Fix[] {
  const { text } = source;
  const line = lineAt(text, lineStart(text, range.from));
  const before = text.slice(line.from, range.from);
  if (/^\s*-\s+$/.test(before) && text.slice(range.to, line.end).trim() === '')
    return [{ title: `Remove \`${old}\``, edits: [{ range: { from: line.from, to: line.next }, text: '' }] }];
  const after = /^\s*,\s*/.exec(text.slice(range.to, line.end))?.[0];
  if (after !== undefined && /[[,]\s*$/.test(before))
    return [
      { title: `Remove \`${old}\``, edits: [{ range: { from: range.from, to: range.to + after.length }, text: '' }] },
    ];
  const comma = /,\s*$/.exec(before)?.[0];
  if (comma !== undefined)
    return [
      { title: `Remove \`${old}\``, edits: [{ range: { from: range.from - comma.length, to: range.to }, text: '' }] },
    ];
  return [];
}

/** Puts a required key at the place that the order of the schema gives it. */
function missingKey(source: Source, range: Range, key: string | undefined): Fix[] {
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
    const at = key === 'stages' ? text.length : first;
    return [
      {
        title: `Add \`${key}\``,
        edits: [{ range: { from: at, to: at }, text: at > first && !text.endsWith('\n') ? `\n${line}` : line }],
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
  const index = order.indexOf(key);
  const earlier = node.entries.filter(
    (entry) => !entry.merged && order.indexOf(entry.key) >= 0 && order.indexOf(entry.key) < index,
  );
  const after = earlier.at(-1) ?? undefined;
  const shape = info ? plainOf(valueShape(info.schema, new Stops(), 0, node.flow).text) : '';
  const value = info && shape === '' ? (given(source, info.schema) ?? '') : shape;
  if (node.flow) {
    const first = node.entries[0];
    const at = after
      ? Math.max(after.value.to, after.keyRange.to) + base
      : (first?.keyRange.from ?? node.from + 1) + base;
    const piece = `${key}: ${value}`.trimEnd();
    return [
      {
        title: `Add \`${key}\``,
        edits: [{ range: { from: at, to: at }, text: after ? `, ${piece}` : `${piece}, ` }],
        preferred: true,
      },
    ];
  }
  const anchor = after ?? node.entries.find((entry) => !entry.merged);
  if (!anchor) return [];
  const start = lineStart(text, anchor.keyRange.from + base);
  const column = anchor.keyRange.from + base - start;
  const pad = ' '.repeat(column);
  const piece =
    `${key}:${value.startsWith('\n') || value === '' ? ' ' : ' '}${value.replaceAll('\n', `\n${pad}`)}`.replace(
      / +\n/g,
      '\n',
    );
  if (after) {
    const end = lineAt(text, lineStart(text, Math.max(after.value.to, after.keyRange.to) + base));
    const at =
      after.value.type === 'scalar' && after.value.style === 'block'
        ? Math.max(after.value.to, after.keyRange.to) + base
        : end.end;
    return [
      { title: `Add \`${key}\``, edits: [{ range: { from: at, to: at }, text: `\n${pad}${piece}` }], preferred: true },
    ];
  }
  const at = anchor.keyRange.from + base;
  return [
    { title: `Add \`${key}\``, edits: [{ range: { from: at, to: at }, text: `${piece}\n${pad}` }], preferred: true },
  ];
}

function freeName(source: Source, name: string): string {
  const taken = new Set(source.analysis().stages.map((stage) => stage.name));
  for (let n = 2; ; n++) if (!taken.has(`${name}-${n}`)) return `${name}-${n}`;
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
function createStage(source: Source, range: Range, name: string): Fix[] {
  const stage = stageAt(source, range.from);
  const reference = stage?.unit.references.find((each) => each.stage === name);
  const kind = reference?.kinds[0];
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

function createTarget(workspace: Workspace, source: Source, written: string): Fix[] {
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

function declareParameter(source: Source, written: string): Fix[] {
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

/** Shares in proportion, so that they sum to 1; or without the last one, which then takes the rest. */
function splitSum(source: Source, offset: number): Fix[] {
  const stage = stageAt(source, offset);
  if (!stage) return [];
  const { unit, base } = stage;
  const shares = (['train', 'validation', 'test'] as const).flatMap((name) => {
    const node = nodeAt(unit.node, ['split', name])?.node;
    const value = numberOf(node);
    return node && value !== undefined ? [{ node, value }] : [];
  });
  const sum = shares.reduce((total, { value }) => total + value, 0);
  if (!(sum > 0) || shares.length === 0) return [];
  const percent = shares.every(({ value }) => value >= 1) && Math.abs(sum - 100) < 1e-9;
  const scaled = shares.map(({ value }) => Number((percent ? value / 100 : value / sum).toFixed(4)));
  const rest = Number((1 - scaled.slice(0, -1).reduce((total, value) => total + value, 0)).toFixed(4));
  scaled[scaled.length - 1] = rest;
  if (shares.length < 3 || scaled.some((value) => value < 0 || value > 1)) return [];
  return [
    {
      title: `Change the shares to ${scaled.join(', ')}`,
      edits: shares.map(({ node }, i) => ({
        range: { from: node.from + base, to: node.to + base },
        text: String(scaled[i]),
      })),
      preferred: true,
    },
  ];
}

function addMetric(source: Source, offset: number, written: string): Fix[] {
  const stage = stageAt(source, offset);
  const list = stage && nodeAt(stage.unit.node, ['metrics'])?.node;
  const last = list?.type === 'list' ? list.items.at(-1) : undefined;
  if (!stage || list?.type !== 'list' || !last) return [];
  const name = written.replace(/^["']|["']$/g, '');
  const end = last.to + stage.base;
  const column = last.from + stage.base - lineStart(source.text, last.from + stage.base);
  return [
    {
      title: `Add \`${name}\` to the metrics`,
      edits: [
        {
          range: { from: end, to: end },
          text: list.flow ? `, ${name}` : `\n${' '.repeat(Math.max(0, column - 2))}- ${name}`,
        },
      ],
      preferred: true,
    },
  ];
}

function addTarget(source: Source, diagnostic: Diagnostic): Fix[] {
  const related = diagnostic.relatedInformation?.[0]?.location;
  if (!related || !source.viewOf(related.uri)) return [];
  const stage = stageAt(source, source.offsetAt(related.uri, related.range.start));
  if (!stage) return [];
  return nested(source, stage.unit.node, stage.base, [], 'stage', stage.unit.node, 'target');
}

/** The stages in an order in which each comes after those it refers to; undefined when they are, or when they can't be cut apart. */
function sortStages(source: Source): { range: Range; text: string } | undefined {
  const { text } = source;
  if (spellingOf(source.path) !== 'pipeline' || source.isNotebook) return undefined;
  const analysis = source.analysis();
  const parts = parse(text, 'pipeline').parts.filter(({ type }) => type === 'stage');
  const placed = placedOf(analysis);
  const [first, last] = [parts[0], parts.at(-1)];
  if (
    !first ||
    !last ||
    parts.length < 2 ||
    placed.length !== parts.length ||
    parts.some((part, i) => placed[i]?.base !== part.from)
  )
    return undefined;
  const network = networkOf(analysis);
  const order = topological(network.edges);
  if (order.every((index, i) => index === i)) return undefined;
  const pieces = order.map((index) => parts[index]?.text ?? '');
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const whole = pieces
    .map((piece, i) => (i < pieces.length - 1 && !piece.endsWith('\n') ? piece + eol : piece))
    .join('');
  const before = text.slice(first.from, last.to);
  return {
    range: { from: first.from, to: last.to },
    text: before.endsWith('\n') ? whole : whole.replace(/\r?\n$/, ''),
  };
}

/** `model: linear` as `model: {kind: linear}`, to add settings. */
function longForm(source: Source, offset: number): { title: string; edits: Fix['edits'] } | undefined {
  const found = locate(source, offset);
  if (found?.stage?.unit.kind !== 'train' || found.node?.type !== 'scalar' || typeof found.node.value !== 'string')
    return undefined;
  const path = found.path.join('.');
  if (path !== 'model' && path !== 'training.optimizer') return undefined;
  const value = String(toValue(found.node));
  return {
    title: `Write \`${value}\` with settings`,
    edits: [
      {
        range: { from: found.node.from + found.base, to: found.node.to + found.base },
        text: `{kind: ${value}${value === 'network' ? ', layers: []' : ''}}`,
      },
    ],
  };
}

const wordsOf = ({ message }: Diagnostic): string => (typeof message === 'string' ? message : message.value);

import { schemaAt } from '../../lifecycle/pipeline/language';
import { lineAt } from '../../lifecycle/pipeline/lines';
import { entryOf, type MapNode, nodeAt, textOf } from '../../lifecycle/pipeline/tree';
import { DATA_FILE } from '../data';
import { type StageValue, valueFrom } from '../locate';
import type { Source } from '../source';
import { stageNames } from '../suggest/snippets';
import { lineStart } from '../text';
import type { Fix } from './fixes';

/**
 * A stage of its own for what is written where the name of a stage belongs: a map with the stage's settings, or the path of a data file. The
 * name takes its place.
 */
export function extractStage(source: Source, offset: number): Fix[] {
  const found = valueFrom(source, offset);
  const kinds = found && kindsWanted(found);
  if (!kinds) return [];
  const { node, stage } = found;
  const { base } = stage;
  const { text } = source;
  const above = lineStart(text, stage.unit.nameRange.from + stage.base);
  const pad = text.slice(above, stage.unit.nameRange.from + stage.base);
  if (pad.trim() !== '') return [];
  const written = textOf(node);
  if (node.type === 'scalar' && written !== undefined && kinds.includes('data') && DATA_FILE.test(written)) {
    const name = freeName(source, written.replace(/^.*[\\/]/, '').replace(/\..*$/s, ''), 'data');
    const path = text.slice(node.from + base, node.to + base);
    return [
      {
        title: `Read \`${written}\` in a data stage \`${name}\``,
        edits: [
          {
            range: { from: above, to: above },
            text: `${pad}${name}:\n${pad}  kind: data\n${pad}  source: ${path}\n${pad}  target:\n`,
          },
          { range: { from: node.from + base, to: node.to + base }, text: name },
        ],
        preferred: true,
      },
    ];
  }
  if (node.type !== 'map' || node.entries.length === 0 || node.entries.some(({ merged }) => merged)) return [];
  const stated = textOf(entryOf(node, 'kind')?.value);
  const kind = stated !== undefined && kinds.includes(stated) ? stated : stated === undefined ? kinds[0] : undefined;
  const begin = beginOf(text, found, node);
  const body = kind && bodyOf(text, node, base, `${pad}  `, begin);
  if (kind === undefined || body === undefined) return [];
  const name = freeName(source, '', kind);
  const head = stated === undefined ? `${pad}  kind: ${kind}\n` : '';
  const place = node.flow
    ? { from: node.from + base, to: node.to + base }
    : { from: begin, to: endLine(text, node.to + base) };
  return [
    {
      title: `Extract the ${kind} stage \`${name}\``,
      edits: [
        { range: { from: above, to: above }, text: `${pad}${name}:\n${head}${body}` },
        { range: place, text: node.flow ? name : ` ${name}\n` },
      ],
      preferred: true,
    },
  ];
}

/** Where the line after an offset begins; the offset itself when it is such a place. */
const endLine = (text: string, offset: number): number =>
  text[offset - 1] === '\n' ? offset : lineAt(text, lineStart(text, offset)).next;

/** The kinds of stages whose name belongs there; undefined where none does. */
function kindsWanted({ stage, path }: StageValue): readonly string[] | undefined {
  const schema = schemaAt('stage', stage.unit.node, path);
  const nodes = schema?.nodes ?? [];
  const kinds = [schema?.x['reference'], ...nodes.flatMap((node) => [node.x['reference'], node.items?.x['reference']])];
  return kinds.find(Array.isArray) as readonly string[] | undefined;
}

/** The entries of a map as lines at another depth; undefined where that would take more than moving lines. */
function bodyOf(text: string, node: MapNode, base: number, pad: string, begin: number): string | undefined {
  if (node.flow) {
    const lines = node.entries.map(({ keyRange, value }) => {
      const written = text.slice(keyRange.from + base, Math.max(value.to, keyRange.to) + base);
      return value.from < keyRange.from || written.includes('\n') ? undefined : `${pad}${written.trimEnd()}\n`;
    });
    return lines.includes(undefined) ? undefined : lines.join('');
  }
  const [first] = node.entries;
  if (!first) return undefined;
  const at = first.keyRange.from + base;
  const depth = at - lineStart(text, at);
  // Comments between the key and its block come along.
  const above = text.slice(begin, lineStart(text, at)).replace(/^[ \t]*\r?\n/, '');
  if (/^[ \t]*#.*$/.test(text.slice(begin, lineAt(text, lineStart(text, begin)).end))) return undefined;
  const own = ' '.repeat(depth) + text.slice(at, endLine(text, node.to + base));
  const moved = `${above}${own}`.split('\n').map((line) => {
    if (line.trim() === '') return '';
    if (line.slice(0, depth).trim() === '') return pad + line.slice(depth);
    return line.trimStart().startsWith('#') ? pad + line.trimStart() : undefined;
  });
  return moved.includes(undefined) ? undefined : `${moved.join('\n').trimEnd()}\n`;
}

/** Where a value begins: behind the colon of its key, or behind its dash. */
function beginOf(text: string, { stage: { unit, base }, path }: StageValue, node: MapNode): number {
  const entry = nodeAt(unit.node, path)?.entry;
  return entry
    ? text.indexOf(':', entry.keyRange.to + base) + 1
    : text.indexOf('-', lineStart(text, node.from + base)) + 1;
}

function freeName(source: Source, wanted: string, kind: string): string {
  const taken = new Set(source.analysis().stages.map(({ name }) => name));
  const plain = wanted.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[^A-Za-z]+|-+$/g, '');
  const usual = plain === '' ? (stageNames[kind] ?? kind) : plain;
  for (let n = 1; ; n++) {
    const name = n === 1 ? usual : `${usual}-${n}`;
    if (!taken.has(name)) return name;
  }
}

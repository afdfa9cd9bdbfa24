import { stringify } from 'yaml';
import { append } from './append';
import { lineAt, linesOf } from './lines';
import { cellsOf, newCell } from './markdown';
import { parse } from './parts';
import { readForgiving } from './recover';
import { entriesOf, nodeAt, toValue } from './tree';

/**
 * The lifecycle document of a pipeline: its header becomes front matter, each stage a fence, a comment above a stage prose. What can't be cut
 * apart by lines (flow maps, anchors over several stages) is written anew from its values.
 */
export function toDocument(pipeline: string): string {
  const eol = pipeline.includes('\r\n') ? '\r\n' : '\n';
  const text = pipeline.replace(/^\ufeff/, '');
  const { parts } = parse(text, 'pipeline');
  const cutable =
    parts.every(({ type }) => type !== 'whole') &&
    !parts.some((part) => part.type === 'stage' && readForgiving(part.text).unresolved.length > 0);
  if (!cutable) return rewritten(text, eol);
  const header = parts
    .filter(({ type }) => type === 'header')
    .map((part) => withBreak(part.text.replace(/^---[^\n]*\r?\n/, ''), eol))
    .join('');
  const chunks: string[] = [];
  for (const part of parts) {
    if (part.type === 'mark') {
      const comment = commentsOf(part.text.slice(lineAt(part.text, 0).next));
      if (comment !== undefined) chunks.push(comment + eol);
    }
    if (part.type !== 'stage') continue;
    const { prose, yaml } = splitStage(part.text);
    if (prose !== undefined) chunks.push(prose + eol);
    chunks.push(newCell(yaml, eol));
  }
  return `---${eol}${header.trimEnd() === '' ? '' : header.replace(/\s+$/, '') + eol}---${eol}${chunks.map((chunk) => eol + chunk).join('')}`;
}

const withBreak = (text: string, eol: string): string => (text === '' || text.endsWith('\n') ? text : text + eol);

/** A comment as prose; undefined when there is none, or when as Markdown it would be more than prose. */
function commentsOf(text: string): string | undefined {
  const lines = text.split(/\r?\n/).filter((line) => /^\s*#/.test(line));
  const prose = lines
    .map((line) => line.replace(/^\s*# ?/, ''))
    .join('\n')
    .trim();
  if (
    prose === '' ||
    cellsOf(`x\n\n${prose}\n`).length > 1 ||
    /^ {0,3}(?:`{3,}|~{3,}|<!--|<(?:pre|script|style|textarea)\b|---)/im.test(prose)
  )
    return undefined;
  return prose;
}

/** A stage's text without its indentation; the comment lines that lead it apart, when they can be prose. */
function splitStage(text: string): { prose?: string; yaml: string } {
  let body = 0;
  for (const line of linesOf(text)) {
    if (line.first !== '#' && line.first !== '') break;
    body = line.next;
  }
  const prose = commentsOf(text.slice(0, body));
  const rest = prose === undefined ? text : text.slice(body);
  const indent = lineAt(text, body).indent;
  const lines: string[] = [];
  for (const line of linesOf(rest)) lines.push(rest.slice(line.from + Math.min(line.indent, indent), line.end));
  while (lines.at(-1)?.trim() === '') lines.pop();
  return { ...(prose !== undefined && { prose }), yaml: lines.join('\n') };
}

/**
 * The pipeline file of a lifecycle document: front matter becomes the header, each fence's stages follow, prose becomes comments.
 */
export function toPipeline(document: string): string {
  const eol = document.includes('\r\n') ? '\r\n' : '\n';
  const text = document.replace(/^\ufeff/, '');
  let header = '';
  const stages: string[] = [];
  let comment: string[] = [];
  for (const cell of cellsOf(text)) {
    if (cell.type === 'front') header = text.slice(cell.contentFrom, cell.contentTo);
    else if (cell.type === 'prose') append(comment, text.slice(cell.from, cell.to).trim().split(/\r?\n/));
    else {
      const yaml = text.slice(cell.contentFrom, cell.contentTo);
      const read = readForgiving(yaml);
      const flow = read.root?.type === 'map' && read.root.flow;
      const lines = (flow && read.root ? stringify(toValue(read.root), { lineWidth: 0 }) : yaml).split(/\r?\n/);
      while (lines.at(-1)?.trim() === '') lines.pop();
      const indents = lines
        .filter((line) => line.trim() !== '' && !/^\s*#/.test(line))
        .map((line) => /^ */.exec(line)?.[0].length ?? 0);
      const indent = indents.length > 0 ? indents.reduce((a, b) => Math.min(a, b)) : 0;
      const shown = comment.join('\n').trim() === '' ? [] : comment.map((line) => `  # ${line}`.trimEnd());
      comment = [];
      stages.push(
        [
          ...shown,
          ...lines.map((line) =>
            line.trim() === '' ? '' : `  ${line.slice(Math.min(indent, /^ */.exec(line)?.[0].length ?? 0))}`,
          ),
        ]
          .map((line) => line + eol)
          .join(''),
      );
    }
  }
  const rest = comment.join('\n').trim() === '' ? '' : comment.map((line) => `# ${line}`.trimEnd() + eol).join('');
  const headerText = withBreak(header.replace(/\s+$/, ''), eol);
  return `${headerText}stages:${eol}${stages.join(eol)}${rest}`;
}

function rewritten(text: string, eol: string): string {
  const root = readForgiving(text).root;
  const write = (value: unknown): string =>
    stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).replaceAll('\n', eol);
  const header = entriesOf(root).filter(({ key }) => key !== 'stages');
  const front = header.map(({ key, value }) => write({ [key]: toValue(value) })).join('');
  const cells = entriesOf(nodeAt(root, ['stages'])?.node).map(({ key, value }) =>
    newCell(write({ [key]: toValue(value) }).trimEnd(), eol),
  );
  return `---${eol}${front}---${eol}${cells.map((cell) => eol + cell).join('')}`;
}

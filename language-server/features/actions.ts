import { type CodeAction, CodeActionKind, type CodeActionParams, type TextEdit, type WorkspaceEdit } from '../protocol';
import { placedOf } from '../../lifecycle/pipeline/analyze';
import { CODES } from '../../lifecycle/pipeline/codes';
import { schemaAt } from '../../lifecycle/pipeline/language';
import { topological } from '../../lifecycle/pipeline/graph';
import { parse, spellingOf } from '../../lifecycle/pipeline/parts';
import { toValue } from '../../lifecycle/pipeline/tree';
import type { Range } from '../../lifecycle/pipeline/types';
import { networkOf } from '../data';
import { locate } from '../locate';
import type { Source, View } from '../source';
import type { Workspace } from '../workspace';
import { type Fix, fixesFor } from './fixes';
import { writtenOut } from './layer-actions';

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
  if (schemaAt(found.root, found.tree, found.path)?.values.every((each) => each.value !== value)) return undefined;
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

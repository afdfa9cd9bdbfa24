import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  CodeActionTriggerKind,
  type TextEdit,
  type WorkspaceEdit,
} from '../protocol';
import { CODES } from '../../lifecycle/pipeline/codes';
import { schemaAt } from '../../lifecycle/pipeline/language';
import { toValue } from '../../lifecycle/pipeline/tree';
import { locate } from '../locate';
import type { Source, View } from '../source';
import type { Workspace } from '../workspace';
import { type Fix, fixesFor } from './fixes';
import { writtenOut } from './layer-actions';
import { organise, sortStages } from './organise';

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
  // Over the whole file: not while the cursor moves.
  const asked = source.kind === 'pipeline' && context.triggerKind !== CodeActionTriggerKind.Automatic;
  if (asked && wanted('source.sortStages')) {
    const sorted = sortStages(source);
    const edit = sorted && editOf(source, [sorted]);
    if (edit) actions.push({ title: 'Sort stages by dependency', kind: 'source.sortStages', edit });
  }
  if (asked && wanted('source.organise')) {
    const edits = organise(source);
    const edit = edits.length > 0 ? editOf(source, edits) : undefined;
    if (edit)
      actions.push({
        title: 'Organise: stages by dependency, keys in their usual order',
        kind: 'source.organise',
        edit,
      });
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

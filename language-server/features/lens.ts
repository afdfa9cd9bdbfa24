import type { CodeLens, Range as LspRange } from 'vscode-languageserver/node';
import { isEffect } from '../../lifecycle/pipeline/plan';
import type { StagePart } from '../../lifecycle/pipeline/types';
import { textOf, nodeAt } from '../../lifecycle/pipeline/tree';
import { resultLine } from '../cards';
import { whyAgain } from '../runs';
import type { Source, View } from '../source';
import type { Workspace } from '../workspace';

/** Above each stage: run it, its last result, and whether it would run again. */
export function codeLenses(workspace: Workspace, source: Source, view: View): CodeLens[] {
  if (!workspace.settings.codeLens || source.kind !== 'pipeline') return [];
  const analysis = source.analysis();
  const facts = workspace.runs.facts(analysis);
  const seen = new Set<string>();
  return analysis.stages.flatMap((stage) => {
    const range = source.rangeIn(view.document.uri, stage.nameRange);
    if (!range || seen.has(stage.name) || stage.kind === undefined) return [];
    seen.add(stage.name);
    const file = source.uri;
    const lenses: CodeLens[] = [lens(range, '▶ Run stage', 'lifecycle.runStage', [file, stage.name])];
    if (!isEffectStage(stage)) lenses.push(lens(range, 'Run from here', 'lifecycle.runFrom', [file, stage.name]));
    // The status bar of a notebook's cell says the rest (features/cells.ts).
    if (view.document.uri.startsWith('vscode-notebook-cell:')) return lenses;
    const mine = facts?.stages.get(stage.name);
    const chosen = stage.kind === 'evaluate' ? textOf(nodeAt(stage.node, ['choose', 'metric'])?.node) : undefined;
    const result = resultLine(mine, chosen);
    if (result !== undefined)
      lenses.push(
        lens(
          range,
          result,
          'lifecycle.showRun',
          mine?.manifest ? [mine.manifest.run] : facts?.run ? [facts.run.id] : [],
        ),
      );
    const why = isEffectStage(stage) || !mine?.manifest ? undefined : whyAgain(analysis, facts, stage);
    if (why) lenses.push(lens(range, why.length === 0 ? 'cached' : `will re-run because ${shortly(why)}`, '', []));
    return lenses;
  });
}

const shortly = (reasons: readonly string[]): string =>
  `${reasons[0] ?? ''}${reasons.length > 1 ? ` and ${reasons.length - 1} more` : ''}`.slice(0, 100);

const isEffectStage = (stage: StagePart): boolean => stage.kind !== undefined && isEffect(stage.kind);

function lens(range: LspRange, title: string, command: string, args: unknown[]): CodeLens {
  return { range, command: { title, command, ...(args.length > 0 && { arguments: args }) } };
}

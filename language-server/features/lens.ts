import type { CodeLens, Range as LspRange } from '../protocol';
import { networkOf } from '../../lifecycle/pipeline/analyze';
import { isEffect } from '../../lifecycle/pipeline/plan';
import { textOf, nodeAt } from '../../lifecycle/pipeline/tree';
import type { Analysis, StagePart } from '../../lifecycle/pipeline/types';
import { resultLine } from '../cards';
import { type PipelineFacts, whyAgain } from '../runs';
import type { Source, View } from '../source';
import type { Workspace } from '../workspace';
import { listed, Sayings, Written } from '../written';

/** Above each stage: run it, its last result, and whether it would run again. */
export function codeLenses(workspace: Workspace, source: Source, view: View): Written {
  if (!workspace.settings.codeLens || source.kind !== 'pipeline') return new Written('[]');
  const analysis = source.analysis();
  const facts = workspace.runs.facts(analysis);
  const { byName, stages } = networkOf(analysis);
  const first = stages.filter(({ unit, index }) => unit.kind !== undefined && byName.get(unit.name) === index);
  // The status bar of a notebook's cell says the rest (features/cells.ts).
  const silent = !facts || view.document.uri.startsWith('vscode-notebook-cell:');
  const said = commandsOf(source).of(source, view, first, (placed) => {
    const stage = silent || !facts.stages.has(placed.unit.name) ? undefined : analysis.stages[placed.index];
    const range = stage && source.rangeIn(view.document.uri, stage.nameRange);
    const lenses = range && results(analysis, facts, stage, range);
    return lenses && lenses.length > 0 ? listed(lenses) : undefined;
  });
  return new Written(`[${said.join()}]`);
}

const commands = new WeakMap<Source, Sayings>();

/** What can be done with a stage, which its text decides. */
function commandsOf(source: Source): Sayings {
  const known = commands.get(source);
  if (known) return known;
  const sayings = new Sayings(({ name, kind = '', nameRange }, rangeOf) => {
    const range = rangeOf(nameRange);
    if (!range) return [];
    const run = lens(range, '▶ Run stage', 'lifecycle.runStage', [source.uri, name]);
    return isEffect(kind) ? [run] : [run, lens(range, 'Run from here', 'lifecycle.runFrom', [source.uri, name])];
  });
  commands.set(source, sayings);
  return sayings;
}

/** What came of a stage last, and whether that still holds. */
function results(
  analysis: Analysis,
  facts: PipelineFacts | undefined,
  stage: StagePart,
  range: LspRange,
): readonly CodeLens[] {
  const mine = facts?.stages.get(stage.name);
  if (!facts || !mine) return [];
  const lenses: CodeLens[] = [];
  const chosen = stage.kind === 'evaluate' ? textOf(nodeAt(stage.node, ['choose', 'metric'])?.node) : undefined;
  const result = resultLine(mine, chosen);
  const run = mine.manifest?.run ?? facts.run?.id;
  if (result !== undefined) lenses.push(lens(range, result, 'lifecycle.showRun', run === undefined ? [] : [run]));
  const acts = stage.kind !== undefined && isEffect(stage.kind);
  const why = acts || !mine.manifest ? undefined : whyAgain(analysis, facts, stage);
  if (why) lenses.push(lens(range, why.length === 0 ? 'cached' : `will re-run because ${shortly(why)}`, '', []));
  return lenses;
}

const shortly = (reasons: readonly string[]): string =>
  `${reasons[0] ?? ''}${reasons.length > 1 ? ` and ${reasons.length - 1} more` : ''}`.slice(0, 100);

function lens(range: LspRange, title: string, command: string, args: unknown[]): CodeLens {
  return { range, command: { title, command, ...(args.length > 0 && { arguments: args }) } };
}

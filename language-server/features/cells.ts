import { isEffect } from '../../lifecycle/pipeline/plan';
import { stageKinds, stageSchema } from '../../lifecycle/pipeline/schema';
import { nodeAt, textOf } from '../../lifecycle/pipeline/tree';
import { resultLine } from '../cards';
import { whyAgain } from '../runs';
import type { Source, View } from '../source';
import { stageSnippet } from '../suggest/snippets';
import type { Workspace } from '../workspace';

// What LSP has no request for: the status bar of a notebook's cell, and a stage to begin with.

/** What is known of one stage in a cell of a lifecycle document. */
export interface CellStage {
  readonly name: string;
  readonly kind: string;
  /** `new`: has no result yet. `acts`: deploys or watches, so it is never reused. `unknown`: the cell can't be read, or the store was not read yet. */
  readonly state: 'cached' | 'stale' | 'new' | 'running' | 'failed' | 'acts' | 'unknown';
  /** The last result on one line. */
  readonly result?: string;
  /** Why it would run again. */
  readonly reasons: readonly string[];
}

/** The stages of one cell, in the order of the text. */
export function cellStages(workspace: Workspace, source: Source, view: View): CellStage[] {
  const analysis = source.analysis();
  const facts = workspace.runs.facts(analysis);
  const seen = new Set<string>();
  return analysis.stages.flatMap((stage): CellStage[] => {
    const { name, kind } = stage;
    if (kind === undefined || seen.has(name) || !source.rangeIn(view.document.uri, stage.nameRange)) return [];
    seen.add(name);
    const mine = facts?.stages.get(name);
    const chosen = kind === 'evaluate' ? textOf(nodeAt(stage.node, ['choose', 'metric'])?.node) : undefined;
    const result = resultLine(mine, chosen);
    const known = { name, kind, ...(result === undefined ? {} : { result }) };
    if (mine?.last?.state === 'running') return [{ ...known, state: 'running', reasons: [] }];
    if (isEffect(kind)) return [{ ...known, state: mine?.last?.state === 'failed' ? 'failed' : 'acts', reasons: [] }];
    const reasons = whyAgain(analysis, facts, stage);
    if (reasons === undefined) return [{ ...known, state: 'unknown', reasons: [] }];
    if (mine?.last?.state === 'failed') return [{ ...known, state: 'failed', reasons }];
    if (!mine?.manifest) return [{ ...known, state: 'new', reasons }];
    return [{ ...known, state: reasons.length === 0 ? 'cached' : 'stale', reasons }];
  });
}

export interface StageTemplate {
  readonly kind: string;
  readonly description: string;
  /** In VS Code's snippet syntax. */
  readonly snippet: string;
}

/** A stage of each kind to begin with, in the order of the lifecycle. */
export function stageTemplates(indent: number): StageTemplate[] {
  return stageKinds().map((kind) => ({
    kind,
    description: stageSchema(kind)?.description ?? '',
    snippet: stageSnippet(kind, indent),
  }));
}

import { type Diagnostic as LspDiagnostic, DiagnosticSeverity, DiagnosticTag } from '../protocol';
import { rangeNear } from '../../lifecycle/pipeline/found';
import { misfitSaid } from '../../lifecycle/pipeline/layers-misfit';
import type { Diagnostic, Severity } from '../../lifecycle/pipeline/types';
import { misfitsIn } from '../misfits';
import { uriOf, type Workspace } from '../workspace';
import type { Place, Source } from '../source';
import { textOfStage } from '../runs';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

const unnecessary: ReadonlySet<string> = new Set([
  'unused-parameter',
  'unused-stage',
  'no-effect',
  'repeated-item',
  'repeated-step',
]);

/** What the analyser found wrong, and below it how the last run failed; by document, every document of the source included. */
export function diagnosticsOf(workspace: Workspace, source: Source): Map<string, LspDiagnostic[]> {
  const result = new Map<string, LspDiagnostic[]>(source.views.map(({ document }) => [document.uri, []]));
  const found = source.kind === 'targets' ? source.targets().diagnostics : source.analysis().diagnostics;
  for (const diagnostic of found) {
    const place = placeOf(source, diagnostic);
    if (place) result.get(place.uri)?.push(convert(source, diagnostic, place));
  }
  if (source.kind === 'pipeline')
    for (const { uri, ...diagnostic } of [
      ...misfitsOf(workspace, source),
      ...failuresOf(workspace, source),
      ...warningsOf(workspace, source),
    ])
      result.get(uri)?.push(diagnostic);
  return result;
}

/** In a notebook, what is wrong with the header though there is no cell for it stands at the first cell. */
function placeOf(source: Source, range: Diagnostic): Place | undefined {
  const place = source.place(range);
  if (place || !source.isNotebook || range.code === 'empty') return place;
  const [first] = source.views;
  return first && source.place({ from: first.from, to: first.from });
}

function convert(source: Source, diagnostic: Diagnostic, { range }: Place): LspDiagnostic {
  const related = diagnostic.related?.flatMap(({ range: at, message, path }) => {
    if (path !== undefined)
      return [
        {
          location: { uri: uriOf(path), range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } },
          message,
        },
      ];
    const place = source.place(at);
    return place ? [{ location: place, message }] : [];
  });
  return {
    range,
    severity: severities[diagnostic.severity],
    code: diagnostic.code,
    source: 'ML Lifecycle',
    message: diagnostic.message,
    ...(related && related.length > 0 && { relatedInformation: related }),
    ...(unnecessary.has(diagnostic.code) && diagnostic.severity === 'hint' && { tags: [DiagnosticTag.Unnecessary] }),
    ...(diagnostic.suggestion !== undefined && { data: { suggestion: diagnostic.suggestion } }),
  };
}

function misfitsOf(workspace: Workspace, source: Source): (LspDiagnostic & { uri: string })[] {
  return misfitsIn(workspace, source).flatMap(({ stage: { unit, base }, misfit }) => {
    const { from, to, message } = misfitSaid(unit, misfit);
    const place = source.place({ from: from + base, to: to + base });
    if (!place) return [];
    return [
      {
        uri: place.uri,
        range: place.range,
        severity: DiagnosticSeverity.Error,
        code: 'layers-misfit',
        source: 'ML Lifecycle',
        message,
      },
    ];
  });
}

/** What the last run warned of in stages whose text is the same: how a training went, for one. */
function warningsOf(workspace: Workspace, source: Source): (LspDiagnostic & { uri: string })[] {
  const analysis = source.analysis();
  const facts = source.uri.startsWith('file:') || source.isNotebook ? workspace.runs.facts(analysis) : undefined;
  const run = facts?.run;
  if (!run) return [];
  return analysis.stages.flatMap((stage) => {
    const warnings = facts.stages.get(stage.name)?.warnings ?? [];
    if (warnings.length === 0 || facts.texts.get(stage.name) !== textOfStage(analysis, stage)) return [];
    return gathered(warnings).flatMap(({ message, hint, path, code }) => {
      // VS Code has a Problem for each drifted column, with what can be done about it.
      if (code === 'drift' && stage.kind === 'monitor' && workspace.explains) return [];
      const place = source.place(rangeNear(analysis, stage.name, path ?? []) ?? stage.nameRange);
      if (!place) return [];
      return [
        {
          uri: place.uri,
          range: place.range,
          severity: DiagnosticSeverity.Warning,
          ...(code !== undefined && { code }),
          source: 'ML Lifecycle run',
          message: `${message}${hint === undefined ? '' : ` ${hint}`}`,
          data: { run: run.id },
        },
      ];
    });
  });
}

/** So many warnings of one kind are shown each by itself; more are one. */
const MOST_OF_A_KIND = 3;

/** Warnings with those of one kind, when they are many and have no place of their own, put into one: twenty columns may drift at once. */
function gathered<W extends { readonly code?: string; readonly path?: unknown; readonly message: string }>(
  warnings: readonly W[],
): readonly W[] {
  const kindOf = ({ code, path }: W): string | undefined => (path === undefined ? code : undefined);
  const kinds = new Map<string | undefined, W[]>();
  for (const warning of warnings) kinds.set(kindOf(warning), [...(kinds.get(kindOf(warning)) ?? []), warning]);
  return [...kinds].flatMap(([kind, list]) => {
    const [first, ...rest] = list;
    if (kind === undefined || first === undefined || list.length <= MOST_OF_A_KIND) return list;
    return [{ ...first, message: `${first.message.replace(/\.$/, '')}, and ${rest.length} more warnings like it.` }];
  });
}

/** Stages that failed in the last run, as long as their text is the same. */
function failuresOf(workspace: Workspace, source: Source): (LspDiagnostic & { uri: string })[] {
  const analysis = source.analysis();
  const facts = source.uri.startsWith('file:') || source.isNotebook ? workspace.runs.facts(analysis) : undefined;
  if (facts?.run?.status !== 'failed') return [];
  const { run } = facts;
  return analysis.stages.flatMap((stage) => {
    const last = facts.stages.get(stage.name)?.last;
    if (last?.state !== 'failed' || !last.error || facts.texts.get(stage.name) !== textOfStage(analysis, stage))
      return [];
    const { message, hint, path } = last.error;
    const place = source.place(rangeNear(analysis, stage.name, path ?? []) ?? stage.nameRange);
    if (!place) return [];
    return [
      {
        uri: place.uri,
        range: place.range,
        severity: DiagnosticSeverity.Error,
        code: last.error.code,
        source: 'ML Lifecycle run',
        message: `${message}${hint === undefined ? '' : ` ${hint}`}`,
        data: { run: run.id },
      },
    ];
  });
}

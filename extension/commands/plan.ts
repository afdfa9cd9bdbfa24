import * as vscode from 'vscode';
import { type EngineAnswer, messageOf } from '../engine';

/** What a deployment would change: texts of before and after, empty where there is nothing. */
export interface Change {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/** A plan as the engine tells it. */
export interface ShownPlan {
  readonly actions: readonly string[];
  readonly notes: readonly string[];
  readonly changes: readonly Change[];
}

const SCHEME = 'lifecycle-plan';
const texts = new Map<string, string>();
let shown = 0;

/** A text for the editor to show that nobody can change or has to save. @param name shown on the tab; its ending tells the language */
export function shownText(name: string, text: string): vscode.Uri {
  const path = `/${++shown}/${name}`;
  texts.set(path, text);
  return vscode.Uri.from({ scheme: SCHEME, path });
}

/** Gives such texts to the editor. */
export function registerPlans(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    // A tab of a window that was closed since: VS Code opens it again, and its text is gone.
    provideTextDocumentContent: (uri) =>
      texts.get(uri.path) ?? '# What stood here was made for a window that is closed: ask for it again.\n',
  });
}

/**
 * Asks whether a plan is to be carried out. Its actions stand in the question; *Show Changes* opens them as a diff against what is there, and
 * asks beside it.
 */
export async function confirmPlan(question: string, title: string, plan: ShownPlan): Promise<boolean> {
  const detail = [...plan.actions.map((action) => `• ${action}`), ...plan.notes].join('\n');
  const first = await vscode.window.showWarningMessage(
    question,
    { modal: true, detail },
    'Deploy',
    ...(plan.changes.length > 0 ? ['Show Changes'] : []),
  );
  if (first !== 'Show Changes') return first === 'Deploy';
  await showChanges(title, plan);
  return (await vscode.window.showWarningMessage(question, 'Deploy', 'Cancel')) === 'Deploy';
}

/** Opens what a plan changes as one diff, a section for each file or object. */
async function showChanges(title: string, { changes }: ShownPlan): Promise<void> {
  const side = (name: 'before' | 'after'): vscode.Uri =>
    shownText(
      `${name === 'before' ? 'what is there' : 'what would be'}.yaml`,
      changes.map((change) => `# ${change.what}\n${change[name] === '' ? '# (nothing)\n' : change[name]}`).join('\n'),
    );
  await vscode.commands.executeCommand('vscode.diff', side('before'), side('after'), `Plan: ${title}`, {
    preview: true,
  });
}

/** The changes of a plan as they came from the engine. */
export function changesIn(value: unknown): Change[] {
  return Array.isArray(value)
    ? value.filter(
        (one): one is Change =>
          typeof one === 'object' &&
          one !== null &&
          ['what', 'before', 'after'].every((name) => typeof (one as Record<string, unknown>)[name] === 'string'),
      )
    : [];
}

/** Shows why the engine failed, with a way to the line that is to blame. */
export async function showProblem(answer: EngineAnswer): Promise<void> {
  const problem = answer.lines
    .map((line) => line['error'] as { file?: unknown; line?: unknown; column?: unknown } | undefined)
    .findLast((error) => typeof error?.file === 'string' && typeof error.line === 'number');
  const choice = await vscode.window.showErrorMessage(messageOf(answer), ...(problem ? ['Go to Line'] : []));
  if (choice === undefined || typeof problem?.file !== 'string' || typeof problem.line !== 'number') return;
  const at = new vscode.Position(problem.line - 1, typeof problem.column === 'number' ? problem.column - 1 : 0);
  await vscode.window.showTextDocument(vscode.Uri.file(problem.file), { selection: new vscode.Range(at, at) });
}

import * as vscode from 'vscode';
import type { ShownExamples } from '../schemas/shown';
import type { ExamplesAnswer, ExamplesQuestion } from '../webviews/protocol';
import { messageOf, type Engine } from './engine';
import type { Runs } from './runs';

/** Rows that are shown at once. */
const most = 20;
/** Longest wait, in milliseconds. */
const patience = 120_000;

/** Lets the engine ask models of the store about rows of their data, for the pages that show evaluations. */
export async function askExamples(engine: Engine, runs: Runs, question: ExamplesQuestion): Promise<ExamplesAnswer> {
  if (!vscode.workspace.isTrusted)
    return { trouble: 'This workspace is not trusted.', hint: 'Trust it to ask its models.' };
  const run = await runs.find(question.run);
  if (!run) return { trouble: `The run ${question.run} is no longer in the store.` };
  const { stage, model, split, actual, predicted, against } = question;
  const answer = await engine.ask(
    [
      'examples',
      run.id,
      `--stage=${stage}`,
      `--model=${model}`,
      `--split=${split}`,
      `--limit=${most}`,
      ...(actual === undefined ? [] : [`--actual=${actual}`]),
      ...(predicted === undefined ? [] : [`--predicted=${predicted}`]),
      ...(against
        ? [`--against=${against.model}`, `--against-run=${against.run}`, `--against-stage=${against.stage}`]
        : []),
    ],
    { cwd: run.root, timeout: patience },
  );
  const found = answer.lines.find((line) => Array.isArray(line['examples']));
  return answer.code === 0 && found ? { examples: found as unknown as ShownExamples } : { trouble: messageOf(answer) };
}

import * as vscode from 'vscode';
import type { Asked, FromRenderer, ToRenderer } from '../../webviews/protocol';
import type { Engine } from '../engine';
import { sayElsewhere } from '../../lifecycle/store/elsewhere';
import { askExamples } from '../examples';
import type { Runs } from '../runs';
import type { ModelsView } from '../views/models';

/** Longest wait for an answer, in milliseconds. */
const patience = 20_000;

/** Answers what results in lifecycle documents ask: deployed models about a row (a page may not reach the network, the editor does it), the engine about rows behind a figure. */
export function registerAnswers(models: ModelsView, engine: Engine, runs: Runs): vscode.Disposable {
  const messaging = vscode.notebooks.createRendererMessaging('lifecycle-stage');
  return messaging.onDidReceiveMessage(({ editor, message }) => {
    const asked = message as FromRenderer;
    const tell = (found: ToRenderer): void => void messaging.postMessage(found, editor);
    switch (asked.type) {
      case 'ask':
        return void answer(models, asked).then((found) => tell({ type: 'asked', id: asked.id, answer: found }));
      case 'examples':
        return void askExamples(engine, runs, asked.question).then((found) =>
          tell({ type: 'examples', id: asked.id, answer: found }),
        );
    }
  });
}

/** Only what is deployed from this workspace is asked, wherever a page would have it. */
async function answer(models: ModelsView, { url, row, key }: Extract<FromRenderer, { type: 'ask' }>): Promise<Asked> {
  if (!vscode.workspace.isTrusted)
    return { trouble: 'This workspace is not trusted.', hint: 'Trust it to ask its deployments.' };
  const deployments = (await models.getChildren()).flatMap((node) => (node.type === 'deployment' ? [node] : []));
  const found = deployments.find(({ entry, stopped }) => entry.url === url && !stopped);
  if (!found)
    return {
      trouble: `Nothing of this workspace is served at ${url} any more.`,
      hint: 'Run this cell to deploy it again.',
    };
  if (found.live?.alive === false)
    return found.live.elsewhere
      ? {
          trouble: `${found.target} is not served from this folder: ${sayElsewhere(found.live.elsewhere)}.`,
          hint: 'Run this cell to serve it here.',
        }
      : { trouble: `The server of ${found.target} is gone.`, hint: 'Run this cell to start it again.' };
  const { fetchJson } = await import('../lazy');
  const at = `${(found.live?.url ?? url).replace(/\/+$/, '')}/predict`;
  const began = performance.now();
  try {
    const { status, value } = await fetchJson(at, {
      body: { rows: [row] },
      timeout: patience,
      ...(key ? { headers: { authorization: `Bearer ${key}` } } : {}),
    });
    return { status, body: value, milliseconds: performance.now() - began };
  } catch (error) {
    return { trouble: error instanceof Error ? error.message : String(error) };
  }
}

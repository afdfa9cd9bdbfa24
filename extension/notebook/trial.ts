import * as vscode from 'vscode';
import type { Asked, FromRenderer, ToRenderer } from '../../webviews/protocol';
import type { ModelsView } from '../views/models';

/** Longest wait for an answer, in milliseconds. */
const patience = 20_000;

/** Answers the forms in lifecycle documents that ask deployed models: a page may not reach the network, the editor does it. */
export function registerTrials(models: ModelsView): vscode.Disposable {
  const messaging = vscode.notebooks.createRendererMessaging('lifecycle-stage');
  return messaging.onDidReceiveMessage(({ editor, message }) => {
    const { type, id, ...asked } = message as FromRenderer;
    if (type !== 'ask') return;
    void answer(models, asked).then((found) =>
      messaging.postMessage({ type: 'asked', id, answer: found } satisfies ToRenderer, editor),
    );
  });
}

/** Only what is deployed from this workspace is asked, wherever a page would have it. */
async function answer(models: ModelsView, { url, row, key }: Omit<FromRenderer, 'type' | 'id'>): Promise<Asked> {
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
    return { trouble: `The server of ${found.target} is gone.`, hint: 'Run this cell to start it again.' };
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

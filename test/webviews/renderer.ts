import type { StageOutput } from '../../schemas/shown';
import { sendable } from '../../lifecycle/report/detail';
import type { Asked, ExamplesAnswer, FromRenderer } from '../../webviews/protocol';
import { Panel, type PanelOptions } from './rig';

/** The renderer as VS Code starts it, with one cell. Each question is answered with the next of the answers. */
export async function openRenderer(
  output: StageOutput,
  answers: readonly (Asked | ExamplesAnswer)[] = [],
  options: PanelOptions = { height: 900 },
): Promise<Panel> {
  const panel = await Panel.open('renderer', options);
  // As text: what esbuild makes of functions within functions is not known in the page.
  await panel.page.evaluate(`{
    const answers = ${JSON.stringify(answers)};
    window.asked = [];
    let tell;
    const renderer = panel.activate({
      postMessage: (message) => {
        window.asked.push(message);
        setTimeout(() => tell({ type: message.type === 'ask' ? 'asked' : message.type, id: message.id, answer: answers.shift() }), 0);
      },
      onDidReceiveMessage: (listener) => (tell = listener),
      getState: () => window.rendererState,
      setState: (state) => (window.rendererState = JSON.parse(JSON.stringify(state))),
    });
    const main = document.body.appendChild(document.createElement('main'));
    for (const level of ['h1', 'h2']) main.append(Object.assign(document.createElement(level), { textContent: 'Document' }));
    // As VS Code's own sheet has it.
    main.style.color = 'var(--vscode-foreground)';
    const place = main.appendChild(document.createElement('div'));
    window.draw = (text) => renderer.renderOutputItem({ json: () => JSON.parse(text) }, place);
  }`);
  await draw(panel, output);
  return panel;
}

/** Gives the cell other content, as while a stage runs. */
export async function draw({ page }: Panel, output: StageOutput): Promise<void> {
  await page.evaluate((text) => (window as unknown as { draw(text: string): void }).draw(text), sendable(output));
}

/** What the results asked the editor so far. */
export function asked({ page }: Panel): Promise<FromRenderer[]> {
  return page.evaluate(() => (window as unknown as { asked: FromRenderer[] }).asked);
}

import type { StageOutput } from '../protocol';
import { figureCss } from '../ui-kit/figure-style';
import { adopt } from '../ui-kit/sheet';
import { stageView } from '../renderer/stage';
import { rendererCss } from '../renderer/style';

// The script of a report page (lifecycle/report/page.ts): puts the figures where the short forms stand. There is no editor around it.

const dark = matchMedia('screen and (prefers-color-scheme: dark)');
const theme = (): void => {
  document.body.className = dark.matches ? 'vscode-dark' : 'vscode-light';
};

function draw(): void {
  theme();
  adopt(figureCss);
  adopt(rendererCss);
  for (const place of document.querySelectorAll('.result')) {
    const data = place.querySelector('script[type="application/json"]')?.textContent;
    if (data === null || data === undefined) continue;
    const figure = stageView(JSON.parse(data) as StageOutput);
    for (const old of place.querySelectorAll('.still, .lifecycle-stage')) old.remove();
    place.append(figure);
  }
}

draw();
dark.addEventListener('change', draw);

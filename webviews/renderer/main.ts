import type { StageOutput } from '../protocol';
import { h } from '../ui-kit/dom';
import { examplesCss } from '../ui-kit/examples-style';
import { figureCss } from '../ui-kit/figure-style';
import { keepPlace } from '../ui-kit/keep';
import { adopt } from '../ui-kit/sheet';
import { editorOf, type Context, type Editor } from './editor';
import { stageView } from './stage';
import { rendererCss } from './style';

/** The part of VS Code's `OutputItem` that is used here. */
interface Item {
  json(): unknown;
}

/** VS Code calls this once for the page, then {@link renderOutputItem} for each output and each time its content changes. */
export function activate(context?: Context): { renderOutputItem(item: Item, element: HTMLElement): void } {
  const editor = editorOf(context ?? {});
  return {
    renderOutputItem(item, element) {
      adopt(figureCss, element);
      adopt(examplesCss, element);
      adopt(rendererCss, element);
      const kept = keepPlace(element);
      element.replaceChildren(read(item, editor));
      kept();
    },
  };
}

function read(item: Item, editor: Editor | undefined): HTMLElement {
  let output: StageOutput;
  try {
    output = item.json() as StageOutput;
  } catch {
    return h(
      'div',
      { class: 'lifecycle-stage' },
      h('p', { class: 'note' }, 'This output is damaged. Run the cell again.'),
    );
  }
  if ((output as { format?: unknown } | null)?.format !== 1)
    return h(
      'div',
      { class: 'lifecycle-stage' },
      h('p', { class: 'note' }, 'This output was made by another version of ML Lifecycle. Run the cell again.'),
    );
  return stageView(output, editor);
}

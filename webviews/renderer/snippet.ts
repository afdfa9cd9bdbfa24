import { curl, python } from '../requests';
import { h } from '../ui-kit/dom';

/**
 * A request as a command line, to be copied as such or as a program.
 * @param body of the request, asked for when it is copied
 */
export function snippet(body: () => unknown, url: string): HTMLElement {
  const code = h('code', {});
  const said = h('span', { role: 'status', class: 'says' });
  const show = (text: string): void => {
    code.textContent = text;
  };
  const copy = (text: string, what: string): void => {
    navigator.clipboard.writeText(text).then(
      () => (said.textContent = `Copied as ${what}`),
      () => {
        // Without the right to write there, the text is marked for Ctrl+C.
        show(text);
        getSelection()?.selectAllChildren(code);
        said.textContent = 'Selected: press Ctrl+C or ⌘C';
      },
    );
  };
  const element = h(
    'div',
    { class: 'snippet' },
    h('pre', { tabindex: 0, role: 'group', 'aria-label': 'Command' }, code),
    h(
      'div',
      { class: 'buttons' },
      h('button', { class: 'plain', type: 'button', onclick: () => copy(curl(url, body()), 'curl') }, 'Copy as curl'),
      h(
        'button',
        { class: 'plain', type: 'button', onclick: () => copy(python(url, body()), 'Python') },
        'Copy as Python',
      ),
      said,
    ),
  );
  element.addEventListener('refresh', () => show(curl(url, body())));
  show(curl(url, body()));
  return element;
}

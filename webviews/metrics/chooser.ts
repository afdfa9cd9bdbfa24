import type { RunChoice } from '../protocol';
import { h } from '../ui-kit';

/** A button that opens a list of runs to tick. @param onChoose told the chosen ids, the first chosen first */
export function runChooser(onChoose: (runs: string[]) => void): {
  readonly element: HTMLElement;
  update(choices: readonly RunChoice[], chosen: readonly string[]): void;
} {
  let choices: readonly RunChoice[] = [];
  let chosen: string[] = [];
  const opener = h('button', {
    class: 'plain-button',
    type: 'button',
    'aria-haspopup': 'dialog',
    'aria-expanded': 'false',
  });
  const list = h('div', { class: 'chooser', role: 'dialog', 'aria-label': 'Runs' });
  const search = h('input', {
    type: 'search',
    placeholder: 'Search runs',
    'aria-label': 'Search runs',
    class: 'search-runs',
  });
  const items = h('div', {});
  list.append(search, items);
  list.hidden = true;
  const element = h('div', { class: 'run-choice' }, opener, list);
  const close = (): void => {
    list.hidden = true;
    opener.setAttribute('aria-expanded', 'false');
  };
  const fill = (): void => {
    const wanted = search.value.toLowerCase();
    items.replaceChildren(
      ...choices
        .filter(({ label, id }) => `${label} ${id}`.toLowerCase().includes(wanted))
        .slice(0, 200)
        .map(({ id, label }) => {
          const box = h('input', { type: 'checkbox', checked: chosen.includes(id), 'aria-label': label });
          box.addEventListener('change', () => {
            chosen = box.checked ? [...chosen, id] : chosen.filter((each) => each !== id);
            if (chosen.length > 0) onChoose(chosen);
          });
          const only = h(
            'button',
            {
              class: 'quiet-button',
              type: 'button',
              onclick: () => {
                close();
                onChoose([id]);
                opener.focus();
              },
            },
            label,
          );
          return h('div', { class: 'choice' }, box, only);
        }),
    );
  };
  search.addEventListener('input', fill);
  opener.addEventListener('click', () => {
    if (!list.hidden) return close();
    list.hidden = false;
    opener.setAttribute('aria-expanded', 'true');
    search.value = '';
    fill();
    search.focus();
  });
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || list.hidden) return;
    close();
    opener.focus();
  });
  document.addEventListener('pointerdown', (event) => {
    if (!element.contains(event.target as Node)) close();
  });
  return {
    element,
    update(all, shown) {
      choices = all;
      chosen = [...shown];
      const text =
        shown.length === 1 ? (all.find(({ id }) => id === shown[0])?.label ?? 'Runs') : `${shown.length} runs`;
      if (opener.textContent !== text) opener.textContent = text;
      if (!list.hidden && document.activeElement === search) fill();
    },
  };
}

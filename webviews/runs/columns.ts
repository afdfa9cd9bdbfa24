import type { Column } from '../../lifecycle/query';
import type { RunsLayout } from '../protocol';
import { h } from '../ui-kit';
import { titleOf } from '../ui-kit/value';

const kinds: readonly (readonly [Column['kind'], string])[] = [
  ['fact', 'Run'],
  ['label', 'Labels'],
  ['parameter', 'Parameters'],
  ['metric', 'Metrics'],
  ['range', 'Smallest and largest of curves'],
  ['setting', 'Settings of stages'],
];

/** A list of all columns with boxes to tick. @param onChange told the names of all columns that are not to be shown, and of the ends of series that are */
export function columnChooser(onChange: (choice: Required<Pick<RunsLayout, 'hidden' | 'ranges'>>) => void): {
  toggle(all: readonly Column[], shown: readonly Column[], at: HTMLElement): void;
} {
  let element: HTMLElement | undefined;
  const close = (back?: HTMLElement): void => {
    element?.remove();
    element = undefined;
    back?.focus();
  };
  return {
    toggle(all, shown, at) {
      if (element) return close(at);
      const on = new Set(shown.map(({ name }) => name));
      const search = h('input', {
        type: 'search',
        class: 'search-columns',
        placeholder: 'Search columns',
        'aria-label': 'Search columns',
      });
      const boxes = all.map((column) => {
        const box = h('input', { type: 'checkbox', checked: on.has(column.name) });
        box.addEventListener('change', () => {
          if (box.checked) on.add(column.name);
          else on.delete(column.name);
          const hidden = all.filter(({ name, kind }) => kind !== 'range' && !on.has(name));
          const ranges = all.filter(({ name, kind }) => kind === 'range' && on.has(name));
          onChange({ hidden: hidden.map(({ name }) => name), ranges: ranges.map(({ name }) => name) });
        });
        return { column, label: h('label', {}, box, h('span', { title: column.name }, titleOf(column))) };
      });
      const groups = kinds.flatMap(([kind, title]) => {
        const members = boxes.filter(({ column }) => column.kind === kind);
        return members.length === 0
          ? []
          : [h('fieldset', {}, h('legend', {}, title), ...members.map(({ label }) => label))];
      });
      search.addEventListener('input', () => {
        const wanted = search.value.toLowerCase();
        for (const { column, label } of boxes)
          label.hidden = !`${column.name} ${titleOf(column)}`.toLowerCase().includes(wanted);
      });
      element = h(
        'div',
        { class: 'chooser', role: 'dialog', 'aria-label': 'Columns' },
        search,
        ...groups,
        h('button', { class: 'plain-button', type: 'button', onclick: () => close(at) }, 'Done'),
      );
      element.addEventListener('keydown', (event) => {
        if (event.key === 'Escape') close(at);
      });
      document.body.append(element);
      const box = at.getBoundingClientRect();
      element.style.left = `${Math.max(4, Math.min(box.left, window.innerWidth - element.offsetWidth - 8))}px`;
      element.style.top = `${box.bottom + 2}px`;
      search.focus();
    },
  };
}

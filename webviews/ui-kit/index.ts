// The only importer of a component library. `./library` stands for the one chosen when building (UI_KIT=toolkit or elements in esbuild.mjs).
import { names, register } from './library';

export { h, clear, announce } from './dom';
export { palette, onThemeChange, color } from './theme';

type Attributes = Readonly<Record<string, string | boolean | undefined>>;

function widget(name: string, attributes: Attributes, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

/** Defines the widgets. Call once, before any of them is made. */
export const registerWidgets = register;

export function button(label: string, onClick: () => void, look: 'primary' | 'secondary' = 'primary'): HTMLElement {
  const element = widget(names.button, look === 'secondary' ? { appearance: 'secondary', secondary: true } : {}, label);
  element.addEventListener('click', onClick);
  return element;
}

export function spinner(label: string): HTMLElement {
  return widget(names.spinner, { 'aria-label': label });
}

export interface Select {
  readonly element: HTMLElement;
  /** Puts other choices in without losing focus when they are the same. */
  update(choices: readonly { readonly value: string; readonly label: string }[], value: string | undefined): void;
}

/** A labelled choice of one of many. */
export function select(label: string, onChange: (value: string) => void): Select {
  const element = widget(names.select, { 'aria-label': label, class: 'select' });
  let shown = '';
  element.addEventListener('change', () => onChange((element as unknown as { value: string }).value));
  return {
    element,
    update(choices, value) {
      const wanted = JSON.stringify(choices);
      if (wanted !== shown) {
        shown = wanted;
        element.replaceChildren(
          ...choices.map((choice) => widget(names.option, { value: choice.value }, choice.label)),
        );
      }
      // The library reads its options in a later microtask, and only then accepts a value.
      queueMicrotask(() => {
        (element as unknown as { value: string }).value = value ?? '';
      });
    },
  };
}

// The only importer of a component library. `./library` stands for the one chosen when building (UI_KIT=toolkit or elements in esbuild.mjs).
import { checkboxContent, checkboxLabel, names, register } from './library';

export { h, clear, announce, renew } from './dom';
export { palette, onThemeChange, color } from './theme';
export { openMenu, type MenuItem } from './menu';

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

export interface TextField {
  readonly element: HTMLElement;
  value: string;
  /** Marks the text as wrong, or as right again. */
  complain(message: string | undefined): void;
}

/** A line of text with a label for screen readers. @param onInput called with each change */
export function textField(label: string, placeholder: string, onInput: (value: string) => void): TextField {
  const element = widget(names.text, { 'aria-label': label, label, placeholder, class: 'text-field' });
  const inside = element as HTMLElement & { value: string; label?: string };
  // The elements take the name as a property only.
  inside.label = label;
  // The toolkit calls its field "Text field" when it is put into the page; a microtask later it takes the name that was meant.
  queueMicrotask(() => element.setAttribute('aria-label', label));
  element.addEventListener('input', () => onInput(inside.value));
  return {
    element,
    get value() {
      return inside.value ?? '';
    },
    set value(text: string) {
      if ((inside.value ?? '') !== text) inside.value = text;
    },
    complain(message) {
      element.classList.toggle('wrong', message !== undefined);
      element.setAttribute('aria-invalid', String(message !== undefined));
    },
  };
}

export interface Checkbox {
  readonly element: HTMLElement;
  checked: boolean;
}

export function checkbox(label: string, checked: boolean, onChange: (checked: boolean) => void): Checkbox {
  const element = widget(names.checkbox, { checked, ...checkboxLabel(label) }, ...checkboxContent(label));
  const inside = element as HTMLElement & { checked: boolean };
  element.addEventListener('change', () => onChange(inside.checked));
  return {
    element,
    get checked() {
      return inside.checked;
    },
    set checked(value: boolean) {
      inside.checked = value;
    },
  };
}

/** A labelled choice of one of many. */
export function select(label: string, onChange: (value: string) => void): Select {
  // The toolkit reads `aria-label`, the elements read `label`.
  const element = widget(names.select, { 'aria-label': label, label, class: 'select' });
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

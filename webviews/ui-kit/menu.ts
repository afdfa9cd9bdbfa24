import { h } from './dom';

export interface MenuItem {
  readonly label: string;
  /** Key that does the same, for the eye. */
  readonly key?: string;
  readonly disabled?: boolean;
  /** A line before it. */
  readonly apart?: boolean;
  readonly checked?: boolean;
  act(): void;
}

let close: (() => void) | undefined;

/** Opens a menu at a place of the window; arrow keys move in it, Escape and a click elsewhere close it and give the focus back. */
export function openMenu(
  label: string,
  items: readonly MenuItem[],
  place: { readonly x: number; readonly y: number },
): void {
  close?.();
  const before = document.activeElement as HTMLElement | null;
  const element = h(
    'div',
    { class: 'menu', role: 'menu', 'aria-label': label },
    ...items.flatMap((item) => [
      item.apart ? h('div', { role: 'separator', class: 'line' }) : (false as const),
      h(
        'button',
        {
          class: 'item',
          role: item.checked === undefined ? 'menuitem' : 'menuitemcheckbox',
          'aria-checked': item.checked === undefined ? undefined : String(item.checked),
          tabindex: -1,
          disabled: item.disabled,
          onclick: () => {
            close?.();
            item.act();
          },
        },
        h('span', {}, `${item.checked ? '✓ ' : ''}${item.label}`),
        item.key ? h('span', { class: 'key' }, item.key) : false,
      ),
    ]),
  );
  const away = (event: Event): void => {
    if (!element.contains(event.target as Node)) close?.();
  };
  close = () => {
    close = undefined;
    element.remove();
    document.removeEventListener('pointerdown', away, true);
    before?.focus({ preventScroll: true });
  };
  element.addEventListener('keydown', (event) => {
    const choices = [...element.querySelectorAll<HTMLButtonElement>('.item:not(:disabled)')];
    const at = choices.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: choices.length - 1 }[event.key];
    if (to !== undefined) choices[(to + choices.length) % choices.length]?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') close?.();
    else if (event.key.length === 1 && event.key !== ' ') {
      const letter = event.key.toLowerCase();
      [...choices.slice(at + 1), ...choices.slice(0, at + 1)]
        .find((choice) => choice.textContent?.toLowerCase().startsWith(letter))
        ?.focus();
      return;
    } else return;
    event.preventDefault();
  });
  document.addEventListener('pointerdown', away, true);
  document.body.append(element);
  const { width, height } = element.getBoundingClientRect();
  element.style.left = `${Math.max(4, Math.min(place.x, window.innerWidth - width - 4))}px`;
  element.style.top = `${Math.max(4, Math.min(place.y, window.innerHeight - height - 4))}px`;
  element.querySelector<HTMLButtonElement>('.item:not(:disabled)')?.focus({ preventScroll: true });
}

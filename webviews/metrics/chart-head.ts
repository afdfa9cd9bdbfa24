import { h, openMenu, type MenuItem } from '../ui-kit';

/** Title and buttons of a chart. */
export function headOf(
  key: string,
  pinned: boolean,
  events: { readonly pin: () => void; readonly menu: () => MenuItem[] },
): HTMLElement[] {
  return [
    h('h2', { title: key }, key),
    h(
      'button',
      {
        class: 'quiet-button',
        type: 'button',
        'aria-pressed': String(pinned),
        'aria-label': `Pin ${key}`,
        'data-keep': `pin ${key}`,
        title: 'Pin',
        onclick: events.pin,
      },
      pinned ? '★' : '☆',
    ),
    h(
      'button',
      {
        class: 'quiet-button',
        type: 'button',
        'aria-haspopup': 'menu',
        'aria-label': `Save ${key}`,
        'data-keep': `save ${key}`,
        title: 'Save',
        onclick: (event) => {
          const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
          openMenu('Save', events.menu(), { x: box.left, y: box.bottom });
        },
      },
      '⋯',
    ),
  ];
}

type Child = Node | string | undefined | false;

/** Makes an element. Text is always set as text, so that names from data can't become markup. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(key.replace(/^on/, ''), value);
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return element;
}

export function clear(element: Element): void {
  element.replaceChildren();
}

const listed = new WeakMap<Element, { readonly key: string; readonly element: HTMLElement }[]>();

/** Puts elements into a list. Those whose key is as before stay; the focus stays at its place in the list. */
export function renew(
  list: Element,
  items: readonly { readonly key: string; readonly make: () => HTMLElement }[],
): HTMLElement[] {
  const before = listed.get(list) ?? [];
  const after = items.map(({ key, make }, place) => {
    const old = before[place];
    if (old?.key === key) return old;
    const element = make();
    if (!old) list.append(element);
    else {
      const focused = old.element.contains(document.activeElement);
      old.element.replaceWith(element);
      if (focused) (element.querySelector<HTMLElement>('button, input, a') ?? element).focus();
    }
    return { key, element };
  });
  for (const { element } of before.slice(items.length)) element.remove();
  listed.set(list, after);
  return after.map(({ element }) => element);
}

/** Says something to a screen reader without showing it; the page has one `aria-live` region with this id. */
export function announce(text: string): void {
  const region = document.getElementById('announce');
  if (region && region.textContent !== text) region.textContent = text;
}

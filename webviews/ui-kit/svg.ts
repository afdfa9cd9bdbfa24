const namespace = 'http://www.w3.org/2000/svg';

/** Makes an element of a picture. Text goes in as text nodes only. */
export function draw(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: (Node | string)[]
): SVGElement {
  const element = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

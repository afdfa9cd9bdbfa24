/** A mark of a picture that does something. */
export interface WalkMark {
  readonly element: SVGElement;
  /** Its name to a screen reader. */
  readonly says: string;
  readonly act: () => void;
}

/**
 * Makes marks of a picture buttons: a click or Enter acts, and arrow keys go from one to the next in this order, Home and End to the ends. Only one
 * is a stop of the Tab key. What holds them must be no image to a screen reader.
 */
export function walkable(marks: readonly WalkMark[]): void {
  marks.forEach(({ element, says, act }, place) => {
    element.setAttribute('role', 'button');
    element.setAttribute('aria-label', says);
    element.setAttribute('tabindex', place === 0 ? '0' : '-1');
    element.addEventListener('click', act);
    element.addEventListener('keydown', (event) => {
      const to: Readonly<Record<string, number>> = {
        ArrowRight: place + 1,
        ArrowDown: place + 1,
        ArrowLeft: place - 1,
        ArrowUp: place - 1,
        Home: 0,
        End: marks.length - 1,
      };
      const next = to[event.key];
      if (event.key === 'Enter' || event.key === ' ') act();
      else if (next === undefined) return;
      else {
        const other = marks[Math.min(marks.length - 1, Math.max(0, next))]?.element;
        element.setAttribute('tabindex', '-1');
        other?.setAttribute('tabindex', '0');
        other?.focus();
      }
      event.preventDefault();
    });
  });
}

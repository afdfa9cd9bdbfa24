/** Remembers where the reader is in an element and what is unfolded, and puts it back after new content has come. */
export function keepPlace(element: HTMLElement): () => void {
  const places = (): HTMLElement[] => [...element.querySelectorAll<HTMLElement>('[data-keep]')];
  const keyOf = (place: HTMLElement): string => place.dataset['keep'] ?? '';
  const before = new Map(
    places().map((place) => [
      keyOf(place),
      {
        top: place.scrollTop,
        left: place.scrollLeft,
        open: place instanceof HTMLDetailsElement ? place.open : undefined,
        whole: place.dataset['whole'] !== undefined,
      },
    ]),
  );
  const active = (element.getRootNode() as Document | ShadowRoot).activeElement;
  const focused = active instanceof HTMLElement && element.contains(active) ? active.dataset['keep'] : undefined;
  return () => {
    for (const place of places()) {
      const was = before.get(keyOf(place));
      if (!was) continue;
      if (was.open !== undefined && place instanceof HTMLDetailsElement) place.open = was.open;
      if (was.whole) place.dispatchEvent(new Event('show-whole'));
      place.scrollTo({ top: was.top, left: was.left, behavior: 'instant' });
      if (focused !== undefined && keyOf(place) === focused) place.focus({ preventScroll: true });
    }
  };
}

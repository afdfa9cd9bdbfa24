// What the names of logged series tell.

/** Where a metric's chart stands: curves of splits share one, other prefixes are groups. */
export function placeOf(name: string): { readonly group: string; readonly title: string; readonly split: string } {
  const at = name.indexOf('/');
  const prefix = at < 0 ? '' : name.slice(0, at);
  const rest = name.slice(at + 1);
  if (prefix === '') return { group: '', title: name, split: '' };
  if (/^(train|training|validation|valid|val|test)$/.test(prefix)) return { group: '', title: rest, split: prefix };
  return { group: prefix, title: rest, split: '' };
}

/** What is sampled of the machine has the seconds since its stage began for steps; the two timings of an optimisation are numbered. */
export const countsSeconds = ({ name }: { readonly name: string }): boolean =>
  name.startsWith('device/') && name !== 'device/milliseconds a row';

/** Appends to a list one by one: a list may be longer than the arguments that a call takes, which `push(...more)` would be. */
export function append<T>(into: T[], more: Iterable<T>): void {
  for (const each of more) into.push(each);
}

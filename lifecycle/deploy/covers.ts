/** Whether everything wanted is in what is there; services add defaults of their own. */
export function covers(there: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(there) && there.length === wanted.length && wanted.every((value, i) => covers(there[i], value))
    );
  if (typeof wanted === 'object' && wanted !== null)
    return (
      typeof there === 'object' &&
      there !== null &&
      Object.entries(wanted).every(([key, value]) =>
        // A cluster does not keep empty lists everywhere.
        Array.isArray(value) && value.length === 0
          ? [undefined, 0].includes(((there as Record<string, unknown>)[key] as unknown[] | undefined)?.length)
          : covers((there as Record<string, unknown>)[key], value),
      )
    );
  return there === wanted;
}

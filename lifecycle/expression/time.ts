const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** Milliseconds since 1970 of an ISO date or time, UTC unless it says otherwise; undefined when the text is not one. */
export function readTime(text: string): number | undefined {
  const parts = iso.exec(text.trim());
  if (!parts) return undefined;
  const field = (i: number): number => Number(parts[i] ?? 0);
  const [month, day] = [field(2), field(3)];
  const milliseconds = Number((parts[7] ?? '0').padEnd(3, '0'));
  const local = Date.UTC(field(1), month - 1, day, field(4), field(5), field(6), milliseconds);
  const date = new Date(local);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || field(4) > 23 || field(5) > 59 || field(6) > 59)
    return undefined;
  const zone = parts[8];
  if (zone === undefined || zone === 'Z') return local;
  const digits = zone.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return local - (zone.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

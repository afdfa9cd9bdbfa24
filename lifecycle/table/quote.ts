/** Quotes an identifier for DuckDB. Every name that comes from data goes through here. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text for DuckDB. */
export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A list of texts: `['a', 'b']`. */
export function texts(values: readonly string[]): string {
  return `[${values.map(text).join(', ')}]`;
}

/** A finite number as a FLOAT literal that reads back as the same float32. */
export function float(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is not a finite number`);
  return `${exponent(value)}::FLOAT`;
}

/** A finite number as a DOUBLE literal that reads back as the same double. */
export function double(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is not a finite number`);
  return `${exponent(value)}::DOUBLE`;
}

/** With an exponent DuckDB reads a double, without one a decimal of limited digits. Negative numbers are set in parentheses: `-1::FLOAT` is `-(1::FLOAT)`. */
function exponent(value: number): string {
  const digits = String(value);
  const literal = digits.includes('e') ? digits : `${digits}e0`;
  return value < 0 || Object.is(value, -0) ? `(${Object.is(value, -0) ? '-0e0' : literal})` : literal;
}

/** A path as DuckDB reads it literally: its glob characters are taken as they are. */
export function literalPath(path: string): string {
  return text(path.replace(/[*?[]/g, (character) => `[${character}]`));
}

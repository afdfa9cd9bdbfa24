const cleaned = (value: string, allowed: RegExp): string =>
  value
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/\s+/g, '-')
    .replace(allowed, '');

/** Patterns of the schemas in words, and how to mend a text that breaks them. */
export const formats: Readonly<Record<string, { words: string; fix(value: string): string }>> = {
  '^[A-Za-z][A-Za-z0-9_-]*$': {
    words: 'begin with a letter and hold only letters, digits, `-` and `_`',
    fix: (value) => cleaned(value, /[^A-Za-z0-9_-]/g).replace(/^[^A-Za-z]+/, ''),
  },
  '^[A-Za-z_][A-Za-z0-9_-]*$': {
    words: 'begin with a letter or `_` and hold only letters, digits, `-` and `_`',
    fix: (value) => cleaned(value, /[^A-Za-z0-9_-]/g).replace(/^[^A-Za-z_]+/, ''),
  },
  '^[A-Za-z_][A-Za-z0-9_]*$': {
    words: 'begin with a letter or `_` and hold only letters, digits and `_`',
    fix: (value) =>
      cleaned(value, /[^A-Za-z0-9_-]/g)
        .replace(/-/g, '_')
        .replace(/^[^A-Za-z_]+/, ''),
  },
  '^[A-Za-z0-9][A-Za-z0-9._-]*$': {
    words: 'begin with a letter or digit and hold only letters, digits, `.`, `-` and `_`',
    fix: (value) => cleaned(value, /[^A-Za-z0-9._-]/g).replace(/^[^A-Za-z0-9]+/, ''),
  },
};

import { parseArgs } from 'node:util';
import { nearest } from '../expression/nearest';
import { UserError } from '../problem';

/** One option of a command. */
export interface Option {
  /** Name of the value for the help (`NAME`); without it the option is a switch. */
  readonly value?: string;
  readonly short?: string;
  /** May be given several times. */
  readonly many?: boolean;
  readonly help: string;
  /** Left out of the help. */
  readonly hidden?: boolean;
}

/** One command as the table describes it. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly help: string;
  /** Further lines for the command's own help. */
  readonly more?: readonly string[];
  /** Names of the arguments as the usage line shows them: `[FILE]`, `RUN…`. */
  readonly usage: string;
  /** Fewest and most arguments. */
  readonly count: readonly [number, number];
  readonly options: Readonly<Record<string, Option>>;
  /** Command line and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  readonly hidden?: boolean;
}

/** What was given on the command line. */
export interface Given {
  readonly positionals: readonly string[];
  /** Value of an option. */
  text(name: string): string | undefined;
  /** Values of an option that may be given several times. */
  texts(name: string): readonly string[];
  flag(name: string): boolean;
  /** @throws {UserError} `usage` when it is not a whole number of at least `least` */
  whole(name: string, least: number): number | undefined;
}

/** Options that every command has. */
export const COMMON: Readonly<Record<string, Option>> = {
  json: { help: 'Print lines of JSON, for programs.' },
  help: { short: 'h', help: 'Show this help.' },
};

/** A mistake on the command line. */
export function usageError(message: string, hint: string): UserError {
  return new UserError({ code: 'usage', message, hint });
}

/**
 * Reads the arguments of a command by its table entry.
 * @throws {UserError} `usage`, with the nearest option when one is misspelt
 */
export function readArguments(command: Command, argv: readonly string[]): Given {
  const options = { ...command.options, ...COMMON };
  const seeHelp = `\`lifecycle ${command.name} --help\` shows what it takes.`;
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, option]) => [
        name,
        {
          type: option.value === undefined ? ('boolean' as const) : ('string' as const),
          multiple: option.many === true,
          ...(option.short === undefined ? {} : { short: option.short }),
        },
      ]),
    ),
  });
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) {
      const meant = nearest(token.name, Object.keys(options));
      throw usageError(
        `\`lifecycle ${command.name}\` has no option ${token.rawName}.`,
        meant === undefined ? seeHelp : `Did you mean --${meant}?`,
      );
    }
    if (option.value !== undefined && token.value === undefined)
      throw usageError(`--${token.name} needs a value: --${token.name} ${option.value}.`, seeHelp);
    if (option.value === undefined && token.value !== undefined)
      throw usageError(`--${token.name} takes no value.`, seeHelp);
    const before = values.get(token.name) ?? [];
    if (before.length > 0 && option.value !== undefined && option.many !== true)
      throw usageError(`--${token.name} was given twice.`, seeHelp);
    values.set(token.name, [...before, token.value ?? '']);
  }
  const [least, most] = command.count;
  if (positionals.length < least) throw usageError(`\`lifecycle ${command.name}\` needs ${command.usage}.`, seeHelp);
  if (positionals.length > most)
    throw usageError(`\`lifecycle ${command.name}\` does not know what to do with '${positionals[most]}'.`, seeHelp);
  return {
    positionals,
    text: (name) => values.get(name)?.[0],
    texts: (name) => values.get(name) ?? [],
    flag: (name) => values.has(name),
    whole: (name, smallest) => {
      const text = values.get(name)?.[0];
      if (text === undefined) return undefined;
      const number = Number(text);
      if (text.trim() === '' || !Number.isInteger(number) || number < smallest)
        throw usageError(`--${name} must be a whole number of at least ${smallest}, not '${text}'.`, seeHelp);
      return number;
    },
  };
}

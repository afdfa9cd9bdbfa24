import { COMMON, type Command, type Option } from './arguments';
import { EXIT_MEANINGS } from './exit';
import type { Colours } from './terminal';

/** The overview: what there is, and how to begin. */
export function overview(commands: readonly Command[], version: string, colour: Colours): string[] {
  const shown = commands.filter((command) => command.hidden !== true);
  const width = Math.max(...shown.map((command) => command.name.length));
  return [
    `${colour.bold('lifecycle')} ${version}: machine-learning pipelines from raw data to a served and watched model`,
    '',
    colour.bold('Begin'),
    '  lifecycle new DATA.csv      a first pipeline for your own table',
    '  lifecycle check             is the pipeline right?',
    '  lifecycle run               from the data to a bundle; a second time only what changed',
    '  lifecycle run --deploy      … and serve it on this machine',
    '',
    colour.bold('Commands'),
    ...shown.map((command) => `  ${command.name.padEnd(width)}  ${command.help}`),
    '',
    `\`lifecycle COMMAND --help\` explains a command and shows examples. \`lifecycle help exit-codes\` lists the exit codes.`,
  ];
}

/** Help of one command. */
export function helpOf(command: Command, colour: Colours): string[] {
  const options = Object.entries({ ...command.options, ...COMMON }).filter(([, option]) => option.hidden !== true);
  const width = Math.max(...options.map(([name, option]) => spelling(name, option).length));
  return [
    `${colour.bold(`lifecycle ${command.name}`)}${command.usage === '' ? '' : ` ${command.usage}`} [options]`,
    '',
    command.help,
    ...(command.more ?? []),
    '',
    colour.bold('Options'),
    ...options.map(([name, option]) => `  ${spelling(name, option).padEnd(width)}  ${option.help}`),
    ...(command.examples.length === 0
      ? []
      : [
          '',
          colour.bold('Examples'),
          ...command.examples.flatMap(([line, what]) => [`  ${colour.dim(`# ${what}`)}`, `  ${line}`]),
        ]),
  ];
}

function spelling(name: string, option: Option): string {
  return `${option.short === undefined ? '' : `-${option.short}, `}--${name}${option.value === undefined ? '' : ` ${option.value}`}`;
}

export function exitCodes(colour: Colours): string[] {
  return [
    colour.bold('Exit codes'),
    ...EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`),
  ];
}

/** docs/reference/cli.md: the help of every command as a page. */
export function referencePage(commands: readonly Command[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const shown = commands.filter((command) => command.hidden !== true);
  const lines = [
    '# The command line',
    '',
    'Made from the table in `lifecycle/cli/commands.ts`; a test holds it fresh.',
    '',
    '| Command | |',
    '| --- | --- |',
    ...shown.map(({ name, help }) => `| [\`${name}\`](#${name}) | ${cell(help)} |`),
    '',
    'Every command takes `--json` (lines of JSON, for programs) and `--help`. Colours follow `NO_COLOR` and `FORCE_COLOR`.',
    '',
    '## Exit codes',
    '',
    '| Code | |',
    '| --- | --- |',
    ...EXIT_MEANINGS.map(([code, meaning]) => `| ${code} | ${cell(meaning)} |`),
  ];
  for (const command of shown) {
    const options = Object.entries(command.options).filter(([, option]) => option.hidden !== true);
    lines.push(
      '',
      `## ${command.name}`,
      '',
      `\`lifecycle ${command.name}${command.usage === '' ? '' : ` ${command.usage}`}\``,
      '',
      [command.help, ...(command.more ?? [])].join(' '),
    );
    if (options.length > 0)
      lines.push(
        '',
        '| Option | |',
        '| --- | --- |',
        ...options.map(([name, option]) => `| \`${spelling(name, option)}\` | ${cell(option.help)} |`),
      );
    lines.push('', '```sh', ...command.examples.flatMap(([line, what]) => [`# ${what}`, line]), '```');
  }
  return lines.join('\n') + '\n';
}

/** What `lifecycle replay --json` says. */
export interface Replay {
  readonly target: string;
  readonly model: string;
  readonly live: number;
  readonly candidate: number;
  readonly rows: number;
  readonly from?: string;
  readonly to?: string;
  readonly differing: number;
  readonly meanDifference: number;
  readonly largestDifference: number;
  readonly psi: number;
  readonly redacted: readonly string[];
  readonly examples: readonly {
    readonly inputs: Readonly<Record<string, number | string | null>>;
    readonly live: string | number;
    readonly candidate: string | number;
    readonly gap: number;
  }[];
}

/** A replay as a Markdown document. */
export function comparison({ model, live, candidate, target, rows, from, to, ...found }: Replay): string {
  const number = (value: number) => Number(value.toPrecision(3)).toString();
  const cell = (value: string | number | null | undefined) =>
    typeof value === 'number' ? number(value) : (value ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ');
  const values = (name: string) => new Set(found.examples.map(({ inputs }) => inputs[name])).size;
  // What tells the rows apart comes first.
  const names = Object.keys(found.examples[0]?.inputs ?? {})
    .sort((a, b) => Number(values(b) > 1) - Number(values(a) > 1))
    .slice(0, 8);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `# ${model}: version ${candidate} against version ${live}, live on ${target}`,
    '',
    `Both were asked the last ${rows} rows of the request log${from && to ? `, from ${new Date(from).toLocaleString()} to ${new Date(to).toLocaleString()}` : ''}.`,
    '',
    `- **${found.differing} of ${rows} rows (${((100 * found.differing) / rows).toFixed(1)} %)** are predicted differently.`,
    `- Scores differ by ${number(found.meanDifference)} on average, by ${number(found.largestDifference)} at most.`,
    `- The population stability index of the predictions is ${found.psi.toFixed(3)} (below 0.1 stable, above 0.25 shifted).`,
    ...(found.redacted.length > 0
      ? [`- The log does not hold ${found.redacted.join(', ')}; both were given the example of the model.`]
      : []),
    '',
    ...(found.examples.length === 0
      ? ['No row is predicted differently at all.']
      : [
          '## Rows that differ most',
          '',
          line([`version ${live}`, `version ${candidate}`, 'gap', ...names]),
          line(['', '', '', ...names].map(() => '---')),
          ...found.examples.map((one) =>
            line([cell(one.live), cell(one.candidate), cell(one.gap), ...names.map((name) => cell(one.inputs[name]))]),
          ),
        ]),
    '',
  ].join('\n');
}

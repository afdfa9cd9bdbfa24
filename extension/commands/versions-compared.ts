interface Figure {
  readonly name: string;
  readonly before?: number;
  readonly after?: number;
  readonly unit?: string;
}

/** What `lifecycle models compare --json` says. */
export interface Compared {
  readonly signature: readonly string[];
  readonly otherRows?: string;
  readonly metrics: readonly Figure[];
  readonly figures: readonly Figure[];
}

/** Two versions of a model side by side, as a Markdown document. */
export function versionsCompared(
  model: string,
  before: number,
  after: number,
  { signature, otherRows, metrics, figures }: Compared,
): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const table = (title: string, rows: readonly Figure[]): string[] =>
    rows.length === 0
      ? []
      : [
          `## ${title}`,
          '',
          line(['', `version ${before}`, `version ${after}`, 'change']),
          '| --- | ---: | ---: | ---: |',
          ...rows.map((row) =>
            line([row.name, written(row.before, row.unit), written(row.after, row.unit), change(row)]),
          ),
          '',
        ];
  return [
    `# ${model}: version ${before} and version ${after}`,
    '',
    ...(signature.length === 0
      ? ['Callers notice no difference: same columns, same classes.']
      : [`Callers notice that version ${after}`, '', ...signature.map((each) => `- ${each}`)]),
    '',
    ...(otherRows === undefined
      ? []
      : [
          `They were ${otherRows}: the change of a metric is not the model's alone. *Compare with Live* asks both about the same requests.`,
          '',
        ]),
    ...table('Metrics', metrics),
    ...table('Size and time', figures),
  ].join('\n');
}

function written(value: number | undefined, unit = ''): string {
  if (value === undefined) return '–';
  if (unit === 'bytes') return value < 1e6 ? `${Math.round(value / 1e3)} kB` : `${(value / 1e6).toFixed(1)} MB`;
  const whole = Number.isInteger(value) || (Math.abs(value) >= 1_000 && Math.abs(value) < 1e9);
  const text = whole ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(4)));
  return unit === '' ? text : `${text} ${unit}`;
}

function change({ before, after }: Figure): string {
  if (before === undefined || after === undefined || before === 0) return '';
  return `${after >= before ? '+' : ''}${((after / before - 1) * 100).toFixed(1)} %`;
}

import { UserError } from '../../problem';
import { isLook } from '../../store/newest';
import { listRuns, resolveRunId, type RunEntry } from '../../store/runs';
import type { Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { duration, metric } from '../format';
import { table, type Terminal } from '../terminal';

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const runs = await chosen(store, given.positionals);
  const rows = rowsOf(runs);
  terminal.emit({ runs: runs.map((entry) => entry.id), rows: rows.map(({ name, values }) => ({ name, values })) });
  const shown = given.flag('all') ? rows : rows.filter((row) => new Set(row.values.map(String)).size > 1);
  const columns = [
    { title: '', flexible: true },
    ...runs.map((entry) => ({ title: entry.id, right: true })),
    ...(runs.length === 2 ? [{ title: 'change', right: true }] : []),
  ];
  for (const line of table(
    columns,
    shown.map((row) => [
      row.name,
      ...row.values.map(cell),
      ...(runs.length === 2 ? [change(row.values, terminal)] : []),
    ]),
    terminal,
  ))
    terminal.print(line);
  if (shown.length === 0) terminal.print('Parameters and metrics are the same; --all shows them.');
  return EXIT.ok;
}

async function chosen(store: string, texts: readonly string[]): Promise<RunEntry[]> {
  const all = await listRuns(store);
  if (texts.length === 0) {
    const ended = all.filter((entry) => entry.record !== undefined && !isLook(entry));
    const same = ended.filter((entry) => entry.info.pipeline === ended[0]?.info.pipeline).slice(0, 2);
    if (same.length < 2)
      throw new UserError({
        code: 'run-unknown',
        message: 'There are no two runs to compare.',
        hint: 'Name them: `lifecycle compare RUN RUN`.',
      });
    return same.reverse();
  }
  const ids = await Promise.all(texts.map((text) => resolveRunId(store, text)));
  return ids.flatMap((id) => all.filter((entry) => entry.id === id));
}

interface Row {
  readonly name: string;
  readonly values: readonly (string | number | undefined)[];
}

/** Parameters first, then the metrics of each stage, each once, in the order in which they appear. */
function rowsOf(runs: readonly RunEntry[]): Row[] {
  const values = new Map<string, (string | number | undefined)[]>();
  const put = (name: string, index: number, value: string | number) => {
    const row = values.get(name) ?? new Array<undefined>(runs.length).fill(undefined);
    row[index] = value;
    values.set(name, row);
  };
  runs.forEach((entry, index) => {
    if (entry.info.environment !== undefined) put('environment', index, entry.info.environment);
    for (const [name, value] of Object.entries(entry.info.parameters ?? {}))
      put(`parameter ${name}`, index, typeof value === 'number' ? value : String(value));
  });
  runs.forEach((entry, index) => {
    for (const [stage, result] of Object.entries(entry.record?.stages ?? {}))
      for (const [name, value] of Object.entries(result.metrics ?? {})) put(`${stage} ${name}`, index, value);
    put('status', index, entry.status);
    if (entry.record !== undefined) put('took', index, duration(entry.record.seconds));
  });
  return [...values].map(([name, row]) => ({ name, values: row }));
}

function cell(value: string | number | undefined): string {
  return value === undefined ? '–' : typeof value === 'number' ? metric(value) : value;
}

function change([before, after]: Row['values'], { colour }: Pick<Terminal, 'colour'>): string {
  if (typeof before !== 'number' || typeof after !== 'number' || before === after) return '';
  const text = `${after > before ? '+' : ''}${metric(after - before)}`;
  return colour.yellow(text);
}

import { columnsMeant, comparatorOf, csvOf, filterOf, type Column, type Table, type Value } from '../../query';
import { UserError } from '../../problem';
import { readLabels } from '../../store/labels';
import { readRunLines, tableOf } from '../../store/run-table';
import { newestRuns } from '../../store/newest';
import { resolveRunId, type RunEntry, saidOfNewer } from '../../store/runs';
import { usageError, type Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { ago, duration, metric, metrics } from '../format';
import { statusText } from '../status';
import { table, type Terminal } from '../terminal';
import { listTrials } from '../trials';

/** Looks that are listed beside the other runs: a watch makes a hundred a day. */
const LOOKS = 3;

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const asked = ['where', 'sort', 'column', 'format'].some((name) => given.flag(name));
  if (asked) return query(given, terminal, store);
  const pipeline = given.text('pipeline');
  const trials = given.text('trials');
  if (trials !== undefined) return listTrials(store, await resolveRunId(store, trials), terminal);
  const labels = await readLabels(store);
  const hidden = new Set([...labels].filter(([, label]) => label.hidden).map(([id]) => id));
  const limit = given.whole('limit', 1) ?? 20;
  const runs = (
    await newestRuns(store, {
      looks: LOOKS,
      others: limit,
      only: ({ id, info }) =>
        (given.flag('hidden') || !hidden.has(id)) && (pipeline === undefined || info.pipeline === pipeline),
    })
  ).slice(0, limit);
  for (const entry of runs)
    terminal.emit({
      id: entry.id,
      status: entry.status,
      info: entry.info,
      record: entry.record,
      label: labels.get(entry.id),
    });
  if (runs.length === 0) terminal.print('There is no run yet. Start one with `lifecycle run`.');
  else {
    const rows = runs.map((entry) => {
      const label = labels.get(entry.id);
      return [
        entry.id,
        [label?.star ? '★' : '', entry.info.pipeline, label?.name ? `"${label.name}"` : ''].filter(Boolean).join(' '),
        statusText(entry.status, terminal),
        ago(entry.info.created),
        entry.record === undefined ? '' : duration(entry.record.seconds),
        [saidOfNewer(entry) === undefined ? '' : 'made by a newer version', headline(entry)]
          .filter(Boolean)
          .join(' · '),
      ];
    });
    for (const line of table(
      [
        { title: 'Run' },
        { title: 'Pipeline' },
        { title: 'Status' },
        { title: 'When' },
        { title: 'Took', right: true },
        { title: 'Result', flexible: true },
      ],
      rows,
      terminal,
    ))
      terminal.print(line);
  }
  return EXIT.ok;
}

/** The table of runs, as the editor's panel has it. */
async function query(given: Given, terminal: Terminal, store: string): Promise<ExitCode> {
  const { lines } = await readRunLines(store);
  const all = tableOf(lines, await readLabels(store));
  const pipeline = given.text('pipeline');
  const read = (name: string) => (row: number) => all.rows[row]?.values[name];
  const where = given.text('where') ?? '';
  const { test, mistake } = filterOf(where, { columns: all.columns, read });
  if (mistake)
    throw new UserError({
      code: 'filter-invalid',
      message: mistake.message,
      hint: `${where.slice(0, mistake.from)}▶${where.slice(mistake.from)}`,
    });
  const keys = given.texts('sort').flatMap((text) => {
    const descending = text.startsWith('-');
    return meant(all, descending ? text.slice(1) : text).map(({ name }) => ({ column: name, descending }));
  });
  let rows = all.rows
    .map((_, row) => row)
    .filter(
      (row) =>
        (!test || test(row)) &&
        (given.flag('hidden') || read('hidden')(row) === undefined) &&
        (pipeline === undefined || read('pipeline')(row) === pipeline),
    );
  if (keys.length > 0) rows.sort(comparatorOf(keys, read));
  const format = given.text('format');
  const limit = given.whole('limit', 1) ?? (format === undefined ? 20 : Infinity);
  const fitting = rows.length;
  rows = rows.slice(0, limit);
  const wanted = given.texts('column');
  const columns =
    wanted.includes('all') || (format !== undefined && wanted.length === 0)
      ? all.columns
      : unique([
          ...all.columns.filter(({ name }) => usual.includes(name)),
          ...wanted.flatMap((name) => meant(all, name)),
        ]);
  print(all, columns, rows, format, terminal);
  if (format === undefined && fitting > rows.length)
    terminal.print(`… and ${fitting - rows.length} more; --limit ${fitting} shows all.`);
  return EXIT.ok;
}

const usual = ['run', 'name', 'pipeline', 'status', 'created'];

function print(
  all: Table,
  columns: readonly Column[],
  rows: readonly number[],
  format: string | undefined,
  terminal: Terminal,
): void {
  const value = ({ name, type }: Column, row: number): Value => {
    const found = all.rows[row]?.values[name];
    return type === 'time' && typeof found === 'number' ? new Date(found).toISOString() : found;
  };
  const names = columns.map(({ name }) => name);
  const records = rows.map((row) => columns.map((column) => value(column, row)));
  const object = (cells: readonly Value[]) => Object.fromEntries(names.map((name, index) => [name, cells[index]]));
  switch (format) {
    case 'csv':
      return terminal.write(csvOf(names, records));
    case 'json':
      return terminal.write(`[\n${records.map((cells) => JSON.stringify(object(cells))).join(',\n')}\n]\n`);
    case undefined:
      break;
    default:
      throw usageError(`--format is csv or json, not '${format}'.`, '`lifecycle runs --help` shows what it takes.');
  }
  for (const cells of records) terminal.emit(object(cells));
  if (rows.length === 0) return terminal.print('No run fits.');
  const text = ({ type }: Column, found: Value): string =>
    found === undefined
      ? ''
      : typeof found === 'string'
        ? found
        : type === 'time'
          ? ago(new Date(found).toISOString())
          : type === 'duration'
            ? duration(found)
            : metric(found);
  for (const line of table(
    columns.map(({ name, type }, index) => ({
      title: name,
      right: type === 'number' || type === 'duration',
      ...(index === columns.length - 1 ? { flexible: true } : {}),
    })),
    rows.map((row) => columns.map((column) => text(column, all.rows[row]?.values[column.name]))),
    terminal,
  ))
    terminal.print(line);
}

function meant(all: Table, name: string): readonly Column[] {
  const columns = columnsMeant(name, all.columns);
  if (columns.length > 0) return columns;
  throw new UserError({
    code: 'column-unknown',
    message: `The runs have no column '${name}'.`,
    hint: '`lifecycle runs --column all` shows every one.',
  });
}

const unique = (columns: readonly Column[]): Column[] => [
  ...new Map(columns.map((each) => [each.name, each])).values(),
];

/** What is worth a glance: the error, else the metrics of the last evaluation, else those of the last stage that has some. */
function headline(entry: RunEntry): string {
  const stages = Object.entries(entry.record?.stages ?? {});
  const failed = stages.find(([, stage]) => stage.status === 'failed');
  if (failed !== undefined) return `${failed[0]}: ${failed[1].error?.message ?? 'failed'}`;
  const measured = stages.filter(([, stage]) => Object.keys(stage.metrics ?? {}).length > 0);
  const [, best] = measured.findLast(([, stage]) => stage.kind === 'evaluate') ?? measured.at(-1) ?? [];
  return metrics(best?.metrics ?? {});
}

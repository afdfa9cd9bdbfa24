import * as path from 'node:path';

/** A table to draft a pipeline for: one file, or several that are one table together. */
export interface TableChoice {
  /** A path, or a pattern of several files. */
  readonly path: string;
  /** How many files it names. */
  readonly files: number;
}

/** JSON files of programs rather than of data. */
const SETTINGS =
  /^(?:package(?:-lock)?|npm-shrinkwrap|[tj]sconfig.*|settings|launch|tasks|extensions|keybindings|manifest|composer|lerna|vercel|firebase|devcontainer|pyrightconfig|metrics|evaluation|model|dataset)\.json$/i;

/** Whether a file may hold a table, by its name. */
export function mayBeTable(file: string): boolean {
  return !SETTINGS.test(path.basename(file)) && !/(?:^|[\\/])\.[^\\/]+[\\/]/.test(file);
}

/**
 * The tables among files: those of a folder whose names differ by numbers only, such as one for each month, are offered together, before each by
 * itself. Whether they have the same columns is told when they are looked at.
 */
export function tablesIn(files: readonly string[]): TableChoice[] {
  const alike = new Map<string, string[]>();
  for (const file of files) {
    const folder = path.dirname(file);
    const key = `${folder}\n${path.basename(file).replaceAll(/\d+/g, '0')}`;
    alike.set(key, [...(alike.get(key) ?? []), file]);
  }
  const groups = [...alike.values()].flatMap((names): TableChoice[] => {
    if (names.length < 2) return [];
    const pattern = patternOf(names.map((file) => path.basename(file)));
    const whole = path.join(path.dirname(names[0]!), pattern);
    // A pattern that names a file of another kind as well would be another table.
    const matches = new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`);
    const met = files.filter((file) => path.dirname(file) === path.dirname(whole) && matches.test(path.basename(file)));
    return met.length === names.length ? [{ path: whole, files: names.length }] : [];
  });
  return [...groups, ...files.map((file) => ({ path: file, files: 1 }))];
}

/** `2024-01.csv`, `2024-02.csv` → `2024-*.csv`: each number that is not the same in all of the names becomes a star. */
function patternOf([first = '', ...others]: readonly string[]): string {
  const numbers = (name: string): string[] => name.match(/\d+/g) ?? [];
  const all = others.map(numbers);
  let at = 0;
  return first.replaceAll(/\d+/g, (number) => {
    const place = at++;
    return all.every((each) => each[place] === number) ? number : '*';
  });
}

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * The folder that the pipeline of a table is put into: beside its data, above a folder that is called data, and above a folder that is nothing but
 * the parts of one table.
 * @param root of the workspace, above which nothing is put
 */
export function pipelineFolder({ path: data, files }: TableChoice, root: string | undefined): string {
  let folder = path.dirname(data);
  const isRoot = () => root === undefined || folder === root;
  if (files > 1 && !isRoot()) folder = path.dirname(folder);
  return !isRoot() && path.basename(folder).toLowerCase() === 'data' ? path.dirname(folder) : folder;
}

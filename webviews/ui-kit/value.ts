import type { Column, Value } from '../../lifecycle/query';
import { duration, number } from './format';
import { markOf } from './status';

/** A value of the table of runs as people read it. */
export function written({ type, name }: Column, value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return name === 'status' ? `${markOf(value) ?? '?'} ${value}` : value;
  if (type === 'time') return moment(value);
  if (type === 'duration') return duration(value);
  return number(value);
}

/** What a column of the table of runs is called where people read it. */
export function titleOf({ name, kind }: Pick<Column, 'name' | 'kind'>): string {
  if (kind === 'parameter') return name.slice('parameters.'.length);
  if (kind !== 'range') return titles[name] ?? name;
  // What matters would be cut off at the end of a long name.
  const dot = name.lastIndexOf('.');
  return `${name.slice(dot + 1)} of ${name.slice(0, dot)}`;
}

const titles: Readonly<Record<string, string>> = { star: '★', seconds: 'took', created: 'started' };

const pad = (value: number): string => String(value).padStart(2, '0');

/** Local time to the minute; `toLocaleString` would cost a millisecond a screen. */
function moment(value: number): string {
  const time = new Date(value);
  if (Number.isNaN(time.getTime())) return '–';
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())} ${pad(time.getHours())}:${pad(time.getMinutes())}`;
}

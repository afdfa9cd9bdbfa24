/** What a program says on a line of its own: `::lifecycle {json}`. Every other line is output. */
export type Message =
  | {
      readonly kind: 'metric';
      readonly name: string;
      readonly value: number;
      readonly step?: number;
      readonly epoch?: number;
    }
  | { readonly kind: 'progress'; readonly fraction: number; readonly text?: string }
  | { readonly kind: 'log'; readonly level: 'debug' | 'info' | 'warning' | 'error'; readonly text: string }
  | { readonly kind: 'output'; readonly text: string }
  /** It began like a message and is none. */
  | { readonly kind: 'garbled'; readonly text: string; readonly why: string };

const MARK = '::lifecycle';
const levels = ['debug', 'info', 'warning', 'error'] as const;

/**
 * Reads one line. A metric with a `step` is a point of a series, without one it is a headline result:
 * `{"metric": "auc", "value": 0.84, "step": 3}`, `{"progress": 0.4}`, `{"log": "…", "level": "warning"}`.
 */
export function parseLine(line: string): Message {
  const trimmed = line.trimStart();
  if (!trimmed.startsWith(MARK)) return { kind: 'output', text: line };
  const garbled = (why: string): Message => ({ kind: 'garbled', text: line, why });
  let said: unknown;
  try {
    said = JSON.parse(trimmed.slice(MARK.length));
  } catch {
    return garbled(/\b(NaN|Infinity)\b/.test(trimmed) ? 'NaN and Infinity are not JSON' : 'what follows is not JSON');
  }
  if (typeof said !== 'object' || said === null || Array.isArray(said))
    return garbled('what follows is not a JSON object');
  const { metric, value, step, epoch, progress, message, log, level } = said as Record<string, unknown>;
  if (typeof metric === 'string') {
    if (metric === '' || metric.length > 200) return garbled('the name of the metric is empty or too long');
    if (typeof value !== 'number') return garbled(`the \`value\` of '${metric}' is not a number`);
    if (step !== undefined && !isCount(step)) return garbled('`step` is not a whole number from 0');
    if (epoch !== undefined && !(typeof epoch === 'number' && epoch >= 0))
      return garbled('`epoch` is not a number from 0');
    return {
      kind: 'metric',
      name: metric,
      value,
      ...(isCount(step) && { step }),
      ...(epoch !== undefined && { epoch }),
    };
  }
  if (typeof progress === 'number') {
    const fraction = Math.min(1, Math.max(0, progress));
    return { kind: 'progress', fraction, ...(typeof message === 'string' && { text: message }) };
  }
  if (typeof log === 'string')
    return { kind: 'log', level: levels.find((known) => known === level) ?? 'info', text: log };
  return garbled('it has neither `metric` and `value`, nor `progress`, nor `log`');
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

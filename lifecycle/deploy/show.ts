import { stringify } from 'yaml';
import type { Action, DeploymentPlan } from './plan';

/** One thing that a plan changes: what is there, and what would be. Texts are empty where there is nothing. */
export interface Change {
  /** File, or what of a service. */
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/** What a plan changes, for a diff. Programs and calls that leave nothing to compare are in the list of actions alone. */
export function changesOf(plan: DeploymentPlan): Change[] {
  return plan.actions.flatMap((action): Change[] => {
    if (action.do === 'write') {
      const after = action.from !== undefined ? `sha256 ${action.from.sha256}\n` : (action.content ?? '');
      return [{ what: action.path, before: action.before ?? '', after }];
    }
    if (action.do === 'run' && action.program === 'push')
      return [
        {
          what: action.repository,
          before: '',
          after: `digest: ${action.digest}\ntags: [${action.tags.join(', ')}]\n`,
        },
      ];
    if (action.do !== 'call' || action.operation !== 'request') return [];
    const { method, url, body, headers } = action.request;
    const removed = method === 'DELETE';
    return [
      {
        what: nameOf(url, body, headers?.['x-amz-target']),
        before: action.before === undefined ? '' : yaml(action.before),
        after: removed || body === undefined ? '' : yaml(body),
      },
    ];
  });
}

/** A plan for a terminal: each action with what it changes as a unified diff. */
export function planLines(plan: DeploymentPlan): string[] {
  const lines: string[] = [];
  for (const action of plan.actions) {
    lines.push(`• ${action.say}`);
    for (const { what, before, after } of changesOf({ ...plan, actions: [action] })) {
      const changed = unified(before, after);
      if (changed.length > 0) lines.push(`    ${what}`, ...changed.map((line) => `    ${line}`));
    }
  }
  return [...lines, ...plan.notes];
}

/** An action without the bytes it carries, for a list. */
export function summaryOf(action: Action): { do: string; say: string; where?: string } {
  const where =
    action.do === 'write'
      ? action.path
      : action.do === 'run'
        ? action.program === 'push'
          ? action.repository
          : undefined
        : action.operation === 'request'
          ? `${action.request.method} ${action.request.url}`
          : undefined;
  return { do: action.do, say: action.say, ...(where !== undefined && { where }) };
}

function nameOf(url: string, body: unknown, operation: string | undefined): string {
  // AWS has one address for everything.
  if (operation !== undefined) return operation.replace(/^.*\./, '');
  const { kind, metadata } = (body ?? {}) as { kind?: string; metadata?: { name?: string } };
  if (kind !== undefined && metadata?.name !== undefined) return `${kind} ${metadata.name}`;
  return url.replace(/\?.*$/, '');
}

function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, sortMapEntries: false, aliasDuplicateObjects: false });
}

const CONTEXT = 2;
const MOST_LINES = 4_000;

/** Lines of a unified diff without its head: `+` new, `-` gone, ` ` around them, `…` for what is left out. */
export function unified(before: string, after: string): string[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  if (a.length * b.length > MOST_LINES * MOST_LINES) return [`… ${a.length} lines become ${b.length}`];
  const marks = compare(a, b);
  const near = marks.map((_, i) =>
    marks.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some(({ sign }) => sign !== ' '),
  );
  const lines: string[] = [];
  for (const [i, { sign, line }] of marks.entries()) {
    if (near[i] === true) lines.push(`${sign} ${line}`);
    else if (near[i - 1] === true) lines.push('…');
  }
  return lines.at(-1) === '…' ? lines.slice(0, -1) : lines;
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** Longest common subsequence by dynamic programming; texts are short. */
function compare(a: readonly string[], b: readonly string[]): { sign: ' ' | '+' | '-'; line: string }[] {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        a[i] === b[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
  const marks: { sign: ' ' | '+' | '-'; line: string }[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      marks.push({ sign: ' ', line: a[i] ?? '' });
      [i, j] = [i + 1, j + 1];
    } else if (
      j >= b.length ||
      (i < a.length && (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))
    )
      marks.push({ sign: '-', line: a[i++] ?? '' });
    else marks.push({ sign: '+', line: b[j++] ?? '' });
  }
  return marks;
}

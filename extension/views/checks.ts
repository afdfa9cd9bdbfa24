/** What the engine found of one deployment when it asked the target: a line of `lifecycle deployments --check`. */
export interface Check {
  readonly target: string;
  readonly model: string;
  readonly version: number;
  /** `as-recorded`; `differs`: somebody changed it by hand, or it is not there; `unknown`: it could not be asked. */
  readonly state: 'as-recorded' | 'differs' | 'unknown';
  /** What a deployment would do to bring it back, or why it could not be asked. */
  readonly says: readonly string[];
}

const states: ReadonlySet<unknown> = new Set<Check['state']>(['as-recorded', 'differs', 'unknown']);

/** The checks among lines that the engine printed. */
export function checksIn(lines: readonly Record<string, unknown>[]): Check[] {
  return lines.filter(
    (line): line is Record<string, unknown> & Check =>
      typeof line['target'] === 'string' && states.has(line['state']) && Array.isArray(line['says']),
  );
}

/**
 * How far away a target of a kind is, as a part of what menus ask for: `-cloud` where former versions leave something behind that can be deleted,
 * `-beyond` elsewhere beyond this machine, nothing on it.
 */
export function distanceOf(kind: string): '' | '-beyond' | '-cloud' {
  if (['local', 'batch', 'edge'].includes(kind)) return '';
  return ['sagemaker', 'vertex-ai', 'azure-ml'].includes(kind) ? '-cloud' : '-beyond';
}

/** One sentence on all that was asked, and whether it calls for somebody. */
export function summaryOf(checks: readonly Check[]): { readonly text: string; readonly well: boolean } {
  const named = (state: Check['state']) => checks.filter((one) => one.state === state).map(({ target }) => target);
  const [differing, unknown] = [named('differs'), named('unknown')];
  const count = (many: number) => `${many} ${many === 1 ? 'deployment' : 'deployments'}`;
  if (checks.length === 0) return { text: 'Nothing is deployed beyond this machine.', well: true };
  const parts = [
    ...(differing.length > 0
      ? [`Not as recorded: ${differing.join(', ')} (of ${count(checks.length)} beyond this machine).`]
      : []),
    ...(unknown.length > 0 ? [`Could not be asked: ${unknown.join(', ')}.`] : []),
  ];
  if (parts.length > 0) return { text: parts.join(' '), well: false };
  return { text: `${count(checks.length)} beyond this machine, as recorded.`, well: true };
}

/** The last checks by store and target. A deployment, rollback or stop since then makes one void. */
export class Checks {
  private readonly kept = new Map<string, { readonly check: Check; readonly time: string; readonly entry: number }>();

  /** @param entry number in the ledger of what is live there, which the check was of */
  keep(store: string, check: Check, entry: number, time = new Date().toISOString()): void {
    this.kept.set(`${store}\n${check.target}`, { check, time, entry });
  }

  /** The last check of what is live on a target, and when that was; undefined when there is none of it. */
  of(store: string, target: string, entry: number): { readonly check: Check; readonly time: string } | undefined {
    const found = this.kept.get(`${store}\n${target}`);
    return found?.entry === entry ? found : undefined;
  }
}

import type { DriftReport, MonitorStage } from '../../schemas/generated/types';
import type { Decision } from '../store/decisions';
import { type Figures, type Held, holds, sayValues } from './figures';

export type AlertState = NonNullable<DriftReport['alerts']>[number];
export type Severity = AlertState['severity'];

/** A rule with its defaults. */
export interface Rule {
  readonly name: string;
  readonly when: string;
  readonly clear?: string;
  readonly for: number;
  readonly severity: Severity;
  readonly group: string;
  readonly repeat?: number;
  /** Place of the condition in the stage. */
  readonly path: readonly (string | number)[];
}

/** What is kept of a rule from one report to the next. */
export interface KeptAlert {
  readonly state: 'pending' | 'firing';
  /** Since when the condition holds. */
  readonly since: string;
  /** Reports in a row in which it held. */
  readonly held: number;
  /** When it was sent last. */
  readonly told?: string;
  /** Figures of the condition that were known when it held last. */
  readonly known?: readonly string[];
  /** Of the rule, for the day on which it is no longer there. */
  readonly severity?: Severity;
  readonly group?: string;
}

const DRIFT_RULE = 'drift.count > 0';

/** The rules of a stage; without any, one that fires when a column drifted. */
export function rulesOf(alerts: MonitorStage['alerts']): Rule[] {
  if (alerts === undefined)
    return [{ name: 'drift', when: DRIFT_RULE, for: 1, severity: 'warning', group: 'drift', path: [] }];
  return Object.entries(alerts).map(([name, given]) => {
    const rule = typeof given === 'string' ? { when: given } : given;
    return {
      name,
      when: rule.when,
      for: rule.for ?? 1,
      severity: rule.severity ?? 'warning',
      group: rule.group ?? name,
      ...(rule.clear !== undefined && { clear: rule.clear }),
      ...(rule.repeat !== undefined && { repeat: rule.repeat }),
      path: typeof given === 'string' ? ['alerts', name] : ['alerts', name, 'when'],
    };
  });
}

export interface Judged {
  /** What the report says; `told` are those to be sent now. */
  readonly states: AlertState[];
  readonly kept: Record<string, KeptAlert>;
}

/**
 * Takes every rule one report further. A rule fires when its condition held in as many reports in a row as it asks for, stays (with `clear`)
 * until that holds, and is resolved once. While figures that it fired by are not known it stays as it is: silence is no recovery. A rule that is no
 * longer there is resolved, too: who was told of it is told that it is over.
 *
 * @throws UserError `alert-condition`
 */
export function judgeAlerts(
  rules: readonly Rule[],
  figures: Figures,
  before: Readonly<Record<string, KeptAlert>>,
  decisions: readonly Decision[],
  drifted: readonly string[],
  now: Date,
): Judged {
  const states: AlertState[] = [];
  // Without a prototype: a rule may be called anything.
  const kept = Object.create(null) as Record<string, KeptAlert>;
  const time = now.toISOString();
  for (const rule of rules) {
    const what = { code: 'alert-condition', path: rule.path };
    const condition = holds(rule.when, figures, what);
    const was = Object.hasOwn(before, rule.name) ? before[rule.name] : undefined;
    const known = namesOf(condition.values, (value) => value !== null);
    // A figure that was never known while it fired is not what it fired by.
    const lost = namesOf(condition.values, (value) => value === null).some(
      (name) => was?.known?.includes(name) ?? true,
    );
    const unknown = !condition.certain && lost;
    const clear =
      rule.clear === undefined
        ? !condition.holds
        : holds(rule.clear, figures, { ...what, path: ['alerts', rule.name, 'clear'] }).holds;
    const about = { severity: rule.severity, group: rule.group };
    const silence = decisions.find(({ action, rule: name }) => action === 'silence' && name === rule.name);
    const state = (kind: AlertState['state'], since: string, told: boolean, began?: string): AlertState => ({
      rule: rule.name,
      state: kind,
      severity: rule.severity,
      message: messageOf(rule, kind, condition.values, drifted),
      since,
      ...(began !== undefined && { began }),
      when: rule.when,
      values: { ...condition.values },
      path: [...rule.path],
      ...(rule.when.includes('drift.') && drifted.length > 0 && { columns: [...drifted] }),
      group: rule.group,
      told,
      ...(kind === 'silenced' && silence && { by: `${silence.by}: ${silence.reason}` }),
    });
    if (was?.state === 'firing' && (unknown || !clear || condition.holds)) {
      const due =
        rule.repeat !== undefined && now.getTime() - Date.parse(was.told ?? was.since) >= rule.repeat * 3_600_000;
      const told = silence === undefined && (due || was.told === undefined);
      kept[rule.name] = {
        ...was,
        held: was.held + 1,
        ...(told && { told: time }),
        ...(condition.holds && { known }),
        ...about,
      };
      states.push(state(silence ? 'silenced' : 'firing', was.since, told));
    } else if (was?.state === 'firing') {
      // Who was never told of it need not hear that it is over.
      states.push(state('resolved', time, was.told !== undefined && silence === undefined, was.since));
    } else if (condition.holds) {
      const held = (was?.held ?? 0) + 1;
      const since = was?.since ?? time;
      const fires = held >= rule.for;
      const told = fires && silence === undefined;
      kept[rule.name] = {
        state: fires ? 'firing' : 'pending',
        since,
        held,
        ...(told && { told: time }),
        known,
        ...about,
      };
      states.push(state(fires ? (silence ? 'silenced' : 'firing') : 'pending', since, told));
    } else if (unknown && was !== undefined) kept[rule.name] = was;
  }
  const names = new Set(rules.map(({ name }) => name));
  for (const [rule, was] of Object.entries(before)) {
    if (names.has(rule) || was.state !== 'firing' || was.told === undefined) continue;
    states.push({
      rule,
      state: 'resolved',
      severity: was.severity ?? 'warning',
      message: `${rule} is over: the stage has no such rule any more.`,
      since: time,
      began: was.since,
      group: was.group ?? rule,
      told: true,
    });
  }
  return { states, kept };
}

function namesOf(values: Held['values'], wanted: (value: number | null) => boolean): string[] {
  return Object.entries(values).flatMap(([name, value]) => (wanted(value) ? [name] : []));
}

function messageOf(
  rule: Rule,
  state: AlertState['state'],
  values: Readonly<Record<string, number | null>>,
  drifted: readonly string[],
): string {
  const about =
    rule.when.includes('drift.') && drifted.length > 0
      ? `; drifted: ${drifted.slice(0, 8).join(', ')}${drifted.length > 8 ? ` and ${drifted.length - 8} more` : ''}`
      : '';
  if (state === 'resolved') return `${rule.name} is over: ${sayValues(values)}.`;
  return `${rule.name}: ${rule.when} (${sayValues(values)}${about}).`;
}

import type { Value } from '../../lifecycle/query';
import type { RunsAction } from '../protocol';
import type { Frame } from './frame';

export interface RunsActionChoice {
  readonly label: string;
  readonly action: RunsAction;
  /** Whether it is possible now. */
  readonly when: boolean;
  /** Stands under a line in a menu. */
  readonly apart?: boolean;
}

/** What can be done with the selected runs. */
export function actionsOf(frame: Frame, selected: Iterable<string>, trusted: boolean): RunsActionChoice[] {
  const ids = [...selected].filter((id) => frame.rowOf(id) !== undefined);
  const one = ids.length === 1;
  const valueOf = (name: string, id: string | undefined): Value => frame.value(name, frame.rowOf(id ?? '') ?? -1);
  const isTrial = ids.some((id) => frame.parentOf(frame.rowOf(id) ?? -1) !== undefined);
  const all = (name: string): boolean => ids.length > 0 && ids.every((id) => valueOf(name, id) !== undefined);
  const running = ids.some((id) => valueOf('status', id) === 'running');
  return [
    { label: 'Open', action: 'open', when: one },
    { label: 'Compare', action: 'compare', when: ids.length > 1 },
    { label: 'Log', action: 'log', when: one && !isTrial },
    { label: 'Run Again', action: 'rerun', when: one && trusted && !isTrial, apart: true },
    { label: 'Run with…', action: 'run-with', when: one && trusted && !isTrial },
    { label: 'Apply Parameters', action: 'apply', when: one && !isTrial },
    { label: 'Compare with the File Now', action: 'compare-file', when: one && !isTrial, apart: true },
    { label: 'Restore Pipeline…', action: 'restore', when: one && !isTrial },
    { label: 'Deploy…', action: 'deploy', when: one && trusted && !isTrial },
    { label: 'Cancel', action: 'cancel', when: running && trusted },
    {
      label: all('star') ? 'Unstar' : 'Star',
      action: all('star') ? 'unstar' : 'star',
      when: ids.length > 0 && !isTrial,
      apart: true,
    },
    { label: 'Rename…', action: 'rename', when: one && !isTrial },
    { label: 'Tags…', action: 'tag', when: ids.length > 0 && !isTrial },
    { label: 'Note…', action: 'note', when: one && !isTrial },
    {
      label: all('hidden') ? 'Show Again' : 'Hide',
      action: all('hidden') ? 'unhide' : 'hide',
      when: ids.length > 0 && !isTrial,
    },
    { label: 'Delete…', action: 'delete', when: ids.length > 0 && !running && trusted && !isTrial },
  ];
}

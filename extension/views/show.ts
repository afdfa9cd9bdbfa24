import * as vscode from 'vscode';
import type { RunStatus, StageState } from '../../lifecycle/store/summary';

const icons: Record<RunStatus | StageState, readonly [string, string?]> = {
  waiting: ['circle-outline'],
  running: ['sync~spin', 'charts.blue'],
  succeeded: ['pass', 'testing.iconPassed'],
  reused: ['history', 'testing.iconPassed'],
  failed: ['error', 'testing.iconFailed'],
  skipped: ['debug-step-over', 'testing.iconSkipped'],
  cancelled: ['circle-slash', 'testing.iconSkipped'],
  lost: ['warning', 'testing.iconFailed'],
};

export function stateIcon(state: RunStatus | StageState): vscode.ThemeIcon {
  const [name, color] = icons[state];
  return new vscode.ThemeIcon(name, color ? new vscode.ThemeColor(color) : undefined);
}

import * as vscode from 'vscode';
import type { RunSummary, StageSummary } from '../lifecycle/store/summary';
import type { Runs } from './runs';

/** One item: the stage that runs, and how far it is. Shows how the last run ended for a while, then goes. */
export function registerStatusBar(runs: Runs): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('lifecycle.run', vscode.StatusBarAlignment.Left, 10);
  item.name = 'ML Lifecycle Run';
  let hide: NodeJS.Timeout | undefined;
  const show = (summary: RunSummary): void => {
    clearTimeout(hide);
    item.text = textOf(summary);
    item.tooltip = tooltipOf(summary);
    item.backgroundColor =
      summary.status === 'failed' || summary.status === 'lost'
        ? new vscode.ThemeColor('statusBarItem.errorBackground')
        : undefined;
    item.command = { command: 'lifecycle.showRun', title: 'Show Run', arguments: [summary.id] };
    item.accessibilityInformation = { label: `ML Lifecycle: ${item.text.replace(/\$\([^)]*\)/g, '')}` };
    item.show();
    if (summary.status !== 'running') hide = setTimeout(() => item.hide(), 30_000);
  };
  const following = runs.onDidProgress(({ summary }) => show(summary));
  return vscode.Disposable.from(item, following, { dispose: () => clearTimeout(hide) });
}

/** For example `$(sync~spin) churn: network 43 %`. */
export function textOf(summary: RunSummary): string {
  const running = summary.stages.filter(({ state }) => state === 'running');
  switch (summary.status) {
    case 'running': {
      const stage = running[0];
      if (!stage) {
        const queued = summary.stages.find(({ state, doing }) => state === 'waiting' && doing !== undefined);
        return queued
          ? `$(watch) ${summary.pipeline}: ${queued.name} waits`
          : `$(${summary.paused ? 'debug-pause' : 'sync~spin'}) ${summary.pipeline}${summary.paused ? ' paused' : ''}`;
      }
      const percent = stage.fraction === undefined ? '' : ` ${Math.round(stage.fraction * 100)} %`;
      const more = running.length > 1 ? ` +${running.length - 1}` : '';
      const rests = summary.paused ? '$(debug-pause)' : '$(sync~spin)';
      return `${rests} ${summary.pipeline}: ${stage.name}${percent}${more}${summary.paused ? ' paused' : stage.control === 'finishing' ? ' stops after this epoch' : useOf(stage)}`;
    }
    case 'succeeded':
      return `$(check) ${summary.pipeline}`;
    case 'cancelled':
      return `$(circle-slash) ${summary.pipeline} cancelled`;
    case 'failed':
    case 'lost': {
      const failed = summary.stages.find(({ state }) => state === 'failed' || state === 'lost');
      return `$(error) ${summary.pipeline}${failed ? `: ${failed.name} ${summary.status === 'lost' ? 'ended unexpectedly' : 'failed'}` : ''}`;
    }
  }
}

/** What the training uses right now: ` · GPU 83 % · 5,200 rows/s`. */
function useOf({ series }: StageSummary): string {
  const last = (name: string) => series[`device/${name}`]?.last.value;
  const [gpu, rows] = [last('GPU %'), last('rows per second')];
  return [
    gpu === undefined ? '' : ` · GPU ${Math.round(gpu)} %`,
    rows === undefined ? '' : ` · ${Math.round(rows).toLocaleString('en')} rows/s`,
  ].join('');
}

function tooltipOf(summary: RunSummary): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.appendMarkdown(`**${summary.pipeline}** · run \`${summary.id}\`\n\n`);
  for (const stage of summary.stages) {
    const percent =
      stage.state === 'running' && stage.fraction !== undefined ? ` ${Math.round(stage.fraction * 100)} %` : '';
    text.appendMarkdown(`- ${stage.name}: ${stage.state}${percent}`);
    const note = stage.error?.message ?? stage.doing ?? stage.summary;
    if (note) text.appendText(`: ${note}`);
    text.appendMarkdown('\n');
  }
  return text;
}

import * as vscode from 'vscode';
import type { RunSummary, StageSummary } from '../../lifecycle/store/summary';
import { stageMime, type StageOutput } from '../../webviews/protocol';
import { duration } from '../views/show';
import { findingsOf, sendable, seriesOf } from './detail';

/**
 * What a cell shows of a stage: the data for our renderer, and the same in short as Markdown for viewers without it.
 * @param final whether the artifact is to be read; while a stage runs it is not
 */
export async function stageItems(
  store: string,
  run: RunSummary,
  stage: StageSummary,
  final: boolean,
): Promise<vscode.NotebookCellOutputItem[]> {
  const waitsFor = run.stages.filter(({ state }) => state === 'running').map(({ name }) => name);
  const findings = final ? await findingsOf(store, run.id, stage) : {};
  const { name, kind, state, reason, fraction, doing, seconds, summary, error, metrics } = stage;
  const output: StageOutput = {
    format: 1,
    stage: name,
    kind,
    state,
    ...(state === 'waiting' && waitsFor.length > 0 ? { waitsFor } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(fraction === undefined ? {} : { fraction }),
    ...(doing === undefined ? {} : { doing }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(summary === undefined ? {} : { summary }),
    ...(error === undefined ? {} : { error }),
    metrics,
    run: run.id,
    when: run.created,
    series: findings.series ?? (kind === 'train' || kind === 'optimize' ? seriesOf(stage) : []),
    ...(findings.detail ? { detail: findings.detail } : {}),
    ...(findings.note ? { note: findings.note } : {}),
  };
  return [
    new vscode.NotebookCellOutputItem(Buffer.from(sendable(output)), stageMime),
    vscode.NotebookCellOutputItem.text(markdownOf(stage, waitsFor), 'text/markdown'),
  ];
}

/** Text of ours and of users as Markdown that shows it as it is. */
const escape = (text: string): string => text.replace(/[\\`*_{}[\]()#+!|<>]/g, '\\$&');

const marks: Record<StageSummary['state'], string> = {
  waiting: '○',
  running: '◐',
  succeeded: '✓',
  reused: '↺',
  failed: '✗',
  skipped: '–',
  cancelled: '■',
  lost: '⚠',
};

function markdownOf(stage: StageSummary, waitsFor: readonly string[]): string {
  const head = [`${marks[stage.state]} **${escape(stage.name)}**`, stage.state];
  if (stage.state === 'waiting' && waitsFor.length > 0) head.push(`first ${escape(waitsFor.join(', '))}`);
  if (stage.state === 'running' && stage.fraction !== undefined) head.push(`${Math.round(stage.fraction * 100)} %`);
  if (stage.state === 'running' && stage.doing) head.push(escape(stage.doing));
  if (stage.seconds !== undefined) head.push(duration(stage.seconds));
  const lines = [head.join(' · ')];
  if (stage.summary) lines.push(escape(stage.summary));
  if (stage.error) {
    lines.push(`**${escape(stage.error.message)}**`);
    if (stage.error.hint) lines.push(escape(stage.error.hint));
    if (stage.error.details?.length)
      lines.push(['```text', ...stage.error.details.map((line) => line.replaceAll('```', "'''")), '```'].join('\n'));
  }
  const metrics = Object.entries(stage.metrics);
  if (metrics.length > 0)
    lines.push(
      [
        '| metric | value |',
        '| :-- | --: |',
        ...metrics.slice(0, 100).map(([name, value]) => `| ${escape(name)} | ${Number(value.toPrecision(6))} |`),
      ].join('\n'),
    );
  return lines.join('\n\n');
}

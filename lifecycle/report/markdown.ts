import type { StageSummary } from '../store/summary';
import { duration } from './words';

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

/** A stage's result in short, for viewers without figures. */
export function markdownOf(stage: StageSummary, waitsFor: readonly string[]): string {
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

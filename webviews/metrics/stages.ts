import type { StageState } from '../protocol';
import { h } from '../ui-kit';
import { duration, number } from '../ui-kit/format';
import { states } from '../ui-kit/status';

/** One line of the list of stages: a button that goes to the stage in the pipeline's text. */
export function stageRow(stage: StageState, onOpen: () => void): HTMLElement {
  const result = stage.kind === 'train' ? stage.headline || stage.summary : stage.summary || stage.headline;
  const text = stage.error ?? doing(stage) ?? result ?? stage.reason ?? '';
  const percent = stage.fraction === undefined ? undefined : Math.round(stage.fraction * 100);
  return h(
    'div',
    { role: 'listitem' },
    h(
      'button',
      {
        class: `stage ${stage.status}`,
        type: 'button',
        title: [
          stage.kind,
          stage.device && `on ${stage.device}`,
          stage.summary,
          stage.reason,
          stage.error,
          ...Object.entries(stage.metrics).map(([name, value]) => `${name} ${number(value)}`),
        ]
          .filter(Boolean)
          .join('\n'),
        onclick: onOpen,
      },
      h('span', { class: 'mark', 'aria-hidden': 'true' }, states[stage.status].mark),
      h('span', { class: 'name' }, stage.name),
      h('span', { class: 'text' }, text),
      h(
        'span',
        { class: 'time' },
        stage.status === 'running' && percent !== undefined
          ? `${percent} %`
          : stage.seconds === undefined
            ? ''
            : duration(stage.seconds),
      ),
      // What is seen comes first in the button's name, so that it can be called by it.
      h('span', { class: 'unseen' }, `, ${stage.kind}, ${stage.status}`),
    ),
  );
}

/** What a stage that is not done does, or waits for, and on what. */
function doing({ status, message, device, control }: StageState): string | undefined {
  if (status === 'waiting') return message;
  if (status !== 'running') return undefined;
  const wish = control === 'paused' ? 'paused' : control === 'finishing' ? 'stops after this epoch' : undefined;
  return [wish, message, device].filter(Boolean).join(' · ') || undefined;
}

import type { RunState, Steering } from '../protocol';
import { h } from '../ui-kit';

const titles: Record<Steering, readonly [text: string, explanation: string]> = {
  pause: ['Pause', 'Trainings rest at their next step and keep their memory; nothing new begins.'],
  resume: ['Resume', 'Go on where it rests.'],
  finish: ['Stop After This Epoch', 'Trainings end after their epoch, and the run goes on with what they learnt.'],
  cancel: ['Cancel', 'Ends the run; what is finished is kept.'],
};

/** Buttons that steer the run that is shown, while it is going. The same buttons stay, so that one keeps its focus while the run goes on. */
export function steeringBar(ask: (run: string, action: Steering) => void): {
  readonly element: HTMLElement;
  show(run: RunState | undefined): void;
} {
  let id = '';
  const button = (action: Steering) =>
    h(
      'button',
      { class: 'plain-button', type: 'button', title: titles[action][1], onclick: () => ask(id, action) },
      titles[action][0],
    );
  const buttons = {
    pause: button('pause'),
    resume: button('resume'),
    finish: button('finish'),
    cancel: button('cancel'),
  };
  const element = h(
    'div',
    { class: 'steering', role: 'group', 'aria-label': 'Steer the run' },
    ...Object.values(buttons),
  );
  element.hidden = true;
  return {
    element,
    show: (run) => {
      id = run?.id ?? '';
      element.hidden = run?.status !== 'running';
      if (run === undefined || element.hidden) return;
      const training = run.stages.filter(({ kind, status }) => kind === 'train' && status === 'running');
      buttons.pause.hidden = run.paused === true;
      buttons.resume.hidden = run.paused !== true;
      buttons.finish.hidden = training.length === 0;
      buttons.finish.toggleAttribute(
        'disabled',
        training.every(({ control }) => control === 'finishing'),
      );
    },
  };
}

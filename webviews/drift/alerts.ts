import type { DriftReport } from '../../schemas/generated/types';
import { h } from '../ui-kit';

const marks: Record<string, string> = { firing: '▲', pending: '◔', resolved: '✓', silenced: '◦' };

/** Alerts, the firing ones first. @param onSilence absent where nobody may decide */
export function alertList(
  { alerts = [] }: DriftReport,
  onSilence: ((rule: string) => void) | undefined,
  onGo: (path: readonly (string | number)[]) => void,
): HTMLElement[] {
  if (alerts.length === 0) return [];
  const order = ['firing', 'pending', 'silenced', 'resolved'];
  const sorted = [...alerts].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  return [
    h(
      'section',
      { 'aria-label': 'Alerts' },
      h('h2', {}, 'Alerts'),
      h(
        'ul',
        { class: 'alerts' },
        ...sorted.map(({ rule, state, severity, message, since, path, by }) =>
          h(
            'li',
            { class: `${state} ${severity}` },
            h('span', { class: 'mark', 'aria-hidden': 'true' }, marks[state] ?? ''),
            h(
              'span',
              { class: 'what' },
              h('strong', {}, `${rule} `),
              `${state}, ${severity}, since ${new Date(since).toLocaleString()}: ${message}${by ? ` (${by})` : ''}`,
            ),
            path && path.length > 0
              ? h(
                  'button',
                  {
                    class: 'plain-button',
                    type: 'button',
                    'aria-label': `Go to rule ${rule}`,
                    onclick: () => onGo(path),
                  },
                  'Go to Rule',
                )
              : false,
            onSilence && (state === 'firing' || state === 'pending')
              ? h(
                  'button',
                  {
                    class: 'plain-button',
                    type: 'button',
                    'aria-label': `Silence ${rule}`,
                    onclick: () => onSilence(rule),
                  },
                  'Silence…',
                )
              : false,
          ),
        ),
      ),
    ),
  ];
}

import type { StageDetail, StageOutput } from '../../schemas/shown';
import { sendable } from '../../lifecycle/report/detail';
import { Panel, type PanelOptions } from './rig';

/** The output of a stage that succeeded. */
export function outputOf(stage: string, detail: StageDetail, more: Partial<StageOutput> = {}): StageOutput {
  return {
    format: 1,
    stage,
    kind: detail.kind,
    state: 'succeeded',
    metrics: {},
    run: '20261103-101500-abcdef',
    when: '2026-11-03T10:15:00.000Z',
    series: [],
    detail,
    ...more,
  };
}

/** Results of stages as a report page draws them, with the script of report pages. */
export async function openReport(...outputs: StageOutput[]): Promise<Panel> {
  return openReportWith({ height: 1_000 }, ...outputs);
}

export async function openReportWith(options: PanelOptions, ...outputs: StageOutput[]): Promise<Panel> {
  const panel = await Panel.open('report', options);
  await panel.page.evaluate((texts) => {
    const main = document.body.appendChild(document.createElement('main'));
    for (const level of ['h1', 'h2'])
      main.append(Object.assign(document.createElement(level), { textContent: 'Report' }));
    for (const text of texts) {
      const place = document.createElement('div');
      place.className = 'result';
      const data = document.createElement('script');
      data.type = 'application/json';
      data.textContent = text;
      place.append(data);
      main.append(place);
    }
  }, outputs.map(sendable));
  // A report is drawn anew when the colours of the system change.
  await panel.page.emulateMedia({ colorScheme: 'light' });
  await panel.page.emulateMedia({ colorScheme: 'dark' });
  await panel.setTheme(options.theme ?? 'dark');
  return panel;
}

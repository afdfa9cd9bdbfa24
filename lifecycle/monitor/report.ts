import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DriftReport, FeatureDrift, MonitorStage } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { keepReport } from '../store/reports';
import type { StageContext, StageResult } from '../store/room';
import { percent } from './notes';

/**
 * Says what the report says, and ends the stage with it: as its result, or, when more drifted than is allowed, as a failure.
 *
 * @throws UserError `drift-above-limit`
 */
export async function conclude(context: StageContext<MonitorStage>, report: DriftReport): Promise<StageResult> {
  const { stage } = context;
  const log: typeof context.log = (level, message, more) => context.log(level, message, more);
  const text = `${JSON.stringify(report, null, 1)}\n`;
  const drifted = report.features.filter((feature) => feature.drifted);
  if (report.verdict === 'too-few-rows' && report.rows.current > 0)
    log(
      'info',
      `${report.rows.current.toLocaleString('en')} ${report.rows.current === 1 ? 'row was' : 'rows were'} asked and ${report.rows.reference.toLocaleString('en')} are in the reference; fewer than ${stage.drift?.['minimum-rows'] ?? 50} give no verdict.`,
      { code: 'too-few-rows' },
    );
  for (const feature of drifted) log('warning', describe(feature), { code: 'drift' });
  if (report.prediction?.drifted === true) log('warning', describe(report.prediction), { code: 'prediction-drift' });
  if (report.retrain?.due === true)
    log('warning', `Retraining is due: ${report.retrain.when}.`, {
      code: 'retrain-due',
      hint: "`lifecycle retrain --dry-run` (in VS Code *Retrain…*) shows what would be done; `lifecycle retrain` does it, with the stage's `retrain: {data: …}`. By hand: run the pipeline on fresh data, then deploy again.",
    });
  const { min, max } = stage.require?.['drift-share'] ?? {};
  const { share } = report.drift;
  const failed =
    max !== undefined && share > max ? `<= ${max}` : min !== undefined && share < min ? `>= ${min}` : undefined;
  if (failed !== undefined && report.verdict !== 'too-few-rows') {
    await keepReport(context.store, context.run, context.name, 'drift.json', text);
    throw new UserError({
      code: 'drift-above-limit',
      message: `The drift share is ${Number(share.toPrecision(4))} (${report.drift.count} of ${compared(report)} columns), required is ${failed}.`,
      hint: `Retrain on fresh data, or accept the change. The whole report is kept in runs/${context.run}/reports/${context.name}.drift.json of the store.`,
      path: ['require', 'drift-share'],
      details: drifted.map(describe),
    });
  }
  await writeFile(join(context.output, 'drift.json'), text);
  context.progress(1);
  return {
    metrics: { 'drift-share': share, 'drift-count': report.drift.count, rows: report.rows.current },
    summary: summarise(report, drifted),
  };
}

function compared({ features }: DriftReport): number {
  return features.filter(({ statistics }) => Object.keys(statistics).length > 0).length;
}

function summarise(report: DriftReport, drifted: readonly FeatureDrift[]): string {
  const rows = `${report.rows.current.toLocaleString('en')} ${report.rows.current === 1 ? 'row' : 'rows'}`;
  if (report.verdict === 'too-few-rows') return `too few rows for a verdict: ${rows}`;
  const due = report.retrain?.due === true ? '; retraining is due' : '';
  const predictions = report.prediction?.drifted === true ? ' and the predictions' : '';
  if (report.verdict === 'stable') return `stable: ${compared(report)} columns, ${rows}${due}`;
  if (drifted.length === 0) return `the predictions drifted, no column did, ${rows}${due}`;
  return `${drifted.length} of ${compared(report)} columns drifted (${list(
    drifted.map(({ column }) => column),
    3,
  )})${predictions}, ${rows}${due}`;
}

function describe({
  column,
  method,
  statistic,
  threshold,
  'adjusted-p-value': p,
  note,
  statistics,
}: FeatureDrift): string {
  const value = statistic === null ? 'without bound' : Number(statistic.toPrecision(3));
  const [before, after] = [statistics['missing-reference'] ?? 0, statistics['missing-current'] ?? 0];
  const what = method === 'missing' ? `missing ${percent(before)} → ${percent(after)}` : `${method} ${value}`;
  const against =
    threshold !== undefined
      ? `threshold ${threshold}`
      : p !== undefined
        ? `p ${p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`}`
        : '';
  return `${column} drifted: ${what}${against === '' ? '' : ` (${against})`}${note === undefined ? '.' : `. ${note}`}`;
}

/** `a, b, c and 4 more` */
export function list(names: readonly string[], most = 8): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

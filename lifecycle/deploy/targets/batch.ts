import { extname, resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import type { BatchTarget } from '../../../schemas/generated/types';
import { UserError } from '../../problem';
import type { Action, TargetKind } from '../plan';
import { scheduleActions } from './schedule';

/** Scores files: each deployment, and each rollback, writes the output anew. */
export const batch: TargetKind<BatchTarget> = {
  kind: 'batch',
  asks: false,

  async plan(settings, placement) {
    const { target, folder, model } = placement;
    const input = resolve(folder, settings.input);
    const output = resolve(folder, settings.output);
    const parts = settings.partitioned === true ? (settings.format ?? 'parquet') : undefined;
    if (parts === undefined && !['.csv', '.parquet'].includes(extname(output).toLowerCase())) {
      throw new UserError({
        code: 'batch-output-format',
        message: `The target '${target}' writes ${settings.output}, whose ending is neither .csv nor .parquet.`,
        hint: 'Name the output scored.csv or scored.parquet, or say `partitioned: true` for a folder.',
        path: ['output'],
      });
    }
    if (input === output) {
      throw new UserError({
        code: 'batch-output-is-input',
        message: `The target '${target}' would write over its own input ${settings.input}.`,
        hint: 'Give the output another name.',
        path: ['output'],
      });
    }
    const there = await stat(output).catch(() => undefined);
    if (parts !== undefined && there?.isFile()) {
      throw new UserError({
        code: 'batch-output-format',
        message: `The target '${target}' writes a folder ${settings.output}, where there is a file.`,
        hint: 'Give the output another name.',
        path: ['output'],
      });
    }
    const score: Action = {
      do: 'run',
      program: 'score',
      say: `score ${settings.input} with ${model.name} ${model.version} into ${settings.output}`,
      bundle: model.folder,
      digest: model.digest,
      input,
      output,
      ...(settings.keep && { keep: settings.keep }),
      ...(settings['skip-lines'] !== undefined && { skip: settings['skip-lines'] }),
      ...(parts !== undefined && { parts }),
    };
    const schedule = settings.schedule && (await scheduleActions(settings.schedule, placement));
    const replaced =
      there === undefined
        ? []
        : parts === undefined
          ? [`${settings.output} is replaced once the new one is whole.`]
          : ['Parts that this version scored from the same bytes are kept.'];
    return {
      target,
      kind: 'batch',
      actions: [...(schedule?.actions ?? []), score],
      notes: [...replaced, ...(schedule?.notes ?? [])],
    };
  },

  outcome(settings, { folder }) {
    return Promise.resolve({ output: resolve(folder, settings.output) });
  },
};

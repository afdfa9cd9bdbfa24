import { extname, resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import type { BatchTarget } from '../../../schemas/generated/types';
import { UserError } from '../../problem';
import type { TargetKind } from '../plan';

/** Scores files: each deployment, and each rollback, writes the output anew. */
export const batch: TargetKind<BatchTarget> = {
  kind: 'batch',
  asks: false,

  async plan(settings, { target, folder, model }) {
    const input = resolve(folder, settings.input);
    const output = resolve(folder, settings.output);
    if (!['.csv', '.parquet'].includes(extname(output).toLowerCase())) {
      throw new UserError({
        code: 'batch-output-format',
        message: `The target '${target}' writes ${settings.output}, whose ending is neither .csv nor .parquet.`,
        hint: 'Name the output scored.csv or scored.parquet.',
      });
    }
    if (input === output) {
      throw new UserError({
        code: 'batch-output-is-input',
        message: `The target '${target}' would write over its own input ${settings.input}.`,
        hint: 'Give the output another name.',
      });
    }
    const there = await stat(output).catch(() => undefined);
    return {
      target,
      kind: 'batch',
      actions: [
        {
          do: 'run',
          program: 'score',
          say: `score ${settings.input} with ${model.name} ${model.version} into ${settings.output}`,
          bundle: model.folder,
          digest: model.digest,
          input,
          output,
          ...(settings.keep && { keep: settings.keep }),
        },
      ],
      notes: there === undefined ? [] : [`${settings.output} is replaced once the new one is whole.`],
    };
  },

  outcome(settings, { folder }) {
    return Promise.resolve({ output: resolve(folder, settings.output) });
  },
};

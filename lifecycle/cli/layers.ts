import type { TrainStage } from '../../schemas/generated/types';
import { layOut } from '../model/layers';
import { networkOf } from '../pipeline/analyze';
import { certainFeatures } from '../pipeline/feature-count';
import { misfitSaid } from '../pipeline/layers-misfit';
import type { Columns } from '../pipeline/references';
import type { Analysis, Diagnostic } from '../pipeline/types';

/**
 * Layers that don't fit onto what comes before them, as the editor says it; only where columns and steps make certain what goes in.
 *
 * @param columnsOf the columns of a data stage by its name, where they are known
 */
export function misfits(
  analysis: Analysis,
  columnsOf: (stage: string) => readonly Columns[] | undefined,
): readonly Diagnostic[] {
  const network = networkOf(analysis);
  return network.ofKinds(['train']).flatMap((i): Diagnostic[] => {
    const stage = network.stages[i];
    const data = stage && network.dataOf(stage.unit)?.unit;
    const columns = data && columnsOf(data.name);
    const features = columns && certainFeatures(data, columns);
    const { model, training } = (stage?.unit.value ?? {}) as Partial<TrainStage>;
    if (!stage || features === undefined || typeof model !== 'object' || model.kind !== 'network') return [];
    const { unit, base } = stage;
    const options = training?.freeze ? { freeze: training.freeze } : {};
    const result = layOut(model, { features, tokens: [] }, 1, options);
    if ('layout' in result) return [];
    const { from, to, message } = misfitSaid(unit, result.misfit);
    return [
      {
        code: 'layers-misfit',
        severity: 'error',
        stage: unit.name,
        from: from + base,
        to: to + base,
        message,
      },
    ];
  });
}

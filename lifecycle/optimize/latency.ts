import { type ModelInfo } from '../../schemas/generated/types';
import { type Sample } from '../model/score';
import { openSession } from '../onnx';
import { type RawColumns, predictRows } from '../onnx/rows';
import { choose } from './split';

/** Milliseconds that the two models are run in turns, and most answers of each. */
const BUDGET = 400;
const MOST = 300;
const WARM_UP = 20;

/**
 * Median milliseconds of one answer to one row, of two models in turns on one thread, so that what else the machine does meets both alike. It
 * tells of this machine now: it belongs to a run, never to an artifact.
 */
export async function measureLatency(
  models: { readonly before: Uint8Array; readonly after: Uint8Array },
  info: ModelInfo,
  sample: Sample,
): Promise<{ readonly before: number; readonly after: number } | undefined> {
  if (sample.rows === 0) return undefined;
  const row = choose(sample, [0]).columns as RawColumns;
  const sessions = [await openSession(models.before), await openSession(models.after)];
  try {
    const times: number[][] = [[], []];
    const once = async (which: number): Promise<number> => {
      const began = performance.now();
      await predictRows(sessions[which]!, info, row);
      return performance.now() - began;
    };
    const end = performance.now() + BUDGET;
    for (let i = 0; i < MOST + WARM_UP && (i < WARM_UP + 5 || performance.now() < end); i++) {
      for (const which of [0, 1]) {
        const took = await once(which);
        if (i >= WARM_UP) times[which]!.push(took);
      }
    }
    const [before, after] = times.map(median) as [number, number];
    return { before, after };
  } finally {
    await Promise.all(sessions.map((session) => session.close()));
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

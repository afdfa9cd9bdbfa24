import { nearest } from '../../expression/nearest';
import {
  type Predictions,
  type RawColumns,
  type RowOptions,
  rowsToColumns,
  runColumns,
  typicalRow,
} from '../../onnx/rows';
import { openSession, type Session } from '../../onnx/run';
import { UserError } from '../../problem';
import { verifyBundle, type VerifiedBundle } from '../../store/bundle';
import { Batcher, type BatcherOptions } from './batcher';

/** How strictly a server takes rows. */
export const strict: RowOptions = { strict: true, nearest };

/** A model that is loaded and was seen to answer. */
export interface ServedModel {
  readonly name: string;
  readonly version: number;
  readonly digest: string;
  readonly info: VerifiedBundle['model'];
  /** Predictions for converted rows; together with whatever else is asked at the same moment. */
  predict(columns: RawColumns, rows: number): Promise<Predictions>;
  readonly waitingRows: () => number;
  /** Lets go of the model once everything asked of it is answered. */
  close(): Promise<void>;
}

/**
 * Loads a bundle after checking every byte of it, and asks it its own example before anyone else does.
 *
 * @throws UserError of {@link verifyBundle}, or `model-gives-nonsense`
 */
export async function loadModel(
  bundle: { readonly folder: string; readonly version: number; readonly digest: string },
  options: { readonly threads?: number } & BatcherOptions = {},
): Promise<ServedModel> {
  const verified = await verifyBundle(bundle.folder, { digest: bundle.digest });
  const { model: info, onnx } = verified;
  const session = await openSession(onnx, { threads: options.threads ?? 1 });
  try {
    await warmUp(session, verified);
  } catch (error) {
    await session.close();
    throw error;
  }
  const batcher = new Batcher((columns, rows) => runColumns(session, info, columns, rows), options);
  return {
    name: verified.bundle.name,
    version: bundle.version,
    digest: bundle.digest,
    info,
    predict: (columns, rows) => batcher.submit(columns, rows),
    waitingRows: () => batcher.waitingRows,
    async close() {
      await batcher.settled();
      await session.close();
    },
  };
}

async function warmUp(session: Session, { model: info, folder }: VerifiedBundle): Promise<void> {
  const { columns, rows } = rowsToColumns(info, [typicalRow(info)]);
  const answer = await runColumns(session, info, columns, rows);
  const values = answer.probabilities ?? answer.prediction ?? new Float32Array(0);
  if (values.length > 0 && values.every(Number.isFinite)) return;
  throw new UserError({
    code: 'model-gives-nonsense',
    message: `Asked about a typical row the model of ${folder} answers ${[...values].join(', ') || 'nothing'}.`,
    hint: 'It is not served. Look at its training, and at missing values that no `fill` step replaces.',
  });
}

import { join } from 'node:path';
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
import { readJson } from '../../process/files';
import { verifyBundle, type VerifiedBundle } from '../../store/bundle';
import { pictureText } from '../pictures';
import { Batcher, type BatcherOptions } from './batcher';
import { PlainReader, type PlainRows } from './plain-rows';

/** How strictly a server takes rows. */
export const strict: RowOptions = { strict: true, nearest, picture: pictureText };

/** A model that is loaded and was seen to answer. */
export interface ServedModel {
  readonly name: string;
  readonly version: number;
  readonly digest: string;
  readonly info: VerifiedBundle['model'];
  /** Bytes of model.onnx. */
  readonly bytes: number;
  /** Milliseconds that one typical row took, the median of some tries. */
  readonly latency: number;
  /** Headline metrics of the bundle. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Predictions for converted rows; together with whatever else is asked at the same moment. */
  predict(given: RawColumns | PlainRows, rows: number, deadline?: number): Promise<Predictions>;
  /** The same beside what clients ask, at once and alone, with the seconds that the model itself ran. */
  predictBeside(columns: RawColumns, rows: number): Promise<Timed<Predictions>>;
  readonly waitingRows: () => number;
  /** Reads plain bodies of `/predict`, where the model's columns allow it. */
  readonly plain: PlainReader | undefined;
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
  let latency: number;
  try {
    latency = await warmUp(session, verified);
  } catch (error) {
    await session.close();
    throw error;
  }
  const metrics = await readJson<{ metrics?: Record<string, number> }>(join(bundle.folder, 'metrics.json'));
  const run = (columns: RawColumns, rows: number) => runColumns(session, info, columns, rows);
  const batcher = new Batcher(run, options);
  const beside = new Set<Promise<unknown>>();
  return {
    name: verified.bundle.name,
    version: bundle.version,
    digest: bundle.digest,
    info,
    bytes: onnx.length,
    latency,
    metrics: metrics?.metrics ?? {},
    predict: (given, rows, deadline) => batcher.submit(given, rows, deadline),
    predictBeside(columns, rows) {
      const asked = timed(() => run(columns, rows)).finally(() => beside.delete(asked));
      beside.add(asked);
      return asked;
    },
    waitingRows: () => batcher.waitingRows + beside.size,
    plain: PlainReader.for(info),
    async close() {
      await Promise.allSettled([batcher.settled(), ...beside]);
      await session.close();
    },
  };
}

interface Timed<T> {
  readonly value: T;
  readonly seconds: number;
}

/**
 * onnxruntime for Node runs a model on the main thread in a callback of `setImmediate`. Callbacks put right before and right after it see its run alone, and
 * not what else the process is busy with. Where it runs elsewhere, the time until it has answered counts.
 */
async function timed<T>(run: () => Promise<T>): Promise<Timed<T>> {
  const begun = performance.now();
  let [begin, answered, end] = [begun, false, NaN];
  setImmediate(() => (begin = performance.now()));
  const answer = run();
  const after = new Promise<void>((resolve) =>
    setImmediate(() => {
      if (answered) end = performance.now();
      resolve();
    }),
  );
  const value = await answer.finally(() => (answered = true));
  const now = performance.now();
  await after;
  return { value, seconds: (Number.isNaN(end) ? now - begun : end - begin) / 1000 };
}

/** Tries of a typical row, whose median is the latency of the model; fewer when it is slow. */
const TRIES = 30;
const PATIENCE = 300;

/** Asks the rows that show most. @returns the median of milliseconds for one typical row @throws UserError `model-gives-nonsense` */
async function warmUp(session: Session, { model: info, folder }: VerifiedBundle): Promise<number> {
  const asked = probes(info);
  // All at once: under load each run waits for its turn among those of clients.
  const probe = rowsToColumns(
    info,
    asked.map(([, row]) => row),
    { unknown: 'ignore' },
  );
  const answer = await runColumns(session, info, probe.columns, probe.rows);
  const values = answer.probabilities ?? answer.prediction ?? new Float32Array(0);
  const width = values.length / probe.rows;
  for (const [i, [kind]] of asked.entries()) {
    const given = values.subarray(i * width, (i + 1) * width);
    if (given.length > 0 && given.every(Number.isFinite)) continue;
    throw new UserError({
      code: 'model-gives-nonsense',
      message: `Asked about ${kind} the model of ${folder} answers ${[...given].join(', ') || 'nothing'}.`,
      hint: 'It is not served. Look at its training, and at missing values that no `fill` step replaces.',
    });
  }
  const { columns } = rowsToColumns(info, [typicalRow(info)]);
  const times: number[] = [];
  const end = performance.now() + PATIENCE;
  while (times.length < TRIES && (times.length === 0 || performance.now() < end)) {
    const begin = performance.now();
    await runColumns(session, info, columns, 1);
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

/** Rows of the kinds that training saw: typical, at both ends of the ranges, with everything missing that may be, and each category once. */
function probes(info: VerifiedBundle['model']): (readonly [string, Record<string, unknown>])[] {
  const typical = typicalRow(info);
  const changed = (change: (input: (typeof info.inputs)[number]) => unknown) => ({
    ...typical,
    ...Object.fromEntries(
      info.inputs.flatMap((input) => {
        const value = change(input);
        return value === undefined ? [] : [[input.name, value]];
      }),
    ),
  });
  const categories = Math.max(0, ...info.inputs.map((input) => Math.min(20, input.categories?.length ?? 0)));
  return [
    ['a typical row', typical],
    ['the smallest values', changed(({ min }) => min)],
    ['the largest values', changed(({ max }) => max)],
    ['a row whose optional values are missing', changed(({ required }) => (required === true ? undefined : null))],
    ...Array.from(
      { length: categories },
      (_, i) =>
        [
          `the ${i + 1}. category of each column`,
          changed(({ categories: values, type }) => (type === 'text' ? (values?.[i] ?? undefined) : undefined)),
        ] as const,
    ),
  ];
}

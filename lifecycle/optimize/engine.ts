/** An engine of TensorRT beside the model: built by `trtexec` for the GPU at hand, and judged as every optimisation is. */
import { type ModelInfo, type OptimizeStage } from '../../schemas/generated/types';
import { type Sample } from '../model/score';
import { openSession } from '../onnx';
import { type Predictions } from '../onnx/rows';
import { UserError } from '../problem';
import { sha256 } from '../process/hash';
import { capture } from '../process/spawn';
import { ENGINE_FILES } from '../store/engine-files';
import { type StageContext } from '../store/room';
import { type Cut, cutForGpu, engineInputs } from './cut';
import { type Changed, type Elsewhere, type Given } from './methods';
import { choose } from './split';
import { type EngineRows, findTrtexec, Trtexec } from './trtexec';

/** Runs of an engine on validation rows: each starts `trtexec` anew, which takes seconds. */
const JUDGED_RUNS = 8;
const DEFAULT_ROWS: EngineRows = { most: 256, usual: 1 };

/** @throws UserError `trtexec-missing`, `tensorrt-failed`, `tensorrt-precision` */
export async function buildEngine(
  context: StageContext<OptimizeStage>,
  { model, info, bytes }: Given,
): Promise<Changed> {
  const {
    precision = 'float32',
    rows: most = DEFAULT_ROWS.most,
    'usual-rows': usual = DEFAULT_ROWS.usual,
  } = context.stage.tensorrt!;
  const rows: EngineRows = { most, usual: Math.min(usual, most) };
  const doing = 'Built for TensorRT';
  const cut = await cutForGpu(model, info);
  if (cut === undefined)
    return {
      doing,
      why: 'TensorRT computes no trees and no texts, and this model has no matrices beside them, so it is passed on unchanged.',
      record: { method: 'tensorrt' },
    };
  const program = await Trtexec.open(context.scratch, context.signal);
  context.progress(0.1, 'building the engine');
  const half = precision === 'float16';
  const { engine, on } = await program.build(cut.onnx, cut.inputs, rows, { half, quantized: cut.quantized });
  const about = {
    format: 1,
    tensorrt: on.version ?? null,
    device: on.device ?? null,
    precision,
    rows: { least: 1, ...rows },
    inputs: cut.inputs.map(({ name, of, shape }) => ({ name, of, type: 'float32', shape: ['N', ...shape] })),
    output: cut.output,
    model: sha256(bytes),
    ...(cut.prepares && { before: ENGINE_FILES.before }),
  };
  if (cut.prepares)
    context.log(
      'info',
      `What TensorRT does not compute (${cut.left.slice(0, 6).join(', ')}${cut.left.length > 6 ? ', …' : ''}) lies beside the engine in ${ENGINE_FILES.before}: raw columns in, the engine’s inputs out.`,
    );
  return {
    doing,
    record: {
      method: `tensorrt ${precision}`,
      ...(on.device !== undefined && { device: on.device }),
      ...(on.version !== undefined && { tensorrt: on.version }),
      rows,
    },
    note: `TensorRT ${on.version ?? ''} for ${on.device ?? 'this GPU'}`.replace('  ', ' '),
    elsewhere: judgedBy(program, cut, rows, {
      engine,
      files: {
        [ENGINE_FILES.engine]: engine,
        [ENGINE_FILES.about]: Buffer.from(`${JSON.stringify(about, null, 2)}\n`),
        ...(cut.prepares && { [ENGINE_FILES.before]: cut.before }),
      },
      where: on.device ?? 'the GPU',
    }),
  };
}

function judgedBy(
  program: Trtexec,
  cut: Cut,
  rows: EngineRows,
  made: { readonly engine: Uint8Array; readonly files: Elsewhere['files']; readonly where: string },
): Elsewhere {
  const inputsOf = async (info: ModelInfo, sample: Sample): Promise<Float32Array[]> => {
    const session = await openSession(cut.before);
    try {
      return await engineInputs(session, cut, info, sample);
    } finally {
      await session.close();
    }
  };
  return {
    files: made.files,
    bytes: made.engine.length,
    rows: JUDGED_RUNS * rows.most,
    where: `in TensorRT on ${made.where}`,
    async predict(info, sample): Promise<Predictions> {
      const all = await inputsOf(info, sample);
      const width = info.task === 'regression' ? 1 : (info.classes?.length ?? 2);
      const answers = new Float32Array(sample.rows * width);
      for (let from = 0; from < sample.rows; from += rows.most) {
        const count = Math.min(rows.most, sample.rows - from);
        const part = all.map((values) => {
          const size = values.length / sample.rows;
          return values.slice(from * size, (from + count) * size);
        });
        const found = await program.answer(cut.inputs, part, count, cut.output);
        if (found.length !== count * width)
          throw new UserError({
            code: 'tensorrt-failed',
            message: `The engine gave ${found.length} values for ${count} rows of ${width}.`,
            path: ['tensorrt'],
          });
        const strange = found.findIndex((value) => !Number.isFinite(value));
        if (strange >= 0)
          throw new UserError({
            code: 'prediction-not-finite',
            message: `The engine answers ${found[strange]} for row ${from + Math.floor(strange / width)} of the validation split; the model does not.`,
            hint: 'Numbers of 16 bits end at 65504: leave `precision: float16` out.',
            path: ['tensorrt'],
          });
        answers.set(found, from * width);
      }
      return info.task === 'regression' ? { prediction: answers } : { probabilities: answers };
    },
    async milliseconds(info, sample) {
      return program.time(cut.inputs, await inputsOf(info, choose(sample, [0])), 1);
    },
  };
}

/** What an engine depends on beside the model: the program, and the GPU that it is built for. */
export async function engineFingerprint(hashFile: (path: string) => Promise<string>): Promise<Record<string, string>> {
  const program = await findTrtexec();
  const { code, stdout } = await capture(['nvidia-smi', '--query-gpu=name,driver_version', '--format=csv,noheader'], {
    timeout: 10_000,
  });
  return {
    'program trtexec': program === undefined ? 'missing' : await hashFile(program),
    gpu: code === 0 ? (stdout.split('\n')[0]?.trim() ?? '') : 'none',
  };
}

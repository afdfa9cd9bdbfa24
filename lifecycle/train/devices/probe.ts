/** Has an execution provider compute something and compares it with the CPU: that it loads proves little. */
import { encodeModel, float, GraphBuilder, openSession, type TensorData } from '../../onnx';
import { builtInProviders } from '../../onnx/providers';
import { Random } from '../../statistics/random';

/** What came of trying a provider. */
export interface Probe {
  readonly provider: string;
  readonly works: boolean;
  /** What went wrong, in the runtime's words. */
  readonly why?: string;
}

const ROWS = 32;
const WIDTH = 48;
const TOLERANCE = 1e-4;

/**
 * Tries a provider in this process. A driver may bring the process down, so this runs in a child (`__probe`).
 */
export async function probeProvider(provider: string): Promise<Probe> {
  try {
    const model = probeGraph();
    const feeds = probeFeeds();
    const [there, here] = [await compute(model, feeds, provider), await compute(model, feeds, 'cpu')];
    const worst = there.reduce((most, value, i) => Math.max(most, Math.abs(value - here[i]!)), 0);
    if (there.length === here.length && worst <= TOLERANCE) return { provider, works: true };
    return { provider, works: false, why: `it computes wrongly: off by ${worst.toPrecision(2)}` };
  } catch (error) {
    return { provider, works: false, why: error instanceof Error ? error.message.split('\n')[0]! : String(error) };
  }
}

/** What the hidden command `__probe` prints: the providers there are, or what came of trying one. */
export async function probeMain(provider: string | undefined): Promise<unknown> {
  if (provider === undefined) return { providers: await builtInProviders() };
  if (provider === 'tensorflow') return (await import('../tensorflow/runtime')).probeTensorflow();
  return probeProvider(provider);
}

/** Two layers with a loss and one gradient by hand: the operators that every training step has. */
function probeGraph(): Uint8Array {
  const graph = new GraphBuilder('probe');
  const x = graph.input('x', 'float', [ROWS, WIDTH]);
  const w = graph.input('w', 'float', [WIDTH, WIDTH]);
  const b = graph.input('b', 'float', [WIDTH]);
  const hidden = graph.op('Relu', [graph.op('Gemm', [x, w, b])]);
  const shares = graph.op('Softmax', [graph.op('MatMul', [hidden, w])], { axis: { int: 1 } });
  const back = graph.op('MatMul', [graph.op('Transpose', [hidden], { perm: { ints: [1, 0] } }), shares]);
  graph.output(graph.op('Sqrt', [graph.op('Add', [graph.op('Mul', [back, back]), graph.constant(float([1]))])]), 'out');
  return encodeModel(graph.build());
}

function probeFeeds(): Record<string, TensorData> {
  const random = new Random(1);
  const draw = (dims: readonly number[]) => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    return float(
      Float32Array.from({ length: size }, () => random.uniform(-0.5, 0.5)),
      dims,
    );
  };
  return { x: draw([ROWS, WIDTH]), w: draw([WIDTH, WIDTH]), b: draw([WIDTH]) };
}

async function compute(model: Uint8Array, feeds: Record<string, TensorData>, provider: string): Promise<Float32Array> {
  const session = await openSession(model, { provider });
  try {
    return (await session.run(feeds))['out']!.data as Float32Array;
  } finally {
    await session.close();
  }
}

/** Has an execution provider train a little and compares it with the CPU: that it loads proves nothing. */
import { builtInProviders } from '../../onnx/providers';
import { subjects } from '../network/families';
import { familiesThatFail } from '../network/self-test';

/** What came of trying a provider. */
export interface Probe {
  readonly provider: string;
  readonly works: boolean;
  /** What went wrong, in the runtime's words. */
  readonly why?: string;
  /** Families of layers, activations and losses that it can't train, though it trains others. */
  readonly lacks?: readonly string[];
}

/**
 * Tries a provider in this process: a step of a small network of every family of layers, activations and losses. A driver may bring the process down, so this runs in a child (`__probe`).
 */
export async function probeProvider(provider: string): Promise<Probe> {
  const failures = await familiesThatFail(provider);
  const whole = failures.find(({ name }) => name === subjects[0]!.name);
  if (whole) return { provider, works: false, why: whole.why };
  if (failures.length === 0) return { provider, works: true };
  return { provider, works: true, lacks: failures.map(({ name }) => name) };
}

/** What the hidden command `__probe` prints: the providers there are, or what came of trying one. */
export async function probeMain(provider: string | undefined): Promise<unknown> {
  if (provider === undefined) return { providers: await builtInProviders() };
  if (provider === 'tensorflow') return (await import('../tensorflow/runtime')).probeTensorflow();
  return probeProvider(provider);
}

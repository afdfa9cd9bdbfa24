/** What this machine can train on. */
import { cpus, freemem } from 'node:os';
import { memoryLimit } from '../../process/limits';
import { capture } from '../../process/spawn';
import { slotOf } from './choose';
import { holderOf, leaseFolder } from './lease';
import { listNvidia, type NvidiaGpu } from './nvidia';
import { type Probe } from './probe';
import { inWords, remedyOf } from './trouble';
import { findTensorflow } from '../tensorflow/find';
import { checkTensorflow } from '../tensorflow/install';
import { type TensorflowProbe } from '../tensorflow/runtime';

/** The devices that `resources.device` can name. */
export type DeviceKind = 'cpu' | 'webgpu' | 'cuda' | 'tensorflow-gpu';

/** One way to train on this machine. */
export interface Device {
  readonly kind: DeviceKind;
  /** Name of the hardware. */
  readonly name: string;
  /** Bytes, where the hardware tells them. */
  readonly memory?: { readonly total: number; readonly free: number };
  /** Number of the GPU, as `CUDA_VISIBLE_DEVICES` counts. */
  readonly index?: number;
  readonly driver?: string;
  /** Share of the time in which it computed lately, 0…100. */
  readonly utilization?: number;
  /** The training that holds it: others wait for it. */
  readonly holder?: string;
  /** Computed something rightly when asked to. */
  readonly usable: boolean;
  /** Families of layers that can't be trained on it. */
  readonly lacks?: readonly string[];
  /** Why not, and what would help. */
  readonly why?: string;
  readonly remedy?: string;
}

/** What the search found before it is put into words; every part can be given in tests. */
export interface Found {
  readonly gpus: readonly NvidiaGpu[];
  /** Adapters as Vulkan names them. */
  readonly adapters: readonly string[];
  /** Providers that the runtime was built with. */
  readonly providers: readonly string[];
  readonly probes: Readonly<Record<string, Probe>>;
  /** Who holds a GPU, by the name of its slot. */
  readonly holders?: ReadonlyMap<string, string>;
  /** What came of trying TensorFlow.js; undefined when it is not installed. */
  readonly tensorflow: TensorflowProbe | undefined;
}

const PROBE_PATIENCE = 60_000;

/**
 * Looks for every device. The providers are tried in children, because a broken driver may bring a process down.
 * @param self how to start the engine: `[node, cli.js]`
 */
export async function findDevices(self: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Device[]> {
  const nvidia = listNvidia(env);
  // All at once: each of them starts a process, and may wait for a driver.
  const [gpus, adapters, providers, tensorflow, webgpu, cuda] = await Promise.all([
    nvidia,
    vulkanAdapters(env),
    providersOf(self, env),
    findTensorflow(env).then((found) => (found.backend === undefined ? undefined : checkTensorflow(self, env))),
    probeInChild(self, 'webgpu', env),
    nvidia.then(({ length }) => (length > 0 ? probeInChild(self, 'cuda', env) : undefined)),
  ]);
  const probes = [webgpu, cuda].filter((probe) => probe !== undefined && providers.includes(probe.provider)) as Probe[];
  const holders = new Map<string, string>();
  for (const { id } of gpus.map(slotOf)) {
    const owner = await holderOf(id, leaseFolder(env));
    if (owner !== undefined) holders.set(id, owner.purpose);
  }
  return describeDevices({
    gpus,
    holders,
    adapters,
    providers,
    tensorflow,
    probes: Object.fromEntries(probes.map((probe) => [probe.provider, probe])),
  });
}

/** Puts what was found into a list, the CPU first. */
export function describeDevices({ gpus, adapters, providers, probes, tensorflow, holders }: Found): Device[] {
  const gpuFacts = (gpu: NvidiaGpu) => describeGpu(gpu, holders?.get(slotOf(gpu).id));
  const devices: Device[] = [
    {
      kind: 'cpu',
      name: `${cpus()[0]?.model.trim() ?? 'CPU'}, ${cpus().length} cores`,
      memory: { total: memoryLimit(), free: Math.min(freemem(), memoryLimit()) },
      usable: true,
    },
  ];
  const cuda = probes['cuda'];
  for (const gpu of gpus)
    devices.push({
      kind: 'cuda',
      ...gpuFacts(gpu),
      ...(cuda?.works === true
        ? { usable: true, ...(cuda.lacks && { lacks: cuda.lacks }) }
        : {
            usable: false,
            why: providers.includes('cuda')
              ? `ONNX Runtime can't use CUDA: ${inWords(cuda?.why ?? UNTRIED)}`
              : 'this ONNX Runtime has no CUDA part',
            remedy: remedyOf('cuda'),
          }),
    });
  const webgpu = probes['webgpu'];
  if (providers.includes('webgpu') && (webgpu?.works === true || gpus.length > 0 || adapters.length > 0)) {
    const gpu = gpus[0];
    devices.push({
      kind: 'webgpu',
      ...(gpu ? gpuFacts(gpu) : { name: adapters[0] ?? 'GPU through WebGPU' }),
      ...(webgpu?.works === true
        ? { usable: true, ...(webgpu.lacks && { lacks: webgpu.lacks }) }
        : {
            usable: false,
            why: `ONNX Runtime can't use WebGPU: ${inWords(webgpu?.why ?? UNTRIED)}`,
            remedy: remedyOf('webgpu'),
          }),
    });
  }
  const gpu = gpus[0] ? gpuFacts(gpus[0]) : { name: adapters[0] ?? 'GPU' };
  if (tensorflow?.works === true)
    devices.push({
      kind: 'tensorflow-gpu',
      ...(tensorflow.gpu === true ? gpu : { name: 'CPU' }),
      name: `${tensorflow.gpu === true ? gpu.name : 'CPU'}, by ${tensorflow.backend ?? 'TensorFlow.js'}`,
      usable: true,
    });
  else if (gpus.length > 0)
    devices.push({
      kind: 'tensorflow-gpu',
      ...gpu,
      usable: false,
      why:
        tensorflow === undefined
          ? 'TensorFlow.js is not installed'
          : `TensorFlow.js does not work: ${tensorflow.failures.map(({ said }) => said).join('; ')}`,
      remedy: 'Run “ML Lifecycle: Install GPU Runtime”, or `lifecycle gpu-runtime install`.',
    });
  return devices;
}

const UNTRIED = 'it was not tried';

function describeGpu(
  { name, memory, index, driver, utilization }: NvidiaGpu,
  holder: string | undefined,
): Pick<Device, 'name' | 'memory' | 'index' | 'driver' | 'utilization' | 'holder'> {
  return {
    name,
    index,
    driver,
    memory: { total: memory.total, free: memory.total - memory.used },
    ...(utilization === undefined ? {} : { utilization }),
    ...(holder === undefined ? {} : { holder }),
  };
}

/** Names of the adapters that Vulkan sees; empty without `vulkaninfo`. */
async function vulkanAdapters(env: NodeJS.ProcessEnv): Promise<string[]> {
  const { code, stdout } = await capture(['vulkaninfo', '--summary'], { timeout: 10_000, env });
  return code === 0 ? parseVulkan(stdout) : [];
}

/** Reads `deviceName = …` lines. */
export function parseVulkan(text: string): string[] {
  return [...text.matchAll(/^\s*deviceName\s*=\s*(.+)$/gm)].map(([, name]) => name!.trim());
}

async function providersOf(self: readonly string[], env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const { stdout } = await capture([...self, '__probe'], { timeout: PROBE_PATIENCE, env });
  return (jsonIn(stdout) as { providers?: string[] } | undefined)?.providers ?? ['cpu'];
}

/** Tries a provider in a process of its own. */
export async function probeInChild(
  self: readonly string[],
  provider: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Probe> {
  const { code, signal, stdout } = await capture([...self, '__probe', provider], { timeout: PROBE_PATIENCE, env });
  const answer = jsonIn(stdout) as Probe | undefined;
  if (answer?.provider === provider) return answer;
  return { provider, works: false, why: `trying it ended with ${signal ?? `code ${String(code)}`}` };
}

function jsonIn(text: string): unknown {
  const line = text
    .split('\n')
    .reverse()
    .find((each) => each.startsWith('{'));
  try {
    return line === undefined ? undefined : JSON.parse(line);
  } catch {
    return undefined;
  }
}

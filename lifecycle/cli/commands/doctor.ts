import { existsSync } from 'node:fs';
import { capture } from '../../process/spawn';
import { freeBytes } from '../../process/files';
import { coreLimit, memoryLimit } from '../../process/limits';
import { ENGINE_VERSION } from '../../store/version';
import type { Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { bytes } from '../format';
import { pad } from '../terminal';

interface Finding {
  readonly name: string;
  /** `needed` parts stop the engine when they are missing; the others open more ways. */
  readonly need: 'needed' | 'optional';
  readonly found: boolean;
  /** Version or place; or what was wrong. */
  readonly detail: string;
  /** How to get it. */
  readonly remedy?: string;
}

/** Looks at the machine. Fails only when something is missing without which nothing works. */
export async function run(_given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { colour } = terminal;
  const findings = (
    await Promise.all([
      node(),
      disk(context),
      duckdb(),
      onnxruntime(),
      gpu(),
      accelerators(),
      python(context),
      tensorflow(),
      containers(),
      kubectl(),
      slurm(),
    ])
  ).flat();
  for (const finding of findings) terminal.emit(finding);
  const width = Math.max(...findings.map((finding) => finding.name.length));
  for (const { name, need, found, detail, remedy } of findings) {
    const sign = found ? colour.green('✔') : need === 'needed' ? colour.red('✖') : colour.dim('–');
    terminal.print(`${sign} ${pad(name, width)}  ${found ? detail : colour.dim(detail)}`);
    if (!found && remedy !== undefined) terminal.print(`  ${' '.repeat(width)}  ${colour.cyan('get it')}: ${remedy}`);
  }
  const broken = findings.filter((finding) => !finding.found && finding.need === 'needed');
  terminal.print();
  terminal.print(
    broken.length === 0
      ? `ML Lifecycle ${ENGINE_VERSION} is ready. What is marked – is optional.`
      : `Not ready: ${broken.map((finding) => finding.name).join(', ')}.`,
  );
  return broken.length === 0 ? EXIT.ok : EXIT.failed;
}

function node(): Promise<Finding> {
  const [major = 0] = process.versions.node.split('.').map(Number);
  return Promise.resolve({
    name: 'Node',
    need: 'needed',
    found: major >= 20,
    detail: `${process.version} on ${process.platform} ${process.arch}, ${coreLimit()} cores, ${bytes(memoryLimit())} memory`,
    remedy: 'Install Node 20 or newer, or set lifecycle.node.path in VS Code.',
  });
}

async function disk(context: Context): Promise<Finding> {
  const { store, root } = await projectHere(context);
  const free = await freeBytes(existsSync(store) ? store : root);
  return {
    name: 'Store',
    need: 'needed',
    found: free === undefined || free > 100e6,
    detail: `${store}${free === undefined ? '' : `, ${bytes(free)} free`}`,
    remedy: 'Free some space; `lifecycle gc` shows what could go.',
  };
}

const REINSTALL = 'Install the packages again (`npm ci`), or the VSIX for this platform.';

async function duckdb(): Promise<Finding> {
  const common = { name: 'DuckDB', need: 'needed', remedy: REINSTALL } as const;
  try {
    const { withDatabase } = await import('../../table');
    const { version } = await withDatabase({}, (database) =>
      database.one<{ version: string }>('SELECT version() AS version'),
    );
    return { ...common, found: true, detail: version };
  } catch (error) {
    return { ...common, found: false, detail: firstLine(error) };
  }
}

/** Has the runtime compute something: that it loads proves little. */
async function onnxruntime(): Promise<Finding> {
  const common = { name: 'ONNX Runtime', need: 'needed', remedy: REINSTALL } as const;
  try {
    const { encodeModel, GraphBuilder, openSession } = await import('../../onnx');
    const builder = new GraphBuilder('doctor');
    const x = builder.input('x', 'float', [1]);
    builder.output(x, 'same');
    const session = await openSession(encodeModel(builder.build()));
    const { same } = await session.run({ x: { type: 'float', dims: [1], data: Float32Array.of(42) } });
    await session.close();
    const right = Number(same?.data[0]) === 42;
    return { ...common, found: right, detail: right ? 'loads and computes (CPU)' : 'loads, but computes wrongly' };
  } catch (error) {
    return { ...common, found: false, detail: firstLine(error) };
  }
}

async function gpu(): Promise<Finding> {
  const { code, stdout } = await capture(
    ['nvidia-smi', '--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'],
    { timeout: 5_000 },
  );
  return {
    name: 'NVIDIA GPU',
    need: 'optional',
    found: code === 0 && stdout !== '',
    detail: code === 0 ? stdout.split('\n').join('; ') : 'none found',
    remedy: 'With an NVIDIA card: install its driver (nvidia-smi comes with it). Everything works on the CPU.',
  };
}

/** What `device: cuda` and `device: webgpu` need, each by itself. */
async function accelerators(): Promise<Finding[]> {
  const { cudaRequirements, vulkanRequirements } = await import('../../train/devices/requirements');
  const found = (await Promise.all([cudaRequirements(), vulkanRequirements()])).flat();
  return found.map((requirement) => ({ need: 'optional', ...requirement }));
}

/** What lies in the folder that doctor is called in is none of Python's modules, whatever its name. */
const PYTHON_PROBE = `
import sys
sys.path = [place for place in sys.path if place]
import importlib, json
found = {}
for name in ("numpy", "pandas", "sklearn", "torch", "xgboost", "tensorflow", "onnx"):
    try:
        found[name] = getattr(importlib.import_module(name), "__version__", "?")
    except Exception:
        pass
print(json.dumps({"version": sys.version.split()[0], "path": sys.executable, "found": found}))
`;

/** The interpreter that `python` in a command means here, else any. */
async function python({ cwd }: Context): Promise<Finding[]> {
  const { findPython } = await import('../../train/command/python');
  const meant = await findPython(cwd);
  const probe = (meant === undefined ? ['python3', 'python'] : [meant]).map((program) =>
    capture([program, '-c', PYTHON_PROBE], { timeout: 60_000 }),
  );
  const answer = (await Promise.all(probe)).find((result) => result.code === 0);
  const remedy = 'Only `command` stages need Python: install python3.';
  if (answer === undefined) return [{ name: 'Python', need: 'optional', found: false, detail: 'not found', remedy }];
  const { version, path, found } = JSON.parse(answer.stdout.split('\n').at(-1) ?? '{}') as {
    version: string;
    path: string;
    found: Record<string, string>;
  };
  const frameworks = ['torch', 'sklearn', 'xgboost', 'tensorflow', 'onnx'];
  const packages: Record<string, string> = { sklearn: 'scikit-learn' };
  return [
    { name: 'Python', need: 'optional', found: true, detail: `${version} (${path})`, remedy },
    ...frameworks.map((name): Finding => ({
      name: `  ${name}`,
      need: 'optional',
      found: found[name] !== undefined,
      detail: found[name] ?? 'not installed',
      remedy: `For \`command\` stages that use it: ${path} -m pip install ${packages[name] ?? name}`,
    })),
  ];
}

async function tensorflow(): Promise<Finding> {
  const { findTensorflow } = await import('../../train/tensorflow/find');
  const { backend, folder, why } = await findTensorflow();
  return {
    name: 'TensorFlow.js for Node',
    need: 'optional',
    found: backend !== undefined,
    detail: backend === undefined ? (why ?? 'not installed') : `${backend} in ${folder ?? ''}`,
    remedy:
      'Only `device: tensorflow-gpu` needs it: `lifecycle gpu-runtime install`, or “ML Lifecycle: Install GPU Runtime” in VS Code.',
  };
}

async function containers(): Promise<Finding> {
  for (const program of ['docker', 'podman']) {
    const { code, stdout } = await capture([program, '--version'], { timeout: 5_000 });
    if (code === 0)
      return { name: 'Containers', need: 'optional', found: true, detail: stdout.split('\n')[0] ?? program };
  }
  return {
    name: 'Containers',
    need: 'optional',
    found: false,
    detail: 'neither docker nor podman',
    remedy: 'For container targets: install podman or Docker.',
  };
}

async function kubectl(): Promise<Finding> {
  const { code, stdout } = await capture(['kubectl', 'version', '--client', '--output=json'], { timeout: 5_000 });
  const version = /"gitVersion":\s*"([^"]+)"/.exec(stdout)?.[1];
  return {
    name: 'kubectl',
    need: 'optional',
    found: code === 0,
    detail: version ?? 'not found',
    remedy: 'For Kubernetes targets: install kubectl and a kubeconfig.',
  };
}

async function slurm(): Promise<Finding> {
  const { code, stdout } = await capture(['sinfo', '--version'], { timeout: 5_000 });
  return {
    name: 'Slurm',
    need: 'optional',
    found: code === 0,
    detail: code === 0 ? stdout : 'not found',
    remedy: 'For Slurm clusters: run on a login node, where sinfo and sbatch are.',
  };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

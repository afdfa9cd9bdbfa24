/** What ONNX Runtime needs on this machine for `device: cuda` and `device: webgpu`, looked for without loading any of it. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { remedyOf } from './trouble';
import { findLibrary, libraryPaths, type Requirement } from './libraries';

/** Where to look; this machine unless given. */
export interface Where {
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  readonly arch?: string;
  /** Folder of the package onnxruntime-node. */
  readonly runtime?: string;
}

const CUDA_PART = 'libonnxruntime_providers_cuda.so';
/** What that part is linked against. */
const CUDA_LIBRARIES = ['libcudart.so.12', 'libcublas.so.12', 'libcublasLt.so.12', 'libcufft.so.11'];
const CUDNN_LIBRARY = 'libcudnn.so.9';
const VULKAN_LIBRARY = 'libvulkan.so.1';

/** CUDA in three parts: that of ONNX Runtime, CUDA 12, and cuDNN 9. Nothing on macOS, for which there is no CUDA. */
export async function cudaRequirements(where: Where = {}): Promise<Requirement[]> {
  const { env = process.env, platform = process.platform, arch = process.arch, runtime = runtimePackage() } = where;
  const name = 'CUDA part of ONNX Runtime';
  if (platform === 'darwin') return [];
  if (platform !== 'linux' || arch !== 'x64')
    return [
      {
        name,
        found: false,
        detail: `there is none for ${platform} ${arch}`,
        remedy: 'Use `device: webgpu`, which needs no CUDA.',
      },
    ];
  const part = cudaPart(runtime, platform, arch);
  const paths = await libraryPaths(env);
  const place = 'and put its lib folder on LD_LIBRARY_PATH, or run ldconfig';
  return [
    { name, found: part !== undefined, detail: part ?? `${CUDA_PART} is not there`, remedy: remedyOf('cuda') },
    librariesOf('CUDA 12', CUDA_LIBRARIES, paths, `For \`device: cuda\`: install the CUDA toolkit 12 ${place}.`),
    librariesOf('cuDNN 9', [CUDNN_LIBRARY], paths, `For \`device: cuda\`: install cuDNN 9 for CUDA 12 ${place}.`),
  ];
}

/** Vulkan, which WebGPU computes with on Linux: the loader and a driver. Windows and macOS bring what WebGPU takes there. */
export async function vulkanRequirements(where: Where = {}): Promise<Requirement[]> {
  const { env = process.env, platform = process.platform } = where;
  if (platform === 'win32') return [{ name: 'WebGPU', found: true, detail: 'by Direct3D 12, a part of Windows' }];
  if (platform === 'darwin') return [{ name: 'WebGPU', found: true, detail: 'by Metal, a part of macOS' }];
  const paths = await libraryPaths(env);
  const drivers = vulkanManifests(env).map((manifest) => driverOf(manifest, paths));
  const [working] = drivers.filter(({ library }) => library !== undefined);
  return [
    librariesOf(
      'Vulkan loader',
      [VULKAN_LIBRARY],
      paths,
      'For `device: webgpu`: install libvulkan1 (Debian, Ubuntu) or vulkan-loader (Fedora).',
    ),
    {
      name: 'Vulkan driver',
      found: working !== undefined,
      detail: working
        ? `${working.library!} (${working.manifest})`
        : drivers.length === 0
          ? 'no driver is announced in a vulkan/icd.d folder'
          : drivers.map(({ manifest, why }) => `${manifest}: ${why}`).join('; '),
      remedy:
        'For `device: webgpu`: install the driver of your card: mesa-vulkan-drivers (AMD, Intel), or NVIDIA’s, which brings its own.',
    },
  ];
}

function librariesOf(name: string, files: readonly string[], paths: readonly string[], remedy: string): Requirement {
  const missing = files.filter((file) => findLibrary(paths, file) === undefined);
  const [first] = files.flatMap((file) => findLibrary(paths, file) ?? []);
  return missing.length === 0
    ? { name, found: true, detail: first ?? '', remedy }
    : {
        name,
        found: false,
        detail: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not on the library path`,
        remedy,
      };
}

/** Folder of the onnxruntime that the engine loads. */
function runtimePackage(): string {
  try {
    return dirname(createRequire(__filename).resolve('onnxruntime-node/package.json'));
  } catch {
    return '';
  }
}

function cudaPart(runtime: string, platform: string, arch: string): string | undefined {
  const binaries = join(runtime, 'bin');
  return namesIn(binaries)
    .map((version) => join(binaries, version, platform, arch, CUDA_PART))
    .find(existsSync);
}

/**
 * The manifests of drivers, where the Vulkan loader looks for them.
 * Source: Khronos, Vulkan-Loader, docs/LoaderDriverInterface.md, "Driver Discovery on Linux".
 */
function vulkanManifests(env: NodeJS.ProcessEnv): string[] {
  const list = (text: string | undefined, otherwise: string) =>
    (text === undefined || text === '' ? otherwise : text).split(delimiter).filter((entry) => entry !== '');
  const within = (entry: string): string[] => {
    if (!isFolder(entry)) return [entry];
    return namesIn(entry)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(entry, name));
  };
  const only = list(env['VK_DRIVER_FILES'], env['VK_ICD_FILENAMES'] ?? '');
  if (only.length > 0) return only.flatMap(within);
  const home = env['HOME'] ?? homedir();
  const folders = [
    ...list(env['XDG_CONFIG_HOME'], join(home, '.config')),
    ...list(env['XDG_CONFIG_DIRS'], '/etc/xdg'),
    '/etc',
    ...list(env['XDG_DATA_HOME'], join(home, '.local', 'share')),
    ...list(env['XDG_DATA_DIRS'], `/usr/local/share${delimiter}/usr/share`),
  ].map((folder) => join(folder, 'vulkan', 'icd.d'));
  return [...list(env['VK_ADD_DRIVER_FILES'], ''), ...new Set(folders.filter(isFolder))].flatMap(within);
}

interface Driver {
  readonly manifest: string;
  readonly library?: string;
  readonly why?: string;
}

/** Whether the library that a manifest names is there: beside it, at its place, or on the library path. */
function driverOf(manifest: string, paths: readonly string[]): Driver {
  let named: unknown;
  try {
    named = (JSON.parse(readFileSync(manifest, 'utf8')) as { ICD?: { library_path?: unknown } }).ICD?.library_path;
  } catch {
    return { manifest, why: 'it can’t be read' };
  }
  if (typeof named !== 'string' || named === '') return { manifest, why: 'it names no library' };
  const library = named.includes('/')
    ? [resolve(dirname(manifest), named)].find(existsSync)
    : findLibrary(paths, named);
  return library === undefined ? { manifest, why: `its library ${named} is missing` } : { manifest, library };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

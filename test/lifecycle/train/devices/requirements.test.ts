import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cudaRequirements, vulkanRequirements } from '../../../../lifecycle/train/devices/requirements';
import { fakeLibraries } from '../../../rigs/fake-npm';
import { freshFolder } from '../../../rigs/folder';
import { skip } from '../../../rigs/skip';

const CUDA = ['libcudart.so.12', 'libcublas.so.12', 'libcublasLt.so.12', 'libcufft.so.11'];

describe('what ONNX Runtime needs on a GPU', function () {
  const folder = freshFolder();
  before(function () {
    if (process.platform !== 'linux') skip(this, 'libraries are looked for on Linux only');
  });

  const env = (libraries: readonly string[], more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => {
    fakeLibraries(folder(), libraries);
    return { PATH: folder(), HOME: folder(), XDG_CONFIG_DIRS: folder(), XDG_DATA_DIRS: folder(), ...more };
  };
  const linux = { platform: 'linux', arch: 'x64' } as const;

  it('is CUDA in three parts, each with how to get it', async () => {
    const runtime = join(folder(), 'onnxruntime-node');
    const look = async (libraries: readonly string[]) =>
      (await cudaRequirements({ ...linux, runtime, env: env(libraries) })).map(({ name, found, detail, remedy }) => {
        assert.ok(found || remedy !== undefined, name);
        return found ? `${name}: ${detail}` : `no ${name}: ${detail}`;
      });
    assert.deepEqual(await look([]), [
      'no CUDA part of ONNX Runtime: libonnxruntime_providers_cuda.so is not there',
      'no CUDA 12: libcudart.so.12, libcublas.so.12, libcublasLt.so.12, libcufft.so.11 are not on the library path',
      'no cuDNN 9: libcudnn.so.9 is not on the library path',
    ]);
    const binaries = join(runtime, 'bin', 'napi-v6', 'linux', 'x64');
    mkdirSync(binaries, { recursive: true });
    writeFileSync(join(binaries, 'libonnxruntime_providers_cuda.so'), '');
    assert.deepEqual(await look([...CUDA.slice(0, 3), 'libcudnn.so.9']), [
      `CUDA part of ONNX Runtime: ${join(binaries, 'libonnxruntime_providers_cuda.so')}`,
      'no CUDA 12: libcufft.so.11 is not on the library path',
      'cuDNN 9: /opt/lib/libcudnn.so.9',
    ]);
    assert.deepEqual(
      (await look([...CUDA, 'libcudnn.so.8'])).map((line) => line.split(':')[0]),
      ['CUDA part of ONNX Runtime', 'CUDA 12', 'no cuDNN 9'],
    );
  });

  it('is not to be had on other machines, and that is said', async () => {
    assert.deepEqual(await cudaRequirements({ platform: 'darwin' }), []);
    const [only, ...more] = await cudaRequirements({ platform: 'linux', arch: 'arm64' });
    assert.deepEqual([only?.found, only?.detail, more], [false, 'there is none for linux arm64', []]);
    for (const platform of ['darwin', 'win32'] as const)
      assert.deepEqual(
        (await vulkanRequirements({ platform })).map(({ found }) => found),
        [true],
      );
  });

  it('is for WebGPU a Vulkan loader and a driver whose library is there', async () => {
    const look = async (libraries: readonly string[], more: NodeJS.ProcessEnv = {}) =>
      vulkanRequirements({ ...linux, env: env(libraries, more) });
    // Real drivers of this machine may lie in /etc.
    const alone = { VK_DRIVER_FILES: join(folder(), 'none.json') };
    const [loader, driver] = await look([], alone);
    assert.deepEqual([loader?.found, driver?.found], [false, false]);
    assert.match(loader?.remedy ?? '', /libvulkan1/);
    assert.match(driver?.remedy ?? '', /mesa-vulkan-drivers/);
    assert.equal((await look(['libvulkan.so.1'], alone))[0]?.found, true);

    const drivers = join(folder(), '.local', 'share', 'vulkan', 'icd.d');
    mkdirSync(drivers, { recursive: true });
    const announce = (text: unknown) =>
      writeFileSync(join(drivers, 'card.json'), typeof text === 'string' ? text : JSON.stringify(text));
    const found = async (libraries: readonly string[], more = {}) => (await look(libraries, more))[1];
    announce({ ICD: { library_path: 'libGLX_nvidia.so.0' } });
    const only = { VK_DRIVER_FILES: drivers };
    assert.match((await found([], only))?.detail ?? '', /card\.json: its library libGLX_nvidia\.so\.0 is missing/);
    assert.match(
      (await found(['libGLX_nvidia.so.0']))?.detail ?? '',
      /^\/opt\/lib\/libGLX_nvidia\.so\.0 \(.*card\.json\)$/,
    );
    announce({ ICD: { library_path: './own.so' } });
    assert.equal((await found([], only))?.found, false);
    writeFileSync(join(drivers, 'own.so'), '');
    assert.equal((await found([], only))?.found, true);
    announce('{');
    assert.match((await found([], only))?.detail ?? '', /can’t be read/);
    announce({});
    assert.match((await found([], only))?.detail ?? '', /names no library/);
  });
});

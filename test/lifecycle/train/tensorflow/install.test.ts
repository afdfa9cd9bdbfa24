import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  checkTensorflow,
  explainFailure,
  gpuRequirements,
  type Installed,
  installTensorflow,
} from '../../../../lifecycle/train/tensorflow/install';
import { tensorflowPlaces } from '../../../../lifecycle/train/tensorflow/find';
import { loadTensorflow, probeTensorflow } from '../../../../lifecycle/train/tensorflow/runtime';
import { cli } from '../../../rigs/cli';
import { fakeLibraries, fakeNpm, type NpmPlan, script } from '../../../rigs/fake-npm';
import { freshFolder } from '../../../rigs/folder';
import { skip } from '../../../rigs/skip';

const backend = '@tensorflow/tfjs-node-gpu';
const LIBRARIES = ['libcudart.so.11.0', 'libcublas.so.11', 'libcudnn.so.8'];

describe('train/tensorflow installation', () => {
  const folder = freshFolder();

  async function install(plan: NpmPlan): Promise<{ result: Installed; lines: string[]; env: NodeJS.ProcessEnv }> {
    const env = fakeNpm(folder(), plan);
    const lines: string[] = [];
    return { result: await installTensorflow({ backend, env, say: (line) => lines.push(line) }), lines, env };
  }

  /** Tries the installed runtime alone: another one would change this process. */
  function probe(env: NodeJS.ProcessEnv) {
    const places = tensorflowPlaces(env).filter((place) => place.backend === backend);
    assert.equal(places.length, 1);
    return probeTensorflow(env, places);
  }

  it('fetches the runtime, tells what npm says on the way, and the runtime computes', async () => {
    const { result, lines, env } = await install('gpu');
    assert.deepEqual(result, { ok: true, folder: join(folder(), 'runtime') });
    assert.deepEqual(
      lines,
      ['3', '50', '100'].map((share) => `* Downloading libtensorflow: ${share} %`),
    );
    const { works, gpu, failures, ...found } = await probe(env);
    assert.deepEqual([works, found.backend, gpu, failures], [true, backend, true, []]);
    const { name, version } = await loadTensorflow(env);
    assert.deepEqual(
      [name, version],
      [backend, '4.22.0 with TensorFlow 2.9.1'],
      'what the self-test is remembered for',
    );
  });

  it('puts back what Node 23 took away before it loads it', async () => {
    const { env } = await install('cpu');
    const util = createRequire(__filename)('node:util') as Record<string, unknown>;
    const { isNullOrUndefined, isArray } = util;
    delete util['isNullOrUndefined'];
    delete util['isArray'];
    try {
      const { works, gpu, failures } = await probe(env);
      assert.deepEqual([works, gpu, failures], [true, false, []]);
    } finally {
      Object.assign(util, { isNullOrUndefined, isArray });
    }
  });

  it('tells which library loading it lacks', async () => {
    const { env } = await install('library');
    const [failure] = (await probe(env)).failures;
    assert.equal(failure?.backend, backend);
    assert.match(failure?.said ?? '', /libcudart\.so\.11\.0: cannot open/);
  });

  it('says why it failed, and leaves nothing half-installed', async () => {
    for (const [plan, code, message, hint] of [
      ['refused', 'download-refused', /refused by storage\.googleapis\.com/, /proxy/],
      ['unbuilt', 'build-failed', /no prebuilt file/, /Node 18 or 20/],
      ['broken', 'install-failed', /npm ended with an error/, /last lines/],
    ] as const) {
      const { result } = await install(plan);
      assert.ok(!result.ok, plan);
      assert.equal(result.code, code);
      assert.match(result.message, message);
      assert.match(result.hint, hint);
      assert.ok(result.details.some((line) => line.startsWith('npm error')));
      assert.ok(!existsSync(join(folder(), 'runtime')), plan);
    }
    const none = await installTensorflow({
      backend,
      env: { PATH: '/none', LIFECYCLE_GPU_RUNTIME: join(folder(), 'runtime') },
      say: () => undefined,
    });
    assert.ok(!none.ok && none.code === 'npm-missing');
    assert.deepEqual(
      readdirSync(folder()).filter((name) => name.startsWith('runtime')),
      [],
    );
  });

  it('keeps what was installed before when the next one fails', async () => {
    const { env } = await install('cpu');
    writeFileSync(join(folder(), 'runtime', 'mine.txt'), 'kept');
    assert.equal((await install('broken')).result.ok, false);
    assert.equal(readFileSync(join(folder(), 'runtime', 'mine.txt'), 'utf8'), 'kept');
    assert.equal((await probe(env)).works, true);
    assert.equal((await install('gpu')).result.ok, true);
    assert.ok(!existsSync(join(folder(), 'runtime', 'mine.txt')));
    assert.deepEqual(
      readdirSync(folder()).filter((name) => name.startsWith('runtime')),
      ['runtime'],
    );
  });

  it('puts unknown failures of the network into words', () => {
    for (const line of [
      'npm error code ECONNRESET',
      'Error: socket hang up',
      'npm error 403 Forbidden - GET https://registry.example.org/@tensorflow%2ftfjs-node-gpu',
      'npm error code EAI_AGAIN',
    ])
      assert.equal(explainFailure([line]).code, 'download-refused', line);
    assert.match(
      explainFailure(['npm error 403 Forbidden - GET https://registry.example.org/x']).message,
      /registry\.example\.org/,
    );
  });

  it('names each part that is missing', async function () {
    if (process.platform !== 'linux') skip(this, 'libraries are looked for on Linux only');
    script(join(folder(), 'nvidia-smi'), "echo '0, GPU-1, NVIDIA L4, 23034, 1024, 550.54.14, 80'");
    const env = { ...process.env, PATH: `${folder()}:${process.env['PATH']}`, CUDA_VISIBLE_DEVICES: undefined };
    const missing = async (files: readonly string[], given: NodeJS.ProcessEnv = env) => {
      fakeLibraries(folder(), files);
      return (await gpuRequirements(given)).flatMap(({ name, found }) => (found ? [] : name));
    };
    assert.deepEqual(await missing(LIBRARIES), []);
    assert.deepEqual(await missing(LIBRARIES.slice(1)), ['CUDA runtime']);
    assert.deepEqual(await missing([LIBRARIES[0]!, LIBRARIES[2]!]), ['cuBLAS']);
    assert.deepEqual(await missing(LIBRARIES.slice(0, 2)), ['cuDNN']);
    // CUDA 12 is not CUDA 11.
    assert.deepEqual(await missing(['libcudart.so.12', 'libcublas.so.110', 'libcudnn.so.9']), [
      'CUDA runtime',
      'cuBLAS',
      'cuDNN',
    ]);
    const own = join(folder(), 'own');
    mkdirSync(own);
    for (const file of LIBRARIES) writeFileSync(join(own, file), '');
    assert.deepEqual(await missing([], { ...env, LD_LIBRARY_PATH: `/none:${own}` }), []);
    const bare = join(folder(), 'bare');
    fakeLibraries(bare, LIBRARIES);
    const [driver] = await gpuRequirements({ PATH: bare });
    assert.deepEqual([driver?.name, driver?.found], ['NVIDIA driver', false]);
    assert.match(driver?.remedy ?? '', /450\.80/);
  });

  it('survives a runtime that brings its process down', async function () {
    if (process.platform === 'win32') skip(this, 'Windows has no such signals');
    const program = join(folder(), 'engine');
    script(program, 'echo "Illegal instruction: AVX2" >&2\nkill -SEGV $$');
    const { works, failures } = await checkTensorflow([program]);
    assert.equal(works, false);
    assert.match(failures[0]!.said, /ended the process with SIGSEGV: Illegal instruction: AVX2/);
  });

  describe('by the command line', () => {
    const kept = { ...process.env };
    afterEach(() => {
      for (const name of ['PATH', 'LIFECYCLE_GPU_RUNTIME']) process.env[name] = kept[name];
      if (kept['LIFECYCLE_GPU_RUNTIME'] === undefined) delete process.env['LIFECYCLE_GPU_RUNTIME'];
    });

    function world(plan: NpmPlan, works: boolean): { self: string[] } {
      const { PATH, LIFECYCLE_GPU_RUNTIME } = fakeNpm(folder(), plan);
      Object.assign(process.env, { PATH, LIFECYCLE_GPU_RUNTIME });
      fakeLibraries(folder(), LIBRARIES.slice(0, 2));
      const program = join(folder(), 'engine');
      const failures = works ? [] : [{ backend, said: 'libcudnn.so.8: cannot open shared object file' }];
      script(program, `echo '${JSON.stringify({ provider: 'tensorflow', works, backend, gpu: works, failures })}'`);
      return { self: [program] };
    }

    it('streams, checks, and names what is missing', async () => {
      const { code, json } = await cli(folder(), ['gpu-runtime', 'install', '--json'], world('gpu', true));
      assert.equal(code, 0);
      assert.ok(json.some(({ type, message }) => type === 'output' && message === '* Downloading libtensorflow: 50 %'));
      const probe = json.at(-1)!;
      assert.equal(probe['works'], true);
      const requirements = probe['requirements'] as { name: string; found: boolean }[];
      assert.equal(
        requirements.find(({ name }) => name === 'cuDNN')?.found,
        process.platform === 'linux' ? false : undefined,
      );
      const text = await cli(folder(), ['gpu-runtime', 'check'], world('gpu', false));
      assert.equal(text.code, 1);
      assert.match(text.stdout, /get it: TensorFlow 2\.9 needs cuDNN 8\.1: install it/);
      assert.match(text.stdout, /✖ @tensorflow\/tfjs-node-gpu: libcudnn\.so\.8: cannot open/);
    });

    it('fails with what to do', async () => {
      const { code, json, stderr } = await cli(folder(), ['gpu-runtime', 'install', '--json'], world('refused', false));
      assert.equal(code, 1);
      assert.equal((json.at(-1)?.['error'] as { code: string }).code, 'download-refused');
      assert.match(stderr, /hint.*storage\.googleapis\.com/);
    });

    it('is cancelled with all that it started, and leaves nothing behind', async () => {
      const abort = new AbortController();
      const given = { ...world('slow', true), signal: abort.signal };
      const running = cli(folder(), ['gpu-runtime', 'install', '--json'], given);
      const file = join(folder(), 'npm.pid');
      while (!existsSync(file) || readFileSync(file, 'utf8') === '') await new Promise((done) => setTimeout(done, 5));
      abort.abort();
      const { code } = await running;
      assert.equal(code, 130);
      assert.ok(!existsSync(join(folder(), 'runtime')));
      assert.throws(() => process.kill(Number(readFileSync(file, 'utf8')), 0));
    });
  });
});

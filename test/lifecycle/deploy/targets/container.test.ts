import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ContainerTarget } from '../../../../schemas/generated/types';
import { deployBundle, planDeployment } from '../../../../lifecycle/deploy/deploy';
import { neededLibraries } from '../../../../lifecycle/deploy/image/elf';
import { blobPath, imagesFolder, type Layer, readManifest } from '../../../../lifecycle/deploy/image/layout';
import { parseRepository } from '../../../../lifecycle/deploy/image/registry';
import { predict } from '../../../../lifecycle/deploy/predict';
import { UserError } from '../../../../lifecycle/problem';
import { readLedger } from '../../../../lifecycle/store/ledger';
import { skip } from '../../../rigs/skip';
import { removeFolders, temporaryFolder, toyBundle } from '../support';
import { sameTo } from './same';
import { engineFolder, runContainer } from './podman';
import { startRegistry } from './registry';

const rows = Array.from({ length: 20 }, (_, i) => ({ size: i / 3, city: i % 3 ? 'Bonn' : 'Ulm', garden: i % 2 === 0 }));
const code =
  (wanted: string, message = /./) =>
  (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.problem.code, wanted, error.message);
    assert.match(error.message, message);
    return true;
  };

describe('a container image', function () {
  this.timeout(300_000);
  let folder: string;
  let store: string;
  let engine: string;
  let bundle: string;
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  before(async () => {
    folder = await temporaryFolder();
    store = path.join(folder, '.lifecycle');
    engine = await engineFolder(folder);
    bundle = await toyBundle();
    registry = await startRegistry(folder);
  });
  after(async () => {
    registry?.stop();
    await removeFolders();
  });

  const options = (settings: ContainerTarget) => ({ store, engine, target: { name: 'image', settings, folder } });

  it('is the same bytes each time, with another layer for another model only', async () => {
    const target = { kind: 'container', output: 'image' } as const;
    const first = await planDeployment({ bundle }, options(target));
    const digest = digestOf(first);
    // Node itself is packed once: that takes seconds, and is like the others.
    const layers = path.join(imagesFolder(store), 'layers');
    let packed = 0;
    for (const name of await readdir(layers)) {
      const { descriptor } = JSON.parse(await readFile(path.join(layers, name), 'utf8')) as Layer;
      if (descriptor.size > 20e6) continue;
      await rm(path.join(layers, name));
      await rm(blobPath(imagesFolder(store), descriptor.digest));
      packed++;
    }
    assert.equal(packed, 3);
    assert.equal(digestOf(await planDeployment({ bundle }, options(target))), digest);
    const other = digestOf(await planDeployment({ bundle: await toyBundle({ bias: 2 }) }, options(target)));
    assert.notEqual(other, digest);
    const [a, b] = await Promise.all([digest, other].map((one) => readManifest(imagesFolder(store), one)));
    assert.deepEqual(
      a?.layers.map(({ digest: one }, i) => one === b?.layers[i]?.digest),
      [true, true, true, false],
    );
    const config = JSON.parse(await readFile(blobPath(imagesFolder(store), a?.config.digest ?? ''), 'utf8'));
    assert.equal(config.config.User, '65532:65532');
    assert.deepEqual(config.config.Entrypoint, ['/usr/local/bin/node', '/app/start.cjs']);
    assert.equal(config.created, '1970-01-01T00:00:00Z');
  });

  it('holds the libraries that Node and the runtime need, whatever this process has loaded', async () => {
    const target: ContainerTarget = { kind: 'container', output: 'image' };
    const digest = digestOf(await planDeployment({ bundle }, options(target)));
    const native = path.resolve('node_modules/onnxruntime-node/bin/napi-v6/linux', process.arch);
    const needed = await neededLibraries(path.join(native, 'libonnxruntime.so.1'));
    assert.ok(needed.includes('libc.so.6') && needed.length > 2, needed.join());
    assert.deepEqual(await neededLibraries('package.json'), []);
    // A process that deploys a registered model has loaded no more than Node itself.
    const { report } = process;
    const before = report.getReport.bind(report);
    const { sharedObjects } = before() as { sharedObjects: string[] };
    try {
      report.getReport = () => ({
        sharedObjects: sharedObjects.filter((one) => !/librt|onnxruntime|duckdb/.test(one)),
      });
      assert.equal(digestOf(await planDeployment({ bundle }, options(target))), digest);
      report.getReport = () => ({ sharedObjects: ['/lib/nowhere/ld-linux.so.2'] });
      await assert.rejects(
        planDeployment({ bundle }, options(target)),
        /The library \S+, which \S+ needs, can’t be found/,
      );
    } finally {
      report.getReport = before;
    }
  });

  it('is made by a Node that an editor started, as by any other', async () => {
    const target: ContainerTarget = { kind: 'container', output: 'image' };
    const digest = digestOf(await planDeployment({ bundle }, options(target)));
    process.env['ELECTRON_RUN_AS_NODE'] = '1';
    try {
      assert.equal(digestOf(await planDeployment({ bundle }, options(target))), digest);
    } finally {
      delete process.env['ELECTRON_RUN_AS_NODE'];
    }
  });

  it('goes to a registry once, is run by podman, and answers as the bundle does', async function () {
    if (!registry) return skip(this, 'docker-registry is not installed');
    const repository = `${registry.host}/team/toy`;
    const target: ContainerTarget = { kind: 'container', repository, tags: ['latest'] };
    const { entry } = await deployBundle({ bundle }, options(target));
    assert.match(entry.image ?? '', new RegExp(`^${repository}@sha256:[0-9a-f]{64}$`));
    const digest = entry.image?.split('@')[1] ?? '';
    for (const reference of ['1', 'latest', digest]) {
      const answer: Response = await fetch(`http://${registry.host}/v2/team/toy/manifests/${reference}`, {
        headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
      });
      assert.deepEqual([answer.status, answer.headers.get('docker-content-digest')], [200, digest]);
    }
    await deployBundle({ bundle }, options(target));
    assert.equal((await readLedger(store)).problem, undefined);
    if (!existsSync('/usr/bin/podman') || process.getuid?.() !== 0)
      return skip(this, 'podman is not there, or we are not root');
    const container = await runContainer(entry.image ?? '', folder);
    if (container === undefined) return skip(this, 'podman can’t run containers here');
    try {
      sameTo(await predict(container.url, rows), await predict(bundle, rows), 1e-6);
      const answer = await fetch(`${container.url}/invocations`, {
        method: 'POST',
        body: JSON.stringify({ instances: rows.slice(0, 1) }),
      });
      assert.equal(answer.status, 200);
      assert.equal(((await answer.json()) as { version: number }).version, 1);
      assert.equal((await fetch(`${container.url}/ping`)).status, 200);
    } finally {
      await container.stop();
    }
  });

  it('builds upon an image of a registry', async function () {
    if (!registry) return skip(this, 'docker-registry is not installed');
    const repository = `${registry.host}/team/base`;
    await deployBundle({ bundle }, options({ kind: 'container', repository }));
    const settings: ContainerTarget = { kind: 'container', output: 'upon', base: `${repository}:1` };
    const plan = await planDeployment({ bundle: await toyBundle({ bias: 3 }) }, options(settings));
    const [base, upon] = await Promise.all(
      [(await readLedger(store)).entries.at(-1)?.image?.split('@')[1] ?? '', digestOf(plan)].map((digest) =>
        readManifest(imagesFolder(store), digest),
      ),
    );
    assert.deepEqual(
      upon?.layers.slice(0, base?.layers.length).map(({ digest }) => digest),
      base?.layers.map(({ digest }) => digest),
    );
    assert.equal(upon?.layers.length, (base?.layers.length ?? 0) + 3);
    await assert.rejects(
      planDeployment({ bundle }, options({ kind: 'container', output: 'x', base: `${registry.host}/team/nothing:1` })),
      code('registry-refused', /status 404/),
    );
  });

  it('can be left to a Dockerfile, into which nothing of the model is spliced', async () => {
    const evil = await toyBundle({ name: 'a.RUN-rm' });
    await deployBundle({ bundle: evil }, options({ kind: 'container', dockerfile: 'docker' }));
    const text = await readFile(path.join(folder, 'docker', 'Dockerfile'), 'utf8');
    assert.doesNotMatch(text, /RUN-rm/);
    assert.match(text, /^USER 65532:65532$/m);
    assert.deepEqual((await readdir(path.join(folder, 'docker', 'app'))).sort(), [
      'cli.js',
      'package.json',
      'start.cjs',
      'start.json',
    ]);
    const again = await planDeployment({ bundle: evil }, options({ kind: 'container', dockerfile: 'docker' }));
    assert.deepEqual(again.actions, []);
  });

  it('says what is wrong with a name, a folder, and an engine that is not built', async () => {
    for (const name of ['Team/Churn', 'registry.example.com/churn;rm', 'x/../y', '-a', 'host:5000/'])
      assert.throws(() => parseRepository(name), code('image-name'), name);
    await assert.rejects(
      planDeployment({ bundle }, options({ kind: 'container', repository: 'example.com/toy:3' })),
      code('image-name', /has a tag/),
    );
    await mkdir(path.join(folder, 'mine'));
    await writeFile(path.join(folder, 'mine', 'x'), '');
    await assert.rejects(
      planDeployment({ bundle }, options({ kind: 'container', output: 'mine' })),
      code('container-folder-taken'),
    );
    await assert.rejects(
      planDeployment(
        { bundle },
        { ...options({ kind: 'container', output: 'y' }), engine: path.join(folder, 'no.js') },
      ),
      /ENOENT/,
    );
  });
});

/** The engine as users have it: dist/cli.js, which starts the engine.js beside it, and a node_modules. Gives what is started. */
function digestOf(plan: { readonly notes: readonly string[] }): string {
  return /sha256:[0-9a-f]{64}/.exec(plan.notes.join(' '))?.[0] ?? '';
}

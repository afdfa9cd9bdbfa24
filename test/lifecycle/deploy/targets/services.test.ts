import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DeploymentTarget } from '../../../../schemas/generated/types';
import { checkDeployments } from '../../../../lifecycle/deploy/check';
import {
  deployBundle,
  type DeployOptions,
  planDeployment,
  rollback,
  stopDeployment,
} from '../../../../lifecycle/deploy/deploy';
import type { DeploymentPlan } from '../../../../lifecycle/deploy/plan';
import { planLines } from '../../../../lifecycle/deploy/show';
import { type UserError } from '../../../../lifecycle/problem';
import { readLedger } from '../../../../lifecycle/store/ledger';
import { AWS_KEY, sagemakerServer } from '../../../rigs/services/aws';
import { azureServer } from '../../../rigs/services/azure';
import { vertexServer } from '../../../rigs/services/google';
import { kubernetesServer } from '../../../rigs/services/kubernetes';
import { fakeRegistry, type Seen } from '../../../rigs/services/server';
import { skip } from '../../../rigs/skip';
import { removeFolders, temporaryFolder, toyBundle } from '../support';
import { azureProblems, googleProblems } from './providers';
import { azureTroubles, code, kubernetesTroubles, sagemakerTroubles, vertexTroubles, type World } from './troubles';

const SECRETS: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: AWS_KEY.accessKeyId,
  AWS_SECRET_ACCESS_KEY: AWS_KEY.secretAccessKey,
  GOOGLE_OAUTH_ACCESS_TOKEN: 'google-token-of-the-test',
  AZURE_ACCESS_TOKEN: 'azure-token-of-the-test',
  KUBERNETES_TOKEN: 'kubernetes-token-of-the-test',
};
describe('services beyond this machine', function () {
  this.timeout(240_000);
  let folder: string;
  let store: string;
  let engine: string;
  let first: string;
  let second: string;
  let registry: Awaited<ReturnType<typeof fakeRegistry>>;
  before(async () => {
    folder = await temporaryFolder();
    store = path.join(folder, '.lifecycle');
    engine = await fakeEngine(folder);
    [first, second] = [await toyBundle(), await toyBundle({ bias: 1 })];
    registry = await fakeRegistry({ immutable: true });
  });
  after(async () => {
    await registry.close();
    await removeFolders();
  });

  const options = (name: string, settings: DeploymentTarget): DeployOptions => ({
    store,
    engine,
    target: { name, settings, folder },
    secret: (secret) => Promise.resolve(SECRETS[secret]),
    pauses: [1, 1, 1, 1],
  });
  const world: World = { options, bundles: () => [first, second], folder: () => folder };

  /** Compares a plan, or what a server saw, with what is kept of it; no secret may be in it. */
  function golden(name: string, value: unknown): void {
    const text =
      JSON.stringify(value, null, 2)
        .replaceAll(/sha256:(?:[0-9a-f]{64}|[0-9a-f]{12}…)/g, 'sha256:IMAGE')
        .replaceAll(/-[0-9a-f]{8}(?=[/"?\\ ,]|-|$)/gm, '-IMAGE')
        .replaceAll(/\b(lifecycle-shop\/versions\/|register the image as )[0-9a-f]{8}\b/g, '$1IMAGE')
        .replaceAll(/"[0-9a-f]{64}"/g, '"BUNDLE"')
        .replaceAll(
          /(?<="(id|deployedModelId)": ")\d{6,10}(?=")|(?<=")[12]\d{5}(?=":)|\b[12]\d{5}\b(?= off)/g,
          'DEPLOYED',
        )
        .replaceAll(folder, 'FOLDER')
        .replaceAll(registry.host, 'registry.test')
        .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'http://service.test') + '\n';
    for (const secret of Object.values(SECRETS)) assert.ok(!text.includes(secret), `a secret is in ${name}`);
    const file = `test/golden/deploy/${name}.json`;
    if (process.env['ACCEPT'] === '1' || !existsSync(file)) writeFileSync(file, text);
    if (readFileSync(file, 'utf8') !== text) writeFileSync(`${file}.actual`, text);
    assert.equal(text, readFileSync(file, 'utf8'), `${file} differs; ACCEPT=1 accepts it`);
  }
  const plain = ({ actions, notes, ...plan }: DeploymentPlan) => ({
    ...plan,
    actions: actions.map((action) => ('image' in action ? { ...action, image: 'IMAGES' } : action)),
    notes: notes.filter((note) => !/MB/.test(note)),
  });
  const wrote = (seen: readonly Seen[]) =>
    seen.filter(({ method }) => method !== 'GET').map(({ method, path: url, body }) => ({ method, path: url, body }));

  async function noSecretLeft(): Promise<void> {
    for (const secret of Object.values(SECRETS))
      assert.equal(spawnSync('grep', ['-r', '-l', secret, store]).stdout.toString(), '', 'a secret was written down');
    assert.equal((await readLedger(store)).problem, undefined);
  }

  describe('Kubernetes', () => {
    let cluster: Awaited<ReturnType<typeof kubernetesServer>>;
    let kept: string | undefined;
    const settings = (more: object = {}) =>
      ({
        kind: 'kubernetes',
        namespace: 'shop',
        image: { repository: `${registry.host}/team/toy` },
        'api-key': { name: 'toy-key' },
        from: ['web'],
        ...more,
      }) as DeploymentTarget;
    before(async () => {
      cluster = await kubernetesServer({ token: SECRETS['KUBERNETES_TOKEN'] ?? '', namespace: 'shop' });
      kept = process.env['KUBECONFIG'];
      process.env['KUBECONFIG'] = path.join(folder, 'kubeconfig');
      await writeFile(
        process.env['KUBECONFIG'],
        `current-context: test\ncontexts: [{name: test, context: {cluster: here, user: me}}]\nclusters: [{name: here, cluster: {server: '${cluster.url}'}}]\nusers: [{name: me, user: {}}]\n`,
      );
    });
    after(async () => {
      if (kept === undefined) delete process.env['KUBECONFIG'];
      else process.env['KUBECONFIG'] = kept;
      await cluster.close();
    });

    it('takes objects of the real types, rolls out, and changes only what differs', async () => {
      const plan = await planDeployment({ bundle: first }, options('live', settings()));
      golden('kubernetes-plan', plain(plan));
      assert.ok(planLines(plan).some((line) => /^ {4}\+ {3}name: live$/.test(line)));
      assert.equal(cluster.objects.size, 0, 'a plan changes nothing');
      const { entry, url } = await deployBundle({ bundle: first }, options('live', settings()));
      assert.equal(url, 'http://live.shop.svc');
      assert.match(entry.image ?? '', /\/team\/toy@sha256:/);
      assert.equal(cluster.objects.size, 5);
      const again = await planDeployment({ bundle: first }, options('live', settings()));
      assert.deepEqual([again.actions, again.notes], [[], ['toy 1 is on live already.']]);
      const next = await planDeployment({ bundle: second }, options('live', settings()));
      assert.deepEqual(
        next.actions.map(({ say }) => say),
        [`push the image of toy 2 to ${registry.host}/team/toy`, 'change Deployment live and wait until it is ready'],
      );
      const lines = planLines(next);
      assert.ok(
        lines.some((line) => /^ {4}- .*image: .*@sha256:/.test(line)) &&
          lines.some((line) => /^ {4}\+ .*image: .*@sha256:/.test(line)),
      );
      await noSecretLeft();
    });

    it('takes a roll-out back that does not become ready, and rolls back on demand', async () => {
      const before = JSON.stringify(deployment().spec);
      cluster.state.failing = true;
      await assert.rejects(
        deployBundle({ bundle: second }, options('live', settings())),
        code('deployment-failed', /change Deployment live.*has timed out progressing/),
      );
      assert.equal(JSON.stringify(deployment().spec), before);
      cluster.state.failing = false;
      delete deployment().status;
      await deployBundle({ bundle: second }, options('live', settings()));
      assert.notEqual(JSON.stringify(deployment().spec), before);
      const back = await rollback('live', { store, engine, secret: (name) => Promise.resolve(SECRETS[name]) });
      assert.deepEqual([back.entry.action, back.entry.version], ['rollback', 1]);
      assert.equal(JSON.stringify(deployment().spec), before);
    });
    const deployment = () => {
      const found = cluster.objects.get('/apis/apps/v1/namespaces/shop/deployments/live');
      assert.ok(found);
      return found;
    };

    it('does not take over what somebody else put there, and says what the cluster refuses', async () => {
      const foreign = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'theirs', namespace: 'shop', generation: 1 },
        spec: {},
      };
      cluster.objects.set('/api/v1/namespaces/shop/services/theirs', foreign);
      await assert.rejects(
        planDeployment({ bundle: first }, options('live', settings({ name: 'theirs' }))),
        code('kubernetes-taken', /a Service 'theirs' in the namespace shop already/),
      );
      await assert.rejects(
        planDeployment({ bundle: first }, options('live', settings({ namespace: 'nowhere' }))),
        code('request-refused', /namespaces "nowhere" not found/),
      );
      await assert.rejects(
        planDeployment({ bundle: first }, options('live', settings({ context: 'tset' }))),
        code('kubernetes-context-unknown', /no context 'tset'/),
      );
      await assert.rejects(
        planDeployment({ bundle: first }, { ...options('live', settings()), secret: () => Promise.resolve('wrong') }),
        code('credentials-refused', /status 401/),
      );
    });

    kubernetesTroubles(world, () => cluster, settings);

    it('is left as it was found', async () => {
      const stopped = await stopDeployment('live', { store, secret: (name) => Promise.resolve(SECRETS[name]) });
      assert.equal(stopped?.action, 'stop');
      assert.deepEqual([...cluster.objects.keys()], ['/api/v1/namespaces/shop/services/theirs']);
    });

    it('takes an InferenceService of KServe', async () => {
      const plan = await planDeployment({ bundle: first }, options('served', settings({ flavour: 'kserve' })));
      golden('kserve-plan', plain(plan));
      await deployBundle({ bundle: first }, options('served', settings({ flavour: 'kserve' })));
    });

    it('takes a SeldonDeployment, and takes one back that fails', async () => {
      const seldon = settings({ flavour: 'seldon', name: 'seldon' });
      golden('seldon-plan', plain(await planDeployment({ bundle: first }, options('seldon', seldon))));
      const { entry } = await deployBundle({ bundle: first }, options('seldon', seldon));
      assert.equal(entry.url, 'http://seldon.shop.svc:8080');
      cluster.state.failing = true;
      try {
        await assert.rejects(
          deployBundle({ bundle: second }, options('seldon', seldon)),
          /exceeded its progress deadline/,
        );
      } finally {
        cluster.state.failing = false;
      }
      const left = cluster.objects.get('/apis/machinelearning.seldon.io/v1/namespaces/shop/seldondeployments/seldon');
      assert.match(JSON.stringify(left?.spec), new RegExp(`"ml-lifecycle.io/bundle":"${entry.digest}`));
    });
  });

  it('a registry is asked whether it still holds an image', async () => {
    const target = { kind: 'container', repository: `${registry.host}/team/boxed` } as DeploymentTarget;
    const { entry } = await deployBundle({ bundle: first }, options('boxed', target));
    const state = async () => {
      const { checked } = await checkDeployments(options('boxed', target));
      const found = checked.find(({ target: name }) => name === 'boxed');
      return [found?.state, ...(found?.says ?? [])];
    };
    assert.deepEqual(await state(), ['as-recorded']);
    registry.manifests.delete(entry.image?.split('@')[1] ?? '');
    assert.deepEqual(await state(), ['differs', `push the image of toy 1 to ${registry.host}/team/boxed`]);
  });

  describe('SageMaker', () => {
    let aws: Awaited<ReturnType<typeof sagemakerServer>>;
    const settings = (more: object = {}) =>
      ({
        kind: 'sagemaker',
        region: 'eu-central-1',
        role: 'arn:aws:iam::123456789012:role/sagemaker',
        image: { repository: `${registry.host}/toy` },
        instances: { min: 1, max: 4 },
        canary: 10,
        alarms: ['toy-errors'],
        endpoint: aws.url,
        ...more,
      }) as DeploymentTarget;
    before(async () => {
      aws = await sagemakerServer('eu-central-1', (digest) => registry.manifests.get(digest));
    });
    after(() => aws.close());

    it('gets a model, a configuration and an endpoint, then moves it to the next version', async () => {
      golden('sagemaker-plan', plain(await planDeployment({ bundle: first }, options('shop', settings()))));
      assert.equal(aws.models.size, 0);
      const { url } = await deployBundle({ bundle: first }, options('shop', settings()));
      assert.equal(url, 'https://runtime.sagemaker.eu-central-1.amazonaws.com/endpoints/shop/invocations');
      assert.equal(aws.endpoints.get('shop')?.status, 'InService');
      assert.deepEqual((await planDeployment({ bundle: first }, options('shop', settings()))).actions, []);
      const before = aws.endpoints.get('shop')?.config;
      await deployBundle({ bundle: second }, options('shop', settings()));
      assert.notEqual(aws.endpoints.get('shop')?.config, before);
      await rollback('shop', { store, engine, secret: (name) => Promise.resolve(SECRETS[name]) });
      assert.equal(aws.endpoints.get('shop')?.config, before);
      golden(
        'sagemaker-requests',
        wrote(aws.seen).filter(({ body }) => !/^\{"EndpointName":"shop"\}$/.test(JSON.stringify(body))),
      );
      await noSecretLeft();
    });

    it('tells of an alarm that took the update back, and leaves nothing half-done', async () => {
      const [models, configs, before] = [aws.models.size, aws.configs.size, aws.endpoints.get('shop')?.config];
      aws.state.failing = true;
      await assert.rejects(
        deployBundle({ bundle: await toyBundle({ bias: 9 }) }, options('shop', settings())),
        code('deployment-failed', /move the endpoint shop.*alarms went off/),
      );
      aws.state.failing = false;
      assert.deepEqual([aws.models.size, aws.configs.size], [models, configs]);
      assert.equal(aws.endpoints.get('shop')?.config, before);
    });

    sagemakerTroubles(world, () => aws, settings);

    it('takes images of ECR alone', async () => {
      await writeFile(
        path.join(folder, 'targets.yaml'),
        `lifecycle: 1\ntargets:\n  shop:\n    kind: sagemaker\n    region: eu-central-1\n    role: arn:aws:iam::123456789012:role/x\n    image:\n      repository: example.com/toy\n`,
      );
      const { endpoint: _, ...own } = settings({ image: { repository: 'example.com/toy' } }) as { endpoint?: string };
      await assert.rejects(planDeployment({ bundle: first }, options('shop', own as DeploymentTarget)), (error) => {
        code('sagemaker-repository', /names example\.com/)(error);
        const { file, line } = (error as UserError).problem;
        assert.deepEqual([file, line], [path.join(folder, 'targets.yaml'), 8], 'the line to blame');
        return true;
      });
    });

    it('was asked nothing that the service model of AWS does not allow', function () {
      if (spawnSync('/usr/bin/python3', ['-c', 'import botocore']).status !== 0)
        skip(this, 'python3-botocore is not installed');
      const requests = aws.seen.map(({ headers, body }) => {
        const [service, operation] = String(headers['x-amz-target']).split('.');
        return { service: service === 'SageMaker' ? 'sagemaker' : 'application-autoscaling', operation, body };
      });
      assert.ok(requests.length > 20);
      const run = (input: unknown) =>
        spawnSync('/usr/bin/python3', ['test/golden/deploy/validate_aws.py'], {
          input: JSON.stringify(input),
          encoding: 'utf8',
        });
      const { stdout, stderr, status } = run(requests);
      assert.deepEqual([stdout, status], ['', 0], stderr);
      const bad = run([
        {
          service: 'sagemaker',
          operation: 'CreateModel',
          body: { ModelName: '-x', Colour: 'red', PrimaryContainer: { Mode: 'Some' } },
        },
      ]);
      assert.match(bad.stdout, /ExecutionRoleArn|Colour/);
      assert.match(bad.stdout, /Mode: 'Some' is none of/);
    });

    it('is deleted when it is stopped', async () => {
      await stopDeployment('shop', { store, secret: (name) => Promise.resolve(SECRETS[name]) });
      assert.equal(aws.endpoints.size, 0);
    });
  });

  describe('Vertex AI', () => {
    const parent = 'projects/my-project/locations/europe-west3';
    let google: Awaited<ReturnType<typeof vertexServer>>;
    const settings = (more: object = {}) =>
      ({
        kind: 'vertex-ai',
        project: 'my-project',
        location: 'europe-west3',
        image: { repository: `${registry.host}/toy` },
        endpoint: google.url,
        ...more,
      }) as DeploymentTarget;
    before(async () => {
      google = await vertexServer(parent, SECRETS['GOOGLE_OAUTH_ACCESS_TOKEN'] ?? '');
    });
    after(() => google.close());

    vertexTroubles(world, () => google, settings);

    it('gets a model and an endpoint, shares the traffic, and goes back', async () => {
      const seen = google.seen.length;
      golden('vertex-plan', plain(await planDeployment({ bundle: first }, options('shop-v', settings()))));
      await deployBundle({ bundle: first }, options('shop-v', settings()));
      const endpoint = () => google.endpoints.get('shop-v');
      const [former] = Object.keys(endpoint()?.trafficSplit ?? {});
      assert.deepEqual((await planDeployment({ bundle: first }, options('shop-v', settings()))).actions, []);
      await deployBundle({ bundle: second }, options('shop-v', settings({ traffic: 20 })));
      assert.equal(endpoint()?.trafficSplit[former ?? ''], 80);
      assert.equal(endpoint()?.deployedModels.length, 2);
      await deployBundle({ bundle: second }, options('shop-v', settings()));
      assert.deepEqual(Object.values(endpoint()?.trafficSplit ?? {}), [100]);
      assert.equal(endpoint()?.deployedModels.length, 1);
      google.state.failing = true;
      const models = google.models.size;
      const before = JSON.stringify(endpoint());
      await assert.rejects(
        deployBundle({ bundle: await toyBundle({ bias: 8 }) }, options('shop-v', settings())),
        code('deployment-failed', /Model server exited unexpectedly/),
      );
      google.state.failing = false;
      assert.equal(JSON.stringify(endpoint()), before);
      assert.equal(google.models.size, models, 'the model that failed is deleted again');
      golden('vertex-requests', wrote(google.seen.slice(seen)).slice(0, 6));
      await stopDeployment('shop-v', { store, secret: (name) => Promise.resolve(SECRETS[name]) });
      assert.equal(google.endpoints.size, 0);
      await noSecretLeft();
    });

    it('was asked nothing that the messages of Google do not allow', () => {
      assert.ok(google.seen.length > 40);
      assert.deepEqual(google.seen.flatMap(googleProblems), []);
      const path = `/v1/${parent}/endpoints/shop:deployModel`;
      const wrong = { deployedModel: { id: 7, modle: 'x' }, trafficSplit: { 0: 'all' } };
      assert.deepEqual(googleProblems({ method: 'POST', path, body: wrong }), [
        'DeployModelRequest.deployedModel.id is not string',
        'DeployModelRequest.deployedModel.modle is not known',
        'DeployModelRequest.trafficSplit is not int32',
      ]);
    });
  });

  describe('Azure', () => {
    const workspace =
      '/subscriptions/00000000-1111-2222-3333-444444444444/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/work';
    let azure: Awaited<ReturnType<typeof azureServer>>;
    const settings = (more: object = {}) =>
      ({
        kind: 'azure-ml',
        subscription: '00000000-1111-2222-3333-444444444444',
        'resource-group': 'ml',
        workspace: 'work',
        location: 'westeurope',
        'endpoint-name': 'shop',
        image: { repository: `${registry.host}/toy` },
        endpoint: azure.url,
        ...more,
      }) as DeploymentTarget;
    before(async () => {
      azure = await azureServer(workspace, SECRETS['AZURE_ACCESS_TOKEN'] ?? '');
    });
    after(() => azure.close());

    azureTroubles(world, () => azure, settings);

    it('gets an environment, an endpoint and a deployment, shares the traffic, and goes back', async () => {
      const seen = azure.seen.length;
      golden('azure-plan', plain(await planDeployment({ bundle: first }, options('shop-a', settings()))));
      await deployBundle({ bundle: first }, options('shop-a', settings()));
      const traffic = () => azure.resources.get('/onlineEndpoints/shop')?.properties.traffic ?? {};
      const [former = ''] = Object.keys(traffic());
      assert.deepEqual((await planDeployment({ bundle: first }, options('shop-a', settings()))).actions, []);
      await deployBundle({ bundle: second }, options('shop-a', settings({ traffic: 25 })));
      assert.deepEqual(Object.values(traffic()), [75, 25]);
      await deployBundle({ bundle: second }, options('shop-a', settings()));
      assert.deepEqual(Object.values(traffic()), [100]);
      assert.ok(!azure.resources.has(`/onlineEndpoints/shop/deployments/${former}`));
      azure.state.failing = true;
      const before = JSON.stringify(traffic());
      await assert.rejects(
        deployBundle({ bundle: await toyBundle({ bias: 7 }) }, options('shop-a', settings())),
        code('quota-exceeded', /create the deployment v\d+-[0-9a-f]{8}: Not enough quota for Standard_DS3_v2/),
      );
      azure.state.failing = false;
      assert.equal(JSON.stringify(traffic()), before);
      assert.equal([...azure.resources.keys()].filter((key) => key.includes('/shop/deployments/')).length, 1);
      golden('azure-requests', wrote(azure.seen.slice(seen)).slice(0, 4));
      await stopDeployment('shop-a', { store, secret: (name) => Promise.resolve(SECRETS[name]) });
      assert.ok(!azure.resources.has('/onlineEndpoints/shop'));
      await noSecretLeft();
    });

    it('was asked nothing that the models of Azure do not allow', () => {
      assert.ok(azure.seen.length > 40);
      assert.deepEqual(azure.seen.flatMap(azureProblems), []);
      const body = { properties: { authMode: 'None', traffic: { a: '100' }, scoringUri: 'x', colour: 'red' } };
      assert.deepEqual(azureProblems({ method: 'PUT', path: '/w/onlineEndpoints/x?api-version=1', body }), [
        'OnlineEndpoint.location is missing',
        'OnlineEndpoint.properties.authMode is none of AMLToken,Key,AADToken',
        'OnlineEndpoint.properties.traffic holds something else than Number',
        'OnlineEndpoint.properties.scoringUri can only be read',
        'OnlineEndpoint.properties.colour is not known',
      ]);
    });
  });
});

/** An engine that nobody starts: what is asked here is what is done with its image. */
async function fakeEngine(folder: string): Promise<string> {
  const root = path.join(folder, 'engine');
  const runtime = path.join(root, 'node_modules', 'onnxruntime-node');
  const native = path.join(runtime, 'bin', 'napi-v6', 'linux', process.arch);
  await mkdir(native, { recursive: true });
  await mkdir(path.join(root, 'dist'));
  await writeFile(path.join(runtime, 'package.json'), await readFile('node_modules/onnxruntime-node/package.json'));
  await writeFile(path.join(native, 'onnxruntime_binding.node'), 'native');
  await writeFile(path.join(root, 'dist', 'cli.js'), '// the engine');
  return path.join(root, 'dist', 'cli.js');
}

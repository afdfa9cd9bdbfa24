import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DeploymentTarget } from '../../../../schemas/generated/types';
import { checkDeployments } from '../../../../lifecycle/deploy/check';
import {
  deployBundle,
  type DeployOptions,
  planDeployment,
  planTidying,
  rollback,
  stopDeployment,
  tidy,
} from '../../../../lifecycle/deploy/deploy';
import { planLines } from '../../../../lifecycle/deploy/show';
import { UserError } from '../../../../lifecycle/problem';
import { readLedger } from '../../../../lifecycle/store/ledger';
import type { sagemakerServer } from '../../../rigs/services/aws';
import type { azureServer } from '../../../rigs/services/azure';
import type { vertexServer } from '../../../rigs/services/google';
import type { kubernetesServer } from '../../../rigs/services/kubernetes';

/** What the tests of all services share. */
export interface World {
  readonly options: (name: string, settings: DeploymentTarget) => DeployOptions;
  /** Two bundles of one model. */
  readonly bundles: () => readonly [string, string];
  readonly folder: () => string;
}

type Settings = (more?: object) => DeploymentTarget;

export const code =
  (wanted: string, message = /./) =>
  (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.problem.code, wanted, error.message);
    assert.match(error.message, message);
    return true;
  };

const said = async (world: World, name: string, settings: DeploymentTarget, bundle = world.bundles()[0]) =>
  (await planDeployment({ bundle }, world.options(name, settings))).actions.map(({ say }) => say);

/** A signal that ends a deployment at the first action whose words fit. */
function brokenOffAt(words: RegExp, options: DeployOptions): DeployOptions {
  const end = new AbortController();
  return {
    ...options,
    signal: end.signal,
    onAction: ({ say }) => void (words.test(say) && setTimeout(() => end.abort(new Error('broken off')), 40)),
  };
}

async function checked(world: World, name: string, settings: DeploymentTarget) {
  const { checked: all } = await checkDeployments(world.options(name, settings));
  return all.find(({ target }) => target === name);
}

export function sagemakerTroubles(
  world: World,
  aws: () => Awaited<ReturnType<typeof sagemakerServer>>,
  settings: Settings,
): void {
  const name = 'troubled';
  const deploy = (bundle: string, more?: object) => deployBundle({ bundle }, world.options(name, settings(more)));
  const endpoint = () => aws().endpoints.get(name);
  const scaled = () => aws().scaled.get(`endpoint/${name}/variant/live`);

  it('waits while it is throttled, with AWS’s status 400, and gives up in the end', async () => {
    const [first] = world.bundles();
    aws().state.throttled = 3;
    await deploy(first);
    assert.equal(endpoint()?.status, 'InService');
    aws().state.throttled = 40;
    await assert.rejects(deploy(first), code('service-busy', /Rate exceeded/));
    aws().state.throttled = 0;
  });

  it('changes machines, their number and the role of the same version, and goes back to the first names', async () => {
    const [first] = world.bundles();
    const before = endpoint()?.config;
    const bigger = settings({ instance: 'ml.c5.xlarge' });
    const says = await said(world, name, bigger);
    assert.ok(says.some((say) => /^create the endpoint configuration troubled-1-[0-9a-f]{8}-[0-9a-f]{6}$/.test(say)));
    assert.ok(!says.some((say) => say.startsWith('create the model')), 'the model is the same');
    await deploy(first, { instance: 'ml.c5.xlarge' });
    assert.notEqual(endpoint()?.config, before);
    assert.deepEqual(await said(world, name, bigger), []);
    await deploy(first);
    assert.equal(endpoint()?.config, before);
    const role = { role: 'arn:aws:iam::123456789012:role/other' };
    assert.ok(
      (await said(world, name, settings(role))).some((say) =>
        /^create the model troubled-1-[0-9a-f]{8}-[0-9a-f]{6}$/.test(say),
      ),
    );
    assert.deepEqual(await said(world, name, settings({ instances: { min: 1, max: 9 } })), [
      'let it scale from 1 to 9 instances',
    ]);
    assert.deepEqual(await said(world, name, settings({ instances: { min: 1, max: 4, requests: 50 } })), [
      'scale it at 50 requests a minute and instance',
    ]);
    assert.deepEqual(await said(world, name, settings({ instances: { min: 1 } })), [
      'delete its scaling policy',
      'stop its autoscaling',
    ]);
  });

  it('has its autoscaling back after an update that failed', async () => {
    const [, second] = world.bundles();
    const [before, configs] = [JSON.stringify(scaled()), aws().configs.size];
    aws().state.failing = true;
    await assert.rejects(deploy(second), code('deployment-failed', /alarms went off/));
    aws().state.failing = false;
    assert.equal(JSON.stringify(scaled()), before);
    assert.ok(aws().policies.has(`endpoint/${name}/variant/live`));
    assert.equal(aws().configs.size, configs);
  });

  it('is taken back when a person breaks it off while the endpoint moves', async () => {
    const [, second] = world.bundles();
    const before = endpoint()?.config;
    aws().state.asked = 30;
    await assert.rejects(
      deployBundle({ bundle: second }, brokenOffAt(/^move the endpoint/, world.options(name, settings()))),
      /broken off|in-progress/,
    );
    // The service moves on; the next deployment waits for that first.
    const [waits = ''] = await said(world, name, settings());
    assert.match(waits, /^wait for the endpoint troubled, which is Updating$/);
    aws().state.asked = 2;
    await deploy(world.bundles()[0]);
    assert.equal(endpoint()?.config, before);
    assert.ok(scaled());
  });

  it('goes on where it was when nobody could ask any more', async () => {
    const [, second] = world.bundles();
    const options = world.options(name, settings());
    await assert.rejects(
      deployBundle(
        { bundle: second },
        {
          ...options,
          onAction: ({ say }) => {
            if (say.startsWith('move the endpoint'))
              aws().state.refuse['DescribeEndpoint'] = 'ExpiredTokenException: The security token is expired';
          },
        },
      ),
      code('deployment-unwatched', /token is expired/),
    );
    aws().state.refuse = {};
    assert.equal(endpoint()?.status, 'Updating', 'nothing was taken back');
    const { entry } = await deployBundle({ bundle: second }, options);
    assert.deepEqual([entry.version, endpoint()?.status], [2, 'InService']);
    assert.ok(scaled(), 'what was left to do is done');
    assert.deepEqual((await planDeployment({ bundle: second }, options)).actions, []);
  });

  it('tells of rights, logins and quotas at the line to blame, each with its way out', async () => {
    await writeFile(
      path.join(world.folder(), 'targets.yaml'),
      `lifecycle: 1\ntargets:\n  ${name}:\n    kind: sagemaker\n    region: eu-central-1\n    role: arn:aws:iam::123456789012:role/sagemaker\n    instance: ml.p4d.24xlarge\n    image:\n      repository: example.com/toy\n`,
    );
    const cases: readonly [string, string, string, number][] = [
      ['CreateModel', 'ValidationException: Could not assume role arn:aws:iam::1:role/x.', 'request-refused', 6],
      ['CreateModel', 'ValidationException: Unsupported manifest media type.', 'request-refused', 9],
      [
        'CreateModel',
        'AccessDeniedException: not authorized to perform sagemaker:CreateModel',
        'credentials-refused',
        3,
      ],
      ['CreateModel', 'ExpiredTokenException: The token is expired', 'credentials-expired', 3],
      [
        'UpdateEndpoint',
        'ResourceLimitExceeded: The account-level limit for ml.p4d.24xlarge for endpoint usage is 0',
        'quota-exceeded',
        7,
      ],
    ];
    for (const [operation, words, wanted, line] of cases) {
      aws().state.refuse = { [operation]: words };
      await assert.rejects(
        deploy(world.bundles()[0], { instance: 'ml.p4d.24xlarge', role: 'arn:aws:iam::123456789012:role/new' }),
        (error) => {
          code(wanted)(error);
          assert.equal((error as UserError).problem.line, line, words);
          return true;
        },
      );
    }
    aws().state.refuse = {};
  });

  it('says what it could not take back', async () => {
    aws().state.refuse = { CreateEndpointConfig: 'ValidationException: no', DeleteModel: 'AccessDeniedException: no' };
    await assert.rejects(deploy(world.bundles()[0], { role: 'arn:aws:iam::123456789012:role/third' }), (error) => {
      assert.match((error as UserError).problem.hint ?? '', /by hand: delete the model troubled-1/);
      return true;
    });
    aws().state.refuse = {};
  });

  it('is seen to differ when somebody changed it by hand, and put right by a deployment', async () => {
    assert.equal((await checked(world, name, settings()))?.state, 'as-recorded');
    const there = endpoint();
    assert.ok(there);
    const ours = there.config;
    aws().configs.set('by-hand', {});
    there.config = 'by-hand';
    const found = await checked(world, name, settings());
    assert.equal(found?.state, 'differs');
    assert.match(found.says.join(), new RegExp(`move the endpoint ${name} to ${ours}`));
    const plan = await planDeployment({ bundle: world.bundles()[1] }, world.options(name, settings()));
    assert.match(plan.notes.join(), /was configured by somebody else \(by-hand\)/);
    assert.ok(planLines(plan).includes('    - EndpointConfigName: by-hand'));
    await deploy(world.bundles()[1]);
    assert.equal(endpoint()?.config, ours);
    aws().state.refuse = { DescribeEndpoint: 'AccessDeniedException: no' };
    assert.equal((await checked(world, name, settings()))?.state, 'unknown');
    aws().state.refuse = {};
  });

  it('is as recorded for another version of the engine, which would make another image of the model', async () => {
    const { engine = '' } = world.options(name, settings());
    const before = await readFile(engine, 'utf8');
    await writeFile(engine, '// a newer engine');
    try {
      assert.equal((await checked(world, name, settings()))?.state, 'as-recorded');
      assert.notDeepEqual(await said(world, name, settings(), world.bundles()[1]), [], 'a deployment would renew it');
    } finally {
      await writeFile(engine, before);
    }
  });

  it('is tidied up behind: what is live, what a rollback needs and what is not ours stays', async () => {
    const [first, second] = world.bundles();
    await deploy(first);
    await deploy(second);
    const old = `${name}-9-0123abcd`;
    for (const known of [aws().models, aws().configs])
      for (const one of [old, `${name}-other`, `x-${old}`]) known.set(one, {});
    const options = world.options(name, settings());
    const says = async (keep: number) => (await planTidying(name, keep, options))?.actions.map(({ say }) => say) ?? [];
    const all = await says(2);
    assert.ok(all.includes(`delete the endpoint configuration ${old}`) && all.includes(`delete the model ${old}`));
    assert.ok(all.every((say) => !say.includes('other') && !say.includes('x-') && !/troubled-[12]-/.test(say)));
    const one = await says(1);
    assert.ok(one.some((say) => /the model troubled-1-/.test(say)) && !one.some((say) => /troubled-2-/.test(say)));
    aws().state.refuse = { DeleteModel: 'AccessDeniedException: no' };
    const left = await tidy(name, 2, options);
    aws().state.refuse = {};
    assert.match(
      left.join(),
      /delete the model troubled-9-0123abcd: .*AccessDenied|delete the model troubled-9-0123abcd: /,
    );
    assert.deepEqual([aws().configs.has(old), aws().models.has(old)], [false, true]);
    await tidy(name, 1, options);
    assert.deepEqual(await says(1), []);
    await rollback(name, options);
    assert.equal(endpoint()?.status, 'InService', 'a rollback makes anew what was deleted');
    assert.equal(await planTidying('nobody', 1, options).catch(() => 'unknown'), 'unknown');
  });

  it('replaces an endpoint that failed, and says that a former one stays when the target leads elsewhere', async () => {
    aws().endpoints.set(name, { config: 'x', status: 'Failed', asked: 0, reason: 'no ping' });
    const says = await said(world, name, settings());
    assert.ok(says.includes('delete the endpoint troubled, which failed: no ping'));
    await deploy(world.bundles()[0]);
    assert.equal(endpoint()?.status, 'InService');
    const elsewhere = await planDeployment(
      { bundle: world.bundles()[0] },
      world.options(name, settings({ 'endpoint-name': 'elsewhere' })),
    );
    assert.match(
      elsewhere.notes.join(),
      /was the endpoint troubled of SageMaker in eu-central-1 until now\. That stays/,
    );
    await stopDeployment(name, world.options(name, settings()));
    assert.equal(endpoint(), undefined, 'it is gone, not going');
    assert.equal(scaled(), undefined);
  });

  it('refuses a repository of another region, and names that can be none, before anything is asked', async () => {
    const { endpoint: _, ...own } = settings({
      image: { repository: '123456789012.dkr.ecr.us-east-1.amazonaws.com/toy' },
    }) as { endpoint?: string };
    await assert.rejects(
      said(world, name, own as DeploymentTarget),
      code('sagemaker-repository', /target 'troubled' is in eu-central-1, its repository in us-east-1/),
    );
    await assert.rejects(said(world, 'ends_', settings()), code('endpoint-name', /'ends-' can't be the name/));
    const canary = planDeployment(
      { bundle: world.bundles()[0] },
      { ...world.options(name, settings()), strategy: 'canary' },
    );
    await assert.rejects(canary, (error) => {
      code('strategy-unsupported', /can't do 'canary'/)(error);
      assert.match((error as UserError).problem.hint ?? '', /`canary` and `alarms` of the target/);
      return true;
    });
  });
}

export function kubernetesTroubles(
  world: World,
  cluster: () => Awaited<ReturnType<typeof kubernetesServer>>,
  settings: Settings,
): void {
  const name = 'odd';
  const key = `/apis/apps/v1/namespaces/shop/deployments/${name}`;
  const odd = (more: object = {}) => settings({ resources: { cpu: '0.5', memory: '1024Mi' }, ...more });

  it('knows amounts that the cluster writes in its own way, and shows only what changes', async () => {
    const [first, second] = world.bundles();
    await deployBundle({ bundle: first }, world.options(name, odd()));
    assert.deepEqual(await said(world, name, odd()), []);
    const lines = planLines(await planDeployment({ bundle: second }, world.options(name, odd())));
    const gone = lines.filter((line) => line.startsWith('    - '));
    assert.equal(gone.length, 3, `version, bundle and image: ${gone.join('\n')}`);
    assert.ok(
      !lines.some((line) => line.includes('dnsPolicy')),
      'what the cluster added stays and is not shown as gone',
    );
  });

  it('leaves the number of pods to the autoscaler when a change is taken back', async () => {
    const [, second] = world.bundles();
    const there = cluster().objects.get(key);
    assert.ok(there);
    there.spec['replicas'] = 5;
    cluster().state.failing = true;
    await assert.rejects(deployBundle({ bundle: second }, world.options(name, odd())), code('deployment-failed'));
    cluster().state.failing = false;
    delete cluster().objects.get(key)?.status;
    await deployBundle({ bundle: second }, world.options(name, odd()));
    assert.equal(cluster().objects.get(key)?.spec['replicas'], 5);
  });

  it('waits for a roll-out that was broken off, and sees what somebody changed by hand', async () => {
    const [, second] = world.bundles();
    const there = cluster().objects.get(key);
    assert.ok(there);
    there.metadata.generation++;
    delete there.status;
    cluster().state.asked = 0;
    assert.deepEqual(await said(world, name, odd(), second), [`wait until Deployment ${name} is ready`]);
    await deployBundle({ bundle: second }, world.options(name, odd()));
    assert.equal((await checked(world, name, odd()))?.state, 'as-recorded');
    cluster().objects.delete(`/apis/policy/v1/namespaces/shop/poddisruptionbudgets/${name}`);
    const found = await checked(world, name, odd());
    assert.deepEqual([found?.state, found?.says], ['differs', [`create PodDisruptionBudget ${name}`]]);
    await stopDeployment(name, world.options(name, odd()));
  });
}

export function azureTroubles(
  world: World,
  azure: () => Awaited<ReturnType<typeof azureServer>>,
  settings: Settings,
): void {
  const name = 'troubled-a';
  const own = (more: object = {}) => settings({ 'endpoint-name': name, ...more });
  const deploy = (bundle: string, more?: object) => deployBundle({ bundle }, world.options(name, own(more)));
  const resource = (rest = '') => azure().resources.get(`/onlineEndpoints/${name}${rest}`);
  const deployments = () => [...azure().resources.keys()].filter((one) => one.includes(`${name}/deployments/`));

  it('has nothing to do with a share of the traffic that is all there is', async () => {
    await deploy(world.bundles()[0], { traffic: 20 });
    assert.deepEqual(await said(world, name, own({ traffic: 20 })), []);
  });

  it('scales in place, and takes other machines as another deployment', async () => {
    assert.deepEqual(
      (await said(world, name, own({ instances: 3 }))).map((say) => say.replace(/v1-\S+/, 'IT')),
      ['scale IT to 3 machines'],
    );
    await deploy(world.bundles()[0], { instances: 3 });
    assert.deepEqual(resource(deployments()[0]?.replace(/^.*(?=\/deployments)/, ''))?.sku, {
      name: 'Default',
      capacity: 3,
    });
    await deploy(world.bundles()[0], { instances: 3, instance: 'Standard_F4s_v2' });
    assert.match(deployments().join(), /^\S+\/v1-[0-9a-f]{8}-[0-9a-f]{4}$/, 'the former is deleted');
    assert.deepEqual(await said(world, name, own({ instances: 3, instance: 'Standard_F4s_v2' })), []);
  });

  it('keeps what somebody set on the endpoint by hand', async () => {
    const there = resource();
    assert.ok(there);
    there.properties['publicNetworkAccess'] = 'Disabled';
    await deploy(world.bundles()[1]);
    assert.equal(resource()?.properties['publicNetworkAccess'], 'Disabled');
    const { notes } = await planDeployment(
      { bundle: world.bundles()[0] },
      world.options(name, own({ auth: 'AADToken' })),
    );
    assert.match(notes.join(), /keeps its `auth: Key`/);
  });

  it('goes on where it was when nobody could ask any more, and deletes what failed before it tries again', async () => {
    const options = world.options(name, own());
    azure().state.slow = 4;
    await assert.rejects(
      deployBundle(
        { bundle: world.bundles()[0] },
        {
          ...options,
          onAction: ({ say }) => {
            if (say.startsWith('create the deployment')) setTimeout(() => (azure().state.lost = true), 20);
          },
        },
      ),
      code('deployment-unwatched'),
    );
    azure().state.lost = false;
    const [waits = ''] = await said(world, name, own());
    assert.match(waits, /^wait for v1-[0-9a-f]{8}, which is Creating$/);
    const { entry } = await deployBundle({ bundle: world.bundles()[0] }, options);
    assert.equal(entry.version, 1);
    azure().state.slow = 1;
    const rest = deployments()[0]?.replace(/^.*(?=\/deployments)/, '');
    (resource(rest)?.properties ?? {}).provisioningState = 'Failed';
    assert.ok(
      (await said(world, name, own())).some((say) => /^delete the deployment v1-\S+ which is Failed$/.test(say)),
    );
    await deployBundle({ bundle: world.bundles()[0] }, options);
    assert.deepEqual((await checked(world, name, own()))?.says, []);
    (resource()?.properties ?? {}).traffic = {};
    assert.match((await checked(world, name, own()))?.says.join() ?? '', /^give it 100 % of the traffic$/);
    await stopDeployment(name, options);
    assert.equal(resource(), undefined);
  });

  it('is tidied up behind', async () => {
    const options = world.options(name, own());
    await deployBundle({ bundle: world.bundles()[0] }, options);
    const made = (rest: string) =>
      azure().resources.set(`/onlineEndpoints/${name}/deployments/${rest}`, { properties: {}, asked: 0 });
    made('v9-0123abcd');
    made('by-hand');
    const plan = await planTidying(name, 1, options);
    assert.deepEqual(
      plan?.actions.map(({ say }) => say),
      ['delete the deployment v9-0123abcd, which has no traffic'],
    );
    assert.deepEqual(await tidy(name, 1, options), []);
    assert.ok(!deployments().some((one) => one.includes('v9')) && deployments().some((one) => one.includes('by-hand')));
    await stopDeployment(name, options);
  });

  it('knows a workspace that is not there or lies elsewhere', async () => {
    await assert.rejects(
      said(world, name, own({ workspace: 'other' })),
      code('azure-workspace', /no workspace 'other'/),
    );
    await assert.rejects(
      said(world, name, own({ location: 'northeurope' })),
      code('azure-workspace', /'work' is in West Europe, the target in northeurope/),
    );
    await assert.rejects(said(world, 'a', settings({ 'endpoint-name': undefined })), code('endpoint-name'));
  });
}

export function vertexTroubles(
  world: World,
  google: () => Awaited<ReturnType<typeof vertexServer>>,
  settings: Settings,
): void {
  const name = 'troubled-v';
  const deploy = (bundle: string, more?: object) => deployBundle({ bundle }, world.options(name, settings(more)));
  const endpoint = () => google().endpoints.get(name);

  it('has nothing to do with a share of the traffic that is all there is, scales in place, and takes other machines anew', async () => {
    const [first] = world.bundles();
    await deploy(first, { traffic: 20 });
    assert.deepEqual(await said(world, name, settings({ traffic: 20 })), []);
    const more = { replicas: { min: 2, max: 5 } };
    assert.deepEqual(await said(world, name, settings(more)), ['let it scale from 2 to 5 machines']);
    await deploy(first, more);
    assert.deepEqual(await said(world, name, settings(more)), []);
    const before = endpoint()?.deployedModels[0]?.id;
    await deploy(first, { ...more, machine: 'n2-standard-4' });
    assert.equal(endpoint()?.deployedModels.length, 1);
    assert.notEqual(endpoint()?.deployedModels[0]?.id, before);
    assert.deepEqual(await said(world, name, settings({ ...more, machine: 'n2-standard-4' })), []);
    await deploy(first);
  });

  it('waits for what goes on at the endpoint, and goes on where it was', async () => {
    const [, second] = world.bundles();
    google().state.slow = 6;
    await assert.rejects(
      deployBundle({ bundle: second }, brokenOffAt(/^deploy it to/, world.options(name, settings({ traffic: 30 })))),
      /broken off/,
    );
    google().state.slow = 1;
    const { entry } = await deploy(second, { traffic: 30 });
    assert.equal(entry.version, 2);
    assert.deepEqual(Object.values(endpoint()?.trafficSplit ?? {}).sort(), [30, 70]);
    assert.equal((await checked(world, name, settings()))?.state, 'as-recorded');
  });

  it('keeps a version live whose former one can not be taken off, and says so', async () => {
    const [, second] = world.bundles();
    google().state.refuse = 'undeployModel';
    const { plan, entry } = await deploy(second);
    google().state.refuse = '';
    assert.equal(entry.version, 2);
    assert.match(plan.notes.join('\n'), /It did not work to take the former model \d+ off troubled-v/);
    assert.deepEqual(Object.entries(endpoint()?.trafficSplit ?? {}).filter(([, share]) => share > 0).length, 1);
  });

  it('is tidied up behind', async () => {
    google().models.set(`${name}-9-0123abcd`, {});
    google().models.set('theirs', {});
    const options = world.options(name, settings());
    const plan = await planTidying(name, 1, options);
    assert.ok(plan?.actions.some(({ say }) => say === `delete the model ${name}-9-0123abcd`));
    assert.ok(!plan?.actions.some(({ say }) => say.includes('theirs') || say.includes(`${name}-2-`)));
    assert.deepEqual(await tidy(name, 1, options), []);
    assert.ok(!google().models.has(`${name}-9-0123abcd`) && google().models.has('theirs'));
  });

  it('is taken away with all that shares its traffic', async () => {
    const there = endpoint();
    assert.ok(there && there.deployedModels.length === 2);
    there.trafficSplit = Object.fromEntries(there.deployedModels.map(({ id }, i) => [id, i === 0 ? 80 : 20]));
    await stopDeployment(name, world.options(name, settings()));
    assert.equal(endpoint(), undefined);
    const { entries } = await readLedger(world.options(name, settings()).store);
    assert.equal(entries.at(-1)?.action, 'stop');
    await assert.rejects(rollback('nobody', world.options(name, settings())), code('deployment-unknown'));
  });
}

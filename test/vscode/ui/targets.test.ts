import assert from 'node:assert/strict';
import path from 'node:path';
import { registerBundle } from '../../../lifecycle/store/registry';
import { removeFolders, toyBundle } from '../../lifecycle/deploy/support';
import { AWS_KEY, sagemakerServer } from '../../rigs/services/aws';
import { fakeRegistry } from '../../rigs/services/server';
import { Window } from './rig';

/** A target in a cloud, looked at from the editor: the credentials are in VS Code's secrets alone. */
describe('a deployment beyond this machine', function () {
  this.timeout(240_000);
  let window: Window;
  let registry: Awaited<ReturnType<typeof fakeRegistry>>;
  let aws: Awaited<ReturnType<typeof sagemakerServer>>;

  before(async () => {
    registry = await fakeRegistry({ immutable: true });
    aws = await sagemakerServer('eu-central-1', (digest) => registry.manifests.get(digest));
    window = await Window.open({
      example: null,
      files: {
        'lifecycle.yaml': 'lifecycle: 1\n',
        'targets.yaml': [
          'lifecycle: 1',
          'targets:',
          '  shop:',
          '    kind: sagemaker',
          '    region: eu-central-1',
          '    role: arn:aws:iam::123456789012:role/sagemaker',
          `    image: {repository: '${registry.host}/toy'}`,
          '    instances: {min: 1, max: 4}',
          `    endpoint: '${aws.url}'`,
          '',
        ].join('\n'),
      },
      // Nothing of the machine's own may answer for the secrets.
      env: {
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    });
    const store = path.join(window.folder, '.lifecycle');
    for (const bias of [0, 1]) await registerBundle(store, await toyBundle({ bias }));
  });
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    await window.run('Notifications: Show Notifications').catch(() => undefined);
    await window.screenshot('failed-targets');
  });
  after(async () => {
    await window.close();
    await Promise.all([aws.close(), registry.close()]);
    await removeFolders();
  });

  const tree = () => window.tree('Models & Deployments');
  const button = (name: string) => window.page.locator('.monaco-dialog-box').getByRole('button', { name });
  const deploy = async (version: number): Promise<void> => {
    await window.run('ML Lifecycle: Deploy Model…');
    await window.pick(`toy version ${version}`);
    await window.pick('shop');
    await button('Deploy').click({ timeout: 40_000 });
    await tree()
      .filter({ hasText: `toy ${version} ·` })
      .waitFor({ timeout: 120_000 });
  };
  const told = async (words: RegExp): Promise<void> => {
    for (let left = 30; ; left--) {
      await window.run('Notifications: Show Notifications');
      const found = window.page.locator('.notifications-center .notification-list-item', { hasText: words });
      if (await found.first().isVisible()) return;
      assert.ok(left > 0, `nothing says ${words.source}`);
      await window.page.waitForTimeout(1_000);
    }
  };
  const calm = () => window.run('Notifications: Clear All Notifications');

  it('is checked against its target, with what somebody changed by hand at its item', async () => {
    await window.activityTab('ML Lifecycle').click();
    for (const [name, value] of [
      ['AWS_ACCESS_KEY_ID', AWS_KEY.accessKeyId],
      ['AWS_SECRET_ACCESS_KEY', AWS_KEY.secretAccessKey],
    ] as const) {
      await window.run('ML Lifecycle: Set Secret…');
      await window.answer(name);
      await window.page.locator('.quick-input-widget input[type=password]').waitFor();
      await window.answer(value);
    }
    await deploy(1);
    await deploy(2);
    await calm();

    await window.run('ML Lifecycle: Check Deployments Against Targets');
    await told(/1 deployment beyond this machine, as recorded\./);
    await tree().filter({ hasText: 'toy 2 · as recorded' }).waitFor();
    await calm();

    aws.scaled.get('endpoint/shop/variant/live')!['MaxCapacity'] = 9;
    await window.run('ML Lifecycle: Check Deployments Against Targets');
    await told(/Not as recorded: shop \(of 1 deployment beyond this machine\)\./);
    await tree().filter({ hasText: 'toy 2 · not as recorded' }).waitFor();
    await tree().filter({ hasText: 'let it scale from 1 to 4 instances' }).waitFor();
    await window.screenshot('targets-not-as-recorded');
    assert.equal(aws.scaled.get('endpoint/shop/variant/live')?.['MaxCapacity'], 9, 'a check changes nothing');
  });

  it('is tidied up once what goes was shown', async () => {
    await calm();
    const before = [...aws.models.keys()];
    assert.equal(before.length, 2);
    const [old = ''] = before;
    await tree().filter({ hasText: 'not as recorded' }).click({ button: 'right' });
    await window.chooseInMenu('Tidy Up…');
    await window.answer('1');
    const dialog = window.page.locator('.monaco-dialog-box');
    await dialog.filter({ hasText: `delete the model ${old}` }).waitFor({ timeout: 60_000 });
    await window.screenshot('targets-tidy');
    assert.deepEqual([...aws.models.keys()], before, 'nothing goes before it was confirmed');
    await button('Delete').click();
    await told(/\d deleted from shop\./);
    assert.ok(!aws.models.has(old), 'the model of version 1 is gone');
    assert.equal(aws.models.size, 1);
    assert.equal(aws.endpoints.get('shop')?.status, 'InService');
  });
});

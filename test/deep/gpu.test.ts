import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fakeLibraries, fakeNpm } from '../rigs/fake-npm';
import { fakeNvidia } from '../rigs/fake-nvidia';
import { closeBrowser, Window } from '../vscode/ui/rig';

const rows = Array.from({ length: 40 }, (_, i) => `${i},${(i * 7) % 11},${i % 2 === 0 ? 'yes' : 'no'}`);

/** A user's program that trains until it is asked to stop. */
const program = `
import { existsSync } from 'node:fs';
const say = (message) => console.log('::lifecycle ' + JSON.stringify(message));
for (let epoch = 1; epoch <= 5000; epoch++) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  say({ metric: 'loss', value: 1 / epoch, step: epoch, epoch });
  say({ progress: epoch / 5000, message: 'epoch ' + epoch });
  if (existsSync(process.env.LIFECYCLE_STOP)) break;
}
`;

const pipeline = (name: string) => `lifecycle: 1
pipeline: ${name}
stages:
  points:
    kind: data
    source: points.csv
    target: y
    split: { train: 0.5, validation: 0.5 }
  own:
    kind: train
    data: points
    command: [node, train.mjs]
    resources: { device: cuda }
`;

/** Longest (milliseconds) that anything may take on a busy machine. */
const patience = { timeout: 60_000 };

describe('GPU trainings in the editor', function () {
  this.timeout(180_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'lifecycle-gpu-'));
  let window: Window;

  before(async function () {
    this.timeout(180_000);
    const env = fakeNvidia(path.join(folder, 'bin'), 1);
    window = await Window.open({
      example: null,
      open: 'first.pipeline.yaml',
      // Otherwise the profile of a login shell would set PATH anew.
      env: { VSCODE_CLI: '1', PATH: env['PATH'] ?? '', LIFECYCLE_LEASES: path.join(folder, 'leases') },
      files: {
        'points.csv': ['a,b,y', ...rows].join('\n'),
        'train.mjs': program,
        'first.pipeline.yaml': pipeline('first'),
        'second.pipeline.yaml': pipeline('second'),
      },
    });
  });
  after(async () => {
    await window?.close();
    await closeBrowser();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      await window.screenshot(`failed-gpu-${this.currentTest.title.slice(0, 40)}`);
  });

  const own = (pipeline: string) =>
    window
      .tree('Pipelines')
      .filter({ hasText: 'own' })
      .nth(pipeline === 'first' ? 0 : 1);
  const row = (text: string | RegExp) => window.sideWebview().locator('.stages button').filter({ hasText: text });
  const steer = (title: string) => window.sideWebview().getByRole('button', { name: title, exact: true });

  it('lists what is really there, with memory, and says why a device can not be used', async () => {
    await window.activityTab('ML Lifecycle').click();
    await window.run('ML Lifecycle: Run on Device…');
    const devices = window.page.locator('.quick-input-widget .monaco-list-row');
    await devices
      .filter({ hasText: 'GPU 0: NVIDIA L4 · 21.5 GB of 22.5 GB free · 80 % busy' })
      .first()
      .waitFor(patience);
    await window.screenshot('gpu-devices');
    await devices.filter({ hasText: 'cuda' }).first().click();
    const modal = window.page.locator('.monaco-dialog-box');
    await modal.filter({ hasText: "NVIDIA L4 can't be used as cuda" }).waitFor(patience);
    await modal.getByRole('button', { name: 'OK' }).click();
  });

  it('shows what a training uses while it runs', async () => {
    await window.run('ML Lifecycle: Run Pipeline');
    await window.statusBar(/first: own .*GPU 80 %/).waitFor(patience);
    await row('GPU 0 (NVIDIA L4, cuda)').waitFor(patience);
    for (const chart of ['GPU %', 'GPU memory MB', 'GPU power W', 'CPU %', 'memory MB'])
      await window
        .sideWebview()
        .getByText(`device/${chart}`, { exact: true })
        .first()
        .waitFor({ state: 'attached', ...patience });
    await window.screenshot('gpu-running');
  });

  it('queues a second training for the same GPU, and says for what it waits', async () => {
    await window.openFile('second.pipeline.yaml');
    // The command asks which pipeline is meant until the extension host knows of the new editor, as its lenses tell.
    const text = window.page.locator('.monaco-editor').filter({ hasText: 'second' });
    await text.getByText('Run from here').first().waitFor(patience);
    await window.run('ML Lifecycle: Run Pipeline');
    await own('second')
      .filter({ hasText: /Waits for GPU 0 \(NVIDIA L4\), which run .* \(first: own\) uses/ })
      .waitFor(patience);
    await row(/Waits for GPU 0/).waitFor(patience);
    await window.screenshot('gpu-queue');
  });

  it('rests and goes on by the palette', async () => {
    await window.run('ML Lifecycle: Pause Run');
    await window.pick('first');
    await own('first').filter({ hasText: 'paused' }).waitFor(patience);
    await window.screenshot('gpu-paused');
    await window.run('ML Lifecycle: Resume Run');
    await window.pick('first');
    await own('first')
      .filter({ hasText: /\d+ %$/ })
      .waitFor(patience);
  });

  it('stops after the epoch, and gives the GPU to the one that waits', async () => {
    await window.run('ML Lifecycle: Stop After This Epoch');
    await window.pick('first');
    await own('first').filter({ hasNotText: '%' }).waitFor(patience);
    await own('second').filter({ hasText: /\d+ %/ }).waitFor(patience);
  });

  it('installs the GPU runtime: shows what npm says, can be cancelled, and names what is missing', async () => {
    const bin = path.join(folder, 'bin');
    const install = () => window.run('ML Lifecycle: Install GPU Runtime');
    const told = (words: RegExp) =>
      window.page.locator('.notifications-center .notification-list-item', { hasText: words }).first();
    const see = async (words: RegExp, picture: string) => {
      for (let left = 30; !(await told(words).isVisible()); left--) {
        assert.ok(left > 0, `nothing says ${words.source}`);
        await window.run('Notifications: Show Notifications');
        await window.page.waitForTimeout(1_000);
      }
      await window.screenshot(picture);
    };
    const clear = () => window.run('Notifications: Clear All Notifications');
    fakeLibraries(bin, ['libcudart.so.11.0', 'libcublas.so.11']);
    fakeNpm(bin, 'slow');
    await install();
    await see(/Installing the GPU runtime.*Downloading libtensorflow: 100 %/, 'gpu-runtime-installing');
    await told(/Installing the GPU runtime/)
      .getByRole('button', { name: 'Cancel' })
      .click();
    await see(/was not installed: cancelled/, 'gpu-runtime-cancelled');
    await clear();

    fakeNpm(bin, 'refused');
    await install();
    await see(/could not be installed.*refused by storage\.googleapis\.com/, 'gpu-runtime-refused');
    await clear();

    fakeNpm(bin, 'library');
    await install();
    await see(/does not work here.*libcudart\.so\.11\.0.*Missing: cuDNN\./, 'gpu-runtime-missing');
    await clear();

    fakeNpm(bin, 'gpu');
    await install();
    await see(/TensorFlow\.js is installed and computes on the GPU/, 'gpu-runtime-installed');
    await clear();
  });

  it('is steered by the buttons of the panel', async () => {
    await row('GPU 0 (NVIDIA L4, cuda)').waitFor(patience);
    await steer('Pause').click();
    await row('paused').waitFor(patience);
    await window.screenshot('gpu-panel');
    await steer('Resume').click();
    await steer('Cancel').click();
    await window.sideWebview().getByText('cancelled', { exact: true }).first().waitFor(patience);
  });
});

import * as vscode from 'vscode';
import { requestControl, type ControlAction } from '../../lifecycle/store/control';
import { messageOf, type Engine } from '../engine';
import type { Projects } from '../projects';
import type { Runs, WorkspaceRun } from '../runs';
import type { LifecycleTask } from '../tasks';
import type { RunCommands } from './run';

/** A device as `lifecycle devices --json` tells it. */
interface DeviceLine {
  readonly kind: string;
  readonly name: string;
  readonly index?: number;
  readonly memory?: { readonly total: number; readonly free: number };
  readonly utilization?: number;
  readonly holder?: string;
  readonly usable: boolean;
  readonly why?: string;
  readonly remedy?: string;
}

interface DeviceItem extends vscode.QuickPickItem {
  readonly device?: DeviceLine;
}

const install = 'Install GPU Runtime';

/** Chooses devices, steers trainings that run, and installs what TensorFlow needs. */
export class GpuCommands {
  constructor(
    private readonly engine: Engine,
    private readonly projects: Projects,
    private readonly runs: Runs,
    private readonly run: RunCommands,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Runs a pipeline with its networks on a device of this machine. */
  async runOnDevice(given: unknown): Promise<void> {
    const node = given as { uri?: unknown } | undefined;
    const uri = await this.projects.choose(node?.uri ?? given, 'Run on Device');
    if (!uri) return;
    const device = await this.chooseDevice();
    if (device) await this.run.run(uri, device);
  }

  private async chooseDevice(): Promise<Pick<LifecycleTask, 'device' | 'gpu'> | undefined> {
    const picker = vscode.window.createQuickPick<DeviceItem>();
    picker.title = 'Run on Device';
    picker.placeholder = 'Looking for devices…';
    picker.busy = true;
    picker.matchOnDescription = true;
    picker.show();
    const picked = new Promise<DeviceItem | undefined>((resolve) => {
      picker.onDidAccept(() => resolve(picker.selectedItems[0]));
      picker.onDidHide(() => resolve(undefined));
    });
    const answer = await this.engine.ask(['devices'], { timeout: 120_000 });
    picker.busy = false;
    picker.placeholder = 'On what shall networks be trained?';
    const devices = answer.lines as unknown as DeviceLine[];
    picker.items = itemsFor(devices);
    const item = await picked;
    picker.dispose();
    const device = item?.device;
    if (item && !device) return { device: 'auto' };
    if (!device) return undefined;
    if (device.usable) {
      const { kind, index } = device;
      const several = new Set(devices.flatMap((other) => other.index ?? [])).size > 1;
      return { device: kind, ...(several && index !== undefined ? { gpu: index } : {}) };
    }
    const actions = device.kind === 'tensorflow-gpu' ? [install] : [];
    const choice = await vscode.window.showWarningMessage(
      `${device.name} can't be used as ${device.kind}: ${device.why ?? 'unknown'}.`,
      { modal: true, detail: device.remedy ?? '' },
      ...actions,
    );
    if (choice === install) await this.installRuntime();
    return undefined;
  }

  /** Passes a wish on to a run that is going. */
  async steer(action: ControlAction, given: unknown): Promise<void> {
    const run = await this.runMeant(given, action);
    if (!run) return;
    try {
      await requestControl(run.store, run.id, action);
    } catch (error) {
      void vscode.window.showInformationMessage(error instanceof Error ? error.message : String(error));
    }
  }

  private async runMeant(given: unknown, action: ControlAction): Promise<WorkspaceRun | undefined> {
    if (typeof given === 'string') return this.runs.find(given);
    const node = given as { run?: WorkspaceRun } | undefined;
    if (node?.run?.store) return node.run;
    const active = await this.runs.active();
    if (active.length === 0) void vscode.window.showInformationMessage('Nothing is running.');
    if (active.length < 2) return active[0];
    const words = { pause: 'be paused', resume: 'go on', finish: 'stop after this epoch' } as const;
    const picked = await vscode.window.showQuickPick(
      active.map((run) => ({ label: run.info.pipeline, description: run.id, run })),
      { placeHolder: `Which run shall ${words[action]}?` },
    );
    return picked?.run;
  }

  /** Fetches TensorFlow.js with CUDA into the extension's storage, tries it, and says exactly what is missing. */
  async installRuntime(): Promise<void> {
    const cancelled = new AbortController();
    const answer = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: 'Installing the GPU runtime', cancellable: true },
      (progress, token) => {
        token.onCancellationRequested(() => cancelled.abort());
        progress.report({ message: 'fetching TensorFlow.js and libtensorflow…' });
        return this.engine.ask(['gpu-runtime', 'install'], {
          timeout: 1_800_000,
          signal: cancelled.signal,
          onLine: ({ type, message }) => {
            if (type === 'output' && typeof message === 'string') progress.report({ message: shortened(message) });
          },
        });
      },
    );
    if (cancelled.signal.aborted && answer.code !== 0) {
      void vscode.window.showInformationMessage('The GPU runtime was not installed: cancelled.');
      return;
    }
    const probe = answer.lines.find((line) => line['provider'] === 'tensorflow');
    const missing = (
      (probe?.['requirements'] ?? []) as {
        name: string;
        found: boolean;
        detail: string;
        remedy?: string;
      }[]
    ).filter(({ found }) => !found);
    for (const line of answer.lines)
      this.log.info(typeof line['message'] === 'string' ? line['message'] : JSON.stringify(line));
    for (const { name, detail, remedy } of missing)
      this.log.warn(`${name}: ${detail}${remedy === undefined ? '' : `. To get it: ${remedy}`}`);
    if (answer.code !== 0 || probe?.['works'] !== true) {
      const [failure] = (probe?.['failures'] ?? []) as { backend: string; said: string }[];
      const lacks = missing.length === 0 ? '' : ` Missing: ${missing.map(({ name }) => name).join(', ')}.`;
      const choice = await vscode.window.showErrorMessage(
        probe === undefined
          ? `The GPU runtime could not be installed. ${messageOf(answer)}`
          : `The GPU runtime was fetched but does not work here${failure ? ` (${failure.said})` : ''}.${lacks} The log says how to get it.`,
        'Show Log',
      );
      if (choice) this.log.show();
      return;
    }
    void vscode.window.showInformationMessage(
      probe['gpu'] === true
        ? 'TensorFlow.js is installed and computes on the GPU. Use it with `resources: {device: tensorflow-gpu}`.'
        : `TensorFlow.js is installed, but computes on the CPU only. Missing: ${missing.map(({ name }) => name).join(', ') || 'a GPU that it can use'}.`,
    );
  }
}

/** A line of npm's as a notification has room for it. */
function shortened(line: string): string {
  const text = line.trim();
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

/** Devices as lines to choose from: what can be used first, with memory. */
export function itemsFor(devices: readonly DeviceLine[]): DeviceItem[] {
  const usable = devices.filter((device) => device.usable);
  const others = devices.filter((device) => !device.usable);
  return [
    { label: '$(sparkle) auto', description: 'what each stage asks for; a GPU where it pays' },
    ...usable.map((device) => itemOf(device)),
    ...(others.length > 0 ? [{ label: 'Not usable', kind: vscode.QuickPickItemKind.Separator }] : []),
    ...others.map((device) => itemOf(device)),
  ];
}

function itemOf(device: DeviceLine): DeviceItem {
  const { kind, name, index, memory, utilization, holder, usable, why } = device;
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`;
  const room = memory ? ` · ${gigabytes(memory.free)} of ${gigabytes(memory.total)} free` : '';
  const busy = utilization === undefined ? '' : ` · ${Math.round(utilization)} % busy`;
  const detail = usable ? (holder === undefined ? undefined : `held by ${holder}: a training waits for its turn`) : why;
  return {
    label: `${usable ? '$(circuit-board)' : '$(circle-slash)'} ${kind}`,
    description: `${index === undefined ? '' : `GPU ${index}: `}${name}${room}${busy}`,
    ...(detail === undefined ? {} : { detail }),
    device,
  };
}

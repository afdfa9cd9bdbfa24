import * as vscode from 'vscode';
import { capture, startDetached } from '../lifecycle/process/spawn';

/** How the engine's process is started: program, its first arguments and its environment. */
export interface EngineCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What an engine command printed with `--json`: one object a line. */
export interface EngineAnswer {
  readonly code: number | null;
  readonly lines: readonly Record<string, unknown>[];
  /** Plain output, for messages. */
  readonly text: string;
}

const oldestNode = 20;

/**
 * The engine, always in a process of its own: nothing native is loaded into the extension host.
 * Node comes from the setting, else from PATH when it is new enough, else it is VS Code's own Electron run as Node.
 */
export class Engine {
  private found: Promise<EngineCommand> | undefined;
  readonly cli: string;
  /** Where the GPU runtime is installed on demand. */
  private readonly runtime: string;

  constructor(
    extension: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.runtime = vscode.Uri.joinPath(extension.globalStorageUri, 'gpu-runtime').fsPath;
    this.cli = vscode.Uri.joinPath(extension.extensionUri, 'dist', 'cli.js').fsPath;
    extension.subscriptions.push(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('lifecycle.node.path')) this.found = undefined;
      }),
    );
  }

  command(): Promise<EngineCommand> {
    this.found ??= this.find();
    return this.found;
  }

  private async find(): Promise<EngineCommand> {
    const configured = vscode.workspace.getConfiguration('lifecycle').get<string | null>('node.path');
    for (const program of configured ? [configured] : ['node']) {
      const { code, stdout } = await capture([program, '--version'], { timeout: 5_000 });
      const version = Number(/^v(\d+)\./.exec(stdout.trim())?.[1] ?? Number.NaN);
      if (code === 0 && version >= oldestNode) {
        this.log.info(`The engine runs on ${program} ${stdout.trim()}.`);
        return { program, args: [this.cli], env: { LIFECYCLE_GPU_RUNTIME: this.runtime } };
      }
      if (configured)
        void vscode.window.showWarningMessage(
          code === 0
            ? `The setting lifecycle.node.path names Node ${stdout.trim()}; the engine needs ${oldestNode} or newer.`
            : `The setting lifecycle.node.path names ${configured}, which is not a Node that can be started.`,
        );
    }
    this.log.info(`The engine runs on VS Code's own Node ${process.version}.`);
    return {
      program: process.execPath,
      args: [this.cli],
      env: { ELECTRON_RUN_AS_NODE: '1', LIFECYCLE_GPU_RUNTIME: this.runtime },
    };
  }

  /**
   * Runs an engine command to its end.
   * @param args without `--json`, which is added unless `plain` text is wanted
   * @param options.onLine called with each object as it is printed
   * @param options.signal ends the command
   */
  async ask(
    args: readonly string[],
    options: {
      cwd?: string;
      timeout?: number;
      env?: Record<string, string>;
      plain?: boolean;
      onLine?: (line: Record<string, unknown>) => void;
      signal?: AbortSignal;
    } = {},
  ): Promise<EngineAnswer> {
    const { program, args: first, env } = await this.command();
    const { onLine, signal } = options;
    this.log.debug(`lifecycle ${args.join(' ')}`);
    const { code, stdout, stderr } = await capture([program, ...first, ...args, ...(options.plain ? [] : ['--json'])], {
      env: { ...process.env, ...env, ...options.env, NO_COLOR: '1' },
      timeout: options.timeout ?? 600_000,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(signal && { signal }),
      ...(onLine && {
        onLine: (line: string) => {
          const value = objectIn(line);
          if (value) onLine(value);
        },
      }),
    });
    const lines: Record<string, unknown>[] = [];
    const other: string[] = [];
    for (const line of stdout.split('\n')) {
      const value = objectIn(line);
      if (value) lines.push(value);
      else if (line.trim()) other.push(line);
    }
    if (stderr.trim()) other.push(stderr.trim());
    if (code !== 0) this.log.warn(`lifecycle ${args.join(' ')} ended with ${code ?? 'a signal'}: ${other.join('\n')}`);
    return { code, lines, text: other.join('\n') };
  }

  /** Starts an engine command that outlives the window. @returns its process id */
  async detach(args: readonly string[], cwd: string): Promise<number> {
    const { program, args: first, env } = await this.command();
    return startDetached([program, ...first, ...args], { cwd, env: { ...process.env, ...env } });
  }
}

function objectIn(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** The message of an answer whose exit code says that it failed. */
export function messageOf(answer: EngineAnswer): string {
  for (const line of [...answer.lines].reverse()) {
    if (line['type'] === 'output') continue;
    const problem = (line['error'] ?? line) as { message?: unknown; hint?: unknown };
    if (typeof problem.message === 'string')
      return typeof problem.hint === 'string' ? `${problem.message} ${problem.hint}` : problem.message;
  }
  return answer.text.split('\n').filter(Boolean).slice(0, 3).join(' ') || 'The engine ended without a message.';
}

import * as vscode from 'vscode';
import { pythonEnvironment } from './python';
import type { Secrets } from './secrets';

/** What the settings say of runs that the editor starts. */
export interface RunSettings {
  /** Most cores; null for all. */
  readonly cores: number | null;
  /** Environment of the pipeline; empty for none. */
  readonly environment: string;
}

export function runSettings(pipeline: vscode.Uri): RunSettings {
  const settings = vscode.workspace.getConfiguration('lifecycle', pipeline);
  return {
    cores: settings.get<number | null>('run.cores') ?? null,
    environment: settings.get<string>('run.environment') ?? '',
  };
}

/**
 * Environment variables of an engine process that works on a pipeline: the secrets that were set, and the Python that is meant. The same wherever
 * it is started, so that a cell, the palette, a task and a panel do the same.
 */
export async function runEnvironment(pipeline: vscode.Uri, secrets: Secrets): Promise<Record<string, string>> {
  return { ...(await secrets.environment()), ...(await pythonEnvironment(pipeline)) };
}

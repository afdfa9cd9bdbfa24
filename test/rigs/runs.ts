import type { RunInfo } from '../../schemas/generated/types';
import { machineName, ownIdentity } from '../../lifecycle/process/identity';
import { newRunId } from '../../lifecycle/store/runs';

/** A valid `run.json` of a run that this process supervises. */
export function runInfo(more: Partial<RunInfo> = {}): RunInfo {
  return {
    format: 1,
    id: newRunId(),
    pipeline: 'churn',
    file: 'churn.pipeline.yaml',
    created: new Date().toISOString(),
    command: 'run',
    stages: ['data', 'model'],
    host: machineName(),
    engine: '0.1.0',
    process: { ...ownIdentity() },
    ...more,
  };
}

/** The identity of a process that is surely dead. */
export const DEAD = { pid: process.pid, started: '1', boot: ownIdentity().boot } as const;

/** 64 hexadecimal digits. */
export const hash = (digit: string) => digit.repeat(64).slice(0, 64);

import type { RunStatus, StageState } from '../store/summary';
import type { Terminal } from './terminal';

/** A status in its colour. */
export function statusText(status: RunStatus | StageState, { colour }: Pick<Terminal, 'colour'>): string {
  switch (status) {
    case 'succeeded':
      return colour.green(status);
    case 'reused':
      return colour.cyan(status);
    case 'failed':
    case 'lost':
      return colour.red(status);
    case 'running':
      return colour.blue(status);
    case 'cancelled':
      return colour.yellow(status);
    case 'waiting':
    case 'skipped':
      return colour.dim(status);
  }
}

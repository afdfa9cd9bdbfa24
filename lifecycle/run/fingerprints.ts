import { sha256 } from '../process/hash';
import type { PlannedStage } from '../pipeline/types';

/** TEMPORARY stand-in until lifecycle/pipeline/fingerprint lands. */
export function fingerprintInputs(
  planned: PlannedStage,
  more: {
    version: number;
    seed: number;
    files: Readonly<Record<string, string>>;
    upstream: Readonly<Record<string, string>>;
  },
): Record<string, string> {
  const inputs: Record<string, string> = {};
  const flatten = (value: unknown, path: string) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [key, inner] of Object.entries(value)) flatten(inner, `${path}.${key}`);
    else inputs[path] = JSON.stringify(value);
  };
  const { description: _, ...stage } = planned.stage;
  flatten(stage, 'config');
  inputs['version'] = `${planned.stage.kind} ${more.version}`;
  inputs['seed'] = String(more.seed);
  return { ...inputs, ...more.files, ...more.upstream };
}

export function fingerprint(inputs: Readonly<Record<string, string>>): string {
  return sha256(JSON.stringify(Object.entries(inputs).sort(([a], [b]) => (a < b ? -1 : 1))));
}

export function explain(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys
    .filter((key) => before[key] !== after[key])
    .map((key) => `${key} ${before[key] ?? 'none'} → ${after[key] ?? 'none'}`);
}

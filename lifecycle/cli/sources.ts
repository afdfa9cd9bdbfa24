import { dirname } from 'node:path';
import { checkable, type Peek, peek } from '../data/peek';
import { troubleOf } from '../data/peek-trouble';
import { type AnalyzeOptions, analyze } from '../pipeline/analyze';
import { diskFiles } from '../pipeline/files';
import type { Analysis, Diagnostic } from '../pipeline/types';
import { misfits } from './layers';
import type { Loaded } from './pipeline';

/** Milliseconds for the data of one pipeline; what is not looked at by then is not spoken of. */
const MILLISECONDS = 20_000;

/** What is wrong in a pipeline, with a look at the beginnings of its data files, as the editor has it: columns, encodings, layers. */
export async function checkWithData({ file, text, overrides, analysis }: Loaded): Promise<readonly Diagnostic[]> {
  const looks = await lookAtSources(analysis, dirname(file));
  if (looks.size === 0) return analysis.diagnostics;
  const columns = new Map([...looks].map(([stage, look]) => [stage, checkable(look)]));
  const options: AnalyzeOptions = {
    overrides,
    files: diskFiles(),
    columns: (stage) => columns.get(stage),
    trouble: (stage) => {
      const found = looks.get(stage);
      return found && troubleOf(found);
    },
  };
  const found = analyze(file, text, options);
  const layers = misfits(found, (stage) => columns.get(stage));
  return layers.length === 0 ? found.diagnostics : [...found.diagnostics, ...layers].sort((a, b) => a.from - b.from);
}

async function lookAtSources(analysis: Analysis, folder: string): Promise<Map<string, Peek>> {
  const end = Date.now() + MILLISECONDS;
  const looks = new Map<string, Peek>();
  const seen = new Map<string, Peek>();
  for (const { name, value } of analysis.stages) {
    if (value?.kind !== 'data' || Date.now() > end) continue;
    const key = JSON.stringify(value.source);
    const found = seen.get(key) ?? (await peek(value.source, folder));
    seen.set(key, found);
    looks.set(name, found);
  }
  return looks;
}

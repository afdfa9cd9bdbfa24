import { dirname } from 'node:path';
import { type Peek, peek } from '../data/peek';
import { troubleOf } from '../data/peek-trouble';
import { type AnalyzeOptions, analyze } from '../pipeline/analyze';
import { diskFiles } from '../pipeline/files';
import type { Analysis } from '../pipeline/types';
import type { Loaded } from './pipeline';

/** Milliseconds for the data of one pipeline; what is not looked at by then is not spoken of. */
const MILLISECONDS = 20_000;

/** A pipeline analysed with a look at the beginnings of its data files, as the editor has it: columns, encodings, empty files. */
export async function analyzeWithData({ file, text, overrides, analysis }: Loaded): Promise<Analysis> {
  const looks = await lookAtSources(analysis, dirname(file));
  if (looks.size === 0) return analysis;
  const options: AnalyzeOptions = {
    overrides,
    files: diskFiles(),
    columns: (stage) => looks.get(stage)?.columns,
    trouble: (stage) => {
      const found = looks.get(stage);
      return found && troubleOf(found);
    },
  };
  return analyze(file, text, options);
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

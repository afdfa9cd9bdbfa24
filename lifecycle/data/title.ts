import path from 'node:path';
import { titleAbove } from '../table/title';

/** What is said of a title above the header of a file. */
export function titleDoubt(file: string, opened: string): { message: string; hint: string; runs: boolean } | undefined {
  const title = titleAbove(opened);
  if (!title) return undefined;
  const { lines } = title;
  return {
    message: `The first ${lines === 1 ? 'line' : `${lines} lines`} of ${path.basename(file)} (${JSON.stringify(title.text.slice(0, 60))}) ${lines === 1 ? 'stands' : 'stand'} above the header, which is line ${lines + 1}.`,
    hint: `Say so: 'source: {file: …, skip-lines: ${lines}}'.`,
    runs: title.padded,
  };
}

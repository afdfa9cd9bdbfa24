// Predicts with the model of this folder, in a program or from the terminal. Needs Node 20 and nothing else.
//   import { model } from './node.mjs';
//   await (await model()).predict([{ column: value }]);
//
//   node node.mjs rows.json        a JSON array of rows, or one row a line; - for standard input
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { openModel, Refused } from './model.mjs';

export const model = () =>
  openModel(
    async (name) => new Uint8Array(await readFile(new URL(name, import.meta.url))),
    () => import('./pictures-node.mjs'),
  );

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [file] = process.argv.slice(2);
  if (file === undefined) {
    console.error('node node.mjs rows.json');
    process.exit(2);
  }
  try {
    const given = readFileSync(file === '-' ? 0 : file, 'utf8').trim();
    const rows = given.startsWith('[')
      ? JSON.parse(given)
      : given
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line));
    for (const answer of await (await model()).predict(rows)) console.log(JSON.stringify(answer));
  } catch (error) {
    if (!(error instanceof Refused || error instanceof SyntaxError)) throw error;
    console.error(`error: ${error.message}`);
    process.exit(1);
  }
}

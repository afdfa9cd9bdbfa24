/**
 * Random edits that add up: each slice has a seed of its own and leaves a line in sittings.jsonl when it found nothing, so that a million edits need not be one sitting.
 *
 * usage: npx tsx test/deep/sittings.ts [--edits 100000] [--slice 10000] [--into FILE] [--from SEED]     (several at once: each from another seed)
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { editsLeaveTheStateOfAFreshOpen } from '../language-server/edits';

/** A slice of edits after which nothing differed from a fresh open. */
export interface Slice {
  readonly seed: number;
  readonly edits: number;
  /** Of the code that was held to it. */
  readonly commit: string;
  /** That code had changes that were not committed. */
  readonly changed: boolean;
  readonly date: string;
  /** Processor time. */
  readonly seconds: number;
}

export const record = path.join(__dirname, 'sittings.jsonl');

export function slicesIn(file: string): Slice[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Slice);
}

/**
 * Makes so many edits more, with seeds that the record does not have.
 * @returns how many edits the record holds then
 * @throws AssertionError with the seed and the text at the first difference; that slice is not recorded
 */
export async function addSlices(
  edits: number,
  { slice = 10_000, into = record, from = 1, report = (_line: string): void => undefined } = {},
): Promise<number> {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: __dirname, encoding: 'utf8' }).trim();
  const commit = git('rev-parse', '--short', 'HEAD');
  const root = git('rev-parse', '--show-toplevel');
  const code = ['language-server', 'lifecycle', 'schemas', 'examples', 'test/language-server'];
  const changed = git('-C', root, 'status', '--porcelain', '--', ...code) !== '';
  for (let left = edits, seed = from; left > 0; seed++) {
    if (slicesIn(into).some((done) => done.seed === seed)) continue;
    const count = Math.min(slice, left);
    const before = process.cpuUsage();
    await editsLeaveTheStateOfAFreshOpen(count, seed);
    const { user, system } = process.cpuUsage(before);
    const date = new Date().toISOString().slice(0, 10);
    const done: Slice = { seed, edits: count, commit, changed, date, seconds: Math.round((user + system) / 1e6) };
    appendFileSync(into, `${JSON.stringify(done)}\n`);
    left -= count;
    report(`seed ${seed}: ${count} edits, ${done.seconds} s`);
  }
  return slicesIn(into).reduce((sum, done) => sum + done.edits, 0);
}

if (require.main === module) {
  const option = <T extends string | number>(name: string, fallback: T): T => {
    const given = process.argv[process.argv.indexOf(`--${name}`) + 1];
    if (!process.argv.includes(`--${name}`) || given === undefined) return fallback;
    return (typeof fallback === 'number' ? Number(given) : given) as T;
  };
  void addSlices(option('edits', 100_000), {
    slice: option('slice', 10_000),
    into: path.resolve(option('into', record)),
    from: option('from', 1),
    report: console.log,
  }).then((sum) => {
    console.log(`${sum.toLocaleString('en')} edits in the record`);
  });
}

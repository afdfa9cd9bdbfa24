import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeploymentEntry } from '../../schemas/generated/types';
import { validateDeployment } from '../../schemas/generated/validators';
import { UserError } from '../problem';
import { sha256 } from '../process/hash';
import { LineReader, LineWriter, parseObject } from '../process/jsonl';
import { waitForLock } from '../process/lock';
import { canonicalJson } from './canonical';
import { author, dropTorn } from './chain';

/** Hash "before" the first entry. */
const GENESIS = '0'.repeat(64);

/** What a caller says of a deployment; number, time, author and chain are added. */
export type NewEntry = Omit<DeploymentEntry, 'format' | 'sequence' | 'time' | 'by' | 'previous' | 'hash'>;

/** Folder of all deployments: the ledger, and a folder for each target. */
export function deploymentsFolder(store: string): string {
  return join(store, 'deployments');
}

/** Folder of one target: its server's state and its request log. The name never leads elsewhere. */
export function targetFolder(store: string, target: string): string {
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,99}$/.test(target)) {
    throw new UserError({
      code: 'target-name',
      message: `'${target.slice(0, 100)}' can't be the name of a target.`,
      hint: 'Use letters, digits, dashes and underscores; begin with a letter.',
    });
  }
  return join(deploymentsFolder(store), target);
}

/** SHA-256 of an entry without its `hash`, as canonical JSON; `previous` is in it, which makes the chain. */
export function entryHash(entry: Omit<DeploymentEntry, 'hash'>): string {
  const { hash: _hash, ...rest } = entry as DeploymentEntry;
  return sha256(canonicalJson(rest));
}

/**
 * The ledger of deployments, oldest first, its chain verified. A torn last line (the writer was killed) is passed over.
 * `problem` is there when an entry was changed, removed or put in between: `entries` then ends before it.
 */
export async function readLedger(store: string): Promise<{ entries: DeploymentEntry[]; problem?: UserError }> {
  const path = ledgerPath(store);
  const entries: DeploymentEntry[] = [];
  let previous = GENESIS;
  let line = 0;
  let problem: UserError | undefined;
  await new LineReader(path).read((text) => {
    line++;
    if (problem !== undefined) return;
    const entry = parseObject<DeploymentEntry>(text);
    const wrong =
      entry === undefined
        ? 'is not JSON'
        : !validateDeployment(entry)
          ? 'does not follow its schema'
          : entry.sequence !== entries.length + 1 || entry.previous !== previous
            ? 'does not follow the entry before it'
            : entryHash(entry) !== entry.hash
              ? 'was changed'
              : undefined;
    if (wrong !== undefined || entry === undefined) {
      problem = new UserError({
        code: 'ledger-broken',
        message: `The deployments ledger is broken: line ${line} of ${path} ${wrong}.`,
        hint: 'Restore the file from a backup. To begin a new ledger, move it aside; what is deployed keeps running.',
        file: path,
        line,
      });
      return;
    }
    previous = entry.hash;
    entries.push(entry);
  });
  return { entries, ...(problem && { problem }) };
}

/**
 * Adds an entry, chained to the last one.
 * @throws UserError `ledger-broken`: nothing is added to a ledger that can't be trusted
 */
export async function appendEntry(store: string, entry: NewEntry): Promise<DeploymentEntry> {
  const folder = deploymentsFolder(store);
  await mkdir(folder, { recursive: true });
  const lock = await waitForLock(join(folder, '.ledger-lock'), 'deployments ledger', { interval: 20 });
  try {
    const { entries, problem } = await readLedger(store);
    if (problem !== undefined) throw problem;
    const last = entries.at(-1);
    const open: Omit<DeploymentEntry, 'hash'> = {
      format: 1,
      sequence: entries.length + 1,
      time: new Date().toISOString(),
      ...entry,
      by: author(),
      previous: last?.hash ?? GENESIS,
    };
    const whole: DeploymentEntry = { ...open, hash: entryHash(open) };
    await dropTorn(ledgerPath(store));
    const writer = new LineWriter(ledgerPath(store));
    writer.append(JSON.stringify(whole));
    writer.close();
    if (writer.failed !== undefined) throw writer.failed;
    return whole;
  } finally {
    await lock.release();
  }
}

/**
 * The versions that were live on a target, in the order in which a rollback goes back through them; the last is live now.
 * A deployment adds to it, a rollback takes away; putting the same version there again changes nothing.
 */
export function liveHistory(entries: readonly DeploymentEntry[], target: string): DeploymentEntry[] {
  const live: DeploymentEntry[] = [];
  for (const entry of entries) {
    // A roll-out that begins leaves live what is live.
    if (entry.target !== target || entry.action === 'stop' || entry.action === 'rollout') continue;
    const same = live.findLastIndex(({ digest, model }) => digest === entry.digest && model === entry.model);
    if (entry.action === 'rollback' && same >= 0) live.splice(same);
    else if (same >= 0 && same === live.length - 1) live.pop();
    live.push(entry);
  }
  return live;
}

/**
 * The newest entry by which a deploy stage of a pipeline put something out; its target is where the stage's model is.
 * @param target only there: an environment says where the stage deploys to
 */
export function ownEntry(
  entries: readonly DeploymentEntry[],
  { pipeline, stage, target }: { readonly pipeline: string; readonly stage: string; readonly target?: string },
): DeploymentEntry | undefined {
  return entries.findLast(
    (entry) =>
      entry.stage === stage && entry.pipeline === pipeline && (target === undefined || entry.target === target),
  );
}

/** The rollback that took a version away from a target, when nothing was deployed there since. */
export function takenBack(
  entries: readonly DeploymentEntry[],
  target: string,
  { model, digest }: Pick<DeploymentEntry, 'model' | 'digest'>,
): DeploymentEntry | undefined {
  const there = entries.filter(
    (entry) => entry.target === target && entry.action !== 'stop' && entry.action !== 'rollout',
  );
  for (let at = there.length - 1; at >= 0; at--) {
    const entry = there[at]!;
    if (entry.action !== 'rollback') return undefined;
    // A roll-out that ended badly names what it tried; else what was live before is what went.
    const gone = entry.candidate ?? there[at - 1];
    if (entry.model === model && gone?.digest === digest) return entry;
  }
  return undefined;
}

function ledgerPath(store: string): string {
  return join(deploymentsFolder(store), 'ledger.jsonl');
}

/**
 * Training kept on disk, so that it goes on after a crash, a cancellation or a power cut. One file: a line of JSON, then the arrays as they lie in
 * memory. Written whole or not at all; what does not read back is not used.
 */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeAtomic } from '../../process/files';
import { sha256 } from '../../process/hash';
import { type FitState, type Weights } from './fit';
import { type Plateau } from './schedule';

/** A point of a series: name, value, step, epoch. */
export type Point = readonly [string, number, number, number];

/** The best epoch so far. */
export interface Best {
  readonly epoch: number;
  readonly loss: number;
  readonly weights: Weights;
}

export interface Checkpoint {
  readonly state: FitState;
  readonly best?: Best;
  /** Everything measured so far. */
  readonly points: readonly Point[];
}

interface Header {
  readonly format: 1;
  readonly step: number;
  readonly epoch: number;
  readonly rows: number;
  readonly total: number;
  readonly rate: number;
  readonly norm: number;
  readonly plateau: { readonly factor: number; readonly best: number | null; readonly waited: number };
  readonly best?: { readonly epoch: number; readonly loss: number };
  readonly points: readonly Point[];
  /** Name and length of each array. */
  readonly arrays: readonly (readonly [string, number])[];
  readonly sha256: string;
}

/** Checkpoints that nobody came back for are removed after so many days. */
const DAYS = 30;

export async function writeCheckpoint(path: string, { state, best, points }: Checkpoint): Promise<void> {
  const arrays: [string, Float32Array][] = [
    ['theta', state.theta],
    ['statistics', state.statistics],
    ...[...state.states].map(([name, value]): [string, Float32Array] => [`state:${name}`, value]),
    ...(best
      ? ([
          ['best:theta', best.weights.theta],
          ['best:statistics', best.weights.statistics],
        ] as [string, Float32Array][])
      : []),
  ];
  const body = Buffer.concat(
    arrays.map(([, { buffer, byteOffset, byteLength }]) => Buffer.from(buffer, byteOffset, byteLength)),
  );
  const { step, epoch, rows, total, plateau, rate, norm } = state;
  const header: Header = {
    format: 1,
    step,
    epoch,
    rows,
    total,
    rate,
    norm,
    plateau: { ...plateau, best: Number.isFinite(plateau.best) ? plateau.best : null },
    ...(best && { best: { epoch: best.epoch, loss: best.loss } }),
    points,
    arrays: arrays.map(([name, { length }]) => [name, length]),
    sha256: sha256(body),
  };
  await writeAtomic(path, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]));
}

/** The checkpoint at a path; undefined when there is none, or it can't be read or is damaged: then training begins anew. */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  const end = bytes.indexOf(10);
  const header = end < 0 ? undefined : headerOf(bytes.subarray(0, end).toString());
  if (header === undefined) return undefined;
  const body = bytes.subarray(end + 1);
  if (sha256(body) !== header.sha256) return undefined;
  const arrays = new Map<string, Float32Array>();
  let at = 0;
  for (const [name, length] of header.arrays) {
    const array = new Float32Array(length);
    new Uint8Array(array.buffer).set(body.subarray(at, (at += 4 * length)));
    arrays.set(name, array);
  }
  const get = (name: string): Float32Array => arrays.get(name) ?? new Float32Array(0);
  const { step, epoch, rows, total, rate, norm, points } = header;
  const plateau: Plateau = { ...header.plateau, best: header.plateau.best ?? Infinity };
  const states = new Map(
    [...arrays].flatMap(([name, value]): [string, Float32Array][] =>
      name.startsWith('state:') ? [[name.slice(6), value]] : [],
    ),
  );
  return {
    state: {
      theta: get('theta'),
      statistics: get('statistics'),
      states,
      step,
      epoch,
      rows,
      total,
      plateau,
      rate,
      norm,
    },
    ...(header.best && {
      best: { ...header.best, weights: { theta: get('best:theta'), statistics: get('best:statistics') } },
    }),
    points,
  };
}

function headerOf(text: string): Header | undefined {
  try {
    const header = JSON.parse(text) as Partial<Header>;
    return header.format === 1 ? (header as Header) : undefined;
  } catch {
    return undefined;
  }
}

export async function removeCheckpoint(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

/** Removes what was left behind beside a checkpoint: half-written ones of its own, and whatever lies there since long ago. */
export async function sweepCheckpoints(path: string): Promise<void> {
  const folder = dirname(path);
  const files = await readdir(folder).catch(() => []);
  for (const file of files) {
    if (file.startsWith(`${basename(path)}.`)) {
      await rm(join(folder, file), { force: true });
      continue;
    }
    const modified = await stat(join(folder, file)).catch(() => undefined);
    if (modified && Date.now() - modified.mtimeMs > DAYS * 24 * 3600 * 1000)
      await rm(join(folder, file), { force: true });
  }
}

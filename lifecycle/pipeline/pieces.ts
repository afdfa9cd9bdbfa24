import type { SameStages } from './links';
import type { Placed } from './network';
import { hasParameters, type Parameters } from './parameters';
import type { Part, Parts } from './parts';
import { readStages, type Units } from './stage';

/** What was read part by part, in flat lists that a change of a few parts leaves mostly as they are. */
export interface Pieces {
  /** By part; undefined of one that holds no stages. */
  readonly units: readonly (Units | undefined)[];
  /** By part, the number of its first stage. */
  readonly starts: readonly number[];
  /** Parts of which something is to be said beside their stages. */
  readonly loud: readonly number[];
  readonly placed: readonly Placed[];
  /** The numbers of stages with problems of their own. */
  readonly flawed: readonly number[];
}

export const noPieces: Pieces = { units: [], starts: [], loud: [], placed: [], flawed: [] };

/** An earlier reading of the same file. */
export interface Earlier {
  readonly parts: Parts | undefined;
  readonly pieces: Pieces;
  /** Parameters that were put into these stages. */
  readonly parameters: string;
}

/**
 * Reads a text part by part. Parts that an earlier reading knows are taken over, those before and behind a change with all that was found of them.
 * @param kept how many parts at the beginning and at the end are those of the earlier reading
 * @param key the parameters as text
 * @returns also which stages are those of the earlier reading, when that is known
 */
export function readPieces(
  parts: readonly Part[],
  kept: Parts['kept'],
  earlier: Earlier | undefined,
  parameters: Parameters,
  key: string,
): { pieces: Pieces; same: SameStages | undefined } {
  const known = knownUnits(parts, kept, earlier, key);
  const old = earlier?.pieces ?? noPieces;
  const around = earlier?.parts && earlier.parameters === key ? kept : undefined;
  const head = around?.before ?? 0;
  const tail = parts.length - (around?.after ?? 0);
  const oldTail = tail + old.units.length - parts.length;
  const units = old.units.slice(0, head);
  const starts = old.starts.slice(0, head);
  const loud = around ? old.loud.filter((i) => i < head) : [];
  const headStages = around ? (old.starts[head] ?? old.placed.length) : 0;
  const placed = old.placed.slice(0, headStages);
  for (let i = head; i < tail; i++) {
    const part = parts[i];
    starts.push(placed.length);
    if (part?.type !== 'stage' && part?.type !== 'stages') {
      units.push(undefined);
      continue;
    }
    // A copy of its own, so that a kept stage does not hold the whole text of its time in memory.
    const read = known(i) ?? readStages((' ' + part.text).slice(1), parameters);
    units.push(read);
    if (read.problems.length > 0 || read.unresolved.length > 0 || part.misplaced) loud.push(i);
    for (const unit of read.units) {
      const index = placed.length;
      const before = old.placed[index];
      placed.push(before?.unit === unit && before.base === part.from ? before : { unit, base: part.from, index });
    }
  }
  const oldTailStages = around ? (old.starts[oldTail] ?? old.placed.length) : old.placed.length;
  const tailStages = placed.length;
  if (around && tail < parts.length) {
    const by = (parts[tail]?.from ?? 0) - (earlier?.parts?.parts[oldTail]?.from ?? 0);
    const further = tailStages - oldTailStages;
    for (let i = oldTail; i < old.units.length; i++) {
      units.push(old.units[i]);
      starts.push((old.starts[i] ?? 0) + further);
    }
    for (let i = oldTailStages; i < old.placed.length; i++) {
      const stage = old.placed[i];
      if (!stage) continue;
      placed.push(
        by === 0 && further === 0 ? stage : { unit: stage.unit, base: stage.base + by, index: stage.index + further },
      );
    }
    for (const i of old.loud) if (i >= oldTail) loud.push(i + tail - oldTail);
  }
  const flawed = around ? old.flawed.filter((i) => i < headStages) : [];
  for (let i = headStages; i < tailStages; i++) if ((placed[i]?.unit.problems.length ?? 0) > 0) flawed.push(i);
  if (around) for (const i of old.flawed) if (i >= oldTailStages) flawed.push(i + tailStages - oldTailStages);
  return {
    pieces: { units, starts, loud, placed, flawed },
    same: around && { of: old.placed, head: headStages, tail: placed.length - tailStages },
  };
}

/** Finds what is kept of each part: those that the change of the text left alone by their place, others by their text. */
function knownUnits(
  parts: readonly Part[],
  kept: Parts['kept'],
  earlier: Earlier | undefined,
  key: string,
): (i: number) => Units | undefined {
  if (!earlier?.parts) return () => undefined;
  const {
    pieces: { units: old },
    parts: before,
  } = earlier;
  const same = earlier.parameters === key;
  const head = kept?.before ?? 0;
  const tail = parts.length - (kept?.after ?? 0);
  const shift = old.length - parts.length;
  const moved = new Map<string, Units>();
  for (let i = head; i < tail + shift; i++) {
    const units = old[i];
    if (units) moved.set(before.parts[i]?.text ?? '', units);
  }
  return (i) => {
    const units =
      i < head ? old[i] : i >= tail ? old[i + shift] : moved.size > 0 ? moved.get(parts[i]?.text ?? '') : undefined;
    return units && (same || !hasParameters(parts[i]?.text ?? '')) ? units : undefined;
  };
}

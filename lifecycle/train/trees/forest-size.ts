/** Does a forest fit: its rows into memory before anything is grown; after the first tree, all of them into memory and into a model file? */
import { MOST_NODES } from '../../model/ensemble';
import { UserError } from '../../problem';
import { memoryLimit } from '../../process/limits';
import { gigabytes } from '../gigabytes';
import { type Lesson } from '../trainer';
import { type ForestSettings } from './forest';
import { LANES } from './kernel';

/** What may be used, and what of it is. */
export interface Memory {
  readonly available: number;
  readonly used: number;
}

const now = (): Memory => ({ available: memoryLimit(), used: process.memoryUsage.rss() });

/** Share of the memory that a training may take: what is measured here is not all there is. */
const SHARE = 0.9;

/**
 * Bytes that a node takes at most, which is while the finished model is loaded to be scored: measured with 1.2 and 2.4 million nodes of two classes
 * (530), of which onnxruntime holds 440.
 */
function nodeBytes(outputs: number): number {
  return 500 + 16 * outputs;
}

/** Bytes for the rows: bins, what growing needs of each row, and the answers of the trees so far. */
export function rowsNeed({ train, validation }: Pick<Lesson, 'train' | 'validation'>, outputs: number): number {
  const bins = LANES * Math.ceil(train.columns.length / LANES);
  const answers = 8 * outputs + 4;
  // A column, two lists of rows, weights and targets in the kernel; labels, weights and a copy of them beside it; who took part.
  const row = bins + 4 + 2 * 4 + 2 * 8 + 3 * 8 + 1 + answers;
  return train.rows * row + (validation?.rows ?? 0) * (bins + answers);
}

/** @throws UserError when the rows can't fit, with how many would */
export function checkRows(lesson: Pick<Lesson, 'train' | 'validation'>, outputs: number, memory = now()): void {
  const { train } = lesson;
  const need = rowsNeed(lesson, outputs);
  const free = SHARE * memory.available - memory.used;
  if (need <= free) return;
  const fitting = Math.floor((train.rows * Math.max(0, free)) / need);
  throw new UserError({
    code: 'data-too-large',
    message: `The trees need about ${gigabytes(need)} of memory for ${train.rows.toLocaleString('en')} training rows × ${train.columns.length} features; this machine has ${gigabytes(memory.available)}.`,
    hint: `Take fewer rows (\`sample\` in the data stage; about ${Number(fitting.toPrecision(2)).toLocaleString('en')} training rows fit) or fewer features, or more memory.`,
    path: ['data'],
  });
}

/**
 * After the first tree, which the others are going to be like.
 *
 * @param nodes of the first tree
 * @throws UserError when they can't fit, with the settings that would
 */
export function checkTrees(
  nodes: number,
  { trees, rowSample, samplesPerLeaf, depth }: ForestSettings,
  { rows, outputs }: { readonly rows: number; readonly outputs: number },
  memory = now(),
): void {
  const bytes = nodeBytes(outputs);
  const inMemory = Math.max(0, Math.floor((SHARE * memory.available - memory.used) / bytes));
  const most = Math.min(MOST_NODES, inMemory);
  const all = nodes * trees;
  if (all <= most) return;
  const many = `${trees === 1 ? 'The tree has' : 'The first tree has'} ${nodes.toLocaleString('en')} nodes`;
  const together = trees === 1 ? '' : `; ${trees} such trees have ${all.toLocaleString('en')}`;
  const why =
    inMemory < MOST_NODES
      ? `a model of that size takes about ${gigabytes(all * bytes + memory.used)} of memory to make, and this machine has ${gigabytes(memory.available)}`
      : `a model file can hold ${MOST_NODES.toLocaleString('en')}`;
  // A tree of depth d has at most 2^(d + 1) − 1 nodes; one whose leaves hold s of n rows at most 2 n / s.
  const deep = Math.floor(Math.log2(most / trees + 1)) - 1;
  const drawn = rows * (1 - Math.exp(-(rowSample ?? Infinity)));
  const samples = Math.ceil((2 * drawn * trees) / Math.max(1, most));
  const ways = [
    ...(samples > samplesPerLeaf && samples < rows / 2 ? [`\`samples-per-leaf: ${samples}\``] : []),
    ...(deep >= 1 && deep < depth ? [`\`depth: ${deep}\``] : []),
    ...(trees > 1 && most >= nodes ? [`\`trees: ${Math.floor(most / nodes)}\``] : []),
  ];
  throw new UserError({
    code: 'model-too-large',
    message: `${many}${together}: ${why}.`,
    hint: ways.length > 0 ? `Set ${either(ways)}, any of which fits.` : 'Take fewer rows (`sample` in the data stage).',
    path: ['model'],
  });
}

function either(ways: readonly string[]): string {
  return ways.length < 2 ? ways.join('') : `${ways.slice(0, -1).join(', ')} or ${ways.at(-1)}`;
}

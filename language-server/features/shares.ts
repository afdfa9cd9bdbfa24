import { entryOf, type Node, nodeAt, numberOf } from '../../lifecycle/pipeline/tree';
import { locate, stageAt, valueFrom } from '../locate';
import type { Source } from '../source';
import type { Fix } from './fixes';

const shares = ['train', 'validation', 'test'] as const;

/** `split: [0.7, 0.15, 0.15]`, `[70, 15, 15]` or `0.8` with the shares' names. */
export function namedShares(source: Source, offset: number): Fix[] {
  const found = valueFrom(source, offset);
  if (found?.path.length !== 1 || found.path[0] !== 'split') return [];
  const { node, stage } = found;
  const values = numbersOf(node);
  const sum = values?.reduce((total, value) => total + value, 0) ?? 0;
  if (!values || values.length === 0 || values.length > 3 || values.some((value) => value <= 0)) return [];
  const parts = sum > 1.0001 ? values.map((value) => Number((value / Math.max(sum, 100)).toFixed(4))) : values;
  const last = Number((1 - parts.slice(0, -1).reduce((total, value) => total + value, 0)).toFixed(4));
  const whole = Math.abs(sum - 1) < 1e-6 || sum > 1.0001;
  const names = values.length === 2 ? (['train', 'test'] as const) : shares;
  const named = parts.map(
    (value, i) => `${names[i] ?? ''}: ${whole && i === parts.length - 1 && i > 0 ? last : value}`,
  );
  if (values.length === 2) named.splice(1, 0, 'validation: 0');
  return [
    {
      title: `Write \`{${named.join(', ')}}\``,
      edits: [{ range: { from: node.from + stage.base, to: node.to + stage.base }, text: `{${named.join(', ')}}` }],
      preferred: true,
    },
  ];
}

function numbersOf(node: Node): number[] | undefined {
  if (node.type === 'list' && !node.flow) return undefined;
  const items = node.type === 'list' ? node.items : [node];
  const values = items.map((item) => numberOf(item));
  return values.some((value) => value === undefined) ? undefined : (values as number[]);
}

/** Shares in proportion, so that they sum to 1; or without the last one, which then takes the rest. */
export function splitSum(source: Source, offset: number): Fix[] {
  const stage = stageAt(source, offset);
  if (!stage) return [];
  const { unit, base } = stage;
  const shares = (['train', 'validation', 'test'] as const).flatMap((name) => {
    const node = nodeAt(unit.node, ['split', name])?.node;
    const value = numberOf(node);
    return node && value !== undefined ? [{ node, value }] : [];
  });
  const sum = shares.reduce((total, { value }) => total + value, 0);
  if (!(sum > 0) || shares.length === 0) return [];
  const percent = shares.every(({ value }) => value >= 1) && Math.abs(sum - 100) < 1e-9;
  const scaled = shares.map(({ value }) => Number((percent ? value / 100 : value / sum).toFixed(4)));
  const rest = Number((1 - scaled.slice(0, -1).reduce((total, value) => total + value, 0)).toFixed(4));
  scaled[scaled.length - 1] = rest;
  if (shares.length < 3 || scaled.some((value) => value < 0 || value > 1)) return [];
  return [
    {
      title: `Change the shares to ${scaled.join(', ')}`,
      edits: shares.map(({ node }, i) => ({
        range: { from: node.from + base, to: node.to + base },
        text: String(scaled[i]),
      })),
      preferred: true,
    },
  ];
}

/** A share that an empty split gets of a stage that needs it, when the training split can spare one. */
const SPARED = 0.15;

/**
 * The split that a gate (test) or a choice among candidates (validation) needs gets a share of the training split.
 *
 * @param offset of the key that needs it
 * @param data offset in the data stage that leaves it empty
 */
export function shareFor(source: Source, offset: number, data: number): Fix[] {
  const name = locate(source, offset)?.path.at(-1) === 'candidates' ? 'validation' : 'test';
  const stage = stageAt(source, data);
  const empty = stage && nodeAt(stage.unit.node, ['split', name])?.node;
  const train = stage && entryOf(nodeAt(stage.unit.node, ['split'])?.node, 'train')?.value;
  const share = numberOf(train);
  if (!empty || numberOf(empty) !== 0 || (share !== undefined && !(share > 2 * SPARED && share <= 1))) return [];
  const at = ({ from, to }: Node) => ({ from: from + stage.base, to: to + stage.base });
  return [
    {
      title: `Give \`${name}\` ${SPARED} of the rows`,
      edits: [
        ...(train && share !== undefined
          ? [{ range: at(train), text: String(Number((share - SPARED).toFixed(4))) }]
          : []),
        { range: at(empty), text: String(SPARED) },
      ],
      preferred: true,
    },
  ];
}

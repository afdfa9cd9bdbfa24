import { networkOf } from '../../lifecycle/pipeline/analyze';
import { reachable } from '../../lifecycle/pipeline/graph';
import { schemaAt } from '../../lifecycle/pipeline/language';
import { nodeAt } from '../../lifecycle/pipeline/tree';
import type { Diagnostic } from '../protocol';
import { locate, stageAt } from '../locate';
import type { Source } from '../source';
import { entryLines, type Fix, removeItem } from './fixes';

/** Other stages that are offered in place of the one that closes a circle, and references that may go. */
const MOST = 3;

/** Ways to open a circle of stages: another stage in place of this reference, or a reference of the circle that its stage can do without. */
export function openCircle(source: Source, offset: number, diagnostic: Diagnostic): Fix[] {
  const related = (diagnostic.relatedInformation ?? []).flatMap(({ location: { uri, range } }) =>
    source.views.some(({ document }) => document.uri === uri) ? [source.offsetAt(uri, range.start)] : [],
  );
  return [
    ...insteadOf(source, offset),
    ...without(source, offset),
    ...related.flatMap((at) => without(source, at, true)).slice(0, MOST),
  ];
}

function referenceAt(source: Source, offset: number) {
  const stage = stageAt(source, offset);
  const reference = stage?.unit.references.find(({ stageRange }) => stageRange.from + stage.base === offset);
  return stage && reference && { stage, reference };
}

/** The stages of a fitting kind that do not wait for this one. */
function insteadOf(source: Source, offset: number): Fix[] {
  const found = referenceAt(source, offset);
  if (!found || found.reference.output === '') return [];
  const { stage, reference } = found;
  const network = networkOf(source.analysis());
  const waiting = reachable(network.users, [stage.index]);
  const named = new Set(stage.unit.references.map((one) => one.stage));
  const names = network.ofKinds(reference.kinds).flatMap((i) => {
    const unit = network.stages[i]?.unit;
    if (!unit || i === stage.index || waiting.has(i) || named.has(unit.name)) return [];
    return [unit.kind === 'evaluate' ? `${unit.name}.best` : unit.name];
  });
  if (names.length > MOST) return [];
  const range = { from: reference.from + stage.base, to: reference.to + stage.base };
  return names.map((name) => ({
    title: `Change to \`${name}\``,
    edits: [{ range, text: name }],
    preferred: names.length === 1,
  }));
}

/** Takes a reference out where its stage can do without: one of several in a list, or a key that need not be there. */
function without(source: Source, offset: number, elsewhere = false): Fix[] {
  const found = referenceAt(source, offset);
  const place = found && locate(source, offset);
  if (!place || place.on !== 'value') return [];
  const { name } = found.stage.unit;
  const titled = (fixes: readonly Fix[]): Fix[] =>
    fixes.map((fix) => (elsewhere ? { ...fix, title: `${fix.title} from \`${name}\`` } : fix));
  const key = place.path.at(-1);
  const owner = place.path.slice(0, -1);
  if (typeof key === 'number') {
    const list = nodeAt(place.tree, owner)?.node;
    if (list?.type !== 'list' || list.items.length < 2) return [];
    return titled(removeItem(source, place.range, found.reference.text));
  }
  const entry = nodeAt(place.tree, place.path)?.entry;
  const optional = schemaAt(place.root, place.tree, owner)?.keys.find((each) => each.key === key)?.required === false;
  if (!entry || entry.merged || !optional) return [];
  return titled([{ title: `Remove \`${entry.key}\``, edits: [entryLines(source, entry.keyRange.from + place.base)] }]);
}

import type { Analysis } from '../lifecycle/pipeline/types';
import { type Peek, peekSummary } from '../lifecycle/data/peek';
import type { Unit } from '../lifecycle/pipeline/stage';
import { findProjectPlace } from '../lifecycle/pipeline/project';
import { analyzeTargets, findTargets } from '../lifecycle/pipeline/targets';
import { entriesOf, nodeAt, textOf } from '../lifecycle/pipeline/tree';
import { dataBehind, networkOf } from './data';
import { columnDetail, grouped, shortNumber } from './describe';
import type { StageFacts } from './runs';
import { whyAgain } from './runs';
import type { Workspace } from './workspace';
import { findMetric } from '../lifecycle/statistics/metrics';

/** The one metric that says most: the one chosen by, else the first that is known. */
function headlineName(metrics: Readonly<Record<string, number>>, chosen?: string): string | undefined {
  const names = Object.keys(metrics);
  return (
    names.find((name) => chosen !== undefined && plain(name) === chosen && name.startsWith('test')) ??
    names.find((name) => plain(name) === chosen) ??
    ['auc', 'f1', 'accuracy', 'rmse', 'r2']
      .map((wanted) => names.find((name) => plain(name) === wanted))
      .find(Boolean) ??
    names.find((name) => findMetric(plain(name)))
  );
}

const plain = (name: string): string => name.replace(/^(test|validation)[. /-]/, '');

/** That metric in words, with its change against what was committed: `auc 0.871 (+0.012 since the last commit)`. */
export function headline(
  metrics: Readonly<Record<string, number>>,
  chosen?: string,
  committed?: Readonly<Record<string, number>>,
): string | undefined {
  const best = headlineName(metrics, chosen);
  if (best === undefined) return undefined;
  const value = metrics[best] ?? 0;
  const digits = Math.abs(value) >= 100 ? 0 : 3;
  const before = committed?.[best];
  const change = before === undefined ? '' : (value - before).toFixed(digits);
  const since =
    change === '' || Number(change) === 0
      ? ''
      : ` (${change.startsWith('-') ? `−${change.slice(1)}` : `+${change}`} since the last commit)`;
  const written = Math.abs(value) >= 10_000 ? grouped(Math.round(value)) : value.toFixed(digits);
  return `${plain(best)} ${written}${since}`;
}

export function duration(seconds: number): string {
  if (seconds < 1) return '< 1 s';
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Number((seconds / 3600).toFixed(1))} h`;
}

export function ago(iso: string, now = Date.now()): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}

/** The last result of a stage on one line: `auc 0.846 · 12 s · 5 min ago`; undefined when it has none. */
export function resultLine(facts: StageFacts | undefined, chosen?: string): string | undefined {
  const { manifest, last, committed } = facts ?? {};
  if (last?.state === 'running') {
    const word =
      last.control === 'paused' ? 'paused' : last.control === 'finishing' ? 'stops after this epoch' : 'running';
    return last.fraction === undefined ? word : `${word}, ${Math.round(last.fraction * 100)} %`;
  }
  if (last?.state === 'failed') return `failed: ${(last.error?.message ?? '').slice(0, 80)}`;
  if (!manifest) return undefined;
  const metric = headline(manifest.metrics, chosen, committed);
  const rows = manifest.kind === 'data' ? manifest.summary : undefined;
  return [metric ?? rows ?? manifest.summary, duration(manifest.seconds), ago(manifest.created)]
    .filter(Boolean)
    .join(' · ');
}

const sizes = new WeakMap<Peek, string>();

/** Rows and columns of a source in words. */
export function sizeOf(peek: Peek): string {
  let words = sizes.get(peek);
  if (words === undefined) sizes.set(peek, (words = peekSummary(peek).replace(/ in .*$/, '')));
  return words;
}

/** A stage in a few words: of data its size, else its last headline. */
export function stageSummary(workspace: Workspace, analysis: Analysis, name: string): string {
  const placed = networkOf(analysis).at(name);
  const facts = workspace.runs.facts(analysis)?.stages.get(name);
  if (placed?.unit.kind === 'data') {
    const peek = dataBehind(workspace, analysis, placed.unit)?.peek;
    if (peek && peek.columns.length > 0) return sizeOf(peek);
  }
  return (facts?.manifest && headline(facts.manifest.metrics)) ?? '';
}

const listed = (words: readonly { readonly text: string }[]): string => {
  const shown = words.slice(0, 6).map(({ text }) => `\`${text}\``);
  return shown.join(', ') + (words.length > 6 ? ` and ${words.length - 6} more` : '');
};

/** What a stage does with what it refers to, in a sentence; undefined while its text does not tell. */
function whatItDoes({ kind, node, references }: Unit): string | undefined {
  const at = (...path: string[]): string | undefined => textOf(nodeAt(node, path)?.node);
  const from = (key: string): string => listed(references.filter(({ path }) => path[0] === key));
  const word = (value: string | undefined, words: (value: string) => string): string =>
    value === undefined ? '' : words(`\`${value}\``);
  switch (kind) {
    case 'data':
      return word(at('target', 'column') ?? at('target'), (target) => `Rows to predict ${target} from.`) || undefined;
    case 'train': {
      const program = nodeAt(node, ['command'])?.node;
      const model = program ? 'a program of its own' : word(at('model', 'kind') ?? at('model'), (made) => made);
      return model === '' || from('data') === '' ? undefined : `Trains ${model} on ${from('data')}.`;
    }
    case 'evaluate':
      return from('candidates') === ''
        ? undefined
        : `Compares ${from('candidates')}${word(at('choose', 'metric'), (metric) => ` and chooses by ${metric}`)}.`;
    case 'optimize': {
      const ways = ['quantize', 'prune', 'distil', 'tensorrt'].filter((key) => nodeAt(node, [key]));
      return from('model') === '' || ways.length === 0
        ? undefined
        : `Makes ${from('model')} ${ways[0] === 'tensorrt' ? 'faster' : 'smaller'}: ${ways.map((key) => key + word(at(key), (how) => ` ${how}`)).join(', ')}.`;
    }
    case 'package':
      return from('model') === '' ? undefined : `Packs ${from('model')}${word(at('name'), (name) => ` as ${name}`)}.`;
    case 'deploy':
      return from('package') === ''
        ? undefined
        : `Deploys ${from('package')}${word(at('target'), (target) => ` to ${target}`)}.`;
    case 'monitor':
      return from('deployment') === ''
        ? undefined
        : `Watches ${from('deployment')}${from('reference') === '' ? '' : ` against ${from('reference')}`}.`;
    default:
      return undefined;
  }
}

/** Everything worth knowing of a stage, as Markdown: what it is, its data, its last result, and whether it would run again. */
export function stageCard(workspace: Workspace, analysis: Analysis, name: string): string | undefined {
  const stage = analysis.stages.find((each) => each.name === name);
  if (!stage) return undefined;
  const facts = workspace.runs.facts(analysis);
  const mine = facts?.stages.get(name);
  const lines = [`**${name}** · ${stage.kind ? `${stage.kind} stage` : 'stage'}`];
  const value = stage.value as { description?: string; source?: unknown; model?: unknown } | undefined;
  if (value?.description) lines.push('', value.description);
  const placed = networkOf(analysis).at(name);
  const does = placed && whatItDoes(placed.unit);
  if (does !== undefined) lines.push('', does);
  else if (stage.kind !== 'data' && stage.references.length > 0) lines.push('', `From ${listed(stage.references)}`);
  if (placed?.unit.kind === 'data') {
    const data = dataBehind(workspace, analysis, placed.unit);
    const file = placed.unit.mentions.find(({ type, path }) => type === 'file' && path[0] === 'source')?.text;
    if (file !== undefined)
      lines.push('', `\`${file}\`${data?.peek && data.peek.columns.length > 0 ? ` · ${sizeOf(data.peek)}` : ''}`);
    if (data?.columns) {
      const shown = data.columns.slice(0, 12).map((column) => `\`${column.name}\``);
      lines.push(
        '',
        `Columns: ${shown.join(', ')}${data.columns.length > 12 ? ` and ${data.columns.length - 12} more` : ''}`,
      );
    }
  }
  const result = resultLine(mine);
  if (result !== undefined) lines.push('', `Last result: ${result}`);
  const metrics = mine?.manifest?.metrics;
  if (metrics && Object.keys(metrics).length > 1)
    lines.push(
      '',
      Object.entries(metrics)
        .slice(0, 8)
        .map(([metric, number]) => `${metric} ${shortNumber(number)}`)
        .join(' · '),
    );
  const reasons = stage.kind === 'deploy' || stage.kind === 'monitor' ? undefined : whyAgain(analysis, facts, stage);
  if (mine?.manifest && reasons)
    lines.push(
      '',
      reasons.length === 0
        ? 'Nothing changed: the result would be used again.'
        : `Would run again: ${reasons.slice(0, 3).join(', ')}.`,
    );
  return lines.join('\n');
}

/** A deployment target as Markdown: its kind and what is set there; undefined when there is none of that name. */
export function targetCard(workspace: Workspace, folder: string, name: string): string | undefined {
  const path = findTargets(folder, findProjectPlace(folder, workspace.disk).root, workspace.disk);
  const text = path === undefined ? undefined : workspace.disk.read(path);
  const node = path === undefined || text === undefined ? undefined : analyzeTargets(path, text).node;
  const target = nodeAt(node, ['targets', name])?.node;
  if (!target) return name === 'local' ? '**local** · built in\n\nA model server on this machine.' : undefined;
  const kind = textOf(nodeAt(target, ['kind'])?.node);
  const settings = entriesOf(target).flatMap(({ key, value }) =>
    key !== 'kind' && value.type === 'scalar' && value.value !== null ? [`${key} \`${String(value.value)}\``] : [],
  );
  return [
    `**${name}** · ${kind ?? ''} target`,
    ...(settings.length > 0 ? [settings.slice(0, 10).join(' · ')] : []),
  ].join('\n\n');
}

/** The data file, or files, that a stage reads: rows, columns with their types; undefined where nothing is known of them. */
export function fileCard(workspace: Workspace, analysis: Analysis, unit: Unit, name: string): string | undefined {
  const peek = unit.kind === 'data' ? dataBehind(workspace, analysis, unit)?.peek : undefined;
  if (!peek || peek.columns.length === 0) return undefined;
  const columns = peek.columns.slice(0, 15).map((column) => `- \`${column.name}\` ${columnDetail(column)}`);
  const more = peek.columns.length - columns.length;
  return [
    `**${name}** · ${sizeOf(peek)}${peek.files.length > 1 ? ` in ${grouped(peek.files.length)} files` : ''}`,
    [...columns, ...(more > 0 ? [`- and ${grouped(more)} more`] : [])].join('\n'),
  ].join('\n\n');
}

import path from 'node:path';
import { stringify } from 'yaml';
import type { Guess, Judged } from '../data/draft/guess';
import type { Sample } from '../data/draft/look';

/** A value as YAML has it on one line; `${` stands for a parameter, so one in a name is written `$${`. */
function scalar(value: string | readonly string[]): string {
  if (typeof value !== 'string') return `[${value.map(scalar).join(', ')}]`;
  // What YAML would write on several lines, JSON writes on one, and is YAML as well.
  const text = /[\n\r\u0085\u2028\u2029]/.test(value)
    ? JSON.stringify(value)
    : stringify([value], { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trim().slice(1, -1);
  return text.replaceAll('${', () => '$${');
}

/** A comment, on one line whatever the names in it hold. */
function comment(text: string): string {
  return `# ${text.replace(/\s+/g, ' ')}`;
}

/** A name for a pipeline or stage out of a file's: letters, digits, `-` and `_`. */
export function slug(file: string): string {
  const stem = path
    .basename(file)
    .replace(/\.(?:gz|zst)$/i, '')
    .replace(/\.[^.]*$/, '');
  const plain = stem
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  return plain || 'data';
}

const STAGES = ['baseline', 'trees', 'exam', 'bundle', 'live', 'watch'];

/** A first pipeline on a table, from the data to a watched model; what was guessed says why. */
export function draftText(sample: Sample, found: Guess, names: { pipeline: string; source: string }): string {
  const data = STAGES.includes(names.pipeline) ? `${names.pipeline}-data` : names.pipeline;
  const { target } = found;
  const lines = [
    `# Drafted from ${drawnFrom(sample)} by 'lifecycle new': guesses, yours to change.`,
    'lifecycle: 1',
    `pipeline: ${names.pipeline}`,
    'seed: 7',
    'stages:',
    `  ${data}:`,
    '    kind: data',
    ...sourceLines(sample, names.source),
    targetLine(found),
    ...columnLines(found),
    ...copyLines(found),
    splitLine(found),
    ...featureLines(found, sample),
    '  baseline:',
    '    kind: train',
    `    data: ${data}`,
    '    model: linear',
    ...(found.skewed === undefined
      ? []
      : [`    target-transform: log # ${found.skewed}; predictions stay in its own unit`]),
    '  trees:',
    '    kind: train',
    `    data: ${data}`,
    found.rare && found.rarest !== undefined
      ? `    model: {kind: boosted-trees, trees: 300, leaves: 15} # the rarest class has ${(100 * found.rarest).toFixed(1)} % of the rows: accuracy says little`
      : '    model: {kind: boosted-trees, trees: 300, leaves: 15}',
    ...(found.skewed === undefined ? [] : ['    target-transform: log']),
    '  exam:',
    '    kind: evaluate',
    '    candidates: [baseline, trees] # the better one on validation is held to the test split',
    `    # require: ${{ binary: '{auc: {min: 0.8}}', multiclass: '{accuracy: {min: 0.8}}', regression: '{r2: {min: 0.5}}' }[target.task]}`,
    '  bundle:',
    '    kind: package',
    '    model: exam.best',
    `    name: ${names.pipeline}`,
    "  live: # with 'lifecycle run --deploy'",
    '    kind: deploy',
    '    package: bundle',
    '    target: local',
    '  watch:',
    '    kind: monitor',
    '    deployment: live',
    `    reference: ${data}.train`,
  ];
  return `${lines.join('\n')}\n`;
}

function drawnFrom({ file, files = 1, rows, whole }: Sample): string {
  const count = `${rows.toLocaleString('en')} rows`;
  const name = path.basename(file).replace(/\s+/g, ' ');
  if (files === 1) return `${name} (${whole ? '' : 'its first '}${count})`;
  return `${name} and ${files - 1} more (${whole ? '' : 'some '}${count})`;
}

function sourceLines({ options, title }: Sample, source: string): string[] {
  const entries = Object.entries(options);
  if (entries.length === 0) return [`    source: ${scalar(source)}`];
  return [
    '    source:',
    `      file: ${scalar(source)}`,
    ...entries.map(([key, value]) =>
      key === 'date-format'
        ? `      ${key}: ${JSON.stringify(value)} # day or month first? The values leave it open`
        : key === 'skip-lines'
          ? `      ${key}: ${String(value)} # above the header: ${JSON.stringify(title?.slice(0, 60) ?? '')}`
          : `      ${key}: ${key === 'encoding' ? String(value) : JSON.stringify(value)}`,
    ),
  ];
}

function targetLine({ target, candidates }: Guess): string {
  const others = candidates.slice(0, 3).join(', ');
  const why = target.why.startsWith('guessed') ? ` ${comment(`${target.why}${others ? `; or ${others}?` : ''}`)}` : '';
  const value =
    target.positive === undefined
      ? scalar(target.column)
      : `{column: ${scalar(target.column)}, positive: ${JSON.stringify(target.positive)}}`;
  return `    target: ${value}${why}`;
}

function columnLines({ id, drop, leaks, sensitive, times, target, group }: Guess): string[] {
  const lines: string[] = [];
  const list = (role: string, judged: readonly Judged[]): void => {
    if (judged.length === 0) return;
    lines.push(`      ${role}:`, ...judged.map(({ name, why }) => `        - ${scalar(name)} ${comment(why)}`));
  };
  // What rows are grouped by is no feature; where they are split by time it is named here.
  const aside = group && splitsByTime(times, target.task) ? [{ name: group.name, why: `a name: ${group.why}` }] : [];
  list('id', [...id, ...aside]);
  list('drop', drop);
  list(
    'exclude',
    leaks.map(({ name, why }) => ({ name, why: `${why}: is it known when you predict?` })),
  );
  if (sensitive.length > 0)
    lines.push(`      sensitive: ${scalar(sensitive)} # fairness is looked at; they stay features`);
  const [time] = times;
  if (time !== undefined && splitsByTime(times, target.task)) lines.push(`      time: ${scalar(time)}`);
  return lines.length > 0 ? ['    columns:', ...lines] : [];
}

function copyLines({ copies }: Guess): string[] {
  if (copies === undefined) return [];
  const count = copies.rows === 1 ? 'one row equals' : `${copies.rows.toLocaleString('en')} rows equal`;
  return copies.sure
    ? [`    rows: [drop-duplicates] # ${count} an earlier one: a copy in training and test would flatter the model`]
    : [`    # rows: [drop-duplicates] # ${count} an earlier one: copies, or just alike?`];
}

/** A table with one time in it is a history of something; one with several is of things that have dates. */
function splitsByTime(times: readonly string[], task: Guess['target']['task']): boolean {
  return times.length === 1 && task === 'regression';
}

function splitLine({ target, times, group }: Guess): string {
  const shares = 'train: 0.7, validation: 0.15, test: 0.15';
  const time = scalar(times[0] ?? '');
  if (splitsByTime(times, target.task)) {
    const instead = group ? `; or, to test on ones never seen before: group: ${scalar(group.name)}` : '';
    return `    split: {${shares}, time: ${time}} ${comment(`learnt from the past, tested on what came after${instead}`)}`;
  }
  const stratify = target.task === 'regression' ? '' : `, stratify: ${scalar(target.column)}`;
  const past = times.length > 0 ? `or, to learn from the past and test on what came after: time: ${time}` : '';
  if (group) {
    const why = `rows of one ${group.name} stay together (${group.why}): the test is on ones never seen before`;
    return `    split: {${shares}${stratify}, group: ${scalar(group.name)}} ${comment(`${why}${past && `; ${past}`}`)}`;
  }
  return `    split: {${shares}${stratify}}${past && ` ${comment(past)}`}`;
}

function featureLines(found: Guess, sample: Sample): string[] {
  const { numbers, missingNumbers, categories, wide, texts, times, target } = found;
  const clock = sample.columns.some(
    ({ name, values }) =>
      times.includes(name) && values.some((value) => value !== null && /[1-9]:|:[0-9]*[1-9]/.test(value)),
  );
  // A model that learns from the past has not seen the years to come.
  const parts = [...(splitsByTime(times, target.task) ? [] : ['year']), 'month', 'weekday', ...(clock ? ['hour'] : [])];
  const steps = [
    ...(times.length > 0
      ? [
          `      - date-parts: {columns: ${scalar(times.length === 1 ? (times[0] ?? '') : times)}, parts: [${parts.join(', ')}]}`,
        ]
      : []),
    ...(missingNumbers ? ['      - fill: {columns: numeric, with: median}'] : []),
    ...(numbers.length > 0 ? ['      - standardize: {columns: numeric}'] : []),
    ...(texts.length > 0
      ? [`      - bag-of-words: {columns: ${scalar(texts)}}`, `      - drop: {columns: ${scalar(texts)}}`]
      : []),
    ...(categories.length > 0
      ? [`      - one-hot: {columns: text${wide.length > 0 ? ', max-categories: 50' : ''}}`]
      : []),
  ];
  return steps.length > 0 ? ['    features:', ...steps] : [];
}

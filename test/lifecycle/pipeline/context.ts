import {
  analyze,
  type Analysis,
  type AnalyzeOptions,
  type Columns,
  type Files,
  type SourceTrouble,
} from '../../../lifecycle/pipeline';

export const columns = [
  { name: 'tenure', type: 'number' as const, min: -1 },
  { name: 'monthly_charges', type: 'number' as const, min: 0, distinct: 900, skew: 4.23, logSkew: 0.31 },
  { name: 'contract', type: 'text' as const },
  { name: 'senior', type: 'boolean' as const },
  { name: 'signup', type: 'time' as const },
  { name: 'churn', type: 'text' as const },
];

/** What is wrong with a source that has one of these options, so that the examples can show it. */
const troubles = new Map<string, SourceTrouble['code']>([
  ['encoding', 'data-wrong-encoding'],
  ['delimiter', 'data-empty'],
  ['format', 'data-unreadable'],
]);

/** A column more that a source with one of these options has. */
const others = new Map<string, Partial<Columns>>([
  ['skip-lines', { copies: { rows: 12, of: 400 } }],
  ['missing', { name: 'income', type: 'text', distinct: 390, advice: { missing: ['n/a'], odd: ['<5'] } }],
  ['date-format', { name: 'prediction', type: 'number' }],
]);

/** A small world around a pipeline: one data file, one target. */
export const world: AnalyzeOptions = {
  columns: (_stage, _sources, source) => {
    const [option] = source?.type === 'map' ? source.entries.flatMap(({ key }) => others.get(key) ?? []) : [];
    if (option && !('name' in option)) return columns.map((column) => ({ ...column, ...option }));
    return option ? [...columns, option as Columns] : columns;
  },
  trouble: (_stage, _sources, source) => {
    const [option] = source?.type === 'map' ? source.entries.flatMap(({ key }) => troubles.get(key) ?? []) : [];
    return option && { code: option, message: 'As the look at it says.' };
  },
  targets: ['score'],
  files: {
    exists: (path) => path === '/project/customers.csv' || path === '/project' || path === '/project/train.py',
    read: () => undefined,
    list: (folder) => (folder === '/project' ? ['customers.csv', 'train.py'] : undefined),
    match: (pattern) => (pattern === '/project/*.csv' ? ['/project/customers.csv'] : []),
  } satisfies Files,
};

export const head = `lifecycle: 1
pipeline: example
stages:
  customers:
    kind: data
    source: customers.csv
    target: churn
  trees:
    kind: train
    data: customers
    model: boosted-trees
`;

/** Stages after the two of {@link head}, or a whole file of its own. */
export function inContext(example: string): { path: string; text: string } {
  if (example.startsWith('---')) return { path: '/project/x.lifecycle.md', text: example };
  return {
    path: '/project/x.pipeline.yaml',
    text: /^(\s{2}\S|<)/.test(example) ? `${head}${example}\n` : `${example}\n`,
  };
}

export function check(example: string, options: AnalyzeOptions = {}): { analysis: Analysis; text: string } {
  const { path, text } = inContext(example);
  return { analysis: analyze(path, text, { ...world, ...options }), text };
}

const brackets = /[⟦⟧]/g;

/**
 * Analyses a text in which `⟦…⟧` mark places, in the context of {@link head}.
 * @returns what was found as `code ⟦text at the range⟧`, and the marked places in the same form without codes
 */
export function marked(
  example: string,
  options: AnalyzeOptions = {},
): { found: string[]; places: string[]; analysis: Analysis; text: string } {
  const { text: withMarks, path } = inContext(example);
  const places: string[] = [];
  let text = '';
  let open = -1;
  for (const part of withMarks.split(/([⟦⟧])/)) {
    if (part === '⟦') open = text.length;
    else if (part === '⟧') places.push(`${open}-${text.length}`);
    else text += part;
  }
  const analysis = analyze(path, text.replace(brackets, ''), { ...world, ...options });
  const found = analysis.diagnostics
    .filter(({ severity }) => severity !== 'hint')
    .map(({ code, from, to }) => `${code} ${from}-${to}`);
  return { found, places, analysis, text };
}

/**
 * Half-typed and hostile texts, with what is wanted at the cursor `‸`: these offers first, at least these, none of those, and what the text holds
 * when one is accepted.
 */
export interface HalfTyped {
  readonly text: string;
  readonly file?: string;
  /** The first offers, in order. */
  readonly first?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly count?: number;
  /** An offer and what the text then holds. */
  readonly accept?: readonly [label: string, holds: string];
}

const head = 'lifecycle: 1\npipeline: churn\nparameters: {rate: 0.01, size: 32}\nstages:\n';
const load = '  load:\n    kind: data\n    source: data/raw.csv\n    target: churned\n';
const fit = '  fit:\n    kind: train\n    data: load\n    model: linear\n';
const trees = fit.replace('fit', 'trees').replace('linear', 'boosted-trees');
const exam = '  exam:\n    kind: evaluate\n    candidates: [fit]\n    metrics: [auc, f1]\n';
const bundle = '  bundle:\n    kind: package\n    model: exam.best\n    name: churn\n';
const live = '  live:\n    kind: deploy\n    package: bundle\n    target: cluster\n';
const base = head + load + fit;
const all = base + exam + bundle + live;
const net = (layers: string): string =>
  `${head}${load}  net:\n    kind: train\n    data: load\n    model:\n      kind: network\n      layers:${layers}`;
const features = (step: string): string => `${head}${load}    features:\n      - ${step}`;
const rows = (step: string): string => `${head}${load}    rows:\n      - ${step}\n`;
const source = (written: string): string => `${head}  load:\n    kind: data\n    source: ${written}\n`;
const un = (text: string): string => text.replaceAll(/^ {2}/gm, '');
const md = (body: string): string =>
  `---\nlifecycle: 1\npipeline: churn\n---\n# Title\n\n\`\`\`yaml stage\n${body}\`\`\`\n`;
const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
const targets = (body: string): string => `lifecycle: 1\ntargets:\n${body}`;
const document = 'a.lifecycle.md';

const row = (i: number): string =>
  `${20 + (i % 50)},${i * 100 + 0.5},${i % 70},${i % 3 ? 'DE' : 'FR'},${i % 2 ? 'pro' : 'free'},2026-01-${String(1 + (i % 28)).padStart(2, '0')},${i % 2}`;

export const files: Readonly<Record<string, string>> = {
  'data/raw.csv': `age,income,months,country,plan,day,churned\n${Array.from({ length: 60 }, (_, i) => row(i)).join('\n')}\n`,
  'data/odd names.csv': 'the age,"per, cent",größe,true,9lives,it\'s\n1,2,3,4,5,6\n2,3,4,5,6,7\n',
  'data/t.tsv': 'x\ty\n1\t2\n',
  'data/e.jsonl': '{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n',
  'data/part/1.csv': 'p,q\n1,2\n',
  'train.py': 'print(1)\n',
  'targets.yaml': 'lifecycle: 1\ntargets:\n  cluster:\n    kind: local\n',
};

const inFlow: Readonly<Record<string, HalfTyped>> = {
  'a key in an empty flow map': { text: net(' []\n    training: {‸}\n'), first: ['optimizer', 'epochs'] },
  'a key behind a comma': {
    text: net(' []\n    training: {epochs: 5, ‸}\n'),
    first: ['optimizer'],
    exclude: ['epochs'],
  },
  'a key in a map that is never closed': {
    text: `${net(' []\n    training: {epochs: 5, ‸\n')}${exam}`,
    first: ['optimizer'],
    exclude: ['epochs', 'source'],
  },
  'the kind in a map in a map': {
    text: net(' []\n    training: {optimizer: {kind: ‸}}\n'),
    first: ['sgd', 'adam'],
    count: 5,
  },
  'settings of that kind, those without effect last': {
    text: net(' []\n    training: {optimizer: {kind: adam, ‸}}\n'),
    first: ['learning-rate'],
    include: ['beta1', 'momentum'],
  },
  'a candidate in a list that is never closed': {
    text: `${base}${trees}  exam:\n    kind: evaluate\n    candidates: [fit, tr‸\n    metrics: [auc]\n`,
    first: ['trees'],
    exclude: ['fit', 'load'],
  },
  'an item on a line of its own in brackets': {
    text: `${base}${trees}  exam:\n    kind: evaluate\n    candidates: [\n      fit,\n      ‸\n    ]\n`,
    first: ['trees'],
    count: 1,
  },
  'a key on a line of its own in braces': {
    text: `${head}${load}  fit:\n    kind: train\n    data: load\n    model: {\n      kind: boosted-trees,\n      ‸\n    }\n`,
    first: ['trees', 'leaves'],
    exclude: ['kind', 'layers'],
  },
  'a layer in brackets': {
    text: net(' [‸]\n'),
    first: ['dense'],
    accept: ['dense', 'layers: [{dense: {units: }}]'],
  },
  'the settings of a layer in braces': { text: net(' [{dense: {‸}}]\n'), first: ['units', 'activation'] },
  'a map where a word could stand, in braces': {
    text: features('fill: {columns: [age], with: ‸}\n'),
    first: ['mean', 'median', 'mode', '{value: …}'],
    accept: ['{value: …}', 'with: {value: }}'],
  },
  'everything in braces': {
    text: 'lifecycle: 1\npipeline: c\nstages: {load: {kind: data, source: data/raw.csv, target: ‸}}\n',
    include: ['age', 'churned'],
  },
  JSON: {
    text: '{"lifecycle": 1, "pipeline": "a", "stages": {"load": {"kind": "‸"}}}\n',
    include: ['data'],
    accept: ['train', '"kind": "train"}'],
  },
};

const afterDash: Readonly<Record<string, HalfTyped>> = {
  'a candidate after a dash': {
    text: `${base}  exam:\n    kind: evaluate\n    candidates:\n      - ‸\n`,
    first: ['fit'],
    count: 1,
  },
  'right behind a dash': {
    text: `${base}  exam:\n    kind: evaluate\n    candidates:\n      -‸\n`,
    accept: ['fit', '      - fit\n'],
  },
  'a dash as deep as its key': {
    text: `${base}  exam:\n    kind: evaluate\n    candidates:\n    - ‸\n`,
    first: ['fit'],
  },
  'a layer: what needs settings first': {
    text: net('\n        - ‸\n'),
    first: ['dense', 'conv1d', 'conv2d'],
    include: ['flatten', 'max-pool', 'max-pool: …'],
    accept: ['dense', '        - dense: {units: }\n'],
  },
  'an expectation after a dash': { text: `${head}${load}    expect:\n      - ‸\n`, first: ['column', 'between'] },
  'keys below a step': { text: features('fill:\n          ‸\n'), first: ['columns', 'with'], count: 2 },
};

const inQuotes: Readonly<Record<string, HalfTyped>> = {
  'a column in double quotes': {
    text: features('standardize: {columns: ["‸"]}\n'),
    first: ['age'],
    accept: ['income', '["income"]'],
  },
  'a column in single quotes, half typed': {
    text: features("standardize: {columns: ['in‸']}\n"),
    accept: ['income', "['income']"],
  },
  'a quote that is never closed': {
    text: `${features('standardize: {columns: ["ag‸\n')}${fit}`,
    first: ['age'],
  },
  'names that need quotes get them': {
    text: `${source('"data/odd names.csv"')}    columns: {drop: [‸]}\n`,
    include: ['the age', 'größe', '9lives'],
    accept: ['per, cent', 'drop: ["per, cent"]'],
  },
  'a name with a quote in single quotes': {
    text: `${source('"data/odd names.csv"')}    columns: {drop: ['‸']}\n`,
    accept: ["it's", "drop: ['it''s']"],
  },
  'a value of a column in an expression': {
    text: rows(`filter: "country = '‸'"`),
    first: ['DE', 'FR'],
    count: 2,
  },
  'the same in single quotes, where quotes are doubled': {
    text: rows(`filter: 'country = ''‸'''`),
    first: ['DE', 'FR'],
    accept: ['DE', `filter: 'country = ''DE'''`],
  },
  'a word that joins two conditions': {
    text: rows('filter: "age > 3 ‸"'),
    include: ['and', 'or'],
    exclude: ['age'],
  },
  'a column behind an operator': { text: rows('filter: age > 3 and ‸'), include: ['income', 'max'] },
  'a column derived in the line above': {
    text: features('derive:\n          a1: income / 2\n          b1: ‸\n'),
    include: ['a1', 'income'],
    exclude: ['b1', 'churned'],
  },
  'a key in quotes that are never closed': { text: `${base}    "tu‸\n`, include: ['tune', 'seed'] },
};

const parametersAndAnchors: Readonly<Record<string, HalfTyped>> = {
  'a parameter behind a dollar': {
    text: net(' []\n    training:\n      epochs: $‸\n'),
    include: ['${rate}', '${size}'],
    accept: ['${size}', 'epochs: ${size}\n'],
  },
  'a parameter behind a dollar in braces, where it needs quotes': {
    text: net(' []\n    training: {epochs: $‸}\n'),
    accept: ['${size}', 'epochs: "${size}"}'],
  },
  'a parameter in braces': { text: net(' []\n    training: {epochs: "${s‸}"}\n'), accept: ['size', '"${size}"'] },
  'no parameter behind two dollars': { text: `${base}    description: $$‸\n`, exclude: ['${rate}'] },
  'the anchors behind a star, the nearest first': {
    text: `${head}${load}    split: &s {train: 0.8}\n  b: &b\n    kind: data\n    source: data/raw.csv\n    split: *‸\n`,
    first: ['b', 's'],
    accept: ['s', 'split: *s\n'],
  },
  'the anchors to merge': {
    text: `${head}${load}  fit: &f\n    kind: train\n    data: load\n  two:\n    <<: *‸\n`,
    first: ['f'],
  },
  'what is merged is there already': {
    text: `${head}${load}  fit: &f\n    kind: train\n    data: load\n    model: linear\n  two:\n    <<: *f\n    ‸\n`,
    include: ['seed', 'tune'],
    exclude: ['kind', 'data', 'model', 'source'],
  },
  'below an anchor': { text: net(' []\n    training: &t\n      ‸\n'), first: ['optimizer'] },
  'a star in SQL is none': {
    text: source('&a\n      sql: |\n        select\n          *‸'),
    exclude: ['a'],
  },
};

const oddPlaces: Readonly<Record<string, HalfTyped>> = {
  'the first key of a stage, above the others': {
    text: `${head}  load:\n    ‸\n    kind: data\n    source: data/raw.csv\n`,
    include: ['target', 'split'],
    exclude: ['kind', 'source', 'model'],
  },
  'a half-typed first key': {
    text: `${head}  load:\n    ta‸\n    kind: data\n    source: data/raw.csv\n`,
    include: ['target'],
    exclude: ['model'],
  },
  'the first line of the file': {
    text: `‸\nlifecycle: 1\npipeline: x\nstages:\n${load}`,
    include: ['seed', 'parameters'],
    exclude: ['lifecycle', 'stages'],
  },
  'a model on the line below: its map first': {
    text: `${head}${load}  fit:\n    kind: train\n    data: load\n    model:\n      ‸\n`,
    first: ['kind'],
    include: ['linear'],
  },
  'between conflict markers': {
    text: `${base}<<<<<<< HEAD\n  e:\n    kind: ‸\n=======\n>>>>>>> x\n`,
    include: ['evaluate'],
  },
  'before a comment': {
    text: `${head}${load}  fit:\n    kind: ‸ # the kind\n`,
    accept: ['train', 'kind: train # the kind'],
  },
  'behind an emoji': {
    text: `${head}${load}  fit: {kind: train, description: "😀", data: ‸}\n`,
    first: ['load'],
    accept: ['load', 'data: load}'],
  },
  'what has no effect on a model comes last': {
    text: `${base}    ‸\n`,
    first: ['target-transform', 'tune', 'resources', 'seed', 'description'],
    include: ['inputs', 'training'],
  },
  'CRLF: a key': { text: crlf(`${base}    ‸\n${exam}`), include: ['tune', 'seed'], exclude: ['source'] },
  'CRLF: a list': {
    text: crlf(`${base}  e:\n    kind: evaluate\n    candidates:\n      - ‸\n`),
    first: ['fit'],
  },
  'CRLF: a value': {
    text: crlf(net(' []\n    training: {optimizer: ‸}\n')),
    accept: ['adam', 'optimizer: adam}\r\n'],
  },
  'a tab behind a colon': { text: `${base}  e:\n    kind:\t‸\n`, include: ['evaluate'] },
  'a tab in braces': { text: net(' []\n    training: {\t‸}\n'), first: ['optimizer'] },
};

const dataAndNames: Readonly<Record<string, HalfTyped>> = {
  'strata: the target, then columns of few values': {
    text: `${head}${load}    split: {stratify: ‸}\n`,
    first: ['churned', 'country', 'plan'],
  },
  'an order in time: times first': { text: `${head}${load}    columns:\n      time: ‸\n`, first: ['day'] },
  'attributes of fairness: sensitive ones first': {
    text: `${head}${load}    columns: {sensitive: [age]}\n${fit}${exam}    fairness: {attributes: [‸]}\n`,
    first: ['age', 'country', 'plan'],
  },
  'the metric to choose by: those that are computed first': {
    text: `${base}${exam}    choose: {metric: ‸}\n`,
    first: ['f1', 'auc'],
  },
  'a gate in braces': { text: `${base}${exam}    require: {‸}\n`, accept: ['auc', 'require: {auc: {min: }}'] },
  'the output of a stage behind a dot': {
    text: `${all}  w:\n    kind: monitor\n    deployment: live\n    reference: load.‸\n`,
    first: ['load.train'],
  },
  'places of this model to search, no others': {
    text: `${base}    tune: {space: {‸}}\n`,
    include: ['model.l2'],
    exclude: ['reinforcement.algorithm', 'model.trees'],
  },
  'a file in a folder': { text: source('data/‸'), include: ['data/raw.csv', 'data/part/'], exclude: ['train.py'] },
  'each file once where one or a list may stand': { text: source('{file: data/r‸}'), include: ['data/raw.csv'] },
  'the program of a command': {
    text: `${base}  c: {kind: train, data: load, command: [python, ‸]}\n`,
    include: ['train.py'],
  },
  'columns of a TSV file': { text: `${source('data/t.tsv')}    target: ‸\n`, include: ['x', 'y'] },
  'columns of JSON lines': { text: `${source('data/e.jsonl')}    target: ‸\n`, include: ['a', 'b'] },
  'columns of a pattern': { text: `${source('data/part/*.csv')}    target: ‸\n`, include: ['p', 'q'] },
  'columns in folded SQL': {
    text: source(`\n      sql: >-\n        select ‸ from 'data/raw.csv'`),
    include: ['age', 'where'],
    exclude: ['sql'],
  },
};

const otherFiles: Readonly<Record<string, HalfTyped>> = {
  'nothing in a second document': { text: `${base}---\nlifecycle: 1\nstages:\n  a:\n    kind: ‸\n`, count: 0 },
  'nothing in a text of several lines': { text: `${base}    description: |\n      hello ‸\n`, count: 0 },
  'a key in a fence': {
    file: document,
    text: md(`${un(load)}${un(fit)}  ‸\n`),
    include: ['seed'],
    exclude: ['source', 'kind'],
  },
  'a stage in a fence': { file: document, text: md(`${un(load)}‸\n`), include: ['train', 'evaluate'] },
  'a reference in a fence with tildes': {
    file: document,
    text: md(`${un(load)}fit:\n  kind: train\n  data: ‸\n`).replaceAll('```', '~~~'),
    first: ['load'],
  },
  'a fence that is never closed': {
    file: document,
    text: md('load:\n  kind: ‸\n').replace(/`{3}\n$/, ''),
    include: ['data'],
  },
  'the front matter': { file: document, text: '---\nlifecycle: 1\n‸\n---\n# T\n', first: ['pipeline'] },
  'nothing in another fence': {
    file: document,
    text: '---\nlifecycle: 1\n---\n```yaml\nload:\n  kind: ‸\n```\n',
    count: 0,
  },
  'a new target': { file: 'targets.yaml', text: targets('  ‸\n'), first: ['local', 'batch'] },
  'a key of a target': {
    file: 'targets.yaml',
    text: targets('  a:\n    kind: kubernetes\n    ‸\n'),
    first: ['image'],
    exclude: ['region'],
  },
  'a key of a target in braces': {
    file: 'targets.yaml',
    text: targets('  a: {kind: local, ‸}\n'),
    include: ['port'],
    exclude: ['image'],
  },
  'a secret is only named': {
    file: 'targets.yaml',
    text: targets('  a:\n    kind: local\n    api-key: ‸\n'),
    first: ['{secret: CHURN_API_KEY}'],
  },
  'a file of a target': {
    file: 'targets.yaml',
    text: targets('  a:\n    kind: batch\n    input: data/‸\n'),
    include: ['data/raw.csv'],
  },
};

export const halfTyped: Readonly<Record<string, Readonly<Record<string, HalfTyped>>>> = {
  'in flow maps and lists': inFlow,
  'after a dash': afterDash,
  'inside quotes': inQuotes,
  'with parameters, anchors and merge keys': parametersAndAnchors,
  'at odd places, with CRLF and tabs': oddPlaces,
  'of data, metrics and files': dataAndNames,
  'in several documents, fences and targets.yaml': otherFiles,
};

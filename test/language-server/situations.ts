/**
 * Editing situations with the behaviour wanted, as a table. `⟦…⟧` is the range of the message, `‸` the cursor.
 * The identifiers are those of the list that they were translated from.
 */
export interface DiagnosticSituation {
  readonly id: string;
  readonly text: string;
  readonly want: readonly {
    readonly code: string;
    readonly includes?: readonly string[];
    /** The text that a quick fix puts in. */
    readonly fix?: string;
    readonly related?: boolean;
    readonly severity?: number;
  }[];
}

export interface CompletionSituation {
  readonly id: string;
  readonly text: string;
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  readonly count?: number;
}

const head = 'lifecycle: 1\npipeline: churn\nstages:\n';
const load = '  load:\n    kind: data\n    source: data/raw.csv\n    target: churned\n';
const fit = '  fit:\n    kind: train\n    data: load\n    model: linear\n';
const base = head + load + fit;

export const csv = 'age,income,tenure_months,country,plan,churned\n41,52000,12,DE,pro,0\n35,48000,3,FR,free,1\n';

export const diagnosticSituations: readonly DiagnosticSituation[] = [
  {
    id: 'D01-misspelt-key',
    text: `${base}    ⟦trainig⟧: {epochs: 5}\n`,
    want: [{ code: 'unknown-key', includes: ['trainig', 'training', 'train'], fix: 'training' }],
  },
  {
    id: 'D02-misspelt-kind',
    text: `${head}${load}  fit:\n    kind: ⟦trian⟧\n    data: load\n    model: linear\n`,
    want: [{ code: 'unknown-kind', includes: ['trian', 'train'], fix: 'train' }],
  },
  {
    id: 'D03-wrong-enum',
    text: `${base}    resources: {device: ⟦cpuu⟧}\n`,
    want: [{ code: 'bad-value', includes: ['`cpu`', 'auto'], fix: 'cpu' }],
  },
  {
    id: 'D04-missing-required',
    text: `${head}${load}  ⟦fit⟧:\n    kind: train\n    model: linear\n`,
    want: [{ code: 'missing-key', includes: ['data', 'train'], fix: 'data:' }],
  },
  {
    id: 'D05-wrong-type-under-kind',
    text: `${head}${load}  fit:\n    kind: train\n    data: load\n    model: {kind: network, layers: [{dense: {units: 8}}]}\n    training: {epochs: ⟦"ten"⟧}\n`,
    want: [{ code: 'wrong-type', includes: ['whole number', 'epochs'] }],
  },
  {
    id: 'D08-duplicate-key',
    text: `${base}    seed: 5\n    ⟦seed⟧: 6\n`,
    want: [{ code: 'duplicate-key', includes: ['seed'], related: true, fix: '' }],
  },
  {
    id: 'D09-duplicate-stage',
    text: `${head}${load}  ⟦load⟧:\n    kind: data\n    source: data/raw.csv\n    target: churned\n`,
    want: [{ code: 'duplicate-stage', includes: ['load'], related: true }],
  },
  {
    id: 'D11-unknown-stage-ref',
    text: `${head}${load}  fit:\n    kind: train\n    data: ⟦laod⟧\n    model: linear\n`,
    want: [{ code: 'unknown-stage', includes: ['laod', 'load'], fix: 'load' }],
  },
  {
    id: 'D14-error-inside-anchor',
    text: `lifecycle: 1\npipeline: churn\nstages:\n  base: &base\n    kind: data\n    source: {file: data/raw.csv, format: ⟦cvs⟧}\n  other: *base\n`,
    want: [{ code: 'bad-value', includes: ['csv'], fix: 'csv' }],
  },
  {
    id: 'D15-unknown-alias',
    text: `${base}    resources: ⟦*gpu⟧\n`,
    want: [{ code: 'unknown-alias', includes: ['gpu'] }],
  },
  {
    id: 'D16-flow-map-enum',
    text: `${base}  e:\n    kind: evaluate\n    candidates: [fit]\n    choose: {metric: ⟦roc_auc⟧, on: validation}\n`,
    want: [{ code: 'unknown-metric', includes: ['auc'], fix: 'auc' }],
  },
  {
    id: 'D17-incomplete-key',
    text: `${base}    ⟦trai⟧\n  e:\n    kind: evaluate\n    candidates: [fit]\n`,
    want: [{ code: 'incomplete-key', includes: ['trai', 'training'] }],
  },
  {
    id: 'D18-unclosed-quote',
    text: `${head}${load}  q:\n    kind: data\n    source: ⟦"data/x.csv⟧\n    target: a\n  fit:\n    kind: train\n    data: load\n    model: ⟦bad⟧\n`,
    want: [{ code: 'unclosed-quote' }, { code: 'bad-value' }],
  },
  {
    id: 'D19-unclosed-bracket',
    text: `${base}  e:\n    kind: evaluate\n    metrics: ⟦[⟧auc, f1\n    candidates: [fit]\n    threshold: ⟦7⟧\n`,
    want: [{ code: 'unclosed-bracket' }, { code: 'out-of-range' }],
  },
  {
    id: 'D21-bad-indent',
    text: `${base}   ⟦seed⟧: 5\n`,
    want: [{ code: 'bad-indent', includes: ['4'], fix: '    seed' }],
  },
  {
    id: 'D22-pattern',
    text: `${base}  p:\n    kind: package\n    model: fit\n    name: ⟦"churn model"⟧\n`,
    want: [{ code: 'bad-format', includes: ['churn-model'], fix: 'churn-model' }],
  },
  {
    id: 'D23-number-range',
    text: `${head}${load}  fit:\n    kind: train\n    data: load\n    model: {kind: network, layers: [{dense: {units: 64}}, {dropout: ⟦1.5⟧}]}\n`,
    want: [{ code: 'out-of-range', includes: ['1.5', '1'] }],
  },
  {
    id: 'D24-unicode-columns',
    text: `${head}${load}  fit: {kind: train, description: "😀 Größe 模型", data: load, model: ⟦bad⟧}\n`,
    want: [{ code: 'bad-value' }],
  },
  {
    id: 'D25-crlf',
    text: `${head}${load}  fit:\n    kind: train\n    data: load\n    model: ⟦liner⟧\n`.replaceAll('\n', '\r\n'),
    want: [{ code: 'bad-value', fix: 'linear' }],
  },
  {
    id: 'D26-bom',
    text: `\ufeff⟦lifecylce⟧: 1\npipeline: churn\nstages:\n${load}`,
    want: [{ code: 'unknown-key', includes: ['lifecycle'], fix: 'lifecycle' }],
  },
  { id: 'D27-empty-file', text: '⟦⟧', want: [{ code: 'empty', severity: 3, fix: 'lifecycle: 1' }] },
  {
    id: 'D28-multi-doc',
    text: `${head}${load}⟦---⟧\nlifecycle: 1\nstages: {}\n`,
    want: [{ code: 'several-documents' }],
  },
  {
    id: 'D32-wrong-container',
    text: `${base}  e:\n    kind: evaluate\n    candidates: [fit]\n    metrics: ⟦auc⟧\n`,
    want: [{ code: 'wrong-type', includes: ['list'], fix: '[auc]' }],
  },
];

export const completionSituations: readonly CompletionSituation[] = [
  {
    id: 'C02-key-blank-line',
    text: `${base}    ‸\n  e:\n    kind: evaluate\n    candidates: [fit]\n`,
    include: ['training', 'resources', 'seed'],
    exclude: ['source', 'split', 'target', 'data', 'command'],
  },
  {
    id: 'C03-kind-values',
    text: `${head}${load}  fit:\n    kind: ‸\n`,
    include: ['train', 'evaluate', 'package', 'monitor'],
    exclude: ['linear'],
    count: 7,
  },
  {
    id: 'C05-after-dash',
    text: `${head}${load}    features:\n      - ‸\n`,
    include: ['fill', 'clip', 'derive', 'standardize', 'one-hot'],
  },
  {
    id: 'C07-flow-seq-enum',
    text: `${base}  e:\n    kind: evaluate\n    candidates: [fit]\n    metrics: [auc, ‸]\n`,
    include: ['f1', 'accuracy'],
    exclude: ['auc'],
  },
  {
    id: 'C10-partially-invalid-before',
    text: `${head}${load}  bad:\n    kind: evaluate\n    candidates: [load\n  fit:\n    kind: train\n    data: load\n    ‸\n`,
    include: ['training', 'model'],
    exclude: ['source'],
  },
  {
    id: 'C11-invalid-sibling',
    text: `${head}${load}  fit:\n    kind: train\n    seed: "many"\n    ‸\n`,
    include: ['training', 'data', 'model'],
    exclude: ['source', 'split', 'seed'],
  },
  { id: 'C12-comment', text: `${base}    # ‸\n`, include: [], count: 0 },
  {
    id: 'C13-block-scalar',
    text: `${head}  load:\n    kind: data\n    source:\n      sql: |\n        select * from 'data/raw.csv' where ‸\n`,
    include: ['age', 'select'],
    exclude: ['kind', 'sql', 'files', 'target'],
  },
  {
    id: 'C14-stage-ref',
    text: `${head}${load}  prep:\n    kind: train\n    data: ‸\n`,
    include: ['load'],
    exclude: ['prep'],
  },
  {
    id: 'C15-columns',
    text: `${head}${load}    features:\n      - standardize: {columns: [‸]}\n`,
    include: ['age', 'income', 'plan'],
    exclude: ['churned'],
  },
  { id: 'C16-empty-file', text: '‸', include: ['lifecycle', 'stages', 'new pipeline'] },
  {
    id: 'C17-object-value',
    text: `${head}${load}  fit:\n    kind: train\n    data: load\n    model: ‸\n`,
    include: ['linear', 'boosted-trees', 'network', 'kind: linear', 'kind: boosted-trees', 'kind: network'],
  },
  { id: 'C19-quoted-value', text: `${base}    training: {optimizer: "‸"}\n`, include: ['adam', 'sgd'] },
];

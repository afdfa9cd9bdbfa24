/** Draws numbers and picks; the same for the same seed. */
export class Draw {
  constructor(private state: number) {}

  below(n: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * n);
  }

  from<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** Files that the pipelines of {@link group} name. */
export const files: Readonly<Record<string, string>> = {
  'data/raw.csv': `customer,age,income,tenure,country,plan,visits,churned\n${Array.from(
    { length: 60 },
    (_, i) =>
      `${i},${20 + (i % 50)},${i * 100 + 0.5},${i % 70},${i % 3 ? 'DE' : 'FR'},${i % 2 ? 'pro' : 'free'},${i % 9},${i % 2}`,
  ).join('\n')}\n`,
  'targets.yaml': 'lifecycle: 1\ntargets:\n  cluster:\n    kind: local\n',
};

export const header = 'lifecycle: 1\npipeline: planted\nparameters: {rate: 0.001}\nstages:\n';

/** The stages of one model's life, under names that end alike. */
export const group = (n: string): string => `  data-${n}:
    kind: data
    source: data/raw.csv
    target: {column: churned, positive: "1"}
    columns:
      id: [customer]
      sensitive: [country]
    rows:
      - drop-duplicates
      - filter: "tenure >= 0 and plan = 'pro'"
    split: {train: 0.7, validation: 0.15, test: 0.15, stratify: churned}
    features:
      - fill: {columns: [age, income], with: median}
      - derive: {per_month: "income / max(tenure, 1)"}
      - standardize: {columns: [age, income, per_month]}
      - one-hot: {columns: text}
    expect:
      - {column: age, between: [0, 120]}
  linear-${n}:
    kind: train
    data: data-${n}
    model: linear
  trees-${n}:
    kind: train
    data: data-${n}
    model: {kind: boosted-trees, trees: 300}
  net-${n}:  # the usual one
    kind: train
    data: data-${n}
    model:
      kind: network
      layers:
        - dense: {units: 64, activation: relu}
        - dropout: 0.2
    training:
      optimizer: {kind: adam, learning-rate: "\${rate}"}
      epochs: 30
      batch-size: 256
  exam-${n}:
    kind: evaluate
    candidates: [linear-${n}, trees-${n}, net-${n}]
    metrics: [accuracy, f1, auc]
    choose: {metric: auc, on: validation}
    require: {auc: {min: 0.6}}
  small-${n}:
    kind: optimize
    model: exam-${n}.best
    quantize: int8
  bundle-${n}:
    kind: package
    model: small-${n}
    name: model-${n.toLowerCase()}
  live-${n}:
    kind: deploy
    package: bundle-${n}
    target: cluster
  watch-${n}:
    kind: monitor
    deployment: live-${n}
    reference: data-${n}.train
    retrain: {when: "drift.share >= 0.3"}
`;

/** A mistake: what stands in a group, and what is written instead; `⟦…⟧` is where it is to be reported, `N` the group's name. */
export interface Fault {
  readonly code: string;
  readonly old: string;
  readonly put: string;
}

const fault = (code: string, old: string, put: string): Fault => ({ code, old, put });

export const FAULTS: readonly Fault[] = [
  fault('unknown-key', 'batch-size: 256', '⟦bacth-size⟧: 256'),
  fault('unknown-key', '    quantize: int8', '    quantize: int8\n    ⟦colour⟧: red'),
  fault('unknown-key', 'activation: relu}', 'activation: relu, ⟦unit⟧: 3}'),
  fault('future-leak', '      sensitive: [country]', '      sensitive: [country]\n      time: ⟦visits⟧'),
  fault('unknown-kind', 'kind: evaluate', 'kind: ⟦evaluat⟧'),
  fault('unknown-kind', 'kind: boosted-trees', 'kind: ⟦boosted-tress⟧'),
  fault('bad-value', 'kind: adam', 'kind: ⟦adm⟧'),
  fault('bad-value', 'activation: relu', 'activation: ⟦rellu⟧'),
  fault('bad-value', 'quantize: int8', 'quantize: ⟦int7⟧'),
  fault('wrong-type', 'epochs: 30', 'epochs: ⟦many⟧'),
  fault('wrong-type', 'trees: 300', 'trees: ⟦"300"⟧'),
  fault('out-of-range', 'trees: 300', 'trees: ⟦0⟧'),
  fault('out-of-range', '- dropout: 0.2', '- dropout: ⟦1.2⟧'),
  fault('out-of-range', '{min: 0.6}', '{min: ⟦60⟧}'),
  fault(
    'missing-key',
    '  linear-N:\n    kind: train\n    data: data-N\n    model: linear\n',
    '  ⟦linear-N⟧:\n    kind: train\n    data: data-N\n',
  ),
  fault('missing-value', '    data: data-N\n    model: linear', '    data: data-N\n    ⟦model⟧:'),
  fault('duplicate-key', 'epochs: 30', 'epochs: 30\n      ⟦epochs⟧: 31'),
  fault('duplicate-key', '    quantize: int8', '    quantize: int8\n    ⟦quantize⟧: int8'),
  fault(
    'duplicate-stage',
    '  trees-N:\n    kind: train',
    '  ⟦linear-N⟧:\n    kind: train\n    data: data-N\n    model: linear\n  trees-N:\n    kind: train',
  ),
  fault('unknown-stage', 'package: bundle-N', 'package: ⟦bundel-N⟧'),
  fault('unknown-stage', 'candidates: [linear-N, ', 'candidates: [linear-N, ⟦nobody⟧, '),
  fault('wrong-stage-kind', 'deployment: live-N', 'deployment: ⟦net-N⟧'),
  fault('unknown-output', 'reference: data-N.train', 'reference: data-N.⟦trian⟧'),
  fault('unknown-output', 'model: exam-N.best', 'model: exam-N.⟦bets⟧'),
  fault('missing-output', 'model: exam-N.best', 'model: ⟦exam-N⟧'),
  fault('self-reference', 'package: bundle-N', 'package: ⟦live-N⟧'),
  fault('unknown-target', 'target: cluster', 'target: ⟦clustr⟧'),
  fault('unknown-metric', 'metrics: [accuracy, ', 'metrics: [⟦accuracie⟧, '),
  fault('metric-task', '[accuracy, f1, auc]', '[accuracy, f1, auc, ⟦rmse⟧]'),
  fault('metric-not-computed', 'require: {auc:', 'require: {⟦log-loss⟧: {max: 0.5}, auc:'),
  fault('gate-direction', '{auc: {min: 0.6}}', '{auc: {⟦max⟧: 0.6}}'),
  fault('repeated-item', '[accuracy, f1, auc]', '[accuracy, f1, ⟦f1⟧, auc]'),
  fault('unknown-column', 'sensitive: [country]', 'sensitive: [⟦contry⟧]'),
  fault('unknown-column', 'stratify: churned', 'stratify: ⟦churn⟧'),
  fault('unknown-column', 'income / max(tenure, 1)', 'income / max(⟦tenur⟧, 1)'),
  fault('column-type', 'columns: [age, income], with', 'columns: [age, income, ⟦plan⟧], with'),
  fault('target-in-features', '[age, income, per_month]', '[age, ⟦churned⟧, income, per_month]'),
  fault('target-in-features', 'income / max(tenure, 1)', 'income / max(⟦churned⟧, 1)'),
  fault('not-a-feature', '[age, income, per_month]', '[age, income, per_month, ⟦customer⟧]'),
  fault(
    'repeated-step',
    '      - one-hot: {columns: text}',
    '      - one-hot: {columns: text}\n      - standardize: {columns: [⟦age⟧]}',
  ),
  fault(
    'split-sum',
    'split: {train: 0.7, validation: 0.15, test: 0.15',
    '⟦split⟧: {train: 0.7, validation: 0.15, test: 0.25',
  ),
  fault('expression-syntax', 'tenure >= 0 and', 'tenure >= 0 ⟦=⟧ and'),
  fault('unknown-parameter', '"${rate}"', '"⟦${rte}⟧"'),
  fault('file-missing', 'source: data/raw.csv', 'source: ⟦data/row.csv⟧'),
  fault('no-effect', 'kind: adam', 'kind: adam, ⟦momentum⟧: 0.9'),
  fault('bad-order', 'between: [0, 120]', 'between: ⟦[120, 0]⟧'),
  fault('bad-format', 'name: model-n', 'name: ⟦Model N!⟧'),
  fault('bad-indent', '      epochs: 30\n      batch-size: 256\n', '      epochs: 30\n        ⟦batch-size⟧: 256\n'),
  fault('incomplete-key', '    quantize: int8', '    quantize: int8\n    ⟦requ⟧'),
  fault('unclosed-bracket', '[accuracy, f1, auc]', '⟦[⟧accuracy, f1, auc'),
  fault('unclosed-quote', '    source: data/raw.csv', '    description: ⟦"about⟧\n    source: data/raw.csv'),
  fault('conflict-marker', '    quantize: int8\n', '⟦<<<<<<< mine⟧\n    quantize: int8\n⟦=======⟧\n⟦>>>>>>> theirs⟧\n'),
];

import type { Severity } from './types';

/** What the documentation says of a diagnostic. `example` is part of a file that shows it; a test holds that it really does. */
export interface CodeEntry {
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  readonly example: string;
}

/** Every diagnostic of pipelines, documents, targets.yaml and lifecycle.yaml. Codes are never renamed; docs/diagnostics.md is written from this table. */
export const CODES = {
  'yaml-syntax': {
    severity: 'error',
    title: 'Not valid YAML',
    why: 'The text breaks a rule of YAML. Only what it stands in is left out; everything else is still checked.',
    fix: 'Put a value that holds `: `, `#` or begins with a special character in quotes.',
    example: `  other:
    kind: data
    source: data: old.csv`,
  },
  'unclosed-quote': {
    severity: 'error',
    title: 'A quote is never closed',
    why: 'A text that begins with a quote must end with the same one.',
    fix: 'Close the quote at the end of the value.',
    example: `  other:
    kind: data
    source: "customers.csv
    target: churn`,
  },
  'unclosed-bracket': {
    severity: 'error',
    title: 'A bracket is never closed',
    why: 'A list `[…]` or map `{…}` has no end. What stands on the following lines is checked as usual.',
    fix: 'Write `]` or `}` at its end.',
    example: `  exam:
    kind: evaluate
    candidates: [trees
    metrics: [auc]`,
  },
  'bad-indent': {
    severity: 'error',
    title: 'Indentation that fits nothing',
    why: 'In YAML the spaces before a key say what it belongs to. Keys of one map have the same number of them; tabs are not allowed.',
    fix: 'Give the line as many spaces as its siblings.',
    example: `  other:
    kind: train
   data: customers
    model: linear`,
  },
  'incomplete-key': {
    severity: 'error',
    title: 'A key without colon',
    why: 'A word stands where a key is expected, as while typing.',
    fix: 'Finish the key and write `:` after it.',
    example: `  other:
    kind: train
    data: customers
    mod`,
  },
  'unquoted-parameter': {
    severity: 'error',
    title: 'A parameter in a flow map without quotes',
    why: 'Inside `{…}` and `[…]` the braces of `${name}` would end the map.',
    fix: 'Put the parameter in quotes: `"${name}"`.',
    example: `lifecycle: 1
pipeline: example
parameters: { trees: 300 }
stages:
  forest: { kind: train, data: customers, model: { kind: boosted-trees, trees: \${trees} } }`,
  },
  'duplicate-key': {
    severity: 'error',
    title: 'A key is set twice',
    why: 'A map can hold a key once; it is not clear which of the two is meant. The first one is used for the other checks.',
    fix: 'Remove one of the two.',
    example: `  other:
    kind: train
    data: customers
    model: linear
    model: boosted-trees`,
  },
  'duplicate-stage': {
    severity: 'error',
    title: 'Two stages have one name',
    why: 'Stages refer to each other by name, so a name must be unique.',
    fix: 'Rename one of the two.',
    example: `  trees:
    kind: train
    data: customers
    model: linear`,
  },
  'unknown-alias': {
    severity: 'error',
    title: 'An alias without anchor',
    why: '`*name` repeats what `&name` marked before it; there is no such mark. In a lifecycle document an anchor reaches no further than its fence.',
    fix: 'Write the anchor before its first use, or write the value out.',
    example: `  other:
    kind: train
    data: customers
    model: *shared`,
  },
  'yaml-alias': {
    severity: 'error',
    title: 'An alias that can not be followed',
    why: 'The alias stands inside what it refers to, or aliases of aliases blow up to more than 200,000 values.',
    fix: 'Write the value out.',
    example: `  other: &other
    kind: data
    source: *other`,
  },
  'yaml-tag': {
    severity: 'warning',
    title: 'A tag that means nothing',
    why: 'Tags such as `!name` have no meaning in a pipeline. The value is read without it.',
    fix: 'Remove the tag.',
    example: `  other:
    kind: data
    source: !file customers.csv`,
  },
  'several-documents': {
    severity: 'error',
    title: 'Several YAML documents in one file',
    why: 'A file holds one pipeline, and `---` begins a second document.',
    fix: 'Move what follows `---` to a file of its own.',
    example: `lifecycle: 1
pipeline: example
stages:
  customers: { kind: data, source: customers.csv }
---
lifecycle: 1`,
  },
  'too-deep': {
    severity: 'error',
    title: 'Nested too deep',
    why: 'More than 60 levels are not read.',
    fix: 'Write it flatter; no setting needs so many levels.',
    example: `  other: ${'['.repeat(80)}${']'.repeat(80)}`,
  },
  'conflict-marker': {
    severity: 'error',
    title: 'A merge was not finished',
    why: 'Lines such as `<<<<<<< HEAD` were left behind by a version control system. Both sides are read.',
    fix: 'Keep one of the two sides and delete the markers.',
    example: `  other:
    kind: train
    data: customers
${'<'.repeat(7)} HEAD
    model: linear
=======
    model: boosted-trees
${'>'.repeat(7)} feature`,
  },
  'unclosed-fence': {
    severity: 'warning',
    title: 'A fence is never closed',
    why: 'Everything below it is read as stages.',
    fix: 'End the fence with a line of the same marks, ```` ``` ````.',
    example: `---
lifecycle: 1
pipeline: example
---

\`\`\`yaml stage
customers:
  kind: data
  source: customers.csv`,
  },
  empty: {
    severity: 'information',
    title: 'Nothing here yet',
    why: 'The file holds no pipeline.',
    fix: 'Begin with `lifecycle: 1`, `pipeline: NAME` and `stages:`.',
    example: `# A pipeline is to come.`,
  },
  'unknown-kind': {
    severity: 'error',
    title: 'Unknown kind',
    why: '`kind` says what a stage, a model or a target is; this is none of the kinds there are.',
    fix: 'Choose one of the kinds in the message.',
    example: `  other:
    kind: trian
    data: customers`,
  },
  'unknown-key': {
    severity: 'error',
    title: 'Unknown key',
    why: "The schema of the stage's kind has no such key. Nothing that is not executed is accepted.",
    fix: 'Correct the spelling, or move the key to where it belongs.',
    example: `  other:
    kind: train
    data: customers
    modle: linear`,
  },
  'missing-key': {
    severity: 'error',
    title: 'A required key is missing',
    why: "The stage can't be executed without it.",
    fix: 'Add the key.',
    example: `  other:
    kind: train
    model: linear`,
  },
  'missing-value': {
    severity: 'error',
    title: 'A key without value',
    why: 'The key is there, but nothing follows its colon, or an empty text.',
    fix: 'Write the value, or remove the key.',
    example: `  other:
    kind: train
    data: customers
    model:`,
  },
  'wrong-type': {
    severity: 'error',
    title: 'A value of the wrong type',
    why: 'The schema asks for another type: a list, a map, a number, a text. A number in quotes is a text.',
    fix: 'Write the value as the message shows.',
    example: `  exam:
    kind: evaluate
    candidates: trees`,
  },
  'bad-value': {
    severity: 'error',
    title: 'A value that is not allowed',
    why: 'Only certain words are allowed here.',
    fix: 'Choose one of the words in the message.',
    example: `  other:
    kind: train
    data: customers
    model: linaer`,
  },
  'bad-format': {
    severity: 'error',
    title: 'A text of the wrong form',
    why: 'Names hold letters, digits, `-` and `_`, so that they can be file names, metric names and parts of addresses.',
    fix: 'Write the name as the message shows.',
    example: `  bundle:
    kind: package
    model: trees
    name: my model!`,
  },
  'out-of-range': {
    severity: 'error',
    title: 'A number out of range',
    why: 'The number lies outside of what makes sense.',
    fix: 'Choose a number within the range in the message.',
    example: `  other:
    kind: train
    data: customers
    model: { kind: boosted-trees, learning-rate: 1.5 }`,
  },
  'wrong-length': {
    severity: 'error',
    title: 'Too many or too few',
    why: 'A list has the wrong number of items, or a text the wrong number of characters.',
    fix: 'Give as many as the message says.',
    example: `  other:
    kind: data
    source: customers.csv
    features:
      - clip: { columns: [tenure], quantiles: [0.01] }`,
  },
  'two-alternatives': {
    severity: 'error',
    title: 'Keys that exclude each other',
    why: 'Each of the keys is a way to say the same thing; only one of them can hold.',
    fix: 'Remove one of the two.',
    example: `  other:
    kind: train
    data: customers
    model: linear
    command: [python3, train.py]`,
  },
  'unknown-parameter': {
    severity: 'error',
    title: 'Unknown parameter',
    why: '`${name}` takes the value of a parameter that the header declares; there is none of this name.',
    fix: 'Correct the name, or declare it under `parameters:`.',
    example: `lifecycle: 1
pipeline: example
parameters: { rate: 0.1 }
stages:
  trees:
    kind: train
    data: customers
    model: { kind: boosted-trees, learning-rate: "\${rte}" }`,
  },
  'unused-parameter': {
    severity: 'hint',
    title: 'A parameter that nothing uses',
    why: 'The header declares it, but no stage takes it.',
    fix: 'Use it as `${name}`, or remove it.',
    example: `lifecycle: 1
pipeline: example
parameters: { rate: 0.1 }
stages:
  customers:
    kind: data
    source: customers.csv`,
  },
  'unknown-environment': {
    severity: 'error',
    title: 'Unknown environment',
    why: '`--env NAME` names an environment that the header does not declare.',
    fix: 'Correct the name, or declare it under `environments:`.',
    example: `lifecycle: 1
pipeline: example
environments: { production: {} }
stages:
  customers:
    kind: data
    source: customers.csv`,
  },
  'unknown-stage': {
    severity: 'error',
    title: 'Reference to an unknown stage',
    why: 'No stage of the pipeline has this name.',
    fix: 'Correct the name, or add the stage.',
    example: `  other:
    kind: train
    data: custmers
    model: linear`,
  },
  'wrong-stage-kind': {
    severity: 'error',
    title: 'Reference to a stage of the wrong kind',
    why: 'A stage exists, but it does not make what is needed here: training needs a data stage, deployment a package.',
    fix: 'Name a stage of the kind in the message.',
    example: `  exam:
    kind: evaluate
    candidates: [customers]`,
  },
  'unknown-output': {
    severity: 'error',
    title: 'Reference to an unknown output',
    why: 'After the dot stands an output that the stage does not have. `train`, `validation` and `test` are outputs of data stages, `best` of evaluate stages; other stages have none.',
    fix: 'Name an output that exists, or the stage alone.',
    example: `  bundle:
    kind: package
    model: trees.best
    name: churn`,
  },
  'missing-output': {
    severity: 'error',
    title: 'A reference that needs an output',
    why: 'An evaluate stage is a report; the model that it chose is its output `best`.',
    fix: 'Write `NAME.best`.',
    example: `  exam:
    kind: evaluate
    candidates: [trees]
  bundle:
    kind: package
    model: exam
    name: churn`,
  },
  'self-reference': {
    severity: 'error',
    title: 'A stage refers to itself',
    why: "A stage can't wait for its own result.",
    fix: 'Name another stage.',
    example: `  small:
    kind: optimize
    model: small
    quantize: int8`,
  },
  cycle: {
    severity: 'error',
    title: 'Stages refer to each other in a circle',
    why: 'Each of these stages waits for the next, so that none can begin.',
    fix: 'Remove one of the references; the message and its related places show all of them.',
    example: `  one:
    kind: optimize
    model: two
    quantize: int8
  two:
    kind: optimize
    model: one
    quantize: int8`,
  },
  'unused-stage': {
    severity: 'hint',
    title: 'A stage that nothing uses',
    why: 'It runs, but its result goes nowhere. Evaluation, packaging, deployment and monitoring are ends in themselves; data and models are not.',
    fix: 'Refer to it from another stage, or remove it.',
    example: `  other:
    kind: data
    source: customers.csv`,
  },
  'missing-target': {
    severity: 'error',
    title: 'Training without a target',
    why: 'A model learns to predict a column, and the data stage says none.',
    fix: 'Add `target: COLUMN` to the data stage.',
    example: `  plain:
    kind: data
    source: customers.csv
  other:
    kind: train
    data: plain
    model: linear`,
  },
  'different-data': {
    severity: 'error',
    title: 'Candidates trained on different data',
    why: 'Models can be compared only on rows that none of them has seen; their splits come from one data stage.',
    fix: 'Train all candidates on the same data stage.',
    example: `  others:
    kind: data
    source: customers.csv
    target: churn
  line:
    kind: train
    data: others
    model: linear
  exam:
    kind: evaluate
    candidates: [trees, line]`,
  },
  'model-not-prunable': {
    severity: 'error',
    title: 'Trees asked to be pruned',
    why: 'Pruning takes weights out of the matrices of a network; trees have none.',
    fix: 'Prune a network, or have fewer and smaller trees learn from these: `distil: {into: {kind: boosted-trees, trees: 50}}`.',
    example: `  small:
    kind: optimize
    model: trees
    prune: {sparsity: 0.5}`,
  },
  'missing-split': {
    severity: 'error',
    title: 'A split that is needed is empty',
    why: 'The choice is made on the validation split and the gate held on the test split; the data stage leaves it empty.',
    fix: 'Give the split a share.',
    example: `  others:
    kind: data
    source: customers.csv
    target: churn
    split: { train: 0.8, validation: 0.2, test: 0 }
  line:
    kind: train
    data: others
    model: linear
  exam:
    kind: evaluate
    candidates: [line]
    require: { auc: { min: 0.8 } }`,
  },
  'repeated-item': {
    severity: 'warning',
    title: 'The same item twice',
    why: 'A list names the same thing twice; the second time changes nothing.',
    fix: 'Remove it.',
    example: `  exam:
    kind: evaluate
    candidates: [trees]
    metrics: [auc, f1, auc]`,
  },
  'file-missing': {
    severity: 'error',
    title: 'A file that does not exist',
    why: 'Nothing is at this path, or no file matches the pattern. Paths start at the folder of the pipeline file.',
    fix: 'Correct the path, or put the file there.',
    example: `  other:
    kind: data
    source: custmers.csv`,
  },
  'data-wrong-encoding': {
    severity: 'error',
    title: 'A data file in another encoding',
    why: 'The first bytes of the file are not in the encoding stated; without one that is UTF-8, or UTF-16 where the file begins with its mark. The run would stop there, or read `MÃ¼ller` for `Müller`.',
    fix: 'State its encoding: `source: {file: …, encoding: windows-1252}` is what Excel and most Windows programs in the West write.',
    example: `  other:
    kind: data
    source: { file: customers.csv, encoding: utf-8 }`,
  },
  'data-empty': {
    severity: 'error',
    title: 'A data file without rows',
    why: 'The file has no bytes, or a header with nothing under it.',
    fix: 'Name another file, or write it again; where it is made by another program, run that first.',
    example: `  other:
    kind: data
    source: { file: customers.csv, delimiter: ";" }`,
  },
  'data-unreadable': {
    severity: 'error',
    title: "A data file that can't be read",
    why: 'The beginning of the file is not what its format says: a row with more or fewer values than the header, a line that is no JSON object, something that is no text at all.',
    fix: 'Correct the place that is named, or say how the file is written beside its name: `source: {file: …, delimiter: …, format: …}`.',
    example: `  other:
    kind: data
    source: { file: customers.csv, format: jsonl }`,
  },
  'unknown-target': {
    severity: 'error',
    title: 'Unknown deployment target',
    why: 'Targets are named in `targets.yaml`, beside the pipeline or in a folder above it; `local` is built in.',
    fix: 'Correct the name, or add the target to targets.yaml.',
    example: `  bundle:
    kind: package
    model: trees
    name: churn
  live:
    kind: deploy
    package: bundle
    target: cluster`,
  },
  'expression-syntax': {
    severity: 'error',
    title: 'An expression that can not be read',
    why: 'The text is no expression: a bracket or an operand is missing, or it uses signs of another language.',
    fix: 'Write `and`, `or`, `not`, `=`, and names with spaces in backticks.',
    example: `  other:
    kind: data
    source: customers.csv
    rows:
      - filter: tenure > 3 && contract = 'Two year'`,
  },
  'expression-type': {
    severity: 'error',
    title: 'An expression whose types do not fit',
    why: 'A condition must be true or false, arithmetic needs numbers, and a comparison two values of one type.',
    fix: 'Compare, convert or quote as the message says.',
    example: `  other:
    kind: data
    source: customers.csv
    rows:
      - filter: tenure + 1`,
  },
  'expression-not-served': {
    severity: 'error',
    title: 'A feature that a served model can not compute',
    why: 'A derived feature is part of the served model, which is an ONNX graph; it has no operator for this. Filters of rows may use it.',
    fix: 'Derive the value before, in the source, or use an expression that ONNX can compute.',
    example: `  other:
    kind: data
    source: customers.csv
    features:
      - derive: { words: length(contract) }`,
  },
  'unknown-column': {
    severity: 'error',
    title: 'Unknown column',
    why: "The data has no column of this name, and no step before makes one. Nothing is said when the data can't be read.",
    fix: 'Correct the name.',
    example: `  other:
    kind: data
    source: customers.csv
    target: chrun`,
  },
  'column-type': {
    severity: 'error',
    title: 'A column of the wrong type',
    why: 'The step needs numbers and the column is text, or it reads texts and the column is none.',
    fix: 'Encode the column first, state its type under `columns.types`, or choose another step.',
    example: `  other:
    kind: data
    source: customers.csv
    features:
      - standardize: { columns: [contract] }`,
  },
  'column-dropped': {
    severity: 'error',
    title: 'A dropped column is used',
    why: '`columns.drop` leaves the column out of everything, so nothing else can use it.',
    fix: 'List it under `columns.exclude` to keep it out of the features only.',
    example: `  other:
    kind: data
    source: customers.csv
    columns: { drop: [contract], sensitive: [contract] }`,
  },
  'target-in-features': {
    severity: 'error',
    title: 'The target among the features',
    why: 'A model that sees the answer learns to repeat it and fails on new rows.',
    fix: 'Remove the target from the step.',
    example: `  other:
    kind: data
    source: customers.csv
    target: churn
    features:
      - one-hot: { columns: [contract, churn] }`,
  },
  'target-role': {
    severity: 'error',
    title: 'The target has another role',
    why: "A column can't be what is predicted and an id, the time, or dropped.",
    fix: 'Remove one of the two.',
    example: `  other:
    kind: data
    source: customers.csv
    target: churn
    columns: { id: churn }`,
  },
  'not-a-feature': {
    severity: 'error',
    title: 'A feature step on a column that is no feature',
    why: 'Ids, excluded columns, times and groups are no features, and columns that were encoded or dropped are none any more.',
    fix: 'Remove the column from the step, or put the step before the one that takes it away.',
    example: `  other:
    kind: data
    source: customers.csv
    columns: { id: tenure }
    features:
      - standardize: { columns: [tenure] }`,
  },
  'name-taken': {
    severity: 'error',
    title: 'A derived feature with the name of another column',
    why: 'The target, ids and excluded columns keep their names; and names that differ in case only are one name to many programs.',
    fix: 'Choose another name.',
    example: `  other:
    kind: data
    source: customers.csv
    target: churn
    features:
      - derive: { churn: tenure * 2 }`,
  },
  'repeated-step': {
    severity: 'warning',
    title: 'The same step on the same column twice',
    why: 'The second time changes nothing, or not what was meant.',
    fix: 'Remove one of the two.',
    example: `  other:
    kind: data
    source: customers.csv
    features:
      - fill: { columns: [tenure], with: mean }
      - fill: { columns: [tenure], with: median }`,
  },
  'split-sum': {
    severity: 'error',
    title: 'Shares of the split that do not sum to 1',
    why: 'Every row goes to training, validation or test.',
    fix: 'Correct a share, or leave one out: it then takes the rest.',
    example: `  other:
    kind: data
    source: customers.csv
    split: { train: 0.8, validation: 0.2, test: 0.2 }`,
  },
  'split-conflict': {
    severity: 'error',
    title: 'Ways of splitting that exclude each other',
    why: "A split by time can't keep shares or groups equal as well.",
    fix: 'Remove one of the two.',
    example: `  other:
    kind: data
    source: customers.csv
    split: { time: signup, stratify: churn }`,
  },
  'future-leak': {
    severity: 'warning',
    title: 'Trained on what comes later',
    why: 'The rows have an order in time, but are split at random: the model learns from rows newer than those it is tested on, as it never can in use. Its figures are then too good.',
    fix: 'Split by the same column, so that the oldest rows are trained on and the newest tested on.',
    example: `  other:
    kind: data
    source: customers.csv
    target: churn
    columns: { time: signup }`,
  },
  'stratify-continuous': {
    severity: 'error',
    title: 'Stratified by a continuous column',
    why: "The values of a number to predict are nearly all different; their shares can't be kept equal.",
    fix: 'Remove `stratify`, or name a column with few values.',
    example: `  other:
    kind: data
    source: customers.csv
    target: { column: tenure, task: regression }
    split: { stratify: tenure }`,
  },
  'bad-order': {
    severity: 'error',
    title: 'Limits in the wrong order',
    why: 'The lower limit is above the upper one, so nothing fits between.',
    fix: 'Swap the two.',
    example: `  other:
    kind: data
    source: customers.csv
    features:
      - clip: { columns: [tenure], range: [100, 0] }`,
  },
  'bad-expectation': {
    severity: 'error',
    title: 'An expectation that expects nothing',
    why: 'A rule needs a column, a column needs a rule, and `where` and `rows` stand alone.',
    fix: 'Add what is missing.',
    example: `  other:
    kind: data
    source: customers.csv
    expect:
      - { column: tenure }`,
  },
  'reserved-column': {
    severity: 'error',
    title: 'A column with the name of an output',
    why: 'The served model calls its answers `prediction`, `probabilities` and `features`; a feature of that name could not be told from them, and a run stops there.',
    fix: 'Drop the column with `columns: {drop: […]}`, or rename it in the source.',
    example: `  other:
    kind: data
    source: { file: customers.csv, date-format: "%d.%m.%Y" }`,
  },
  'numbers-as-text': {
    severity: 'warning',
    title: 'Numbers that are read as text',
    why: 'All but a few of the values looked at are numbers, or all are, as people write them (`1,234.50`, `45 %`). Read as text, each of them is a category of its own: encoded, a feature each.',
    fix: 'Say which texts mean a missing value, or how numbers are written, beside the file: `source: {file: …, missing: ["", "n/a"]}`, `source: {file: …, decimal: ","}`. For a column that is text, say so in `columns.types`.',
    example: `  other:
    kind: data
    source: { file: customers.csv, missing: ["", "?"] }`,
  },
  'copied-rows': {
    severity: 'warning',
    title: 'Copies of rows in a random split',
    why: 'Of the first rows of the file (at most 5,000), one in a hundred or more equals an earlier one in every column, and their values are too different for that to be chance. A random split puts a row and its copy on different sides: the model is tested on what it learnt from.',
    fix: 'Drop them with `rows: [drop-duplicates]`, or split by what belongs together: `split: {group: COLUMN}`.',
    example: `  other:
    kind: data
    source: { file: customers.csv, skip-lines: 1 }`,
  },
  'expectation-broken': {
    severity: 'warning',
    title: 'An expectation that the data breaks',
    why: 'The beginning of the file, or all of it, has values that an expectation does not allow: a run would stop there, or warn with `severity: warn`. Nothing is said where steps under `rows` may take such rows away.',
    fix: 'Correct the data, drop the rows with a filter, or change what is expected; `allow` tolerates a share of the rows.',
    example: `  other:
    kind: data
    source: customers.csv
    expect:
      - { column: tenure, between: [0, 120] }`,
  },
  'unknown-metric': {
    severity: 'error',
    title: 'Unknown metric',
    why: 'There is no metric of this name.',
    fix: 'Correct the name.',
    example: `  exam:
    kind: evaluate
    candidates: [trees]
    metrics: [roc_auc]`,
  },
  'target-transform': {
    severity: 'error',
    title: 'A transform that does not suit the target',
    why: 'A transform is for the number that a regression predicts: classes have no logarithm, and the loss `poisson` takes the logarithm by itself.',
    fix: 'Remove `target-transform`, or what it does not go with.',
    example: `  other:
    kind: train
    data: customers
    model: linear
    target-transform: log`,
  },
  'target-out-of-range': {
    severity: 'warning',
    title: 'A target that the transform can’t take',
    why: 'There is no logarithm or root of a negative number: training would stop at such a row.',
    fix: 'Use `yeo-johnson`, which takes any number, or filter the rows that are mistakes.',
    example: `  ages:
    kind: data
    source: customers.csv
    target: { column: tenure, task: regression }
  other:
    kind: train
    data: ages
    model: linear
    target-transform: log`,
  },
  'target-skewed': {
    severity: 'hint',
    title: 'A target that is strongly skewed',
    why: 'Squared errors are those of the few largest values: the model is fitted to them, and is far off, in proportion, for the many small ones. It is said once for the models on the same data.',
    fix: 'Learn its logarithm, `target-transform: log`, or another transform; or say that it is meant so with `target-transform: none`.',
    example: `  bills:
    kind: data
    source: customers.csv
    target: { column: monthly_charges, task: regression }
  other:
    kind: train
    data: bills
    model: linear`,
  },
  'metric-task': {
    severity: 'error',
    title: 'A metric for another task',
    why: 'Errors in dollars mean nothing for classes, and accuracy nothing for numbers.',
    fix: 'Choose a metric that suits the task.',
    example: `  exam:
    kind: evaluate
    candidates: [trees]
    metrics: [rmse]`,
  },
  'metric-not-computed': {
    severity: 'warning',
    title: 'A metric that is not listed',
    why: 'The choice or the gate needs a metric that is not in the list `metrics`. It is computed for them, but the list says something else.',
    fix: 'Add it to `metrics`, or leave `metrics` out: all that suit the task are computed then.',
    example: `  exam:
    kind: evaluate
    candidates: [trees]
    metrics: [accuracy]
    require: { auc: { min: 0.8 } }`,
  },
  'gate-direction': {
    severity: 'warning',
    title: 'A gate in the wrong direction',
    why: 'The gate lets bad models pass and stops good ones.',
    fix: 'Use `min` for metrics of which more is better, `max` for errors.',
    example: `  exam:
    kind: evaluate
    candidates: [trees]
    require: { log-loss: { min: 0.4 } }`,
  },
  'tune-path': {
    severity: 'error',
    title: 'A search over a setting that does not exist',
    why: 'The space of `tune` names places in its own stage, such as `model.learning-rate`; items of lists are numbered from 0.',
    fix: 'Correct the place, or remove it.',
    example: `  other:
    kind: train
    data: customers
    model: boosted-trees
    tune:
      space:
        model.learn-rate: { log-uniform: [0.01, 0.3] }`,
  },
  'tune-value': {
    severity: 'error',
    title: 'A search over values that the setting does not take',
    why: 'Every value of the list, and both ends of the range, must be allowed where they are tried.',
    fix: 'Correct the value.',
    example: `  other:
    kind: train
    data: customers
    model: boosted-trees
    tune:
      space:
        model.learning-rate: { uniform: [0.1, 2] }`,
  },
  'tune-condition': {
    severity: 'error',
    title: 'A search that depends on what it does not vary',
    why: 'With `when` a setting is varied only for some values of another one of the space.',
    fix: 'Name a setting of the space, or remove the condition.',
    example: `  other:
    kind: train
    data: customers
    model: { kind: network, layers: [] }
    tune:
      space:
        training.optimizer.momentum: { uniform: [0, 0.9], when: { training.optimizer.kind: sgd } }`,
  },
  'layers-misfit': {
    severity: 'error',
    title: 'A layer that does not fit onto what comes before it',
    why: 'A layer takes a certain shape: `conv2d` an image, `lstm` steps in time, `reshape` as many values as there are. Said where columns and steps, or the last run, make certain how many features go in.',
    fix: 'Put the missing layer before it, such as `flatten` or `reshape`, or change its sizes.',
    example: `  numbers:
    kind: data
    source: customers.csv
    target: churn
    columns: { drop: [contract, signup] }
  other:
    kind: train
    data: numbers
    model: { kind: network, layers: [{ reshape: [2, 2] }] }`,
  },
  'device-unsuited': {
    severity: 'error',
    title: 'A device that can’t train this',
    why: 'TensorFlow.js trains networks that learn from data. A policy that learns by acting is trained by ONNX Runtime.',
    fix: 'Use `cpu`, `cuda`, `webgpu` or `auto`.',
    example: `  other:
    kind: train
    reinforcement: { environment: cart-pole }
    resources: { device: tensorflow-gpu }`,
  },
  'no-effect': {
    severity: 'warning',
    title: 'A setting without effect',
    why: 'The setting belongs to something else than what is chosen beside it.',
    fix: 'Remove it, or choose what it belongs to.',
    example: `  other:
    kind: train
    data: customers
    model: linear
    training: { epochs: 10 }`,
  },
} as const satisfies Record<string, CodeEntry>;

export type Code = keyof typeof CODES;

import assert from 'node:assert/strict';
import type { AnalyzeOptions, Code } from '../../../lifecycle/pipeline';
import { marked } from './context';

/** Checks that exactly the marked places are reported (hints aside), with these codes, in order. */
function says(
  codes: Code | readonly Code[],
  text: string,
  words: readonly string[] = [],
  more: { suggestion?: string | null; related?: number; options?: AnalyzeOptions } = {},
): void {
  const { found, places, analysis } = marked(text, more.options);
  const list = typeof codes === 'string' ? [codes] : codes;
  const shown = analysis.diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n');
  assert.deepEqual(
    found,
    list.map((code, i) => `${code} ${places[i] ?? ''}`),
    shown,
  );
  const first = analysis.diagnostics.find(({ code }) => code === list[0]);
  for (const word of words)
    assert.ok(first?.message.includes(word), `'${first?.message ?? ''}' does not say '${word}'`);
  if (more.suggestion !== undefined) assert.equal(first?.suggestion ?? null, more.suggestion);
  if (more.related !== undefined) assert.equal(first?.related?.length, more.related);
}

const stage = (kind: string, body: string): string => `  new:\n    kind: ${kind}\n${body}`;
const train = (body: string): string => stage('train', `    data: customers\n${body}`);
const data = (body: string): string => stage('data', `    source: customers.csv\n${body}`);
const file = (body: string): string => `lifecycle: 1\npipeline: x\n${body}`;

describe('what is wrong in a pipeline', () => {
  describe('in its YAML', () => {
    it('is a key twice', () =>
      says('duplicate-key', train('    model: linear\n    seed: 1\n    ⟦seed⟧: 2\n'), ['seed'], { related: 1 }));
    it('is one half-typed line beside stages that share an anchor, and nothing else', () => {
      const shared = `  a: &a\n    kind: train\n    data: customers\n    model: linear\n${Array.from({ length: 200 }, (_, i) => `  b${i}:\n    <<: *a\n    seed: ${i}\n`).join('')}`;
      says([], shared);
      says('incomplete-key', `${shared}  c:\n    <<: *a\n    ⟦res⟧\n`, ['res']);
    });
    it('is an alias without anchor', () =>
      says('unknown-alias', train('    model: linear\n    resources: ⟦*gpu⟧\n'), ['gpu']));
    it('is a half-typed key', () =>
      says(
        'incomplete-key',
        train('    model: linear\n    ⟦res⟧\n  next:\n    kind: package\n    model: trees\n    name: a\n'),
        ['res', 'resources'],
        { suggestion: 'resources:' },
      ));
    it('is a half-typed key in the middle', () => says('incomplete-key', train('    ⟦res⟧\n    model: linear\n')));
    it('is a half-typed stage', () =>
      says('incomplete-key', '  ⟦next⟧\n  b:\n    kind: package\n    model: trees\n    name: a\n'));
    it('is a half-typed key of the header', () =>
      says(
        'incomplete-key',
        'lifecycle: 1\npipeline: x\n⟦seed⟧\nstages:\n  a:\n    kind: data\n    source: customers.csv\n',
      ));
    it('is a format of a newer version, which no quick fix makes older', () => {
      const text = 'lifecycle: ⟦2⟧\npipeline: x\nstages:\n  a:\n    kind: data\n    source: customers.csv\n';
      says('bad-value', text, ['format 2', 'update ML Lifecycle']);
      assert.equal(marked(text).analysis.diagnostics.find(({ code }) => code === 'bad-value')?.suggestion, undefined);
    });
    it('is an open quote, and the rest is checked', () =>
      says(
        ['unclosed-quote', 'bad-value'],
        '  q:\n    kind: data\n    source: ⟦"data/x.csv⟧\n    target: churn\n  fit:\n    kind: train\n    data: customers\n    model: ⟦bad⟧\n',
      ));
    it('is an open bracket, and the rest is checked', () =>
      says(
        ['unclosed-bracket', 'bad-value'],
        stage('evaluate', '    candidates: ⟦[⟧trees\n    metrics: [auc]\n    choose: {metric: auc, on: ⟦test⟧}\n'),
      ));
    it('is an open brace in a list of steps', () =>
      says(
        ['unclosed-bracket', 'unknown-key'],
        data(
          '    features:\n      - fill: ⟦{⟧columns: [tenure], with: mean\n      - ⟦standardise⟧: {columns: numeric}\n',
        ),
      ));
    it('is a key with a space too few', () => says('bad-indent', train('    model: linear\n   ⟦seed⟧: 3\n'), ['4']));
    it('is a key with a space too many', () => says('bad-indent', train('    model: linear\n     ⟦seed⟧: 3\n'), ['4']));
    it('is a stage with a space too few', () =>
      says(
        'bad-indent',
        file(
          'stages:\n  a:\n    kind: data\n    source: customers.csv\n ⟦new⟧:\n    kind: data\n    source: customers.csv\n',
        ),
        ['2'],
      ));
    it('is a tab', () => says('bad-indent', '  new:\n⟦\t⟧kind: data\n', ['tab']));
    it('is a second document', () =>
      says(
        'several-documents',
        file('stages:\n  a:\n    kind: data\n    source: customers.csv\n⟦---⟧\nlifecycle: 1\n'),
      ));
    it('is a value with a colon', () => says('yaml-syntax', data('    description: ⟦a: b⟧\n'), ['quotes']));
    it('is a bad escape', () => says('yaml-syntax', data('    description: "a⟦\\q⟧"\n')));
    it('is a merge', () => {
      const { analysis } = marked(
        `<<<<<<< HEAD\n${train('    model: linear\n')}=======\n${train('    model: boosted-trees\n')}>>>>>>> b\n`.replace(
          '<<<<<<< HEAD\n  new',
          '  first:\n    kind: data\n    source: customers.csv\n<<<<<<< HEAD\n  new',
        ),
      );
      assert.deepEqual(analysis.diagnostics.filter(({ code }) => code === 'conflict-marker').length, 3);
      assert.deepEqual(
        analysis.stages.map(({ name }) => name),
        ['customers', 'trees', 'first', 'new', 'new'],
      );
    });
  });

  describe('against the schema', () => {
    it('is a misspelt key', () =>
      says('unknown-key', train('    model: linear\n    ⟦sead⟧: 5\n'), ['sead', 'seed', 'train'], {
        suggestion: 'seed',
      }));
    it('is a misspelt required key, once', () =>
      says('unknown-key', train('    ⟦modle⟧: linear\n'), [], { suggestion: 'model' }));
    it('is a key at the wrong level', () =>
      says('unknown-key', train('    model: linear\n    ⟦epochs⟧: 5\n'), ['training']));
    it('is a misspelt kind, once', () =>
      says('unknown-kind', stage('⟦trian⟧', '    data: customers\n    model: linear\n'), ['trian', 'train'], {
        suggestion: 'train',
      }));
    it('is a missing kind', () => says('missing-key', '  ⟦new⟧:\n    source: a.csv\n', ['kind']));
    it('is a wrong word', () =>
      says(
        'bad-value',
        train('    model: {kind: network, layers: [{dense: {units: 2, activation: ⟦rellu⟧}}]}\n'),
        ['relu'],
        { suggestion: 'relu' },
      ));
    it('is a missing key, at the name of the stage', () =>
      says('missing-key', '  ⟦new⟧:\n    kind: train\n    model: linear\n', ['data', 'train']));
    it('is neither model nor command', () =>
      says('missing-key', '  ⟦new⟧:\n    kind: train\n    data: customers\n', ['`model` or `command`']));
    it('is both model and command', () =>
      says('two-alternatives', train('    model: linear\n    ⟦command⟧: [a]\n'), [], { related: 1 }));
    it('is a text for a number', () =>
      says('wrong-type', train('    model: {kind: boosted-trees, trees: ⟦"ten"⟧}\n'), ['whole number', 'trees']));
    it('is a number in quotes', () =>
      says('wrong-type', train('    model: {kind: boosted-trees, trees: ⟦"10"⟧}\n'), [], { suggestion: '10' }));
    it('is a fraction for a whole number', () =>
      says('wrong-type', train('    model: {kind: boosted-trees, trees: ⟦1.5⟧}\n'), ['whole number']));
    it('is yes for true', () =>
      says(
        'wrong-type',
        data('').replace('source: customers.csv', 'source: {file: customers.csv, header: ⟦yes⟧}'),
        [],
        { suggestion: 'true' },
      ));
    it('is a word for a list', () =>
      says('wrong-type', stage('evaluate', '    candidates: ⟦trees⟧\n'), ['list'], { suggestion: '[trees]' }));
    it('is a number out of range, in nested unions', () =>
      says('out-of-range', train('    model: {kind: network, layers: [{dropout: ⟦1.5⟧}]}\n'), [
        '1.5',
        'less than 1',
        'dropout',
      ]));
    it('is a layer that does not exist', () =>
      says('unknown-key', train('    model: {kind: network, layers: [{⟦dens⟧: {units: 3}}]}\n'), [], {
        suggestion: 'dense',
      }));
    it('is a step with two keys', () =>
      says(
        'two-alternatives',
        data('    features:\n      - standardize: {columns: numeric}\n        ⟦one-hot⟧: {columns: text}\n'),
        ['item of its own'],
      ));
    it('is a step without settings', () =>
      says('wrong-type', data('    features:\n      - ⟦standardize⟧\n'), ['`standardize: {columns: …}`']));
    it('is a bad name', () =>
      says('bad-format', stage('package', '    model: trees\n    name: ⟦my model⟧\n'), ['letter'], {
        suggestion: 'my-model',
      }));
    it('is a bad stage name', () =>
      says('bad-format', '  ⟦my stage⟧:\n    kind: data\n    source: customers.csv\n', [], { suggestion: 'my-stage' }));
    it('is a list too short', () =>
      says('wrong-length', data('    features:\n      - clip: {columns: [tenure], range: ⟦[1]⟧}\n'), ['exactly 2']));
    it('is an empty value', () => says('missing-value', train('    ⟦model⟧:\n'), ['model']));
    it('is in one branch of a union only', () =>
      says(
        'unknown-key',
        data('').replace('source: customers.csv', 'source: {file: customers.csv, ⟦delimeter⟧: ";"}'),
        [],
        { suggestion: 'delimiter' },
      ));
    it('is at the anchor, not at each alias', () =>
      says(
        'bad-value',
        '  base: &base\n    kind: data\n    source: {file: customers.csv, format: ⟦cvs⟧}\n  other: *base\n',
        [],
        { suggestion: 'csv' },
      ));
    it('is the kind of a model', () =>
      says('unknown-kind', train('    model: {kind: ⟦xgboost⟧}\n'), ['boosted-trees']));
    it('is a version to come', () =>
      says(
        'bad-value',
        'lifecycle: ⟦2⟧\npipeline: x\nstages:\n  a:\n    kind: data\n    source: customers.csv\n',
        ['format 2', 'update ML Lifecycle'],
        // A fix that makes the file older would hide from the reader what it says.
        { suggestion: null },
      ));
    it('is a list of stages', () => says('wrong-type', file('⟦stages⟧:\n  - a\n'), ['map']));
    it('is nothing under stages', () => says('missing-value', file('⟦stages⟧:\n')));
    it('is no stages', () => says('missing-key', '⟦lifecycle: 1⟧\npipeline: x\n', ['stages']));
  });

  describe('in flow maps, CRLF, BOM and Unicode', () => {
    it('has the exact range after astral characters', () =>
      says('bad-value', '  fit: {kind: train, description: "😀 Größe 模型", data: customers, model: ⟦bad⟧}\n'));
    it('has a range without CR', () => says('bad-value', train('    model: ⟦bad⟧\n').replaceAll('\n', '\r\n')));
    it('has a range after a BOM', () =>
      says('unknown-key', '\ufeff⟦pipelin⟧: x\nlifecycle: 1\nstages: {s: {kind: data, source: customers.csv}}\n', [], {
        suggestion: 'pipeline',
      }));
    it('is found in a whole pipeline in one flow map', () =>
      says(
        'bad-value',
        '{lifecycle: 1, pipeline: x, stages: {s: {kind: data, source: {file: customers.csv, format: ⟦cvs⟧}}}}',
      ));
    it('is found under quoted keys', () =>
      says(
        'unknown-stage',
        '"lifecycle": 1\n"pipeline": x\n"stages":\n  "a":\n    "kind": "package"\n    "model": "⟦tres⟧"\n    "name": "a"\n',
      ));
    it('is not seen in a description that looks like stages', () =>
      says(
        [],
        file(
          'description: |\n  stages:\n    x:\n      kind: nonsense\nstages:\n  a:\n    kind: data\n    source: customers.csv\n    description: |\n      b:\n        kind: nonsense\n',
        ),
      ));
  });

  describe('in references', () => {
    it('is an unknown stage', () =>
      says('unknown-stage', stage('train', '    data: ⟦custmers⟧\n    model: linear\n'), ['customers'], {
        suggestion: 'customers',
      }));
    it('is an unknown stage, and a split that is empty in the stage that was meant', () => {
      const chain = (split: string) =>
        `  rows:\n    kind: data\n    source: customers.csv\n    target: churn\n    split: ${split}\n` +
        '  fit:\n    kind: train\n    data: ⟦rowss⟧\n    model: linear\n' +
        '  exam:\n    kind: evaluate\n    candidates: [fit]\n    metrics: [auc]\n';
      const empty = '{train: 0.8, validation: 0.2, test: 0}';
      says(['unknown-stage', 'missing-split'], `${chain(empty)}    ⟦require⟧: {auc: {min: 0.8}}\n`);
      says('unknown-stage', `${chain('{train: 0.7, validation: 0.15, test: 0.15}')}    require: {auc: {min: 0.8}}\n`);
      says('unknown-stage', `${chain(empty).replace('rowss', 'somewhere')}    require: {auc: {min: 0.8}}\n`);
    });
    it('is a stage of the wrong kind', () =>
      says('wrong-stage-kind', stage('deploy', '    package: ⟦trees⟧\n    target: local\n'), ['train', 'package'], {
        related: 1,
      }));
    it('is an unknown output, at the output', () =>
      says(
        'unknown-output',
        stage('evaluate', '    candidates: [trees]\n') +
          '  b:\n    kind: package\n    model: new.⟦bset⟧\n    name: x\n',
        ['best'],
        { suggestion: 'best' },
      ));
    it('is an output in quotes', () =>
      says(
        'unknown-output',
        stage('evaluate', '    candidates: [trees]\n') +
          '  b:\n    kind: package\n    model: "new.⟦bset⟧"\n    name: x\n',
      ));
    it('is a missing output', () =>
      says(
        'missing-output',
        stage('evaluate', '    candidates: [trees]\n') + '  b:\n    kind: package\n    model: ⟦new⟧\n    name: x\n',
        [],
        { suggestion: 'new.best' },
      ));
    it('is a stage itself', () => says('self-reference', stage('optimize', '    model: ⟦new⟧\n    quantize: int8\n')));
    it('is a circle, with every edge', () =>
      says(
        'cycle',
        '  a: {kind: optimize, model: ⟦b⟧, quantize: int8}\n  b: {kind: optimize, model: c, quantize: int8}\n  c: {kind: optimize, model: a, quantize: int8}\n',
        ['a → b → c → a'],
        { related: 2 },
      ));
    it('is a name twice', () =>
      says('duplicate-stage', '  ⟦customers⟧:\n    kind: data\n    source: customers.csv\n', ['customers'], {
        related: 1,
      }));
    it('is an error in the second of two with one name', () =>
      says(
        ['duplicate-stage', 'bad-value'],
        '  ⟦customers⟧:\n    kind: data\n    source: {file: customers.csv, format: ⟦cvs⟧}\n',
      ));
    it('is a data stage without target', () =>
      says(
        'missing-target',
        '  plain:\n    kind: data\n    source: customers.csv\n' +
          stage('train', '    data: ⟦plain⟧\n    model: linear\n'),
        ['target'],
        { related: 1 },
      ));
  });

  describe('in files and targets', () => {
    it('is a missing file', () =>
      says('file-missing', stage('data', '    source: ⟦custmers.csv⟧\n'), [], { suggestion: 'customers.csv' }));
    it('is a pattern that matches nothing', () =>
      says('file-missing', stage('data', '    source: {file: [customers.csv, ⟦"*.parquet"⟧]}\n'), ['matches']));
    it('is not a pattern that matches', () => says([], stage('data', '    source: "*.csv"\n')));
    it('is an unknown target', () =>
      says(
        'unknown-target',
        stage('package', '    model: trees\n    name: a\n') + '  live: {kind: deploy, package: new, target: ⟦scor⟧}\n',
        [],
        { suggestion: 'score' },
      ));
    it('is nothing when nobody knows', () =>
      says([], stage('data', '    source: nowhere.csv\n'), [], {
        options: {
          files: { exists: () => undefined, read: () => undefined, list: () => undefined, match: () => undefined },
        },
      }));
  });

  describe('in parameters', () => {
    const withParameters = (body: string): string =>
      file(
        `parameters: {rate: 0.1, name: a, trees: 30}\nstages:\n  customers: {kind: data, source: customers.csv, target: churn}\n${body}`,
      );
    it('is an unknown one, at its place', () =>
      says(
        'unknown-parameter',
        withParameters(
          '  t: {kind: train, data: customers, model: {kind: boosted-trees, learning-rate: "⟦${rte}⟧"}}\n',
        ),
        [],
        { suggestion: '${rate}' },
      ));
    it('is one of the wrong type', () =>
      says(
        'wrong-type',
        withParameters('  t: {kind: train, data: customers, model: {kind: boosted-trees, trees: ⟦"${name}"⟧}}\n'),
        ['whole number'],
      ));
    it('is one out of range', () =>
      says(
        'out-of-range',
        withParameters(
          '  t: {kind: train, data: customers, model: {kind: boosted-trees, learning-rate: ⟦"${trees}"⟧}}\n',
        ),
      ));
    it('is one without quotes in a flow map', () =>
      says(
        'unquoted-parameter',
        withParameters(
          '  t:\n    kind: train\n    data: customers\n    model: { kind: boosted-trees, trees: ⟦${trees}⟧ }\n',
        ),
        ['quotes'],
      ));
    it('is one in an expression, whose places stay right', () =>
      says(
        'expression-syntax',
        withParameters(
          '  d:\n    kind: data\n    source: customers.csv\n    rows:\n      - filter: "tenure > ${trees} ⟦&&⟧ tenure < 9"\n',
        ),
      ));
    it('is a value for one that does not exist', () =>
      says(
        'unknown-parameter',
        file('⟦parameters⟧: {rate: 0.1}\nstages:\n  customers: {kind: data, source: customers.csv}\n'),
        ['rte'],
        { options: { overrides: { parameters: { rte: 1 } } } },
      ));
    it('is an environment that changes one that does not exist', () =>
      says(
        'unknown-parameter',
        file(
          'parameters: {rate: 1}\nenvironments: {prod: {parameters: {⟦rte⟧: 2}}}\nstages:\n  customers: {kind: data, source: customers.csv}\n',
        ),
      ));
    it('is an environment for a stage that does not exist', () =>
      says(
        'unknown-stage',
        file(
          'environments: {prod: {targets: {⟦live⟧: local}}}\nstages:\n  customers: {kind: data, source: customers.csv}\n',
        ),
      ));
    it('is an unknown environment', () =>
      says(
        'unknown-environment',
        file('⟦environments⟧: {production: {}}\nstages:\n  customers: {kind: data, source: customers.csv}\n'),
        ['production'],
        { options: { overrides: { environment: 'prodction' } } },
      ));
    it('is not an escaped one', () =>
      says([], withParameters('  d:\n    kind: data\n    description: "costs $${x}"\n    source: customers.csv\n')));
  });

  describe('in expressions', () => {
    const filter = (text: string): string => data(`    rows:\n      - filter: ${text}\n`);
    it('is a sign of another language', () => says('expression-syntax', filter('tenure > 3 ⟦&&⟧ tenure < 9'), ['and']));
    it('is found behind escapes', () => says('expression-syntax', filter('"contract = \\"a\\" ⟦&&⟧ tenure > 1"')));
    it('is found behind doubled quotes', () => says('expression-syntax', filter("'contract = ''a'' ⟦&&⟧ tenure > 1'")));
    it('is found in a folded block', () =>
      says('expression-syntax', filter('>-\n          tenure > 1\n          ⟦&&⟧ tenure < 9')));
    it('is found in a literal block', () =>
      says('expression-syntax', filter('|\n          tenure > 1\n            ⟦&&⟧ tenure < 9')));
    it('is a number for a condition', () => says('expression-type', filter('⟦tenure + 1⟧'), ['boolean']));
    it('is a column that is spelt in another way, or only begun', () => {
      for (const name of ['MonthlyCharges', 'monthly'])
        says('unknown-column', data(`    features:\n      - standardize: {columns: [⟦${name}⟧]}\n`), ['Did you mean'], {
          suggestion: 'monthly_charges',
        });
    });
    it('is an unknown column', () => says('unknown-column', filter('⟦tenur⟧ > 1'), [], { suggestion: 'tenure' }));
    it('is a comparison of unlike types', () => says('expression-type', filter("tenure = ⟦'3'⟧")));
    it('is what a served model can not compute', () =>
      says('expression-not-served', data('    features:\n      - derive: {n: ⟦length⟧(contract)}\n'), ['served']));
    it('is a wrong name in the condition of retraining', () =>
      says(
        'unknown-column',
        stage('package', '    model: trees\n    name: a\n') +
          '  live: {kind: deploy, package: new, target: local}\n  watch:\n    kind: monitor\n    deployment: live\n    reference: customers.train\n    retrain: {when: ⟦drift.shar⟧ > 0.3}\n',
        [],
        { suggestion: 'drift.share' },
      ));
    it('is a monitor of nothing', () =>
      says('missing-key', '  ⟦watch⟧:\n    kind: monitor\n    reference: customers.train\n', ['`source`']));
    it('is what retraining can not do for a model that is served elsewhere', () =>
      says(
        'no-effect',
        '  watch:\n    kind: monitor\n    reference: customers.train\n    source: {files: "customers.csv", time: at}\n    retrain: {when: drift.share > 0.3, ⟦approve⟧: auto}\n',
      ));
  });

  describe('about columns', () => {
    it('is an unknown target', () =>
      says('unknown-column', data('    target: ⟦chrun⟧\n'), [], { suggestion: 'churn' }));
    it('is a group of columns with a slip', () =>
      says('unknown-column', data('    features:\n      - one-hot: {columns: ⟦tex⟧}\n'), ['Did you mean `text`?'], {
        suggestion: 'text',
      }));
    it('is an unknown column in every place', () =>
      says(
        [
          'unknown-column',
          'unknown-column',
          'unknown-column',
          'unknown-column',
          'unknown-column',
          'unknown-column',
          'unknown-column',
        ],
        data(
          '    columns: {id: ⟦i⟧, drop: [⟦nothing⟧], types: {⟦tenur⟧: text}}\n    rows: [{drop-missing: {columns: [⟦x⟧]}}]\n    split: {stratify: ⟦chrn⟧}\n    features: [{fill: {columns: [⟦tenur⟧], with: mean}}]\n    expect: [{column: ⟦contrct⟧, not-null: true}]\n',
        ),
      ));
    it('is not one derived before', () =>
      says(
        [],
        data(
          '    features:\n      - derive: {a: tenure + 1, b: a * 2}\n      - standardize: {columns: [a, b, tenure]}\n',
        ),
      ));
    it('is one derived later', () =>
      says(
        'unknown-column',
        data('    features:\n      - standardize: {columns: [⟦doubled⟧]}\n      - derive: {doubled: tenure * 2}\n'),
      ));
    it('is not one that one-hot or a missing indicator makes', () =>
      says(
        [],
        data(
          '    features:\n      - one-hot: {columns: [contract]}\n      - missing-indicator: {columns: [tenure]}\n      - drop: {columns: [tenure_missing, contract_Two]}\n',
        ),
      ));
    it('is text where numbers are needed', () =>
      says('column-type', data('    features:\n      - fill: {columns: [⟦contract⟧], with: median}\n'), ['mode']));
    it('is a number where texts are read', () =>
      says('column-type', data('    features:\n      - bag-of-words: {columns: [⟦tenure⟧]}\n'), ['reads texts']));
    it('is text that two steps read, each in its way', () =>
      says(
        [],
        data('    features:\n      - bag-of-words: {columns: contract}\n      - tokenize: {columns: contract}\n'),
      ));
    it('is a group of columns that holds text where numbers are needed', () =>
      says('column-type', data('    features:\n      - standardize: {columns: ⟦all⟧}\n'), ['numeric'], {
        suggestion: 'numeric',
      }));
    it('is a number to fill a text with', () =>
      says('column-type', data('    features:\n      - fill: {columns: [contract], with: {value: ⟦0⟧}}\n'), [], {
        suggestion: '"0"',
      }));
    it('is not a fitting value', () =>
      says(
        [],
        data(
          '    features:\n      - fill: {columns: [tenure, senior], with: {value: 0}}\n      - fill: {columns: text, with: {value: none}}\n',
        ),
      ));
    it('is a group in a list', () =>
      says('unknown-column', data('    features:\n      - standardize: {columns: [⟦numeric⟧]}\n'), [
        'columns: numeric',
      ]));
    it('is the target among the features', () =>
      says(
        'target-in-features',
        data('    target: churn\n    features:\n      - one-hot: {columns: [contract, ⟦churn⟧]}\n'),
        [],
        { related: 1 },
      ));
    it('is the target in a derived feature', () =>
      says(
        'target-in-features',
        data('    target: churn\n    features:\n      - derive: {x: "if(⟦churn⟧ = \'Yes\', 1, 0)"}\n'),
      ));
    it('is a feature step on an id', () =>
      says(
        'not-a-feature',
        data('    columns: {id: tenure}\n    features:\n      - standardize: {columns: [⟦tenure⟧]}\n'),
        ['an id'],
      ));
    it('is a feature step on what was encoded', () =>
      says(
        'not-a-feature',
        data('    features:\n      - one-hot: {columns: text}\n      - ordinal: {columns: [⟦contract⟧]}\n'),
        ['one-hot'],
      ));
    it('is a dropped column', () =>
      says('column-dropped', data('    columns: {drop: [tenure]}\n    rows:\n      - filter: ⟦tenure⟧ > 1\n')));
    it('is an unknown protected attribute', () =>
      says(
        'unknown-column',
        stage('evaluate', '    candidates: [trees]\n    fairness: {attributes: [⟦senio⟧]}\n'),
        ['customers'],
        { suggestion: 'senior' },
      ));
    it('is nothing when the columns are not known', () =>
      says([], data('    target: nonsense\n'), [], { options: { columns: () => undefined } }));
  });

  describe('about metrics', () => {
    const exam = (body: string): string => stage('evaluate', `    candidates: [trees]\n${body}`);
    it('is an unknown one', () =>
      says('unknown-metric', exam('    metrics: [⟦acuracy⟧]\n'), [], { suggestion: 'accuracy' }));
    it('is a name that others use', () =>
      says('unknown-metric', exam('    metrics: [⟦roc_auc⟧]\n'), [], { suggestion: 'auc' }));
    it('is an unknown one, or one for another task, to explain by', () => {
      says('unknown-metric', exam('    explain: {metric: ⟦acuracy⟧}\n'), [], { suggestion: 'accuracy' });
      says('metric-task', exam('    explain: {metric: ⟦rmse⟧}\n'), ['regression']);
    });
    it('is one for another task', () => says('metric-task', exam('    metrics: [accuracy, ⟦rmse⟧]\n'), ['regression']));
    it('is a gate on one that is not computed', () =>
      says('metric-not-computed', exam('    metrics: [accuracy]\n    require: {⟦auc⟧: {min: 0.8}}\n'), [], {
        related: 1,
      }));
    it('is a percentage', () =>
      says('out-of-range', exam('    require: {auc: {min: ⟦82⟧}}\n'), ['0.82'], { suggestion: '0.82' }));
    it('is a gate in the wrong direction', () =>
      says('gate-direction', exam('    require: {log-loss: {⟦min⟧: 0.4}}\n'), ['max']));
    it('is an unknown one in an optimize stage', () =>
      says(
        'unknown-metric',
        stage('optimize', '    model: exam.best\n    quantize: int8\n    require: {⟦acc⟧: {drop-at-most: 0.1}}\n') +
          '  exam:\n    kind: evaluate\n    candidates: [trees]\n',
        [],
        { suggestion: 'accuracy' },
      ));
  });

  describe('about a transform of the target', () => {
    it('is that it is of classes, of a negative target, or beside a loss that is one', () => {
      says('target-transform', train('    model: linear\n    ⟦target-transform⟧: log\n'), ['classes', '`customers`'], {
        related: 1,
      });
      const ages =
        '  ages:\n    kind: data\n    source: customers.csv\n    target: {column: tenure, task: regression}\n';
      const fit = (model: string, transform: string): string =>
        `${ages}  fit:\n    kind: train\n    data: ages\n    model: ${model}\n    ${transform}\n`;
      says('target-out-of-range', fit('linear', 'target-transform: ⟦sqrt⟧'), ['`tenure` is -1', 'filter'], {
        suggestion: 'yeo-johnson',
        related: 1,
      });
      says([], fit('linear', 'target-transform: yeo-johnson'));
      says([], fit('linear', 'target-transform: none'));
      says(
        'target-transform',
        fit('{kind: boosted-trees, loss: poisson}', '⟦target-transform⟧: yeo-johnson'),
        ['poisson'],
        {
          related: 1,
        },
      );
      says(
        'no-effect',
        stage('train', '    data: customers\n    command: [python3, train.py]\n    ⟦target-transform⟧: log\n'),
      );
    });
  });
  describe('about settings for networks', () => {
    it('is where another model has them, but for the memory that rows may take', () => {
      const forest = (training: string): string => train(`    model: random-forest\n    ${training}\n`);
      says('no-effect', forest('⟦training⟧: {epochs: 3}'), ['random-forest']);
      says('no-effect', forest('training: {memory: 0.5, ⟦epochs⟧: 3}'), ['`epochs`']);
      says([], forest('training: {memory: 0.5}'));
    });
  });
  describe('about a device', () => {
    it('is that a policy is trained by TensorFlow.js', () =>
      says(
        'device-unsuited',
        '  new:\n    kind: train\n    reinforcement: {environment: cart-pole}\n    resources: {device: ⟦tensorflow-gpu⟧}\n',
        ['policy', '`cuda`'],
        { suggestion: 'cpu' },
      ));
  });
  describe('about trees to be optimised', () => {
    const small = (body: string): string => stage('optimize', `    model: trees\n${body}`);
    it('is that they are pruned', () =>
      says('model-not-prunable', small('    ⟦prune⟧: {sparsity: 0.5}\n'), ['boosted-trees', 'distil'], { related: 1 }));
    it('is that they are quantised', () =>
      says('no-effect', small('    ⟦quantize⟧: float16\n'), ['quantize', 'boosted-trees'], { related: 1 }));
    it('is that an engine for a GPU is built of them', () =>
      says('no-effect', small('    ⟦tensorrt⟧: {rows: 8}\n'), ['tensorrt', 'boosted-trees'], { related: 1 }));
    it('is that trees that learnt from a network are pruned', () =>
      says(
        'model-not-prunable',
        '  net: {kind: train, data: customers, model: {kind: network, layers: [{dense: {units: 4}}]}}\n' +
          '  few: {kind: optimize, model: net, distil: {into: {kind: boosted-trees, trees: 5}}}\n' +
          '  new: {kind: optimize, model: few, ⟦prune⟧: {sparsity: 0.5}}\n',
      ));
    it('is nothing when others learn from them', () =>
      says(
        [],
        small('    distil: {into: {kind: network, layers: [{dense: {units: 4}}]}}\n') +
          '  fewer: {kind: optimize, model: new, prune: {sparsity: 0.5}}\n',
      ));
  });
});

describe('what the data contradicts', () => {
  const columns = [
    {
      name: 'age',
      type: 'number' as const,
      min: 18,
      max: 90,
      missing: 3,
      distinct: 50,
      values: [{ value: 30, count: 2 }],
      rows: 100,
    },
    {
      name: 'plan',
      type: 'text' as const,
      missing: 0,
      distinct: 2,
      values: [
        { value: 'free', count: 98 },
        { value: 'pro', count: 2 },
      ],
      rows: 100,
    },
    {
      name: 'price',
      type: 'number' as const,
      min: 0.5,
      max: 99.5,
      missing: 0,
      distinct: 99,
      values: [
        { value: 0.5, count: 2 },
        { value: 1.5, count: 1 },
      ],
      rows: 100,
    },
    {
      name: 'churn',
      type: 'number' as const,
      min: 0,
      max: 1,
      missing: 0,
      distinct: 2,
      values: [
        { value: 0, count: 60 },
        { value: 1, count: 40 },
      ],
      rows: 100,
    },
  ];
  const options = { columns: () => columns };
  const expects = (rule: string, words?: readonly string[], suggestion?: string): void => {
    const text = data(`    expect:\n      - ${rule}\n`);
    if (words) says('expectation-broken', text, words, { options, ...(suggestion !== undefined && { suggestion }) });
    else says([], text, [], { options });
  };
  it('is a bound', () => {
    expects('{ column: age, between: [0, ⟦80⟧] }', ['`age` goes up to 90'], '90');
    expects('{ column: age, between: [⟦20⟧, null] }', ['`age` goes down to 18'], '18');
    expects('{ column: age, between: [18, 90] }');
  });
  it('is a list of values, unless the share of others is tolerated', () => {
    expects('{ column: plan, in: ⟦[free]⟧ }', ['`plan` also has `pro` (2 of 100 rows)'], 'pro');
    expects('{ column: churn, in: ["0", 1] }');
    expects('{ column: churn, in: ⟦[0, 2]⟧ }', ['`1`']);
    expects('{ column: plan, in: [free], allow: 0.02 }');
    expects('{ column: plan, in: ⟦[free]⟧, allow: 0.01 }', ['`pro`']);
    expects('{ column: age, between: [0, 80], allow: 0.5 }');
  });
  it('is that nothing is missing or twice, a type, a number of rows', () => {
    expects('{ column: age, ⟦not-null⟧: true }', ['missing values (3 of 100 rows)']);
    expects('{ column: plan, not-null: true }');
    expects('{ column: plan, ⟦unique⟧: true }', ['`free` 98 times']);
    expects('{ column: plan, type: ⟦number⟧ }', ['`plan` is text']);
    expects('{ column: plan, type: text }');
    expects('{ rows: { min: ⟦1000⟧ } }', ['there are 100 rows'], '100');
    expects('{ rows: { min: 10, max: 100 } }');
  });
  it('is told as information where the run would only warn', () => {
    const { analysis } = marked(data('    expect: [{ column: age, not-null: true, severity: warn }]\n'), options);
    assert.deepEqual(
      analysis.diagnostics.filter(({ code }) => code === 'expectation-broken').map(({ severity }) => severity),
      ['information'],
    );
  });
  it('is not said where steps may take the rows away, nor of a type that is stated otherwise', () => {
    says([], data('    rows: [{ filter: age > 20 }]\n    expect: [{ column: age, between: [20, 90] }]\n'), [], {
      options,
    });
    says([], data('    columns: { types: { plan: boolean } }\n    expect: [{ column: plan, in: [free] }]\n'), [], {
      options,
    });
  });
  it('is a split stratified by a continuous column', () => {
    says('stratify-continuous', data('    split: { stratify: ⟦price⟧ }\n'), ['99 different values'], { options });
    says([], data('    split: { stratify: churn }\n'), [], { options });
    says([], data('    split: { stratify: age }\n'), [], { options });
  });
});

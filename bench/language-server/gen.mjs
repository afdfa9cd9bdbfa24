// A long valid pipeline of about so many lines; deterministic. node gen.mjs LINES > file
import { fileURLToPath } from 'node:url';

export function gen(lines) {
  let state = 12345;
  const random = (n) => (state = (state * 1103515245 + 12345) & 0x7fffffff) % n;
  const columns = ['age', 'income', 'tenure', 'country', 'plan', 'fee', 'visits', 'score'];
  const some = (n) => {
    const rest = [...columns];
    return Array.from({ length: n }, () => rest.splice(random(rest.length), 1)[0]);
  };
  const out = [
    '# Generated',
    'lifecycle: 1',
    'pipeline: generated',
    'description: Many small pipelines in one.',
    'parameters:',
    '  rate: 0.001',
    'stages:',
  ];
  for (let i = 0; out.length < lines - 60; i++) {
    out.push(
      `  data_${i}:`,
      '    kind: data',
      '    source: data/raw.csv',
      '    target: {column: churned, positive: "1"}',
      '    columns:',
      '      sensitive: [country]',
      '    rows:',
      '      - drop-duplicates',
      `      - filter: "tenure >= ${random(5)} and plan = 'pro'"`,
      '    split: {train: 0.7, validation: 0.15, test: 0.15, stratify: churned}',
      '    features:',
      `      - fill: {columns: [${['age', 'income'].join(', ')}], with: median}`,
      '      - derive:',
      '          per_month: "income / max(tenure, 1)"',
      '      - standardize: {columns: numeric}',
      '      - one-hot:',
      '          columns: text',
      '    expect:',
      `      - {column: ${some(1)[0] === 'age' ? 'age' : 'income'}, not-null: true}`,
      `  linear_${i}:  # baseline`,
      '    kind: train',
      `    data: data_${i}`,
      '    model: linear',
      `  trees_${i}:`,
      '    kind: train',
      `    data: data_${i}`,
      `    model: {kind: boosted-trees, trees: ${random(300) + 1}, leaves: 31}`,
      `  net_${i}:`,
      '    kind: train',
      `    description: "Network of group ${i}"`,
      `    data: data_${i}`,
      '    model:',
      '      kind: network',
      '      layers:',
      `        - dense: {units: ${random(256) + 1}, activation: relu}`,
      '        - dropout: 0.2',
      '    training:',
      '      optimizer: {kind: adam, learning-rate: "${rate}"}',
      `      epochs: ${random(50) + 1}`,
      '      batch-size: 256',
      `  exam_${i}:`,
      '    kind: evaluate',
      `    candidates: [linear_${i}, trees_${i}, net_${i}]`,
      '    metrics: [accuracy, f1, auc]',
      '    choose: {metric: auc, on: validation}',
      '    require: {auc: {min: 0.6}}',
      `  bundle_${i}:`,
      '    kind: package',
      `    model: exam_${i}.best`,
      `    name: model-${i}`,
      '',
    );
  }
  while (out.length < lines) out.push('# end');
  return `${out.join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(gen(Number(process.argv[2] ?? 200)));

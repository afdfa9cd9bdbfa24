import type { ModelInfo } from '../../schemas/generated/types';
import type { ModelInput } from '../onnx/rows';
import type { ExampleRequest } from '../store/bundle';
import { ENGINE_FILES } from '../store/engine-files';
import type { BundleSource } from './bundle';
import { dataParts } from './card-data';
import { code, number, table } from './card-parts';
import type { MeasuredBy } from './contents';

/** Writes the model card: what the model predicts, from what, trained on what, how well, and how to ask it. Holds no time, run or release. */
export function modelCard(
  source: BundleSource,
  info: ModelInfo,
  example: ExampleRequest,
  { engine = false }: { readonly engine?: boolean } = {},
): string {
  const { metrics } = source;
  const parts: string[] = [`# ${source.name}`];
  if (source.description !== undefined) parts.push(source.description);
  parts.push(
    `A ${info.kind} model (${info.task})${info.target === undefined ? '' : ` that predicts ${code(info.target)}`} from ${info.inputs.length} columns.` +
      (info.parameters === undefined ? '' : ` It has ${info.parameters.toLocaleString('en')} learnt parameters.`),
  );
  if (info.classes)
    parts.push(
      `Classes: ${info.classes.map((value) => code(String(value))).join(', ')}.` +
        (info.task === 'binary'
          ? ` The second counts as positive from a probability of ${info.threshold ?? 0.5} on.`
          : ''),
    );
  parts.push('## Inputs', table(['Column', 'Type', 'Missing', 'Seen in training'], info.inputs.map(inputRow)));
  parts.push(...dataParts(source.data ?? []));
  if (metrics.evaluation === undefined && Object.keys(metrics.metrics).length > 0)
    parts.push(
      '## Measured',
      table(
        ['Metric', 'Value'],
        Object.entries(metrics.metrics).map(([name, value]) => [name, number(value)]),
      ),
    );
  if (metrics.evaluation) parts.push('## Measured', ...measured(metrics.evaluation));
  if (metrics.before) parts.push('## Measured before it was optimised', ...measured(metrics.before));
  if (info.importance?.length)
    parts.push(
      '## What it looks at most',
      table(
        ['Feature', 'Importance'],
        info.importance.slice(0, 10).map(({ feature, importance }) => [feature, number(importance)]),
      ),
    );
  parts.push(
    '## How to ask it',
    `The model server answers \`POST /v2/models/${source.name}/infer\` (Open Inference Protocol) with \`example.json\` as the body, and \`POST /predict\` with rows:`,
    `\`\`\`json\n${JSON.stringify({ rows: [Object.fromEntries(example.inputs.map(({ name, data }) => [name, data[0]]))] })}\n\`\`\``,
    'Values outside of what was seen in training are answered too, but nothing is known of how well.',
  );
  if (engine)
    parts.push(
      '## On an NVIDIA GPU',
      `\`${ENGINE_FILES.engine}\` is the same model as an engine of TensorRT; \`${ENGINE_FILES.about}\` says for which GPU and version, and what it takes. Everything of ML Lifecycle runs \`model.onnx\`.`,
    );
  return parts.join('\n\n') + '\n';
}

function measured({ splits, gates, fairness }: MeasuredBy): string[] {
  const parts: string[] = [];
  for (const [split, { rows, metrics, intervals }] of Object.entries(splits))
    parts.push(
      `On ${rows.toLocaleString('en')} rows of the ${split} split:`,
      table(
        ['Metric', 'Value', '95 % interval'],
        Object.entries(metrics).map(([name, value]) => {
          const interval = intervals?.[name];
          return [name, number(value), interval ? `${number(interval[0])} … ${number(interval[1])}` : ''];
        }),
      ),
    );
  if (gates.length > 0)
    parts.push(
      'What was required:',
      table(
        ['Metric', 'Bound', 'Value', 'Holds'],
        gates.map(({ metric, bound, value, passed }) => [
          metric,
          bound,
          value === null ? '' : number(value),
          passed ? 'yes' : 'no',
        ]),
      ),
    );
  for (const report of fairness ?? []) {
    const names = [...new Set(report.groups.flatMap(({ metrics }) => Object.keys(metrics)))];
    parts.push(
      `Groups by ${code(report.attribute)}:`,
      table(
        ['Group', 'Rows', ...names],
        report.groups.map((group) => [
          group.group,
          String(group.rows),
          ...names.map((name) => number(group.metrics[name] ?? null)),
        ]),
      ),
      Object.entries(report.gaps)
        .map(([name, value]) => `${name}: ${number(value)}`)
        .join('; '),
    );
  }
  return parts;
}

function inputRow(input: ModelInput): string[] {
  const range = input.min !== undefined && input.max !== undefined;
  // Of numbers the range tells more than those that occur most often.
  const seen =
    input.categories && !(input.type === 'number' && range)
      ? input.categories.slice(0, 8).map(String).join(', ') + (input.categories.length > 8 ? ', …' : '')
      : input.min !== undefined && input.max !== undefined
        ? `${number(input.min)} … ${number(input.max)}`
        : '';
  return [input.name, input.type, input.required === true ? 'no' : 'allowed', seen];
}

import type { Evaluation, FairnessReport, SplitEvaluation } from '../../schemas/generated/types';
import type { StageOutput } from '../protocol';
import { confusionFigure } from '../ui-kit/confusion';
import { h } from '../ui-kit/dom';
import { type AskExamples, ExamplesPlace, type Judged } from '../ui-kit/examples-place';
import { explanationFigures } from '../ui-kit/explanation';
import { bytes, written } from '../ui-kit/figure';
import { judgedFigures, rocFigure } from '../ui-kit/judged';
import type { Editor } from './editor';
import { count, gallery, headed, measured, section, table, verdict, type Cell } from './parts';

const size = { width: 230, height: 200 } as const;

/** An evaluate stage: the candidates on validation, the chosen one on test, the gates, its pictures, and the groups. */
export function evaluateView(
  { run, stage }: Pick<StageOutput, 'run' | 'stage'>,
  evaluation: Evaluation,
  editor?: Editor,
): Node[] {
  const best = evaluation.candidates.find(({ name }) => name === evaluation.best);
  const [split, judged] = best?.splits['test']
    ? (['test', best.splits['test']] as const)
    : (['validation', best?.splits['validation']] as const);
  const examples = editor && judged ? examplesOf(run, stage, evaluation, split, editor.examples) : undefined;
  return [
    candidates(evaluation),
    gallery(
      h('div', {}, gates(evaluation), test(evaluation, split, judged)),
      ...(judged ? pictures(evaluation, split, judged, examples) : []),
    ),
    ...(examples ? [examples.element] : []),
    ...explained(evaluation),
    ...(evaluation.fairness ?? []).map((report) => fairness(report)),
  ];
}

function candidates(evaluation: Evaluation): HTMLElement {
  const { candidates: list, best } = evaluation;
  const { metric, split } = evaluation['chosen-by'];
  const names = [...new Set(list.flatMap(({ splits }) => Object.keys(splits[split]?.metrics ?? {})))];
  const rows = list.map(({ name, kind, bytes: size, splits }): Cell[] => [
    name === best ? `★ ${name}` : name,
    kind,
    size === undefined ? '–' : bytes(size),
    ...names.map((each) => measured(splits[split]?.metrics[each], splits[split]?.intervals?.[each])),
  ]);
  const chosen = list.find(({ name }) => name === best)?.splits[split]?.metrics[metric];
  return section(
    'Candidates',
    h(
      'p',
      { class: 'says' },
      `${best} is chosen of ${list.length} by ${metric} ${written(chosen)} on ${split}. Brackets hold 95 % intervals.`,
    ),
    table({
      caption: `Metrics of the candidates on ${split}`,
      quiet: true,
      head: ['candidate', 'model', 'size', ...names],
      words: [1],
      rows,
      look: (row) => (list[row]?.name === best ? 'chosen' : undefined),
    }),
  );
}

function test(evaluation: Evaluation, split: string, judged: SplitEvaluation | undefined): HTMLElement {
  if (!judged) return h('div', { hidden: true });
  const looks = evaluation['looks-at-test'];
  return section(
    `${evaluation.best} on ${split}`,
    metricTable(`Metrics of ${evaluation.best} on ${count(judged.rows)} rows of ${split}`, judged, true),
    split === 'test' && looks !== undefined && looks > 1
      ? h('p', { class: 'says' }, `${looks} models have been judged on this test split.`)
      : false,
  );
}

/** The metrics of a split with their intervals. @param quiet whether the caption is only for screen readers */
export const metricTable = (caption: string, { metrics, intervals }: SplitEvaluation, quiet = false): HTMLElement =>
  table({
    caption,
    quiet,
    head: ['metric', 'value [95 % interval]'],
    rows: Object.entries(metrics).map(([name, value]) => [name, measured(value, intervals?.[name])]),
  });

function explained({ candidates: list, best }: Evaluation): HTMLElement[] {
  return list.flatMap(({ name, explanation }) =>
    explanation && name === best ? [section(`What ${name} looks at`, gallery(...explanationFigures(explanation)))] : [],
  );
}

function gates({ gates: list }: Evaluation): HTMLElement {
  if (list.length === 0) return h('div', { hidden: true });
  return section(
    'Requirements',
    table({
      caption: 'Requirements on the test split',
      quiet: true,
      head: ['metric', 'required', 'measured', 'result'],
      words: [1, 3],
      rows: list.map(({ metric, bound, value, passed }) => [
        metric,
        bound,
        written(value),
        verdict(passed, 'passed', 'failed'),
      ]),
    }),
  );
}

/** The rows behind the figures: of the chosen model, which may have seen no other candidate on the test split. */
function examplesOf(
  run: string,
  stage: string,
  { best, candidates: list, task }: Evaluation,
  split: string,
  ask: AskExamples,
): ExamplesPlace {
  const judged = (model: string): Judged => ({ run, stage, model, label: model });
  return new ExamplesPlace({
    ask,
    judged: judged(best),
    split,
    others: list.filter(({ name }) => name !== best).map(({ name }) => judged(name)),
    common: list.every(({ splits }) => 'validation' in splits) ? 'validation' : split,
    regression: task === 'regression',
  });
}

function pictures(
  { classes = [] }: Evaluation,
  split: string,
  judged: SplitEvaluation,
  examples: ExamplesPlace | undefined,
): HTMLElement[] {
  const { confusion, roc } = judged;
  return [
    ...(confusion && confusion.length > 0
      ? [
          confusionFigure({
            counts: confusion,
            classes: classes.map(String),
            split,
            ...(examples ? { onCell: examples.cell } : {}),
          }),
        ]
      : []),
    ...(roc && roc.x.length > 0 ? [rocFigure(judged, size)] : []),
    ...judgedFigures(judged, size),
  ];
}

/** How a model does for each group of an attribute, with how many rows. */
export function fairness({ attribute, groups, gaps }: FairnessReport, heading: 'h2' | 'h4' = 'h4'): HTMLElement {
  const names = [...new Set(groups.flatMap(({ metrics }) => Object.keys(metrics)))];
  const differences = Object.entries(gaps).map(([name, value]) => `${name.replaceAll('-', ' ')} ${written(value)}`);
  return headed(
    heading,
    `Groups of ${attribute}`,
    h('p', { class: 'says' }, `${groups.length} groups. ${differences.join(' · ')}`),
    table({
      caption: `Metrics of the groups of ${attribute}, with 95 % intervals`,
      quiet: true,
      head: [
        'group',
        'rows',
        ...names.map((name) => name.replaceAll('-', ' ')),
        ...(groups.some(({ note }) => note) ? ['note'] : []),
      ],
      words: [names.length + 2],
      rows: groups.map(({ group, rows, metrics, intervals, note }): Cell[] => [
        group,
        count(rows),
        ...names.map((name) => measured(metrics[name], intervals?.[name])),
        ...(groups.some((each) => each.note) ? [note ?? ''] : []),
      ]),
    }),
  );
}

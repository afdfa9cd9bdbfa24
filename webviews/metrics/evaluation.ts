import type { Evaluation, SplitEvaluation } from '../../schemas/generated/types';
import { h, select } from '../ui-kit';
import { confusionFigure } from '../ui-kit/confusion';
import { type AskExamples, ExamplesPlace, type Judged } from '../ui-kit/examples-place';
import { explanationFigures, trainedFigure } from '../ui-kit/explanation';
import { judgedFigures, rocFigure } from '../ui-kit/judged';
import { fairness, metricTable } from '../renderer/evaluate';
import { count } from '../renderer/parts';
import type { RunEvaluation, RunState } from '../protocol';
import { saveable, type SaveFigure } from './figure-save';
import { thresholdFigure, type Costs } from './threshold-figure';

const small = { width: 260, height: 210 } as const;

/** The evaluation of one run: its confusion matrix, curves, calibration, and groups; the costs are kept by whoever shows it. */
export class EvaluationView {
  readonly element = h('div', { class: 'evaluation' });
  private found: readonly RunEvaluation[] = [];
  private chosen = '';
  private readonly body = h('div', {});
  private readonly choice = select('Evaluation', (value) => {
    this.chosen = value;
    this.draw();
  });
  private split = 'test';
  private readonly splits = select('Split', (value) => {
    this.split = value;
    this.draw();
  });
  private drawn = '';
  private instead = '';

  constructor(
    private costs: Costs,
    private readonly onCosts: (costs: Costs) => void,
    private readonly ask: AskExamples,
    private readonly nameOf: (run: string) => string,
    private readonly save: SaveFigure,
  ) {
    this.element.append(h('div', { class: 'bar' }, this.choice.element, this.splits.element), this.body);
  }

  /** @param runs those that are shown: they say what an evaluation that is not there waits for */
  show(found: readonly RunEvaluation[], runs: readonly RunState[]): void {
    this.found = found;
    this.instead = withoutFigures(runs);
    const choices = found.flatMap(({ run, stage, evaluation }) =>
      evaluation.candidates.map(({ name }) => ({
        value: `${run}\n${stage}\n${name}`,
        label: [found.length > 1 ? this.nameOf(run) : '', stage, `${name}${name === evaluation.best ? ' ★' : ''}`]
          .filter(Boolean)
          .join(' · '),
      })),
    );
    if (!choices.some(({ value }) => value === this.chosen)) {
      const best = found[0];
      this.chosen = best ? `${best.run}\n${best.stage}\n${best.evaluation.best}` : '';
    }
    this.choice.update(choices, this.chosen);
    this.draw();
  }

  private draw(): void {
    const [run, stage, name] = this.chosen.split('\n');
    const one = this.found.find((each) => each.run === run && each.stage === stage);
    const candidate = one?.evaluation.candidates.find((each) => each.name === name);
    const names = Object.keys(candidate?.splits ?? {}).sort();
    const split = names.includes(this.split) ? this.split : (names[0] ?? '');
    this.splits.update(
      names.map((each) => ({ value: each, label: `on ${each}` })),
      split,
    );
    this.choice.element.hidden = this.splits.element.hidden = this.found.length === 0;
    const judged = candidate?.splits[split];
    const found = this.found.map(({ run: other, stage: at }) => `${other} ${at}`).join();
    const key = `${found} ${this.chosen} ${split} ${JSON.stringify(judged)?.length ?? 0} ${one?.importance?.length ?? 0} ${this.instead}`;
    if (key === this.drawn) return;
    this.drawn = key;
    if (!one || !judged) {
      this.body.replaceChildren(h('p', { class: 'facts' }, this.instead));
      return;
    }
    const examples = this.examplesOf(one, name ?? '', split);
    this.body.replaceChildren(
      h(
        'div',
        { class: 'gallery' },
        h(
          'div',
          { class: 'tables' },
          metricTable(`Metrics on ${count(judged.rows)} rows of ${split}, with 95 % intervals`, judged),
        ),
        ...this.figures(one.evaluation, judged, split, examples),
        ...[
          ...(candidate?.explanation ? explanationFigures(candidate.explanation) : []),
          ...trained(one, name ?? ''),
        ].map((figure) => saveable(figure, this.save)),
      ),
      examples.element,
      h(
        'div',
        { class: 'tables' },
        ...(name === one.evaluation.best && split === 'test'
          ? (one.evaluation.fairness ?? []).map((report) => fairness(report, 'h2'))
          : []),
      ),
    );
  }

  private figures(
    evaluation: Evaluation,
    judged: SplitEvaluation,
    split: string,
    examples: ExamplesPlace,
  ): HTMLElement[] {
    const { confusion, roc } = judged;
    const figures: HTMLElement[] = [];
    if (confusion && confusion.length > 0)
      figures.push(
        confusionFigure({
          counts: confusion,
          classes: (evaluation.classes ?? []).map(String),
          split,
          onCell: examples.cell,
        }),
      );
    if (roc && roc.x.length > 0 && confusion?.length === 2)
      figures.push(
        thresholdFigure(
          evaluation,
          judged,
          this.costs,
          (costs) => {
            this.costs = costs;
            this.onCosts(costs);
          },
          this.save,
        ),
      );
    else if (roc && roc.x.length > 0) figures.push(rocFigure(judged, small));
    figures.push(...judgedFigures(judged, small));
    for (const figure of figures) if (figure.matches('figure')) saveable(figure, this.save);
    return figures;
  }

  /** The rows behind the figures, and those that another model of the runs shown disagrees on. */
  private examplesOf({ run, stage, evaluation }: RunEvaluation, model: string, split: string): ExamplesPlace {
    const all = this.found.flatMap((each) =>
      each.evaluation.candidates.map((candidate) => ({ each, candidate, judged: this.judgedOf(each, candidate.name) })),
    );
    const others = all.filter(
      ({ each, candidate }) =>
        each.evaluation.task === evaluation.task &&
        !(each.run === run && each.stage === stage && candidate.name === model),
    );
    const both = [
      evaluation.candidates.find(({ name }) => name === model),
      ...others.map(({ candidate }) => candidate),
    ];
    return new ExamplesPlace({
      ask: this.ask,
      judged: { run, stage, model, label: model },
      split,
      others: others.map(({ judged }) => judged),
      // On the test split only the chosen candidate of an evaluation may be judged.
      common: both.every((each) => each && 'validation' in each.splits) ? 'validation' : split,
      regression: evaluation.task === 'regression',
    });
  }

  private judgedOf({ run, stage }: RunEvaluation, model: string): Judged {
    const several = new Set(this.found.map((each) => each.run)).size > 1;
    return { run, stage, model, label: several ? `${model} of ${this.nameOf(run)}` : model };
  }
}

function trained({ importance = [] }: RunEvaluation, candidate: string): HTMLElement[] {
  const list = importance.filter((each) => each.stage === candidate || importance.length === 1)[0]?.features ?? [];
  return list.length === 0 ? [] : [trainedFigure(list)];
}

/** What is said where there are no figures. */
function withoutFigures(runs: readonly RunState[]): string {
  const stages = runs.flatMap((run) => run.stages.filter(({ kind }) => kind === 'evaluate'));
  const awaited = stages.find(({ status }) => status === 'waiting' || status === 'running');
  if (awaited) return `${awaited.name} has not finished yet. Its figures appear here.`;
  const ended = stages.find(({ status }) => status !== 'succeeded' && status !== 'reused');
  return ended
    ? `${ended.name} did not finish in this run, so there are no figures of it.`
    : 'No evaluation in these runs. An evaluate stage makes one; its figures appear here.';
}

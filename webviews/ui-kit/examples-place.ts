import type { ExamplesAnswer, ExamplesQuestion } from '../protocol';
import { h } from './dom';
import { examplesSummary, examplesView } from './examples';

/** Asks the engine for rows. */
export type AskExamples = (question: ExamplesQuestion) => Promise<ExamplesAnswer>;

/** A model that was judged, where it can be found again. */
export interface Judged {
  readonly run: string;
  readonly stage: string;
  readonly model: string;
  readonly label: string;
}

export interface ExamplesOptions {
  readonly ask: AskExamples;
  readonly judged: Judged;
  readonly split: string;
  /** Others that it may disagree with, and the split on which they are compared. */
  readonly others: readonly Judged[];
  readonly common: string;
  /** A regression has no cells: what is furthest off is asked for by a button. */
  readonly regression: boolean;
}

/** Where the rows behind a figure are shown once somebody asks for them, and the questions that are not asked by a figure. */
export class ExamplesPlace {
  readonly element: HTMLElement;
  private readonly answers = new Map<string, Promise<ExamplesAnswer>>();
  private readonly title = h('strong', {});
  private readonly status = h('span', { class: 'says', role: 'status' });
  private readonly body = h('div', {});
  private readonly found: HTMLElement;
  private latest = 0;
  /** Where the focus goes back to. */
  private asker: HTMLElement | undefined;

  constructor(private readonly options: ExamplesOptions) {
    const { judged, split, others, regression } = options;
    const wrong = regression ? 'Rows That Are Furthest Off' : 'Rows That Are Wrong';
    const said = regression
      ? `Rows of ${split} that ${judged.model} is furthest off on`
      : `Rows of ${split} that ${judged.model} gets wrong`;
    const close = h('button', { type: 'button', class: 'plain', onclick: () => this.close() }, 'Close');
    this.found = h(
      'section',
      { class: 'found', role: 'group', 'aria-label': 'Rows', hidden: true },
      h('div', { class: 'head' }, this.title, this.status, close),
      this.body,
    );
    this.element = h(
      'div',
      { class: 'examples' },
      h(
        'div',
        { class: 'asks' },
        h('button', { type: 'button', class: 'plain', onclick: () => this.show(said, {}) }, wrong),
        ...(others.length > 0 ? this.disagreement(others) : []),
      ),
      this.found,
    );
  }

  /** Shows the rows of one cell of the confusion matrix. */
  readonly cell = (actual: string, predicted: string): void =>
    this.show(actual === predicted ? `${actual}, recognised as such` : `${actual}, taken for ${predicted}`, {
      actual,
      predicted,
    });

  private disagreement(others: readonly Judged[]): HTMLElement[] {
    const { judged, common } = this.options;
    const choice = h(
      'select',
      { 'aria-label': 'Other model' },
      ...others.map(({ label }, at) => h('option', { value: at }, label)),
    );
    const ask = (): void => {
      const other = others[Number(choice.value)];
      if (!other) return;
      const { run, stage, model } = other;
      this.show(`Rows of ${common} that ${judged.model} and ${other.label} disagree on`, {
        split: common,
        against: { run, stage, model },
      });
    };
    return [h('button', { type: 'button', class: 'plain', onclick: ask }, 'Rows Judged Differently By'), choice];
  }

  private close(): void {
    this.found.hidden = true;
    this.asker?.focus();
  }

  private show(title: string, part: Partial<ExamplesQuestion>): void {
    const { run, stage, model } = this.options.judged;
    const question: ExamplesQuestion = { run, stage, model, split: this.options.split, ...part };
    const turn = ++this.latest;
    const { activeElement } = this.element.getRootNode() as Document | ShadowRoot;
    this.asker = activeElement instanceof HTMLElement ? activeElement : undefined;
    this.found.hidden = false;
    this.title.textContent = title;
    this.status.textContent = 'Asking the model…';
    this.body.replaceChildren();
    void this.answerOf(question).then((answer) => {
      if (turn !== this.latest) return;
      if ('trouble' in answer) {
        this.status.textContent = '';
        this.body.replaceChildren(
          h(
            'div',
            { class: 'problem' },
            h('strong', {}, answer.trouble),
            answer.hint ? h('p', {}, answer.hint) : false,
          ),
        );
      } else {
        this.status.textContent = [examplesSummary(answer.examples), answer.examples.note].filter(Boolean).join(' ');
        this.body.replaceChildren(examplesView(answer.examples));
      }
      this.found.scrollIntoView({ block: 'nearest' });
    });
  }

  /** What was answered once stays true: models and data never change. What failed is asked again. */
  private answerOf(question: ExamplesQuestion): Promise<ExamplesAnswer> {
    const key = JSON.stringify(question);
    const known = this.answers.get(key);
    if (known) return known;
    const asked = this.options.ask(question);
    this.answers.set(key, asked);
    void asked.then((answer) => 'trouble' in answer && this.answers.delete(key));
    return asked;
  }
}

import type { RunSearch } from '../protocol';
import { tuneView } from '../renderer/tune';
import { h } from '../ui-kit';
import { keepPlace } from '../ui-kit/keep';

/** The searches of the runs that are shown, each with its trials. */
export class SearchView {
  readonly element = h('div', { class: 'searches' });
  private drawn = '';

  constructor(private readonly nameOf: (run: string) => string) {}

  show(searches: readonly RunSearch[]): void {
    // A record never changes once it is written; a search that goes on does with each trial.
    const key = searches
      .map(({ run, stage, tune }) => [run, stage, tune.told, ...tune.trials.map(({ state }) => state)].join(' '))
      .join();
    if (key === this.drawn) return;
    this.drawn = key;
    const several = new Set(searches.map(({ run }) => run)).size > 1;
    const kept = keepPlace(this.element);
    this.element.replaceChildren(
      ...searches.map(({ run, stage, tune }) => {
        const title = several ? `${stage} · ${this.nameOf(run)}` : stage;
        return h(
          'details',
          { open: searches.length === 1, class: 'search', 'data-keep': `search ${run} ${stage}` },
          h('summary', {}, h('h2', {}, `Search of ${title}`)),
          ...tuneView(tune, 'h3'),
        );
      }),
    );
    kept();
  }
}

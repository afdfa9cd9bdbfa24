import { basename } from 'node:path';
import { type TextDocument } from 'vscode-languageserver-textdocument';
import type { Position, Range as LspRange } from 'vscode-languageserver-types';
import { analyze, AnalysisCache } from '../lifecycle/pipeline/analyze';
import type { AnalyzeOptions } from '../lifecycle/pipeline/analyze';
import { analyzeProject, analyzeTargets, type FileAnalysis } from '../lifecycle/pipeline/targets';
import type { Analysis, Range } from '../lifecycle/pipeline/types';

/** An open document as part of a source: the whole of it, or one cell of a notebook. */
export interface View {
  readonly document: TextDocument;
  /** Offset in the source's text at which the document's text begins. */
  readonly from: number;
}

/** A place in an open document. */
export interface Place {
  readonly uri: string;
  readonly range: LspRange;
}

/**
 * One text that is understood as a whole: a file, or a notebook whose cells are put together as the lifecycle document that they are. Ranges of
 * the analyser count in {@link text}; ranges of the protocol in the documents.
 */
export class Source {
  private readonly cache = new AnalysisCache();
  private parts: readonly View[] = [];
  private joined: string | undefined = '';
  private kept: Analysis | undefined;
  private keptTargets: FileAnalysis<unknown> | undefined;
  /** Raised by every change of the text and of what it stands on. */
  generation = 0;

  constructor(
    readonly uri: string,
    /** Absolute path, which decides the spelling and where relative paths start. */
    readonly path: string,
    /** `targets` stands for files of ours beside pipelines: {@link schema} says which. */
    readonly kind: 'pipeline' | 'targets',
    private readonly options: (source: Source) => AnalyzeOptions,
  ) {}

  get text(): string {
    return (this.joined ??= this.parts[0]?.document.getText() ?? '');
  }

  get views(): readonly View[] {
    return this.parts;
  }

  /** True for a notebook: ranges may then be in several documents. */
  get isNotebook(): boolean {
    return this.parts.length !== 1 || this.parts[0]?.document.uri !== this.uri;
  }

  /** Takes a text and the documents that it is made of. */
  set(text: string, views: readonly View[]): void {
    this.joined = text;
    this.parts = views;
    this.forget();
  }

  /** Takes the one document that it is; its text is asked for when somebody asks for this one's. */
  take(document: TextDocument): void {
    this.joined = undefined;
    this.parts = [{ document, from: 0 }];
    this.forget();
  }

  /** Something that the analysis asked for has changed: columns, files or targets. */
  forget(): void {
    this.kept = undefined;
    this.keptTargets = undefined;
    this.generation++;
  }

  /** What is understood of the text now; only what changed since the last call is read again. */
  analysis(): Analysis {
    return (this.kept ??= analyze(this.path, this.text, { ...this.options(this), cache: this.cache }));
  }

  /** Which schema a file that is no pipeline follows. */
  get schema(): 'targets' | 'project' {
    return basename(this.path) === 'lifecycle.yaml' ? 'project' : 'targets';
  }

  /** What is understood of targets.yaml or lifecycle.yaml. */
  targets(): FileAnalysis<unknown> {
    if (this.keptTargets) return this.keptTargets;
    const { files } = this.options(this);
    return (this.keptTargets =
      this.schema === 'project'
        ? analyzeProject(this.path, this.text)
        : analyzeTargets(this.path, this.text, files ? { files } : {}));
  }

  viewOf(uri: string): View | undefined {
    return this.parts.find(({ document }) => document.uri === uri);
  }

  /** The offset of a position in one of the documents. */
  offsetAt(uri: string, position: Position): number {
    const view = this.viewOf(uri);
    return view ? view.from + view.document.offsetAt(position) : 0;
  }

  /** The document that holds an offset; in a notebook undefined between the cells. */
  viewAt(offset: number): View | undefined {
    return this.parts.find(({ document, from }) => offset >= from && offset <= from + document.getText().length);
  }

  /** A range in the document that holds its beginning. */
  place({ from, to }: Range): Place | undefined {
    const view = this.parts.length === 1 ? this.parts[0] : this.viewAt(from);
    if (!view) return undefined;
    const { document } = view;
    return {
      uri: document.uri,
      range: { start: document.positionAt(from - view.from), end: document.positionAt(to - view.from) },
    };
  }

  /** A range in a document, when it is there. */
  rangeIn(uri: string, range: Range): LspRange | undefined {
    const place = this.place(range);
    return place?.uri === uri ? place.range : undefined;
  }
}

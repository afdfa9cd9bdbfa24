import { basename, dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import type { Position } from './protocol';
import type { AnalyzeOptions } from '../lifecycle/pipeline/analyze';
import { isPipelineFile } from '../lifecycle/pipeline/parts';
import type { Analysis } from '../lifecycle/pipeline/types';
import { Buffer } from './buffer';
import { ColumnStore } from './columns';
import { Disk } from './disk';
import { isFront } from '../lifecycle/pipeline/cells';
import { composeNotebook, type NotebookCell } from './notebook';
import { RunStore } from './runs';
import { defaultSettings, type Settings } from './settings';
import { Source, type View } from './source';

/** A document as a client opens it. */
export interface OpenDocument {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
}

/** A cell of a notebook as a client tells of it. */
export interface CellInfo {
  readonly uri: string;
  readonly code: boolean;
  readonly metadata?: unknown;
}

/** Where a request is: a place in a document that is understood. */
export interface Spot {
  readonly workspace: Workspace;
  readonly source: Source;
  readonly view: View;
  /** Offset in the source's text. */
  readonly offset: number;
}

export interface WorkspaceEvents {
  /** The diagnostics of a source have to be published again. */
  changed?(source: Source): void;
  /** Results of runs changed: lenses and hints have to be asked for again. */
  refresh?(): void;
}

/** The open documents, what is understood of them, and what is known around them: files, columns, runs. */
export class Workspace {
  readonly documents = new Map<string, Buffer>();
  private readonly sources = new Map<string, Source>();
  private readonly notebooks = new Map<string, { source: Source; cells: CellInfo[] }>();
  private readonly bySource = new Set<Source>();
  readonly disk = new Disk((path) => this.buffer(path));
  readonly columns: ColumnStore;
  readonly runs: RunStore;
  settings: Settings = defaultSettings;
  /** Whether the client can ask before it makes an edit. */
  annotations = false;
  /** Whether the client has the command `lifecycle.explain`, which opens the documentation of a code. */
  explains = false;
  /** Absolute paths of the open folders. */
  folders: readonly string[] = [];

  constructor(private readonly events: WorkspaceEvents = {}) {
    this.columns = new ColumnStore(() => {
      this.touchAll();
    });
    this.runs = new RunStore(this.disk, () => {
      for (const source of this.bySource) this.events.changed?.(source);
      this.events.refresh?.();
    });
  }

  open({ uri, languageId, version, text }: OpenDocument): void {
    const document = new Buffer(uri, languageId, version, text);
    this.documents.set(uri, document);
    const path = pathOf(uri);
    const kind = kindOf(path, languageId);
    if (!kind) return;
    const source = new Source(uri, path, kind, (asking) => this.analyzeOptions(asking));
    this.bySource.add(source);
    this.sources.set(uri, source);
    this.refill(source);
  }

  change(uri: string, version: number, changes: TextDocumentContentChangeEvent[]): void {
    const document = this.documents.get(uri);
    if (!document) return;
    document.change(changes, version);
    const source = this.sources.get(uri);
    if (source) this.refill(source);
  }

  close(uri: string): void {
    this.documents.delete(uri);
    const source = this.sources.get(uri);
    this.sources.delete(uri);
    if (!source || this.notebooks.has(source.uri)) return;
    this.bySource.delete(source);
    if (source.kind === 'targets') this.touchAll();
  }

  openNotebook(uri: string, cells: readonly CellInfo[], documents: readonly OpenDocument[]): void {
    const source = new Source(uri, pathOf(uri), 'pipeline', (asking) => this.analyzeOptions(asking));
    this.bySource.add(source);
    this.notebooks.set(uri, { source, cells: [...cells] });
    this.openCells(source, documents);
    this.refillNotebook(uri);
  }

  /** Cells that were put in the place of others. */
  spliceCells(
    uri: string,
    start: number,
    deleteCount: number,
    cells: readonly CellInfo[],
    opened: readonly OpenDocument[],
    closed: readonly string[],
  ): void {
    const notebook = this.notebooks.get(uri);
    if (!notebook) return;
    notebook.cells.splice(start, deleteCount, ...cells);
    for (const each of closed) {
      this.documents.delete(each);
      this.sources.delete(each);
    }
    this.openCells(notebook.source, opened);
    this.refillNotebook(uri);
  }

  changeCell(notebook: string, uri: string, version: number, changes: TextDocumentContentChangeEvent[]): void {
    const document = this.documents.get(uri);
    if (!document) return;
    document.change(changes, version);
    this.refillNotebook(notebook);
  }

  closeNotebook(uri: string): void {
    const notebook = this.notebooks.get(uri);
    if (!notebook) return;
    for (const cell of notebook.cells) {
      this.documents.delete(cell.uri);
      this.sources.delete(cell.uri);
    }
    this.notebooks.delete(uri);
    this.bySource.delete(notebook.source);
  }

  private openCells(source: Source, documents: readonly OpenDocument[]): void {
    for (const { uri, languageId, version, text } of documents) {
      this.documents.set(uri, new Buffer(uri, languageId, version, text));
      this.sources.set(uri, source);
    }
  }

  private refillNotebook(uri: string): void {
    const notebook = this.notebooks.get(uri);
    if (!notebook) return;
    const cells = notebook.cells.flatMap((cell): NotebookCell[] => {
      const document = cell.code ? this.documents.get(cell.uri) : undefined;
      return document ? [{ document, front: isFront(cell.metadata, document.getText()) }] : [];
    });
    const { text, views } = composeNotebook(cells);
    notebook.source.set(text, views);
    this.events.changed?.(notebook.source);
  }

  private refill(source: Source): void {
    const document = this.documents.get(source.uri);
    if (!document) return;
    source.take(document);
    if (source.kind === 'targets') this.touchAll();
    else this.events.changed?.(source);
  }

  private touched = 0;

  /** Everything that analyses stand on beside their text may have changed. */
  touchAll(): void {
    this.touched++;
    for (const source of this.bySource) {
      source.forget();
      this.events.changed?.(source);
    }
  }

  /** Files on disk changed. */
  filesChanged(): void {
    this.disk.forget();
    this.columns.recheck();
    this.touchAll();
  }

  allSources(): Iterable<Source> {
    return this.bySource;
  }

  sourceOf(uri: string): Source | undefined {
    return this.sources.get(uri) ?? this.notebooks.get(uri)?.source;
  }

  /** The place of a request; undefined in a document that is none of ours. */
  spot(uri: string, position: Position): Spot | undefined {
    const source = this.sources.get(uri);
    const view = source?.viewOf(uri);
    if (!source || !view) return undefined;
    return { workspace: this, source, view, offset: view.from + view.document.offsetAt(position) };
  }

  private buffer(path: string): string | undefined {
    for (const source of this.bySource) if (source.path === path) return source.text;
    return undefined;
  }

  private analyzeOptions(source: Source): AnalyzeOptions {
    if (!source.uri.startsWith('file:')) return {};
    return {
      files: this.disk,
      world: `${this.disk.state} ${this.columns.state} ${this.touched}`,
      columns: (_stage, sources, written) => this.columns.get(dirname(source.path), sources, written),
      trouble: (_stage, sources, written) => this.columns.trouble(dirname(source.path), sources, written),
    };
  }
}

/** The path of a document; of one that is not on disk the path in its address, so that its spelling is known. */
export function pathOf(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch {
    const path = uri.replace(/^[^:]*:/, '').replace(/[?#].*$/, '');
    try {
      return decodeURIComponent(path);
    } catch {
      return path;
    }
  }
}

export const uriOf = (path: string): string => pathToFileURL(path).toString();

function kindOf(path: string, languageId: string): Source['kind'] | undefined {
  if (languageId === 'lifecycle-targets' || /^(?:targets|lifecycle)\.yaml$/.test(basename(path))) return 'targets';
  if (languageId === 'lifecycle-pipeline' || isPipelineFile(path)) return 'pipeline';
  return undefined;
}

export type { Analysis };

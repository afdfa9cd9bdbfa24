import {
  type Position,
  type Range,
  TextDocument,
  type TextDocumentContentChangeEvent,
} from 'vscode-languageserver-textdocument';

interface Change {
  readonly range: Range;
  readonly text: string;
}

/**
 * An open document. What is typed at one place in a go is gathered and put in when somebody looks: while messages queue up, nobody does, and each
 * edit of the text copies all of it.
 */
export class Buffer implements TextDocument {
  private readonly document: TextDocument;
  /** An edit that is still to be made, of well-formed range and without line breaks in its text. */
  private waiting: Change | undefined;
  private newest: number;

  constructor(uri: string, languageId: string, version: number, text: string) {
    this.document = TextDocument.create(uri, languageId, version, text);
    this.newest = version;
  }

  change(changes: readonly TextDocumentContentChangeEvent[], version: number): void {
    this.newest = version;
    for (const change of changes) {
      if ('range' in change && this.gather(change)) continue;
      TextDocument.update(this.text(), [change], version);
    }
  }

  /** False when the change has to be made at once. */
  private gather({ range, text }: Change): boolean {
    if (/[\r\n]/.test(text)) return false;
    const { waiting } = this;
    if (!waiting) {
      const { document } = this;
      const [a, b] = [document.offsetAt(range.start), document.offsetAt(range.end)];
      this.waiting = {
        range: { start: document.positionAt(Math.min(a, b)), end: document.positionAt(Math.max(a, b)) },
        text,
      };
      return true;
    }
    const { line, character } = waiting.range.start;
    const within = (at: Position): boolean =>
      at.line === line && at.character >= character && at.character <= character + waiting.text.length;
    const [from, to] = [range.start.character - character, range.end.character - character];
    if (!within(range.start) || !within(range.end) || from > to) return false;
    this.waiting = { range: waiting.range, text: waiting.text.slice(0, from) + text + waiting.text.slice(to) };
    return true;
  }

  /** The document with every edit made. */
  private text(): TextDocument {
    const { document, waiting, newest } = this;
    if (waiting) {
      this.waiting = undefined;
      TextDocument.update(document, [waiting], newest);
    }
    return document;
  }

  get uri(): string {
    return this.document.uri;
  }

  get languageId(): string {
    return this.document.languageId;
  }

  get version(): number {
    return this.newest;
  }

  get lineCount(): number {
    return this.text().lineCount;
  }

  getText(range?: Range): string {
    return this.text().getText(range);
  }

  getLineRange(line: number): Range {
    return this.text().getLineRange(line);
  }

  getEOLCharacters(line: number): string {
    return this.text().getEOLCharacters(line);
  }

  positionAt(offset: number): Position {
    return this.text().positionAt(offset);
  }

  offsetAt(position: Position): number {
    return this.text().offsetAt(position);
  }
}

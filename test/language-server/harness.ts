import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CompletionItem, Diagnostic, TextEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { completion } from '../../language-server/features/completion';
import { diagnosticsOf } from '../../language-server/features/diagnostics';
import type { Source } from '../../language-server/source';
import { type Spot, uriOf, Workspace } from '../../language-server/workspace';

/** A folder with files that is removed after the test. */
export function folderWith(files: Readonly<Record<string, string>>): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'lifecycle-ls-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A text with marks: `⟦…⟧` around expected ranges, `‸` at the cursor. */
export interface Marked {
  readonly text: string;
  readonly cursor: number;
  readonly ranges: readonly { readonly from: number; readonly to: number }[];
}

export function unmark(marked: string): Marked {
  let text = '';
  let cursor = -1;
  const ranges: { from: number; to: number }[] = [];
  const open: number[] = [];
  for (const character of marked) {
    if (character === '‸') cursor = text.length;
    else if (character === '⟦') open.push(text.length);
    else if (character === '⟧') ranges.push({ from: open.pop() ?? 0, to: text.length });
    else text += character;
  }
  return { text, cursor, ranges };
}

/** An editor with one open file, everything around it read. */
export class Editor {
  private constructor(
    readonly workspace: Workspace,
    readonly uri: string,
    readonly source: Source,
    readonly marked: Marked,
    readonly folder: string,
  ) {}

  static async open(text: string, options: { folder: string; name?: string; languageId?: string }): Promise<Editor> {
    const marked = unmark(text);
    const uri = uriOf(join(options.folder, options.name ?? 'test.pipeline.yaml'));
    const workspace = new Workspace();
    workspace.folders = [options.folder];
    workspace.open({ uri, languageId: options.languageId ?? 'lifecycle-pipeline', version: 1, text: marked.text });
    const source = workspace.sourceOf(uri);
    if (!source) throw new Error(`${uri} is not understood`);
    diagnosticsOf(workspace, source);
    await workspace.columns.settled();
    await workspace.runs.settled();
    return new Editor(workspace, uri, source, marked, options.folder);
  }

  get document(): TextDocument {
    const document = this.workspace.documents.get(this.uri);
    if (!document) throw new Error('closed');
    return document;
  }

  get spot(): Spot {
    return this.spotAt(this.marked.cursor);
  }

  spotAt(offset: number): Spot {
    const spot = this.workspace.spot(this.uri, this.document.positionAt(offset));
    if (!spot) throw new Error('no such place');
    return spot;
  }

  diagnostics(): Diagnostic[] {
    return diagnosticsOf(this.workspace, this.source).get(this.uri) ?? [];
  }

  completions(): CompletionItem[] {
    return completion(this.spot).items;
  }

  /** The text with edits made. */
  applied(edits: readonly TextEdit[]): string {
    return TextDocument.applyEdits(this.document, [...edits]);
  }

  /** The text after a completion, tab stops taken out. */
  accepted(label: string): string {
    const item = this.completions().find((each) => each.label === label);
    if (!item?.textEdit || !('range' in item.textEdit)) throw new Error(`no completion ${label}`);
    const { range, newText } = item.textEdit;
    const indent =
      /^ */.exec(this.document.getText({ start: { line: range.start.line, character: 0 }, end: range.start }))?.[0] ??
      '';
    const text = item.insertTextFormat === 2 ? plainSnippet(newText).replaceAll('\n', `\n${indent}`) : newText;
    return this.applied([{ range, newText: text }]);
  }

  close(): void {
    this.workspace.close(this.uri);
    this.workspace.runs.close();
  }
}

/** A snippet as it stands when nothing is typed into it. */
export function plainSnippet(text: string): string {
  return text
    .replaceAll(/\$\{\d+:((?:\\.|[^}\\])*)\}/g, '$1')
    .replaceAll(/\$\{\d+\}|\$\d+/g, '')
    .replaceAll(/\\([\\$}])/g, '$1');
}

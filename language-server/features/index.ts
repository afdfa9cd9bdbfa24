import {
  CodeActionKind,
  type CancellationToken,
  type CodeLensParams,
  CodeLensRequest,
  type Connection,
  type DocumentSymbolParams,
  DocumentSymbolRequest,
  type ResponseError,
  type ServerCapabilities,
  type TextDocumentPositionParams,
} from '../protocol';
import type { Source, View } from '../source';
import type { Spot, Workspace } from '../workspace';
import { codeActions } from './actions';
import { incomingCalls, outgoingCalls, prepareCalls } from './calls';
import { cellStages, stageTemplates } from './cells';
import { completion, resolveCompletion, triggerCharacters } from './completion';
import { definition } from './definition';
import { foldingRanges } from './folding';
import { formatDocument } from './formatting';
import { inlayHints } from './hints';
import { hover } from './hover';
import { codeLenses } from './lens';
import { documentLinks } from './links';
import { highlights, references } from './references';
import { prepareRename, rename } from './rename';
import { selectionRanges } from './selection';
import { outline, workspaceSymbols } from './symbols';
import { legend, semanticTokens } from './tokens';

export type Guard = <P, R>(
  token: CancellationToken,
  parameters: P,
  answer: (parameters: P) => R,
) => R | ResponseError<void>;

export const capabilities: Partial<ServerCapabilities> = {
  completionProvider: { triggerCharacters, resolveProvider: true, completionItem: { labelDetailsSupport: true } },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  documentSymbolProvider: true,
  workspaceSymbolProvider: true,
  codeLensProvider: { resolveProvider: false },
  codeActionProvider: {
    codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, 'source.sortStages', 'source.organise'],
  },
  renameProvider: { prepareProvider: true },
  inlayHintProvider: true,
  foldingRangeProvider: true,
  selectionRangeProvider: true,
  documentLinkProvider: { resolveProvider: false },
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  semanticTokensProvider: { legend, full: true, range: true },
  callHierarchyProvider: true,
};

/** One line for each feature. */
export function registerFeatures(connection: Connection, workspace: Workspace, guard: Guard): void {
  const at =
    <P extends TextDocumentPositionParams, R>(answer: (spot: Spot, parameters: P) => R) =>
    (parameters: P): R | null => {
      const spot = workspace.spot(parameters.textDocument.uri, parameters.position);
      return spot ? answer(spot, parameters) : null;
    };
  const on =
    <P extends { textDocument: { uri: string } }, R>(answer: (source: Source, view: View, parameters: P) => R) =>
    (parameters: P): R | null => {
      const source = workspace.sourceOf(parameters.textDocument.uri);
      const view = source?.viewOf(parameters.textDocument.uri);
      return source && view ? answer(source, view, parameters) : null;
    };
  connection.onCompletion((parameters, token) => guard(token, parameters, at(completion)));
  connection.onCompletionResolve((item, token) => guard(token, item, (asked) => resolveCompletion(workspace, asked)));
  connection.onHover((parameters, token) => guard(token, parameters, at(hover)));
  connection.onDefinition((parameters, token) => guard(token, parameters, at(definition)));
  connection.onReferences((parameters, token) =>
    guard(
      token,
      parameters,
      at((spot, { context }: typeof parameters) => references(spot, context.includeDeclaration)),
    ),
  );
  connection.onDocumentHighlight((parameters, token) => guard(token, parameters, at(highlights)));
  connection.onRequest(DocumentSymbolRequest.method, (parameters: DocumentSymbolParams, token: CancellationToken) =>
    guard(token, parameters, on(outline)),
  );
  connection.onWorkspaceSymbol((parameters, token) =>
    guard(token, parameters, ({ query }) => workspaceSymbols(workspace, query)),
  );
  connection.onRequest('lifecycle/cell', (parameters: { textDocument: { uri: string } }, token: CancellationToken) =>
    guard(
      token,
      parameters,
      on((source, view) => cellStages(workspace, source, view)),
    ),
  );
  connection.onRequest('lifecycle/templates', ({ indent }: { indent: number }, token: CancellationToken) =>
    guard(token, indent, stageTemplates),
  );
  connection.onRequest(CodeLensRequest.method, (parameters: CodeLensParams, token: CancellationToken) =>
    guard(
      token,
      parameters,
      on((source, view) => codeLenses(workspace, source, view)),
    ),
  );
  connection.onCodeAction((parameters, token) =>
    guard(
      token,
      parameters,
      on((source, view, asked: typeof parameters) => codeActions(workspace, source, view, asked)),
    ),
  );
  connection.onPrepareRename((parameters, token) => guard(token, parameters, at(prepareRename)));
  connection.onRenameRequest((parameters, token) =>
    guard(
      token,
      parameters,
      at((spot, { newName }: typeof parameters) => rename(spot, newName)),
    ),
  );
  connection.languages.inlayHint.on((parameters, token) =>
    guard(
      token,
      parameters,
      on((source, view, { range }: typeof parameters) => inlayHints(workspace, source, view, range)),
    ),
  );
  connection.onFoldingRanges((parameters, token) =>
    guard(
      token,
      parameters,
      on((_source, view) => foldingRanges(view)),
    ),
  );
  connection.onSelectionRanges((parameters, token) =>
    guard(
      token,
      parameters,
      on((source, view, { positions }: typeof parameters) => selectionRanges(source, view, positions)),
    ),
  );
  connection.onDocumentLinks((parameters, token) =>
    guard(
      token,
      parameters,
      on((source, view) => documentLinks(workspace, source, view)),
    ),
  );
  connection.onDocumentFormatting((parameters, token) =>
    guard(
      token,
      parameters,
      on((source, view) => formatDocument(source, view)),
    ),
  );
  connection.onDocumentRangeFormatting((parameters, token) =>
    guard(
      token,
      parameters,
      on((source, view, { range }: typeof parameters) => formatDocument(source, view, range)),
    ),
  );
  connection.languages.semanticTokens.on((parameters, token) =>
    guard(token, parameters, (asked) => on((source, view) => semanticTokens(source, view))(asked) ?? { data: [] }),
  );
  connection.languages.semanticTokens.onRange((parameters, token) =>
    guard(
      token,
      parameters,
      (asked) =>
        on((source, view, { range }: typeof parameters) => semanticTokens(source, view, range))(asked) ?? { data: [] },
    ),
  );
  connection.languages.callHierarchy.onPrepare((parameters, token) => guard(token, parameters, at(prepareCalls)));
  connection.languages.callHierarchy.onIncomingCalls((parameters, token) =>
    guard(token, parameters, ({ item }) => incomingCalls(workspace, item)),
  );
  connection.languages.callHierarchy.onOutgoingCalls((parameters, token) =>
    guard(token, parameters, ({ item }) => outgoingCalls(workspace, item)),
  );
}

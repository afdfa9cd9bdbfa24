/**
 * What is used of the protocol's library: its values through this one file. A bundle copies the library's hundreds of names for every file that
 * imports some of them, each time before the server answers its first request.
 */
export type * from 'vscode-languageserver/node';
export {
  AbstractMessageWriter,
  CodeActionKind,
  CodeActionTriggerKind,
  CodeLensRefreshRequest,
  CodeLensRequest,
  CompletionItemKind,
  createConnection,
  DiagnosticSeverity,
  DiagnosticTag,
  DidChangeConfigurationNotification,
  DocumentHighlightKind,
  DocumentSymbolRequest,
  FoldingRangeKind,
  InlayHintKind,
  InsertTextFormat,
  InsertTextMode,
  LSPErrorCodes,
  MarkupKind,
  Message,
  ProposedFeatures,
  ResponseError,
  SemanticTokensBuilder,
  SymbolKind,
  TextDocumentSyncKind,
  TextEdit,
} from 'vscode-languageserver/node';

import {
  type CancellationToken,
  CodeLensRefreshRequest,
  type Connection,
  DidChangeConfigurationNotification,
  LSPErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
} from './protocol';
import { capabilities, registerFeatures } from './features';
import { diagnosticsOf } from './features/diagnostics';
import { Rest } from './rest';
import { readSettings } from './settings';
import type { Source } from './source';
import { pathOf, Workspace } from './workspace';

/** Connects a client to a workspace: what comes in changes it, what it knows goes out. */
export function serve(connection: Connection, version: string): Workspace {
  let configurable = false;
  let refreshable = { lens: false, hints: false };
  const rest = new Rest();
  const publisher = new Publisher((source) => {
    publish(connection, workspace, source);
    rest.changed(source.text.length);
  });
  const workspace = new Workspace({
    changed: (source) => {
      publisher.ask(source);
    },
    refresh: () => {
      void connection.sendNotification('lifecycle/changed');
      if (refreshable.lens) void connection.sendRequest(CodeLensRefreshRequest.type);
      if (refreshable.hints) void connection.languages.inlayHint.refresh();
    },
  });

  connection.onInitialize((parameters) => {
    const { workspace: client } = parameters.capabilities;
    configurable = client?.configuration === true;
    workspace.annotations =
      client?.workspaceEdit?.changeAnnotationSupport !== undefined && client.workspaceEdit.documentChanges === true;
    refreshable = {
      lens: client?.codeLens?.refreshSupport === true,
      hints: client?.inlayHint?.refreshSupport === true,
    };
    const { trusted, explain } = (parameters.initializationOptions ?? {}) as { trusted?: unknown; explain?: unknown };
    workspace.runs.trusted = trusted !== false;
    workspace.explains = explain === true;
    const folders =
      parameters.workspaceFolders?.map(({ uri }) => uri) ?? (parameters.rootUri ? [parameters.rootUri] : []);
    workspace.folders = folders.map(pathOf);
    return {
      serverInfo: { name: 'ML Lifecycle', version },
      capabilities: {
        positionEncoding: 'utf-16',
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: false },
        notebookDocumentSync: {
          notebookSelector: [
            { notebook: { notebookType: 'lifecycle-document' }, cells: [{ language: 'lifecycle-pipeline' }] },
          ],
        },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
        ...capabilities,
      },
    };
  });

  const pull = async (): Promise<void> => {
    if (!configurable) return;
    workspace.settings = readSettings(await connection.workspace.getConfiguration('lifecycle'));
    if (refreshable.lens) void connection.sendRequest(CodeLensRefreshRequest.type);
    if (refreshable.hints) void connection.languages.inlayHint.refresh();
  };
  connection.onInitialized(() => {
    if (configurable)
      void connection.client.register(DidChangeConfigurationNotification.type, { section: 'lifecycle' });
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      const gone = new Set(removed.map(({ uri }) => pathOf(uri)));
      workspace.folders = [
        ...workspace.folders.filter((folder) => !gone.has(folder)),
        ...added.map(({ uri }) => pathOf(uri)),
      ];
    });
    void pull().catch(() => undefined);
  });
  connection.onDidChangeConfiguration(({ settings }) => {
    if (configurable) void pull().catch(() => undefined);
    else workspace.settings = readSettings((settings as { lifecycle?: unknown } | null)?.lifecycle);
  });

  connection.onDidOpenTextDocument(({ textDocument }) => {
    workspace.open(textDocument);
  });
  connection.onDidChangeTextDocument(({ textDocument, contentChanges }) => {
    workspace.change(textDocument.uri, textDocument.version, contentChanges);
  });
  connection.onDidCloseTextDocument(({ textDocument }) => {
    workspace.close(textDocument.uri);
    void connection.sendDiagnostics({ uri: textDocument.uri, diagnostics: [] });
  });
  connection.onDidChangeWatchedFiles(() => {
    workspace.filesChanged();
  });
  connection.onNotification('lifecycle/looked-at', () => {
    workspace.filesChanged();
  });
  connection.onNotification('lifecycle/trusted', () => {
    workspace.runs.trusted = true;
    workspace.filesChanged();
  });
  connectNotebooks(connection, workspace);

  registerFeatures(connection, workspace, guarded);
  connection.onShutdown(() => {
    workspace.runs.close();
  });
  return workspace;
}

/** Cancelled requests are not answered; a request that fails is a bug, which must not take the server down. */
function guarded<P, R>(token: CancellationToken, parameters: P, answer: (parameters: P) => R): R | ResponseError<void> {
  if (token.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
  return answer(parameters);
}

/**
 * Publishes without delay, but once for a burst: as long as further changes are waiting in the queue of messages, each of which takes one turn
 * of the event loop, the analysis waits for them.
 */
class Publisher {
  private readonly asked = new Set<Source>();
  private turns = 0;
  private running = false;
  private news = false;

  constructor(private readonly publishNow: (source: Source) => void) {}

  ask(source: Source): void {
    this.asked.add(source);
    this.news = true;
    if (this.running) return;
    this.running = true;
    this.turns = 0;
    setImmediate(() => {
      this.turn();
    });
  }

  private turn(): void {
    if (this.news && this.turns++ < 30) {
      this.news = false;
      setImmediate(() => {
        this.turn();
      });
      return;
    }
    this.running = false;
    this.news = false;
    const sources = [...this.asked];
    this.asked.clear();
    for (const source of sources) this.publishNow(source);
  }
}

function publish(connection: Connection, workspace: Workspace, source: Source): void {
  if (source.views.every(({ document }) => !workspace.documents.has(document.uri))) return;
  for (const [uri, diagnostics] of diagnosticsOf(workspace, source)) {
    const document = workspace.documents.get(uri);
    void connection.sendDiagnostics({ uri, diagnostics, ...(document && { version: document.version }) });
  }
}

function connectNotebooks(connection: Connection, workspace: Workspace): void {
  const { synchronization } = connection.notebooks;
  const info = (cell: { kind: number; document: string; metadata?: unknown }) => ({
    uri: cell.document,
    code: cell.kind === 2,
    metadata: cell.metadata,
  });
  synchronization.onDidOpenNotebookDocument(({ notebookDocument, cellTextDocuments }) => {
    workspace.openNotebook(notebookDocument.uri, notebookDocument.cells.map(info), cellTextDocuments);
  });
  synchronization.onDidChangeNotebookDocument(({ notebookDocument: { uri }, change: { cells } }) => {
    if (cells?.structure) {
      const { array, didOpen, didClose } = cells.structure;
      workspace.spliceCells(
        uri,
        array.start,
        array.deleteCount,
        (array.cells ?? []).map(info),
        didOpen ?? [],
        (didClose ?? []).map((each) => each.uri),
      );
      for (const closed of didClose ?? []) void connection.sendDiagnostics({ uri: closed.uri, diagnostics: [] });
    }
    for (const { document, changes } of cells?.textContent ?? [])
      workspace.changeCell(uri, document.uri, document.version, changes);
  });
  synchronization.onDidCloseNotebookDocument(({ notebookDocument, cellTextDocuments }) => {
    workspace.closeNotebook(notebookDocument.uri);
    for (const { uri } of cellTextDocuments) void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
}

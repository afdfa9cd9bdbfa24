import * as path from 'node:path';
import * as vscode from 'vscode';
import {
  LanguageClient,
  TransportKind,
  type LanguageClientOptions,
  type ServerOptions,
} from 'vscode-languageclient/node';

/** Pipelines and targets in every form in which they are edited: as files, as Markdown text, and as cells of the notebook. */
const documents = [
  { language: 'lifecycle-pipeline', scheme: 'file' },
  { language: 'lifecycle-pipeline', scheme: 'untitled' },
  { language: 'lifecycle-pipeline', notebook: 'lifecycle-document' },
  { language: 'lifecycle-targets', scheme: 'file' },
  { scheme: 'file', pattern: '**/lifecycle.yaml' },
  { language: 'markdown', scheme: 'file', pattern: '**/*.lifecycle.md' },
];

/**
 * Newer Node gives a program up to 200 MB for what is young. The server makes little that lives and much that does not, and does as well with an eighth: bench/language-server.
 * Of what lives it is given so much that a long file is read without a pause for looking through all of it; after that, it may grow by so many per cent
 * until it is looked through again (Node's own choice is up to 300, and held 270 MB while somebody typed).
 */
const MEMORY = ['--max-semi-space-size=8', '--initial-old-space-size=64', '--heap-growing-percent=70'];

/**
 * Starts the language server, which is a process of its own and reads only: it runs in untrusted workspaces too.
 * The returned promise settles when it is ready.
 */
export async function startClient(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): Promise<LanguageClient> {
  const module = context.asAbsolutePath(path.join('dist', 'language-server.js'));
  const server: ServerOptions = {
    run: { module, transport: TransportKind.stdio, options: { execArgv: MEMORY } },
    debug: { module, transport: TransportKind.stdio, options: { execArgv: [...MEMORY, '--nolazy', '--inspect=6009'] } },
  };
  const options: LanguageClientOptions = {
    documentSelector: documents,
    outputChannel: log,
    initializationOptions: { trusted: vscode.workspace.isTrusted, explain: true },
    synchronize: {
      configurationSection: 'lifecycle',
      fileEvents: [
        vscode.workspace.createFileSystemWatcher('**/*.{pipeline.yaml,pipeline.yml,lifecycle.md}'),
        vscode.workspace.createFileSystemWatcher('**/{targets,lifecycle}.yaml'),
        vscode.workspace.createFileSystemWatcher('**/*.{csv,tsv,tab,txt,json,jsonl,ndjson,parquet,pq,gz,zst,onnx,py}'),
      ],
    },
    middleware: {
      workspace: {
        // What runs write is followed by other means, and is much.
        didChangeWatchedFile: async (event, next) => {
          if (!/\/(\.lifecycle|node_modules|\.git)\//.test(event.uri)) await next(event);
        },
      },
    },
  };
  const client = new LanguageClient('lifecycle', 'ML Lifecycle', server, options);
  context.subscriptions.push(
    client,
    // What quick fixes call; not for the palette.
    vscode.commands.registerCommand('lifecycle.explain', (code: string) => {
      const page = vscode.Uri.joinPath(context.extensionUri, 'docs', 'diagnostics.md');
      return vscode.commands.executeCommand('markdown.showPreview', page.with({ fragment: code }));
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => client.sendNotification('lifecycle/trusted')),
    // Files may have come and gone meanwhile, and folders, which nobody watches.
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) void client.sendNotification('lifecycle/looked-at').catch(() => undefined);
    }),
  );
  await client.start();
  return client;
}

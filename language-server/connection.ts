import { readFileSync } from 'node:fs';
import {
  type Connection,
  createConnection,
  LSPErrorCodes,
  Message,
  ProposedFeatures,
  ResponseError,
  type ResponseMessage,
} from 'vscode-languageserver/node';
import { serve } from './serve';

/** A request that was cancelled before its turn is answered at once and never looked at. */
const connectionStrategy = {
  cancelUndispatched(message: Message): ResponseMessage | undefined {
    if (!Message.isRequest(message)) return undefined;
    return {
      jsonrpc: '2.0',
      id: message.id,
      error: new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled').toJson(),
    };
  },
};

/** Connects as the command line says (`--stdio`, `--node-ipc`, `--socket=N`; over a terminal-less pipe without any of them, `--stdio`). */
export function runServer(): void {
  const stated = process.argv.some((each) => /^--(stdio|node-ipc|socket|pipe)/.test(each));
  if (!stated && process.send === undefined) process.argv.push('--stdio');
  if (!stated && process.send !== undefined) process.argv.push('--node-ipc');
  const connection: Connection = createConnection(ProposedFeatures.all, { connectionStrategy });
  serve(connection, readVersion());
  connection.listen();
}

function readVersion(): string {
  try {
    const manifest = JSON.parse(readFileSync(`${__dirname}/../package.json`, 'utf8')) as { version?: string };
    return manifest.version ?? '';
  } catch {
    return '';
  }
}

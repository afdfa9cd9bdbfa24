import { readFileSync } from 'node:fs';
import {
  type Connection,
  createConnection,
  LSPErrorCodes,
  Message,
  type MessageReader,
  ProposedFeatures,
  ResponseError,
  type ResponseMessage,
} from './protocol';
import { serve } from './serve';
import { WholeWriter } from './writer';

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
  const stdio = stated ? process.argv.includes('--stdio') : process.send === undefined;
  if (!stated && !stdio) process.argv.push('--node-ipc');
  const connection: Connection = stdio
    ? createConnection(
        ProposedFeatures.all,
        // As a stream, so that the server ends with its input.
        process.stdin as unknown as MessageReader,
        new WholeWriter(process.stdout),
        { connectionStrategy },
      )
    : createConnection(ProposedFeatures.all, { connectionStrategy });
  if (stdio) console.log = console.info = console.debug = console.error;
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

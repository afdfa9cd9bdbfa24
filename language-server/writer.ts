import { AbstractMessageWriter, Message, type MessageWriter } from 'vscode-languageserver/node';
import { Written } from './written';

/**
 * Writes each message whole. The writer of the library gives head and body to the system one after the other, and waits in between: a client is
 * woken twice for each answer, the first time for nothing.
 */
export class WholeWriter extends AbstractMessageWriter implements MessageWriter {
  private errors = 0;

  constructor(private readonly stream: NodeJS.WritableStream) {
    super();
    stream.on('error', (error: Error) => {
      this.fireError(error);
    });
    stream.on('close', () => {
      this.fireClose();
    });
  }

  write(message: Message): Promise<void> {
    const body = bodyOf(message);
    return new Promise((resolve, reject) => {
      this.stream.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, 'utf8', (error) => {
        if (error) {
          this.fireError(error, message, ++this.errors);
          reject(error);
        } else resolve();
      });
    });
  }

  end(): void {
    this.stream.end();
  }
}

function bodyOf(message: Message): string {
  const written = Message.isResponse(message) && (message.result as unknown) instanceof Written;
  if (!written) return JSON.stringify(message);
  const { jsonrpc, id, result } = message;
  return `{"jsonrpc":${JSON.stringify(jsonrpc)},"id":${JSON.stringify(id)},"result":${(result as unknown as Written).json}}`;
}

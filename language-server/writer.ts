import { AbstractMessageWriter, Message, type MessageWriter } from './protocol';
import { inAscii, Written } from './written';

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
    const body = writtenBody(message);
    const [text, encoding] =
      body === undefined ? [JSON.stringify(message), 'utf8' as const] : [body, 'latin1' as const];
    return new Promise((resolve, reject) => {
      this.stream.write(`Content-Length: ${Buffer.byteLength(text, encoding)}\r\n\r\n${text}`, encoding, (error) => {
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

/** The message around an answer that is written already. */
function writtenBody(message: Message): string | undefined {
  if (!Message.isResponse(message)) return undefined;
  const { jsonrpc, id } = message;
  const result: unknown = message.result;
  return result instanceof Written
    ? `{"jsonrpc":${JSON.stringify(jsonrpc)},"id":${inAscii(JSON.stringify(id))},"result":${result.json}}`
    : undefined;
}

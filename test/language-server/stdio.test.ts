import assert from 'node:assert/strict';
import path from 'node:path';
import { type ChildProcess } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { csv } from './situations';
import { folderWith } from './harness';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { uri?: string; diagnostics?: { code: string }[] } & Record<string, unknown>;
  readonly result?: unknown;
  readonly error?: { code: number };
}

/** The least that a client needs to speak with the server over standard input and output. */
class Client {
  readonly published = new Map<string, { code: string }[]>();
  private buffer = Buffer.alloc(0);
  private id = 0;
  private readonly waiting = new Map<number, (message: Message) => void>();
  private onPublish: (() => void) | undefined;

  constructor(readonly process: ChildProcess) {
    process.stdout?.on('data', (chunk: Buffer) => {
      this.buffer = Buffer.concat([this.buffer, chunk]);
      for (;;) {
        const end = this.buffer.indexOf('\r\n\r\n');
        const length = Number(/content-length: *(\d+)/i.exec(this.buffer.toString('latin1', 0, Math.max(0, end)))?.[1]);
        if (end < 0 || this.buffer.length < end + 4 + length) return;
        const message = JSON.parse(this.buffer.toString('utf8', end + 4, end + 4 + length)) as Message;
        this.buffer = this.buffer.subarray(end + 4 + length);
        this.take(message);
      }
    });
  }

  private take(message: Message): void {
    if (message.method === 'textDocument/publishDiagnostics') {
      this.published.set(message.params?.uri ?? '', message.params?.diagnostics ?? []);
      this.onPublish?.();
    } else if (message.method !== undefined && message.id !== undefined)
      this.send({
        jsonrpc: '2.0',
        id: message.id,
        result: message.method === 'workspace/configuration' ? [null] : null,
      });
    else if (message.id !== undefined) this.waiting.get(message.id)?.(message);
  }

  send(message: unknown): void {
    const body = Buffer.from(JSON.stringify(message));
    this.process.stdin?.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.process.stdin?.write(body);
  }

  notify(method: string, params: unknown): void {
    this.send({ jsonrpc: '2.0', method, params });
  }

  request(method: string, params: unknown): Promise<Message> {
    const id = ++this.id;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.send({ jsonrpc: '2.0', id, method, params });
    });
  }

  get lastId(): number {
    return this.id;
  }

  async until(uri: string, holds: (codes: string[]) => boolean): Promise<void> {
    for (;;) {
      const found = this.published.get(uri);
      if (found && holds(found.map(({ code }) => code))) return;
      await new Promise<void>((resolve) => (this.onPublish = resolve));
    }
  }
}

describe('the language server over standard input and output', function () {
  this.timeout(60_000);
  let folder: ReturnType<typeof folderWith>;
  let client: Client;

  before(async () => {
    folder = folderWith({ 'data/raw.csv': csv });
    const { spawn } = await import('node:child_process');
    const server = path.resolve(__dirname, '../../language-server/server.ts');
    client = new Client(
      spawn(process.execPath, ['--require', 'tsx/cjs', server, '--stdio'], {
        stdio: ['pipe', 'pipe', 'inherit'],
        cwd: path.resolve(__dirname, '../..'),
      }),
    );
    const answer = await client.request('initialize', {
      processId: process.pid,
      rootUri: pathToFileURL(folder.path).toString(),
      capabilities: { workspace: { configuration: true } },
    });
    const { capabilities } = answer.result as { capabilities: Record<string, unknown> };
    assert.deepEqual(capabilities['notebookDocumentSync'], {
      notebookSelector: [
        { notebook: { notebookType: 'lifecycle-document' }, cells: [{ language: 'lifecycle-pipeline' }] },
      ],
    });
    client.notify('initialized', {});
  });

  after(async () => {
    await client.request('shutdown', undefined);
    const ended = new Promise((resolve) => client.process.once('exit', resolve));
    client.notify('exit', undefined);
    assert.equal(await ended, 0);
    folder.remove();
  });

  it('publishes while typing and answers', async () => {
    const uri = pathToFileURL(path.join(folder.path, 'a.pipeline.yaml')).toString();
    client.notify('textDocument/didOpen', {
      textDocument: {
        uri,
        languageId: 'lifecycle-pipeline',
        version: 1,
        text: 'lifecycle: 1\npipeline: a\nstages:\n  load:\n    kind: dat\n',
      },
    });
    await client.until(uri, (codes) => codes.includes('unknown-kind'));
    client.notify('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [
        {
          range: { start: { line: 4, character: 13 }, end: { line: 4, character: 13 } },
          text: 'a\n    source: data/raw.csv\n    target: plam',
        },
      ],
    });
    await client.until(uri, (codes) => codes.includes('unknown-column') && !codes.includes('unknown-kind'));
    const { result } = await client.request('textDocument/completion', {
      textDocument: { uri },
      position: { line: 6, character: 16 },
    });
    assert.ok((result as { items: { label: string }[] }).items.some(({ label }) => label === 'plan'));
  });

  it('answers a cancelled request at once, with what it is', async () => {
    const uri = pathToFileURL(path.join(folder.path, 'a.pipeline.yaml')).toString();
    const params = { textDocument: { uri }, position: { line: 4, character: 11 } };
    const requests = Array.from({ length: 20 }, () => {
      const answer = client.request('textDocument/completion', params);
      client.notify('$/cancelRequest', { id: client.lastId });
      return answer;
    });
    const last = client.request('textDocument/hover', params);
    for (const answer of await Promise.all(requests))
      assert.ok(answer.error === undefined || answer.error.code === -32800, JSON.stringify(answer.error));
    assert.equal((await last).error, undefined);
  });

  it('understands the cells of a notebook as one pipeline', async () => {
    const uri = pathToFileURL(path.join(folder.path, 'b.lifecycle.md')).toString();
    const cell = (n: number) => `vscode-notebook-cell:${uri.slice('file:'.length)}#C${n}`;
    const texts = [
      'lifecycle: 1\npipeline: b',
      'load:\n  kind: data\n  source: data/raw.csv\n  target: plan',
      'fit:\n  kind: train\n  data: laod\n  model: linear',
    ];
    client.notify('notebookDocument/didOpen', {
      notebookDocument: {
        uri,
        notebookType: 'lifecycle-document',
        version: 1,
        cells: texts.map((_text, i) => ({ kind: 2, document: cell(i) })),
      },
      cellTextDocuments: texts.map((text, i) => ({ uri: cell(i), languageId: 'lifecycle-pipeline', version: 1, text })),
    });
    await client.until(cell(2), (codes) => codes.includes('unknown-stage'));
    assert.deepEqual(client.published.get(cell(0)), []);
    client.notify('notebookDocument/didChange', {
      notebookDocument: { uri, version: 2 },
      change: {
        cells: {
          textContent: [
            {
              document: { uri: cell(2), version: 2 },
              changes: [{ range: { start: { line: 2, character: 8 }, end: { line: 2, character: 12 } }, text: 'load' }],
            },
          ],
        },
      },
    });
    await client.until(cell(2), (codes) => !codes.includes('unknown-stage'));
    const { result } = await client.request('textDocument/definition', {
      textDocument: { uri: cell(2) },
      position: { line: 2, character: 9 },
    });
    assert.equal((result as { targetUri: string }[])[0]?.targetUri, cell(1));
    const renamed = await client.request('textDocument/rename', {
      textDocument: { uri: cell(1) },
      position: { line: 0, character: 1 },
      newName: 'customers',
    });
    assert.deepEqual(Object.keys((renamed.result as { changes: object }).changes).sort(), [cell(1), cell(2)]);
  });
});

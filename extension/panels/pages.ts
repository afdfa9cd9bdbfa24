import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { Pace } from './pace';

/**
 * The places in which one panel is shown: a view in the side bar and an editor. Both get the same messages. A page speaks first; a hidden
 * one misses messages, so the whole state is sent again when it is shown.
 */
export class Pages<From, To> implements vscode.WebviewViewProvider, vscode.WebviewPanelSerializer {
  private readonly pages = new Set<vscode.Webview>();
  private panel: vscode.WebviewPanel | undefined;
  /** A new point shall be on screen within a quarter of a second after it was logged. */
  private readonly pace = new Pace(100, () => this.send());
  private sending: Promise<void> = Promise.resolve();

  /**
   * @param name of the bundle in dist/webviews; the view's and the panel's type is `lifecycle.NAME`
   * @param state gives the whole state as a message
   */
  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly name: string,
    private readonly title: string,
    private readonly state: () => Promise<To>,
    private readonly receive: (message: From) => void,
  ) {}

  /** Whether anybody looks. */
  get shown(): boolean {
    return this.pages.size > 0;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.attach(view.webview, view.onDidDispose, 'side');
    view.onDidChangeVisibility(() => view.visible && this.schedule());
  }

  /** Opens the panel as an editor. */
  open(column = vscode.ViewColumn.Active): void {
    if (this.panel) this.panel.reveal();
    else this.adopt(vscode.window.createWebviewPanel(`lifecycle.${this.name}`, this.title, column));
    this.schedule();
  }

  /** Takes a panel that VS Code kept over a reload. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.adopt(panel);
    return Promise.resolve();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    panel.onDidDispose(() => (this.panel = undefined));
    panel.onDidChangeViewState(() => panel.visible && this.schedule());
    this.attach(panel.webview, panel.onDidDispose, 'editor');
  }

  private attach(webview: vscode.Webview, onDidDispose: vscode.Event<void>, place: 'side' | 'editor'): void {
    webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(this.extensionUri, 'dist', 'webviews')],
    };
    webview.onDidReceiveMessage((message: From) => this.receive(message));
    onDidDispose(() => this.pages.delete(webview));
    this.pages.add(webview);
    webview.html = this.page(webview, place);
  }

  /** Sends the state soon; calls close together are one. */
  schedule(): void {
    if (this.shown) this.pace.ask();
  }

  /** One after the other: what was found out first must not arrive last. */
  send(): Promise<void> {
    const sent = this.sending.then(async () => this.post(await this.state()));
    this.sending = sent.catch(() => undefined);
    return sent;
  }

  /** Sends one message to everybody who looks. */
  async post(message: To): Promise<void> {
    await Promise.all([...this.pages].map((page) => page.postMessage(message)));
  }

  dispose(): void {
    this.pace.dispose();
    this.panel?.dispose();
  }

  /** One script and one style sheet of ours, and nothing else may load or run. */
  private page(webview: vscode.Webview, place: string): string {
    const nonce = randomBytes(16).toString('base64');
    const of = (file: string): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(this.extensionUri, 'dist', 'webviews', file)).toString();
    const policy = [
      `default-src 'none'`,
      `script-src 'nonce-${nonce}'`,
      `style-src ${webview.cspSource}`,
      `font-src ${webview.cspSource}`,
      `img-src ${webview.cspSource} data:`,
    ].join('; ');
    return `<!DOCTYPE html>
<html lang="en" data-place="${place}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${this.title}</title>
<link rel="stylesheet" href="${of(`${this.name}.css`)}">
</head>
<body>
<script nonce="${nonce}" src="${of(`${this.name}.js`)}"></script>
</body>
</html>`;
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type FrameLocator,
  type Locator,
  type Page,
} from 'playwright-core';

/** The repository's root. */
export const repository = path.resolve(__dirname, '../../..');

/** The four colour themes of which pictures are taken. */
export const themes = ['dark', 'light', 'hc-dark', 'hc-light'] as const;
/** The colour themes that VS Code ships and that every panel is held to. */
export const allThemes = [...themes, 'dark-plus', 'light-plus', 'dark-2026', 'light-2026'] as const;
export type Theme = (typeof allThemes)[number];

const themeNames: Record<Theme, string> = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  'hc-dark': 'Default High Contrast',
  'hc-light': 'Default High Contrast Light',
  'dark-plus': 'Dark+',
  'light-plus': 'Light+',
  'dark-2026': 'Dark 2026',
  'light-2026': 'Light 2026',
};

/** The class that the workbench carries while a theme of that kind is on. */
const themeClasses: Record<Theme, string> = {
  dark: 'vs-dark',
  light: 'vs',
  'hc-dark': 'hc-black',
  'hc-light': 'hc-light',
  'dark-plus': 'vs-dark',
  'light-plus': 'vs',
  'dark-2026': 'vs-dark',
  'light-2026': 'vs',
};

export interface WindowOptions {
  /** Folder in examples/ to work on a copy of; `null` for an empty folder. Default: churn. */
  readonly example?: string | null;
  /** The copy has its large tables whole. Default: every eighth row of them, since runs of whole ones are most of these tests' time. */
  readonly whole?: boolean;
  /** Files written into the copy, by path relative to it. */
  readonly files?: Readonly<Record<string, string>>;
  /** A file of the copy that is open at start. */
  readonly open?: string;
  readonly theme?: Theme;
  /** User settings on top of the calm ones of scripts/lib/vscode-server.mjs. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** false: the folder is in restricted mode, without the question. Default: true. */
  readonly trust?: boolean;
  /** Extra environment of the extension host and all it starts. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder of the extension under development, or `null` to take only what `extensions` holds. Default: the repository. */
  readonly development?: string | null;
  /** A folder of installed extensions (see `installVsix`). Default: a new, empty one. */
  readonly extensions?: string;
  /** Label of the activity-bar tab to wait for before the window counts as open; `null`: none. Default: ours. */
  readonly tab?: string | null;
}

/** What the browser had to complain about, by the frame that it came from. */
export interface Complaints {
  /** Violations of the content security policy of a webview, in Chromium's words. */
  readonly csp: string[];
  /** Errors on the console of, or uncaught in, a webview. */
  readonly webview: string[];
  /** The same of VS Code itself, for the report of a failed test. */
  readonly workbench: string[];
}

/** A module of scripts/lib, which has no types of its own. */
async function script<T>(name: string): Promise<T> {
  return (await import(path.join(repository, 'scripts/lib', `${name}.mjs`))) as T;
}

let browser: Promise<Browser> | undefined;

/** One Chromium serves all windows of a run; mocha's `exit` ends it. */
async function sharedBrowser(): Promise<Browser> {
  browser ??= (async () => {
    const { ensureBrowser, browserFlags, noBrowser } = await script<{
      ensureBrowser: () => Promise<string | undefined>;
      browserFlags: string[];
      noBrowser: string;
    }>('browser');
    const executablePath = await ensureBrowser();
    if (!executablePath) throw new Error(noBrowser);
    return chromium.launch({ executablePath, args: browserFlags });
  })();
  return browser;
}

/** Ends the shared Chromium; the next window starts a new one. */
export async function closeBrowser(): Promise<void> {
  const running = browser;
  browser = undefined;
  await (await running)?.close();
}

/** A VS Code window on a temporary copy of an example. Close it when done: that ends its server and deletes the copy. */
export class Window {
  private constructor(
    readonly page: Page,
    /** The temporary copy that is open. */
    readonly folder: string,
    readonly complaints: Complaints,
    private readonly context: BrowserContext,
    private readonly scratch: string,
    private readonly server: ChildProcess,
  ) {}

  /** Starts VS Code, opens the folder in it, and waits until our extension has put its tab into the activity bar. */
  static async open(options: WindowOptions = {}): Promise<Window> {
    const { example = 'churn', files = {}, trust = true, tab = 'ML Lifecycle' } = options;
    const scratch = mkdtempSync(path.join(tmpdir(), 'lifecycle-ui-'));
    const folder = path.join(scratch, example ?? 'empty');
    mkdirSync(folder);
    if (example !== null) {
      const from = path.join(repository, 'examples', example);
      cpSync(from, folder, { recursive: true, filter: (file) => path.basename(file) !== '.lifecycle' });
      if (options.whole !== true) thinTables(path.join(folder, 'data'));
    }
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }

    const { child, url } = await serve(scratch, folder, options, trust).catch((error: unknown) => {
      rmSync(scratch, { recursive: true, force: true });
      throw error;
    });
    const context = await (await sharedBrowser()).newContext({ viewport: { width: 1400, height: 900 } });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    const window = new Window(page, folder, listen(page), context, scratch, child);
    try {
      await page.goto(url);
      await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
      if (tab !== null) await window.activityTab(tab).waitFor({ timeout: 60_000 });
      return window;
    } catch (error) {
      await window.screenshot('window-did-not-open');
      await window.close();
      throw error;
    }
  }

  /** *Developer: Reload Window*, which keeps what is open where a mere reload of the page may be too quick for it; waits for the window to stand again. */
  async reload(tab: string | null = 'ML Lifecycle'): Promise<void> {
    await Promise.all([this.page.waitForEvent('load', { timeout: 60_000 }), this.run('Developer: Reload Window')]);
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    if (tab !== null) await this.activityTab(tab).waitFor({ timeout: 60_000 });
  }

  async close(): Promise<void> {
    await this.context.close().catch(() => undefined);
    await new Promise<void>((resolve) => {
      if (this.server.exitCode !== null || this.server.signalCode !== null) return resolve();
      this.server.once('exit', () => resolve());
      this.server.kill('SIGTERM');
    });
    // Runs and model servers outlive their window by design; those of a test end with it.
    const { endProcessesIn } = await script<{ endProcessesIn: (folder: string) => void }>('proc');
    endProcessesIn(this.scratch);
    rmSync(this.scratch, { recursive: true, force: true, maxRetries: 5 });
  }

  activityTab(label: string): Locator {
    return this.page.locator(`.activitybar .action-label[aria-label^="${label}"]`).first();
  }

  /** Runs a command from the palette by its title, e.g. `ML Lifecycle: Run Pipeline`. Fails when the palette lacks it. */
  async run(title: string): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const input = await this.quickInput('F1');
      try {
        await input.fill(`>${title}`, { timeout: 5_000 });
        await this.pick(title, 5_000);
        return await this.leaves(input, `>${title}`);
      } catch (error) {
        // The list was made before the command was known, which it never learns; or the input was that of a pick that was just closing.
        if (attempt === 9) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Waits until the palette is gone, or asks something else: its list may be put in another order under the click, which then chooses nothing. */
  private async leaves(input: Locator, asked: string): Promise<void> {
    for (let look = 0; look < 50; look++) {
      if (!(await input.isVisible()) || (await input.inputValue().catch(() => '')) !== asked) return;
      await this.page.waitForTimeout(100);
    }
    throw new Error(`The palette still shows ${asked}`);
  }

  /** Chooses the entry of the open quick pick whose label is, or begins with, the given text. @param patience milliseconds */
  async pick(label: string, patience = 40_000): Promise<void> {
    const rows = this.page.locator('.quick-input-widget .monaco-list-row');
    const exact = rows.filter({ has: this.page.getByText(label, { exact: true }) });
    const begins = this.page.locator(
      `.quick-input-widget .monaco-list-row[aria-label^="${label.replace(/"/g, '\\"')}"]`,
    );
    await exact.or(begins).first().click({ timeout: patience });
  }

  /** Chooses from the open context menu. A menu that has only just come passes over a click: then it is clicked again. */
  async chooseInMenu(name: string): Promise<void> {
    const item = this.page.getByRole('menuitem', { name });
    for (let attempt = 0; ; attempt++) {
      await item.click();
      try {
        return await item.waitFor({ state: 'detached', timeout: 3_000 });
      } catch (error) {
        if (attempt === 3) throw error;
      }
    }
  }

  /** Opens the context menu of what has the focus, and chooses from it, by keyboard alone. */
  async chooseByKeyboard(name: string): Promise<void> {
    const { page } = this;
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name }).waitFor();
    for (let step = 0; step < 30; step++) {
      await page.keyboard.press('ArrowDown');
      if ((await focusedText(page)).trim() === name) {
        await page.keyboard.press('Enter');
        return page.getByRole('menuitem', { name }).waitFor({ state: 'detached' });
      }
    }
    throw new Error(`The arrow keys do not come to ${name}`);
  }

  /** Goes down in the tree that has the focus until the row with a text has it, and opens what is closed on the way there. */
  async walkTree(title: string, text: string | RegExp): Promise<void> {
    await this.run(`ML Lifecycle: Focus on ${title} View`);
    const rows = this.tree(title);
    await rows.first().waitFor();
    await this.page.keyboard.press('Home');
    for (let step = 0; step < 60; step++) {
      const focused = this.page.locator('.pane .monaco-list:focus-within .monaco-list-row.focused');
      await focused.first().waitFor();
      if ((await focused.filter({ hasText: text }).count()) > 0) return;
      if ((await focused.first().getAttribute('aria-expanded')) === 'false')
        await this.page.keyboard.press('ArrowRight');
      await this.page.waitForTimeout(150);
      await this.page.keyboard.press('ArrowDown');
    }
    throw new Error(`The arrow keys do not come to ${String(text)} in ${title}`);
  }

  /** Types into the open input box and confirms. */
  async answer(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input');
    await input.fill(text);
    await input.press('Enter');
  }

  /** Opens a file of the folder in an editor (a notebook when its type says so) and waits for its tab. */
  async openFile(name: string): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const input = await this.quickInput('Control+P');
      try {
        await input.fill(name, { timeout: 5_000 });
        const row = this.page.locator('.quick-input-widget .monaco-list-row').first();
        await row.filter({ hasText: path.basename(name) }).waitFor({ timeout: 8_000 });
        await input.press('Enter');
        break;
      } catch (error) {
        // The list was made before the file was known.
        if (attempt === 4) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
    await this.editorTab(path.basename(name)).waitFor({ timeout: 40_000 });
  }

  editorTab(name: string): Locator {
    return this.page.locator(`.tabs-container .tab[data-resource-name="${name}"]`);
  }

  /** The document inside the webview of an editor tab (a panel of ours). With several, the visible one. */
  webview(): FrameLocator {
    return this.page
      .locator('iframe.webview:not([src*="purpose=webviewView"])')
      .filter({ visible: true })
      .first()
      .contentFrame()
      .frameLocator('iframe#active-frame');
  }

  /** The document inside a webview in the side bar or the panel. */
  sideWebview(): FrameLocator {
    return this.page
      .locator('iframe.webview[src*="purpose=webviewView"]')
      .filter({ visible: true })
      .first()
      .contentFrame()
      .frameLocator('iframe#active-frame');
  }

  /** Rows of a tree in the side bar, by the title of its view. */
  tree(title: string): Locator {
    return this.page
      .locator('.pane')
      .filter({ has: this.page.locator(`.pane-header[aria-label^="${title}"]`) })
      .locator('[role="treeitem"]');
  }

  /** Items of the status bar whose label contains the text. */
  statusBar(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: text });
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item').filter({ hasText: text });
  }

  /** Sets a setting of the workspace while the window is open (a server does not watch the user's own). */
  setSetting(key: string, value: unknown): void {
    const file = path.join(this.folder, '.vscode/settings.json');
    mkdirSync(path.dirname(file), { recursive: true });
    const settings = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {};
    writeFileSync(file, JSON.stringify({ ...settings, [key]: value }, null, 2));
  }

  /** Changes the colour theme and waits until it is on. */
  async setTheme(theme: Theme): Promise<void> {
    this.setSetting('workbench.colorTheme', themeNames[theme]);
    await this.page.locator(`.monaco-workbench.${themeClasses[theme]}`).first().waitFor({ timeout: 40_000 });
  }

  /** Writes a picture of the window to out/screenshots/NAME.png and returns its path. */
  async screenshot(name: string): Promise<string> {
    const file = path.join(repository, 'out/screenshots', `${name}.png`);
    mkdirSync(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file }).catch(() => undefined);
    return file;
  }

  async quickInput(key: string): Promise<Locator> {
    const input = this.page.locator('.quick-input-widget input');
    for (let attempt = 0; ; attempt++) {
      await this.page.keyboard.press(key);
      try {
        await input.waitFor({ timeout: 3000 });
        return input;
      } catch (error) {
        if (attempt === 4) throw error; // a focused webview can swallow a key; the workbench may still be starting
        await this.page
          .locator('.monaco-workbench .part.titlebar, .monaco-workbench .part.statusbar')
          .first()
          .click({ position: { x: 2, y: 2 } });
      }
    }
  }
}

/** The text of what has the focus, be it in a menu's shadow tree. */
const focusedText = (page: Page): Promise<string> =>
  page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    return active?.querySelector('.action-label')?.textContent ?? active?.textContent ?? '';
  });

/** Opens one window for all tests of a `describe`, closes it after them, and keeps a picture of it for each failed test. */
export function windowFor(options: WindowOptions = {}): () => Window {
  let window: Window | undefined;
  before(async function () {
    this.timeout(180_000);
    window = await Window.open(options);
  });
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed' || !window) return;
    const picture = await window.screenshot(
      `failed-${this.currentTest.fullTitle().replace(/\W+/g, '-').slice(0, 100)}`,
    );
    console.error(`    picture: ${path.relative(repository, picture)}`);
    for (const line of [...window.complaints.csp, ...window.complaints.webview]) console.error(`    ${line}`);
  });
  after(async () => {
    await window?.close();
  });
  return () => {
    if (!window) throw new Error('The window is open only inside tests');
    return window;
  };
}

/** Installs a VSIX into a folder to be given as `extensions` of a window. */
export async function installVsix(vsix: string, extensions: string): Promise<void> {
  const code = path.join(repository, 'scripts/code.mjs');
  const child = spawn(process.execPath, [code, `--install-extension=${vsix}`, `--extensions-dir=${extensions}`]);
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const exit = await new Promise((resolve) => child.once('close', resolve));
  if (exit !== 0) throw new Error(`Installing ${vsix} failed:\n${output}`);
}

/** Keeps every eighth row of tables of more than a megabyte. */
function thinTables(folder: string): void {
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.csv'))) {
    const file = path.join(folder, name);
    const lines = readFileSync(file, 'utf8').split('\n');
    if (statSync(file).size > 1e6) writeFileSync(file, lines.filter((_, index) => index % 8 === 0).join('\n') + '\n');
  }
}

async function serve(scratch: string, folder: string, options: WindowOptions, trust: boolean) {
  const { open, theme, settings = {}, development = repository, extensions, env = {} } = options;
  const calm = trust ? settings : { 'security.workspace.trust.startupPrompt': 'never', ...settings };
  const args = [
    path.join(repository, 'scripts/code.mjs'),
    '--json',
    folder,
    ...(open ? [path.join(folder, open)] : []),
    `--settings=${JSON.stringify(calm)}`,
    `--user-data-dir=${path.join(scratch, 'user-data')}`,
    `--extensions-dir=${extensions ?? path.join(scratch, 'extensions')}`,
    ...(theme ? [`--theme=${theme}`] : []),
    ...(trust ? ['--disable-workspace-trust'] : []),
    ...(development === null ? [] : [`--extensionDevelopmentPath=${development}`]),
  ];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', (line) => resolve((JSON.parse(line) as { url: string }).url));
    child.once('exit', () => reject(new Error(`VS Code did not start:\n${said}`)));
  });
  return { child, url };
}

/** Chromium's words for a violation; an empty inline style (this is its hash), as the widget toolkit sets it, takes nothing away. */
const violation = /violates the following Content Security Policy|Refused to .* Content Security Policy/;
const emptyStyle = /sha256-47DEQpj8HBSa\+\/TImW\+5JCeuQeRkm5NMpJWZG3hSuFU=/;

function listen(page: Page): Complaints {
  const complaints: Complaints = { csp: [], webview: [], workbench: [] };
  const inWebview = (url: string) => /webview|vscode-resource|vscode-remote-resource/.test(url);
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() !== 'error' || emptyStyle.test(text)) return;
    const { url } = message.location();
    // What has no place of its own is markup that a script put into a webview's page.
    if (violation.test(text) && (url === '' || inWebview(url))) complaints.csp.push(text);
    else (inWebview(url) ? complaints.webview : complaints.workbench).push(text);
  });
  page.on('pageerror', (error) => {
    (inWebview(error.stack ?? '') ? complaints.webview : complaints.workbench).push(String(error));
  });
  return complaints;
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { axeFaults } from '../rigs/axe';

// A panel in Chromium without VS Code around it: the same bundle, the same content security policy, the real themes' colours, and a stand-in
// for the extension that records what the panel says.

export const repository = path.resolve(__dirname, '../..');
/** The colour themes of which pictures are taken. */
export const themes = ['dark', 'light', 'hc-dark', 'hc-light'] as const;
/** The colour themes that VS Code ships. */
export const allThemes = [...themes, 'dark-plus', 'light-plus', 'dark-2026', 'light-2026'] as const;
/** Those that axe-core looks at here: the rest differ little from them, and test/deep/axe.test.ts looks at all of them in a real window. */
const judged = process.env['TEST_THEMES'] === 'all' ? allThemes : ([...themes, 'light-plus'] as const);
export type Theme = (typeof allThemes)[number];
export const kits = ['toolkit', 'elements'] as const;
export type Kit = (typeof kits)[number];

/** Class and kind that VS Code gives the body for each theme. */
const bodies: Record<Theme, readonly [string, string]> = {
  dark: ['vscode-dark', 'Dark Modern'],
  light: ['vscode-light', 'Light Modern'],
  'hc-dark': ['vscode-high-contrast', 'Default High Contrast'],
  'hc-light': ['vscode-high-contrast vscode-high-contrast-light', 'Default High Contrast Light'],
  'dark-plus': ['vscode-dark', 'Dark+'],
  'light-plus': ['vscode-light', 'Light+'],
  'dark-2026': ['vscode-dark', 'Dark 2026'],
  'light-2026': ['vscode-light', 'Light 2026'],
};

/** The colours that VS Code hands to webviews in each theme; `read-themes.ts` read them out of a real window. */
const colours = JSON.parse(readFileSync(path.join(__dirname, 'themes.json'), 'utf8')) as Record<
  Theme,
  Record<string, string>
>;

export interface Bundle {
  readonly script: string;
  readonly style: string;
}

const made = new Map<string, Promise<Bundle>>();

/** A panel's script and style sheet as they are shipped. */
export function bundleOf(panel: string, kit: Kit = 'toolkit'): Promise<Bundle> {
  const key = `${panel} ${kit}`;
  let promise = made.get(key);
  if (!promise) made.set(key, (promise = bundle(panel, kit)));
  return promise;
}

async function bundle(panel: string, kit: Kit): Promise<Bundle> {
  const stand = path.join(repository, 'webviews/ui-kit/library.ts');
  const choose: Plugin = {
    name: 'choose-ui-kit',
    setup: (builder) =>
      builder.onLoad({ filter: /[\\/]ui-kit[\\/]library\.ts$/ }, () => ({
        contents: `export * from './${kit}';`,
        loader: 'ts',
        resolveDir: path.dirname(stand),
      })),
  };
  const { outputFiles } = await build({
    absWorkingDir: repository,
    entryPoints: [`webviews/${panel}/main.ts`],
    outdir: 'out',
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    // What a script exports, as a renderer does, is at hand.
    globalName: 'panel',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    mainFields: ['browser', 'module', 'main'],
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.UI_KIT': JSON.stringify(kit) },
    plugins: [choose],
  });
  const of = (end: string): string => outputFiles.find((file) => file.path.endsWith(end))?.text ?? '';
  return { script: of('.js'), style: of('.css') };
}

let browser: Promise<Browser> | undefined;

async function sharedBrowser(): Promise<Browser> {
  browser ??= (async () => {
    const { ensureBrowser, browserFlags, noBrowser } = (await import(
      path.join(repository, 'scripts/lib/browser.mjs')
    )) as { ensureBrowser: () => Promise<string | undefined>; browserFlags: string[]; noBrowser: string };
    const executablePath = await ensureBrowser();
    if (!executablePath) throw new Error(noBrowser);
    return chromium.launch({ executablePath, args: browserFlags });
  })();
  return browser;
}

/** Ends the shared Chromium. */
export async function closeBrowser(): Promise<void> {
  const running = browser;
  browser = undefined;
  await (await running)?.close();
}

/** A value with long names in it, as programs make them: each text of `names` is made longer. */
export function withLongNames<T>(value: T, ...names: readonly string[]): T {
  const long = (name: string): string => `${name}_of_a_configuration_that_somebody_generated_from_a_file_in_2026`;
  const text = names.reduce((all, name) => all.replaceAll(`"${name}"`, `"${long(name)}"`), JSON.stringify(value));
  return JSON.parse(text) as T;
}

export interface PanelOptions {
  readonly kit?: Kit;
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  /** What `getState` gives: what an earlier page kept. */
  readonly state?: unknown;
  readonly reducedMotion?: boolean;
}

const origin = 'https://panel.test';

/** Takes the place of VS Code's API: messages to the extension and the kept state lie in `window.test`. */
const standIn = (state: unknown): string => `
  window.test = { sent: [], state: ${JSON.stringify(state ?? null)} ?? undefined, violations: [] };
  document.addEventListener('securitypolicyviolation', (event) => {
    // The toolkit sets an empty inline style now and then, which takes nothing away.
    if (!(event.effectiveDirective.startsWith('style-src') && (event.sample ?? '') === '')) window.test.violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample);
    else window.test.styleReports = (window.test.styleReports ?? 0) + 1;
  });
  // Buffers come as lists of numbers.
  const revive = (value) => {
    if (Array.isArray(value)) return value.map(revive);
    if (typeof value !== 'object' || value === null) return value;
    if (value.$f64) return Float64Array.from(value.$f64.map((each) => each ?? NaN)).buffer;
    if (value.$u32) return Uint32Array.from(value.$u32).buffer;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revive(each)]));
  };
  window.test.receive = (text) => window.dispatchEvent(new MessageEvent('message', { data: revive(JSON.parse(text)) }));
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => window.test.sent.push(message),
    getState: () => window.test.state,
    setState: (value) => { window.test.state = JSON.parse(JSON.stringify(value)); },
  });`;

/** A panel that is open. */
export class Panel {
  private static readonly opened = new Set<Panel>();
  readonly problems: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
  ) {
    page.on('pageerror', (error) => this.problems.push(String(error)));
  }

  static async open(name: string, options: PanelOptions = {}): Promise<Panel> {
    const { kit = 'toolkit', theme = 'dark', width = 1100, height = 760 } = options;
    const { script, style } = await bundleOf(name, kit);
    const context = await (
      await sharedBrowser()
    ).newContext({
      viewport: { width, height },
      reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference',
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    const page = await context.newPage();
    const panel = new Panel(page, context);
    Panel.opened.add(panel);
    const nonce = 'dGVzdA==';
    const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${origin}; font-src ${origin}; img-src ${origin} data:`;
    const body = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}"><title>${name}</title>
<link rel="stylesheet" href="/themes.css"><link rel="stylesheet" href="/panel.css"></head>
<body class="${bodies[theme][0]}" data-vscode-theme-id="${bodies[theme][1]}" data-theme="${theme}">
<script nonce="${nonce}" src="/stand-in.js"></script><script nonce="${nonce}" src="/panel.js"></script></body></html>`;
    const files: Record<string, readonly [string, string]> = {
      '/': ['text/html', body],
      '/themes.css': ['text/css', themeSheet()],
      '/panel.css': ['text/css', style],
      '/stand-in.js': ['text/javascript', standIn(options.state)],
      '/panel.js': ['text/javascript', script],
    };
    await page.route('**/*', (route) => {
      const found = files[new URL(route.request().url()).pathname];
      return found ? route.fulfill({ contentType: found[0], body: found[1] }) : route.abort();
    });
    await page.goto(`${origin}/`);
    return panel;
  }

  /** Sends a message as the extension does. */
  async send(message: unknown): Promise<void> {
    await this.page.evaluate(
      (text) => (window as unknown as { test: { receive(text: string): void } }).test.receive(text),
      encode(message),
    );
    await this.settle();
  }

  /** Two frames later everything that follows from the last step has been drawn. */
  async settle(): Promise<void> {
    await this.page.evaluate(
      () =>
        new Promise<void>((resolve) =>
          requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(), 0))),
        ),
    );
  }

  /** What the panel said to the extension so far. */
  async sent<T = Record<string, unknown>>(type?: string): Promise<T[]> {
    const all = await this.page.evaluate(() => (window as unknown as { test: { sent: unknown[] } }).test.sent);
    return (all as ({ type: string } & T)[]).filter((message) => type === undefined || message.type === type);
  }

  async kept(): Promise<unknown> {
    return this.page.evaluate(() => (window as unknown as { test: { state: unknown } }).test.state);
  }

  async setTheme(theme: Theme): Promise<void> {
    await this.page.evaluate(
      ([name, [classes, id]]) => {
        document.body.className = classes;
        document.body.dataset['theme'] = name;
        document.body.dataset['vscodeThemeId'] = id;
      },
      [theme, bodies[theme]] as const,
    );
    await this.settle();
  }

  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: path.join(repository, 'out/screenshots', `${name}.png`) });
  }

  /**
   * What the pointer's shape offers to press or to drag, and no key reaches: it takes no focus and stands in nothing that does. `data-keys` names
   * where the keyboard does the same.
   */
  async withoutKeys(): Promise<string[]> {
    return this.page.evaluate(() => {
      const reached = '[tabindex]:not(.scroll), button, a[href], input, select, textarea, summary, label, [data-keys]';
      const all = Array.from(document.querySelectorAll('body *')).filter(
        (element) =>
          /pointer|resize|grab/.test(getComputedStyle(element).cursor) &&
          element.getBoundingClientRect().width > 0 &&
          !element.closest(reached) &&
          !element.tagName.startsWith('VSCODE-') &&
          !element.closest('vscode-button, vscode-checkbox, vscode-dropdown, vscode-single-select, vscode-text-field'),
      );
      return [...new Set(all.map((each) => `no key reaches ${each.tagName}.${each.getAttribute('class') ?? ''}`))];
    });
  }

  /** Faults that axe-core finds in each theme, where what is not a matter of colour is looked at once; and what no key reaches. */
  async faults(name?: string): Promise<string[]> {
    const found: string[] = await this.withoutKeys();
    for (const [index, theme] of judged.entries()) {
      await this.setTheme(theme);
      found.push(...(await axeFaults(this.page, { colours: index > 0 })).map((fault) => `${theme} ${fault}`));
      if (name && themes.some((each) => each === theme)) await this.screenshot(`${name}-${theme}`);
    }
    return found;
  }

  /** Pixels by which the page is wider than what is seen of it: nobody should have to push a whole panel sideways. */
  async overflow(width: number): Promise<number> {
    await this.page.setViewportSize({ width, height: 700 });
    await this.settle();
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }

  /** Fails when the panel broke its content security policy or threw. */
  async assertCalm(): Promise<void> {
    const violations = await this.page.evaluate(
      () => (window as unknown as { test: { violations: string[] } }).test.violations,
    );
    assert.deepEqual(violations, []);
    assert.deepEqual(this.problems, []);
  }

  async close(): Promise<void> {
    Panel.opened.delete(this);
    await this.context.close();
  }

  /** Closes every panel that is open, and fails when one was not calm. */
  static async closeAll(): Promise<void> {
    const panels = [...Panel.opened];
    try {
      for (const panel of panels) await panel.assertCalm();
    } finally {
      for (const panel of panels) await panel.close();
    }
  }
}

/** For a `describe`: the panels of each test must have stayed calm and end with it, the browser ends after them all. */
export function tidyPanels(): void {
  afterEach(() => Panel.closeAll());
  after(closeBrowser);
}

function themeSheet(): string {
  const rules = allThemes.map((theme) => {
    const variables = Object.entries(colours[theme]).map(([name, value]) => `${name}:${value}`);
    return `html:has(body[data-theme="${theme}"]) { ${variables.join(';')} }`;
  });
  return `${rules.join('\n')}\nhtml { color-scheme: light dark; } body { background: var(--vscode-editor-background); }`;
}

/** JSON with buffers: {@link Panel.send} makes them buffers again in the page. */
export function encode(message: unknown): string {
  return JSON.stringify(message, function (this: Record<string, unknown>, key, value: unknown) {
    if (value instanceof ArrayBuffer)
      return key === 'codes' || key === 'u32'
        ? { $u32: [...new Uint32Array(value)] }
        : { $f64: [...new Float64Array(value)].map((each) => (Number.isNaN(each) ? null : each)) };
    return value;
  });
}

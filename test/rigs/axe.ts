import { readFileSync } from 'node:fs';
import type { Frame, Page } from 'playwright-core';

interface Found {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

export interface AxeOptions {
  /** Only rules of colour, for a theme of a page whose other faults are known. */
  readonly colours?: boolean;
  /** CSS selector of the parts that are ours. Default: the whole document. */
  readonly within?: string;
}

/** Faults that axe-core finds in a page or a frame, one text each. It runs by the debugger's hand, which the page's security policy does not bind. */
export async function axeFaults(page: Page | Frame, { colours = false, within }: AxeOptions = {}): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window)))
    await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations } = await page.evaluate(
    ([only, part]) =>
      (window as unknown as { axe: { run(node: unknown, options: unknown): Promise<Found> } }).axe.run(
        part === undefined ? document : { include: [[part]] },
        {
          iframes: false,
          // A webview is a part of VS Code's page: it has no landmarks of a page of its own.
          rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false } },
          ...(only ? { runOnly: ['color-contrast'] } : {}),
        },
      ),
    [colours, within] as const,
  );
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map(({ html, failureSummary }) => `${html.slice(0, 160)} (${failureSummary ?? ''})`)
        .join(' | ')}`,
  );
}

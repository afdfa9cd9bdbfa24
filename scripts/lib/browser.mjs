// Finds the Chromium that shows the npm-carried VS Code.
import fs from 'node:fs';
import { cleanNpmEnv, root, run } from './proc.mjs';

const known = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/microsoft-edge',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Path of a Chromium-like browser: $CHROMIUM, a system one, or Playwright's own download; undefined when there is none. */
export async function findBrowser() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const { chromium } = await import('playwright-core');
  return [...known, chromium.executablePath()].find((file) => file && fs.existsSync(file));
}

/** Like `findBrowser`, but lets Playwright download its Chromium when the machine has none and the network allows it. */
export async function ensureBrowser() {
  const found = await findBrowser();
  if (found) return found;
  console.log('Fetching a Chromium for Playwright');
  await run('npx', ['playwright-core', 'install', 'chromium'], {
    cwd: root,
    env: cleanNpmEnv(),
    quiet: true,
    limit: 600,
  });
  return findBrowser();
}

/** No updates, no calls home, no sandbox (containers and CI run as root), no GPU: the same picture everywhere. */
export const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--force-color-profile=srgb',
];

export const noBrowser =
  'No Chromium was found. Install one (Debian: apt-get install chromium; elsewhere: npx playwright-core install chromium) or name it in CHROMIUM.';

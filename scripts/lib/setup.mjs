// What a script needs before it can work: npm packages, Debian packages, a build.
import fs from 'node:fs';
import path from 'node:path';
import { cleanNpmEnv, root, run, Stop } from './proc.mjs';

/** True when node_modules holds what package-lock.json asks for (parts for other platforms may be absent). */
export function dependenciesAreFresh() {
  try {
    const wanted = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
    const present = JSON.parse(fs.readFileSync(path.join(root, 'node_modules/.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(
      ([name, { version, optional }]) => name === '' || (present[name] ? present[name].version === version : optional),
    );
  } catch {
    return false;
  }
}

/** Runs `npm ci` when node_modules is missing or out of step with package-lock.json. Throws `Stop` when that fails. */
export async function ensureDependencies() {
  if (dependenciesAreFresh()) return;
  console.log('Installing npm packages (npm ci)');
  const { code, output } = await run('npm', ['ci', '--no-audit', '--no-fund'], {
    env: cleanNpmEnv(),
    quiet: true,
    limit: 900,
  });
  if (code !== 0) throw new Stop(`npm ci failed:\n${output.trim().split('\n').slice(-15).join('\n')}`);
}

/** Debian packages that tests use, and what for. The product itself needs none of them. */
const debianPackages = {
  chromium: 'shows VS Code in the tests inside it',
  'python3-numpy': 'golden numbers',
  'python3-pil': 'pictures beside Pillow',
  'python3-pandas': 'golden numbers',
  'python3-scipy': 'golden numbers',
  'python3-sklearn': 'the quality bars',
  'python3-onnx': 'onnx.checker on our models',
  prometheus: 'alert rules against the real thing',
  'prometheus-alertmanager': 'alerts against the real thing',
  'python3-torch': "a user's own training program",
  'python3-xgboost': "a user's own training program",
  postgresql: 'a log of predictions in a database',
  'python3-botocore': 'requests to AWS against its own service models',
  'docker-registry': 'container images',
  podman: 'container images',
  runc: 'container images',
};

/**
 * Installs the Debian packages that are missing, when this is Debian and we are root; elsewhere says what to install.
 * Never fails: tests that miss a package are skipped with that reason.
 */
export async function ensureDebianPackages() {
  if (!fs.existsSync('/etc/debian_version')) {
    console.log(
      `Not Debian: tests that want ${Object.keys(debianPackages).join(', ')} use what they find, or are skipped.`,
    );
    return;
  }
  const missing = [];
  for (const name of Object.keys(debianPackages)) {
    const { code, output } = await run('dpkg-query', ['-W', '-f=${Status}', name], { quiet: true });
    if (code !== 0 || !output.includes('ok installed')) missing.push(name);
  }
  if (missing.length === 0) return;
  const by = missing.map((name) => `${name} (${debianPackages[name]})`).join(', ');
  if (process.getuid?.() !== 0) {
    console.log(
      `To run every test, install ${by}:\n  sudo apt-get install --no-install-recommends ${missing.join(' ')}`,
    );
    return;
  }
  console.log(`Installing Debian packages: ${by}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    run('apt-get', ['-o', 'DPkg::Lock::Timeout=600', '-qq', ...args], { env, quiet: true, limit: 1200 });
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  let result = await apt(...install);
  if (result.code !== 0) {
    await apt('update'); // the machine's package lists may be old or absent
    result = await apt(...install);
  }
  if (result.code !== 0)
    console.log(`apt-get failed; tests that need these are skipped:\n${result.output.trim().slice(-800)}`);
}

/** Builds dist/. Throws `Stop` when the build fails. */
export async function buildAll(...flags) {
  const { code } = await run(process.execPath, ['esbuild.mjs', ...flags]);
  if (code !== 0) throw new Stop('The build failed.');
}

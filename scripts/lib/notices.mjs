// The licences of the packages whose code is in the bundles, for those who get a bundle without its node_modules.
import fs from 'node:fs';
import path from 'node:path';

/**
 * @param {string} root of the repository
 * @param {string[]} inputs paths of bundled files, relative to the root
 * @returns {string} one section a package, by name
 */
export function noticesOf(root, inputs) {
  const packages = new Set(inputs.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []));
  const sections = [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(fs.readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    const file = fs.readdirSync(path.join(root, folder)).find((each) => /^(licen[cs]e|copying)/i.test(each));
    const text = file ? fs.readFileSync(path.join(root, folder, file), 'utf8').trim() : `Licence: ${license}`;
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return `ML Lifecycle contains code of these packages.\n\n${sections.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** Does this path contain a pattern? */
export function isGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/**
 * Files that a pattern names, sorted by code point so that the order is the same everywhere. `*` and `?` stay within a folder, `**` goes
 * down any number of them, `[abc]` is one of these characters. Hidden files and folders are matched only when the pattern names them.
 */
export async function glob(pattern: string, folder: string): Promise<string[]> {
  const absolute = path.resolve(folder, pattern).replaceAll('\\', '/');
  const { root } = path.parse(absolute);
  const found = new Set<string>();
  await walk(root, absolute.slice(root.length).split('/'), found);
  return [...found].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

async function walk(folder: string, parts: readonly string[], found: Set<string>): Promise<void> {
  const [part, ...rest] = parts;
  if (part === undefined) return;
  if (part !== '**' && !isGlob(part) && rest.length > 0) {
    await walk(path.join(folder, part), rest, found);
    return;
  }
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (part === '**') {
    await walk(folder, rest.length > 0 ? rest : ['*'], found);
    for (const entry of entries) {
      if (entry.isDirectory() && !entry.name.startsWith('.')) await walk(path.join(folder, entry.name), parts, found);
    }
    return;
  }
  const matches = matcher(part);
  for (const entry of entries) {
    if (!matches(entry.name)) continue;
    const at = path.join(folder, entry.name);
    if (rest.length > 0) await walk(at, rest, found);
    else if (!entry.isDirectory()) found.add(at);
  }
}

function matcher(part: string): (name: string) => boolean {
  let source = '';
  for (let i = 0; i < part.length; i++) {
    const character = part.charAt(i);
    const close = character === '[' ? part.indexOf(']', i + 2) : -1;
    if (close > 0) {
      const inside = part
        .slice(i + 1, close)
        .replace(/^!/, '^')
        .replaceAll('\\', '\\\\');
      source += `[${inside}]`;
      i = close;
    } else if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else source += character.replace(/[\\^$.|+(){}[\]]/g, '\\$&');
  }
  const pattern = new RegExp(`^${source}$`, 'u');
  return (name) => pattern.test(name) && (part.startsWith('.') || !name.startsWith('.'));
}

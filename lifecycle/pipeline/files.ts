import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, parse as parsePath, resolve } from 'node:path';

/**
 * What the analyser knows of the file system. Synchronous and cheap; undefined means "not known", on which the analyser stays silent. Paths are
 * absolute.
 */
export interface Files {
  exists(path: string): boolean | undefined;
  /** Text of a file, or of the editor's buffer laid over it; undefined when there is none. */
  read(path: string): string | undefined;
  /** Names in a folder; undefined when it does not exist or is not known. */
  list(folder: string): readonly string[] | undefined;
  /** Files that a pattern names, up to `limit`. */
  match(pattern: string, limit: number): readonly string[] | undefined;
}

const MAX_TEXT = 8 << 20;
/** Folder entries looked at for one pattern. */
const MAX_VISITED = 20_000;

/**
 * The files on disk, under a few open buffers.
 * @param overlay text by absolute path
 */
export function diskFiles(overlay: ReadonlyMap<string, string> = new Map()): Files {
  const quiet = <T>(look: () => T): T | undefined => {
    try {
      return look();
    } catch {
      return undefined;
    }
  };
  const list = (folder: string): string[] | undefined => quiet(() => readdirSync(folder));
  return {
    exists: (path) => overlay.has(path) || existsSync(path),
    read: (path) =>
      overlay.get(path) ?? quiet(() => (statSync(path).size > MAX_TEXT ? undefined : readFileSync(path, 'utf8'))),
    list,
    match: (pattern, limit) => {
      const found: string[] = [];
      const absolute = pattern.replaceAll('\\', '/');
      const { root } = parsePath(absolute);
      let visited = 0;
      const walk = (folder: string, parts: readonly string[]): void => {
        const [part, ...rest] = parts;
        if (part === undefined || found.length >= limit || visited > MAX_VISITED) return;
        if (!isGlob(part)) {
          const at = resolve(folder, part);
          if (rest.length > 0) walk(at, rest);
          else if (existsSync(at)) found.push(at);
          return;
        }
        const entries = quiet(() => readdirSync(folder, { withFileTypes: true })) ?? [];
        visited += entries.length + 1;
        if (part === '**') walk(folder, rest.length > 0 ? rest : ['*']);
        const matches = part === '**' ? undefined : matcher(part);
        for (const entry of entries) {
          if (found.length >= limit) return;
          const at = resolve(folder, entry.name);
          if (!matches) {
            if (entry.isDirectory() && !entry.name.startsWith('.')) walk(at, parts);
          } else if (matches(entry.name)) {
            if (rest.length > 0) walk(at, rest);
            else if (!entry.isDirectory()) found.push(at);
          }
        }
      };
      walk(root, absolute.slice(root.length).split('/'));
      return visited > MAX_VISITED && found.length === 0 ? undefined : found;
    },
  };
}

/** Does this path hold a pattern: `*`, `?`, `[…]`? */
export const isGlob = (path: string): boolean => /[*?[]/.test(path);

function matcher(part: string): (name: string) => boolean {
  let source = '';
  for (let i = 0; i < part.length; i++) {
    const character = part.charAt(i);
    const close = character === '[' ? part.indexOf(']', i + 2) : -1;
    if (close > 0) {
      source += `[${part
        .slice(i + 1, close)
        .replace(/^!/, '^')
        .replaceAll('\\', '\\\\')
        .replaceAll('[', '\\[')}]`;
      i = close;
    } else if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else source += character.replace(/[\\^$.|+(){}[\]]/g, '\\$&');
  }
  let pattern: RegExp | undefined;
  try {
    pattern = new RegExp(`^${source}$`, 'u');
  } catch {
    return (name) => name === part;
  }
  const compiled = pattern;
  return (name) => compiled.test(name) && (part.startsWith('.') || !name.startsWith('.'));
}

/** A path of a pipeline as an absolute one. Addresses (`https://…`) are no paths. */
export function absolutePath(folder: string, path: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path) || path.includes('\0')) return undefined;
  return isAbsolute(path) ? path : resolve(folder, path);
}

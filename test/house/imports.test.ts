import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import ts from 'typescript';

// The allowed directions of ARCHITECTURE.md, held against the imports that are really in the code.

const root = path.resolve(__dirname, '../..');
const ground = ['expression', 'query', 'onnx', 'statistics', 'process', 'net', 'store', 'table', 'image'];
const rooms = [
  'pipeline',
  'data',
  'model',
  'train',
  'evaluate',
  'optimize',
  'package',
  'deploy',
  'monitor',
  'govern',
  'report',
];

/** What a folder may import of the project, besides itself and what is below `schemas` and `lifecycle/problem`. */
function allowed(from: string): (to: string) => boolean {
  const [top, room] = from.split('/') as [string, string | undefined];
  if (top === 'schemas') return () => false;
  if (top === 'lifecycle') {
    if (room === undefined || room === 'cli') return (to) => to.startsWith('lifecycle');
    // Shared with webviews: it stands on nothing.
    if (room === 'query') return () => false;
    const below = (to: string) => ground.includes(to.split('/')[1] ?? '');
    if (ground.includes(room)) return below;
    if (room === 'run') return (to) => to.startsWith('lifecycle/') && to !== 'lifecycle/cli';
    if (room === 'train' || room === 'optimize' || room === 'evaluate')
      return (to) => below(to) || to === 'lifecycle/model';
    if (rooms.includes(room)) return below;
    return () => false;
  }
  if (top === 'language-server') {
    const may = ['pipeline', 'store', 'model', 'data', 'expression', 'statistics', 'process'].map(
      (name) => `lifecycle/${name}`,
    );
    return (to) => may.includes(to);
  }
  if (top === 'webviews') return (to) => to.startsWith('webviews') || to === 'lifecycle/query';
  if (top === 'extension') {
    const may = ['store', 'process', 'pipeline', 'query', 'report', 'net'].map((name) => `lifecycle/${name}`);
    return (to) => may.includes(to) || to === 'webviews';
  }
  return () => true;
}

/** Packages and Node modules that only one folder may import: the doors. */
const doors: readonly { module: RegExp; folders: RegExp; why: string }[] = [
  { module: /^vscode$/, folders: /^extension/, why: 'the engine runs without VS Code' },
  { module: /^vscode-languageclient/, folders: /^extension/, why: 'the client lives in the extension' },
  { module: /^(node:)?child_process$/, folders: /^lifecycle\/process/, why: 'processes start and end in one place' },
  {
    module: /^(node:)?(http|https|http2|net|tls|dgram|dns)(\/|$)/,
    folders: /^lifecycle\/net/,
    why: 'the network has one door',
  },
  { module: /^onnxruntime-node$/, folders: /^lifecycle\/onnx/, why: 'the runtime has one door' },
  { module: /^@duckdb\//, folders: /^lifecycle\/table/, why: 'the database has one door' },
  { module: /^@tensorflow\//, folders: /^lifecycle\/train/, why: 'only a trainer needs TensorFlow' },
  {
    module: /^(@vscode\/webview-ui-toolkit|@vscode-elements\/)/,
    folders: /^webviews\/ui-kit/,
    why: 'the component library must stay exchangeable',
  },
  { module: /^uplot$/, folders: /^webviews/, why: 'charts are drawn in webviews' },
];

interface Import {
  readonly file: string;
  readonly from: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

const sources = ['schemas', 'lifecycle', 'language-server', 'extension', 'webviews'].flatMap((top) =>
  readdirSync(path.join(root, top), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => path.join(top, name).replaceAll('\\', '/')),
);

/** The folder that a file or an import without extension belongs to: `lifecycle/data`, `webviews/ui-kit`, `extension`, … */
function folderOf(target: string): string {
  const parts = target.split('/');
  const [top = '', second] = parts;
  const isFolder =
    second !== undefined &&
    existsSync(path.join(root, top, second)) &&
    statSync(path.join(root, top, second)).isDirectory();
  return (top === 'lifecycle' || top === 'webviews') && isFolder ? `${top}/${second}` : top;
}

const imports: Import[] = sources.flatMap((file) => {
  const tree = ts.createSourceFile(file, readFileSync(path.join(root, file), 'utf8'), ts.ScriptTarget.ES2022, true);
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean) =>
    found.push({
      file,
      from: folderOf(file),
      target: specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : specifier,
      typeOnly,
    });
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    )
      add(
        node.moduleSpecifier.text,
        ts.isImportDeclaration(node) ? (node.importClause?.isTypeOnly ?? false) : node.isTypeOnly,
      );
    else if (ts.isCallExpression(node) && node.arguments[0] && ts.isStringLiteralLike(node.arguments[0])) {
      const callee = node.expression;
      if (callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require'))
        add(node.arguments[0].text, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
});

describe('the house', () => {
  it('has code to look at', () => {
    assert.ok(sources.length > 20);
    assert.ok(imports.length > 50);
  });

  it('imports only downwards', () => {
    const breaches = imports
      .filter(({ target }) => /^(schemas|lifecycle|language-server|extension|webviews)(\/|$)/.test(target))
      .filter(({ from, target }) => {
        const to = folderOf(target);
        if (to === from || to === 'schemas' || target === 'lifecycle/problem') return false;
        // Messages, and text that is put together alike on both sides.
        if (from === 'extension' && to.startsWith('webviews'))
          return target !== 'webviews/protocol' && target !== 'webviews/requests';
        if (from === 'language-server' && to === 'lifecycle/data') return !target.startsWith('lifecycle/data/peek');
        return !allowed(from)(to);
      })
      .map(({ file, target }) => `${file} imports ${target}`);
    assert.deepEqual(breaches, []);
  });

  it('reaches the outside only through its doors', () => {
    const breaches = imports.flatMap(({ file, from, target, typeOnly }) =>
      doors
        .filter((door) => door.module.test(target) && !door.folders.test(from) && !typeOnly)
        .map((door) => `${file} imports ${target}: ${door.why}`),
    );
    assert.deepEqual(breaches, []);
  });

  it('keeps browser code free of Node', () => {
    const breaches = imports
      .filter(
        ({ from, target, typeOnly }) =>
          from.startsWith('webviews') && !typeOnly && (target.startsWith('node:') || builtinModules.includes(target)),
      )
      .map(({ file, target }) => `${file} imports ${target}`);
    assert.deepEqual(breaches, []);
  });

  it('has no circle between the folders of the engine', () => {
    const edges = new Map<string, Set<string>>();
    for (const { from, target } of imports) {
      if (!target.startsWith('lifecycle/') || !from.startsWith('lifecycle/') || folderOf(target) === 'lifecycle')
        continue;
      const to = folderOf(target);
      if (to !== from) edges.set(from, (edges.get(from) ?? new Set()).add(to));
    }
    const circles: string[] = [];
    const walk = (node: string, trail: readonly string[]): void => {
      if (trail.includes(node)) {
        circles.push([...trail.slice(trail.indexOf(node)), node].join(' → '));
        return;
      }
      for (const next of edges.get(node) ?? []) walk(next, [...trail, node]);
    };
    for (const node of edges.keys()) walk(node, []);
    assert.deepEqual([...new Set(circles)].slice(0, 5), []);
  });
});

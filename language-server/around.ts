import { join } from 'node:path';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { isPipelineFile } from '../lifecycle/pipeline/parts';
import { Source } from './source';
import { uriOf, type Workspace } from './workspace';

const MAX_FILES = 500;
const MAX_FOLDERS = 3000;
const passedOver = /^(\..*|node_modules|dist|out|build|target|venv|__pycache__)$/;

const closed = new Map<string, { text: string; source: Source }>();

/** The pipelines of the open folders, open or not: for symbols, references to targets, and renames. Bounded; links are not followed. */
export function pipelinesAround(workspace: Workspace): Source[] {
  const found = new Map<string, Source>();
  for (const source of workspace.allSources()) if (source.kind === 'pipeline') found.set(source.path, source);
  for (const path of pipelineFiles(workspace)) {
    if (found.has(path)) continue;
    const text = workspace.disk.read(path);
    if (text === undefined) continue;
    const known = closed.get(path);
    if (known?.text === text) {
      found.set(path, known.source);
      continue;
    }
    const document = TextDocument.create(uriOf(path), 'lifecycle-pipeline', 0, text);
    const source = new Source(document.uri, path, 'pipeline', () => ({}));
    source.set(text, [{ document, from: 0 }]);
    if (closed.size > MAX_FILES) closed.clear();
    closed.set(path, { text, source });
    found.set(path, source);
  }
  return [...found.values()];
}

function pipelineFiles(workspace: Workspace): string[] {
  const files: string[] = [];
  const queue = [...workspace.folders];
  for (let visited = 0; queue.length > 0 && visited < MAX_FOLDERS && files.length < MAX_FILES; visited++) {
    const folder = queue.shift() ?? '';
    for (const name of workspace.disk.list(folder) ?? []) {
      if (isPipelineFile(name)) files.push(join(folder, name));
      else if (!passedOver.test(name) && !/\.[A-Za-z0-9]{1,10}$/.test(name)) queue.push(join(folder, name));
    }
  }
  return files;
}

import { isDeepStrictEqual } from 'node:util';
import { analyze } from './analyze';

/** How the text of a pipeline would change, in the words of the pipeline. */
export interface TextChanges {
  /** Keys of the header. */
  readonly header: readonly string[];
  /** Stages that only the text after has. */
  readonly added: readonly string[];
  /** Stages that only the text before has. */
  readonly removed: readonly string[];
  /** Stages whose text differs, comments included. */
  readonly changed: readonly string[];
  /** The texts differ, be it in nothing but prose, comments or spaces. */
  readonly differ: boolean;
}

/**
 * Compares two texts of a pipeline, however broken they are. Line ends don't count.
 * @param path of the file, for its spelling
 */
export function textChanges(path: string, before: string, after: string): TextChanges {
  const old = partsOf(path, before);
  const fresh = partsOf(path, after);
  const names = [...new Set([...Object.keys(old.header), ...Object.keys(fresh.header)])];
  return {
    header: names.filter((name) => !isDeepStrictEqual(old.header[name], fresh.header[name])),
    added: [...fresh.stages.keys()].filter((name) => !old.stages.has(name)),
    removed: [...old.stages.keys()].filter((name) => !fresh.stages.has(name)),
    changed: [...fresh.stages].flatMap(([name, text]) =>
      old.stages.has(name) && old.stages.get(name) !== text ? [name] : [],
    ),
    differ: old.text !== fresh.text,
  };
}

function partsOf(path: string, source: string) {
  const text = source.replaceAll('\r\n', '\n');
  const { header, stages } = analyze(path, text);
  return {
    text,
    header: header as Readonly<Record<string, unknown>>,
    stages: new Map(stages.map(({ name, range }) => [name, text.slice(range.from, range.to).trim()])),
  };
}

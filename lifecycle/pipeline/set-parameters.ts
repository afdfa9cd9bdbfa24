import { isMap, isScalar, parseDocument, stringify } from 'yaml';

export interface ParameterEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * The edits that give parameters of a pipeline's header other values. Only the values themselves are replaced.
 * @param text of a *.pipeline.yaml or a *.lifecycle.md
 * @returns `missing` names parameters that the header does not have
 */
export function parameterEdits(
  text: string,
  parameters: Readonly<Record<string, string | number | boolean>>,
): { edits: ParameterEdit[]; missing: string[] } {
  const front = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text);
  const source = front?.[1] ?? text;
  const offset = front ? front[0].indexOf(source) : 0;
  const document = parseDocument(source, { uniqueKeys: false });
  const block = document.get('parameters', true);
  const edits: ParameterEdit[] = [];
  const missing: string[] = [];
  for (const [name, value] of Object.entries(parameters)) {
    const node = isMap(block) ? block.get(name, true) : undefined;
    if (!isScalar(node) || !node.range) {
      missing.push(name);
      continue;
    }
    if (node.value === value) continue;
    edits.push({
      from: offset + node.range[0],
      to: offset + node.range[1],
      text: stringify(value, { lineWidth: 0, collectionStyle: 'flow' }).trimEnd(),
    });
  }
  return { edits: edits.sort((a, b) => a.from - b.from), missing };
}

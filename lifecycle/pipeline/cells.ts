/** A cell of YAML in a notebook: the header of the pipeline, or stages. */
export interface YamlCell {
  readonly text: string;
  /** The front matter, which is the header of the pipeline. */
  readonly front: boolean;
}

/**
 * Puts the cells of a notebook together as the lifecycle document that they are, prose left out.
 * The cells' text is taken as it is, so that offsets are the same in both.
 *
 * @returns `starts`: where the text of each cell begins
 */
export function composeCells(cells: readonly YamlCell[]): { text: string; starts: number[] } {
  let text = '';
  const starts: number[] = [];
  cells.forEach(({ text: value, front }, index) => {
    const fence = '`'.repeat(1 + Math.max(2, ...(value.match(/`+/g) ?? []).map(({ length }) => length)));
    text += front && index === 0 ? '---\n' : `${fence}yaml stage\n`;
    starts.push(text.length);
    text += value.endsWith('\n') || value === '' ? value : `${value}\n`;
    text += front && index === 0 ? '---\n\n' : `${fence}\n\n`;
  });
  return { text, starts };
}

/** Is this cell the header? Its metadata says so; of a notebook made elsewhere the first cell with `lifecycle:` is. */
export function isFront(metadata: unknown, text: string): boolean {
  const type = (metadata as { source?: { type?: unknown } } | undefined)?.source?.type;
  if (typeof type === 'string') return type === 'front';
  return /^(lifecycle|pipeline)[ \t]*:/m.test(text);
}

const sheets = new Map<string, CSSStyleSheet>();

/**
 * Puts a style sheet of ours into the document and, when the node lives in one, into its shadow root: a constructed sheet, which no content
 * security policy refuses. The same text is put in once.
 */
export function adopt(css: string, near: Node = document): void {
  let sheet = sheets.get(css);
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    sheets.set(css, sheet);
  }
  const root = near.getRootNode();
  for (const place of root instanceof ShadowRoot ? [document, root] : [document])
    if (!place.adoptedStyleSheets.includes(sheet)) place.adoptedStyleSheets = [...place.adoptedStyleSheets, sheet];
}

/** Looks of the rows behind a figure, in notebook cells and in panels. */
export const examplesCss = `
.confusion .heat button.cell { display: block; width: 100%; margin: 0; padding: 0; border: 0; background: none; color: inherit; font: inherit; text-align: right; font-variant-numeric: tabular-nums; cursor: pointer; }
.confusion .heat button.cell:hover { text-decoration: underline; }
.confusion .heat td:has(button.cell:focus-visible) { outline: 2px solid var(--vscode-focusBorder); outline-offset: -2px; }
.confusion .heat button.cell:focus-visible { outline: none; }
.examples { margin: 12px 0; }
.examples [hidden] { display: none; }
.examples .asks { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.examples .quiet, .examples .says, .examples dt { color: var(--vscode-descriptionForeground); }
.examples .quiet { font-size: 0.92em; }
.examples .good { color: var(--good, var(--vscode-foreground)); }
.examples .bad { color: color-mix(in srgb, var(--vscode-errorForeground) 65%, var(--vscode-foreground)); }
body:is(.vscode-light, .vscode-high-contrast) .examples .good { color: inherit; }
.examples button.plain { margin: 0; padding: 2px 10px; border: 1px solid var(--vscode-button-secondaryBorder, var(--vscode-button-border, var(--vscode-contrastBorder, transparent))); border-radius: 2px; background: var(--vscode-button-secondaryBackground, transparent); color: var(--vscode-button-secondaryForeground, inherit); font: inherit; cursor: pointer; }
.examples button.plain:hover { background: var(--vscode-button-secondaryHoverBackground, transparent); }
.examples select { max-width: min(280px, 100%); padding: 2px 4px; border: 1px solid var(--vscode-dropdown-border, var(--vscode-contrastBorder, transparent)); border-radius: 2px; background: var(--vscode-dropdown-background); color: var(--vscode-dropdown-foreground); font: inherit; }
.examples :is(button, select, summary, .scroll, .prose):focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: -1px; }
.examples .found { margin-top: 8px; padding: 6px 10px 8px; border: 1px solid var(--vscode-editorWidget-border, var(--vscode-contrastBorder, color-mix(in srgb, var(--vscode-foreground) 20%, transparent))); border-radius: 3px; }
.examples .found > .head { display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: baseline; margin-bottom: 6px; }
.examples .found > .head strong { font-weight: 600; }
.examples .found > .head button { margin-left: auto; }
.examples .scroll { max-width: 100%; max-height: 360px; overflow: auto; }
.examples table { border-collapse: separate; border-spacing: 0; }
.examples :is(th, td) { max-width: 220px; padding: 2px 14px 2px 0; overflow: hidden; text-overflow: ellipsis; text-align: left; font-weight: normal; white-space: nowrap; border-bottom: 1px solid color-mix(in srgb, var(--vscode-foreground) 10%, transparent); }
.examples .figures { text-align: right; font-variant-numeric: tabular-nums; }
.examples thead th { position: sticky; top: 0; background: var(--vscode-notebook-editorBackground, var(--vscode-editor-background)); color: var(--vscode-descriptionForeground); }
.examples ul { margin: 0; padding: 0; list-style: none; }
.examples .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(130px, 1fr)); gap: 14px; }
.examples .card .picture { display: block; max-width: 100%; height: auto; border: 1px solid var(--vscode-contrastBorder, color-mix(in srgb, var(--vscode-foreground) 20%, transparent)); image-rendering: pixelated; }
.examples .card .head { display: flex; flex-direction: column; margin-top: 3px; }
.examples .card .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.examples .passage { padding: 6px 0; border-bottom: 1px solid color-mix(in srgb, var(--vscode-foreground) 10%, transparent); }
.examples .passage .head { display: flex; flex-wrap: wrap; gap: 2px 16px; }
.examples .prose { max-width: 90ch; max-height: 9em; margin: 3px 0; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
.examples dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 1px 16px; margin: 4px 0; }
.examples dd { margin: 0; overflow-wrap: anywhere; }
.examples summary { width: max-content; cursor: pointer; }
.examples .problem { padding: 6px 10px; border-left: 3px solid var(--vscode-errorForeground); }
.examples .problem p { margin: 2px 0 0; }
`;

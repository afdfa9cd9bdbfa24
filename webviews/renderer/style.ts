/** Looks of a stage's result in a notebook cell. A string, because a renderer is one script: it is put in as a constructed sheet. */
export const rendererCss = `
.lifecycle-stage {
  position: relative;
  max-height: 600px;
  overflow: auto;
  padding: 2px 2px 6px;
  color: var(--vscode-foreground);
  font-family: var(--vscode-font-family, sans-serif);
  font-size: 13px;
  line-height: 1.4;
}
.lifecycle-stage [hidden] { display: none; }
.lifecycle-stage :is(h3, h4, h5, p, dl, dd, table, figure, pre) { margin: 0; padding: 0; }
.lifecycle-stage h4 { margin: 12px 0 4px; font-size: 1em; font-weight: 600; }
.lifecycle-stage h5 { font-size: 1em; font-weight: 600; }
.lifecycle-stage header { display: flex; flex-wrap: wrap; gap: 2px 10px; align-items: baseline; }
.lifecycle-stage h3 { font-size: 1.08em; font-weight: 600; }
.lifecycle-stage .mark { display: inline-block; width: 1.3em; }
.lifecycle-stage .succeeded .mark, .lifecycle-stage .reused .mark, .lifecycle-stage .good { color: var(--vscode-testing-iconPassed, inherit); }
.lifecycle-stage .failed .mark, .lifecycle-stage .lost .mark, .lifecycle-stage .bad { color: color-mix(in srgb, var(--vscode-errorForeground) 65%, var(--vscode-foreground)); }
body:is(.vscode-light, .vscode-high-contrast) .lifecycle-stage .good { color: inherit; }
.lifecycle-stage :is(.quiet, .says, .interval, dt) { color: var(--vscode-descriptionForeground); }
.lifecycle-stage .quiet { font-size: 0.92em; }
.lifecycle-stage .some { font-weight: 600; }
.lifecycle-stage .columns { display: flex; flex-wrap: wrap; gap: 0 36px; align-items: flex-start; }
.lifecycle-stage .columns > * { min-width: 0; max-width: 100%; }
.lifecycle-stage .gallery { display: flex; flex-wrap: wrap; gap: 14px 28px; align-items: flex-start; margin-top: 12px; }
.lifecycle-stage .gallery section:first-child > h4, .lifecycle-stage .gallery [hidden] + section > h4 { margin-top: 0; }
.lifecycle-stage .gallery > * { min-width: 0; max-width: 100%; }
.lifecycle-stage figcaption.title { display: flex; flex-direction: column; max-width: 300px; margin-bottom: 4px; }
.lifecycle-stage figcaption .says { font-size: 0.92em; min-height: 2.8em; }
.lifecycle-stage .scroll { position: relative; max-width: 100%; max-height: 330px; overflow: auto; }
.lifecycle-stage :is(.scroll, pre, button, a, summary):focus-visible, .lifecycle-stage:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: -1px; }
.lifecycle-stage table { border-collapse: separate; border-spacing: 0; font-size: 1em; }
.lifecycle-stage :is(th, td) { padding: 2px 14px 2px 0; text-align: left; vertical-align: middle; font-weight: normal; white-space: nowrap; border: 0; background: none; border-bottom: 1px solid color-mix(in srgb, var(--vscode-foreground) 10%, transparent); }
.lifecycle-stage tbody :is(th, td) { max-width: 340px; overflow: hidden; text-overflow: ellipsis; }
.lifecycle-stage thead :is(th, td) { position: sticky; top: 0; z-index: 1; background: var(--vscode-notebook-editorBackground, var(--vscode-editor-background)); color: var(--vscode-descriptionForeground); }
.lifecycle-stage .figures { text-align: right; font-variant-numeric: tabular-nums; }
.lifecycle-stage tr.chosen :is(th, td) { font-weight: 600; }
.lifecycle-stage .interval { font-weight: normal; font-size: 0.9em; }
.lifecycle-stage .spark svg { display: block; }
.lifecycle-stage .categories { display: inline-block; max-width: 360px; overflow: hidden; text-overflow: ellipsis; vertical-align: bottom; color: var(--vscode-descriptionForeground); }
.lifecycle-stage .heat :is(th, td) { padding: 5px 12px; }
.lifecycle-stage .heat td.corner { font-size: 0.85em; }
.lifecycle-stage .tiles { display: flex; flex-wrap: wrap; gap: 4px 26px; margin-top: 8px; }
.lifecycle-stage .tile { display: flex; flex-direction: column; }
.lifecycle-stage .tile .value { font-size: 1.3em; font-variant-numeric: tabular-nums; }
.lifecycle-stage .tile .name { font-size: 0.92em; color: var(--vscode-descriptionForeground); }
.lifecycle-stage dl.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 1px 16px; margin-top: 6px; }
.lifecycle-stage dl.facts > div { display: contents; }
.lifecycle-stage dl.facts dd { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.lifecycle-stage p.verdict { margin-top: 6px; font-size: 1.1em; font-weight: 600; }
.lifecycle-stage .drifted { width: 280px; }
.lifecycle-stage code, .lifecycle-stage pre { font-family: var(--vscode-editor-font-family, monospace); font-size: 0.95em; }
.lifecycle-stage :is(pre code, dd code) { padding: 0; background: none; color: inherit; }
.lifecycle-stage pre { max-height: 180px; margin: 4px 0; padding: 6px 8px; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--vscode-textCodeBlock-background, transparent); border: 1px solid var(--vscode-contrastBorder, transparent); color: inherit; }
.lifecycle-stage a { color: var(--vscode-textLink-foreground); }
.lifecycle-stage button.plain { margin: 4px 0; padding: 2px 10px; border: 1px solid var(--vscode-button-secondaryBorder, var(--vscode-button-border, var(--vscode-contrastBorder, transparent))); border-radius: 2px; background: var(--vscode-button-secondaryBackground, transparent); color: var(--vscode-button-secondaryForeground, inherit); font: inherit; cursor: pointer; }
.lifecycle-stage button.plain:hover { background: var(--vscode-button-secondaryHoverBackground, transparent); }
body:is(.vscode-dark, .vscode-high-contrast:not(.vscode-high-contrast-light)) .lifecycle-stage .try { color-scheme: dark; }
.lifecycle-stage .try .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 6px 18px; max-width: 900px; }
.lifecycle-stage .try .field { display: flex; flex-direction: column; min-width: 0; }
.lifecycle-stage .try label { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.lifecycle-stage .try details label { white-space: normal; }
.lifecycle-stage .try .field .quiet { min-height: 1.4em; }
.lifecycle-stage .try .quiet.some { color: var(--vscode-foreground); }
.lifecycle-stage .try :is(input, select) { box-sizing: border-box; width: 100%; max-width: 280px; padding: 2px 4px; border: 1px solid var(--vscode-input-border, var(--vscode-settings-textInputBorder, var(--vscode-contrastBorder, color-mix(in srgb, var(--vscode-foreground) 35%, transparent)))); border-radius: 2px; background: var(--vscode-input-background); color: var(--vscode-input-foreground); font: inherit; }
.lifecycle-stage .try select { background: var(--vscode-dropdown-background); color: var(--vscode-dropdown-foreground); }
.lifecycle-stage .try ::placeholder { color: var(--vscode-input-placeholderForeground, var(--vscode-descriptionForeground)); opacity: 1; }
.lifecycle-stage .try :is(input, select):focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: -1px; }
.lifecycle-stage .try [aria-invalid] { border-color: var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground)); }
.lifecycle-stage .try details { margin: 4px 0; }
.lifecycle-stage summary { cursor: pointer; width: max-content; }
.lifecycle-stage .buttons { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin: 6px 0; }
.lifecycle-stage button.primary { padding: 3px 14px; border: 1px solid var(--vscode-button-border, var(--vscode-contrastBorder, transparent)); border-radius: 2px; background: var(--vscode-button-background, transparent); color: var(--vscode-button-foreground, inherit); font: inherit; cursor: pointer; }
.lifecycle-stage button.primary:hover { background: var(--vscode-button-hoverBackground, transparent); }
.lifecycle-stage button.primary:disabled { opacity: 0.5; cursor: default; }
.lifecycle-stage .problem { margin-top: 6px; padding: 6px 10px; border-left: 3px solid var(--vscode-errorForeground); background: var(--vscode-textBlockQuote-background, transparent); }
.lifecycle-stage .problem strong { font-weight: 600; overflow-wrap: anywhere; }
.lifecycle-stage .note { margin-top: 6px; padding: 4px 10px; border-left: 3px solid var(--vscode-editorWarning-foreground, currentColor); }
.lifecycle-stage progress { width: min(100%, 360px); height: 6px; margin-top: 6px; appearance: none; border: 1px solid var(--vscode-contrastBorder, transparent); background: color-mix(in srgb, var(--vscode-foreground) 15%, transparent); }
.lifecycle-stage progress::-webkit-progress-bar { background: transparent; }
.lifecycle-stage progress::-webkit-progress-value { background: var(--vscode-progressBar-background, var(--curve-0)); }
`;

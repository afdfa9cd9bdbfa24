const light = `
  --vscode-foreground: #1f2328; --vscode-descriptionForeground: #59636e; --vscode-editor-background: #ffffff; --vscode-notebook-editorBackground: #ffffff;
  --vscode-errorForeground: #b42318; --vscode-editorWarning-foreground: #8a5a00; --vscode-testing-iconPassed: #1a7f37; --vscode-textLink-foreground: #0550ae;
  --vscode-textCodeBlock-background: #f3f4f6; --vscode-textBlockQuote-background: #f3f4f6; --vscode-focusBorder: #0550ae; --vscode-progressBar-background: #0550ae;
  --vscode-button-secondaryBackground: #e5e7eb; --vscode-button-secondaryForeground: #1f2328; --vscode-button-secondaryHoverBackground: #d1d5db;
  --line: #d0d7de;`;
const dark = `
  --vscode-foreground: #e6edf3; --vscode-descriptionForeground: #9da7b1; --vscode-editor-background: #16181d; --vscode-notebook-editorBackground: #16181d;
  --vscode-errorForeground: #ff8a80; --vscode-editorWarning-foreground: #e5b567; --vscode-testing-iconPassed: #73c991; --vscode-textLink-foreground: #6cb6ff;
  --vscode-textCodeBlock-background: #22262e; --vscode-textBlockQuote-background: #22262e; --vscode-focusBorder: #6cb6ff; --vscode-progressBar-background: #6cb6ff;
  --vscode-button-secondaryBackground: #333a45; --vscode-button-secondaryForeground: #e6edf3; --vscode-button-secondaryHoverBackground: #414a57;
  --line: #383f49;`;

/** Looks of a report: those of the editor's own light and dark, without an editor. Printed it is always light. */
export const pageCss = `
:root { color-scheme: light dark; --vscode-font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; --vscode-editor-font-family: ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; ${light} }
@media screen and (prefers-color-scheme: dark) { :root { ${dark} } }
body { margin: 0; background: var(--vscode-editor-background); color: var(--vscode-foreground); font: 15px/1.55 var(--vscode-font-family); }
main { max-width: 1080px; margin: 0 auto; padding: 28px 24px 60px; }
h1 { font-size: 1.8em; margin: 0 0 4px; } h2 { font-size: 1.35em; } h3 { font-size: 1.12em; }
a { color: var(--vscode-textLink-foreground); }
pre, code { font-family: var(--vscode-editor-font-family); font-size: 0.9em; }
pre { background: var(--vscode-textCodeBlock-background); padding: 10px 12px; overflow-x: auto; }
code { background: var(--vscode-textCodeBlock-background); padding: 1px 4px; } pre code { padding: 0; }
img { max-width: 100%; }
table { border-collapse: collapse; font-size: 0.95em; } th, td { text-align: left; padding: 3px 14px 3px 0; border-bottom: 1px solid var(--line); vertical-align: top; } caption { text-align: left; }
.quiet { color: var(--vscode-descriptionForeground); }
header.report { border-bottom: 1px solid var(--line); margin-bottom: 20px; padding-bottom: 20px; }
header.report dl { display: flex; flex-wrap: wrap; gap: 4px 28px; margin: 10px 0 16px; } header.report dt { color: var(--vscode-descriptionForeground); font-size: 0.85em; } header.report dd { margin: 0; }
section.prose { max-width: 760px; }
section.stages { margin: 14px 0 26px; padding-left: 14px; border-left: 3px solid var(--line); }
details summary { cursor: pointer; font-weight: 600; } details summary .quiet { font-weight: 400; }
.result { margin-top: 10px; overflow-x: auto; }
.stale { color: var(--vscode-editorWarning-foreground); margin: 0 0 4px; }
.lifecycle-stage, .lifecycle-stage .scroll, .lifecycle-stage pre { max-height: none !important; }
@media print { main { max-width: none; padding: 0; } .result, table, figure { break-inside: avoid; } }
`;

import { shades } from './figure';
import { heat, hues } from './theme';

const variables = (name: string, colors: readonly string[]): string =>
  colors.map((color, index) => `--${name}-${index}: ${color};`).join(' ');

/** Colours of curves and of heat as CSS variables that follow the theme, and the looks of the figures of this kit. */
export const figureCss = `
body { ${variables('curve', hues.light)} --heat: ${heat.light}; }
body.vscode-dark, body.vscode-high-contrast:not(.vscode-high-contrast-light) { ${variables('curve', hues.dark)} --heat: ${heat.dark}; }
.figure { position: relative; margin: 0; min-width: 0; }
.figure svg { display: block; max-width: 100%; overflow: visible; }
.figure svg[viewBox] { height: auto; }
.figure figcaption { overflow-wrap: anywhere; }
.figure .axis { stroke: var(--vscode-descriptionForeground, #808080); stroke-width: 0.5; shape-rendering: crispEdges; }
.figure .grid { stroke: var(--vscode-descriptionForeground, #808080); stroke-width: 0.5; stroke-opacity: 0.3; shape-rendering: crispEdges; }
.figure svg text { fill: var(--vscode-descriptionForeground, #808080); font-size: 10px; font-family: var(--vscode-font-family, sans-serif); font-variant-numeric: tabular-nums; }
.figure .curve { fill: none; stroke-width: 1.6; stroke-linejoin: round; stroke-linecap: round; }
.figure .guide { fill: none; stroke: var(--vscode-descriptionForeground, #808080); stroke-width: 1; stroke-dasharray: 2 3; }
.figure .dot { stroke: none; }
.figure .dot.cloud { fill-opacity: 0.45; }
body.vscode-high-contrast .figure .dot.cloud { fill-opacity: 0.8; }
.figure .band { stroke: none; fill-opacity: 0.2; }
.figure .trial { fill: none; stroke: var(--curve-0); stroke-width: 1.2; stroke-opacity: 0.55; stroke-linejoin: round; }
.figure .trial.faint { stroke: var(--vscode-descriptionForeground, #808080); stroke-width: 1; stroke-opacity: 0.4; stroke-dasharray: 4 3; }
.figure .trial.best { stroke: var(--curve-1); stroke-width: 3; stroke-opacity: 1; }
.figure .trial:hover { stroke-width: 3; stroke-opacity: 1; }
.figure.parallel svg text { paint-order: stroke; stroke: var(--vscode-notebook-editorBackground, var(--vscode-editor-background, Canvas)); stroke-width: 3px; stroke-linejoin: round; }
.figure svg text.strong { fill: var(--vscode-foreground); }
.figure .mark { fill: var(--bad, var(--vscode-errorForeground)); }
.figure .diamond { fill: var(--vscode-foreground); }
.figure .guide.alert { stroke: var(--bad, var(--vscode-errorForeground)); }
${hues.light.map((_, index) => `.figure .curve.hue-${index} { stroke: var(--curve-${index}); } .figure .dot.hue-${index}, .figure .bar.hue-${index}, .figure .band.hue-${index} { fill: var(--curve-${index}); }`).join('\n')}
.figure .whisker { stroke: var(--vscode-foreground); stroke-width: 1.2; }
.figure.explanation figcaption.title { max-width: 430px; }
.figure.explanation p.says { margin: 4px 0 0; font-size: 0.92em; color: var(--vscode-descriptionForeground); }
.figure .bars th { max-width: 180px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.figure .bars thead th { color: var(--vscode-descriptionForeground); font-weight: normal; }
.figure .bars :is(td, th).figures { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.figure .bars .word { text-align: left; white-space: nowrap; }
.figure .bars .interval { color: var(--vscode-descriptionForeground); font-size: 0.92em; }
@media (max-width: 420px) { .figure .bars th { max-width: 84px; } .figure .bars .bar-cell svg { width: 44px; } .figure .bars :is(th, td) { padding-right: 6px; } .figure .bars .interval { display: none; } }
.figure .overlay { width: 100%; max-width: 420px; }
.figure .reference { fill: var(--vscode-descriptionForeground, #808080); fill-opacity: 0.55; }
.figure .current { fill: var(--curve-0); }
.figure .ends { display: flex; justify-content: space-between; max-width: 420px; font-size: 0.85em; color: var(--vscode-descriptionForeground); }
.figure .ends.each > span { flex: 1 1 0; min-width: 0; padding: 0 2px; overflow: hidden; text-align: center; text-overflow: ellipsis; white-space: nowrap; }
.figure .key { display: inline-flex; align-items: center; gap: 5px; margin-right: 12px; }
.figure .key.reference::before, .figure .key.current::before { content: ''; width: 10px; height: 10px; background: var(--curve-0); }
.figure .key.reference::before { background: var(--vscode-descriptionForeground, #808080); opacity: 0.55; }
.figure .legend { display: flex; flex-wrap: wrap; gap: 0 4px; font-size: 0.9em; }
.heat [class*='shade-'] { color: var(--vscode-editor-foreground, var(--vscode-foreground)); }
.heat .shade-0 { background: transparent; }
${Array.from({ length: shades }, (_, index) => `.heat .shade-${index + 1} { background: color-mix(in srgb, var(--heat) ${Math.round(((index + 1) / shades) * 100)}%, transparent); }`).join('\n')}
body.vscode-high-contrast .heat td:not(.corner) { outline: 1px solid var(--vscode-contrastBorder, currentColor); outline-offset: -1px; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; border: 0; }
`;

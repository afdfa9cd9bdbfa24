/** A colour with a dash pattern, so that curves can be told apart without colour. */
export interface Stroke {
  readonly color: string;
  readonly dash: readonly number[];
}

// Eight hues, checked for contrast ≥ 3:1 against the background and for common colour blindness (after Okabe and Ito, 2008). VS Code's own
// chart colours are not used for curves: orange is undefined in high contrast, and yellow is unreadable on light backgrounds.
export const hues = {
  dark: ['#56b4e9', '#e69f00', '#3fc79a', '#f0e442', '#d98cc4', '#ff7f50', '#9aa7ff', '#c0c0c0'],
  light: ['#0072b2', '#b35900', '#007a5a', '#7a6a00', '#a64d8a', '#c0392b', '#4b56c9', '#595959'],
} as const;
/** Full heat of a heat table. Text in the editor's foreground stays readable on it. */
export const heat = { dark: '#0a4f80', light: '#8cc4ea' } as const;
const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

/** True for the dark theme and for dark high contrast. */
export function isDark(): boolean {
  return (
    document.body.classList.contains('vscode-dark') ||
    (document.body.classList.contains('vscode-high-contrast') &&
      !document.body.classList.contains('vscode-high-contrast-light'))
  );
}

/** The stroke of the n-th curve in the theme now shown. */
export function palette(index: number): Stroke {
  const colors = isDark() ? hues.dark : hues.light;
  return {
    color: colors[index % colors.length] ?? '#808080',
    dash: dashes[Math.floor(index / colors.length) % dashes.length] ?? [],
  };
}

/** Value of a theme colour such as `--vscode-foreground`. */
export function color(variable: string, fallback: string): string {
  return getComputedStyle(document.body).getPropertyValue(variable).trim() || fallback;
}

/** Calls back whenever VS Code puts on another theme. */
export function onThemeChange(callback: () => void): void {
  new MutationObserver(callback).observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-vscode-theme-id'],
  });
}

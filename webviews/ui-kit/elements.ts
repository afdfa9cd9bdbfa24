import '@vscode-elements/elements/dist/vscode-badge/index.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';

/** Element names of the library behind the kit. */
export const names = {
  badge: 'vscode-badge',
  button: 'vscode-button',
  select: 'vscode-single-select',
  option: 'vscode-option',
  spinner: 'vscode-progress-ring',
} as const;

/** The elements define themselves when they are imported. */
export function register(): void {}

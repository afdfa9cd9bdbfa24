import '@vscode-elements/elements/dist/vscode-badge/index.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-checkbox/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';

/** Element names of the library behind the kit. */
export const names = {
  badge: 'vscode-badge',
  button: 'vscode-button',
  checkbox: 'vscode-checkbox',
  select: 'vscode-single-select',
  option: 'vscode-option',
  spinner: 'vscode-progress-ring',
  text: 'vscode-textfield',
} as const;

/** The elements define themselves when they are imported. */
export function register(): void {}

/** These checkboxes take their label as an attribute. */
export const checkboxContent = (_label: string): string[] => [];
export const checkboxLabel = (label: string): Record<string, string> => ({ label });

import {
  provideVSCodeDesignSystem,
  vsCodeBadge,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';

/** Element names of the library behind the kit. */
export const names = {
  badge: 'vscode-badge',
  button: 'vscode-button',
  checkbox: 'vscode-checkbox',
  select: 'vscode-dropdown',
  option: 'vscode-option',
  spinner: 'vscode-progress-ring',
  text: 'vscode-text-field',
} as const;

/** Defines the custom elements. Call once a page. */
export function register(): void {
  provideVSCodeDesignSystem().register(
    vsCodeBadge(),
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeProgressRing(),
    vsCodeTextField(),
  );
}

/** The toolkit's checkbox takes its label as content. */
export const checkboxContent = (label: string): string[] => [label];
export const checkboxLabel = (_label: string): Record<string, string> => ({});

import {
  provideVSCodeDesignSystem,
  vsCodeBadge,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
} from '@vscode/webview-ui-toolkit';

/** Element names of the library behind the kit. */
export const names = {
  badge: 'vscode-badge',
  button: 'vscode-button',
  select: 'vscode-dropdown',
  option: 'vscode-option',
  spinner: 'vscode-progress-ring',
} as const;

/** Defines the custom elements. Call once a page. */
export function register(): void {
  provideVSCodeDesignSystem().register(
    vsCodeBadge(),
    vsCodeButton(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeProgressRing(),
  );
}

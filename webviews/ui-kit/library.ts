// Type-checks as the default library; esbuild replaces this module by the one that UI_KIT names.
export { checkboxContent, checkboxLabel, names, register } from './toolkit';

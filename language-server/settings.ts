/** What the user can set; the names are those of package.json without `lifecycle.`. */
export interface Settings {
  readonly codeLens: boolean;
  readonly inlayHints: boolean;
}

export const defaultSettings: Settings = { codeLens: true, inlayHints: true };

/** Reads the section `lifecycle` as a client sends it; what is missing or of the wrong type keeps its default. */
export function readSettings(section: unknown): Settings {
  const flag = (name: string): boolean | undefined => {
    const value = (section as Record<string, { enabled?: unknown } | undefined> | null | undefined)?.[name]?.enabled;
    return typeof value === 'boolean' ? value : undefined;
  };
  return {
    codeLens: flag('codeLens') ?? defaultSettings.codeLens,
    inlayHints: flag('inlayHints') ?? defaultSettings.inlayHints,
  };
}

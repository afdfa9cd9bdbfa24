import * as vscode from 'vscode';

const prefix = 'lifecycle.secret.';
const index = 'lifecycle.secrets';

/** Credentials that pipelines and targets name: kept in VS Code's secret storage and handed to the engine's environment. */
export class Secrets {
  constructor(private readonly context: vscode.ExtensionContext) {}

  private get names(): readonly string[] {
    return this.context.globalState.get<string[]>(index, []);
  }

  /** Environment variables for an engine process, one a stored secret. */
  async environment(): Promise<Record<string, string>> {
    const values: Record<string, string> = {};
    for (const name of this.names) {
      const value = await this.context.secrets.get(prefix + name);
      if (value !== undefined) values[name] = value;
    }
    return values;
  }

  /** Asks for a name and a value; an empty value forgets the secret. */
  async ask(): Promise<void> {
    const name = await vscode.window.showInputBox({
      title: 'ML Lifecycle: Set Secret (1/2)',
      prompt: 'Name of the secret, as written in `{secret: NAME}`.',
      validateInput: (text) =>
        /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? undefined : 'Letters, digits and `_`, not starting with a digit.',
    });
    if (!name) return;
    const value = await vscode.window.showInputBox({
      title: 'ML Lifecycle: Set Secret (2/2)',
      prompt: `Value of ${name}. Leave it empty to forget the secret.`,
      password: true,
      ignoreFocusOut: true,
    });
    if (value === undefined) return;
    const others = this.names.filter((other) => other !== name);
    if (value === '') await this.context.secrets.delete(prefix + name);
    else await this.context.secrets.store(prefix + name, value);
    await this.context.globalState.update(index, value === '' ? others : [...others, name]);
  }
}

import * as vscode from 'vscode';
import { curl, python, typescript } from '../../webviews/requests';

/** Ways to ask a served model, as a program that can be pasted. */
export const REQUESTS: readonly { readonly label: string; readonly of: (url: string, body: unknown) => string }[] = [
  { label: 'curl', of: curl },
  { label: 'Python', of: python },
  { label: 'TypeScript', of: typescript },
];

/** Lets the user choose a form. */
export async function chooseRequest(): Promise<(typeof REQUESTS)[number] | undefined> {
  return vscode.window.showQuickPick([...REQUESTS], { title: 'Copy Example Request', placeHolder: 'As what?' });
}

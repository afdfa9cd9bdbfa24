import * as vscode from 'vscode';

/** Ways to ask a served model, as a program that can be pasted. */
export const REQUESTS: readonly { readonly label: string; readonly of: (url: string, body: unknown) => string }[] = [
  { label: 'curl', of: curl },
  { label: 'Python', of: python },
  { label: 'TypeScript', of: typescript },
];

/** A command line for POSIX shells. */
export function curl(url: string, body: unknown): string {
  return `curl -s ${at(url)} -d '${JSON.stringify(body).replaceAll("'", '\\u0027')}'`;
}

/** Nothing but Python's own library. JSON as a text, so that true, false and null need no translation. */
export function python(url: string, body: unknown): string {
  return `import json
import urllib.request

rows = json.loads(${JSON.stringify(JSON.stringify(body))})
request = urllib.request.Request(
    ${JSON.stringify(at(url))},
    json.dumps(rows).encode(),
    {"content-type": "application/json"},
)
with urllib.request.urlopen(request) as response:
    print(json.load(response))
`;
}

export function typescript(url: string, body: unknown): string {
  return `const response = await fetch(${JSON.stringify(at(url))}, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(${JSON.stringify(body, null, 2).replaceAll('\n', '\n  ')}),
});
if (!response.ok) throw new Error(await response.text());
console.log(await response.json());
`;
}

/** Lets the user choose a form. */
export async function chooseRequest(): Promise<(typeof REQUESTS)[number] | undefined> {
  return vscode.window.showQuickPick([...REQUESTS], { title: 'Copy Example Request', placeHolder: 'As what?' });
}

function at(url: string): string {
  return `${url.replace(/\/$/, '')}/predict`;
}

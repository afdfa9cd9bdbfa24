// Programs that ask a served model, to be pasted somewhere. Plain text, without an editor or a page around it.

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

/** Where a server takes rows. */
function at(url: string): string {
  return `${url.replace(/\/+$/, '')}/predict`;
}

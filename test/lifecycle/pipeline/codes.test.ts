import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Code, CODES, type Diagnostic } from '../../../lifecycle/pipeline';
import { misfits } from '../../../lifecycle/cli/layers';
import { check as checkText, columns } from './context';

const page = path.resolve(__dirname, '../../../docs/diagnostics.md');

/** docs/diagnostics.md as it follows from the table. */
function written(): string {
  const entries = Object.entries(CODES).map(([code, { severity, title, why, fix, example }]) => {
    const language = example.startsWith('---') ? 'markdown' : 'yaml';
    const fence = example.includes('```') ? '````' : '```';
    const lines = example.split('\n').map((line) => (example.startsWith('  ') ? line.replace(/^ {2}/, '') : line));
    const text = lines.join('\n');
    // Git and editors would take marks of a conflict in this page for one.
    const block = /^<{7} /m.test(text)
      ? `<pre>\n${text.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}\n</pre>`
      : `${fence}${language}\n${text}\n${fence}`;
    return `## \`${code}\`\n\n**${title}.** _${severity[0]?.toUpperCase() ?? ''}${severity.slice(1)}._ ${why}\n\n${block}\n\n${fix}\n`;
  });
  return `# Diagnostics\n\nWhat the checks of a pipeline say, by code. The terminal (\`lifecycle check\`) and the editor show the same.\n\n${entries.join('\n')}\n_Generated from lifecycle/pipeline/codes.ts; do not edit._\n`;
}

/** An example with what `lifecycle check` finds besides: layers that don't fit. */
function check(...given: Parameters<typeof checkText>): { diagnostics: readonly Diagnostic[] } {
  const { analysis } = checkText(...given);
  return { diagnostics: [...analysis.diagnostics, ...misfits(analysis, () => columns)] };
}

/** What an example shows besides, because it has to. */
const alongside: Partial<Record<Code, readonly Code[]>> = {
  'conflict-marker': ['duplicate-key'],
  'too-deep': ['wrong-type'],
  'unknown-parameter': ['unknown-stage'],
  'unquoted-parameter': ['unknown-stage'],
};

describe('the diagnostics', () => {
  for (const code of Object.keys(CODES) as Code[]) {
    it(`has an example that shows ${code}`, () => {
      const { example, severity } = CODES[code];
      const { diagnostics } = check(
        example,
        code === 'unknown-environment' ? { overrides: { environment: 'prod' } } : {},
      );
      const found = diagnostics.find((diagnostic) => diagnostic.code === code);
      assert.ok(
        found,
        `found only ${diagnostics.map((diagnostic) => `${diagnostic.code}: ${diagnostic.message}`).join('\n')}`,
      );
      assert.equal(found.severity, severity);
    });
    it(`shows nothing but ${code} in that example`, () => {
      const { diagnostics } = check(
        CODES[code].example,
        code === 'unknown-environment' ? { overrides: { environment: 'prod' } } : {},
      );
      const others = diagnostics.filter((diagnostic) => diagnostic.code !== code && diagnostic.severity !== 'hint');
      const expected: readonly string[] = alongside[code] ?? [];
      assert.deepEqual(
        others.filter((other) => !expected.includes(other.code)).map((other) => `${other.code}: ${other.message}`),
        [],
      );
    });
  }

  it('are documented, each with why, example and way out', () => {
    const text = written();
    if (process.env['ACCEPT'] === '1') writeFileSync(page, text);
    assert.ok(existsSync(page), 'run with ACCEPT=1 to write docs/diagnostics.md');
    assert.equal(readFileSync(page, 'utf8'), text, 'docs/diagnostics.md is stale: run this test with ACCEPT=1');
    for (const [code, entry] of Object.entries(CODES))
      assert.ok(entry.why && entry.fix && entry.example && entry.title, code);
  });
});

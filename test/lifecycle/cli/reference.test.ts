import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { COMMANDS } from '../../../lifecycle/cli/commands';
import { referencePage } from '../../../lifecycle/cli/help';

const page = 'docs/reference/cli.md';

describe('docs/reference/cli.md', () => {
  it('is what the table of commands says (ACCEPT=1 writes it)', () => {
    const text = referencePage(COMMANDS);
    if (process.env['ACCEPT'] === '1') writeFileSync(page, text);
    assert.equal(readFileSync(page, 'utf8'), text);
  });
});

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { functions } from '../../../lifecycle/expression/functions';
import { parse } from '../../../lifecycle/expression/parse';
import { expressionPage } from '../../../lifecycle/expression/reference';

const page = 'docs/reference/expressions.md';

describe(page, () => {
  it('is what the table of functions says (ACCEPT=1 writes it)', () => {
    const text = expressionPage();
    if (process.env['ACCEPT'] === '1') writeFileSync(page, text);
    assert.equal(readFileSync(page, 'utf8'), text);
  });

  it('shows examples that can be read', () => {
    for (const { example } of functions) assert.deepEqual(parse(example).problems, [], example);
    for (const [, example = ''] of expressionPage().matchAll(/(?:filter|charge_per_month): (.+)/g))
      assert.deepEqual(parse(example).problems, [], example);
    assert.deepEqual(parse('`Revenue (€)` / items').problems, []);
  });
});

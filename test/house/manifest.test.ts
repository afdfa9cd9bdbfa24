import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface MenuEntry {
  readonly command?: string;
  readonly when?: string;
  readonly group?: string;
}

describe('what package.json contributes', () => {
  const { contributes } = JSON.parse(readFileSync(path.resolve(__dirname, '../../package.json'), 'utf8')) as {
    contributes: { menus: Record<string, MenuEntry[]> };
  };

  it('has each button of a row of a tree in the menu of the row, too: no key reaches the button', () => {
    const entries = contributes.menus['view/item/context'] ?? [];
    const isInline = ({ group }: MenuEntry): boolean => group?.startsWith('inline') ?? false;
    const key = ({ command, when }: MenuEntry): string => `${command} when ${when}`;
    const inMenu = new Set(entries.filter((entry) => !isInline(entry)).map(key));
    const buttons = entries.filter(isInline).map(key);
    assert.ok(buttons.length > 0);
    assert.deepEqual(
      buttons.filter((button) => !inMenu.has(button)),
      [],
    );
  });
});

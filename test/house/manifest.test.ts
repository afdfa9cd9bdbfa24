import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { diagnosticLines } from '../../lifecycle/cli/diagnostics';
import { failure } from '../../lifecycle/cli/live';
import { colours } from '../../lifecycle/cli/terminal';

const root = path.resolve(__dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface MenuEntry {
  readonly command?: string;
  readonly when?: string;
  readonly group?: string;
}

describe('what package.json contributes', () => {
  const manifest = JSON.parse(read('package.json')) as {
    contributes: {
      menus: Record<string, MenuEntry[]>;
      commands: { command: string }[];
      views: Record<string, { id: string; type?: string; icon?: string }[]>;
      viewsWelcome: { view: string; contents: string }[];
      walkthroughs: { steps: { description: string; media: { markdown: string } }[] }[];
      problemMatchers: { name: string; pattern: { regexp: string } }[];
      configuration: { properties: Record<string, { scope: string }> };
    };
    capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] } };
  };
  const { contributes } = manifest;
  const texts = JSON.parse(read('package.nls.json')) as Record<string, string>;
  const commands = contributes.commands.map(({ command }) => command);

  it('says every text by a key of package.nls.json, and each of those somewhere', () => {
    const used = [...JSON.stringify(manifest).matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key!);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(texts).sort());
  });

  it('links only to commands that there are', () => {
    const linked = Object.values(texts).flatMap((text) =>
      [...text.matchAll(/\(command:([\w.]+)/g)].map(([, id]) => id!),
    );
    const inMenus = Object.values(contributes.menus).flatMap((entries) =>
      entries.flatMap(({ command }) => command ?? []),
    );
    assert.ok(linked.length > 5);
    assert.deepEqual(
      [...linked, ...inMenus].filter((id) => !commands.includes(id)),
      [],
    );
  });

  it('greets in every tree with an action, and gives every view an icon', () => {
    const views = Object.values(contributes.views).flat();
    assert.deepEqual(
      views.filter(({ icon }) => icon === undefined || !existsSync(path.join(root, icon))),
      [],
    );
    for (const { id } of views.filter(({ type }) => type === undefined)) {
      const welcomes = contributes.viewsWelcome.filter(({ view }) => view === id);
      assert.ok(welcomes.length > 0, id);
      for (const { contents } of welcomes) assert.match(texts[contents.replaceAll('%', '')] ?? '', /\(command:/, id);
    }
  });

  it('has one walkthrough of at most six steps, each with its page', () => {
    assert.equal(contributes.walkthroughs.length, 1);
    const steps = contributes.walkthroughs[0]?.steps ?? [];
    assert.ok(steps.length > 0 && steps.length <= 6);
    for (const { media } of steps) assert.ok(existsSync(path.join(root, media.markdown)), media.markdown);
  });

  it('lets no folder that is not trusted say which program is run', () => {
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    const programs = Object.keys(contributes.configuration.properties).filter((name) => name.endsWith('.path'));
    assert.deepEqual(restrictedConfigurations, programs);
  });

  it('matches as problems what the engine prints of them, of every severity', () => {
    const [matcher] = contributes.problemMatchers;
    assert.equal(matcher?.name, 'lifecycle');
    const pattern = new RegExp(matcher.pattern.regexp);
    const found = { path: '/project/a.pipeline.yaml', text: 'one\ntwo three\n', diagnostics: [] };
    const terminal = { colour: colours(false), width: 100 };
    const matched = (line: string) => pattern.exec(line)?.slice(1);
    for (const severity of ['error', 'warning', 'information', 'hint'] as const) {
      const diagnostic = { code: 'cycle' as const, severity, message: 'It is wrong.', from: 8, to: 13 };
      const [line = ''] = diagnosticLines(found, diagnostic, '/project', terminal);
      const word = severity === 'information' ? 'info' : severity;
      assert.deepEqual(matched(line), ['a.pipeline.yaml', '2', '5', word, 'cycle', 'It is wrong.']);
    }
    const error = { code: 'data-empty', message: 'a.csv has no rows.', file: 'a.pipeline.yaml', line: 6 };
    const line = failure('table', error, terminal.colour, (file) => file).split('\n')[1] ?? '';
    assert.deepEqual(matched(line), ['a.pipeline.yaml', '6', '1', 'error', 'data-empty', 'a.csv has no rows.']);
  });

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

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import type * as terminal from '../../extension/terminal-path';
import { freshFolder } from '../rigs/folder';

describe('the command in the terminals of the editor', () => {
  const folder = freshFolder();
  const modules = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
  const load = modules._load;
  let launchers: typeof terminal.launchers;
  before(() => {
    modules._load = (request, ...rest) => (request === 'vscode' ? {} : load.call(modules, request, ...rest));
    ({ launchers } = createRequire(__filename)('../../extension/terminal-path') as typeof terminal);
  });
  after(() => {
    modules._load = load;
  });

  it('starts the engine with its arguments, whatever is in the names of folders', () => {
    const cli = path.join(folder(), 'it\'s a $HOME %PATH% "cli".js');
    writeFileSync(cli, 'console.log(JSON.stringify([process.argv.slice(2), process.env.RUNTIME]));');
    const command = { program: process.execPath, args: [cli], env: { RUNTIME: "a 'b' $c" } };
    const file = path.join(folder(), 'lifecycle');
    writeFileSync(file, launchers(command)['lifecycle'] ?? '');
    chmodSync(file, 0o755);
    const said = execFileSync(file, ['new', 'my data.csv', "it's", '$x'], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(said), [['new', 'my data.csv', "it's", '$x'], "a 'b' $c"]);
  });

  it('is written for Windows, too', () => {
    const command = {
      program: String.raw`C:\Program Files\node.exe`,
      args: [String.raw`C:\100%\cli.js`],
      env: { A: '1' },
    };
    assert.equal(
      launchers(command)['lifecycle.cmd'],
      [
        '@echo off',
        'rem Written by the extension ML Lifecycle.',
        'setlocal',
        'set "A=1"',
        String.raw`"C:\Program Files\node.exe" "C:\100%%\cli.js" %*`,
        '',
      ].join('\r\n'),
    );
  });
});

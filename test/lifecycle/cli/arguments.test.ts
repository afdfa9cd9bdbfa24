import assert from 'node:assert/strict';
import { readArguments, type Command } from '../../../lifecycle/cli/arguments';
import { COMMANDS } from '../../../lifecycle/cli/commands';
import { cli } from '../../rigs/cli';

const command: Command = {
  name: 'run',
  help: '',
  usage: 'FILE',
  count: [1, 1],
  options: {
    set: { value: 'X', many: true, help: '' },
    cores: { value: 'N', help: '' },
    force: { short: 'f', help: '' },
  },
  examples: [],
};

describe('cli/arguments', () => {
  it('reads options, short ones, repeated ones and what stands after --', () => {
    const given = readArguments(command, ['--set', 'a=1', '-f', '--set=b=2', '--cores', '3', '--', '--odd']);
    assert.deepEqual(
      [given.texts('set'), given.flag('force'), given.flag('json'), given.whole('cores', 1), given.positionals],
      [['a=1', 'b=2'], true, false, 3, ['--odd']],
    );
  });

  it('tells each mistake, with the way out', () => {
    const mistakes: [string[], RegExp, RegExp?][] = [
      [['x', '--froce'], /no option --froce/, /Did you mean --force\?/],
      [['x', '--zzzzzz'], /no option --zzzzzz/, /--help/],
      [['x', '--__proto__'], /no option/],
      [['x', '--cores'], /--cores needs a value/],
      [['x', '--force=yes'], /takes no value/],
      [['x', '--cores', '1', '--cores', '2'], /given twice/],
      [[], /needs FILE/],
      [['x', 'y'], /what to do with 'y'/],
    ];
    for (const [argv, message, hint] of mistakes) {
      assert.throws(
        () => readArguments(command, argv),
        (error: { problem: { message: string; hint?: string } }) =>
          message.test(error.problem.message) && (hint ?? /./).test(error.problem.hint ?? ''),
        argv.join(' '),
      );
    }
    for (const bad of ['0', '1.5', 'x', ''])
      assert.throws(
        () => readArguments(command, ['x', '--cores', bad]).whole('cores', 1),
        /whole number of at least 1/,
      );
  });

  it('teaches: overview, help of every command with an example, exit codes', async () => {
    const overview = await cli('.', []);
    assert.equal(overview.code, 0);
    for (const entry of COMMANDS) {
      if (entry.hidden === true) continue;
      assert.match(overview.stdout, new RegExp(`^  ${entry.name} +${entry.help.slice(0, 10)}`, 'm'));
      const help = await cli('.', [entry.name, '--help']);
      assert.equal(help.code, 0);
      assert.match(help.stdout, /Options/);
      assert.ok(entry.examples.length > 0, entry.name);
      for (const [line] of entry.examples)
        assert.ok(line.startsWith(`lifecycle ${entry.name}`) && help.stdout.includes(line));
    }
    assert.match((await cli('.', ['help', 'exit-codes'])).stdout, /130  cancelled/);
    assert.match((await cli('.', ['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it('offers the command that was meant', async () => {
    const { code, stderr } = await cli('.', ['chekc']);
    assert.deepEqual(
      [code, stderr],
      [2, "error[usage]: There is no command 'chekc'.\nhint: Did you mean `lifecycle check`?\n"],
    );
    const json = await cli('.', ['zzz', '--json']);
    assert.equal(json.json[0]?.['error'].code, 'usage');
  });

  it('can load every command', async () => {
    for (const entry of COMMANDS) assert.equal(typeof (await entry.load()).run, 'function', entry.name);
  });
});

import assert from 'node:assert/strict';
import Module, { createRequire } from 'node:module';
import { readArguments } from '../../lifecycle/cli/arguments';
import { commandOf } from '../../lifecycle/cli/commands';
import type { RunSettings } from '../../extension/run-settings';
import type * as tasks from '../../extension/tasks';

/** Task definitions of package.json, as the engine is asked for them. */
describe('what a task asks of the engine', () => {
  const modules = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
  const load = modules._load;
  let argumentsOf: typeof tasks.argumentsOf;
  before(() => {
    modules._load = (request, ...rest) => (request === 'vscode' ? {} : load.call(modules, request, ...rest));
    ({ argumentsOf } = createRequire(__filename)('../../extension/tasks') as typeof tasks);
  });
  after(() => {
    modules._load = load;
  });

  const none: RunSettings = { cores: null, environment: '' };
  const ask = (task: object, settings: RunSettings = none) =>
    argumentsOf({ type: 'lifecycle', pipeline: 'a b.pipeline.yaml', ...task }, settings);

  it('is what it says, for each command', () => {
    assert.deepEqual(ask({}), ['run', 'a b.pipeline.yaml', '--detach', '--follow']);
    const all = { stages: ['a', 'b'], deploy: true, force: true, device: 'cpu', gpu: 1, set: { rate: 0.1 } };
    assert.equal(
      ask(all).join(' '),
      'run a b.pipeline.yaml --set rate=0.1 --to a --to b --deploy --force --device cpu --gpu 1 --detach --follow',
    );
    const stages = { stages: ['watch'] };
    assert.deepEqual(ask({ command: 'monitor', ...stages }), ['monitor', 'a b.pipeline.yaml', '--stage', 'watch']);
    assert.deepEqual(ask({ command: 'deploy', ...stages }), ['deploy', 'a b.pipeline.yaml', '--stage', 'watch']);
  });

  it('is taken by the engine, with every property and the settings', () => {
    const task = { stages: ['a'], from: 'b', deploy: true, force: true, device: 'cpu', gpu: 0, set: { x: 'y' } };
    for (const command of ['run', 'plan', 'check', 'deploy', 'monitor'] as const) {
      const [name = '', ...rest] = ask({ command, ...task }, { cores: 2, environment: 'production' });
      const given = readArguments(commandOf(name)!, rest);
      assert.deepEqual([given.positionals, given.text('env')], [['a b.pipeline.yaml'], 'production'], command);
    }
  });

  it('takes the environment of the task before that of the settings', () => {
    assert.ok(ask({ environment: 'staging' }, { cores: null, environment: 'production' }).includes('staging'));
  });
});

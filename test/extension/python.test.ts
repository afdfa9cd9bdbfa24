import assert from 'node:assert/strict';
import Module, { createRequire } from 'node:module';
import type * as python from '../../extension/python';

/** What stands in for VS Code: one setting, and the Python extension as ms-python publishes its API. */
const stub: { set: string | null; extension: unknown } = { set: null, extension: undefined };
const vscode = {
  workspace: { getConfiguration: () => ({ get: (name: string) => (name === 'python.path' ? stub.set : undefined) }) },
  extensions: { getExtension: (id: string) => (id === 'ms-python.python' ? stub.extension : undefined) },
};

describe('the Python that a command means in the editor', () => {
  const modules = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
  const load = modules._load;
  let pythonEnvironment: typeof python.pythonEnvironment;
  before(() => {
    modules._load = (request, ...rest) => (request === 'vscode' ? vscode : load.call(modules, request, ...rest));
    ({ pythonEnvironment } = createRequire(__filename)('../../extension/python') as typeof python);
  });
  after(() => {
    modules._load = load;
  });

  const resource = { fsPath: '/project/a.pipeline.yaml' };
  const ask = () => pythonEnvironment(resource as never);
  const api = (fsPath?: string) => ({
    environments: {
      getActiveEnvironmentPath: (of: unknown) => ({ path: of === resource ? 'active' : 'another' }),
      resolveEnvironment: ({ path }: { path: string }) =>
        Promise.resolve(path === 'active' && fsPath ? { executable: { uri: { fsPath } } } : undefined),
    },
  });

  it('is the setting, else the choice in the Python extension, which is activated for it', async () => {
    const calls: string[] = [];
    stub.extension = {
      isActive: false,
      activate: () => {
        calls.push('activate');
        return Promise.resolve(api('/envs/ml/bin/python'));
      },
    };
    assert.deepEqual(await ask(), { LIFECYCLE_PYTHON: '/envs/ml/bin/python' });
    assert.deepEqual(calls, ['activate']);
    stub.extension = { isActive: true, exports: api('/envs/other/bin/python') };
    assert.deepEqual(await ask(), { LIFECYCLE_PYTHON: '/envs/other/bin/python' });
    stub.set = '/usr/bin/python3.13';
    assert.deepEqual(await ask(), { LIFECYCLE_PYTHON: '/usr/bin/python3.13' });
    stub.set = null;
  });

  it('is left to the engine where the extension is not there, old, broken, or has chosen nothing', async () => {
    const broken = { isActive: false, activate: () => Promise.reject(new Error('it fell over')) };
    const old = { isActive: true, exports: {} };
    for (const extension of [undefined, broken, old, { isActive: true, exports: api() }]) {
      stub.extension = extension;
      assert.deepEqual(await ask(), {});
    }
  });
});

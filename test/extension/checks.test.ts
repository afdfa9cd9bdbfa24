import assert from 'node:assert/strict';
import type { DeploymentTarget } from '../../schemas/generated/types';
import { type Check, Checks, checksIn, distanceOf, summaryOf } from '../../extension/views/checks';
import { targetKind } from '../../lifecycle/deploy/targets';

const check = (target: string, state: Check['state'], ...says: string[]): Check => ({
  target,
  model: 'toy',
  version: 1,
  state,
  says,
});

describe('checks of deployments in the editor', () => {
  it('are taken from what the engine prints, whatever else it prints', () => {
    const one = { ...check('a', 'differs', 'scale it'), kind: 'sagemaker' };
    const lines = [{ error: { message: 'no' } }, one, { target: 'b', state: 'stopped', says: [] }, { target: 'c' }];
    assert.deepEqual(checksIn(lines), [one]);
  });

  it('are void once something else is live there', () => {
    const checks = new Checks();
    checks.keep('/p/.lifecycle', check('a', 'differs', 'scale it'), 4, '2026-11-03T12:00:00.000Z');
    assert.equal(checks.of('/p/.lifecycle', 'a', 4)?.check.state, 'differs');
    assert.equal(checks.of('/p/.lifecycle', 'a', 5), undefined, 'deployed since');
    assert.equal(checks.of('/q/.lifecycle', 'a', 4), undefined, 'another project');
  });

  it('are summed up in a sentence that names those that call for somebody', () => {
    assert.deepEqual(summaryOf([]), { text: 'Nothing is deployed beyond this machine.', well: true });
    assert.deepEqual(summaryOf([check('a', 'as-recorded'), check('b', 'as-recorded')]), {
      text: '2 deployments beyond this machine, as recorded.',
      well: true,
    });
    assert.deepEqual(summaryOf([check('a', 'differs', 'x'), check('b', 'unknown', 'y'), check('c', 'as-recorded')]), {
      text: 'Not as recorded: a (of 3 deployments beyond this machine). Could not be asked: b.',
      well: false,
    });
  });

  it('and tidying are offered for the kinds of target that the engine checks and tidies', () => {
    const kinds: readonly DeploymentTarget['kind'][] = [
      'local',
      'batch',
      'edge',
      'container',
      'kubernetes',
      'sagemaker',
      'vertex-ai',
      'azure-ml',
    ];
    for (const kind of kinds) {
      const tidied = targetKind(kind).leftovers !== undefined;
      assert.equal(distanceOf(kind) === '-cloud', tidied, kind);
      assert.equal(distanceOf(kind) === '', ['local', 'batch', 'edge'].includes(kind), kind);
    }
  });
});

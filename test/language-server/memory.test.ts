import assert from 'node:assert/strict';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { diagnosticsOf } from '../../language-server/features/diagnostics';
import { Workspace } from '../../language-server/workspace';

describe('memory while somebody types', () => {
  it('lets go of each text with the next one, without waiting for everything to be collected', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;
    setFlagsFromString('--no-expose-gc');
    const stages = Array.from(
      { length: 2000 },
      (_, i) => `  fit_${i}:\n    kind: train\n    description: "Number ${i}"\n    data: load\n    model: linear\n`,
    );
    const text = `lifecycle: 1\npipeline: long\nstages:\n  load:\n    kind: data\n    source: {sql: select 1}\n    target: y\n${stages.join('')}`;
    const large = (): number =>
      getHeapSpaceStatistics().find(({ space_name }) => space_name === 'large_object_space')?.space_used_size ?? 0;
    const workspace = new Workspace();
    const uri = 'untitled:long.pipeline.yaml';
    workspace.open({ uri, languageId: 'lifecycle-pipeline', version: 1, text });
    const source = workspace.sourceOf(uri);
    assert.ok(source);
    const at = { line: 10, character: 22 };
    const type = (times: number): void => {
      for (let i = 0; i < times; i++) {
        workspace.change(uri, i + 2, [{ range: { start: at, end: at }, text: 'x' }]);
        diagnosticsOf(workspace, source);
      }
    };
    type(3);
    collect({ type: 'minor' });
    const before = large();
    type(12);
    collect({ type: 'minor' });
    const grown = (large() - before) / text.length;
    assert.ok(grown < 4, `${grown.toFixed(1)} texts of 12 are still there`);
  });
});

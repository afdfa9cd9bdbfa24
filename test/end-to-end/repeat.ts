import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { executed, type Example, finished, fresh, newFolder, type Project } from './product';

/** Two runs from the raw file, in different folders, by clocks and languages that differ, on the same number of cores. */
export async function sameBytesFromScratch(example: Example): Promise<void> {
  const first = await finished(example);
  const second = fresh(example, path.join(newFolder(), 'a-folder', 'somewhere else'));
  const { code, text } = second.go(['run', '--cores', '2'], {
    env: { TZ: 'Asia/Kolkata', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' },
  });
  assert.equal(code, 0, text);
  const record = await second.newest();
  assert.deepEqual(executed(record), Object.keys(record.stages), 'everything is made anew');
  assert.deepEqual(await content(second), await content(first));
  const metrics = async (project: Project) =>
    Object.entries((await project.newest()).stages).map(([name, stage]) => [name, stage.fingerprint, stage.metrics]);
  assert.deepEqual(await metrics(second), await metrics(first));
}

/** Hash of each file of each result. A bundle says which run made it; that apart, it is the same too. */
async function content(project: Project): Promise<Record<string, string>> {
  const { stages, id } = await project.newest();
  const hashes: Record<string, string> = {};
  for (const [name, { kind }] of Object.entries(stages)) {
    const result = await project.result(name);
    if (kind !== 'package') hashes[name] = result.artifact;
    for (const file of result.files) {
      const is = `${name}/${file.path}`;
      if (file.path === 'lineage.json')
        hashes[is] = readFileSync(path.join(result.path, file.path), 'utf8').replaceAll(id, 'RUN');
      else if (file.path !== 'bundle.json') hashes[is] = file.sha256;
    }
    if (kind === 'package')
      hashes[`${name} digest`] = (await project.read<{ digest: string }>(name, 'bundle.json')).digest;
  }
  assert.ok(Object.keys(hashes).some((name) => name.endsWith('/train.parquet')));
  return hashes;
}

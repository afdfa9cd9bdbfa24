import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { atTarget, findTarget, listTargets, parseTargets } from '../../../lifecycle/deploy/targets-file';
import { UserError } from '../../../lifecycle/problem';
import { removeFolders, temporaryFolder } from './support';

function refusal(text: string): UserError {
  try {
    parseTargets(text, 'targets.yaml');
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error;
  }
  return assert.fail('nothing was refused');
}

describe('targets.yaml', () => {
  after(removeFolders);

  it('is found from the pipeline upwards, and `local` is there without it', async () => {
    const root = await temporaryFolder();
    const folder = path.join(root, 'a', 'b');
    await mkdir(folder, { recursive: true });
    const where = { folder, root };
    assert.deepEqual(await findTarget('local', where), { name: 'local', settings: { kind: 'local' }, folder });
    await writeFile(path.join(root, 'targets.yaml'), 'lifecycle: 1\ntargets:\n  live: {kind: local, port: 8080}\n');
    assert.deepEqual(await findTarget('live', where), {
      name: 'live',
      settings: { kind: 'local', port: 8080 },
      folder: root,
    });
    await writeFile(path.join(folder, 'targets.yaml'), 'lifecycle: 1\ntargets:\n  local: {kind: local, log: "off"}\n');
    assert.deepEqual((await findTarget('local', where)).settings, { kind: 'local', log: 'off' });
    assert.deepEqual(
      (await listTargets(where)).map(({ name }) => name),
      ['local'],
    );
    await assert.rejects(findTarget('lokal', where), (error) => {
      assert.ok(error instanceof UserError);
      assert.deepEqual(
        [error.problem.code, error.problem.hint, error.problem.path],
        ['target-unknown', "Did you mean 'local'?", ['target']],
      );
      return true;
    });
    await assert.rejects(findTarget('toString', where), /There is no target 'toString'/);
  });

  it('names the place of what is wrong, a whole target by its name', () => {
    const cases: [string, [number, number] | undefined, RegExp][] = [
      ['lifecycle: 1\ntargets:\n  live: {kind: local, prot: 1}\n', [3, 23], /'prot' is not allowed here/],
      [
        'lifecycle: 1\ntargets:\n  live:\n    kind: local\n    port: 99999\n',
        [5, 11],
        /'targets.live.port' must be <= 65535/,
      ],
      ['lifecycle: 1\ntargets:\n  live:\n    kind: batch\n    input: a.csv\n', [3, 3], /output/],
      ['lifecycle: 1\ntargets:\n  live:\n', [3, 3], /'targets.live'/],
      ['lifecycle: 1\ntargets: {a: [}\n', [2, 15], /./],
      ['lifecycle: 2\ntargets: {}\n', [1, 12], /'lifecycle'/],
      ['', undefined, /the file/],
      [
        'lifecycle: 1\ntargets:\n  live: {kind: local, api-key: hunter22}\n',
        [3, 32],
        /'targets.live.api-key' must be object/,
      ],
    ];
    for (const [text, place, message] of cases) {
      const { problem } = refusal(text);
      assert.equal(problem.code, 'targets-invalid');
      assert.match(problem.message, message, text);
      const { line, column } = problem;
      assert.deepEqual(line === undefined ? undefined : [line, column], place, `${text}: ${problem.message}`);
      assert.doesNotMatch(problem.message, /hunter22/);
    }
  });

  it('is blamed at the setting, else at the name of the target', async () => {
    const folder = await temporaryFolder();
    const text = 'lifecycle: 1\ntargets:\n  shop:\n    kind: container\n    repository: here\n    platform: {os: x}\n';
    await writeFile(path.join(folder, 'targets.yaml'), text);
    const target = { name: 'shop', settings: { kind: 'local' as const }, folder };
    const placeOf = async (...at: string[]) => {
      const error = await atTarget(new UserError({ code: 'no', message: 'No.', path: at }), target);
      const { line, column } = (error as UserError).problem;
      return [line, column];
    };
    assert.deepEqual(await placeOf(), [3, 3]);
    assert.deepEqual(await placeOf('nothing', 'such'), [3, 3]);
    assert.deepEqual(await placeOf('repository'), [5, 17]);
    assert.deepEqual(await placeOf('platform'), [6, 5]);
    assert.deepEqual(await placeOf('platform', 'os'), [6, 20]);
  });

  it('is not a bomb', () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefghi'.split('').map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(', ')}]`),
    ];
    const begin = Date.now();
    assert.equal(refusal(bomb.join('\n')).problem.code, 'targets-invalid');
    // Spelt out it would be 387 million values, which no machine reads in that time.
    assert.ok(Date.now() - begin < 20_000);
  });
});

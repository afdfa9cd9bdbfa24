import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../../lifecycle/problem';
import { CartPole } from '../../../../lifecycle/train/reinforcement/cart-pole';
import { startProgram } from '../../../../lifecycle/train/reinforcement/program';
import { freshFolder } from '../../../rigs/folder';

interface Case {
  readonly start: [number, number, number, number];
  readonly actions: readonly number[];
  readonly states: readonly (readonly number[])[];
}

describe('train/reinforcement environments', () => {
  const folder = freshFolder();

  it('moves cart and pole as the equations solved by numpy', async () => {
    const cases = JSON.parse(readFileSync(join(__dirname, '../../../golden/cart-pole.json'), 'utf8')) as Case[];
    for (const { start, actions, states } of cases) {
      const pole = new CartPole(start);
      for (const [i, action] of actions.entries()) {
        const { observation } = await pole.step(action);
        observation.forEach((value, k) => assert.ok(Math.abs(value - states[i]![k]!) < 1e-6));
      }
    }
  });

  it('begins alike by the same seed, ends when the pole falls, and is cut off after 500 steps', async () => {
    const pole = new CartPole();
    assert.deepEqual(await pole.reset(3), await pole.reset(3));
    assert.notDeepEqual(await pole.reset(3), await pole.reset(4));
    await pole.reset(1);
    let steps = 1;
    while (!(await pole.step(1)).done) steps++;
    assert.ok(steps > 5 && steps < 15, String(steps));
    // Against the lean and its speed: enough to stand for ever.
    let seen = await pole.reset(2);
    for (let i = 1; ; i++) {
      const next = await pole.step(seen[2]! + 0.5 * seen[3]! + 0.05 * seen[1]! + 0.02 * seen[0]! > 0 ? 1 : 0);
      seen = next.observation;
      assert.equal(next.done, false, `fell after ${i}`);
      if (!next.truncated) continue;
      assert.equal(i, 500);
      break;
    }
  });

  const program = (body: string, patience = 20_000) => {
    const file = join(folder(), 'environment.cjs');
    writeFileSync(
      file,
      `const say = (answer) => console.log(JSON.stringify(answer));
       require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => { const asked = JSON.parse(line); ${body} });`,
    );
    const lines: string[] = [];
    const signal = new AbortController().signal;
    const command = [process.execPath, file];
    const started = startProgram({
      command,
      cwd: folder(),
      env: process.env,
      output: (line) => lines.push(line),
      signal,
      patience,
    });
    return { started, lines };
  };
  const right = `
    if (asked.describe) say({ observations: ['a', 'b'], actions: 2 });
    else if ('reset' in asked) { console.log('a new episode'); say({ observation: [asked.reset, 0] }); }
    else say({ observation: [1, 2], reward: asked.step, done: asked.step === 1 });`;

  it('talks with a program of the user, and keeps what it prints beside', async () => {
    const { started, lines } = program(right);
    const environment = await started;
    assert.deepEqual(environment.shape, { observations: ['a', 'b'], actions: ['action0', 'action1'] });
    assert.deepEqual([...(await environment.reset(5))], [5, 0]);
    const { observation, reward, done, truncated } = await environment.step(1);
    assert.deepEqual([[...observation], reward, done, truncated], [[1, 2], 1, true, false]);
    assert.deepEqual(lines, ['a new episode']);
    await environment.close();
  });

  const refused = async (body: string, expected: RegExp, patience?: number) => {
    const { started } = program(body, patience);
    await assert.rejects(
      started.then(async (environment) => {
        try {
          await environment.reset(1);
          await environment.step(0);
        } finally {
          await environment.close();
        }
      }),
      (error) => {
        assert.ok(error instanceof UserError, String(error));
        assert.equal(error.problem.code, 'environment-failed');
        assert.match(error.problem.message, expected);
        return true;
      },
    );
  };

  it('says what a program did wrong', async () => {
    const described = `if (asked.describe) say({ observations: 2, actions: ['l', 'r'] });`;
    await refused(`say({ actions: 2 })`, /without `observations`/);
    await refused(`say({ observations: 1, actions: ['a', 'a'] })`, /without `actions`/);
    await refused(`say({ observations: 1, actions: 1 })`, /one action only/);
    await refused(`${described} else say({ observation: [1] })`, /1 numbers; it described 2/);
    await refused(`${described} else console.log('{"observation": [1, NaN]}')`, /x1, which is not a finite number/);
    await refused(
      `${described} else if ('reset' in asked) say({ observation: [1, 2] }); else say({ observation: [1, 2] })`,
      /the reward undefined/,
    );
    await refused(
      `${described} else if ('reset' in asked) say({ observation: [1, 2] }); else say({ observation: [1, 2], reward: 1, done: 1 })`,
      /neither true nor false/,
    );
    await refused(`${described} else process.exit(3)`, /exit code 3 when it was asked \{"reset":1\}/);
    await refused(`${described}`, /no answer to \{"reset":1\}/, 3000);
  });

  it('says that a program is not there', async () => {
    const signal = new AbortController().signal;
    await assert.rejects(
      startProgram({ command: ['no-such-program'], cwd: folder(), env: process.env, output: () => undefined, signal }),
      /not found/,
    );
  });
});

import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { judgeAlerts, type KeptAlert, rulesOf } from '../../../lifecycle/monitor/alerts';
import { deliver, type Message, messagesFor, textOf, webhookBody } from '../../../lifecycle/monitor/deliver';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
const labels = { pipeline: 'p', stage: 's', model: 'm', version: '3', target: 't' };

/** The messages that reports with these values of x give. */
function told(rule: object, values: readonly number[], versions: readonly string[] = []): Message[] {
  let kept: Readonly<Record<string, KeptAlert>> = {};
  return values.flatMap((x, i) => {
    const judged = judgeAlerts(
      rulesOf({ slow: rule as { when: string } }),
      new Map([['x', x]]),
      kept,
      [],
      [],
      at(i * 60),
    );
    ({ kept } = judged);
    const fresh = judged.states.filter(({ told: now }) => now);
    return messagesFor(fresh, [{ webhook: 'http://x/' }], { ...labels, version: versions[i] ?? '3' }, at(i * 60));
  });
}

interface Body {
  status: string;
  groupKey: string;
  alerts: { status: string; startsAt: string; endsAt: string; fingerprint: string }[];
}

describe('messages of alerts', () => {
  it('open and close the same thing for a receiver, also when another version went live meanwhile', () => {
    const [begun, over] = told({ when: 'x > 1' }, [2, 2, 0], ['3', '3', '4']).map((one) => webhookBody(one) as Body);
    assert.deepEqual([begun!.status, over!.status], ['firing', 'resolved']);
    assert.equal(begun!.groupKey, over!.groupKey);
    assert.equal(begun!.alerts[0]!.fingerprint, over!.alerts[0]!.fingerprint);
    assert.deepEqual(
      [begun, over].map((body) => [body!.alerts[0]!.startsAt, body!.alerts[0]!.endsAt]),
      [
        [at(0).toISOString(), '0001-01-01T00:00:00Z'],
        [at(0).toISOString(), at(120).toISOString()],
      ],
    );
    const [, text] = told({ when: 'x > 1' }, [2, 2, 0]).map(textOf);
    assert.match(
      text!,
      /\[resolved\] slow is over: x 0\. From 2026-01-01T00:00:00\.000Z to 2026-01-01T02:00:00\.000Z\./,
    );
  });

  it('tell two alerts of a group apart', () => {
    const { states } = judgeAlerts(
      rulesOf({ a: { when: 'x > 1', group: 'g' }, b: { when: 'x > 1', group: 'g' } }),
      new Map([['x', 2]]),
      {},
      [],
      [],
      at(0),
    );
    const [message] = messagesFor(states, [{ webhook: 'http://x/' }], labels, at(0));
    const { alerts } = webhookBody(message!) as Body;
    assert.equal(new Set(alerts.map(({ fingerprint }) => fingerprint)).size, 2);
  });

  it('are other messages when they are repeated, so that a receiver does not take them for ones sent twice', () => {
    const all = told({ when: 'x > 1', repeat: 1 }, [2, 2, 2]);
    assert.equal(all.length, 3);
    assert.equal(new Set(all.map(({ id }) => id)).size, 3);
  });

  describe('with receivers on this machine', () => {
    const taken: Body[] = [];
    const handlers: Record<string, (request: IncomingMessage, answer: ServerResponse) => void> = {};
    const server = createServer((request, answer) => handlers[request.url!]!(request, answer));
    let base: string;
    before(async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => {
      server.closeAllConnections();
      server.close();
    });
    beforeEach(() => taken.splice(0));

    it('reach one while another hangs, which is asked once a report', async () => {
      let asked = 0;
      handlers['/hangs'] = (request) => void (request.resume(), asked++);
      handlers['/takes'] = (request, answer) => {
        let text = '';
        request.on('data', (part: Buffer) => (text += part.toString()));
        request.on('end', () => {
          taken.push(JSON.parse(text) as Body);
          answer.end();
        });
      };
      handlers['/fails'] = (request, answer) => {
        request.resume();
        answer.statusCode = 500;
        answer.end('no');
      };
      const rules = rulesOf({ a: 'x > 1', b: 'x > 1' });
      const { states } = judgeAlerts(rules, new Map([['x', 2]]), {}, [], [], at(0));
      const receivers = ['/hangs', '/takes', '/fails'].map((path) => ({ webhook: `${base}${path}` }));
      const failed: string[] = [];
      const stop = new AbortController();
      const sending = deliver(messagesFor(states, receivers, labels, at(0)), {
        receivers,
        secret: () => Promise.resolve(undefined),
        folder: '/',
        signal: stop.signal,
        failed: (text) => failed.push(text),
      });
      // Long before the first gives up.
      for (let left = 400; left > 0 && (taken.length < 2 || failed.length < 2); left--)
        await new Promise((resolve) => setTimeout(resolve, 10));
      assert.equal(taken.length, 2);
      assert.match(
        failed[0]!,
        /An alert \(a\) could not be sent: 127\.0\.0\.1:\d+ answered with status 500\. It is tried/,
      );
      assert.equal(asked, 1);
      stop.abort(new Error('enough'));
      await assert.rejects(sending, /enough/);
    });

    it('do not wait for a receiver that is gone more than once', async () => {
      const { states } = judgeAlerts(rulesOf({ a: 'x > 1', b: 'x > 1' }), new Map([['x', 2]]), {}, [], [], at(0));
      let asked = 0;
      handlers['/drops'] = (request) => {
        asked++;
        request.socket.destroy();
      };
      const receivers = [{ webhook: `${base}/drops` }];
      const failed: string[] = [];
      const left = await deliver(messagesFor(states, receivers, labels, at(0)), {
        receivers,
        secret: () => Promise.resolve(undefined),
        folder: '/',
        failed: (text) => failed.push(text),
      });
      // One try and its repetition for the first of the two.
      assert.deepEqual([asked, left.map(({ tries }) => tries), failed.length], [2, [1, 1], 2]);
      assert.match(failed[1]!, /An alert \(b\) could not be sent: 127\.0\.0\.1:\d+ does not answer\./);
    });
  });

  it('say how a program ended', async () => {
    const { states } = judgeAlerts(rulesOf({ a: 'x > 1' }), new Map([['x', 2]]), {}, [], [], at(0));
    const say = async (command: [string, ...string[]]) => {
      const failed: string[] = [];
      await deliver(messagesFor(states, [{ command }], labels, at(0)), {
        receivers: [{ command }],
        secret: () => Promise.resolve(undefined),
        folder: '/',
        failed: (text) => failed.push(text),
      });
      return failed[0]?.replace('An alert (a) could not be sent: ', '');
    };
    assert.equal(await say(['false']), 'false ended with 1. It is tried again with the next report.');
    assert.match(
      (await say(['node', '-e', 'console.error("no relay"); process.exit(3)']))!,
      /^node ended with 3: no relay\. It/,
    );
    assert.match((await say(['no-such-mailer']))!, /The program no-such-mailer was not found/);
    assert.equal(await say(['true']), undefined);
  });
});

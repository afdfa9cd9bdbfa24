import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { judgeAlerts, type KeptAlert, rulesOf } from '../../../lifecycle/monitor/alerts';
import { deliver, messagesFor, textOf, webhookBody } from '../../../lifecycle/monitor/deliver';
import {
  baseOf,
  figuresBetween,
  keepLook,
  parseFigures,
  quantileOfBuckets,
  type ServiceSnapshot,
  snapshotOf,
} from '../../../lifecycle/monitor/service';
import { NotPromql, toPromql } from '../../../lifecycle/expression/monitor';
import { parse } from '../../../lifecycle/expression';
import { UserError } from '../../../lifecycle/problem';
import type { Decision } from '../../../lifecycle/store/decisions';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));

describe('alerts', () => {
  /** States of a rule over values of latency.p99, with what was told. */
  function over(
    rule: object | string,
    values: readonly (number | null)[],
    decisions: readonly Decision[] = [],
  ): string[] {
    let kept: Readonly<Record<string, KeptAlert>> = {};
    return values.map((value, i) => {
      const figures = new Map([['latency.p99', value]]);
      const judged = judgeAlerts(rulesOf({ slow: rule as string }), figures, kept, decisions, [], at(i * 60));
      ({ kept } = judged);
      return judged.states.map(({ state, told }) => `${state}${told === true ? '!' : ''}`).join(' ') || '-';
    });
  }

  it('fire once and are resolved once', () => {
    assert.deepEqual(over('latency.p99 > 1', [0, 2, 2, 0, 0]), ['-', 'firing!', 'firing', 'resolved!', '-']);
  });

  it('wait for as many reports as they are asked to', () => {
    assert.deepEqual(over({ when: 'latency.p99 > 1', for: 3 }, [2, 2, 0, 2, 2, 2]), [
      'pending',
      'pending',
      '-',
      'pending',
      'pending',
      'firing!',
    ]);
  });

  it('stay until the clear condition holds, and do not flap in between', () => {
    const rule = { when: 'latency.p99 > 1', clear: 'latency.p99 < 0.5' };
    assert.deepEqual(over(rule, [2, 0.8, 1.2, 0.7, 0.4]), ['firing!', 'firing', 'firing', 'firing', 'resolved!']);
  });

  it('take silence of the figures for no recovery', () => {
    assert.deepEqual(over('latency.p99 > 1', [2, null, null, 0]), ['firing!', 'firing', 'firing', 'resolved!']);
  });

  /** States of a rule over figures, of which some are not known. */
  function overFigures(when: string, figures: readonly Readonly<Record<string, number | null>>[]): string[] {
    let kept: Readonly<Record<string, KeptAlert>> = {};
    return figures.map((values, i) => {
      const judged = judgeAlerts(rulesOf({ rule: when }), new Map(Object.entries(values)), kept, [], [], at(i * 60));
      // As a file keeps it.
      kept = JSON.parse(JSON.stringify(judged.kept)) as typeof kept;
      return judged.states.map(({ state }) => state).join(' ') || '-';
    });
  }

  it('do not fire by what is not known, however a condition is turned', () => {
    for (const when of [
      'not (x >= 0.8)',
      'x != 0.8',
      'x not between 0.8 and 1',
      'not (x > 0 and x < 2)',
      'not (x in (1, 2))',
      '1 - x > 0.2 or x < 0.8',
    ])
      assert.deepEqual(overFigures(when, [{ x: null }, { x: 5 }, { x: null }])[0], '-', when);
    assert.deepEqual(overFigures('not (x >= 0.8)', [{ x: 0.5 }, { x: null }, { x: 0.9 }]), [
      'firing',
      'firing',
      'resolved',
    ]);
    assert.deepEqual(overFigures('x is null', [{ x: null }, { x: 1 }]), ['firing', 'resolved']);
  });

  it('are over when what they fired by is over, whatever else was never known', () => {
    const both = (x: number | null, y: number | null) => ({ x, y });
    assert.deepEqual(overFigures('x > 1 or y > 1', [both(2, null), both(0, null), both(0, 0)]), [
      'firing',
      'resolved',
      '-',
    ]);
    // What it fired by is lost: nobody knows.
    assert.deepEqual(overFigures('x > 1 or y > 1', [both(2, 0), both(null, 0), both(0, 0)]), [
      'firing',
      'firing',
      'resolved',
    ]);
    // One side says no, so the other need not be known.
    assert.deepEqual(overFigures('x > 1 and y > 1', [both(2, 2), both(null, 0)]), ['firing', 'resolved']);
  });

  it('are over when their rule is gone', () => {
    const first = judgeAlerts(
      rulesOf({ old: { when: 'x > 1', severity: 'critical', group: 'g' }, young: { when: 'x > 1', for: 2 } }),
      new Map([['x', 2]]),
      {},
      [],
      [],
      at(0),
    );
    const { states, kept } = judgeAlerts(rulesOf({ other: 'x > 5' }), new Map([['x', 2]]), first.kept, [], [], at(60));
    assert.deepEqual(
      states.map(({ rule, state, severity, group, told, began }) => [rule, state, severity, group, told, began]),
      [['old', 'resolved', 'critical', 'g', true, at(0).toISOString()]],
    );
    assert.deepEqual(Object.keys(kept), []);
  });

  it('are repeated when asked to', () => {
    assert.deepEqual(over({ when: 'latency.p99 > 1', repeat: 2 }, [2, 2, 2, 2, 2]), [
      'firing!',
      'firing',
      'firing!',
      'firing',
      'firing!',
    ]);
  });

  it('are not sent while a person silences them', () => {
    const silence = { action: 'silence', rule: 'slow', by: 'ada@lab', reason: 'load test' } as unknown as Decision;
    assert.deepEqual(over('latency.p99 > 1', [2, 0], [silence]), ['silenced', 'resolved']);
  });

  it('are sent when the silence ends while they still fire, and not when they were told before it', () => {
    const silence = { action: 'silence', rule: 'slow', by: 'ada@lab', reason: 'load test' } as unknown as Decision;
    const told = (silenced: readonly boolean[]): string[] => {
      let kept: Readonly<Record<string, KeptAlert>> = {};
      return silenced.map((quiet, i) => {
        const judged = judgeAlerts(
          rulesOf({ slow: 'x > 1' }),
          new Map([['x', 2]]),
          kept,
          quiet ? [silence] : [],
          [],
          at(i * 60),
        );
        ({ kept } = judged);
        return judged.states.map(({ state, told: now }) => `${state}${now === true ? '!' : ''}`).join();
      });
    };
    assert.deepEqual(told([true, true, false, false]), ['silenced', 'silenced', 'firing!', 'firing']);
    assert.deepEqual(told([false, true, false]), ['firing!', 'silenced', 'firing']);
  });

  it('hold to the border: at the value itself neither does a strict condition hold nor a strict one clear', () => {
    const rule = { when: 'latency.p99 > 1', clear: 'latency.p99 < 0.5' };
    assert.deepEqual(over(rule, [1, 1.0001, 0.5, 0.4999, 1]), ['-', 'firing!', 'firing', 'resolved!', '-']);
    assert.deepEqual(over('latency.p99 >= 1', [0.999, 1]), ['-', 'firing!']);
  });

  it('say what is wrong in a condition, with its place', () => {
    assert.throws(
      () => over('latency.p9 > 1', [1]),
      (error) => {
        assert.ok(error instanceof UserError);
        assert.equal(error.problem.code, 'alert-condition');
        assert.deepEqual(error.problem.path, ['alerts', 'slow']);
        assert.match(error.problem.hint!, /latency\.p99/);
        return true;
      },
    );
  });

  it('are grouped into one message for each receiver that wants them, which is kept until it was taken', async () => {
    const rules = rulesOf({
      a: 'x > 0',
      b: { when: 'x > 0', group: 'g', severity: 'critical' },
      c: { when: 'x > 0', group: 'g' },
    });
    const { states } = judgeAlerts(rules, new Map([['x', 1]]), {}, [], [], at(0));
    const receivers = [{ webhook: { secret: 'HOOK' } }, { command: ['false'], severity: 'critical' as const }];
    const labels = { pipeline: 'p', stage: 's', model: 'm', version: '3', target: 't' };
    const messages = messagesFor(states, receivers, labels, at(0));
    assert.deepEqual(
      messages.map(({ receiver, group, alerts }) => [receiver, group, alerts.length]),
      [
        [0, 'a', 1],
        [0, 'g', 2],
        [1, 'g', 1],
      ],
    );
    const body = webhookBody(messages[1]!) as { alerts: { labels: Record<string, string> }[] };
    assert.deepEqual(
      body.alerts.map((alert) => alert.labels['alertname']),
      ['b', 'c'],
    );
    assert.match(textOf(messages[2]!), /^p · s · m 3 · on t\n\n\[critical\] b: x > 0 \(x 1\)\. Since 2026/);
    const failed: string[] = [];
    const left = await deliver(messages, {
      receivers,
      secret: () => Promise.resolve(undefined),
      folder: '/',
      failed: (text) => failed.push(text),
    });
    assert.deepEqual(
      left.map(({ tries }) => tries),
      [1, 1, 1],
    );
    assert.match(failed[0]!, /nobody has the secret HOOK/);
    assert.match(failed[2]!, /false ended with 1/);
    // A program that takes it, as a mailer does: the message is its standard input, and nothing is left to send.
    const folder = await mkdtemp(path.join(tmpdir(), 'lifecycle-alerts-'));
    const mailer = [receivers[0]!, { command: ['tee', 'mail.txt'], severity: 'critical' as const }];
    const done = await deliver(left.slice(2), {
      receivers: mailer,
      secret: () => Promise.resolve(undefined),
      folder,
      failed: (text) => failed.push(text),
    });
    assert.deepEqual([done, failed.length], [[], 3]);
    assert.equal(await readFile(path.join(folder, 'mail.txt'), 'utf8'), textOf(messages[2]!));
    await rm(folder, { recursive: true });
  });
});

describe('figures of a server', () => {
  it('are read from the text of Prometheus, and counted since the last look', () => {
    assert.deepEqual(parseFigures('# HELP x\nx{a="b\\"c",le="+Inf"} 3\ny 1.5\nnonsense\n'), [
      { name: 'x', labels: { a: 'b"c', le: '+Inf' }, value: 3 },
      { name: 'y', labels: {}, value: 1.5 },
    ]);
    const snapshot = (time: string, requests: number, errors: number, buckets: [number, number][]) => ({
      time,
      start: 0,
      requests,
      errors,
      cpu: requests / 100,
      buckets,
    });
    const before = snapshot('2026-01-01T00:00:00.000Z', 100, 0, [
      [0.1, 100],
      [Infinity, 100],
    ]);
    const now = snapshot('2026-01-01T00:01:00.000Z', 160, 6, [
      [0.1, 130],
      [Infinity, 160],
    ]);
    const figures = figuresBetween(before, now);
    assert.deepEqual([figures.requests, figures['per-minute'], figures['error-rate']], [60, 60, 0.1]);
    assert.deepEqual([figures.p50, figures.p99], [0.1, 0.1]);
    // As it is kept from one look to the next.
    const kept = JSON.parse(JSON.stringify(before)) as typeof before;
    assert.deepEqual(figuresBetween(kept, now), figures);
    const { requests, p50, p99, latency } = figuresBetween(kept, before);
    assert.deepEqual([requests, p50, p99, latency!.map(({ count }) => count)], [0, null, null, [0, 0]]);
    assert.equal(
      quantileOfBuckets(
        [
          [1, 10],
          [2, 30],
          [Infinity, 30],
        ],
        0.5,
      ),
      1.25,
    );
    assert.equal(quantileOfBuckets([], 0.5), null);
  });
});

describe('looks at a server', () => {
  const look = (seconds: number, requests: number, start = 0) =>
    ({
      time: new Date(seconds * 1000).toISOString(),
      start,
      requests,
      errors: 0,
      cpu: 0,
      buckets: [],
    }) satisfies ServiceSnapshot;

  it('tell what happened over five minutes at least, however often somebody looks', () => {
    let kept: ServiceSnapshot[] = [];
    const told: (number | null | undefined)[] = [];
    // The watch looks every fifteen minutes, 900 requests come in between; somebody looks two seconds after it.
    for (const now of [
      look(900, 900),
      look(1_800, 1_800),
      look(1_802, 1_800),
      look(2_700, 2_700),
      look(2_702, 2_700),
    ]) {
      told.push(figuresBetween(baseOf(kept, now), now)['per-minute']);
      kept = keepLook(kept, now);
    }
    assert.deepEqual(
      told.map((value) => Math.round(value!)),
      [60, 60, 60, 60, 60],
    );
    assert.equal(kept.length, 2);
  });

  it('are few, begin anew with the server, and say nothing of a moment', () => {
    let kept: ServiceSnapshot[] = [];
    for (let second = 0; second < 3_600; second++) kept = keepLook(kept, look(1_000 + second, 0));
    assert.ok(kept.length <= 12, String(kept.length));
    const other = look(5_000, 1, 4_990);
    assert.equal(baseOf(kept, other), undefined);
    assert.equal(figuresBetween(undefined, other)['per-minute'], null);
    assert.deepEqual(keepLook(kept, other), [other]);
    // A clock that is set back.
    const back = figuresBetween(baseOf([look(9_000, 5)], look(8_000, 5)), look(8_000, 5));
    assert.equal(back.requests, 5);
  });
});

describe('figures of the versions of a server', () => {
  const text = (
    one: number,
    other: number,
  ) => `lifecycle_predictions_total{model="churn",version="1",outcome="answered"} ${one}
lifecycle_predictions_total{model="churn",version="1",outcome="failed"} 2
lifecycle_predictions_total{model="churn",version="2",outcome="answered"} ${other}
lifecycle_predictions_total{model="churn",version="2",outcome="failed"} 0
lifecycle_rows_total{model="churn",version="1"} ${10 * one}
lifecycle_rows_total{model="churn",version="2"} ${10 * other}
lifecycle_prediction_seconds_bucket{model="churn",version="1",le="0.1"} ${one}
lifecycle_prediction_seconds_bucket{model="churn",version="1",le="+Inf"} ${one}
lifecycle_prediction_seconds_bucket{model="churn",version="2",le="0.1"} 0
lifecycle_prediction_seconds_bucket{model="churn",version="2",le="0.5"} ${other}
lifecycle_prediction_seconds_bucket{model="churn",version="2",le="+Inf"} ${other}
process_start_time_seconds 1000
`;

  it('stand beside those of the server, since the last look', () => {
    const [before, now] = [
      snapshotOf(parseFigures(text(98, 0)), '2026-01-01T00:00:00.000Z'),
      snapshotOf(parseFigures(text(158, 30)), '2026-01-01T00:01:00.000Z'),
    ];
    const { versions } = figuresBetween(before, now);
    assert.deepEqual(
      versions!.map((one) => [one.version, one.requests, one.rows, one['per-minute'], one.errors, one.p50]),
      [
        ['1', 60, 600, 60, 0, 0.05],
        ['2', 30, 300, 30, 0, 0.1 + 0.4 / 2],
      ],
    );
    // Since the server began, and of a version that nobody asks any more nothing.
    assert.deepEqual(
      figuresBetween(undefined, before).versions!.map((one) => [one.version, one.requests, one.errors]),
      [['1', 100, 2]],
    );
    assert.equal(figuresBetween({ ...before, versions: [] }, now).versions!.length, 2);
  });
});

describe('conditions as PromQL', () => {
  const promql = (text: string) => toPromql(parse(text).tree!, { stage: 'w' });
  it('keep the figure on the left and say on what they are joined', () => {
    assert.equal(promql('0.3 <= drift.share'), 'lifecycle_monitor_drift_share{stage="w"} >= 0.3');
    assert.equal(
      promql('performance.log_loss > 0.5 and not rows < 100'),
      '(lifecycle_monitor_performance{stage="w",metric="log_loss"} > 0.5 and on(stage) lifecycle_monitor_rows{stage="w"} >= 100)',
    );
    assert.equal(
      promql('latency.p99 > 2 * latency.p50'),
      'lifecycle_monitor_latency_p99{stage="w"} > on(stage) (2 * lifecycle_monitor_latency_p50{stage="w"})',
    );
  });
  it('are refused where Prometheus has no word for them', () => {
    for (const text of ['is_missing(rows)', "rows = 'x'", '1 < 2']) assert.throws(() => promql(text), NotPromql, text);
  });
});

import assert from 'node:assert/strict';
import { inspect, isFound, KINDS, stream } from '../../rigs/streams';

// A seeded part of the bars; test/deep/drift.test.ts counts 200 planted and 2,000 null streams.
describe('planted drift', () => {
  for (const kind of KINDS)
    it(`${kind}: what changed stands first`, async () => {
      for (const seed of [1, 2]) {
        const report = await inspect(stream(3_000, `reference ${seed}`), stream(1_500, `${kind} ${seed}`, kind));
        assert.ok(
          isFound(kind, report),
          JSON.stringify({
            features: report.features.map(({ column, drifted, statistic }) => [column, drifted, statistic]),
            slices: report.slices,
            domain: report.domain,
          }),
        );
      }
    });

  it('is not seen where there is none', async () => {
    let alarms = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const rows = [200, 900, 1_500, 4_000][seed % 4]!;
      const report = await inspect(stream(3_000, seed), stream(rows, `null ${seed}`), seed, seed % 4 === 0);
      if (report.verdict === 'drift' || report.domain?.drifted === true || (report.slices?.length ?? 0) > 0) alarms++;
    }
    assert.ok(alarms <= 4, `${alarms} of 40`);
  });
});

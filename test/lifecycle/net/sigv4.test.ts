import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { signAws } from '../../../lifecycle/net/sigv4';

const cases = JSON.parse(readFileSync('test/golden/deploy/sigv4.json', 'utf8')) as {
  method: string;
  url: string;
  service: string;
  region: string;
  body: string;
  headers: Record<string, string>;
  token: string | null;
  authorization: string;
}[];

describe('signatures for AWS', () => {
  for (const one of cases)
    it(`are those of botocore: ${one.method} ${one.url}`, () => {
      const { authorization } = signAws(
        { ...one, body: Buffer.from(one.body) },
        {
          accessKeyId: 'AKIDEXAMPLE',
          secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
          ...(one.token !== null && { sessionToken: one.token }),
          service: one.service,
          region: one.region,
          time: new Date('2026-11-28T04:05:06Z'),
        },
      );
      assert.equal(authorization, one.authorization);
    });
});

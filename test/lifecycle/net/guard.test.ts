import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { exchange } from '../../../lifecycle/net/exchange';
import { checkAddress, guardedLookup, isInternal } from '../../../lifecycle/net/guard';
import { outward } from '../../../lifecycle/net/outward';
import { UserError } from '../../../lifecycle/problem';

const refused = (error: unknown) => error instanceof UserError && error.problem.code === 'address-refused';

describe('addresses that a file may name', () => {
  it('are HTTPS or this machine, never a metadata service', () => {
    for (const good of [
      'https://example.com',
      'https://10.0.0.5:6443',
      'http://127.0.0.1:8080',
      'http://localhost:5000',
    ])
      assert.ok(checkAddress(good));
    for (const bad of [
      'http://example.com',
      'http://169.254.169.254/latest/meta-data/',
      'https://169.254.169.254/',
      'https://[fe80::1]/',
      'https://[::ffff:169.254.169.254]/',
      'https://[::ffff:a9fe:a9fe]/',
      'https://[fd00:ec2::254]/',
      'https://0.0.0.0/',
      'https://0xA9FEA9FE/',
      'https://2852039166/',
      'https://0251.0376.0251.0376/',
      'https://metadata.google.internal/',
      'https://user:pass@example.com/',
      'file:///etc/passwd',
      'gopher://x',
      'nonsense',
    ])
      assert.throws(() => checkAddress(bad), refused, bad);
    assert.ok(
      isInternal('169.254.170.2') && isInternal('0.0.0.0') && isInternal('100.100.100.200') && isInternal('fe80::1'),
    );
    assert.ok(!isInternal('10.1.2.3') && !isInternal('127.0.0.1') && !isInternal('2001:db8::1'));
  });

  it('are looked up at the moment of connecting', async () => {
    const ask = (host: string) =>
      new Promise((resolve) => guardedLookup(host, { all: true }, (error, found) => resolve(error ?? found)));
    assert.ok(refused(await ask('169.254.169.254')));
    assert.ok(Array.isArray(await ask('localhost')));
  });

  it('are not followed elsewhere', async () => {
    let asked = 0;
    const server = http.createServer((_request, response) => {
      asked++;
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const answer = await exchange(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    server.close();
    assert.deepEqual([answer.status, asked], [302, 1]);
  });

  it('of others get no credentials of a cloud', async () => {
    const to = outward((name) => Promise.resolve(`value of ${name}`));
    for (const auth of [
      { kind: 'google' },
      { kind: 'azure', scope: 'https://management.azure.com/.default' },
      { kind: 'aws', service: 'sagemaker', region: 'eu-central-1' },
    ] as const)
      for (const host of [
        'attacker.example',
        'googleapis.com.attacker.example',
        'xazure.com',
        'amazonaws.com.evil.test',
      ])
        await assert.rejects(to.send({ method: 'GET', url: `https://${host}/`, auth }), (error) => {
          assert.ok(refused(error));
          assert.match(
            String(error),
            new RegExp(`Credentials of ${auth.kind} are not sent to ${host.replaceAll('.', '\\.')}`),
          );
          assert.doesNotMatch(String(error), /value of/);
          return true;
        });
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { awsCredentials, forgetAwsCredentials } from '../../../lifecycle/net/aws';
import { troubleOf } from '../../../lifecycle/net/trouble';
import { UserError } from '../../../lifecycle/problem';

const nobody = () => Promise.resolve(undefined);
const KEYS = { AccessKeyId: 'AKIDPROGRAM', SecretAccessKey: 'secret', SessionToken: 'session' };

describe('credentials for AWS', () => {
  let folder: string;
  const kept = { ...process.env };
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lifecycle-aws-'));
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = path.join(folder, 'credentials');
    process.env['AWS_CONFIG_FILE'] = path.join(folder, 'config');
    process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
    forgetAwsCredentials();
  });
  afterEach(async () => {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, kept);
    forgetAwsCredentials();
    await rm(folder, { recursive: true });
  });
  const config = (text: string) => writeFile(path.join(folder, 'config'), text);
  const program = async (text: string, name = 'keys') => {
    const file = path.join(folder, name);
    await writeFile(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return file;
  };
  const code = (wanted: string, message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    assert.deepEqual([error.problem.code, message.test(error.message)], [wanted, true], error.message);
    return true;
  };

  it('come from secrets first, then from the keys of the profile', async () => {
    await config('[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key = s\n');
    const secrets: Record<string, string> = { AWS_ACCESS_KEY_ID: 'AKIDSECRET', AWS_SECRET_ACCESS_KEY: 's' };
    assert.equal((await awsCredentials((name) => Promise.resolve(secrets[name]))).accessKeyId, 'AKIDSECRET');
    assert.equal((await awsCredentials(nobody)).accessKeyId, 'AKIDFILE');
  });

  it('come from the program that the profile names, once until they run out', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const file = await program(
      `echo x >> "${folder}/count"; echo '${JSON.stringify({ Version: 1, ...KEYS, Expiration: soon })}'`,
    );
    await config(`[profile work]\ncredential_process = "${file}" --for work\n`);
    process.env['AWS_PROFILE'] = 'work';
    const wanted = { accessKeyId: 'AKIDPROGRAM', secretAccessKey: 'secret', sessionToken: 'session' };
    assert.deepEqual(await awsCredentials(nobody), wanted);
    await rm(file);
    assert.deepEqual(await awsCredentials(nobody), wanted, 'they are kept');
    assert.equal(forgetAwsCredentials(), true);
    await assert.rejects(
      awsCredentials(nobody),
      code('credentials-missing', /profile 'work' needs \S+keys, which was not found/),
    );
  });

  it('come from the AWS CLI for a login or a role, and say when that has run out', async () => {
    await config('[default]\nsso_session = office\naws_access_key_id = AKIDOTHER\naws_secret_access_key = s\n');
    process.env['PATH'] = `${folder}:${process.env['PATH']}`;
    await program(
      `[ "$*" = "configure export-credentials --profile default --format process" ] && echo '${JSON.stringify(KEYS)}'`,
      'aws',
    );
    assert.equal((await awsCredentials(nobody)).accessKeyId, 'AKIDPROGRAM');
    await program('echo "Error when retrieving token from sso: Token has expired" >&2; exit 255', 'aws');
    await assert.rejects(awsCredentials(nobody), code('credentials-expired', /Token has expired/));
  });

  it('come from the agent of a container, from nobody else’s address', async () => {
    const asked: (string | undefined)[] = [];
    const agent: Server = createServer((request, response) => {
      asked.push(request.headers.authorization);
      response.end(JSON.stringify({ ...KEYS, Token: 'session', Expiration: '2100-01-01T00:00:00Z' }));
    });
    await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve));
    try {
      process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] =
        `http://127.0.0.1:${(agent.address() as AddressInfo).port}/v1`;
      process.env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] = 'pod-token';
      assert.equal((await awsCredentials(nobody)).sessionToken, 'session');
      assert.deepEqual(asked, ['pod-token']);
      forgetAwsCredentials();
      process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] = 'http://agent.example.com/v1';
      await assert.rejects(awsCredentials(nobody), code('credentials-missing', /no credentials for AWS/));
    } finally {
      agent.close();
    }
  });
});

describe('what a refusal is about', () => {
  const cases: readonly [string, number, unknown, ReturnType<typeof troubleOf>][] = [
    ['AWS, too fast', 400, { __type: 'com.amazonaws#ThrottlingException' }, 'throttled'],
    ['AWS, run out', 400, { __type: 'ExpiredTokenException' }, 'expired'],
    ['AWS, no right', 400, { __type: 'AccessDeniedException' }, 'denied'],
    ['AWS, no more machines', 400, { __type: 'ResourceLimitExceeded' }, 'quota'],
    ['AWS, wrong', 400, { __type: 'ValidationException' }, undefined],
    ['Google, too fast', 429, { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } }, 'throttled'],
    ['Google, wrong', 400, { error: { code: 400, status: 'INVALID_ARGUMENT' } }, undefined],
    ['Azure, no more machines', 400, { error: { code: 'OutOfQuota' } }, 'quota'],
    ['Azure, run out', 401, { error: { code: 'ExpiredAuthenticationToken' } }, 'expired'],
    ['Kubernetes, no right', 403, { reason: 'Forbidden', code: 403 }, 'denied'],
    ['Kubernetes, quota of the namespace', 403, { reason: 'Forbidden', message: 'exceeded quota: team' }, 'quota'],
    ['in trouble', 503, undefined, 'unavailable'],
    ['well', 200, {}, undefined],
  ];
  for (const [name, status, value, wanted] of cases)
    it(name, () => assert.equal(troubleOf({ status, value, text: '' }), wanted));
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import https from 'node:https';
import path from 'node:path';
import { SignJWT } from 'jose';
import { createKey, readKeys, revokeKey, rotateKey } from '../../../../lifecycle/deploy/keys';
import { RateLimiter } from '../../../../lifecycle/deploy/serve/limits';
import { HttpError } from '../../../../lifecycle/net/server';
import { UserError } from '../../../../lifecycle/problem';
import { removeFolders, temporaryFolder } from '../support';
import { ask, configFor, serve, stopServers } from './support';

const body = { rows: [{ size: 3, city: 'Ulm', garden: true }] };
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail('it did not come to pass');
}

describe('keys', () => {
  after(async () => {
    await stopServers();
    await removeFolders();
  });

  it('are kept as hashes, open what they are for, and are replaced and revoked while the server runs', async function () {
    this.timeout(30_000);
    const config = await configFor();
    const { store } = config;
    const shop = await createKey(store, 'local', { name: 'shop', scopes: ['predict'] });
    const { key: prometheus } = await createKey(store, 'local', { name: 'prometheus', scopes: ['metrics'] });
    const { key: other } = await createKey(store, 'local', { name: 'other', models: ['fraud'] });
    const file = path.join(store, 'deployments', 'local', 'keys.json');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.ok(!(await readFile(file, 'utf8')).includes(shop.key.slice(16)));
    const { url } = await serve(config);
    const status = async (where: string, key?: string, asked?: unknown) =>
      (
        await ask(`${url}${where}`, {
          ...(asked !== undefined && { body: asked }),
          ...(key !== undefined && { headers: bearer(key) }),
        })
      ).status;
    assert.equal(await status('/predict', undefined, body), 401);
    assert.equal(await status('/predict', `${shop.key.slice(0, -1)}x`, body), 401);
    assert.equal(await status('/predict', shop.key, body), 200);
    assert.equal(await status('/feedback', shop.key, { id: 'a', actual: 'Yes' }), 403);
    assert.equal(await status('/metrics', shop.key), 403);
    assert.equal(await status('/metrics', prometheus), 200);
    assert.equal(await status('/predict', prometheus, body), 403);
    assert.equal(await status('/predict', other, body), 403);
    assert.equal(await status('/v2/health/ready'), 200);
    assert.equal((await ask(`${url}/`)).value.example, undefined);

    const renewed = await rotateKey(store, 'local', 'shop');
    await until(async () => (await status('/predict', renewed.key, body)) === 200);
    assert.equal(await status('/predict', shop.key, body), 200, 'the old one opens for another day');
    await revokeKey(store, 'local', shop.stored.id);
    await until(async () => (await status('/predict', shop.key, body)) === 401);
    assert.equal(await status('/predict', renewed.key, body), 200);
    assert.equal((await readKeys(store, 'local')).length, 4);
  });

  it('say what is wrong with them', async () => {
    const { store } = await configFor();
    await createKey(store, 'local', { name: 'shop' });
    const code = (wanted: string, hint?: RegExp) => (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.problem.code, wanted);
      if (hint) assert.match(error.problem.hint ?? '', hint);
      return true;
    };
    await assert.rejects(createKey(store, 'local', { name: 'shop' }), code('key-exists', /rotate/));
    await assert.rejects(createKey(store, 'local', { name: 'a b' }), code('usage'));
    await assert.rejects(
      createKey(store, 'local', { name: 'x', scopes: ['predic'] }),
      code('scope-unknown', /'predict'/),
    );
    await assert.rejects(rotateKey(store, 'local', 'shp'), code('key-unknown', /'shop'/));
    const { key } = await createKey(store, 'local', { name: 'old', expires: new Date(Date.now() - 1000) });
    const { url } = await serve({ ...(await configFor()), store });
    assert.equal((await ask(`${url}/predict`, { body, headers: bearer(key) })).status, 401);
    await writeFile(path.join(store, 'deployments', 'local', 'keys.json'), '{');
    await assert.rejects(serve({ ...(await configFor()), store }), code('keys-damaged'));
  });

  it('may be tokens: signed, of the right issuer, not expired, with a scope', async () => {
    const secret = 's'.repeat(40);
    const config = await configFor({ jwt: { secret: 'TOKEN_SECRET', issuer: 'shop', audience: 'models' } });
    const { startServer } = await import('../../../../lifecycle/deploy/serve/server');
    await assert.rejects(startServer(config), /Nobody has the secret TOKEN_SECRET/);
    await assert.rejects(startServer(config, { jwtSecret: 'short' }), /shorter than 32 characters/);
    const server = await startServer(config, { jwtSecret: secret });
    const sign = (claims: { scope?: string; issuer?: string; expires?: string; with?: string }) => {
      const token = new SignJWT({ scope: claims.scope ?? 'predict' })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject('web')
        .setIssuer(claims.issuer ?? 'shop')
        .setAudience('models');
      if (claims.expires !== 'never') token.setExpirationTime(claims.expires ?? '1h');
      return token.sign(Buffer.from(claims.with ?? secret));
    };
    const status = async (token: string) =>
      (await ask(`${server.url}/predict`, { body, headers: bearer(token) })).status;
    assert.equal(await status(await sign({})), 200);
    assert.equal(await status(await sign({ scope: 'metrics' })), 403);
    for (const wrong of [{ issuer: 'else' }, { expires: '-1h' }, { with: 't'.repeat(40) }, { expires: 'never' }])
      assert.equal(await status(await sign(wrong)), 401, JSON.stringify(wrong));
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await sign({})).split('.')[1]}.`;
    assert.equal(await status(none), 401);
    await server.stop(100);

    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const file = path.join(await temporaryFolder(), 'jwt.pem');
    await writeFile(file, pem);
    const keyed = await serve(await configFor({ jwt: { publicKey: file } }));
    const token = (key: Parameters<SignJWT['sign']>[0], alg: string) =>
      new SignJWT({ scope: 'predict feedback' }).setProtectedHeader({ alg }).setExpirationTime('1h').sign(key);
    const answer = async (text: string) => (await ask(`${keyed.url}/predict`, { body, headers: bearer(text) })).status;
    assert.equal(await answer(await token(privateKey, 'ES256')), 200);
    // The classic trick: the public key as the secret of a symmetric signature.
    assert.equal(await answer(await token(Buffer.from(pem), 'HS256')), 401);
    await assert.rejects(serve(await configFor({ jwt: { publicKey: `${file}.not` } })), /can't be read/);
  });

  it('limit how much one client asks', async () => {
    const limiter = new RateLimiter({ perSecond: 2, burst: 3 });
    const taken = (client: string, at: number) => {
      try {
        limiter.take(client, at);
        return 'taken';
      } catch (error) {
        assert.ok(error instanceof HttpError);
        return `${error.status} ${error.headers['retry-after']}`;
      }
    };
    assert.deepEqual(
      [0, 0, 0, 0].map((at) => taken('a', at)),
      ['taken', 'taken', 'taken', '429 1'],
    );
    assert.equal(taken('b', 0), 'taken');
    assert.deepEqual(
      [500, 500, 5_000].map((at) => taken('a', at)),
      ['taken', '429 1', 'taken'],
    );
    const { url } = await serve(await configFor({ rateLimit: { perSecond: 0.01, burst: 2 } }));
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await ask(`${url}/predict`, { body })).status);
    assert.deepEqual(statuses, [200, 200, 429]);
  });

  it('travel over TLS, and only to whom has a certificate of ours', async function () {
    this.timeout(30_000);
    const folder = await temporaryFolder();
    const at = (name: string) => path.join(folder, name);
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
    const authority = (name: string) =>
      openssl(
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.pem`,
        '-days',
        '2',
        '-subj',
        `/CN=${name}`,
        '-addext',
        'subjectAltName=IP:127.0.0.1',
      );
    for (const name of ['server', 'clients', 'strangers']) authority(name);
    const tls = { certificate: at('server.pem'), key: at('server.key') };
    const post = async (port: number, ca: string, client?: string) => {
      const text = JSON.stringify(body);
      const [cert, key] =
        client === undefined ? [] : [await readFile(at(`${client}.pem`)), await readFile(at(`${client}.key`))];
      const caPem = await readFile(at(ca));
      return new Promise<number | string>((resolve) => {
        const request = https.request(
          {
            host: '127.0.0.1',
            port,
            path: '/predict',
            method: 'POST',
            ca: caPem,
            agent: false,
            ...(cert && key && { cert, key }),
          },
          (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          },
        );
        request.on('error', () => resolve('refused'));
        request.end(text);
      });
    };
    const server = await serve(await configFor({ tls }));
    assert.match(server.url, /^https:/);
    assert.equal(await post(server.port, 'server.pem'), 200);
    const mutual = await serve(await configFor({ tls: { ...tls, clientCa: at('clients.pem') } }));
    assert.equal(await post(mutual.port, 'server.pem'), 'refused');
    assert.equal(await post(mutual.port, 'server.pem', 'strangers'), 'refused');
    assert.equal(await post(mutual.port, 'server.pem', 'clients'), 200);
    await assert.rejects(
      serve(await configFor({ tls: { ...tls, key: at('clients.key') } })),
      (error) => error instanceof UserError && error.problem.code === 'tls-files',
    );
    // A renewed certificate is taken up without a restart.
    assert.equal(await post(server.port, 'strangers.pem'), 'refused');
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await writeFile(at('server.key'), await readFile(at('strangers.key')));
    await writeFile(at('server.pem'), await readFile(at('strangers.pem')));
    await until(async () => (await post(server.port, 'strangers.pem')) === 200);
  });
});

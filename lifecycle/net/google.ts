import { createSign } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../problem';
import { readText } from '../process/files';
import { exchange } from './exchange';
import { fetchJson } from './http';
import type { SecretLookup } from './outward';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const TOKEN_ADDRESS = 'https://oauth2.googleapis.com/token';

interface ServiceAccount {
  readonly type: 'service_account';
  readonly client_email: string;
  readonly private_key: string;
}
interface AuthorizedUser {
  readonly type: 'authorized_user';
  readonly client_id: string;
  readonly client_secret: string;
  readonly refresh_token: string;
}

let kept: { token: string; until: number } | undefined;

/**
 * An access token by Google's usual chain (application default credentials): the secret `GOOGLE_OAUTH_ACCESS_TOKEN`, the key in the secret
 * `GOOGLE_CREDENTIALS` or the file `GOOGLE_APPLICATION_CREDENTIALS`, what `gcloud auth application-default login` left, the machine's account.
 *
 * @throws UserError `credentials-missing`, `credentials-refused`
 */
export async function googleToken(secret: SecretLookup): Promise<string> {
  const given = await secret('GOOGLE_OAUTH_ACCESS_TOKEN');
  if (given) return given;
  if (kept !== undefined && kept.until > Date.now()) return kept.token;
  const text =
    (await secret('GOOGLE_CREDENTIALS')) ??
    (await readText(
      process.env['GOOGLE_APPLICATION_CREDENTIALS'] ??
        join(homedir(), '.config', 'gcloud', 'application_default_credentials.json'),
    ));
  const answer = text === undefined ? await fromMachine() : await fromKey(parse(text));
  kept = { token: answer.access_token, until: Date.now() + (answer.expires_in - 120) * 1000 };
  return kept.token;
}

/** A token that was refused is not used again. @returns whether there was one */
export function forgetGoogleToken(): boolean {
  const any = kept !== undefined;
  kept = undefined;
  return any;
}

interface Token {
  readonly access_token: string;
  readonly expires_in: number;
}

/** The assertion by which a service account asks for a token (RFC 7523). @param now in seconds */
export function assertion(account: Pick<ServiceAccount, 'client_email' | 'private_key'>, now: number): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const open = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({
    iss: account.client_email,
    scope: SCOPE,
    aud: TOKEN_ADDRESS,
    iat: now,
    exp: now + 3600,
  })}`;
  return `${open}.${createSign('RSA-SHA256').update(open).sign(account.private_key, 'base64url')}`;
}

async function fromKey(key: ServiceAccount | AuthorizedUser): Promise<Token> {
  const form =
    key.type === 'service_account'
      ? {
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          assertion: assertion(key, Math.floor(Date.now() / 1000)),
        }
      : {
          grant_type: 'refresh_token',
          client_id: key.client_id,
          client_secret: key.client_secret,
          refresh_token: key.refresh_token,
        };
  // Whatever `token_uri` the file names: keys are sent to Google alone.
  const { status, body } = await exchange(TOKEN_ADDRESS, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(new URLSearchParams(form).toString()),
  });
  if (status === 200) return JSON.parse(body.toString('utf8')) as Token;
  throw new UserError({
    code: 'credentials-refused',
    message: `Google refused the credentials (status ${status}).`,
    hint: 'Log in again: `gcloud auth application-default login`.',
  });
}

async function fromMachine(): Promise<Token> {
  try {
    const { status, value } = await fetchJson<Token>(
      'http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token',
      { headers: { 'metadata-flavor': 'Google' }, timeout: 1_500 },
    );
    if (status === 200) return value;
  } catch {
    // Not a machine of Google's.
  }
  throw new UserError({
    code: 'credentials-missing',
    message: 'There are no credentials for Google Cloud.',
    hint: 'Log in with `gcloud auth application-default login`, or keep a service account’s key as GOOGLE_CREDENTIALS in the environment or as a secret of VS Code.',
  });
}

function parse(text: string): ServiceAccount | AuthorizedUser {
  try {
    const key = JSON.parse(text) as ServiceAccount | AuthorizedUser;
    if (key.type === 'service_account' || key.type === 'authorized_user') return key;
  } catch {
    // Said below.
  }
  throw new UserError({
    code: 'credentials-refused',
    message: 'The credentials for Google Cloud are neither a service account’s key nor a user’s login.',
    hint: 'Log in with `gcloud auth application-default login`.',
  });
}

import { homedir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../problem';
import { readText } from '../process/files';
import { exchange } from './exchange';
import { fetchJson } from './http';
import type { SecretLookup } from './outward';
import type { AwsCredentials } from './sigv4';

/**
 * Credentials by AWS's usual chain: the environment (or secrets of those names), the profile in `~/.aws/credentials` and `~/.aws/config`,
 * a web identity (EKS), the container's endpoint (ECS). Never from a file of the project.
 *
 * @throws UserError `credentials-missing`
 */
export async function awsCredentials(secret: SecretLookup): Promise<AwsCredentials> {
  const found =
    (await fromSecrets(secret)) ?? (await fromProfile()) ?? (await fromWebIdentity()) ?? (await fromContainer());
  if (found !== undefined) return found;
  throw new UserError({
    code: 'credentials-missing',
    message: 'There are no credentials for AWS.',
    hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment or as secrets of VS Code, or log in with the AWS CLI.',
  });
}

async function fromSecrets(secret: SecretLookup): Promise<AwsCredentials | undefined> {
  const [accessKeyId, secretAccessKey, sessionToken] = await Promise.all(
    ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].map(secret),
  );
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}

async function fromProfile(): Promise<AwsCredentials | undefined> {
  const { env } = process;
  const profile = env['AWS_PROFILE'] ?? 'default';
  const folder = join(homedir(), '.aws');
  const [credentials, config] = await Promise.all([
    readText(env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(folder, 'credentials')),
    readText(env['AWS_CONFIG_FILE'] ?? join(folder, 'config')),
  ]);
  const section = {
    ...readIni(config ?? '')[profile === 'default' ? 'default' : `profile ${profile}`],
    ...readIni(credentials ?? '')[profile],
  };
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey, aws_session_token: token } = section;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(token && { sessionToken: token }) };
}

/** Sections of an ini file with their settings. */
export function readIni(text: string): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {};
  let current: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const head = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line)?.[1];
    if (head !== undefined) current = sections[head] ??= {};
    const [, name, value] = /^\s*([A-Za-z0-9_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) current[name] = value;
  }
  return sections;
}

async function fromWebIdentity(): Promise<AwsCredentials | undefined> {
  const { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: role, AWS_REGION: region } = process.env;
  if (file === undefined || role === undefined) return undefined;
  const token = (await readText(file))?.trim();
  if (token === undefined) return undefined;
  const query = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: 'ml-lifecycle',
    WebIdentityToken: token,
  });
  const answer = await exchange(`https://sts${region === undefined ? '' : `.${region}`}.amazonaws.com/`, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(query.toString()),
  });
  if (answer.status !== 200) return undefined;
  const { AssumeRoleWithWebIdentityResponse: outer } = JSON.parse(answer.body.toString('utf8')) as {
    AssumeRoleWithWebIdentityResponse: {
      AssumeRoleWithWebIdentityResult: {
        Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string };
      };
    };
  };
  const { AccessKeyId, SecretAccessKey, SessionToken } = outer.AssumeRoleWithWebIdentityResult.Credentials;
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

async function fromContainer(): Promise<AwsCredentials | undefined> {
  const path = process.env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  if (path === undefined) return undefined;
  // The address is Amazon's own and fixed; it is not one that a file of the project can name.
  const { status, value } = await fetchJson<{ AccessKeyId: string; SecretAccessKey: string; Token: string }>(
    `http://169.254.170.2${path}`,
    { timeout: 2_000 },
  );
  if (status !== 200) return undefined;
  return { accessKeyId: value.AccessKeyId, secretAccessKey: value.SecretAccessKey, sessionToken: value.Token };
}

import { homedir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../problem';
import { readText } from '../process/files';
import { capture } from '../process/spawn';
import { exchange } from './exchange';
import { fetchJson, fetchText } from './http';
import type { SecretLookup } from './outward';
import type { AwsCredentials } from './sigv4';

/** Credentials that run out, kept until shortly before. */
let kept: { readonly credentials: AwsCredentials; readonly until: number } | undefined;

/** Credentials that were refused are not used again. @returns whether there were any that could be renewed */
export function forgetAwsCredentials(): boolean {
  const any = kept !== undefined;
  kept = undefined;
  return any;
}

/**
 * Credentials by AWS's usual chain: the environment (or secrets of those names), the profile in `~/.aws/credentials` and `~/.aws/config` with
 * its keys, its program (`credential_process`) or its login and role by the AWS CLI (`aws sso login`), a web identity (EKS), the container's
 * endpoint (ECS, EKS Pod Identity), the machine's role (EC2). Never from a file of the project.
 *
 * @throws UserError `credentials-missing`, `credentials-expired`
 */
export async function awsCredentials(secret: SecretLookup): Promise<AwsCredentials> {
  const named = await fromSecrets(secret);
  if (named !== undefined) return named;
  if (kept !== undefined && kept.until > Date.now()) return kept.credentials;
  const found = (await fromProfile()) ?? (await fromWebIdentity()) ?? (await fromContainer()) ?? (await fromMachine());
  if (found === undefined)
    throw new UserError({
      code: 'credentials-missing',
      message: 'There are no credentials for AWS.',
      hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment or as secrets of VS Code, or log in with the AWS CLI.',
    });
  const { until, ...credentials } = found;
  if (until !== undefined) kept = { credentials, until: until - 120_000 };
  return credentials;
}

/** `until`: when they run out, in milliseconds since 1970; without it they do not. */
type Found = AwsCredentials & { readonly until?: number };

async function fromSecrets(secret: SecretLookup): Promise<Found | undefined> {
  const [accessKeyId, secretAccessKey, sessionToken] = await Promise.all(
    ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].map(secret),
  );
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}

async function fromProfile(): Promise<Found | undefined> {
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
  // A role is assumed with the keys that stand beside it; the keys alone are somebody else.
  if (
    section['role_arn'] !== undefined ||
    section['sso_start_url'] !== undefined ||
    section['sso_session'] !== undefined
  )
    return fromProgram(
      ['aws', 'configure', 'export-credentials', '--profile', profile, '--format', 'process'],
      profile,
    );
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey, aws_session_token: token } = section;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, ...(token && { sessionToken: token }) };
  const program = section['credential_process'];
  return program === undefined ? undefined : fromProgram(words(program), profile);
}

/**
 * Asks a program that the user's own profile names, or the AWS CLI for what it alone can do.
 * Source of the format: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sourcing-external.html
 */
async function fromProgram(command: readonly string[], profile: string): Promise<Found> {
  const { code, stdout, stderr, missing } = await capture(command, { timeout: 60_000 });
  try {
    if (code === 0) {
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = JSON.parse(stdout) as Keys;
      return keysOf({ AccessKeyId, SecretAccessKey, Token: SessionToken, Expiration });
    }
  } catch {
    // Said below.
  }
  throw new UserError({
    code: missing ? 'credentials-missing' : 'credentials-expired',
    message: missing
      ? `The AWS profile '${profile}' needs ${command[0]}, which was not found.`
      : `${command[0]} gives no credentials for the AWS profile '${profile}'${stderr.trim() === '' ? '.' : `: ${stderr.trim().split('\n').at(-1)?.slice(0, 200)}`}`,
    hint: missing
      ? 'Install it, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
      : `Log in again: \`aws sso login --profile ${profile}\`.`,
  });
}

interface Keys {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken?: string;
  readonly Token?: string;
  readonly Expiration?: string;
}

function keysOf({
  AccessKeyId,
  SecretAccessKey,
  Token,
  Expiration,
}: { [K in keyof Keys]: Keys[K] | undefined }): Found {
  if (!AccessKeyId || !SecretAccessKey) throw new Error('no keys');
  const until = Date.parse(Expiration ?? '');
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(Token && { sessionToken: Token }),
    ...(!Number.isNaN(until) && { until }),
  };
}

/** Words of a command line as the AWS CLI reads them: blanks part, quotes hold together. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
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

async function fromWebIdentity(): Promise<Found | undefined> {
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
        Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string; Expiration: number };
      };
    };
  };
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = outer.AssumeRoleWithWebIdentityResult.Credentials;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    ...(typeof Expiration === 'number' && { until: Expiration * 1000 }),
  };
}

/** Addresses at which Amazon's own agents give a container its keys, and nobody else. */
const CONTAINER_AGENT =
  /^http:\/\/(169\.254\.170\.2|169\.254\.170\.23|\[fd00:ec2::23\]|127\.0\.0\.1(:\d+)?|localhost(:\d+)?)\//;

async function fromContainer(): Promise<Found | undefined> {
  const { env } = process;
  const [relative, full] = [env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'], env['AWS_CONTAINER_CREDENTIALS_FULL_URI']];
  const address = relative !== undefined ? `http://169.254.170.2${relative}` : full;
  // The addresses are Amazon's own and fixed; they are not ones that a file of the project can name.
  if (address === undefined || !CONTAINER_AGENT.test(address)) return undefined;
  const file = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  const token = file === undefined ? env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] : (await readText(file))?.trim();
  const { status, value } = await fetchJson<Keys>(address, {
    timeout: 2_000,
    ...(token !== undefined && { headers: { authorization: token } }),
  });
  return status === 200 ? keysOf(value) : undefined;
}

const MACHINE = 'http://169.254.169.254/latest';

/** The role of an EC2 machine (IMDSv2). */
async function fromMachine(): Promise<Found | undefined> {
  if (process.env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') return undefined;
  try {
    const { status, text: token } = await fetchText(`${MACHINE}/api/token`, {
      method: 'PUT',
      headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '300' },
      timeout: 1_000,
    });
    if (status !== 200) return undefined;
    const headers = { 'x-aws-ec2-metadata-token': token };
    const place = `${MACHINE}/meta-data/iam/security-credentials/`;
    const roles = await fetchText(place, { headers, timeout: 1_000 });
    const role = roles.text.split('\n')[0] ?? '';
    if (roles.status !== 200 || !/^[\w+=,.@-]+$/.test(role)) return undefined;
    const { value } = await fetchJson<Keys>(place + role, { headers, timeout: 1_000 });
    return keysOf(value);
  } catch {
    // Not a machine of Amazon's, or one without a role.
    return undefined;
  }
}

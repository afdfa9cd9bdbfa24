import { UserError } from '../problem';
import { capture } from '../process/spawn';
import { exchange } from './exchange';
import { fetchJson } from './http';
import type { SecretLookup } from './outward';

const kept = new Map<string, { token: string; until: number }>();

/**
 * A token by Azure's usual chain: the secret `AZURE_ACCESS_TOKEN`, a service principal (`AZURE_TENANT_ID`, `AZURE_CLIENT_ID`,
 * `AZURE_CLIENT_SECRET`), the machine's identity, the login of the Azure CLI.
 *
 * @param scope `https://management.azure.com/.default`
 * @throws UserError `credentials-missing`, `credentials-refused`
 */
export async function azureToken(scope: string, secret: SecretLookup): Promise<string> {
  const given = await secret('AZURE_ACCESS_TOKEN');
  if (given) return given;
  const known = kept.get(scope);
  if (known !== undefined && known.until > Date.now()) return known.token;
  const found = (await fromPrincipal(scope, secret)) ?? (await fromCli(scope)) ?? (await fromMachine(scope));
  if (found === undefined) {
    throw new UserError({
      code: 'credentials-missing',
      message: 'There are no credentials for Azure.',
      hint: 'Log in with `az login`, or keep AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET in the environment or as secrets of VS Code.',
    });
  }
  kept.set(scope, { token: found.access_token, until: Date.now() + (Number(found.expires_in) - 120) * 1000 });
  return found.access_token;
}

/** Tokens that were refused are not used again. @returns whether there were any */
export function forgetAzureTokens(): boolean {
  const any = kept.size > 0;
  kept.clear();
  return any;
}

interface Token {
  readonly access_token: string;
  readonly expires_in: number | string;
}

async function fromPrincipal(scope: string, secret: SecretLookup): Promise<Token | undefined> {
  const [tenant, client, key] = await Promise.all(
    ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'].map(secret),
  );
  if (!tenant || !client || !key) return undefined;
  const { status, body } = await exchange(
    `https://login.microsoftonline.com/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(
        new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: client,
          client_secret: key,
          scope,
        }).toString(),
      ),
    },
  );
  if (status === 200) return JSON.parse(body.toString('utf8')) as Token;
  throw new UserError({
    code: 'credentials-refused',
    message: `Azure refused the service principal (status ${status}).`,
    hint: 'Check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.',
  });
}

async function fromCli(scope: string): Promise<Token | undefined> {
  const { code, stdout } = await capture(['az', 'account', 'get-access-token', '--scope', scope, '--output', 'json'], {
    timeout: 30_000,
  });
  if (code !== 0) return undefined;
  try {
    const { accessToken, expires_on } = JSON.parse(stdout) as { accessToken: string; expires_on?: number };
    return { access_token: accessToken, expires_in: (expires_on ?? Date.now() / 1000 + 600) - Date.now() / 1000 };
  } catch {
    return undefined;
  }
}

async function fromMachine(scope: string): Promise<Token | undefined> {
  const resource = encodeURIComponent(scope.replace(/\.default$/, ''));
  try {
    const { status, value } = await fetchJson<Token>(
      `http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${resource}`,
      { headers: { metadata: 'true' }, timeout: 1_500 },
    );
    return status === 200 ? value : undefined;
  } catch {
    return undefined;
  }
}

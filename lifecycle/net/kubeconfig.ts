import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { nearest } from '../expression/nearest';
import { UserError } from '../problem';
import { readText } from '../process/files';
import { capture } from '../process/spawn';
import type { TlsOptions } from './exchange';
import type { SecretLookup } from './outward';

/** How a cluster is reached and who one is there. */
export interface KubernetesAccess {
  readonly server: string;
  readonly tls: TlsOptions;
  readonly token?: string;
}

interface Cluster {
  readonly server?: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
}
interface User {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
  readonly exec?: {
    readonly command: string;
    readonly args?: readonly string[];
    readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  };
}
interface Config {
  readonly folder: string;
  readonly 'current-context'?: string;
  readonly contexts?: readonly {
    readonly name: string;
    readonly context: { cluster: string; user: string; namespace?: string };
  }[];
  readonly clusters?: readonly { readonly name: string; readonly cluster: Cluster }[];
  readonly users?: readonly { readonly name: string; readonly user: User }[];
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Access by the user's own kubeconfig (`KUBECONFIG`, `~/.kube/config`), inside of a cluster by the pod's account. The file is never one that
 * a project names: it may start programs.
 *
 * @throws UserError `kubernetes-context-unknown`, `credentials-missing`
 */
export async function kubernetesAccess(
  context: string | undefined,
  secret: SecretLookup = (name) => Promise.resolve(process.env[name]),
): Promise<KubernetesAccess> {
  const paths = (process.env['KUBECONFIG'] ?? join(homedir(), '.kube', 'config')).split(delimiter).filter(Boolean);
  const configs: Config[] = [];
  for (const path of paths) {
    const text = await readText(path);
    if (text !== undefined) configs.push({ ...(parse(text) as Config), folder: dirname(resolve(path)) });
  }
  const wanted = context ?? configs.find((config) => config['current-context'])?.['current-context'];
  if (wanted === undefined && configs.length === 0) return insideCluster();
  for (const config of configs) {
    const found = config.contexts?.find(({ name }) => name === wanted)?.context;
    if (found === undefined) continue;
    const cluster = lookUp(configs, 'clusters', found.cluster);
    const user = lookUp(configs, 'users', found.user);
    if (cluster?.one.cluster.server === undefined) continue;
    return access(cluster.one.cluster, cluster.folder, user?.one.user ?? {}, user?.folder ?? config.folder, secret);
  }
  const names = configs.flatMap((config) => config.contexts ?? []).map(({ name }) => name);
  const meant = wanted === undefined ? undefined : nearest(wanted, names);
  throw new UserError({
    code: 'kubernetes-context-unknown',
    message:
      wanted === undefined ? 'The kubeconfig has no current context.' : `The kubeconfig has no context '${wanted}'.`,
    hint:
      meant !== undefined
        ? `Did you mean '${meant}'?`
        : names.length > 0
          ? `It has ${names.join(', ')}: name one as \`context\`.`
          : 'Log in to the cluster first.',
  });
}

function lookUp<K extends 'clusters' | 'users'>(
  configs: readonly Config[],
  kind: K,
  name: string,
): { one: NonNullable<Config[K]>[number]; folder: string } | undefined {
  for (const config of configs) {
    const one = (config[kind] as readonly { name: string }[] | undefined)?.find((each) => each.name === name);
    if (one !== undefined) return { one: one as NonNullable<Config[K]>[number], folder: config.folder };
  }
  return undefined;
}

async function access(
  cluster: Cluster,
  clusterFolder: string,
  user: User,
  userFolder: string,
  secret: SecretLookup,
): Promise<KubernetesAccess> {
  if (cluster['insecure-skip-tls-verify'] === true) {
    throw new UserError({
      code: 'kubernetes-insecure',
      message: `The kubeconfig says not to verify the certificate of ${cluster.server}.`,
      hint: 'Give it the cluster’s certificate-authority-data instead.',
    });
  }
  const ca = await pem(cluster['certificate-authority-data'], cluster['certificate-authority'], clusterFolder);
  let cert = await pem(user['client-certificate-data'], user['client-certificate'], userFolder);
  let key = await pem(user['client-key-data'], user['client-key'], userFolder);
  let token =
    user.token ??
    (user.tokenFile === undefined ? undefined : (await readText(resolve(userFolder, user.tokenFile)))?.trim());
  if (token === undefined && cert === undefined && user.exec !== undefined) {
    const { status } = await execCredential(user.exec, userFolder);
    token = status?.token;
    cert = status?.clientCertificateData ?? cert;
    key = status?.clientKeyData ?? key;
  }
  token ??= cert === undefined ? await secret('KUBERNETES_TOKEN') : undefined;
  return {
    server: cluster.server ?? '',
    tls: { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) },
    ...(token !== undefined && { token }),
  };
}

async function pem(data: string | undefined, path: string | undefined, folder: string): Promise<string | undefined> {
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  return path === undefined ? undefined : readFile(resolve(folder, path), 'utf8');
}

interface ExecCredential {
  readonly status?: {
    readonly token?: string;
    readonly clientCertificateData?: string;
    readonly clientKeyData?: string;
  };
}

/** Asks a credential plugin (`aws eks get-token`, `gke-gcloud-auth-plugin`). */
async function execCredential(exec: NonNullable<User['exec']>, folder: string): Promise<ExecCredential> {
  const { code, stdout, stderr } = await capture([exec.command, ...(exec.args ?? [])], {
    cwd: folder,
    env: { ...process.env, ...Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value])) },
    timeout: 60_000,
  });
  try {
    if (code === 0) return JSON.parse(stdout) as ExecCredential;
  } catch {
    // Said below.
  }
  throw new UserError({
    code: 'credentials-missing',
    message: `${exec.command}, which the kubeconfig asks for credentials, gave none.`,
    hint: 'Log in to the cluster again.',
    details: stderr.split('\n').slice(-5),
  });
}

async function insideCluster(): Promise<KubernetesAccess> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  const [token, ca] = await Promise.all([readText(`${SERVICE_ACCOUNT}/token`), readText(`${SERVICE_ACCOUNT}/ca.crt`)]);
  if (host !== undefined && token !== undefined && ca !== undefined)
    return { server: `https://${host}:${port ?? '443'}`, tls: { ca }, token: token.trim() };
  throw new UserError({
    code: 'credentials-missing',
    message: 'There is no kubeconfig, so no Kubernetes cluster is known.',
    hint: 'Log in to a cluster, or set KUBECONFIG.',
  });
}

import type { AzureTarget } from '../../../schemas/generated/types';
import type { OutwardRequest } from '../../net/outward';
import type { Action, Placement, Until } from '../plan';
import { refusal } from '../request';

const VERSION = '2024-04-01';
const SCOPE = 'https://management.azure.com/.default';

/** One request of a plan. */
export type Request = Extract<Action, { operation: 'request' }>;

export interface Resource {
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly identity?: {
    readonly type?: string;
    readonly userAssignedIdentities?: Readonly<Record<string, unknown>> | null;
  };
}
export interface Endpoint extends Resource {
  readonly properties?: {
    readonly traffic?: Readonly<Record<string, number>>;
    readonly authMode?: string;
    readonly publicNetworkAccess?: string;
    readonly description?: string;
    readonly compute?: string;
    readonly mirrorTraffic?: Readonly<Record<string, number>>;
    readonly properties?: Readonly<Record<string, string>>;
    readonly provisioningState?: string;
  };
}
export interface Deployment extends Resource {
  readonly sku?: { readonly capacity?: number };
  readonly properties?: { readonly instanceType?: string; readonly provisioningState?: string };
}

/** Makes or changes a resource, and waits until that has ended. */
export function putOf(
  settings: AzureTarget,
  say: string,
  path: string,
  body: unknown,
  more: Partial<Request> = {},
): Request {
  return {
    do: 'call',
    operation: 'request',
    say,
    request: requestOf(settings, 'PUT', path, body),
    until: waiting(settings, path),
    ...more,
  };
}

/** Waits until what goes on with a resource has ended. @param state what it is now */
export function waitFor(settings: AzureTarget, path: string, state: string): Request {
  const { every, patience } = waiting(settings, path);
  return {
    do: 'call',
    operation: 'request',
    say: `wait for ${path.split('/').at(-1)}, which is ${state}`,
    request: requestOf(settings, 'GET', path),
    orAbsent: true,
    until: {
      reads: state === 'Deleting' ? 'gone' : 'azure-settled',
      request: requestOf(settings, 'GET', path),
      every,
      patience,
    },
  };
}

/** A request to the management API of Azure. */
export function requestOf(settings: AzureTarget, method: string, path: string, body?: unknown): OutwardRequest {
  const base = settings.endpoint?.replace(/\/+$/, '') ?? 'https://management.azure.com';
  return {
    method,
    url: `${base}${path}?api-version=${VERSION}`,
    ...(body !== undefined && { body }),
    auth: { kind: 'azure', scope: SCOPE },
  };
}

function waiting(settings: AzureTarget, path: string): Until {
  return {
    reads: 'azure-resource',
    request: requestOf(settings, 'GET', path),
    every: settings.endpoint === undefined ? 10 : 0.05,
    patience: settings.patience ?? 2700,
  };
}

/** Deletes and waits until it is gone: what it stands in can't be deleted before. */
export function removal(settings: AzureTarget, say: string, path: string): Request {
  const { every, patience } = waiting(settings, path);
  return {
    do: 'call',
    operation: 'request',
    say,
    request: requestOf(settings, 'DELETE', path),
    orAbsent: true,
    until: { reads: 'gone', request: requestOf(settings, 'GET', path), every, patience },
  };
}

/** The resource at a path; undefined when there is none, or nobody is asked. @throws UserError what Azure refuses it with */
export async function look(settings: AzureTarget, placement: Placement, path: string): Promise<unknown> {
  if (placement.outward === undefined) return undefined;
  const request = requestOf(settings, 'GET', path);
  const answer = await placement.outward.send(request);
  if (answer.status === 200) return answer.value;
  if (answer.status === 404) return undefined;
  throw refusal(request, answer);
}

import type { SageMakerTarget } from '../../../schemas/generated/types';
import type { OutwardAnswer, OutwardRequest } from '../../net/outward';
import type { Action, Placement } from '../plan';
import { isAbsent, refusal } from '../request';

/** One request of a plan. */
export type Request = Extract<Action, { operation: 'request' }>;

export function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** A request as the JSON protocol of AWS has it. */
export function requestOf(
  settings: SageMakerTarget,
  operation: string,
  body: unknown,
  service = 'sagemaker',
): OutwardRequest {
  const { region } = settings;
  const domain = domainOf(region);
  const [host, target, signed] =
    service === 'sagemaker'
      ? [`api.sagemaker.${region}.${domain}`, `SageMaker.${operation}`, 'sagemaker']
      : [
          `application-autoscaling.${region}.${domain}`,
          `AnyScaleFrontendService.${operation}`,
          'application-autoscaling',
        ];
  return {
    method: 'POST',
    url: `${settings.endpoint?.replace(/\/+$/, '') ?? `https://${host}`}/`,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body,
    auth: { kind: 'aws', service: signed, region },
  };
}

export function call(
  settings: SageMakerTarget,
  say: string,
  operation: string,
  body: unknown,
  undo?: Action,
  service?: string,
): Request {
  return {
    do: 'call',
    operation: 'request',
    say,
    request: requestOf(settings, operation, body, service),
    ...(undo && { undo }),
  };
}

export function removal(
  settings: SageMakerTarget,
  say: string,
  operation: string,
  body: unknown,
  undo?: Action,
  service?: string,
): Request {
  return { ...call(settings, say, operation, body, undo, service), orAbsent: true };
}

export async function ask(placement: Placement, request: OutwardRequest): Promise<OutwardAnswer | undefined> {
  const answer = await placement.outward?.send(request);
  if (answer === undefined || isAbsent(answer)) return undefined;
  if (answer.status === 200) return answer;
  throw refusal(request, answer);
}

export async function describe(
  settings: SageMakerTarget,
  placement: Placement,
  operation: string,
  body: unknown,
): Promise<unknown> {
  return (await ask(placement, requestOf(settings, operation, body)))?.value;
}

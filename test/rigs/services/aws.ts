import { signAws } from '../../../lifecycle/net/sigv4';
import { type Reply, serveProtocol } from './server';

export const AWS_KEY = { accessKeyId: 'AKIDTEST', secretAccessKey: 'aws-secret-of-the-test' };

/** The part of SageMaker and Application Auto Scaling that a deployment needs: signatures, names, states and refusals as they have them. */
export async function sagemakerServer(
  region: string,
  /** Kind of the manifest of an image, by digest: the real service looks into the registry. */
  manifestOf: (digest: string) => string | undefined = () => undefined,
) {
  const models = new Map<string, unknown>();
  const configs = new Map<string, unknown>();
  const endpoints = new Map<
    string,
    { config: string; before?: string; status: string; asked: number; reason?: string }
  >();
  const scaled = new Map<string, Record<string, unknown>>();
  const policies = new Map<string, Record<string, unknown>>();
  /** `throttled`: how many requests are turned away before one is answered; `refuse`: what an operation is refused with. */
  const state: { failing: boolean; throttled: number; refuse: Record<string, string | undefined>; asked: number } = {
    failing: false,
    throttled: 0,
    refuse: {},
    asked: 2,
  };
  const refuse = (type: string, message: string): Reply => ({ status: 400, body: { __type: type, message } });
  const missing = (what: string, name: string) => refuse('ValidationException', `Could not find ${what} "${name}".`);
  const unscaled = refuse('ObjectNotFoundException', 'No scalable target registered.');
  const named = (all: ReadonlyMap<string, unknown>, body: unknown) =>
    [...all.keys()].filter((name) => name.includes((body as { NameContains?: string }).NameContains ?? ''));
  const server = await serveProtocol((seen) => {
    const [service = '', operation = ''] = String(seen.headers['x-amz-target']).split('.');
    const stamp = String(seen.headers['x-amz-date']);
    const time = new Date(stamp.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'));
    const signed = signAws(
      {
        method: seen.method,
        url: `http://${seen.headers.host}${seen.path}`,
        headers: Object.fromEntries(
          ['accept', 'content-type', 'x-amz-target'].map((name) => [name, String(seen.headers[name])]),
        ),
        body: Buffer.from(seen.text),
      },
      { ...AWS_KEY, service: service === 'SageMaker' ? 'sagemaker' : 'application-autoscaling', region, time },
    );
    if (signed['authorization'] !== seen.headers.authorization)
      return {
        status: 403,
        body: { __type: 'InvalidSignatureException', message: 'The request signature does not match.' },
      };
    if (state.throttled > 0) {
      state.throttled--;
      return refuse('ThrottlingException', 'Rate exceeded');
    }
    const refused = state.refuse[operation];
    if (refused !== undefined) return refuse(refused.replace(/:.*/, ''), refused.replace(/^.*?: ?/, ''));
    const body = seen.body as Record<string, string>;
    const { ModelName: model = '', EndpointConfigName: config = '', EndpointName: endpoint = '' } = body;
    switch (operation) {
      case 'DescribeModel':
        return models.has(model) ? { status: 200, body: models.get(model) } : missing('model', model);
      case 'DescribeEndpointConfig':
        return configs.has(config)
          ? { status: 200, body: configs.get(config) }
          : missing('endpoint configuration', config);
      case 'CreateModel':
        if (models.has(model)) return refuse('ValidationException', `Cannot create already existing model "${model}".`);
        if (/vnd\.oci/.test(manifestOf(/sha256:[0-9a-f]{64}/.exec(seen.text)?.[0] ?? '') ?? ''))
          return refuse(
            'ValidationException',
            'Unsupported manifest media type application/vnd.oci.image.manifest.v1+json.',
          );
        models.set(model, body);
        return { status: 200, body: { ModelArn: `arn:aws:sagemaker:${region}:123456789012:model/${model}` } };
      case 'CreateEndpointConfig': {
        const variants = (seen.body as { ProductionVariants: { ModelName: string }[] }).ProductionVariants;
        const unknown = variants.find(({ ModelName }) => !models.has(ModelName));
        if (unknown) return missing('model', unknown.ModelName);
        configs.set(config, body);
        return { status: 200, body: {} };
      }
      case 'CreateEndpoint':
        if (!configs.has(config)) return missing('endpoint configuration', config);
        if (endpoints.has(endpoint)) return refuse('ValidationException', 'Cannot create already existing endpoint.');
        endpoints.set(endpoint, { config, status: 'Creating', asked: 0 });
        return { status: 200, body: {} };
      case 'UpdateEndpoint': {
        const there = endpoints.get(endpoint);
        if (!there) return missing('endpoint', endpoint);
        if (!configs.has(config)) return missing('endpoint configuration', config);
        if (there.status !== 'InService')
          return refuse('ValidationException', `Cannot update in-progress endpoint "${endpoint}".`);
        if (scaled.has(`endpoint/${endpoint}/variant/live`))
          return refuse('ValidationException', 'The variant(s) "live" must be deregistered as scalable targets first.');
        if (there.config === config)
          return refuse('ValidationException', 'The endpoint has this configuration already.');
        endpoints.set(endpoint, { config, before: there.config, status: 'Updating', asked: 0 });
        return { status: 200, body: {} };
      }
      case 'DescribeEndpoint': {
        const there = endpoints.get(endpoint);
        if (!there) return missing('endpoint', endpoint);
        if (there.status === 'Deleting' && ++there.asked > state.asked) {
          endpoints.delete(endpoint);
          return missing('endpoint', endpoint);
        }
        if (['Creating', 'Updating'].includes(there.status) && ++there.asked > state.asked) {
          there.status = 'InService';
          if (state.failing && there.before !== undefined) {
            // An alarm went off: SageMaker went back by itself, and says why.
            there.config = there.before;
            there.reason = 'One or more alarms went off during the update. The endpoint was rolled back.';
          } else if (state.failing) {
            there.status = 'Failed';
            there.reason = 'The primary container did not pass the ping health check.';
          }
        }
        return {
          status: 200,
          body: {
            EndpointName: endpoint,
            EndpointConfigName: there.config,
            EndpointStatus: there.status,
            FailureReason: there.reason,
          },
        };
      }
      case 'DeleteEndpoint': {
        const there = endpoints.get(endpoint);
        if (!there) return missing('endpoint', endpoint);
        if (there.status === 'Creating' || there.status === 'Updating')
          return refuse('ValidationException', `Cannot update in-progress endpoint "${endpoint}".`);
        endpoints.set(endpoint, { ...there, status: 'Deleting', asked: 0 });
        return { status: 200 };
      }
      case 'DeleteModel':
        return models.delete(model) ? { status: 200 } : missing('model', model);
      case 'DeleteEndpointConfig':
        if ([...endpoints.values()].some((one) => one.config === config))
          return refuse('ValidationException', `Cannot delete endpoint configuration "${config}", which is in use.`);
        return configs.delete(config) ? { status: 200 } : missing('endpoint configuration', config);
      case 'ListModels':
        return { status: 200, body: { Models: named(models, seen.body).map((ModelName) => ({ ModelName })) } };
      case 'ListEndpointConfigs':
        return {
          status: 200,
          body: { EndpointConfigs: named(configs, seen.body).map((name) => ({ EndpointConfigName: name })) },
        };
      case 'DescribeScalableTargets': {
        const [id = ''] = (seen.body as { ResourceIds: string[] }).ResourceIds;
        return { status: 200, body: { ScalableTargets: scaled.has(id) ? [scaled.get(id)] : [] } };
      }
      case 'DescribeScalingPolicies': {
        const found = policies.get(String(body['ResourceId']));
        return { status: 200, body: { ScalingPolicies: found ? [found] : [] } };
      }
      case 'RegisterScalableTarget':
        if (endpoints.get(String(body['ResourceId']).split('/')[1] ?? '')?.status !== 'InService')
          return refuse('ValidationException', 'No endpoint in service for this resource.');
        scaled.set(String(body['ResourceId']), body);
        return { status: 200, body: {} };
      case 'PutScalingPolicy':
        if (!scaled.has(String(body['ResourceId']))) return unscaled;
        policies.set(String(body['ResourceId']), body);
        return { status: 200, body: {} };
      case 'DeleteScalingPolicy':
        return policies.delete(String(body['ResourceId'])) ? { status: 200, body: {} } : unscaled;
      case 'DeregisterScalableTarget':
        policies.delete(String(body['ResourceId']));
        return scaled.delete(String(body['ResourceId'])) ? { status: 200, body: {} } : unscaled;
      default:
        return { status: 400, body: { __type: 'UnknownOperationException' } };
    }
  });
  return { ...server, models, configs, endpoints, scaled, policies, state };
}

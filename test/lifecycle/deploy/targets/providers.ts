import { readFileSync } from 'node:fs';

/** `test/golden/deploy/providers.mjs` makes it. */
interface Providers {
  readonly google: {
    readonly messages: Readonly<Record<string, Readonly<Record<string, readonly [string, string, string]>>>>;
    readonly enums: Readonly<Record<string, readonly string[]>>;
  };
  readonly azure: { readonly composites: Readonly<Record<string, Readonly<Record<string, Property>>>> };
}
interface Property {
  readonly type: string;
  readonly required?: true;
  readonly readOnly?: true;
  readonly of?: string;
  readonly pattern?: string;
  readonly values?: readonly string[];
}

const { google, azure } = JSON.parse(readFileSync('test/golden/deploy/providers.json', 'utf8')) as Providers;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** What Vertex AI would refuse of a request, by the messages that Google publishes; empty for a sound one. */
export function googleProblems({ method, path, body }: Asked): string[] {
  const rest = path.replace(/\?.*$/, '');
  const verb = /:(\w+)$/.exec(rest)?.[1];
  const message =
    verb !== undefined
      ? `${verb === 'upload' ? 'UploadModel' : verb[0]?.toUpperCase() + verb.slice(1)}Request`
      : /\/endpoints(\/[^/]+)?$/.test(rest) && (method === 'POST' || method === 'PATCH')
        ? 'Endpoint'
        : undefined;
  if (message === undefined) return body === undefined ? [] : [`${method} ${rest} takes no body`];
  // These stand in the address; of what is changed only what changes is sent.
  const given = message === 'Endpoint' && method === 'PATCH' ? ['displayName'] : ['parent', 'endpoint'];
  return messageProblems(message, body, message, given);
}

const SCALARS: Readonly<Record<string, string>> = {
  string: 'string',
  bool: 'boolean',
  int32: 'number',
  float: 'number',
  double: 'number',
  int64: 'string',
  'google.protobuf.FieldMask': 'string',
};

function messageProblems(name: string, value: unknown, at: string, given: readonly string[] = []): string[] {
  const fields = google.messages[name];
  if (fields === undefined) return [`${at}: nothing of ours is a ${name}`];
  if (typeof value !== 'object' || value === null) return [`${at} is not an object`];
  const body = value as Readonly<Record<string, unknown>>;
  const missing = Object.entries(fields).flatMap(([field, [, rule]]) =>
    rule === 'required' && !(field in body) && !given.includes(field) ? [`${at}.${field} is missing`] : [],
  );
  return [
    ...missing,
    ...Object.entries(body).flatMap(([field, one]): string[] => {
      const [type, rule, shape] = fields[field] ?? [];
      if (type === undefined) return [`${at}.${field} is not known`];
      if (rule === 'output') return [`${at}.${field} can only be read`];
      const path = `${at}.${field}`;
      const each = shape === 'map' ? Object.values(one as object) : shape === 'repeated' ? (one as unknown[]) : [one];
      return each.flatMap((inner: unknown) => {
        const scalar = SCALARS[type];
        if (scalar !== undefined) {
          const whole = type !== 'int32' || Number.isInteger(inner);
          return typeof inner === scalar && whole ? [] : [`${path} is not ${type}`];
        }
        const words = google.enums[type];
        if (words !== undefined) return words.includes(String(inner)) ? [] : [`${path} is none of ${words.join()}`];
        return messageProblems(type, inner, path);
      });
    }),
  ];
}

/** What Azure Machine Learning would refuse of a request, by the composites that Microsoft publishes; empty for a sound one. */
export function azureProblems({ method, path, body }: Asked): string[] {
  const rest = path.replace(/\?.*$/, '');
  const name = /\/deployments\/[^/]+$/.test(rest)
    ? 'OnlineDeployment'
    : /\/onlineEndpoints\/[^/]+$/.test(rest)
      ? 'OnlineEndpoint'
      : /\/environments\/[^/]+\/versions\/[^/]+$/.test(rest)
        ? 'EnvironmentVersion'
        : undefined;
  if (method !== 'PUT') return body === undefined ? [] : [`${method} ${rest} takes no body`];
  return name === undefined ? [`nothing of ours lies at ${rest}`] : compositeProblems(name, body, name);
}

const PLAIN: Readonly<Record<string, string>> = {
  String: 'string',
  Number: 'number',
  Boolean: 'boolean',
  Enum: 'string',
};

function compositeProblems(name: string, value: unknown, at: string): string[] {
  // The one kind of deployment that is ours.
  const properties = azure.composites[name === 'OnlineDeploymentProperties' ? 'ManagedOnlineDeployment' : name];
  if (properties === undefined) return [`${at}: nothing of ours is a ${name}`];
  if (typeof value !== 'object' || value === null) return [`${at} is not an object`];
  const body = value as Readonly<Record<string, unknown>>;
  return [
    ...Object.entries(properties).flatMap(([key, { required }]) =>
      required && !(key in body) ? [`${at}.${key} is missing`] : [],
    ),
    ...Object.entries(body).flatMap(([key, one]): string[] => {
      const property = properties[key];
      const path = `${at}.${key}`;
      if (property === undefined) return [`${path} is not known`];
      if (property.readOnly) return [`${path} can only be read`];
      if (property.values && !property.values.includes(String(one)))
        return [`${path} is none of ${property.values.join()}`];
      if (property.type === 'TimeSpan')
        return /^P(T(\d+H)?(\d+M)?(\d+S)?)$/.test(String(one)) ? [] : [`${path} is no duration`];
      if (property.type === 'Dictionary') {
        const wanted = PLAIN[property.of ?? ''];
        return Object.values(one as object).flatMap((inner) =>
          wanted === undefined || typeof inner === wanted ? [] : [`${path} holds something else than ${property.of}`],
        );
      }
      const plain = PLAIN[property.type];
      if (plain !== undefined) {
        const fits = property.pattern === undefined || new RegExp(property.pattern).test(String(one));
        return typeof one === plain && fits ? [] : [`${path} is not ${property.type}`];
      }
      return compositeProblems(property.type, one, path);
    }),
  ];
}

/**
 * Takes what the requests of a deployment consist of out of the service models that Google and Azure publish with their client libraries, into
 * providers.json beside this file. In an empty folder:
 *   npm install --ignore-scripts @google-cloud/aiplatform@6.11.0 @azure/arm-machinelearning@2.1.1
 *   node …/test/golden/deploy/providers.mjs "$PWD"
 * Both are open source: @google-cloud/aiplatform (Apache-2.0), @azure/arm-machinelearning (MIT).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = process.argv[2] ?? '.';
const from = createRequire(join(root, 'x.js'));
const versionOf = (name) => JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;

// Google: messages as protobuf has them. A field is [type, 'required' | 'output'?, 'repeated' | 'map'?].
const protos = from('@google-cloud/aiplatform/build/protos/protos.json');
const v1 = protos.nested.google.nested.cloud.nested.aiplatform.nested.v1.nested;
const messages = {};
const enums = {};
function take(name) {
  if (messages[name] || enums[name]) return;
  const [outer, inner] = name.split('.');
  const found = inner === undefined ? v1[outer] : v1[outer]?.nested?.[inner];
  if (found?.values) return void (enums[name] = Object.keys(found.values));
  if (!found?.fields) return;
  messages[name] = {};
  for (const [field, { type, rule, keyType, options = {} }] of Object.entries(found.fields)) {
    const behaviour = JSON.stringify(options['(google.api.field_behavior)'] ?? '');
    const local = found.nested?.[type] ? `${name}.${type}` : type;
    messages[name][field] = [
      local,
      behaviour.includes('OUTPUT_ONLY') ? 'output' : behaviour.includes('REQUIRED') ? 'required' : '',
      keyType ? 'map' : (rule ?? ''),
    ];
    if (behaviour.includes('OUTPUT_ONLY')) continue;
    // What no request of ours goes into is left out.
    if (/Explanation|Monitoring|Logging|Private|Speculative|Faster|Prompt|GenAi|Reservation|Probe|Export|DataStats|Predict(?!ion)|Schedule|ClientConnection|Encryption|BaseModelSource|SourceInfo/.test(local)) continue;
    take(local);
  }
}
for (const name of ['UploadModelRequest', 'Endpoint', 'DeployModelRequest', 'UndeployModelRequest', 'MutateDeployedModelRequest'])
  take(name);

// Azure: composites with their properties by the name on the wire.
const mappers = await import(
  pathToFileURL(join(root, 'node_modules/@azure/arm-machinelearning/dist-esm/src/models/mappers.js')).href
);
const known = from('@azure/arm-machinelearning');
const values = { authMode: 'KnownEndpointAuthMode', publicNetworkAccess: 'KnownPublicNetworkAccessType', endpointComputeType: 'KnownEndpointComputeType', osType: 'KnownOperatingSystemType' };
const composites = {};
function compose(name) {
  if (composites[name]) return;
  const mapper = mappers[name];
  if (!mapper) return;
  composites[name] = {};
  for (const [key, property] of Object.entries(mapper.type.modelProperties ?? {})) {
    const type = property.type.name === 'Composite' ? property.type.className : property.type.name;
    composites[name][property.serializedName ?? key] = {
      type,
      ...(property.required && { required: true }),
      ...(property.readOnly && { readOnly: true }),
      ...(property.type.value && { of: property.type.value.type.className ?? property.type.value.type.name }),
      ...(property.constraints?.Pattern && { pattern: property.constraints.Pattern.source }),
      ...(values[key] && { values: Object.values(known[values[key]]) }),
      ...(property.type.name === 'Enum' && { values: property.type.allowedValues }),
    };
    if (!property.readOnly && property.type.name === 'Composite')
      compose(type === 'OnlineDeploymentProperties' ? 'ManagedOnlineDeployment' : type);
  }
}
for (const name of ['OnlineEndpoint', 'OnlineDeployment', 'EnvironmentVersion']) compose(name);

const content = {
  google: { package: `@google-cloud/aiplatform@${versionOf('@google-cloud/aiplatform')}`, messages, enums },
  azure: { package: `@azure/arm-machinelearning@${versionOf('@azure/arm-machinelearning')}`, composites },
};
writeFileSync(new URL('providers.json', import.meta.url), JSON.stringify(content, null, 1) + '\n');

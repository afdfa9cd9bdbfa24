import type { KubernetesTarget } from '../../../schemas/generated/types';
import { UserError } from '../../problem';
import { CONTAINER_PORT, CONTAINER_USER } from '../image/build';
import type { Placement } from '../plan';

/** What manages the fields that we set. */
export const MANAGER = 'ml-lifecycle';

/** An object of a cluster. */
export interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

export function nameOf(settings: KubernetesTarget, { target }: Placement): string {
  const name = settings.name ?? target.toLowerCase().replaceAll('_', '-');
  if (/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return name;
  throw new UserError({
    code: 'kubernetes-name',
    message: `'${name.slice(0, 80)}' can't be the name of objects in a cluster.`,
    hint: 'Give the target a `name` of at most 63 small letters, digits and dashes.',
    path: ['name'],
  });
}

/** The objects of a target. @param image by digest */
export function objectsOf(settings: KubernetesTarget, placement: Placement, image: string): ClusterObject[] {
  const { model } = placement;
  const name = nameOf(settings, placement);
  const namespace = settings.namespace ?? 'default';
  const labels = {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/component': 'model-server',
    'app.kubernetes.io/managed-by': MANAGER,
  };
  const select = { 'app.kubernetes.io/name': name };
  const object = (apiVersion: string, kind: string, spec: Record<string, unknown>): ClusterObject => ({
    apiVersion,
    kind,
    metadata: { name, namespace, labels },
    spec,
  });
  const container = containerOf(settings, image);
  const pod = {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: drainOf(settings) + 10,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: CONTAINER_USER,
      runAsGroup: CONTAINER_USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(settings['pull-secret'] !== undefined && { imagePullSecrets: [{ name: settings['pull-secret'] }] }),
    containers: [container],
    volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '256Mi' } }],
  };
  const annotations = {
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': String(CONTAINER_PORT),
    'prometheus.io/path': '/metrics',
    'ml-lifecycle.io/bundle': model.digest,
  };
  const [min, max] = [settings.replicas?.min ?? 2, Math.max(settings.replicas?.min ?? 2, settings.replicas?.max ?? 6)];
  if (settings.flavour === 'kserve')
    return [
      object('serving.kserve.io/v1beta1', 'InferenceService', {
        predictor: {
          minReplicas: min,
          maxReplicas: max,
          scaleMetric: 'cpu',
          scaleTarget: settings.replicas?.cpu ?? 70,
          annotations,
          ...pod,
          containers: [{ ...container, name: 'kserve-container' }],
        },
      }),
    ];
  if (settings.flavour === 'seldon')
    return [
      object('machinelearning.seldon.io/v1', 'SeldonDeployment', {
        protocol: 'v2',
        predictors: [
          {
            name: 'default',
            // The server speaks the protocol itself: Seldon's orchestrator would be one hop more.
            annotations: { ...annotations, 'seldon.io/no-engine': 'true', 'seldon.io/svc-name': name },
            graph: { name: container.name, type: 'MODEL', endpoint: { type: 'REST' }, children: [] },
            componentSpecs: [
              {
                spec: pod,
                hpaSpec: {
                  minReplicas: min,
                  maxReplicas: max,
                  metrics: [
                    {
                      type: 'Resource',
                      resource: { name: 'cpu', targetAverageUtilization: settings.replicas?.cpu ?? 70 },
                    },
                  ],
                },
                ...(min > 1 && { pdbSpec: { minAvailable: 1 } }),
              },
            ],
          },
        ],
      }),
    ];
  return [
    object('apps/v1', 'Deployment', {
      // The number of replicas is the autoscaler's.
      selector: { matchLabels: select },
      revisionHistoryLimit: 5,
      progressDeadlineSeconds: settings.patience ?? 300,
      minReadySeconds: 5,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: { ...labels, 'app.kubernetes.io/version': String(model.version) }, annotations },
        spec: {
          ...pod,
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: select },
            },
          ],
        },
      },
    }),
    object('v1', 'Service', {
      type: 'ClusterIP',
      selector: select,
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
    }),
    object('autoscaling/v2', 'HorizontalPodAutoscaler', {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: min,
      maxReplicas: max,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: settings.replicas?.cpu ?? 70 } },
        },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
    }),
    object('policy/v1', 'PodDisruptionBudget', {
      selector: { matchLabels: select },
      // With one replica a budget would keep its node from ever being drained.
      ...(min > 1 ? { minAvailable: 1 } : { maxUnavailable: 1 }),
    }),
    object('networking.k8s.io/v1', 'NetworkPolicy', {
      podSelector: { matchLabels: select },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [
            { podSelector: {} },
            ...(settings.from ?? []).map((namespaceName) => ({
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespaceName } },
            })),
          ],
          ports: [{ port: CONTAINER_PORT, protocol: 'TCP' }],
        },
      ],
      // A model asks nobody.
      egress: [],
    }),
  ];
}

function containerOf(settings: KubernetesTarget, image: string) {
  const key = settings['api-key'];
  const cpu = settings.resources?.cpu ?? '250m';
  const memory = settings.resources?.memory ?? '512Mi';
  const probe = (path: string, more: Record<string, number>) => ({ httpGet: { path, port: 'http' }, ...more });
  return {
    name: 'model',
    image,
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'http', containerPort: CONTAINER_PORT, protocol: 'TCP' }],
    env: [
      { name: 'LIFECYCLE_THREADS', value: String(threadsOf(cpu)) },
      { name: 'LIFECYCLE_DRAIN', value: String(drainOf(settings)) },
      ...(key === undefined
        ? []
        : [
            {
              name: 'LIFECYCLE_API_KEY',
              valueFrom: { secretKeyRef: { name: key.name, key: key.key ?? 'api-key' } },
            },
          ]),
    ],
    resources: { requests: { cpu, memory }, limits: { memory } },
    startupProbe: probe('/v2/health/ready', { periodSeconds: 2, failureThreshold: 60 }),
    readinessProbe: probe('/v2/health/ready', { periodSeconds: 5, failureThreshold: 2, timeoutSeconds: 2 }),
    livenessProbe: probe('/v2/health/live', { periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 2 }),
    // Addresses are taken out of the Service while the process still answers.
    lifecycle: { preStop: { exec: { command: ['node', '-e', 'setTimeout(() => {}, 5000)'] } } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
  };
}

/** Seconds that a pod has for what it was asked; the hook before and the end itself come on top. */
function drainOf({ drain }: KubernetesTarget): number {
  return drain ?? 30;
}

function threadsOf(cpu: string): number {
  const processors = cpu.endsWith('m') ? Number(cpu.slice(0, -1)) / 1000 : Number(cpu.replace(/[^\d.]/g, ''));
  return Math.max(1, Math.floor(processors));
}

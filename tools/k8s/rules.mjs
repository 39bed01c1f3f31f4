/**
 * What every workload of ours has to have, beyond being valid: checked on rendered objects, without a cluster.
 * Each rule returns what is wrong as sentences.
 */

const MIN_EXIT_S = 10;
const VOLUME_KINDS = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const NAME = 'app.kubernetes.io/name';

const unless = (condition, sentence) => (condition ? [] : [sentence]);
const ofKind = (objects, kind) => objects.filter((object) => object.kind === kind);
const selects = (selector, labels) =>
  Object.keys(selector ?? {}).length > 0 && Object.entries(selector).every(([key, value]) => labels[key] === value);

const workloads = (objects) => objects.filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind));
const podOf = (workload) => workload.spec.template;
const containersOf = (workload) => [...(podOf(workload).spec.initContainers ?? []), ...podOf(workload).spec.containers];

/** The environment a container gets from plain values and from the ConfigMaps among the objects. */
const environmentOf = (objects, container) =>
  Object.assign(
    {},
    ...(container.envFrom ?? []).map(
      ({ configMapRef }) =>
        ofKind(objects, 'ConfigMap').find(({ metadata }) => metadata.name === configMapRef?.name)?.data,
    ),
    ...(container.env ?? []).map(({ name, value }) => ({ [name]: value })),
  );

const isolated = (workload) => {
  const { spec } = podOf(workload);
  return [
    ...unless(spec.automountServiceAccountToken === false, 'mounts a service account token'),
    ...unless(spec.enableServiceLinks === false, 'gets service variables into its environment'),
    ...unless(![undefined, 'default'].includes(spec.serviceAccountName), 'has no service account of its own'),
    ...unless(!spec.hostNetwork && !spec.hostPID && !spec.hostIPC, 'shares namespaces of the host'),
  ];
};

const restricted = (workload) => {
  const { securityContext: pod = {}, volumes = [] } = podOf(workload).spec;
  const contexts = [pod, ...containersOf(workload).map(({ securityContext }) => securityContext ?? {})];
  return [
    ...unless(pod.runAsNonRoot === true, 'may run as root'),
    ...unless(pod.seccompProfile?.type === 'RuntimeDefault', 'has no seccomp profile'),
    ...unless(
      !contexts.some(({ runAsUser }) => runAsUser !== undefined),
      'fixes a user id, which some clusters refuse',
    ),
    ...volumes.flatMap((volume) => [
      ...unless(
        VOLUME_KINDS.some((kind) => kind in volume),
        `volume ${volume.name} is of a kind that is not allowed`,
      ),
      ...unless(!('emptyDir' in volume) || volume.emptyDir.sizeLimit, `volume ${volume.name} has no size limit`),
    ]),
    ...containersOf(workload).flatMap(({ name, securityContext: context = {}, ports = [] }) => [
      ...unless(context.readOnlyRootFilesystem === true, `${name} can write to its image`),
      ...unless(context.allowPrivilegeEscalation === false, `${name} may gain privileges`),
      ...unless(context.capabilities?.drop?.includes('ALL') && !context.capabilities.add, `${name} keeps capabilities`),
      ...unless(!context.privileged, `${name} is privileged`),
      ...unless(!ports.some(({ hostPort }) => hostPort), `${name} takes a port of the host`),
    ]),
  ];
};

const PROBES = { startupProbe: '/livez', livenessProbe: '/livez', readinessProbe: '/readyz' };

const probed = (workload) =>
  workload.kind === 'Job'
    ? []
    : podOf(workload).spec.containers.flatMap((container) =>
        Object.entries(PROBES).flatMap(([probe, path]) => {
          const get = container[probe]?.httpGet;
          const port = container.ports?.find(({ name }) => name === get?.port);
          return [
            ...unless(get?.path === path, `${container.name} has no ${probe} at ${path}`),
            ...unless(port !== undefined, `${probe} of ${container.name} names no port of it`),
          ];
        }),
      );

const sized = (workload) =>
  containersOf(workload).flatMap(({ name, resources = {} }) => [
    ...unless(resources.requests?.cpu, `${name} requests no CPU`),
    ...unless(resources.requests?.memory, `${name} requests no memory`),
    ...unless(resources.limits?.memory === resources.requests?.memory, `${name} has another memory limit than request`),
    ...unless(resources.limits?.cpu === undefined, `${name} has a CPU limit`),
  ]);

const pinned = (workload) =>
  containersOf(workload).flatMap(({ name, image }) =>
    unless(/@sha256:[0-9a-f]{64}$|:(?!latest$)[\w.-]+$/.test(image), `${name} has no fixed image version: ${image}`),
  );

const drains = (workload, objects) =>
  podOf(workload).spec.containers.flatMap((container) => {
    const env = environmentOf(objects, container);
    const sum = (suffix) =>
      Object.entries(env).reduce((total, [name, value]) => (name.endsWith(suffix) ? total + Number(value) : total), 0);
    const neededS =
      (sum('_DRAIN_DELAY_MS') + sum('_DRAIN_GRACE_MS')) / 1000 + (container.lifecycle?.preStop?.sleep?.seconds ?? 0);
    const graceS = podOf(workload).spec.terminationGracePeriodSeconds ?? 30;
    return unless(
      graceS >= neededS + MIN_EXIT_S,
      `${container.name} drains for ${neededS} s but is killed after ${graceS} s`,
    );
  });

const spread = (workload) => {
  const { spec, metadata } = podOf(workload);
  const keys = (spec.topologySpreadConstraints ?? [])
    .filter(({ labelSelector }) => selects(labelSelector?.matchLabels, metadata.labels))
    .map(({ topologyKey }) => topologyKey);
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].flatMap((key) =>
    unless(workload.kind === 'Job' || keys.includes(key), `is not spread over ${key}`),
  );
};

const guarded = (workload, objects) => {
  const { labels } = podOf(workload).metadata;
  const budget = ofKind(objects, 'PodDisruptionBudget').find(({ spec }) => selects(spec.selector?.matchLabels, labels));
  const policy = ofKind(objects, 'NetworkPolicy').find(({ spec }) => selects(spec.podSelector?.matchLabels, labels));
  return [
    ...unless(policy?.spec.policyTypes?.length === 2, 'has no network policy for both directions'),
    ...(workload.kind === 'Job'
      ? []
      : [
          ...unless(budget, 'has no disruption budget'),
          ...unless(
            budget?.spec.unhealthyPodEvictionPolicy === 'AlwaysAllow',
            'broken pods of it keep nodes from draining',
          ),
        ]),
  ];
};

const scaled = (workload, objects) => {
  const scaler = ofKind(objects, 'HorizontalPodAutoscaler').find(
    ({ spec }) => spec.scaleTargetRef.kind === workload.kind && spec.scaleTargetRef.name === workload.metadata.name,
  );
  return unless(!scaler || workload.spec.replicas === undefined, 'sets a number of pods that the autoscaler owns');
};

/** Names of keys, by which they are found elsewhere. */
const NAMES_OF_KEYS = new Set(['VAULT_ROOT_KEY', 'VAULT_KMS_KEY']);

const withoutSecrets = (workload, objects) =>
  containersOf(workload).flatMap((container) =>
    Object.entries(environmentOf(objects, container)).flatMap(([name, value]) =>
      unless(
        value === undefined || NAMES_OF_KEYS.has(name) || !/(KEYS?|SECRET|TOKEN|PASSWORD|CREDENTIALS?)$/.test(name),
        `${container.name} carries ${name} in the open`,
      ),
    ),
  );

const WORKLOAD_RULES = [isolated, restricted, probed, sized, pinned, drains, spread, guarded, scaled, withoutSecrets];

const served = (service, objects) => {
  const targets = workloads(objects).filter((workload) =>
    selects(service.spec.selector, podOf(workload).metadata.labels),
  );
  const ports = targets.flatMap((workload) => containersOf(workload).flatMap((container) => container.ports ?? []));
  return [
    ...unless(targets.length === 1, `selects ${targets.length} workloads`),
    ...service.spec.ports.flatMap(({ targetPort }) =>
      unless(
        ports.some(({ name }) => name === targetPort),
        `port ${targetPort} is no named port of its pods`,
      ),
    ),
  ];
};

const wholeRelease = (objects) => {
  const deny = ofKind(objects, 'NetworkPolicy').some(
    ({ spec }) =>
      Object.keys(spec.podSelector).length === 0 && spec.policyTypes.length === 2 && !spec.ingress && !spec.egress,
  );
  const open = ofKind(objects, 'NetworkPolicy').filter(
    ({ spec }) => Object.keys(spec.podSelector).length === 0 && spec.ingress,
  );
  const namespace = ofKind(objects, 'Namespace')[0];
  return [
    ...unless(deny, 'nothing is denied by default'),
    ...unless(open.length === 0, 'a network policy opens every pod'),
    ...unless(
      namespace?.metadata.labels['pod-security.kubernetes.io/enforce'] === 'restricted',
      'the namespace is not restricted',
    ),
    ...ofKind(objects, 'Secret').map(({ metadata }) => `Secret ${metadata.name} stands in the manifests`),
    ...objects.flatMap(({ kind, metadata }) => [
      ...unless(
        metadata.labels?.['app.kubernetes.io/part-of'] === 'portolan',
        `${kind} ${metadata.name} is not labelled`,
      ),
      ...unless(kind === 'Namespace' || metadata.labels?.[NAME], `${kind} ${metadata.name} has no ${NAME}`),
      ...unless(kind === 'Namespace' || metadata.namespace, `${kind} ${metadata.name} is in no namespace`),
    ]),
  ];
};

/** Everything that is wrong with a rendered release. */
export const checkRelease = (objects) => [
  ...workloads(objects).flatMap((workload) =>
    WORKLOAD_RULES.flatMap((rule) => rule(workload, objects)).map(
      (sentence) => `${workload.metadata.name}: ${sentence}`,
    ),
  ),
  ...ofKind(objects, 'Service').flatMap((service) =>
    served(service, objects).map((sentence) => `Service ${service.metadata.name}: ${sentence}`),
  ),
  ...wholeRelease(objects),
];

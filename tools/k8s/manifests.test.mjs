import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { controlPlaneEnv } from '../../apps/control-plane/src/config.ts';
import { gatewayEnv } from '../../apps/gateway/src/config.ts';
import { vaultEnv } from '../../apps/vault/src/config.ts';
import { readEnv } from '../env/read-env.mjs';
import { inWorkspace } from '../launch/workspace.mjs';
import { findKustomize, renderFolder, renderWithComponents } from './render.mjs';
import { checkRelease } from './rules.mjs';
import { schemaChecker } from './schema.mjs';

const root = fileURLToPath(new URL('../../k8s', import.meta.url));
const kustomize = findKustomize();
const required = process.env.PORTOLAN_REQUIRE_KUSTOMIZE === 'true';
const foldersIn = (name) =>
  readdirSync(join(root, name), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${name}/${entry.name}`);

const RELEASES = ['base', ...foldersIn('overlays')];
const COMPONENTS = foldersIn('components');
const OLDEST = schemaChecker('1.28');
const NEWEST = schemaChecker('1.37');
/** Every service of ours, with the schema of its environment. */
const SERVICES = [
  { app: 'vault', schema: vaultEnv },
  { app: 'control-plane', schema: controlPlaneEnv },
  { app: 'gateway', schema: gatewayEnv },
];
/** Custom resources, whose schemas live with whoever brings them. */
const isCustom = ({ apiVersion }) => apiVersion.startsWith('cert-manager.io/');
const problemsIn = (objects, check) => objects.filter((object) => !isCustom(object)).flatMap(check);
/** Components that need a newer cluster than the oldest one. */
const NEEDS_NEWER = new Set(['components/prestop-sleep']);

if (required) {
  test('a tool that renders manifests is here', () => {
    expect(kustomize).toBeDefined();
  });
}

describe.skipIf(kustomize === undefined)(
  'manifests (skipped without kubectl or kustomize: install one of them)',
  () => {
    test.each(RELEASES)('%s is valid for the oldest and the newest Kubernetes', (release) => {
      const objects = renderFolder(kustomize, join(root, release));
      expect(objects.length).toBeGreaterThan(5);
      expect(problemsIn(objects, OLDEST)).toEqual([]);
      expect(problemsIn(objects, NEWEST)).toEqual([]);
    });

    test.each(RELEASES)('%s keeps to our rules', (release) => {
      expect(checkRelease(renderFolder(kustomize, join(root, release)))).toEqual([]);
    });

    test.each([...COMPONENTS.map((one) => [one]), COMPONENTS])(
      'base with %s is valid and keeps to our rules',
      (...components) => {
        const objects = renderWithComponents(kustomize, root, 'base', components);
        if (!components.some((component) => NEEDS_NEWER.has(component)))
          expect(problemsIn(objects, OLDEST)).toEqual([]);
        expect(problemsIn(objects, NEWEST)).toEqual([]);
        expect(checkRelease(objects)).toEqual([]);
      },
    );

    describe('what a rule or the schema would miss', () => {
      let base;
      beforeAll(() => {
        base = renderFolder(kustomize, join(root, 'base'));
      });
      const changed = (change) => {
        const objects = structuredClone(base);
        const find = (kind, name = 'gateway') =>
          objects.find((one) => one.kind === kind && one.metadata.name.startsWith(name));
        const pod = find('Deployment').spec.template;
        change({ objects, find, pod, container: pod.spec.containers[0] });
        return objects;
      };

      test.each([
        ['a token', ({ pod }) => delete pod.spec.automountServiceAccountToken],
        ['service links', ({ pod }) => delete pod.spec.enableServiceLinks],
        ['the default account', ({ pod }) => delete pod.spec.serviceAccountName],
        ['the network of the host', ({ pod }) => Object.assign(pod.spec, { hostNetwork: true })],
        ['root', ({ pod }) => delete pod.spec.securityContext.runAsNonRoot],
        ['no seccomp profile', ({ pod }) => delete pod.spec.securityContext.seccompProfile],
        ['a fixed user', ({ container }) => Object.assign(container.securityContext, { runAsUser: 1000 })],
        [
          'a folder of the host',
          ({ pod }) =>
            Object.assign(pod.spec.volumes[2], { emptyDir: undefined, hostPath: {} }) &&
            delete pod.spec.volumes[2].emptyDir,
        ],
        ['an endless volume', ({ pod }) => delete pod.spec.volumes[2].emptyDir.sizeLimit],
        ['a writable image', ({ container }) => delete container.securityContext.readOnlyRootFilesystem],
        ['more privileges', ({ container }) => delete container.securityContext.allowPrivilegeEscalation],
        ['capabilities', ({ container }) => delete container.securityContext.capabilities],
        ['a privileged container', ({ container }) => Object.assign(container.securityContext, { privileged: true })],
        ['a port of the host', ({ container }) => Object.assign(container.ports[0], { hostPort: 8787 })],
        ['no startup probe', ({ container }) => delete container.startupProbe],
        ['no readiness probe', ({ container }) => delete container.readinessProbe],
        ['no liveness probe', ({ container }) => delete container.livenessProbe],
        [
          'readiness that asks for life',
          ({ container }) => Object.assign(container.readinessProbe.httpGet, { path: '/livez' }),
        ],
        ['a probe of no port', ({ container }) => Object.assign(container.livenessProbe.httpGet, { port: 'metrics' })],
        ['no CPU request', ({ container }) => delete container.resources.requests.cpu],
        ['no memory request', ({ container }) => delete container.resources.requests.memory],
        ['no memory limit', ({ container }) => delete container.resources.limits],
        ['a CPU limit', ({ container }) => Object.assign(container.resources.limits, { cpu: '2' })],
        ['the latest image', ({ container }) => Object.assign(container, { image: 'portolan-gateway:latest' })],
        ['an image without a version', ({ container }) => Object.assign(container, { image: 'portolan-gateway' })],
        ['a short grace', ({ pod }) => Object.assign(pod.spec, { terminationGracePeriodSeconds: 900 })],
        ['the default grace', ({ pod }) => delete pod.spec.terminationGracePeriodSeconds],
        ['one zone', ({ pod }) => pod.spec.topologySpreadConstraints.shift()],
        ['one node', ({ pod }) => pod.spec.topologySpreadConstraints.pop()],
        ['no budget', ({ objects, find }) => objects.splice(objects.indexOf(find('PodDisruptionBudget')), 1)],
        ['a budget of nothing', ({ find }) => delete find('PodDisruptionBudget').spec.selector],
        ['a budget that blocks', ({ find }) => delete find('PodDisruptionBudget').spec.unhealthyPodEvictionPolicy],
        ['no network policy', ({ objects, find }) => objects.splice(objects.indexOf(find('NetworkPolicy')), 1)],
        ['a network policy for all', ({ find }) => Object.assign(find('NetworkPolicy').spec, { podSelector: {} })],
        [
          'no default deny',
          ({ objects, find }) => objects.splice(objects.indexOf(find('NetworkPolicy', 'default-deny')), 1),
        ],
        ['a number of pods', ({ find }) => Object.assign(find('Deployment').spec, { replicas: 3 })],
        [
          'a secret in the environment',
          ({ container }) => container.env.push({ name: 'GATEWAY_API_KEY', value: 'pk-1' }),
        ],
        ['a secret in the settings', ({ find }) => Object.assign(find('ConfigMap').data, { REDIS_PASSWORD: 'x' })],
        ['a Secret in the manifests', ({ objects }) => objects.push({ kind: 'Secret', metadata: { name: 'x' } })],
        [
          'a service of nothing',
          ({ find }) => Object.assign(find('Service').spec.selector, { 'app.kubernetes.io/name': 'x' }),
        ],
        ['a service of no port', ({ find }) => Object.assign(find('Service').spec.ports[0], { targetPort: 'grpc' })],
        [
          'an open namespace',
          ({ find }) => delete find('Namespace', 'portolan').metadata.labels['pod-security.kubernetes.io/enforce'],
        ],
        ['no labels', ({ find }) => delete find('Service').metadata.labels],
        ['no namespace', ({ find }) => delete find('Service').metadata.namespace],
      ])('%s is caught by the rules', (_, change) => {
        expect(checkRelease(changed(change))).not.toEqual([]);
      });

      test.each([
        ['a misspelt field', ({ container }) => Object.assign(container, { readinesProbe: {} })],
        [
          'a string for a number',
          ({ find }) => Object.assign(find('HorizontalPodAutoscaler').spec, { minReplicas: 'three' }),
        ],
        ['a field in the wrong place', ({ pod }) => Object.assign(pod, { terminationGracePeriodSeconds: 930 })],
        ['a missing required field', ({ find }) => delete find('HorizontalPodAutoscaler').spec.scaleTargetRef],
        [
          'an API version that was removed',
          ({ find }) => Object.assign(find('PodDisruptionBudget'), { apiVersion: 'policy/v1beta1' }),
        ],
      ])('%s is caught by the schema', (_, change) => {
        const objects = changed(change);
        expect(objects.flatMap(OLDEST)).not.toEqual([]);
        expect(objects.flatMap(NEWEST)).not.toEqual([]);
      });
    });

    describe.each(SERVICES)('$app', ({ app, schema }) => {
      const partOf = (objects) => {
        const own = (kind) => objects.find((one) => one.kind === kind && one.metadata.name.startsWith(app));
        const [container] = own('Deployment').spec.template.spec.containers;
        const values = (container.env ?? []).filter(({ name }) => name !== 'NODE_OPTIONS');
        return {
          container,
          env: { ...own('ConfigMap').data, ...Object.fromEntries(values.map((one) => [one.name, one.value])) },
        };
      };

      test.each([[[]], ...COMPONENTS.map((one) => [[one]])])(
        'understands its settings and files, with %j',
        (components) => {
          const { container, env } = partOf(renderWithComponents(kustomize, root, 'base', components));
          const known = new Set(readEnv(schema).map(({ name }) => name));
          expect(Object.keys(env).filter((name) => !known.has(name))).toEqual([]);
          expect(schema.safeParse(env).error).toBeUndefined();
          const mounts = container.volumeMounts.map(({ mountPath }) => mountPath);
          for (const [name, path] of Object.entries(env).filter(([variable]) => /_(FILE|DIR)$/.test(variable)))
            expect(
              mounts.some((mount) => path.startsWith(`${mount}/`) || path === mount),
              name,
            ).toBe(true);
          const ports = container.ports.map(({ containerPort }) => String(containerPort));
          const listens = Object.entries(env).filter(([variable]) => /_PORT$/.test(variable));
          expect(ports.toSorted()).toEqual(listens.map(([, port]) => port).toSorted());
        },
      );

      test('has the image of this version', () => {
        const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
        const { container } = partOf(renderFolder(kustomize, join(root, 'base')));
        expect(container.image).toBe(`portolan-${app}:${version}`);
      });
    });

    test('every address that a service is told is one of ours, at a port it listens on', () => {
      const objects = renderFolder(kustomize, join(root, 'base'));
      const offered = objects
        .filter(({ kind }) => kind === 'Service')
        .flatMap(({ metadata, spec }) => spec.ports.map(({ port }) => `${metadata.name}:${port}`));
      const told = objects
        .filter(({ kind }) => kind === 'ConfigMap')
        .flatMap(({ data }) => Object.entries(data))
        .filter(([name]) => /_(TARGET|MANAGEMENT_URL)$/.test(name))
        .map(([, value]) => value.replace(/^(dns:\/\/|http:\/)\//, ''));
      expect(told).toHaveLength(4);
      for (const address of told) expect(offered).toContain(address);
    });

    test('whoever is called lets its callers in, and nobody else', () => {
      const policies = renderFolder(kustomize, join(root, 'base')).filter(({ kind }) => kind === 'NetworkPolicy');
      const named = (selector) => selector?.podSelector?.matchLabels?.['app.kubernetes.io/name'];
      const edges = (direction, peers) =>
        policies.flatMap(({ metadata, spec }) =>
          (spec[direction] ?? []).flatMap((rule) =>
            (rule[peers] ?? []).flatMap((peer) => {
              const other = named(peer);
              const [from, to] = direction === 'egress' ? [metadata.name, other] : [other, metadata.name];
              return other === undefined ? [] : rule.ports.map(({ port }) => `${from} -> ${to} ${port}`);
            }),
          ),
        );
      expect(edges('ingress', 'from').toSorted()).toEqual(edges('egress', 'to').toSorted());
      expect(edges('egress', 'to').toSorted()).toEqual([
        'control-plane -> vault rpc',
        'gateway -> control-plane http',
        'gateway -> control-plane rpc',
        'gateway -> vault rpc',
      ]);
    });
  },
);

test('every folder of the tree is a kustomization', () => {
  for (const folder of [...RELEASES, ...COMPONENTS])
    expect(existsSync(join(root, folder, 'kustomization.yaml'))).toBe(true);
});

test('every app that is a service has manifests', () => {
  const services = readdirSync(inWorkspace('apps')).filter((app) =>
    existsSync(inWorkspace('apps', app, 'src', 'config.ts')),
  );
  expect(SERVICES.map(({ app }) => app).toSorted()).toEqual(services.toSorted());
  for (const app of services) expect(existsSync(join(root, 'base', app, 'kustomization.yaml')), app).toBe(true);
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { gatewayEnv } from '../../apps/gateway/src/config.ts';
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
      expect(objects.flatMap(OLDEST)).toEqual([]);
      expect(objects.flatMap(NEWEST)).toEqual([]);
    });

    test.each(RELEASES)('%s keeps to our rules', (release) => {
      expect(checkRelease(renderFolder(kustomize, join(root, release)))).toEqual([]);
    });

    test.each([...COMPONENTS.map((one) => [one]), COMPONENTS])(
      'base with %s is valid and keeps to our rules',
      (...components) => {
        const objects = renderWithComponents(kustomize, root, 'base', components);
        if (!components.some((component) => NEEDS_NEWER.has(component))) expect(objects.flatMap(OLDEST)).toEqual([]);
        expect(objects.flatMap(NEWEST)).toEqual([]);
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

    test('the gateway understands every setting and every mounted file', () => {
      const objects = renderWithComponents(kustomize, root, 'base', COMPONENTS);
      const settings = objects.find(({ kind }) => kind === 'ConfigMap').data;
      const [container] = objects.find(({ kind }) => kind === 'Deployment').spec.template.spec.containers;
      const own = (container.env ?? [])
        .filter(({ name }) => name !== 'NODE_OPTIONS')
        .map(({ name, value }) => [name, value]);
      const env = { ...settings, ...Object.fromEntries(own) };
      expect(Object.keys(env).filter((name) => !(name in gatewayEnv.shape))).toEqual([]);
      expect(gatewayEnv.safeParse(env).error).toBeUndefined();
      const mounts = container.volumeMounts.map(({ mountPath }) => mountPath);
      const paths = Object.entries(env).filter(([name]) => /_(FILE|DIR)$/.test(name));
      for (const [name, path] of paths)
        expect(
          mounts.some((mount) => path.startsWith(mount)),
          name,
        ).toBe(true);
      const ports = Object.fromEntries(container.ports.map(({ name, containerPort }) => [name, String(containerPort)]));
      expect(ports).toEqual({ http: settings.GATEWAY_PORT, health: settings.GATEWAY_HEALTH_PORT });
    });

    test('the image is the one of this version', () => {
      const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
      const deployment = renderFolder(kustomize, join(root, 'base')).find(({ kind }) => kind === 'Deployment');
      expect(deployment.spec.template.spec.containers[0].image).toBe(`portolan-gateway:${version}`);
    });
  },
);

test('every folder of the tree is a kustomization', () => {
  for (const folder of [...RELEASES, ...COMPONENTS])
    expect(existsSync(join(root, folder, 'kustomization.yaml'))).toBe(true);
});

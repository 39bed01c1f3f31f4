import { PROVIDERS_WITH_FIELDS, type ProviderField, providerFields } from '@portolan/credential-rules';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../http/routes/index.ts';
import type { Tenant, TestPlatform } from '../testing/platform.ts';

/** A provider with settings of its own, each of them, and one without any. */
const PROVIDERS = [...PROVIDERS_WITH_FIELDS, 'anthropic'];

const ABOUT_KEYS = /^\/(virtual-keys|providers|integrations|api-keys)/;

const canary = fc.stringMatching(/^canary-[a-z0-9]{24}$/);

const shaped = ({ kind }: ProviderField, secret: string): unknown => {
  if (kind === 'headers') return { 'x-hidden': secret };
  return kind === 'object' ? { private_key: secret, nested: { again: secret } } : secret;
};

const asText = (value: unknown): string =>
  JSON.stringify(value, (_name, inner) => (typeof inner === 'bigint' ? String(inner) : inner));

/** No secret that was ever given comes back, in no answer, no table and no line of the audit log. */
export const secretsConformance = (platform: () => TestPlatform): void => {
  describe('secrets', () => {
    let tenant: Tenant;
    let keys: readonly string[];
    beforeAll(async () => {
      tenant = await platform().tenant();
      keys = [await tenant.key(), await tenant.key('organisation-service')];
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);

    /** What every route that reads answers; those about credentials and keys for each of these names. */
    const everythingReadable = async (refs: readonly string[]): Promise<string> => {
      const answers: unknown[] = [];
      for (const route of routes) {
        if (route.method !== 'GET' || route.kind !== 'read') continue;
        const named = route.path.includes('/:') ? refs : [''];
        for (const ref of ABOUT_KEYS.test(route.path) ? named : named.slice(0, 1)) {
          const path = route.path.replaceAll(/:\w+/g, ref);
          for (const key of keys) answers.push((await call(key, 'GET', path)).body);
        }
      }
      return asText(answers);
    };

    const everythingStored = async (): Promise<string> => {
      const rows: unknown[] = [];
      for (const table of ['integrations', 'virtual_keys', 'api_keys', 'audit_log']) {
        rows.push(
          await platform().deps.db.query(`select * from ${table} where organization_id = $1`, [tenant.organizationId]),
        );
      }
      return asText(rows);
    };

    test('no secret of any provider, in any spelling, leaves the vault', async () => {
      const refs: string[] = [];
      const hidden: string[] = [];
      const answers: unknown[] = [];
      const some = fc.record({
        provider: fc.constantFrom(...PROVIDERS),
        names: fc.constantFrom('name' as const, 'camelName' as const),
        canaries: fc.array(canary, { minLength: 16, maxLength: 16 }),
      });
      const samples = [
        ...PROVIDERS.flatMap((provider) => fc.sample(some, 1).map((sample) => ({ ...sample, provider }))),
        ...fc.sample(some, 6),
      ];
      for (const { provider, names, canaries } of samples) {
        const secrets = providerFields(provider).fields.filter(({ isSecret }) => isSecret);
        const given = (from: number) =>
          Object.fromEntries(
            secrets.map((field, at) => [field[names], shaped(field, canaries[(at + from) % canaries.length] ?? '')]),
          );
        const [service = '', admin = ''] = keys;
        const flat = { name: 'v', provider, ...given(0) };
        const { key, ...configurations } = given(0);
        const whole = { name: 'i', ai_provider_id: provider, key, configurations };
        const virtualKey = await call(service, 'POST', '/virtual-keys', flat);
        const integration = await call(admin, 'POST', '/integrations', whole);
        expect([virtualKey.status, integration.status]).toEqual([200, 200]);
        const written = [
          virtualKey,
          integration,
          await call(service, 'PUT', `/virtual-keys/${virtualKey.body.slug}`, given(3)),
          await call(admin, 'PUT', `/integrations/${integration.body.slug}`, { configurations: given(5) }),
          await call(service, 'POST', '/virtual-keys', { ...flat, no_such_setting: canaries[1] }),
          await call(service, 'POST', '/virtual-keys', { ...flat, usage_limits: 'none', key: canaries[3] }),
          await call(admin, 'POST', '/integrations', { ...whole, configurations: { no_such_setting: canaries[1] } }),
        ];
        expect(written.map(({ status }) => status)).toEqual([200, 200, 200, 200, 400, 400, 400]);
        answers.push(...written.map(({ body }) => body));
        refs.push(virtualKey.body.slug, integration.body.slug);
        hidden.push(...canaries);
      }
      const seen = [asText(answers), await everythingReadable(refs), await everythingStored()].join('\n');
      expect(seen).toContain('********');
      expect(hidden.filter((each) => seen.includes(each))).toEqual([]);
    }, 120_000);

    test('the secret of an API key is in the answer that made it, and nowhere else', async () => {
      const [service = ''] = keys;
      const made = await call(service, 'POST', '/api-keys/workspace/service', { name: 'k', scopes: ['configs.list'] });
      const rotated = await call(service, 'POST', `/api-keys/${made.body.id}/rotate`, {});
      const seen = [await everythingReadable([made.body.id]), await everythingStored()].join('\n');
      for (const secret of [made.body.key, rotated.body.key]) {
        expect(secret).toMatch(/^pk-/);
        expect(seen).not.toContain(secret);
        expect(seen).not.toContain(secret.slice(11, 40));
      }
    });
  });
};

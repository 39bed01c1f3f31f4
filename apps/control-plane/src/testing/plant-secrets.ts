import { randomBytes } from 'node:crypto';
import { Secret } from '@portolan/service-kit';
import { createFirstOwner } from '../setup/create-first-owner.ts';
import { cookiesIn } from './cookies-in.ts';
import { plantSignIns } from './plant-sign-ins.ts';
import type { Tenant, TestPlatform } from './platform.ts';

/** A secret that is nowhere else in the world. */
export const canary = (): string => `sk-canary-${randomBytes(18).toString('base64url')}`;

/** What a target of a config may hold that lets somebody in. */
export const SECRET_FIELDS = [
  'api_key',
  'azure_ad_token',
  'azure_entra_client_secret',
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  'aws_external_id',
  'oracle_fingerprint',
  'oracle_private_key',
  'oracle_key_passphrase',
] as const;

const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** A leaf with a secret in every field that takes one. */
export const leafOfSecrets = (make: () => string): Record<string, unknown> => ({
  provider: 'openai',
  ...Object.fromEntries(SECRET_FIELDS.map((name) => [name, make()])),
  vertex_service_account_json: { type: 'service_account', private_key: make(), nested: { again: [make()] } },
  override_params: { tools: [{ type: 'mcp', authorization: make(), headers: { 'x-anything': make() } }] },
});

export interface Planted {
  /** Everything that must not be seen. */
  readonly secrets: readonly string[];
  /** Configs as they were saved, by slug. */
  readonly configs: ReadonlyMap<string, unknown>;
  /** Something that is stored as it is, and that a search must therefore find. */
  readonly visible: string;
}

/** Gives a platform secrets of every kind, through its API, as callers give them. */
export const plantSecrets = async (platform: TestPlatform, tenant: Tenant): Promise<Planted> => {
  const secrets: string[] = [];
  const secret = (): string => {
    const made = canary();
    secrets.push(made);
    return made;
  };
  const [service, admin] = [await tenant.key(), await tenant.key('organisation-service')];
  secrets.push(service, admin);
  const visible = `visible ${canary()}`;
  const configs = new Map<string, unknown>();
  const save = async (config: unknown, asText = false): Promise<string> => {
    const body = { name: visible, config: asText ? JSON.stringify(config) : config };
    const { slug } = (await platform.call(service, 'POST', '/configs', body)).body;
    configs.set(slug, config);
    return slug;
  };

  const nested = (): unknown => ({
    strategy: { mode: 'fallback' },
    targets: [{ virtual_key: 'main' }, { strategy: { mode: 'loadbalance' }, targets: [leafOfSecrets(secret)] }],
  });
  for (const name of SECRET_FIELDS) await save({ virtual_key: 'main', [name]: secret() });
  const changed = await save(leafOfSecrets(secret));
  await save(nested());
  await save(nested(), true);
  const next = nested();
  await platform.call(service, 'PUT', `/configs/${changed}`, { config: next });
  configs.set(changed, next);
  // What is refused is on record as well.
  for (const name of [...SECRET_FIELDS, 'apiKye', 'kee']) {
    for (const spelled of [camel(name), name.toUpperCase()]) {
      const leaf = { provider: 'openai', [spelled]: secret() };
      await platform.call(service, 'POST', '/configs', { name: visible, config: leaf });
      await platform.call(service, 'PUT', `/configs/${changed}`, { config: JSON.stringify({ targets: [leaf] }) });
    }
  }
  await platform.call(service, 'POST', '/configs', { name: visible, config: `{"api_key":"${secret()}"` });

  const made = await platform.call(service, 'POST', '/api-keys/workspace/service', {
    name: visible,
    scopes: ['configs.list'],
  });
  const rotated = await platform.call(service, 'POST', `/api-keys/${made.body.id}/rotate`, {});
  secrets.push(made.body.key, rotated.body.key);

  const [email, password] = [`${visible.slice(-24)}@example.com`.toLowerCase(), secret()];
  await createFirstOwner(platform.deps, {
    organizationId: tenant.organizationId,
    email,
    password: new Secret(password),
  });
  const signedIn = await platform.call('', 'POST', '/auth/login', { email, password });
  secrets.push(...cookiesIn(signedIn.headers['set-cookie']));

  const invite = await platform.call(admin, 'POST', '/admin/users/invites', {
    email: `invited-${email}`,
    role: 'member',
    workspaces: [{ id: tenant.workspaceSlug, role: 'member' }],
  });
  secrets.push(String(invite.body.invite_link).split('/').at(-1) ?? '');
  secrets.push(...(await plantSignIns(platform, tenant)));
  return { secrets, configs, visible };
};

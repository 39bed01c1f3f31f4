import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ORGANISATION_ROLES, WORKSPACE_ROLES } from './capabilities.ts';
import {
  type Circumstances,
  hasOrganisationCapability,
  hasWorkspaceCapability,
  may,
  mayAny,
  type Principal,
  type Resource,
  type User,
} from './may.ts';
import { isScope, mayHold, ruleOf, SCOPES, type Scope, scopesFor } from './scopes.ts';
import { DEFAULT_SETTINGS, type SwitchName } from './settings.ts';

const every = SCOPES.filter(isScope);
const normal: Circumstances = { organisationIsActive: true, settings: DEFAULT_SETTINGS };
const switched = (name: SwitchName, value: boolean): Circumstances => ({
  ...normal,
  settings: { ...DEFAULT_SETTINGS, switches: { [name]: value } },
});
const here: Resource = { organisationId: 'o1', workspaceId: 'w1', named: 'object' };
const elsewhere: Resource = { ...here, workspaceId: 'w2' };
const whole: Resource = { ...here, workspaceId: null };
const all = new Set<string>(every);

const member: User = { id: 'u1', organisationRole: 'member', workspaceRoles: new Map([['w1', 'member']]) };
const person = (user: Partial<User>): Principal => ({
  kind: 'person',
  organisationId: 'o1',
  user: { ...member, ...user },
});
const userKey = (user: Partial<User>, scopes = all): Principal => ({
  kind: 'workspace-user',
  organisationId: 'o1',
  workspaceId: 'w1',
  scopes,
  user: { ...member, ...user },
});
const adminKey: Principal = { kind: 'organisation-service', organisationId: 'o1', scopes: all };
const serviceKey: Principal = { kind: 'workspace-service', organisationId: 'o1', workspaceId: 'w1', scopes: all };
const token: Principal = { ...serviceKey, kind: 'jwt' };
const withScopes = (principal: typeof serviceKey, ...scopes: readonly Scope[]): Principal => ({
  ...principal,
  ...('scopes' in principal ? { scopes: new Set(scopes) } : {}),
});

const reason = (principal: Principal, action: Scope, resource = here, circumstances = normal) => {
  const decision = may(principal, action, resource, circumstances);
  return decision.allowed ? 'allowed' : decision.reason;
};

describe('keys', () => {
  test.each(every)('%s: a key without it is refused, a key with every other scope too', (action) => {
    const others = new Set(every.filter((scope) => scope !== action));
    for (const principal of [adminKey, serviceKey, token, userKey({})]) {
      if (!('scopes' in principal)) continue;
      expect(reason({ ...principal, scopes: new Set() }, action)).toBe('scope');
      expect(reason({ ...principal, scopes: others }, action)).toBe('scope');
    }
  });

  test.each(every)('%s: holding it helps only a key of a type that may hold it', (action) => {
    for (const principal of [adminKey, serviceKey, token] as const) {
      expect(reason(principal, action)).toBe(mayHold(principal.kind, action) ? 'allowed' : 'scope');
    }
    const owner = userKey({ organisationRole: 'owner' });
    expect(reason(owner, action)).toBe(mayHold('workspace-user', action) ? 'allowed' : 'scope');
  });

  test('list does not imply read', () => {
    const listing = withScopes(serviceKey, 'providers.list');
    expect(reason(listing, 'providers.list')).toBe('allowed');
    expect(reason(listing, 'providers.read')).toBe('scope');
  });

  test('an admin key reaches every workspace of its organisation and calls no model', () => {
    expect(reason(adminKey, 'configs.read', elsewhere)).toBe('allowed');
    expect(reason(adminKey, 'completions.write')).toBe('scope');
    expect(reason(adminKey, 'configs.read', { ...here, organisationId: 'o2' })).toBe('hidden');
  });

  test('an object of another workspace is hidden; a workspace that is named is refused', () => {
    for (const principal of [serviceKey, token, userKey({ organisationRole: 'owner' })]) {
      expect(reason(principal, 'configs.read', elsewhere)).toBe('hidden');
      expect(reason(principal, 'configs.read', { ...elsewhere, named: 'workspace' })).toBe('foreign');
      expect(reason(principal, 'configs.list', { ...whole, named: 'workspace' })).toBe('foreign');
    }
  });

  test('what a key of a workspace sees of its organisation is what concerns the workspace', () => {
    const rows = { allowed: true, rows: { inWorkspace: 'w1' } };
    for (const principal of [serviceKey, token, userKey({}), userKey({ organisationRole: 'owner' })]) {
      expect(may(principal, 'organisation_integrations.list', whole, normal)).toEqual(rows);
    }
    expect(may(serviceKey, 'workspaces.list', whole, normal)).toEqual(rows);
    expect(may(adminKey, 'workspaces.list', whole, normal)).toEqual({ allowed: true, rows: 'all' });
  });

  test('a user key loses what its user may not do, and everything once the user left the workspace', () => {
    expect(reason(userKey({}), 'configs.read')).toBe('allowed');
    expect(reason(userKey({}), 'configs.create')).toBe('role');
    expect(reason(userKey({ workspaceRoles: new Map([['w1', 'manager']]) }), 'configs.create')).toBe('allowed');
    const gone = userKey({ workspaceRoles: new Map() });
    for (const action of scopesFor('workspace-user').filter((scope) => ruleOf(scope)?.organisation === null)) {
      expect(reason(gone, action), action).toBe('role');
    }
  });
});

describe('people', () => {
  const cases = ORGANISATION_ROLES.flatMap((organisationRole) =>
    WORKSPACE_ROLES.map((role) => ({ organisationRole, role, workspaceRoles: new Map([['w1', role]]) })),
  );

  test.each(cases)(
    '$organisationRole, $role: every action follows the capabilities',
    ({ organisationRole, workspaceRoles }) => {
      const user = { ...member, organisationRole, workspaceRoles };
      for (const action of every) {
        const rule = ruleOf(action);
        const byOrganisation =
          rule?.organisation != null && hasOrganisationCapability(organisationRole, rule.organisation);
        const byWorkspace =
          rule?.workspace != null && hasWorkspaceCapability(user, 'w1', rule.workspace, DEFAULT_SETTINGS);
        expect(may(person(user), action, here, normal).allowed, action).toBe(byOrganisation || byWorkspace);
      }
    },
  );

  test('a member of the organisation does nothing where it has no role', () => {
    for (const action of every) {
      expect(reason(person({}), action, elsewhere), action).toBe('hidden');
      expect(reason(person({ workspaceRoles: new Map() }), action, whole), action).toBe(
        action === 'workspaces.list' ? 'allowed' : 'role',
      );
    }
    expect(may(person({}), 'workspaces.list', whole, normal)).toEqual({ allowed: true, rows: { ownedBy: 'u1' } });
  });

  test('managers invite people into their workspace, members do not', () => {
    const manager = person({ workspaceRoles: new Map([['w1', 'manager']]) });
    expect(reason(manager, 'organisation_users.create')).toBe('allowed');
    expect(reason(manager, 'organisation_users.create', whole)).toBe('role');
    expect(reason(person({}), 'organisation_users.create')).toBe('role');
  });

  test('a member sees the user keys that are its own, and hears nothing of others', () => {
    const see = (owner: Resource['owner']) =>
      may(person({}), 'workspace_user_api_keys.read', owner === undefined ? here : { ...here, owner }, normal);
    expect(see({ userId: 'u1' })).toEqual({ allowed: true, rows: { ownedBy: 'u1' } });
    expect(see(undefined)).toEqual({ allowed: true, rows: { ownedBy: 'u1' } });
    expect(see({ userId: 'u2' })).toEqual({ allowed: false, reason: 'hidden' });
  });
});

describe('data visibility', () => {
  const actions = ['logs.list', 'logs.view', 'logs.export', 'analytics.view'] as const;
  const off = switched('membersViewAllData', false);

  test.each(actions)('%s: with the switch off a member sees its own rows, by session and by user key', (action) => {
    const own = { allowed: true, rows: { ownedBy: 'u1' } };
    expect(may(person({}), action, here, normal)).toEqual({ allowed: true, rows: 'all' });
    expect(may(person({}), action, here, off)).toEqual(own);
    expect(may(userKey({}), action, here, off)).toEqual(own);
    expect(reason(person({}), action, { ...here, owner: { userId: null } }, off)).toBe('hidden');
    expect(reason(person({}), action, { ...here, owner: { userId: 'u1' } }, off)).toBe('allowed');
  });

  test.each(actions)(
    '%s: managers, owners, service and admin keys are not touched by the members’ switch',
    (action) => {
      const others = [
        person({ workspaceRoles: new Map([['w1', 'manager']]) }),
        person({ organisationRole: 'owner' }),
        serviceKey,
        adminKey,
        token,
      ];
      for (const principal of others) expect(may(principal, action, here, off)).toEqual({ allowed: true, rows: 'all' });
    },
  );
});

describe('order', () => {
  test('an inactive organisation comes before scope, scope before place, place before role', () => {
    const inactive = { ...normal, organisationIsActive: false };
    const nothing = userKey({}, new Set());
    expect(reason(nothing, 'configs.create', elsewhere, inactive)).toBe('organisation_inactive');
    expect(reason(nothing, 'configs.create', elsewhere)).toBe('scope');
    expect(reason(userKey({}), 'configs.create', elsewhere)).toBe('hidden');
    expect(reason(userKey({}), 'configs.create')).toBe('role');
  });

  test('any one of several scopes opens a route', () => {
    const writer = withScopes(serviceKey, 'completions.write');
    expect(mayAny(writer, ['logs.write', 'completions.write'], here, normal).allowed).toBe(true);
    expect(mayAny(writer, ['logs.view'], here, normal)).toEqual({ allowed: false, reason: 'scope' });
    expect(mayAny(writer, ['logs.view', 'completions.write'], elsewhere, normal)).toEqual({
      allowed: false,
      reason: 'hidden',
    });
    expect(mayAny(writer, [], here, normal)).toEqual({ allowed: false, reason: 'scope' });
  });
});

test('nobody reaches another organisation, whatever the roles, scopes and workspaces', () => {
  const user = fc.record({
    organisationRole: fc.constantFrom(...ORGANISATION_ROLES),
    workspaceRoles: fc.constantFrom(...WORKSPACE_ROLES).map((role) => new Map([['w1', role]])),
  });
  const principal = fc.oneof(
    user.map(person),
    user.map((who) => userKey(who)),
    fc.constantFrom(adminKey, serviceKey, token),
  );
  const place = fc.constantFrom('w1', 'w2', null);
  fc.assert(
    fc.property(
      principal,
      fc.constantFrom(...every),
      place,
      fc.constantFrom('object', 'workspace'),
      (who, action, workspaceId, named) => {
        expect(may(who, action, { organisationId: 'o2', workspaceId, named }, normal).allowed).toBe(false);
      },
    ),
  );
});

import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import { findGuardrail } from '../../../store/guardrails.ts';
import { updateOrganizationDefaults } from '../../../store/organization-changes.ts';
import type { OrganizationRow } from '../../../store/organizations.ts';
import { refField } from '../../fields.ts';
import { readInput, refuseInput } from '../../input.ts';
import { read, write } from '../../route.ts';
import { ownOrganization } from './find.ts';

const GUARDRAILS_MAX = 50;
const KINDS = ['input_guardrails', 'output_guardrails'] as const;

const guardrails = () =>
  z
    .array(refField(), { error: 'must be an array of slugs' })
    .max(GUARDRAILS_MAX, `may hold at most ${GUARDRAILS_MAX} guardrails`)
    .nullish();

const input = z.object({ input_guardrails: guardrails(), output_guardrails: guardrails() });

const stored = z.object({
  input_guardrails: z.array(z.string()).default([]),
  output_guardrails: z.array(z.string()).default([]),
});

const slugsOf = async (sql: Sql, organizationId: string, refs: readonly string[], path: string): Promise<string[]> => {
  const slugs = new Set<string>();
  for (const [at, ref] of refs.entries()) {
    const guardrail = await findGuardrail(sql, organizationId, ref);
    if (guardrail === undefined || guardrail.workspace_id !== null) {
      return refuseInput([{ path: `${path}.${at}`, message: 'There is no such guardrail of the organisation.' }]);
    }
    slugs.add(guardrail.slug);
  }
  return [...slugs];
};

const defaultsView = async (
  sql: Sql,
  { id, defaults }: Pick<OrganizationRow, 'id' | 'defaults'>,
): Promise<JsonObject> => {
  const own = stored.parse(defaults);
  const view: Record<string, unknown> = { object: 'organisation-defaults' };
  for (const kind of KINDS) {
    const found = await Promise.all(own[kind].map((slug) => findGuardrail(sql, id, slug)));
    view[kind] = found.flatMap((guardrail) =>
      guardrail === undefined ? [] : [{ id: guardrail.id, slug: guardrail.slug }],
    );
  }
  return view;
};

export const getOrganisationDefaults = read({
  method: 'GET',
  path: '/admin/organisation/defaults',
  aliases: ['/admin/organization/defaults'],
  scopes: ['organisation_settings.read'],
  read: async (call, sql) => defaultsView(sql, await ownOrganization(sql, call, 'organisation_settings.read')),
});

/** Guardrails that hold in all workspaces, but for those that are excluded. */
export const putOrganisationDefaults = write({
  method: 'PUT',
  path: '/admin/organisation/defaults',
  aliases: ['/admin/organization/defaults'],
  scopes: ['organisation_settings.update'],
  audit: { resource: 'organisation', action: 'update' },
  async write(call, tx) {
    const given = readInput(call, input);
    const before = await ownOrganization(tx, call, 'organisation_settings.update', 'lock');
    const after = { ...stored.parse(before.defaults) };
    for (const kind of KINDS) {
      const refs = given[kind];
      if (refs !== undefined) after[kind] = await slugsOf(tx, before.id, refs ?? [], kind);
    }
    await updateOrganizationDefaults(tx, before.id, after);
    return {
      body: await defaultsView(tx, { id: before.id, defaults: after }),
      changed: [{ kind: 'organization', id: before.id }],
      subject: { id: before.id, workspaceId: null, before: before.defaults, after },
    };
  },
});

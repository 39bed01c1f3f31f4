import { allowedHost } from '@portolan/egress-rules';
import * as z from 'zod';
import { notFound } from '../../../access/authorize.ts';
import { organizationSettings } from '../../../access/settings.ts';
import type { Change } from '../../../change/changes.ts';
import type { Deps } from '../../../deps.ts';
import { isObject } from '../../../domain/json.ts';
import { keySetProblems } from '../../../domain/key-set.ts';
import { metadataSchemaProblem } from '../../../domain/metadata-schema.ts';
import { changedSwitches, requestLoggingField, sectionsField, switchesField } from '../../../domain/settings-input.ts';
import { activeWorkspaceIds, updateOrganization } from '../../../store/organization-changes.ts';
import { findOrganization } from '../../../store/organizations.ts';
import { nameField } from '../../fields.ts';
import { readInput, refuseInput } from '../../input.ts';
import { write } from '../../route.ts';
import { ownOrganization } from './find.ts';
import { settingsView } from './view.ts';

const jsonObject = () => z.record(z.string(), z.unknown(), { error: 'must be an object' });

const input = z.object({
  name: nameField().optional(),
  switches: switchesField().nullish(),
  overridable: sectionsField().nullish(),
  request_logging: requestLoggingField().nullish(),
  denied_export_fields: z.array(z.string().min(1).max(128)).max(200).nullish(),
  api_key_metadata_schema: jsonObject().nullish(),
  workspace_metadata_schema: jsonObject().nullish(),
  jwks: jsonObject().nullish(),
  jwks_url: z.string().max(2_048).nullish(),
});

type Input = z.output<typeof input>;

const isSafeUrl = (text: string, { trust }: Deps['settings']): boolean => {
  const allowed = allowedHost(text, trust);
  return allowed !== undefined && (allowed.startsWith('https://') || trust.trustsHost(new URL(allowed).hostname));
};

const assertInput = (given: Input, settings: Deps['settings']): void => {
  const problems = [];
  for (const path of ['api_key_metadata_schema', 'workspace_metadata_schema'] as const) {
    const schema = given[path];
    const message = schema == null ? undefined : metadataSchemaProblem(schema);
    if (message !== undefined) problems.push({ path, message });
  }
  if (given.jwks != null) problems.push(...keySetProblems(given.jwks));
  if (given.jwks_url != null && !isSafeUrl(given.jwks_url, settings)) {
    problems.push({ path: 'jwks_url', message: 'must be an https address that anybody can reach' });
  }
  if (problems.length > 0) refuseInput(problems);
};

/** Absent stays, null takes away. */
const kept = <T>(given: T | null | undefined, before: T | null): T | null => (given === undefined ? before : given);

/** Gateways are told, since they hold what concerns them; workspaces too, whose own settings may now count, or no more. */
export const putOrganisationSettings = write({
  method: 'PUT',
  path: '/admin/organisation/settings',
  aliases: ['/admin/organization/settings'],
  scopes: ['organisation_settings.update'],
  audit: { resource: 'organisation', action: 'update' },
  async write(call, tx, { settings }) {
    const given = readInput(call, input);
    const before = await ownOrganization(tx, call, 'organisation_settings.update', 'lock');
    assertInput(given, settings);
    const own = organizationSettings(before.settings);
    await updateOrganization(tx, before.id, {
      name: given.name ?? before.name,
      settings: {
        switches: changedSwitches(own.switches, given.switches),
        requestLogging: kept(given.request_logging, own.requestLogging) ?? undefined,
        deniedExportFields: kept(given.denied_export_fields, [...own.deniedExportFields]) ?? [],
        apiKeyMetadataSchema: kept(given.api_key_metadata_schema, own.apiKeyMetadataSchema),
        workspaceMetadataSchema: kept(given.workspace_metadata_schema, own.workspaceMetadataSchema),
      },
      overridable: kept(given.overridable, [...before.overridable]) ?? [],
      jwks: kept(given.jwks, isObject(before.jwks) ? before.jwks : null),
      jwksUrl: kept(given.jwks_url, before.jwks_url),
    });
    const after = await findOrganization(tx, before.id);
    if (after === undefined) throw notFound('organisation');
    const workspaces = await activeWorkspaceIds(tx, before.id);
    const changed: Change[] = [
      { kind: 'organization', id: before.id },
      ...workspaces.map((id) => ({ kind: 'workspace', id }) as const),
    ];
    return {
      body: settingsView(after),
      changed,
      subject: { id: before.id, workspaceId: null, before: settingsView(before), after: settingsView(after) },
    };
  },
});

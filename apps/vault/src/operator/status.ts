import type { GetStatusResponse } from '@portolan/proto';
import type { Json } from './commands.ts';

/** Nothing sealed and nothing that does not open. Rotations under way are well. */
export const statusIsWell = ({ isSealed, unreadableOrganizationIds }: GetStatusResponse): boolean =>
  !isSealed && unreadableOrganizationIds.length === 0;

export const statusAsJson = (status: GetStatusResponse): Json => ({
  is_sealed: status.isSealed,
  sealed_because: status.isSealed ? status.sealedBecause : null,
  root_key_id: status.isSealed ? null : status.rootKeyId,
  rewraps: status.rewraps.map(({ organizationId, toVersion, left }) => ({
    organization_id: organizationId,
    to_version: toVersion,
    left,
  })),
  unreadable_organization_ids: status.unreadableOrganizationIds,
  self_test_time: status.selfTestTime?.toISOString() ?? null,
});

const lines = (name: string, values: readonly string[]): string =>
  values.map((value, at) => `${(at === 0 ? name : '').padEnd(12)}${value}\n`).join('');

export const renderStatus = (status: GetStatusResponse): string => {
  if (status.isSealed) return lines('sealed', ['yes']) + lines('because', [status.sealedBecause]);
  const { rewraps, unreadableOrganizationIds: unreadable, selfTestTime } = status;
  const underWay = rewraps.map(
    ({ organizationId, toVersion, left }) => `${organizationId} to version ${toVersion}, ${left} left`,
  );
  return (
    lines('sealed', ['no']) +
    lines('root key', [status.rootKeyId]) +
    lines('self-test', [selfTestTime?.toISOString() ?? 'has not run yet']) +
    lines('unreadable', unreadable.length === 0 ? ['none'] : unreadable) +
    lines('rotations', underWay.length === 0 ? ['none under way'] : underWay)
  );
};

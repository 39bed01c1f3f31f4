import { createWorkspace } from '../setup/create-organization.ts';
import type { Tenant, TestPlatform } from './platform.ts';

/** Another workspace of a tenant. @returns its id */
export const addWorkspace = async ({ deps }: TestPlatform, { organizationId }: Tenant): Promise<string> => {
  const id = deps.newId();
  await deps.db.transaction((tx) =>
    createWorkspace(tx, { id, organizationId, name: 'Another', isDefault: false }, deps),
  );
  return id;
};

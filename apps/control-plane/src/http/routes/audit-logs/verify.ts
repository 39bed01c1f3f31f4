import * as z from 'zod';
import { authorize } from '../../../access/authorize.ts';
import { verifyChain } from '../../../audit/verify.ts';
import { readQuery } from '../../input.ts';
import { read } from '../../route.ts';

/** So many rows in one call; `after_sequence` goes on from there. */
const ROWS_MAX = 20_000;

const query = z.object({
  after_sequence: z
    .string()
    .regex(/^\d{1,18}$/, 'must be a whole number')
    .transform(BigInt)
    .optional(),
});

/** Whether a row of the audit log was changed or taken out, by walking its chain of hashes. */
export const verifyAuditLogs = read({
  method: 'GET',
  path: '/audit-logs/verify',
  scopes: ['audit_logs.list'],
  async read(call, sql) {
    await authorize(sql, call, ['audit_logs.list'], { workspaceId: null, named: 'object' });
    const { after_sequence = 0n } = readQuery(call, query);
    const found = await verifyChain(sql, call.principal.organisationId, after_sequence, ROWS_MAX);
    return {
      object: 'audit-verification',
      intact: found.firstBroken === null,
      checked: found.checked,
      first_broken_sequence: found.firstBroken === null ? null : String(found.firstBroken),
      last_sequence: String(found.until),
      has_more: found.hasMore,
    };
  },
});

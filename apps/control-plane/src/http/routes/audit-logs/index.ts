import type { Route } from '../../route.ts';
import { getAuditLogs } from './list.ts';
import { verifyAuditLogs } from './verify.ts';

export const auditLogRoutes: readonly Route[] = [getAuditLogs, verifyAuditLogs];

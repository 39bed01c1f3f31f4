import type { Route } from '../route.ts';
import { apiKeyRoutes } from './api-keys/index.ts';
import { auditLogRoutes } from './audit-logs/index.ts';
import { collectionRoutes } from './collections/index.ts';
import { configRoutes } from './configs/index.ts';
import { feedbackRoutes } from './feedback/index.ts';
import { guardrailRoutes } from './guardrails/index.ts';
import { integrationRoutes } from './integrations/index.ts';
import { inviteRoutes } from './invites/index.ts';
import { labelRoutes } from './labels/index.ts';
import { logRoutes } from './logs/index.ts';
import { oidcRoutes } from './oidc/index.ts';
import { organisationRoutes } from './organisation/index.ts';
import { partialRoutes } from './partials/index.ts';
import { promptVersionRoutes } from './prompt-versions/index.ts';
import { promptRoutes } from './prompts/index.ts';
import { providerRoutes } from './providers/index.ts';
import { sessionRoutes } from './sessions/index.ts';
import { userRoutes } from './users/index.ts';
import { virtualKeyRoutes } from './virtual-keys/index.ts';
import { workspaceExclusionRoutes } from './workspace-exclusions/index.ts';
import { workspaceMemberRoutes } from './workspace-members/index.ts';
import { workspaceRoutes } from './workspaces/index.ts';

/** Every route of the management API, by resource. */
export const routes: readonly Route[] = [
  ...apiKeyRoutes,
  ...configRoutes,
  ...providerRoutes,
  ...integrationRoutes,
  ...virtualKeyRoutes,
  ...sessionRoutes,
  ...oidcRoutes,
  ...auditLogRoutes,
  ...organisationRoutes,
  ...workspaceExclusionRoutes,
  ...userRoutes,
  ...inviteRoutes,
  ...workspaceRoutes,
  ...workspaceMemberRoutes,
  ...collectionRoutes,
  ...guardrailRoutes,
  ...labelRoutes,
  ...partialRoutes,
  ...promptRoutes,
  ...promptVersionRoutes,
  ...feedbackRoutes,
  ...logRoutes,
];

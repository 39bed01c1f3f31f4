export {
  API_KEY_TYPES,
  type ApiKeyDefaults,
  type ApiKeyType,
  apiKeyTypeOf,
  type ConfigChoice,
  type ConfigWishes,
  chooseConfig,
} from './api-key-types.ts';
export {
  type Cell,
  mayGrant,
  ORGANISATION_MATRIX,
  ORGANISATION_ROLES,
  type OrganisationCapability,
  type OrganisationRole,
  WORKSPACE_MATRIX,
  WORKSPACE_ROLES,
  type WorkspaceCapability,
  type WorkspaceRole,
} from './capabilities.ts';
export { type Claims, readClaims, readTokenHeader, type TokenRefusal, type TokenRules } from './claims.ts';
export {
  type Circumstances,
  type Decision,
  hasOrganisationCapability,
  hasWorkspaceCapability,
  may,
  mayAny,
  type Principal,
  REFUSALS,
  type Refusal,
  type Resource,
  type Rows,
  type User,
} from './may.ts';
export { scopesForRoute } from './routes.ts';
export {
  isScope,
  mayHold,
  readScope,
  ruleOf,
  type Scope,
  type ScopeHolder,
  type ScopeProblem,
  type ScopeRule,
  scopeProblems,
  scopesFor,
} from './scopes.ts';
export {
  DEFAULT_SETTINGS,
  isOn,
  type SecuritySettings,
  type SettingsSection,
  SWITCHES,
  type SwitchName,
  settingsOfWorkspace,
  type WorkspaceSettings,
} from './settings.ts';
export { isChosenSlug, makeSlug, type RandomBytes, type SlugEntity } from './slugs.ts';

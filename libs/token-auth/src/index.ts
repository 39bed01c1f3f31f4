export { createKeySets, type KeySets, type KeySource } from './key-sets.ts';
export {
  hasKeys,
  isToken,
  type Refusal,
  type TokenOrganization,
  type TokenOrganizations,
  type TokenRules,
  type VerifiedToken,
  verifyToken,
} from './verify-token.ts';

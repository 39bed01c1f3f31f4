export {
  type ApiKeyDigest,
  type DigestMatch,
  digestApiKey,
  matchDigest,
  type Pepper,
  type Peppers,
  possibleDigests,
} from './digest.ts';
export { createApiKey, isApiKey, maskApiKey, publicPartOf } from './format.ts';
export {
  type KeySecret,
  liveSecrets,
  MIN_TRANSITION_MS,
  type Rotation,
  type RotationRefusal,
  type RotationRequest,
  rotate,
  type SecretState,
  secretState,
  WARNING_LEAD_MS,
  warnAtMs,
} from './rotation.ts';
export { nextRotationAtMs, type RotationPeriod, rotationPolicyProblem } from './rotation-policy.ts';

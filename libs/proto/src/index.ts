export { Any } from './gen/google/protobuf/any.ts';
export { Duration } from './gen/google/protobuf/duration.ts';
export { Status } from './gen/google/rpc/status.ts';
export {
  HealthCheckRequest,
  HealthCheckResponse,
  HealthCheckResponse_ServingStatus,
  HealthService,
} from './gen/grpc/health/v1/health.ts';
export {
  ApiKey,
  ApiKey_DefaultMetadataEntry,
  ApiKeySecret,
  ApiKeyStatus,
  ApiKeyType,
} from './gen/portolan/control_plane/v1/api_key.ts';
export { Config, ConfigStatus } from './gen/portolan/control_plane/v1/config.ts';
export {
  Entity,
  GatewayServiceService,
  GetRevisionRequest,
  GetRevisionResponse,
  WatchSnapshotRequest,
  WatchSnapshotResponse,
} from './gen/portolan/control_plane/v1/gateway_service.ts';
export {
  Prompt,
  PromptKind,
  PromptPartial,
  PromptPartialVersion,
  PromptStatus,
  PromptVersion,
} from './gen/portolan/control_plane/v1/prompt.ts';
export {
  Organization,
  RequestLogging,
  TenantStatus,
  Workspace,
  Workspace_DefaultMetadataEntry,
} from './gen/portolan/control_plane/v1/tenant.ts';
export { AllowedModel, VirtualKey, VirtualKeyStatus } from './gen/portolan/control_plane/v1/virtual_key.ts';
export { ErrorDetail } from './gen/portolan/rpc/v1/error.ts';
export {
  Call,
  Call_MetadataEntry,
  Cancel,
  ExchangeRequest,
  ExchangeResponse,
  MultiplexServiceService,
} from './gen/portolan/rpc/v1/multiplex_service.ts';
export {
  Credential,
  Credential_MaskedSecretsEntry,
  CredentialChange,
  CredentialStatus,
  ResolvedSecret,
} from './gen/portolan/vault/v1/credential.ts';
export {
  CreateCredentialRequest,
  CreateCredentialResponse,
  ExtraHosts,
  GetCredentialRequest,
  GetCredentialResponse,
  GetPeppersRequest,
  GetPeppersResponse,
  GetSealingKeysRequest,
  GetSealingKeysResponse,
  GetStatusRequest,
  GetStatusResponse,
  ListCredentialsRequest,
  ListCredentialsResponse,
  Pepper,
  ResolveCredentialRequest,
  ResolveCredentialResponse,
  RevokeCredentialRequest,
  RevokeCredentialResponse,
  RewrapProgress,
  RotateCredentialRequest,
  RotateCredentialResponse,
  RotatePepperRequest,
  RotatePepperResponse,
  RotateRootKeyRequest,
  RotateRootKeyResponse,
  RotateSealingKeyRequest,
  RotateSealingKeyResponse,
  RotateTenantKeyRequest,
  RotateTenantKeyResponse,
  SealingKey,
  UpdateCredentialRequest,
  UpdateCredentialResponse,
  VaultGatewayServiceService,
  VaultOperatorServiceService,
  VaultPepperServiceService,
  VaultSealingServiceService,
  VaultServiceService,
  WatchCredentialsRequest,
  WatchCredentialsResponse,
  WatchHeartbeat,
  WatchReset,
} from './gen/portolan/vault/v1/vault_service.ts';

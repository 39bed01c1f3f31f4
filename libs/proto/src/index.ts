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
  GatewayServiceService,
  GetConfigRequest,
  GetConfigResponse,
  VerifyApiKeyRequest,
  VerifyApiKeyResponse,
  WatchSnapshotRequest,
  WatchSnapshotResponse,
} from './gen/portolan/control_plane/v1/gateway_service.ts';
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
  CreateVirtualKeyRequest,
  CreateVirtualKeyResponse,
  GetVirtualKeyRequest,
  GetVirtualKeyResponse,
  ListVirtualKeysRequest,
  ListVirtualKeysResponse,
  ResolveVirtualKeyRequest,
  ResolveVirtualKeyResponse,
  RevokeVirtualKeyRequest,
  RevokeVirtualKeyResponse,
  RotateVirtualKeyRequest,
  RotateVirtualKeyResponse,
  UpdateVirtualKeyRequest,
  UpdateVirtualKeyResponse,
  VaultGatewayServiceService,
  VaultServiceService,
  WatchHeartbeat,
  WatchReset,
  WatchVirtualKeysRequest,
  WatchVirtualKeysResponse,
} from './gen/portolan/vault/v1/vault_service.ts';
export {
  ResolvedSecret,
  VirtualKey,
  VirtualKey_MaskedSecretsEntry,
  VirtualKeyChange,
  VirtualKeyStatus,
} from './gen/portolan/vault/v1/virtual_key.ts';

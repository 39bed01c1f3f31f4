export {
  type CallOptions,
  createRpcClient,
  type RpcClient,
  type RpcClientOptions,
  type UnaryCaller,
} from './client.ts';
export type { CallContext, Trace } from './context.ts';
export {
  createErrorCodec,
  type ErrorCodec,
  type ErrorModel,
  type PublicDetail,
  type PublicError,
  type RpcErrorName,
  RpcRefusal,
} from './errors.ts';
export type { AccessTable, IdentityBook } from './identity.ts';
export { type ServedMethod, serverStream, unary } from './method.ts';
export { createMultiplexer, MULTIPLEXER_DEFAULTS, type Multiplexer, type MultiplexerOptions } from './multiplex.ts';
export { createRpcServer, type RpcServer, type RpcServerOptions, SERVER_LIMITS, type ServerLimits } from './server.ts';
export { CertificateProblem, type Certificates, type CertificatesOptions, openCertificates } from './tls.ts';
export type { ClientTransport, ServerTransport } from './transport.ts';

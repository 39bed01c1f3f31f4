export { endpointOf, UnsupportedEndpoint, type UpstreamCall, upstreamCall } from './call.ts';
export { type ProviderRegistry, providerRegistry } from './registry.ts';
export * from './spec/errors.ts';
export * from './spec/json.ts';
export * from './spec/provider.ts';
export type { Usage } from './spec/usage.ts';
export { type EventReader, openReader } from './wire/reader.ts';
export { EventTooLarge, SseParser } from './wire/sse.ts';

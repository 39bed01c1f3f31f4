export { type AddressClass, cidrContains, classifyAddress } from './addresses.ts';
export { allowedHost } from './custom-host.ts';
export { createDispatcher, EgressDenied } from './dispatcher.ts';
export { createTrust, type Trust, unbracket } from './trust.ts';

export { type AddressClass, cidrContains, classifyAddress } from './addresses.ts';
export { allowedHost } from './custom-host.ts';
export { createTrust, type Trust, unbracket } from './trust.ts';

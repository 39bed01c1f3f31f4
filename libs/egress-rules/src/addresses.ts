import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Cloud metadata services: what answers there hands out credentials of the machine. Never reachable, whatever is trusted. */
const METADATA_RANGES = [
  '169.254.0.0/16',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
  'fd00:ec2::/96',
].map((cidr) => ipaddr.parseCIDR(cidr));

const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

const inRange = (address: Address, [network, bits]: [Address, number]): boolean =>
  address.kind() === network.kind() && address.match(network, bits);

/** An address as its innermost self: IPv4 inside IPv6 counts as the IPv4 it reaches. */
const parse = (text: string): Address => {
  const address = ipaddr.parse(text);
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
};

export type AddressClass = 'public' | 'private' | 'metadata';

/** Where an IP address leads. Anything that is not plainly public counts as private. */
export const classifyAddress = (text: string): AddressClass => {
  if (!ipaddr.isValid(text)) return 'private';
  const address = parse(text);
  if (METADATA_RANGES.some((range) => inRange(address, range))) return 'metadata';
  if (address.range() !== 'unicast') return 'private';
  // Of IPv6 only this part is routed in public; what lies outside, such as `::127.0.0.1`, leads elsewhere.
  return address instanceof ipaddr.IPv6 && !inRange(address, GLOBAL_IPV6) ? 'private' : 'public';
};

/** True when a CIDR range such as `10.2.0.0/16` contains the address. */
export const cidrContains = (cidr: string, text: string): boolean =>
  ipaddr.isValidCIDR(cidr) && ipaddr.isValid(text) && inRange(parse(text), ipaddr.parseCIDR(cidr));

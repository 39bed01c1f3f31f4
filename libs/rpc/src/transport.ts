import { ChannelCredentials, experimental, ServerCredentials } from '@grpc/grpc-js';
import { alternativeNames } from './identity.ts';
import type { Certificates } from './tls.ts';

/** The metadata name under which a caller on the same machine proves who it is. */
export const LOOPBACK_TOKEN = 'x-portolan-loopback-token';

const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[?::1\]?)$/;

/** Mutual TLS, or plaintext that never leaves the machine. */
export type ServerTransport =
  | { readonly kind: 'mutual-tls'; readonly certificates: Certificates }
  /** Identity to the token that proves it. */
  | { readonly kind: 'loopback-plaintext'; readonly tokens: Readonly<Record<string, string>> };

export type ClientTransport =
  | {
      readonly kind: 'mutual-tls';
      readonly certificates: Certificates;
      /** The alternative names, one of which the server's certificate must bear: `URI:spiffe://…` or `DNS:…`. */
      readonly serverNames: readonly string[];
    }
  | { readonly kind: 'loopback-plaintext'; readonly token: string };

const SCHEME = /^(dns:(\/\/[^/]*\/)?|ipv4:|ipv6:)/;

/** The host of a target such as `dns:///vault:7443` or `127.0.0.1:7443`. */
const hostOf = (target: string): string => target.replace(SCHEME, '').replace(/:\d+$/, '');

/** @throws Error for plaintext towards anything but this machine */
const assertLoopback = (address: string): void => {
  if (!LOOPBACK.test(hostOf(address))) throw new Error('Plaintext is for loopback addresses only.');
};

/** @throws Error for plaintext on an address that others can reach */
export const serverCredentials = (transport: ServerTransport, address: string): ServerCredentials => {
  if (transport.kind === 'mutual-tls') {
    const { provider } = transport.certificates;
    return experimental.createCertificateProviderServerCredentials(provider, provider, true);
  }
  assertLoopback(address);
  return ServerCredentials.createInsecure();
};

/** @throws Error for plaintext towards anything but this machine */
export const channelCredentials = (transport: ClientTransport, target: string): ChannelCredentials => {
  if (transport.kind === 'mutual-tls') {
    const { certificates, serverNames } = transport;
    return experimental.createCertificateProviderChannelCredentials(certificates.provider, certificates.provider, {
      checkServerIdentity: (_host, { subjectaltname }) =>
        alternativeNames(subjectaltname).some((name) => serverNames.includes(name))
          ? undefined
          : new Error('The server is not the service that was meant.'),
    });
  }
  assertLoopback(target);
  return ChannelCredentials.createInsecure();
};

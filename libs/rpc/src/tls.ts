import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { experimental } from '@grpc/grpc-js';

type Provider = experimental.CertificateProvider;
type CaListener = Parameters<Provider['addCaCertificateListener']>[0];
type IdentityListener = Parameters<Provider['addIdentityCertificateListener']>[0];

const FILES = { certificate: 'tls.crt', key: 'tls.key', authorities: 'ca.crt' } as const;

/** A mounted Kubernetes secret is a folder whose files are links through this one, which is exchanged in one step. */
const ATOMIC_LINK = '..data';

/** A certificate, its key, and the authorities that peers are checked against: three files of one moment. */
export interface CertificateSet {
  readonly certificate: Buffer;
  readonly privateKey: Buffer;
  readonly authorities: Buffer;
  /** When the certificate ends, Unix milliseconds. */
  readonly notAfterMs: number;
}

/** Files that cannot serve. The sentence names no content. */
export class CertificateProblem extends Error {
  override readonly name = 'CertificateProblem';
}

const resolveDirectory = (directory: string): Promise<string> =>
  realpath(join(directory, ATOMIC_LINK)).catch(() => realpath(directory));

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

const parse = <T>(words: string, make: () => T): T => {
  try {
    return make();
  } catch {
    throw new CertificateProblem(`${words} cannot be read.`);
  }
};

/**
 * Whether three files belong together and are valid now.
 * @throws CertificateProblem
 */
export const checkCertificates = (
  files: { readonly certificate: Buffer; readonly privateKey: Buffer; readonly authorities: Buffer },
  nowMs: number,
): CertificateSet => {
  const leaf = parse('The certificate', () => new X509Certificate(files.certificate));
  const key = parse('The private key', () => createPrivateKey(files.privateKey));
  if (!leaf.checkPrivateKey(key)) throw new CertificateProblem('The private key is not that of the certificate.');
  const notAfterMs = Date.parse(leaf.validTo);
  if (nowMs < Date.parse(leaf.validFrom)) throw new CertificateProblem('The certificate is not valid yet.');
  if (!(nowMs < notAfterMs)) throw new CertificateProblem('The certificate has ended.');
  const authorities = files.authorities.toString('latin1').match(PEM_CERTIFICATE) ?? [];
  if (authorities.length === 0) throw new CertificateProblem('There is no authority.');
  for (const authority of authorities) parse('An authority', () => new X509Certificate(authority));
  return { ...files, notAfterMs };
};

const readSet = async (directory: string, nowMs: number): Promise<CertificateSet> => {
  const resolved = await resolveDirectory(directory);
  const [certificate, privateKey, authorities] = await Promise.all(
    [FILES.certificate, FILES.key, FILES.authorities].map((file) => readFile(join(resolved, file))),
  );
  if (certificate === undefined || privateKey === undefined || authorities === undefined) {
    throw new CertificateProblem('A file is missing.');
  }
  return checkCertificates({ certificate, privateKey, authorities }, nowMs);
};

/** Certificates that follow their folder. */
export interface Certificates {
  /** For grpc-js. */
  readonly provider: Provider;
  /** When the certificate in use ends, Unix milliseconds: for a metric. */
  notAfterMs(): number;
  /** Looks at the folder now. `refused`: what lies there cannot serve, and the last good set stays. */
  reload(): Promise<'changed' | 'same' | 'refused'>;
  /** Stops looking. */
  close(): void;
}

export interface CertificatesOptions {
  /** Holds `tls.crt`, `tls.key` and `ca.crt`. */
  readonly directory: string;
  /** How long between two looks. */
  readonly reloadMs: number;
  /** Unix milliseconds. */
  readonly clock: { wallMs(): number };
  /** Hears why a set was refused. */
  readonly onRefused: (problem: unknown) => void;
}

const isSame = (a: CertificateSet, b: CertificateSet): boolean =>
  a.certificate.equals(b.certificate) && a.privateKey.equals(b.privateKey) && a.authorities.equals(b.authorities);

/**
 * Reads a folder's certificates, and reads them again as time passes. New connections use the newest good set.
 * @throws CertificateProblem, or the error of the file system, when there is no good set to begin with
 */
export const openCertificates = async (options: CertificatesOptions): Promise<Certificates> => {
  const { directory, reloadMs, clock, onRefused } = options;
  let held = await readSet(directory, clock.wallMs());
  const caListeners = new Set<CaListener>();
  const identityListeners = new Set<IdentityListener>();
  const tellCa = (listener: CaListener): void => listener({ caCertificate: held.authorities });
  const tellIdentity = (listener: IdentityListener): void =>
    listener({ certificate: held.certificate, privateKey: held.privateKey });

  const reload = async (): Promise<'changed' | 'same' | 'refused'> => {
    try {
      const found = await readSet(directory, clock.wallMs());
      if (isSame(held, found)) return 'same';
      held = found;
    } catch (problem) {
      onRefused(problem);
      return 'refused';
    }
    caListeners.forEach(tellCa);
    identityListeners.forEach(tellIdentity);
    return 'changed';
  };

  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const lookLater = (): void => {
    if (closed) return;
    timer = setTimeout(() => void reload().then(lookLater), reloadMs);
    timer.unref();
  };
  lookLater();

  return {
    // A server hears only what comes after it has begun to listen, hence the microtasks.
    provider: {
      addCaCertificateListener: (listener) => {
        caListeners.add(listener);
        queueMicrotask(() => tellCa(listener));
      },
      removeCaCertificateListener: (listener) => void caListeners.delete(listener),
      addIdentityCertificateListener: (listener) => {
        identityListeners.add(listener);
        queueMicrotask(() => tellIdentity(listener));
      },
      removeIdentityCertificateListener: (listener) => void identityListeners.delete(listener),
    },
    notAfterMs: () => held.notAfterMs,
    reload,
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
};

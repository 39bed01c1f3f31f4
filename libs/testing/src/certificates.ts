import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Certificates are made with the openssl command; without it, the tests that need them are skipped. */
export const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/**
 * An authority in a folder, and folders with `tls.crt`, `tls.key` and `ca.crt` for services.
 * @returns makes the folder of a service that bears this DNS name
 */
export const createAuthority = (root: string): ((name: string) => string) => {
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: root, stdio: 'pipe' });
  openssl('req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', '/CN=test');
  return (name) => {
    const folder = join(root, name);
    mkdirSync(folder);
    const [csr = '', key = '', crt = ''] = ['tls.csr', 'tls.key', 'tls.crt'].map((file) => join(folder, file));
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
    openssl('req', '-new', ...NEW_KEY, '-keyout', key, '-out', csr, ...subject);
    const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy'];
    openssl('x509', '-req', '-in', csr, ...signed, '-days', '2', '-out', crt);
    copyFileSync(join(root, 'ca.crt'), join(folder, 'ca.crt'));
    return folder;
  };
};

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

export const WITHOUT_OPENSSL = hasOpenssl ? '' : ' (SKIPPED: the openssl command is missing)';

export interface Authority {
  /** A folder with `tls.crt`, `tls.key` and `ca.crt` for a service with these alternative names. */
  issue(names: string, validity?: { readonly from: string; readonly to: string }): string;
  remove(): void;
}

const openssl = (cwd: string, args: readonly string[]): void => {
  execFileSync('openssl', args, { cwd, stdio: 'pipe' });
};

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const LONG = { from: '20200101000000Z', to: '20991231000000Z' };

/** A certificate authority in a folder of its own. */
export const createAuthority = (): Authority => {
  const root = mkdtempSync(join(tmpdir(), 'portolan-ca-'));
  const request = [
    'req',
    '-x509',
    ...NEW_KEY,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '1',
    '-subj',
    '/CN=test',
  ];
  openssl(root, request);
  writeFileSync(join(root, 'index.txt'), '');
  writeFileSync(
    join(root, 'ca.cnf'),
    [
      '[ca]',
      'default_ca = d',
      '[d]',
      'database = index.txt',
      'new_certs_dir = .',
      'certificate = ca.crt',
      'private_key = ca.key',
      'default_md = sha256',
      'policy = p',
      'rand_serial = yes',
      'unique_subject = no',
      'copy_extensions = copy',
      '[p]',
      'commonName = supplied',
      '',
    ].join('\n'),
  );
  let issued = 0;
  return {
    issue: (names, validity = LONG) => {
      issued += 1;
      const folder = join(root, `issued-${issued}`);
      mkdirSync(folder);
      const [csr, crt, key] = ['tls.csr', 'tls.crt', 'tls.key'].map((file) => join(folder, file));
      const subject = ['-subj', `/CN=service-${issued}`, '-addext', `subjectAltName=${names}`];
      openssl(root, ['req', '-new', ...NEW_KEY, '-keyout', `${key}`, '-out', `${csr}`, ...subject]);
      const dates = ['-startdate', validity.from, '-enddate', validity.to];
      openssl(root, ['ca', '-batch', '-notext', '-config', 'ca.cnf', '-in', `${csr}`, '-out', `${crt}`, ...dates]);
      copyFileSync(join(root, 'ca.crt'), join(folder, 'ca.crt'));
      return folder;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
};

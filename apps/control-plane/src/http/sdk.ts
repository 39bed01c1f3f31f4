import type { OpenCall } from './call.ts';

/** Whether the caller is the Python SDK, which reads some fields in another form than every other client. */
export const isPythonSdk = ({ headers }: Pick<OpenCall, 'headers'>): boolean =>
  (headers['x-portkey-package-version'] ?? '').startsWith('portkey-') && /py/i.test(headers['x-portkey-runtime'] ?? '');

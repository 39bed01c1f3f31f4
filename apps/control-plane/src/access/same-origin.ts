import { PlatformError } from '@portolan/service-kit';
import type { OpenCall } from '../http/call.ts';

const hostOf = (origin: string): string | undefined => {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
};

/**
 * Browsers say from which page a change comes; it must be one of ours. Programs send no origin and no cookies of others.
 * @throws PlatformError 403
 */
export const assertSameOrigin = ({ headers }: Pick<OpenCall, 'headers'>, publicUrl: string): void => {
  const { origin } = headers;
  if (origin === undefined || origin === new URL(publicUrl).origin) return;
  const host = hostOf(origin);
  if (host !== undefined && host === headers.host) return;
  throw new PlatformError('permission_denied', {
    public: 'This request comes from a page of another site.',
    param: 'origin',
  });
};

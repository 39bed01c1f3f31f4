import { PlatformError } from '@portolan/service-kit';
import { type Method, type WriteRoute, write } from '../../route.ts';

const unsupported = (method: Method, path: string): WriteRoute =>
  write({
    method,
    path,
    scopes: ['prompts.publish'],
    audit: { resource: 'prompts', action: 'manage' },
    write: async () => {
      throw new PlatformError('unsupported_endpoint', {
        public:
          'Prompts cannot be shared between workspaces. POST /prompts/{id}/fork makes a copy in another workspace.',
      });
    },
  });

/** Sharing is not offered, and says so. */
export const shareRoutes: readonly WriteRoute[] = [
  unsupported('POST', '/prompts/:prompt/share'),
  unsupported('PUT', '/prompts/:prompt/share'),
  unsupported('DELETE', '/prompts/:prompt/share'),
  unsupported('POST', '/prompts/:prompt/unshare'),
];

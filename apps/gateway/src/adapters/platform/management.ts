import { PlatformError } from '@portolan/service-kit';
import { Agent } from 'undici';
import type { Management } from '../../ports/management.ts';

export interface ControlPlaneHttp extends Management {
  close(): Promise<void>;
}

/** Set by the control plane on its answer to a change: the revision that has it. */
const REVISION = 'x-portolan-revision';

const CONNECT_MS = 2_000;
/** For the beginning of an answer, and for each silence inside it. */
const SILENCE_MS = 60_000;
const CONNECTIONS = 64;

/**
 * The control plane over HTTP.
 * @param url        its base, which the operator chose: it may well be on a private network
 * @param untilKnown waits until this gateway has a revision, not for long
 */
export const controlPlaneHttp = (url: string, untilKnown: (revision: number) => Promise<void>): ControlPlaneHttp => {
  const { origin, pathname } = new URL(url);
  const base = pathname.replace(/\/+$/, '');
  const agent = new Agent({
    connect: { timeout: CONNECT_MS },
    connections: CONNECTIONS,
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
  });
  return {
    async forward({ method, path, headers, body }, signal) {
      const answer = await agent
        .request({ origin, path: base + path, method, headers: { ...headers }, body: body ?? null, signal })
        .catch((cause: unknown) => {
          throw new PlatformError('control_plane_unavailable', {
            public: 'The control plane cannot be reached at the moment. Calls of models are not affected',
            cause,
          });
        });
      const { [REVISION]: revision, ...passed } = answer.headers;
      if (typeof revision === 'string' && /^\d{1,15}$/.test(revision)) await untilKnown(Number(revision));
      return { status: answer.statusCode, headers: present(passed), body: answer.body };
    },
    close: () => agent.destroy(),
  };
};

const present = (headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );

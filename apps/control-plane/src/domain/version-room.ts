import { PlatformError } from '@portolan/service-kit';

/** Gateways hold every active version of a prompt, and are sent all of them as one message. */
const VERSIONS_MAX = 1_000;
const BYTES_MAX = 8 * 1024 * 1024;

/** What the active versions take up, with the one that is to be added. */
export interface Room {
  readonly versions: number;
  readonly bytes: number;
}

/** @throws PlatformError  409 when gateways could not hold them any more */
export const checkRoom = ({ versions, bytes }: Room): void => {
  if (versions <= VERSIONS_MAX && bytes <= BYTES_MAX) return;
  throw new PlatformError('conflict', {
    public: `Its active versions may be ${VERSIONS_MAX} and have ${BYTES_MAX} bytes: older ones have to go first.`,
    param: 'string',
  });
};

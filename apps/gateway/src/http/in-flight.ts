import type { Server } from 'node:http';

/** How many requests are under way, from their headers to the last byte of the answer, and whether new ones may still come. */
export interface InFlight {
  readonly count: number;
  /** More are under way than shall be served at once. */
  readonly full: boolean;
  readonly draining: boolean;
  /** Counts what this server takes in. */
  watch(server: Server): void;
  /** From now on answers ask clients to reconnect elsewhere. */
  startDraining(): void;
}

export const createInFlight = (max: number): InFlight => {
  let count = 0;
  let draining = false;
  const leave = () => {
    count -= 1;
  };
  return {
    get count() {
      return count;
    },
    get full() {
      return count > max;
    },
    get draining() {
      return draining;
    },
    watch(server) {
      // First in line: whoever looks at the count must find this request in it.
      server.prependListener('request', (_request, response) => {
        count += 1;
        response.once('close', leave);
      });
    },
    startDraining() {
      draining = true;
    },
  };
};

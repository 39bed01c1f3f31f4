import { fileURLToPath } from 'node:url';
import { type Child, startNode } from '../process/child.ts';

export interface Upstream {
  readonly child: Child;
  /** With the version path, as a custom host is written in a config. */
  readonly baseUrl: string;
}

const READY_WITHIN_MS = 10_000;

export async function startUpstream(): Promise<Upstream> {
  const child = startNode([fileURLToPath(new URL('./upstream-process.mjs', import.meta.url))], {});
  const port = await child.message((message) => {
    if (typeof message !== 'object' || message === null || !('port' in message)) return undefined;
    return typeof message.port === 'number' ? message.port : undefined;
  }, READY_WITHIN_MS);
  return { child, baseUrl: `http://127.0.0.1:${port}/v1` };
}

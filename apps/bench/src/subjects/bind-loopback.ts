const LOOPBACK = '127.0.0.1';

/**
 * The arguments of `net.Server.listen` with loopback as their host, when they name a port and no host.
 * @source the overloads of Node's `server.listen`: (port, host?, backlog?, callback?) and (options, callback?)
 */
export function bindToLoopback(args: readonly unknown[]): unknown[] {
  const [first, second, ...rest] = args;
  if (typeof first === 'number')
    return typeof second === 'string' ? [...args] : [first, LOOPBACK, ...callbackOf(second), ...rest];
  if (typeof first !== 'object' || first === null || !('port' in first)) return [...args];
  const host = 'host' in first && typeof first.host === 'string' ? first.host : LOOPBACK;
  return [{ ...first, host }, second, ...rest];
}

const callbackOf = (value: unknown): unknown[] => (typeof value === 'function' ? [value] : []);

import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { until } from '@portolan/testing';

export const SERVICES = ['vault', 'control-plane', 'gateway'] as const;
export type ServiceName = (typeof SERVICES)[number];

const execute = promisify(execFile);
const BACK_WITHIN_MS = 60_000;

/** The services below a supervisor, by name. One that is just being started again is missing. */
export async function servicesOf(supervisor: number): Promise<Partial<Record<ServiceName, number>>> {
  const { stdout } = await execute('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args=']);
  const found: Partial<Record<ServiceName, number>> = {};
  for (const line of stdout.split('\n')) {
    const [pid, parent, ...args] = line.trim().split(/\s+/);
    const name = SERVICES.find((service) => args.some((arg) => arg.endsWith(`apps/${service}/dist/main.mjs`)));
    if (name !== undefined && Number(parent) === supervisor) found[name] = Number(pid);
  }
  return found;
}

/** SIGKILL. @returns once a new process stands in its place, whether or not it is ready */
export async function killService(supervisor: number, name: ServiceName): Promise<void> {
  const running = await until(async () => (await servicesOf(supervisor))[name], {
    timeoutMs: BACK_WITHIN_MS,
    what: `a process of ${name}`,
  });
  process.kill(running, 'SIGKILL');
  await until(
    async () => {
      const now = (await servicesOf(supervisor))[name];
      return now !== undefined && now !== running ? now : undefined;
    },
    { timeoutMs: BACK_WITHIN_MS, what: `another process of ${name}` },
  );
}

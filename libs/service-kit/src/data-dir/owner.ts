import { readFileSync } from 'node:fs';

/**
 * Names one process for as long as the machine is up: its id, and on Linux also the boot and the tick it started at,
 * so that a later process that was given the same id is not taken for it.
 */
export interface Owner {
  readonly pid: number;
  readonly boot?: string | undefined;
  readonly startedAtTick?: string | undefined;
}

const START_TICK_FIELD = 19; // of /proc/<pid>/stat, counted after the parenthesised name: field 22 in proc(5)

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** The process with this id as it is now; on other systems than Linux the id alone. */
export const ownerOf = (pid: number): Owner => {
  const stat = readText(`/proc/${pid}/stat`);
  return {
    pid,
    boot: readText('/proc/sys/kernel/random/boot_id')?.trim(),
    startedAtTick: stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TICK_FIELD],
  };
};

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user answers EPERM: it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** True while that very process runs. */
export const isAlive = (owner: Owner): boolean => {
  if (!exists(owner.pid)) return false;
  const now = ownerOf(owner.pid);
  if (owner.boot === undefined || now.boot === undefined) return owner.pid !== process.pid;
  return owner.boot === now.boot && owner.startedAtTick === now.startedAtTick;
};

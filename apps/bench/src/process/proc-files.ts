/** CPU time of one process: its own threads, and the children it has waited for. */
export interface CpuTicks {
  readonly own: number;
  readonly reaped: number;
}

/**
 * `/proc/<pid>/stat` -> CPU ticks.
 * @throws SyntaxError when the text is no stat line
 * @source proc_pid_stat(5): utime, stime, cutime, cstime are fields 14 to 17; the name in field 2 may hold spaces and brackets
 */
export function readCpuTicks(stat: string): CpuTicks {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system, reapedUser, reapedSystem] = fields.slice(11, 15).map(Number);
  if (user === undefined || system === undefined || reapedUser === undefined || reapedSystem === undefined) {
    throw new SyntaxError('not a stat line');
  }
  return { own: user + system, reaped: reapedUser + reapedSystem };
}

/**
 * `/proc/<pid>/status` -> the most memory the process ever held, in bytes.
 * @throws SyntaxError when the kernel names no high-water mark
 */
export function readPeakMemoryBytes(status: string): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new SyntaxError('no VmHWM line');
  return Number(kibibytes) * 1_024;
}

/** Ticks of all cores since boot. */
export interface MachineTicks {
  readonly busy: number;
  readonly total: number;
}

/**
 * The first line of `/proc/stat` -> busy and total ticks. Guest time is part of user time, so it is not added again.
 * @source proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal
 */
export function readMachineTicks(stat: string): MachineTicks {
  const counts = /^cpu +([\d ]+)$/m.exec(stat)?.[1]?.split(' ').slice(0, 8).map(Number);
  const [, , , idle, ioWait] = counts ?? [];
  if (counts === undefined || idle === undefined || ioWait === undefined) throw new SyntaxError('not a machine stat');
  const total = counts.reduce((sum, count) => sum + count, 0);
  return { total, busy: total - idle - ioWait };
}

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type MachineTicks, readCpuTicks, readMachineTicks, readPeakMemoryBytes } from './proc-files.ts';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).trim());

/** CPU seconds that a process has used so far. */
export const cpuSeconds = (pid: number): number =>
  readCpuTicks(readFileSync(`/proc/${pid}/stat`, 'utf8')).own / TICKS_PER_SECOND;

export const peakMemoryBytes = (pid: number): number =>
  readPeakMemoryBytes(readFileSync(`/proc/${pid}/status`, 'utf8'));

const machine = (): MachineTicks => readMachineTicks(readFileSync('/proc/stat', 'utf8'));

/** Ticks of processes that are still there, and of our finished children (the load tool), which the kernel adds to us. */
const oursTicks = (pids: readonly number[]): number => {
  const us = readCpuTicks(readFileSync('/proc/self/stat', 'utf8'));
  return pids.reduce(
    (sum, pid) => sum + readCpuTicks(readFileSync(`/proc/${pid}/stat`, 'utf8')).own,
    us.own + us.reaped,
  );
};

/** Starts watching the machine; the returned function tells which share of all cores strangers used since. */
export function watchForeignCpu(pids: readonly number[]): () => number {
  const before = machine();
  const oursBefore = oursTicks(pids);
  return () => {
    const after = machine();
    const foreign = after.busy - before.busy - (oursTicks(pids) - oursBefore);
    return Math.max(0, foreign) / Math.max(1, after.total - before.total);
  };
}

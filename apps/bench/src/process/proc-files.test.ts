import { describe, expect, it } from 'vitest';
import { readCpuTicks, readMachineTicks, readPeakMemoryBytes } from './proc-files.ts';

describe('/proc readers', () => {
  it('reads CPU ticks although the process name holds brackets and spaces', () => {
    const stat = '4242 (node (main) x) S 1 4242 4242 0 -1 4194560 900 0 0 0 150 50 7 3 20 0 11 0 123 456 789';
    expect(readCpuTicks(stat)).toEqual({ own: 200, reaped: 10 });
  });

  it('reads the peak, not the current size', () => {
    expect(readPeakMemoryBytes('Name:\tnode\nVmHWM:\t  120000 kB\nVmRSS:\t   90000 kB\n')).toBe(122_880_000);
  });

  it('counts waiting for disks as idle and guests only once', () => {
    const stat = 'cpu  100 5 50 1000 20 1 2 3 40 0\ncpu0 50 2 25 500 10 1 1 1 20 0\n';
    expect(readMachineTicks(stat)).toEqual({ total: 1181, busy: 161 });
  });

  it.each([readCpuTicks, readPeakMemoryBytes, readMachineTicks])('%s refuses a foreign text', (read) => {
    expect(() => read('nonsense')).toThrow(SyntaxError);
  });
});

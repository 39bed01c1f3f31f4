import type { LoadResult } from './plan.ts';

const UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000 };

/**
 * The report that `wrk --latency` prints -> numbers.
 * @throws SyntaxError when a line we need is missing: the run did not happen, and silence would read as zero
 */
export function readWrkOutput(text: string): LoadResult {
  return {
    requests: Number(find(text, /^\s*(\d+) requests in /m)),
    failures: failures(text),
    requestsPerSecond: Number(find(text, /^Requests\/sec:\s*([\d.]+)/m)),
    p50Ms: durationMs(find(text, /^\s*50(?:\.0+)?%\s+(\S+)/m)),
    p99Ms: durationMs(find(text, /^\s*99(?:\.0+)?%\s+(\S+)/m)),
  };
}

function failures(text: string): number {
  const socket = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? [];
  const status = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? '0';
  return [...socket, status].reduce((sum, count) => sum + Number(count), 0);
}

function durationMs(text: string): number {
  const [, value, unit] = /^([\d.]+)(us|ms|s|m)$/.exec(text) ?? [];
  const factor = UNIT_MS[unit ?? ''];
  if (factor === undefined) throw new SyntaxError(`not a duration of wrk: ${text}`);
  return Number(value) * factor;
}

function find(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new SyntaxError(`wrk printed no line like ${pattern}:\n${text}`);
  return found;
}

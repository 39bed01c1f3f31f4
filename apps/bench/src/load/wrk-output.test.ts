import { describe, expect, it } from 'vitest';
import { readWrkOutput } from './wrk-output.ts';

const report = (tail = '') => `Running 4s test @ http://127.0.0.1:40000/v1/chat/completions
  1 threads and 10 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   268.05us  150.10us   9.12ms   97.05%
    Req/Sec    39.52k     1.20k   41.00k    75.00%
  Latency Distribution
     50%  233.00us
     75%  290.00us
     90%  380.00us
     99%    1.02ms
  157234 requests in 4.00s, 220.11MB read
${tail}Requests/sec:  39308.50
Transfer/sec:     55.03MB
`;

describe('readWrkOutput', () => {
  it('reads counts, rate and percentiles in milliseconds', () => {
    expect(readWrkOutput(report())).toEqual({
      requests: 157_234,
      failures: 0,
      requestsPerSecond: 39_308.5,
      p50Ms: 0.233,
      p99Ms: 1.02,
    });
  });

  it('counts every kind of failure', () => {
    const text = report('  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 50\n');
    expect(readWrkOutput(text).failures).toBe(60);
  });

  it.each([
    ['1.50s', 1_500],
    ['2.00m', 120_000],
  ])('understands a percentile of %s', (printed, ms) => {
    expect(readWrkOutput(report().replace('1.02ms', printed)).p99Ms).toBe(ms);
  });

  it('refuses a report without a latency distribution', () => {
    expect(() => readWrkOutput('Requests/sec: 10\n 3 requests in 1.00s')).toThrow(SyntaxError);
  });
});

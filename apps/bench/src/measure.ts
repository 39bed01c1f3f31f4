import { measureStreams } from './load/first-token.ts';
import type { LoadPlan, LoadResult, LoadTool } from './load/plan.ts';
import type { Options } from './options.ts';
import { QUIET_SHARE, waitForQuiet } from './process/quiet.ts';
import { cpuSeconds, peakMemoryBytes, watchForeignCpu } from './process/usage.ts';
import type { Kind, ProcessSample, Samples, StreamSample, WindowSample } from './samples.ts';
import { median } from './statistics.ts';
import type { Running, Subject } from './subjects/subject.ts';
import type { Upstream } from './upstream/start.ts';

const LOAD_CONCURRENCIES = [10, 64] as const;
const STREAM_CONCURRENCIES = [1, 10] as const;
const KINDS: readonly Kind[] = ['plain', 'streamed'];
/** A window that strangers disturbed is taken again, so often at most. */
const WINDOW_ATTEMPTS = 3;

interface Bench {
  readonly options: Options;
  readonly tool: LoadTool;
  readonly upstream: Upstream;
  readonly progress: (line: string) => void;
}

/** Runs all rounds: every subject is started anew, then each kind of load visits the subjects in turn. */
export async function measure(bench: Bench, subjects: readonly Subject[]): Promise<Samples> {
  const windows: WindowSample[] = [];
  const streams: StreamSample[] = [];
  const processes: ProcessSample[] = [];
  for (let round = 1; round <= bench.options.rounds; round++) {
    const order = rotate(subjects, round - 1);
    const running: Running[] = [];
    try {
      for (const subject of order) {
        await waitForQuiet([bench.upstream.child.pid], bench.options.quietWaitMs);
        running.push(await subject.start(bench.upstream.baseUrl));
      }
      windows.push(...(await loadRound(bench, round, running)));
      streams.push(...(await streamRound(bench, round, running)));
      processes.push(...running.flatMap((subject) => processSample(round, subject)));
    } finally {
      await Promise.all(running.map((subject) => subject.stop()));
    }
  }
  return { windows, streams, processes };
}

/** Nobody is always first: the first window of a group pays for what the others find warm. */
const rotate = <T>(items: readonly T[], by: number): T[] => {
  const from = by % items.length;
  return [...items.slice(from), ...items.slice(0, from)];
};

async function loadRound(bench: Bench, round: number, running: readonly Running[]): Promise<WindowSample[]> {
  const samples: WindowSample[] = [];
  for (const kind of KINDS) {
    for (const concurrency of LOAD_CONCURRENCIES) {
      bench.progress(`round ${round} of ${bench.options.rounds}: ${kind}, ${concurrency} at once`);
      for (const subject of running) samples.push(await calmWindow(bench, round, subject, kind, concurrency, running));
    }
  }
  return samples;
}

async function calmWindow(
  bench: Bench,
  round: number,
  subject: Running,
  kind: Kind,
  concurrency: number,
  running: readonly Running[],
): Promise<WindowSample> {
  const pids = [bench.upstream.child.pid, ...running.flatMap((other) => other.process?.child.pid ?? [])];
  const plan = { shot: subject[kind], concurrency, seconds: bench.options.windowSeconds };
  await bench.tool.run({ ...plan, seconds: bench.options.warmUpSeconds });
  const taken: WindowSample[] = [];
  for (let attempt = 1; attempt <= WINDOW_ATTEMPTS; attempt++) {
    await waitForQuiet(pids, bench.options.quietWaitMs);
    const sample = {
      round,
      subject: subject.id,
      kind,
      concurrency,
      ...(await oneWindow(bench.tool, plan, subject, pids)),
    };
    taken.push(sample);
    if (sample.foreignCpuShare <= QUIET_SHARE) break;
  }
  return taken.reduce((best, next) => (next.foreignCpuShare < best.foreignCpuShare ? next : best));
}

async function oneWindow(
  tool: LoadTool,
  plan: LoadPlan,
  subject: Running,
  pids: readonly number[],
): Promise<LoadResult & Pick<WindowSample, 'cpuUsPerRequest' | 'foreignCpuShare'>> {
  const pid = subject.process?.child.pid;
  const cpuBefore = pid === undefined ? 0 : cpuSeconds(pid);
  const foreignCpuShare = watchForeignCpu(pids);
  const result = await tool.run(plan);
  const foreign = foreignCpuShare();
  if (pid === undefined) return { ...result, foreignCpuShare: foreign };
  const cpuUsPerRequest = ((cpuSeconds(pid) - cpuBefore) * 1e6) / Math.max(1, result.requests);
  return { ...result, foreignCpuShare: foreign, cpuUsPerRequest };
}

async function streamRound(bench: Bench, round: number, running: readonly Running[]): Promise<StreamSample[]> {
  const samples: StreamSample[] = [];
  for (const concurrency of STREAM_CONCURRENCIES) {
    bench.progress(`round ${round} of ${bench.options.rounds}: time to first token, ${concurrency} at once`);
    for (const subject of running) {
      await waitForQuiet([bench.upstream.child.pid], bench.options.quietWaitMs);
      await measureStreams(subject.streamed, concurrency, Math.ceil(bench.options.streamRequests / 4));
      const times = await measureStreams(subject.streamed, concurrency, bench.options.streamRequests);
      samples.push({
        round,
        subject: subject.id,
        concurrency,
        firstTokenMs: median(times.map((time) => time.firstTokenMs)),
        lastTokenMs: median(times.map((time) => time.lastTokenMs)),
      });
    }
  }
  return samples;
}

function processSample(round: number, { id, process }: Running): ProcessSample[] {
  if (process === undefined) return [];
  const { child, coldStartMs } = process;
  return [{ round, subject: id, coldStartMs, peakMemoryBytes: peakMemoryBytes(child.pid) }];
}

import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { pickLoadTool } from './load/pick.ts';
import type { LoadTool } from './load/plan.ts';
import { measure } from './measure.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { report } from './report/report.ts';
import type { Samples } from './samples.ts';
import { direct } from './subjects/direct.ts';
import { gatewaySubjects } from './subjects/gateway.ts';
import { installPeer, peerSubject } from './subjects/peer.ts';
import type { Subject } from './subjects/subject.ts';
import { type Summary, summarise } from './summary.ts';
import { startUpstream } from './upstream/start.ts';

/** This file runs bundled, as apps/bench/dist/main.mjs. */
const workspace = fileURLToPath(new URL('../../..', import.meta.url));
const print = (text: string): boolean => process.stdout.write(`${text}\n`);

async function run(options: Options): Promise<void> {
  const tool = await pickLoadTool(options.load);
  const subjects = await chooseSubjects(options);
  const environment = describeMachine(tool, options);
  print(`\n${environment.text}\n`);
  const upstream = await startUpstream();
  try {
    const progress = (line: string): void => void process.stderr.write(`  ${line}\n`);
    const samples = await measure({ options, tool, upstream, progress }, subjects);
    const summary = summarise(samples);
    print(`\n${report(summary, Object.fromEntries(subjects.map(({ id, title }) => [id, title])))}\n`);
    print(`Every sample: ${await save({ environment, options, summary, samples })}`);
  } finally {
    await upstream.child.stop();
  }
}

async function chooseSubjects(options: Options): Promise<readonly Subject[]> {
  const ours = [direct, ...gatewaySubjects(join(workspace, 'apps', 'gateway', 'dist', 'main.mjs'))];
  if (!options.peer) return ours;
  print('Installing the peer into a temporary folder …');
  return [...ours, peerSubject(await installPeer())];
}

function describeMachine(tool: LoadTool, options: Options) {
  const cores = cpus();
  const machine = `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const rounds = options.rounds === 1 ? '1 round' : `${options.rounds} rounds, median (min … max)`;
  const text = `Node ${process.version} · ${machine} · ${tool.name} · windows of ${options.windowSeconds} s · ${rounds}`;
  return { text, node: process.version, machine, loadTool: tool.name, at: new Date().toISOString() };
}

interface Result {
  readonly environment: { readonly at: string };
  readonly options: Options;
  readonly summary: Summary;
  readonly samples: Samples;
}

async function save(result: Result): Promise<string> {
  const folder = join(workspace, 'bench-results');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${result.environment.at.replaceAll(':', '-')}.json`);
  await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
  return relative(process.cwd(), file);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') print(USAGE);
  else await run(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadTool, Shot } from './plan.ts';
import { readWrkOutput } from './wrk-output.ts';

const execute = promisify(execFile);
const GRACE_MS = 30_000;

/** wrk when it is on PATH. One thread is enough: it sends far more than a gateway process answers. */
export async function findWrk(): Promise<LoadTool | undefined> {
  const version = await wrkVersion();
  if (version === undefined) return undefined;
  return {
    name: `wrk ${version}`,
    async run({ shot, concurrency, seconds }) {
      const folder = await mkdtemp(join(tmpdir(), 'portolan-wrk-'));
      try {
        const script = join(folder, 'shot.lua');
        await writeFile(script, luaScript(shot));
        const args = [
          '-t1',
          `-c${concurrency}`,
          `-d${seconds}s`,
          '--timeout',
          '10s',
          '--latency',
          '-s',
          script,
          shot.url,
        ];
        const { stdout } = await execute('wrk', args, { timeout: seconds * 1_000 + GRACE_MS });
        return readWrkOutput(stdout);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** wrk takes method, headers and body from a Lua script only. */
export function luaScript({ headers, body }: Shot): string {
  const lines = Object.entries(headers).map(([name, value]) => `wrk.headers[${luaString(name)}] = ${luaString(value)}`);
  return ['wrk.method = "POST"', `wrk.body = ${luaString(body)}`, ...lines, ''].join('\n');
}

/** Every byte that is not plain becomes a decimal escape, so no text can end the literal. */
function luaString(text: string): string {
  const bytes = [...Buffer.from(text)];
  const quoted = bytes.map((byte) => {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    return plain ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`;
  });
  return `"${quoted.join('')}"`;
}

/** `wrk --version` prints its version, then its usage, and exits with 1. */
async function wrkVersion(): Promise<string | undefined> {
  try {
    return versionIn((await execute('wrk', ['--version'], { timeout: 5_000 })).stdout);
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? versionIn(String(error.stdout)) : undefined;
  }
}

const versionIn = (text: string): string | undefined => /^wrk (?:\S*\/)?([\d.]+)/m.exec(text)?.[1];

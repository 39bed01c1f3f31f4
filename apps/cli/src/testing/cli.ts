import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io } from '../io.ts';
import { run } from '../run.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command line in a world of its own: a folder, an environment, and what is typed. */
export const createTestCli = (env: Readonly<Record<string, string>>) => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-cli-'));
  const call = async (
    args: readonly string[],
    {
      stdin = '',
      more = {},
      ...changes
    }: Partial<Io> & { readonly stdin?: string; readonly more?: Readonly<Record<string, string>> } = {},
  ): Promise<Outcome> => {
    let out = '';
    let err = '';
    const code = await run(args, {
      env: { XDG_CONFIG_HOME: folder, ...env, ...more },
      stdinIsTerminal: false,
      readStdin: async () => stdin,
      askHidden: async () => stdin,
      ask: async () => stdin,
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      fetch,
      pause: async () => {},
      nowMs: () => Date.parse('2026-01-08T00:00:00Z'),
      version: 'test',
      ...changes,
    });
    return { code, out, err };
  };
  return {
    env,
    folder,
    call,
    file: (name: string, text: string) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

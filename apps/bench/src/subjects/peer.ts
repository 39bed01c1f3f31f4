import { execFile } from 'node:child_process';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { coldStart } from '../process/cold-start.ts';
import { freePort } from '../process/free-port.ts';
import { question } from '../upstream/answer.ts';
import { CHAT_PATH, type Subject } from './subject.ts';

export const PEER_PACKAGE = '@portkey-ai/gateway';
export const PEER_VERSION = '1.15.2';
/** A fresh install of the peer answers every stream with 500: its range lets in versions of this package that break it. */
const PEER_OVERRIDES = { '@hono/node-server': '1.13.8' };
const INSTALL_WITHIN_MS = 180_000;

/**
 * Installs the public peer into a folder outside this repository, once per machine.
 * @returns its start script
 */
export async function installPeer(): Promise<string> {
  const folder = join(tmpdir(), `portolan-bench-peer-${PEER_VERSION}`);
  const entry = join(folder, 'node_modules', PEER_PACKAGE, 'build', 'start-server.js');
  const installed = join(folder, 'installed');
  if (await exists(installed)) return entry;
  await mkdir(folder, { recursive: true });
  const manifest = { private: true, dependencies: { [PEER_PACKAGE]: PEER_VERSION }, overrides: PEER_OVERRIDES };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: folder,
    timeout: INSTALL_WITHIN_MS,
  });
  await access(entry);
  await writeFile(installed, '');
  return entry;
}

/** The peer with the same headers as our bare gateway, bound to loopback although it would listen everywhere. */
export const peerSubject = (entry: string): Subject => ({
  id: 'peer',
  title: `peer ${PEER_VERSION}`,
  async start(upstreamBaseUrl) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/v1${CHAT_PATH}`;
    const headers = {
      'content-type': 'application/json',
      authorization: 'Bearer sk-bench',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': upstreamBaseUrl,
    };
    const plain = { url, headers, body: question(false) };
    const preload = fileURLToPath(new URL('./bind-loopback-preload.mjs', import.meta.url));
    const started = await coldStart(['--import', preload, entry, `--port=${port}`, '--headless'], {}, plain);
    return {
      id: 'peer',
      plain,
      streamed: { url, headers, body: question(true) },
      process: started,
      stop: () => started.child.stop(),
    };
  },
});

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

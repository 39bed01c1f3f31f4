import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@portolan/service-kit';
import { contentsOf, entityFrames, type SnapshotContents, secretFrames } from './contents.ts';
import { beginSealing, type Frame, type Sealing, unseal } from './sealed-format.ts';

/** The snapshot on disk, by which a gateway starts when nobody can be asked. */
export interface SealedFile {
  /** What was kept; undefined when there is nothing, or nothing that may be believed. Never rejects. */
  read(): Promise<SnapshotContents | undefined>;
  /** Something has changed: written down a little later, however often this is called. */
  changed(): void;
  /** Writes down what is not yet written. */
  close(): Promise<void>;
}

const FILE = 'snapshot.sealed';
const MAX_BYTES = 512 * 1024 * 1024;
/** A change waits this long for others. */
const DEBOUNCE_MS = 1_000;
const BUFFER_BYTES = 256 * 1024;

/**
 * @param key      32 bytes
 * @param collect  everything as it is now
 */
export const sealedFile = (
  folder: string,
  key: Uint8Array,
  collect: () => SnapshotContents,
  log: Logger,
): SealedFile => {
  const path = join(folder, FILE);
  const temporary = `${path}.${process.pid}`;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeSealed(temporary, key, collect());
      await rename(temporary, path);
    } catch (error) {
      log.error({ err: error }, 'the snapshot could not be written');
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(write);
    return writing;
  };

  return {
    read: () => readSealed(path, key, log),
    changed() {
      timer ??= setTimeout(() => void flush(), DEBOUNCE_MS).unref();
    },
    async close() {
      if (timer !== undefined) await flush();
      await writing;
    },
  };
};

const writeSealed = async (path: string, key: Uint8Array, contents: SnapshotContents): Promise<void> => {
  const sealing = beginSealing(key);
  // Before the first wait: after it, a secret may be gone.
  const begin = Buffer.concat([
    sealing.head,
    ...secretFrames(contents).map((frame) => sealedAndErased(sealing, frame)),
  ]);
  const file = await open(path, 'w', 0o600);
  try {
    let pieces: Buffer[] = [begin];
    let bytes = begin.length;
    let total = 0;
    const put = async () => {
      total += bytes;
      if (total > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`);
      await file.write(Buffer.concat(pieces));
      pieces = [];
      bytes = 0;
    };
    for (const frame of entityFrames(contents)) {
      const sealed = sealing.frame(frame);
      pieces.push(sealed);
      bytes += sealed.length;
      if (bytes > BUFFER_BYTES) await put();
    }
    pieces.push(sealing.end());
    await put();
    await file.sync();
  } finally {
    await file.close();
  }
};

const sealedAndErased = (sealing: Sealing, frame: Frame): Buffer => {
  const sealed = sealing.frame(frame);
  frame.bytes.fill(0);
  return sealed;
};

const readSealed = async (path: string, key: Uint8Array, log: Logger): Promise<SnapshotContents | undefined> => {
  try {
    if ((await stat(path)).size > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`);
    const { frames, plain } = unseal(await readFile(path), key);
    try {
      return contentsOf(frames);
    } finally {
      plain.fill(0);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    log.error({ err: error }, 'the snapshot on disk is not used: it was changed, or sealed with another key');
    return undefined;
  }
};

/** The key of a file with 32 bytes in base64. @throws without a word of what stands in it */
export const readSnapshotKey = async (path: string): Promise<Buffer> => {
  const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64');
  if (key.length !== 32) throw new Error('GATEWAY_SNAPSHOT_KEY_FILE does not hold 32 bytes in base64');
  return key;
};

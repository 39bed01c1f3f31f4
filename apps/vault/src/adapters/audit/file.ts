import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AuditSink } from '../../ports/audit-sink.ts';

interface OpenFile {
  readonly handle: FileHandle;
  readonly inode: number;
}

const openForAppend = async (path: string): Promise<OpenFile> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const handle = await open(path, 'a', 0o600);
  const { ino: inode } = await handle.stat();
  // Without it a crash may lose the new file's name, and with it everything in it.
  const directory = await open(dirname(path), 'r');
  await directory.sync().finally(() => directory.close());
  return { handle, inode };
};

/**
 * The audit as JSON lines, on the disk when `write` resolves. A file that was moved away, as log rotation does, is begun anew.
 * After a write that failed the next one begins on a new line, so that at most one line is cut.
 */
export const fileAuditSink = (path: string): AuditSink => {
  let file: OpenFile | undefined;
  let mayBeCut = true;

  const current = async (): Promise<OpenFile> => {
    const inode = await stat(path).then(
      ({ ino }) => ino,
      () => undefined,
    );
    if (file !== undefined && file.inode === inode) return file;
    await file?.handle.close();
    file = undefined;
    file = await openForAppend(path);
    return file;
  };

  /** A line that a crash or a full disk cut short must not swallow the next one. */
  const separator = async (handle: FileHandle): Promise<string> => {
    if (!mayBeCut) return '';
    const { size } = await handle.stat();
    return size > 0 ? '\n' : '';
  };

  return {
    name: 'file',
    write: async (lines) => {
      const { handle } = await current();
      const text = `${await separator(handle)}${lines.map((line) => `${line}\n`).join('')}`;
      mayBeCut = true;
      await handle.appendFile(text);
      await handle.datasync();
      mayBeCut = false;
    },
    close: async () => {
      await file?.handle.close();
      file = undefined;
    },
  };
};

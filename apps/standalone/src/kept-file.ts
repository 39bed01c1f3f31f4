import { randomUUID } from 'node:crypto';
import { chmod, link, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

const OWNER_ONLY = 0o600;

const contentOf = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
};

/** A file beside another one, whole and on the disk, to take its place. */
const writeDraft = async (file: string, content: string): Promise<string> => {
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', OWNER_ONLY);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return draft;
};

/** Whole and on the disk, or not there at all; what is there already stays. */
const createWhole = async (file: string, content: string): Promise<void> => {
  const draft = await writeDraft(file, content);
  try {
    await link(draft, file);
  } finally {
    await unlink(draft);
  }
  await syncFolder(dirname(file));
};

/**
 * The content of a file that is made once and kept from then on, readable by its owner only. A crash while it is made leaves none.
 * Call it with the data directory locked.
 */
export const keepFile = async (file: string, make: () => string): Promise<string> => {
  const kept = await contentOf(file);
  if (kept !== undefined) {
    await chmod(file, OWNER_ONLY);
    return kept;
  }
  const content = make();
  await createWhole(file, content);
  return content;
};

/** Writes a file that every start makes anew, readable by its owner only. A crash leaves the one before. */
export const replaceFile = async (file: string, content: string): Promise<void> => {
  await rename(await writeDraft(file, content), file);
  await syncFolder(dirname(file));
};

import { type FileHandle, open } from 'node:fs/promises';
import { localWrappingKey } from '../../crypto/wrap.ts';
import { InvalidRootKey, type RootKey, type WrappingKey } from '../../ports/root-key.ts';
import { rootKeyFromText, rootKeyOf } from './key-material.ts';

const SIZE_MAX_BYTES = 16_384;

/** Group may read, because a mounted secret belongs to the pod's group; nobody else may do anything. */
const FORBIDDEN_MODE = 0o037;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readKey = (value: unknown, where: string): WrappingKey => {
  if (!isRecord(value) || typeof value.id !== 'string' || typeof value.key !== 'string') {
    throw new InvalidRootKey(`${where}: must be an object with "id" and "key".`);
  }
  return localWrappingKey(value.id, rootKeyFromText(value.key, where));
};

/** The parser's own message would quote the file. */
const parse = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidRootKey(`${path}: is not JSON.`);
  }
};

/** Checked on the open file, so that it cannot be exchanged between the check and the read. */
const readChecked = async (file: FileHandle, path: string): Promise<Buffer> => {
  const { mode, size, uid } = await file.stat();
  const isFile = (mode & 0o170000) === 0o100000;
  if (!isFile || size > SIZE_MAX_BYTES)
    throw new InvalidRootKey(`${path}: is not a file of at most ${SIZE_MAX_BYTES} bytes.`);
  if ((mode & FORBIDDEN_MODE) !== 0) {
    const octal = (mode & 0o777).toString(8).padStart(4, '0');
    throw new InvalidRootKey(
      `${path}: has mode ${octal}; nobody but its owner and group may read it (mode 0400 or 0440).`,
    );
  }
  if (uid !== 0 && uid !== process.getuid?.()) {
    throw new InvalidRootKey(`${path}: belongs to another user (${uid}).`);
  }
  return file.readFile();
};

const openFile = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw new InvalidRootKey(`${path}: cannot be read.`, { cause });
  }
};

/**
 * The root key from a file: `{"current": {"id": "2026-11", "key": "<base64 of 32 bytes>"}, "previous": {…}}`, where `previous`
 * is there during a rotation only.
 * @throws InvalidRootKey when the file is missing, too open, or holds no strong key
 */
export const fileRootKey = async (path: string): Promise<RootKey> => {
  const file = await openFile(path);
  const bytes = await readChecked(file, path).finally(() => file.close());
  const text = bytes.toString('utf8');
  bytes.fill(0);
  const document = parse(text, path);
  if (!isRecord(document))
    throw new InvalidRootKey(`${path}: must be an object with "current" and, if there is one, "previous".`);
  const current = readKey(document.current, `${path}, current`);
  const previous = document.previous == null ? undefined : readKey(document.previous, `${path}, previous`);
  return rootKeyOf(current, previous, path);
};

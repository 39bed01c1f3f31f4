import { readFileSync } from 'node:fs';
import { Refused } from '../failure.ts';
import type { Io } from '../io.ts';

export const SECRET_MAX_BYTES = 262_144;

const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '');

/** @throws Refused */
export const readSecretFile = (path: string): string => {
  try {
    const text = withoutLineEnd(readFileSync(path, 'utf8'));
    if (text !== '' && text.length <= SECRET_MAX_BYTES) return text;
  } catch {
    // Said below, like an empty file.
  }
  throw new Refused(`The file ${path} cannot be read, is empty, or is too large.`);
};

/**
 * A secret from a file, from stdin, or asked for at the terminal without echo; never from an argument, which every user of a machine
 * can see.
 * @throws Refused  when none is given
 */
export const readSecretInput = async (io: Io, file: string | undefined, question: string): Promise<string> => {
  if (file !== undefined) return readSecretFile(file);
  const text = io.stdinIsTerminal ? await io.askHidden(question) : await io.readStdin(SECRET_MAX_BYTES);
  const secret = withoutLineEnd(text).trim();
  if (secret === '') throw new Refused('No secret was given: neither in a file, nor on stdin, nor at the terminal.');
  return secret;
};

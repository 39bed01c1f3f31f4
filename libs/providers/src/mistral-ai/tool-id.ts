import { createHash } from 'node:crypto';

const ID_CHARS = 9;

/**
 * An id that Mistral accepts: exactly nine letters and digits. One that came from another provider is replaced, the
 * same way each time, so that calls and results still find each other.
 * @source Mistral API: "Tool call id must be a-z, A-Z, 0-9, with a length of 9"
 */
export const mistralToolId = (id: string): string =>
  /^[a-zA-Z0-9]{9}$/.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, ID_CHARS);

import type { OpenCall } from '../http/call.ts';

const BEARER = /^Bearer +(\S+)$/i;

/** The key or token of a request, wherever clients put it. */
export const credentialOf = ({ headers }: Pick<OpenCall, 'headers'>): string | undefined =>
  headers['x-portkey-api-key'] || BEARER.exec(headers.authorization ?? '')?.[1];

import type { Config, Json } from './json.ts';
import { at } from './json.ts';

/** Who manages, and where. */
export interface Door {
  readonly apiUrl: string;
  readonly apiKey: string;
}

export interface Managed {
  readonly status: number;
  readonly body: Json;
}

const ANSWER_WITHIN_MS = 30_000;

/** One call of the management API without any SDK. */
export async function manage({ apiUrl, apiKey }: Door, method: string, path: string, body?: object): Promise<Managed> {
  const answer = await fetch(`${apiUrl}${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'x-portkey-api-key': apiKey },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  return { status: answer.status, body: (await answer.json()) as Json };
}

async function made(door: Door, path: string, body: object): Promise<string> {
  const answer = await manage(door, 'POST', path, body);
  const slug = at(answer.body, 'slug');
  if (answer.status !== 200 || typeof slug !== 'string')
    throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return slug;
}

/** Saves a config. @returns its slug */
export const saveConfig = (door: Door, name: string, config: Config): Promise<string> =>
  made(door, '/configs', { name, config });

/** Keeps a credential under this slug; the fields are those of its provider. */
export const keepVirtualKey = (door: Door, slug: string, fields: object): Promise<string> =>
  made(door, '/virtual-keys', { name: slug, slug, ...fields });

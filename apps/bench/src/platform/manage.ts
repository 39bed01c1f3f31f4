import type { Services } from './services.ts';

/** One management call. @throws Error for anything but a 200 */
export const manage = async (
  { managementUrl, workspaceKey }: Services,
  method: string,
  path: string,
  body?: unknown,
): Promise<Readonly<Record<string, unknown>>> => {
  const answer = await fetch(`${managementUrl}${path}`, {
    method,
    headers: { 'x-portkey-api-key': workspaceKey, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(30_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
};

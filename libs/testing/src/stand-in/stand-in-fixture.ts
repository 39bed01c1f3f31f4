import { afterAll, beforeAll } from 'vitest';
import { type StandIn, type StandInName, startStandIn } from './stand-in.ts';

/** One stand-in for the tests of a file, and a way to call it with the right headers. */
export const standInFixture = (name: StandInName, headers: Readonly<Record<string, string>>) => {
  let standIn: StandIn | undefined;
  beforeAll(async () => {
    standIn = await startStandIn(name);
  });
  afterAll(() => standIn?.close());
  const running = (): StandIn => {
    if (standIn === undefined) throw new Error('the stand-in is not running');
    return standIn;
  };
  return {
    running,
    post: async (path: string, body: object, own: Readonly<Record<string, string>> = headers) => {
      const response = await fetch(`${running().url}${path}`, {
        method: 'POST',
        headers: own,
        body: JSON.stringify(body),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text };
    },
  };
};

/** The events of a stream whose data is JSON, or the end mark. */
export const eventsOf = (text: string): readonly WireEvent[] =>
  text.split('\n\n').flatMap((block) => {
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (data === undefined) return [];
    const event = /^event: (.*)$/m.exec(block)?.[1];
    return [{ ...(event === undefined ? {} : { event }), data: data === '[DONE]' ? data : JSON.parse(data) }];
  });

export interface WireEvent {
  readonly event?: string;
  readonly data: unknown;
}

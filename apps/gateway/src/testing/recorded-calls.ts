import type { LogRecord } from '../log-record.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { type GatewayUnderTest, type PostOptions, startGateway } from './start-gateway.ts';

/** An answer and the records that its call left. */
export interface RecordedCall {
  readonly text: string;
  readonly rows: readonly LogRecord[];
}

export interface RecordedWorld {
  readonly fleet: Fleet;
  readonly gateway: GatewayUnderTest;
  /** One call, under a trace of its own. @param rows  as many records are waited for */
  ask(options: PostOptions, body?: object, path?: string, rows?: number): Promise<RecordedCall>;
  close(): Promise<void>;
}

/** A gateway with the virtual keys `one` and `two` (OpenAI) and `anth`, and the saved config `pc-saved`. */
export const startRecordedWorld = async (): Promise<RecordedWorld> => {
  const fleet = await startFleet({ one: 'openai', two: 'openai', anth: 'anthropic' });
  const gateway = await startGateway({
    virtualKeys: fleet.virtualKeys,
    configs: { 'pc-saved': { virtual_key: 'one' } },
  });
  let traces = 0;
  return {
    fleet,
    gateway,
    async ask(options, body = chatBody(), path = '/chat/completions', rows = 1) {
      traces += 1;
      const trace = `records-${traces}`;
      const response = await gateway.post(path, body, {
        ...options,
        headers: { 'x-portkey-trace-id': trace, ...options.headers },
      });
      const text = await response.text();
      return { text, rows: await gateway.logRecords(rows, ({ traceId }) => traceId === trace) };
    },
    async close() {
      await gateway.close();
      await fleet.close();
    },
  };
};

export const chatBody = (rest: object = {}) => ({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'Hello' }],
  ...rest,
});

/** @throws when a call did not leave exactly one record */
export const onlyRecord = ({ rows }: RecordedCall): LogRecord => {
  const [row, ...more] = rows;
  if (row === undefined || more.length > 0) throw new Error(`the call left ${rows.length} records`);
  return row;
};

import { createLogger, systemClock } from '@portolan/service-kit';
import { expect, it, vi } from 'vitest';
import { routedCall, routeOf } from '../testing/routes.ts';
import { plainReply } from './plain-reply.ts';
import { record } from './record.ts';

const trial = {
  id: 't',
  path: 'config',
  provider: 'openai',
  virtualKey: undefined,
  model: 'm',
  stream: false,
  status: 200,
  attempts: [],
  retryCount: 0,
  notices: [],
  sentBody: undefined,
  errorBody: undefined,
};

it('a record that cannot be made is reported, and the call does not notice', async () => {
  const log = createLogger('test', 'silent');
  const reported = vi.spyOn(log, 'error');
  const broken = {
    publish: () => {
      throw new Error('no room');
    },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const step = record(broken, systemClock, log)(() => Promise.resolve(plainReply(200, {}, 0, [trial])));
  const reply = await step(routedCall(routeOf({ provider: 'openai', api_key: 'k' })));
  expect(reply.status).toBe(200);
  await vi.waitFor(() => expect(reported).toHaveBeenCalledOnce());
});

import { question } from '../upstream/answer.ts';
import { CHAT_PATH, type Subject } from './subject.ts';

/** No gateway at all: what everything else is compared with. */
export const direct: Subject = {
  id: 'direct',
  title: 'direct call',
  start: async (upstreamBaseUrl) => {
    const url = `${upstreamBaseUrl}${CHAT_PATH}`;
    const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-bench' };
    return {
      id: 'direct',
      plain: { url, headers, body: question(false) },
      streamed: { url, headers, body: question(true) },
      stop: async () => {},
    };
  },
};

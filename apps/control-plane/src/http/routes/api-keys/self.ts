import { authenticate } from '../../../access/authenticate.ts';
import { notFound } from '../../../access/authorize.ts';
import { findApiKey } from '../../../store/api-key-reads.ts';
import { open } from '../../route.ts';
import { apiKeyView } from './view.ts';

/** Which key a request is made with. Whoever holds a key may know that, whatever else it may do. */
export const getOwnApiKey = open({
  method: 'GET',
  path: '/api-keys/self',
  aliases: ['/api-keys/self/details'],
  async answer(call, deps) {
    const { actor, principal } = await authenticate(call, deps);
    const key = actor.type === 'api_key' ? await findApiKey(deps.db, principal.organisationId, actor.id) : undefined;
    if (key === undefined) throw notFound('API key: this request was made without one');
    return { status: 200, body: apiKeyView(key, call.nowMs) };
  },
});

import { notFound } from '../../../access/authorize.ts';
import { describeIntegration } from '../../../store/integration-lists.ts';
import { read } from '../../route.ts';
import { integrationOfPath, integrationScopes } from './find.ts';
import { integrationView } from './view.ts';

export const getIntegration = read({
  method: 'GET',
  path: '/integrations/:slug',
  scopes: integrationScopes('read'),
  async read(call, sql) {
    const { id } = await integrationOfPath(sql, call, 'read');
    const described = await describeIntegration(sql, id);
    if (described === undefined) throw notFound('integration');
    return integrationView(described);
  },
});

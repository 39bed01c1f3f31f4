import { expect, test } from 'vitest';
import { scopesForRoute } from './routes.ts';

test.each([
  ['POST', '/v1/chat/completions', ['completions.write']],
  ['POST', '/v1/prompts/pp-x@2/completions', ['completions.write']],
  ['POST', '/v1/v1/prompts/pp-x/generate', ['completions.write']],
  ['POST', '/v1/prompts/pp-x/render', ['prompts.render']],
  ['POST', '/v1/prompts/pp-x/render/', ['prompts.render']],
  ['GET', '/v1/models', ['completions.write', 'virtual_keys.list']],
  ['DELETE', '/v1/models/ft-x', ['completions.write']],
  ['POST', '/v1/logs', ['logs.write', 'completions.write']],
  ['POST', '/v1/otel/v1/traces', ['logs.write', 'completions.write']],
  ['GET', '/v1/logs/abc', ['logs.read', 'logs.view', 'completions.write', 'logs.write']],
  ['GET', '/v1/logs/exports', ['logs.export']],
  ['POST', '/v1/logs/exports/1/start', ['logs.export']],
  ['PUT', '/v1/feedback/abc', ['logs.write', 'feedbacks.write', 'completions.write']],
  ['GET', '/v1/analytics/graphs/cost', ['analytics.view']],
  ['POST', '/mcp/server', ['mcp.invoke']],
  ['POST', '/v1/anything/else', ['completions.write']],
  ['POST', '/v1/logsomething', ['completions.write']],
  ['GET', '/', ['completions.write']],
])('%s %s needs one of %j', (method, path, scopes) => {
  expect(scopesForRoute(method, path)).toEqual(scopes);
});

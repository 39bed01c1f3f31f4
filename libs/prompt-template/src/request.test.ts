import { expect, test } from 'vitest';
import { failureBody, PromptError } from './errors.ts';
import { buildRequest, type PromptVersion, renderAnswer } from './request.ts';

const none = new Map<string, string>();
const version: PromptVersion = {
  promptId: 'id-1',
  versionId: 'v-1',
  slug: 'pp-x',
  template: '[{"role":"user","content":"Hi {{name}}"}]',
  kind: 'chat',
  parameters: { temperature: 0.2, max_tokens: 10, stream: true },
  model: 'gpt-x',
};
const messages = [{ role: 'user', content: 'Hi Ada' }];
const variables = { name: 'Ada' };

test('saved parameters, the saved model and the rendered messages make the request', () => {
  expect(buildRequest(version, { variables }, none)).toEqual({
    kind: 'chat',
    body: { temperature: 0.2, max_tokens: 10, model: 'gpt-x', messages },
    tags: { prompt_id: 'id-1', prompt_version_id: 'v-1', prompt_slug: 'pp-x' },
  });
});

test('the caller wins over what was saved', () => {
  const { body } = buildRequest(version, { variables, temperature: 1, model: 'other', user: 'u', top_p: null }, none);
  expect(body).toEqual({ temperature: 1, max_tokens: 10, model: 'other', user: 'u', top_p: null, messages });
});

test('only the caller decides to stream', () => {
  expect(buildRequest(version, { variables }, none).body).not.toHaveProperty('stream');
  expect(buildRequest(version, { variables, stream: true }, none).body).toMatchObject({ stream: true });
  expect(buildRequest(version, { variables, stream: false }, none).body).toMatchObject({ stream: false });
});

test('saved tools, functions and tool choice go along unless the caller brings others', () => {
  const saved = { ...version, tools: [{ n: 1 }], functions: [{ n: 2 }], toolChoice: 'auto' };
  expect(buildRequest(saved, { variables }, none).body).toMatchObject({
    tools: [{ n: 1 }],
    functions: [{ n: 2 }],
    tool_choice: 'auto',
  });
  expect(buildRequest(saved, { variables, tools: [], tool_choice: 'none' }, none).body).toMatchObject({
    tools: [],
    functions: [{ n: 2 }],
    tool_choice: 'none',
  });
});

test('an Azure alias is the model whatever else is', () => {
  const { body } = buildRequest({ ...version, azureAlias: 'my-deployment' }, { variables, model: 'other' }, none);
  expect(body).toMatchObject({ model: 'my-deployment' });
});

test('messages are the template’s, even when the caller sends some', () => {
  expect(buildRequest(version, { variables, messages: [] }, none).body).toMatchObject({ messages });
});

test('a text model gets a prompt', () => {
  const { body, kind } = buildRequest({ ...version, kind: 'text', template: 'Hi {{name}}' }, { variables }, none);
  expect(kind).toBe('text');
  expect(body).toEqual({ temperature: 0.2, max_tokens: 10, model: 'gpt-x', prompt: 'Hi Ada' });
});

test.each([{}, { variables: {} }, { variables: null }])('a call with %j renders with nothing filled in', (call) => {
  expect(buildRequest(version, call, none).body).toMatchObject({ messages: [{ role: 'user', content: 'Hi ' }] });
});

test.each([[[]], ['x'], [7], [true]])('variables %j are refused', (given) => {
  expect(() => buildRequest(version, { variables: given }, none)).toThrow(new PromptError('variables'));
});

test('a partial that changes changes the output, a pinned one does not', () => {
  const withPartials = { ...version, template: '[{"role":"user","content":"{{>p}} {{>p@2}}"}]' };
  const contentWith = (published: string) =>
    buildRequest(
      withPartials,
      {},
      new Map([
        ['p', published],
        ['p@2', 'second'],
      ]),
    ).body;
  expect(contentWith('old')).toMatchObject({ messages: [{ content: 'old second' }] });
  expect(contentWith('new')).toMatchObject({ messages: [{ content: 'new second' }] });
});

test('every missing partial is named, also inside of a section that is not shown', () => {
  const template = '[{{#no}}{{>a}}{{/no}}"{{>b}}{{>>c}}"]';
  expect(() => buildRequest({ ...version, template }, { variables: { c: 'd' } }, new Map([['b', '']]))).toThrow(
    'Missing prompt partials: a, d',
  );
});

test('the answer to a render call is exactly what would be sent', () => {
  const request = buildRequest(version, { variables, seed: 1 }, none);
  expect(renderAnswer(request)).toEqual({ success: true, data: request.body });
});

test('what is saved and what is called stay as they were', () => {
  const call = Object.freeze({ variables: Object.freeze({ ...variables }), temperature: 1 });
  const frozen = Object.freeze({ ...version, parameters: Object.freeze({ ...version.parameters }) });
  expect(buildRequest(frozen, call, none)).toEqual(buildRequest(version, { ...call }, none));
});

test.each([
  [new PromptError('prompt_not_found'), 404, 'Invalid prompt id'],
  [new PromptError('missing_variable_partials', 'a', 'b'), 400, 'Missing variable partials: a, b'],
  [new PromptError('missing_partials', 'a', 'b'), 400, 'Missing prompt partials: a, b'],
  [new PromptError('template', 'x'), 400, 'Error in parsing prompt template: x'],
  [new PromptError('prompt_ids_not_valid', 'a', 'b'), 400, 'Following prompt_id are not valid: a, b'],
  [new PromptError('prompt_id_outside_prompts'), 400, 'You cannot pass config with prompt id in /v1/prompts route'],
])('the clients’ words: %s', (error, status, message) => {
  expect(error.status).toBe(status);
  expect(failureBody(error)).toEqual({ status: 'failure', message });
});

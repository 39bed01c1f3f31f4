import { expect, test } from 'vitest';
import { banner, snippets } from './banner.ts';

const facts = {
  apiUrl: 'http://127.0.0.1:8787/v1',
  apiKey: 'pk-example',
  adminKeyFile: '/data/admin-key',
  model: 'rehearsal',
};

test('every snippet carries address, key and a provider that needs no account', () => {
  for (const [client, code] of Object.entries(snippets(facts))) {
    for (const part of [facts.apiUrl, facts.apiKey, facts.model]) expect(code, client).toContain(part);
  }
});

test('snippets stand at the start of the line, so that copying them is enough', () => {
  const printed = banner(facts);
  for (const code of Object.values(snippets(facts))) expect(printed).toContain(`\n\n${code}\n`);
});

test('it says where the administrator key lies, and not what it is', () => {
  expect(banner(facts)).toMatch(/Admin key +in \/data\/admin-key$/m);
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../../apps/cli/src/commands/index.ts';
import { GUARDRAIL_CHECKS } from '../../apps/control-plane/src/domain/guardrail-checks.ts';
import { snippets } from '../../apps/standalone/src/banner.ts';
import { providerSettings } from '../../libs/config-schema/src/provider-settings.ts';
import { configNode } from '../../libs/config-schema/src/target.ts';
import { inWorkspace } from '../launch/workspace.mjs';
import { fencedBlocks } from './read-markdown.mjs';

const read = (path) => readFileSync(inWorkspace(path), 'utf8');

/** Everything that a page sets in code, outside of its blocks. */
const codeWords = (page) =>
  new Set(
    [
      ...read(page)
        .replaceAll(/^```[\s\S]*?^```$/gm, '')
        .matchAll(/`([^`\n]+)`/g),
    ].map(([, text]) => text),
  );

/** Names in the first column of the tables of one section. */
const rowNames = (page, section) => {
  const [text = ''] = read(page).split(`\n## ${section}\n`)[1]?.split('\n## ') ?? [];
  const cells = [...text.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
};

test('every field of a log record has a row, and no row is of a field that is gone', () => {
  const [, body] = /interface LogRecord \{\n([\s\S]*?)\n\}/.exec(read('apps/gateway/src/log-record.ts')) ?? [];
  const fields = [...(body ?? '').matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name);
  expect(fields.length).toBeGreaterThan(30);
  expect(rowNames('docs/logs.md', 'Fields').toSorted()).toEqual(fields.toSorted());
});

test('every field of a config is on the page of configs', () => {
  const words = codeWords('docs/configs.md');
  const fields = Object.keys(configNode.shape).filter((name) => !Object.hasOwn(providerSettings, name));
  expect(fields.length).toBeGreaterThan(20);
  expect(fields.filter((name) => !words.has(name))).toEqual([]);
});

test('every check of guardrails has a row, and no row is of a check that is gone', () => {
  const rows = rowNames('docs/guardrails.md', 'Checks').filter((name) => !name.endsWith('…'));
  expect(rows.toSorted()).toEqual(Object.keys(GUARDRAIL_CHECKS).toSorted());
});

test('every header that the gateway reads or writes is on the page of calls', () => {
  const sources = readdirSync(inWorkspace('apps/gateway/src'), { recursive: true }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('testing'),
  );
  const headers = new Set(
    sources.flatMap((name) => read(join('apps/gateway/src', name)).match(/(?<=')x-portkey-[a-z-]*[a-z](?=')/g) ?? []),
  );
  expect(headers.size).toBeGreaterThan(20);
  const page = read('docs/calls.md');
  expect([...headers].filter((name) => !page.includes(name))).toEqual([]);
});

test('the README shows the first calls that npm start prints', () => {
  const shown = fencedBlocks(read('README.md')).map(({ text }) => text.trim());
  const printed = snippets({ apiUrl: 'http://127.0.0.1:8787/v1', apiKey: 'YOUR_API_KEY', model: 'rehearsal' });
  for (const [client, code] of Object.entries(printed)) expect(shown, client).toContain(code);
});

test('the page of the command line names every command', () => {
  const named = [...read('docs/cli.md').matchAll(/`([a-z-]+) ([a-z|\\-]+)/g)].flatMap(([, group, words]) =>
    words.split('\\|').map((word) => `${group} ${word}`),
  );
  const single = [...read('docs/cli.md').matchAll(/`([a-z]+)`/g)].map(([, word]) => word);
  for (const { words } of commands) expect(words.length === 1 ? single : named).toContain(words.join(' '));
});

import { InvalidEnvironment } from '@portolan/service-kit';
import { expect, test } from 'vitest';
import { OPTIONS, renderHelp } from './help.mjs';
import { asksForHelp, readOptions, UnknownArgument } from './options.ts';

test('without flags and variables the documented values hold', () => {
  const documented = Object.fromEntries(OPTIONS.map(({ variable, whenAbsent }) => [variable, whenAbsent]));
  const options = readOptions([], {});
  expect(options.apiKey).toBeUndefined();
  expect(String(options.port)).toBe(documented.PORTOLAN_PORT);
  expect(options.host).toBe(documented.PORTOLAN_HOST);
  expect(options.dataDir).toBe(documented.PORTOLAN_DATA_DIR);
});

test('a flag wins over its variable, in both spellings', () => {
  const env = { PORTOLAN_PORT: '1111', PORTOLAN_HOST: '::1' };
  expect(readOptions(['--port', '2222', '--host=0.0.0.0'], env)).toMatchObject({ port: 2222, host: '0.0.0.0' });
  expect(readOptions([], env)).toMatchObject({ port: 1111, host: '::1' });
});

test.each([
  [['--prot', '1'], 'Unknown option --prot'],
  [['serve'], 'Unknown option serve'],
  [['--port'], '--port needs a value'],
  [['--data-dir='], '--data-dir needs a value'],
  [['--api-key', 'x'], 'Unknown option --api-key'],
])('%j is refused with a sentence that says why', (args, sentence) => {
  expect(() => readOptions(args, {})).toThrow(UnknownArgument);
  expect(() => readOptions(args, {})).toThrow(sentence);
});

test('values out of range are refused by variable name and without the value', () => {
  const read = () => readOptions(['--port', '70000'], { PORTOLAN_API_KEY: 'too short' });
  expect(read).toThrow(InvalidEnvironment);
  expect(read).toThrow(/PORTOLAN_PORT[\s\S]*PORTOLAN_API_KEY/);
  expect(read).not.toThrow('too short');
});

test('the help text names every flag and every variable', () => {
  const text = renderHelp();
  for (const { flag, variable } of OPTIONS) for (const name of [flag, variable]) if (name) expect(text).toContain(name);
  expect(asksForHelp(['--port', '1', '--help'])).toBe(true);
  expect(asksForHelp([])).toBe(false);
});

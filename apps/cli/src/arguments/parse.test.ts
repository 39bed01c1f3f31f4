import { describe, expect, test } from 'vitest';
import { commands } from '../commands/index.ts';
import type { Command } from './command.ts';
import { commandHelp, groupHelp, usageOf } from './help.ts';
import { findCommand, readGiven, unknownCommand } from './parse.ts';

const given = (...args: string[]) => {
  const found = findCommand(commands, args);
  if (found === undefined) throw new Error(unknownCommand(commands, args));
  return readGiven(found.command, found.rest);
};

describe('arguments', () => {
  test('the longest name of a command wins, and an alias is another name', () => {
    expect(findCommand(commands, ['configs', 'history', 'pc-a'])?.command.words).toEqual(['configs', 'history']);
    expect(findCommand(commands, ['history', 'pc-a'])?.command.words).toEqual(['configs', 'history']);
    expect(findCommand(commands, ['configs', 'apply', '-f', 'x'])?.command.words).toEqual(['configs', 'apply']);
  });

  test('flags stand anywhere after the command, in every form', () => {
    const read = given('keys', 'create', '--type=workspace-user', 'name', '--scope', 'a', '--scope', 'b', '--json');
    expect([read.operand('name'), read.text('type'), read.all('scope'), read.has('json')]).toEqual([
      'name',
      'workspace-user',
      ['a', 'b'],
      true,
    ]);
    expect(given('diff', '-f', 'a', '-f', 'b').all('file')).toEqual(['a', 'b']);
  });

  test.each([
    [['configs', 'lst'], 'did you mean "list"'],
    [['confgs', 'list'], 'did you mean "configs"'],
    [['configs'], 'needs a second word'],
    [['configs', 'list', '--jsn'], 'did you mean --json'],
    [['configs', 'get'], 'needs SLUG'],
    [['configs', 'get', 'a', 'b'], '"b" is one argument too many'],
    [['configs', 'rollback', 'a', '--to'], '--to needs a value'],
    [['configs', 'rollback', 'a', '--to', '1', '--to', '2'], 'more than once'],
    [['configs', 'list', '--json=yes'], 'takes no value'],
  ])('%j is refused, and says how it may have been meant', (args, sentence) => {
    expect(() => given(...args)).toThrow(sentence);
  });

  test('a command that needs a flag names it', () => {
    expect(() => given('configs', 'rollback', 'a').required('to')).toThrow('needs --to');
  });
});

describe('help', () => {
  test('comes from the one table of commands: each is in it, with each of its flags', () => {
    const all = groupHelp(commands, undefined);
    for (const command of commands) {
      expect(all).toContain(usageOf(command).replace('portolan ', ''));
      for (const { name } of command.flags ?? []) expect(commandHelp(command)).toContain(`--${name}`);
    }
  });

  test('no two commands are called alike, and no flag hides one that is understood everywhere', () => {
    const names = commands.flatMap(({ words, aliases = [] }: Command) =>
      [words, ...aliases].map((each) => each.join(' ')),
    );
    expect(new Set(names).size).toBe(names.length);
    for (const { flags = [] } of commands) {
      for (const { name } of flags)
        expect(['url', 'profile', 'workspace', 'timeout', 'json', 'help']).not.toContain(name);
    }
  });
});

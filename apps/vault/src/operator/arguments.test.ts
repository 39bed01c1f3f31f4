import { expect, test } from 'vitest';
import { readArguments } from './arguments.ts';
import { OPERATOR_COMMANDS } from './commands.ts';
import { Refused } from './failure.ts';
import { allHelp, commandHelp } from './help.ts';

const read = (...args: string[]) => readArguments(OPERATOR_COMMANDS, args);

test('flags stand anywhere, operands in their order', () => {
  expect(read('--json', 'rotate-tenant-key', 'org-1')).toMatchObject({
    command: { name: 'rotate-tenant-key' },
    operands: ['org-1'],
    isJson: true,
    asksForHelp: false,
  });
});

test.each([[[]], [['help']], [['--help']], [['-h']], [['--json']]])('%j asks for the help of all commands', (args) => {
  expect(read(...args)).toMatchObject({ command: undefined, asksForHelp: true });
});

test('help of a command needs none of its operands', () => {
  expect(read('rotate-tenant-key', '--help')).toMatchObject({
    command: { name: 'rotate-tenant-key' },
    asksForHelp: true,
  });
});

test.each([
  [['rotate-peper'], 'did you mean "rotate-pepper"?'],
  [['rotate_root_key'], 'did you mean "rotate-root-key"?'],
  [['unseal'], 'There is no command "unseal"; see operator --help.'],
  [['status', '--jsn'], 'did you mean "--json"?'],
  [['status', '--json=yes'], '--json takes no value.'],
  [['status', '--verbose'], 'There is no flag --verbose; see operator --help.'],
  [['rotate-tenant-key'], 'rotate-tenant-key needs ORGANISATION'],
  [['rotate-tenant-key', 'a', 'b'], '"b" is one argument too many'],
  [['rotate-pepper', 'now'], '"now" is one argument too many'],
])('%j is refused, and says how it may have been meant', (args, sentence) => {
  expect(() => read(...args)).toThrow(Refused);
  expect(() => read(...args)).toThrow(sentence);
});

test('help comes from the one table of commands', () => {
  const all = allHelp(OPERATOR_COMMANDS, [['VAULT_OPERATOR_TARGET', 'Where.']]);
  for (const command of OPERATOR_COMMANDS) {
    expect(all).toContain(`  ${command.name}`);
    expect(commandHelp(command)).toContain(`Usage: operator ${command.name}`);
  }
  expect(all).toContain('VAULT_OPERATOR_TARGET');
});

test('the help of rotate-pepper warns of the second rotation', () => {
  const [pepper] = OPERATOR_COMMANDS.filter(({ name }) => name === 'rotate-pepper');
  expect(pepper?.text).toContain('Not again before all older API keys are rotated');
  expect(pepper?.notes).toContain(
    'after a second one, those that are still under the pepper before the first are refused',
  );
});

import type { Flag } from './command.ts';

export const DEFAULT_TIMEOUT_S = 30;

/** What every command understands. */
export const GLOBAL_FLAGS: readonly Flag[] = [
  { name: 'url', value: 'URL', text: 'Address of the platform; before PORTOLAN_URL and the profile.' },
  { name: 'profile', value: 'NAME', text: 'Which login to use; before PORTOLAN_PROFILE, else "default".' },
  {
    name: 'workspace',
    value: 'ID|SLUG',
    letter: 'w',
    text: 'The workspace, for keys that belong to none; before PORTOLAN_WORKSPACE.',
  },
  { name: 'timeout', value: 'SECONDS', text: `How long one call may take (${DEFAULT_TIMEOUT_S}).` },
  { name: 'json', text: 'Prints JSON for programs, errors too.' },
  { name: 'help', letter: 'h', text: 'Shows help.' },
];

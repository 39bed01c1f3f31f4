import { Secret } from '@portolan/service-kit';
import type { Command } from '../arguments/command.ts';
import { ApiFailure, Refused } from '../failure.ts';
import { baseOf, createClient } from '../http/client.ts';
import { readSecretInput } from '../input/secret.ts';
import { type JsonObject, textOf } from '../json.ts';
import { say } from '../output/show.ts';
import { credentialsPath, readProfiles, writeProfiles } from '../session/credentials-file.ts';
import { DEFAULT_PROFILE } from '../session/target.ts';
import { timeoutMs } from '../timeout.ts';

const LOCAL_URL = 'http://127.0.0.1:8787';
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Where a key would travel in the clear over a network. */
const isOpen = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !LOOPBACK.test(hostname);
};

/** A key in words; a token is not known as a key. */
export const selfSentence = (self: JsonObject | undefined): string => {
  if (self === undefined) return 'a token, which is no API key';
  const workspace = textOf(self, 'workspace_id');
  return `the key "${textOf(self, 'name')}" (${textOf(self, 'type')})${workspace === '' ? '' : ` of workspace ${workspace}`}`;
};

export const login: Command = {
  words: ['login'],
  text: 'Checks an API key and keeps it for later commands.',
  notes:
    'Without --key and --key-file the key is read from stdin, or asked for at a terminal without showing it. It is kept in portolan/credentials.json in $XDG_CONFIG_HOME (~/.config), readable by you only.',
  flags: [
    {
      name: 'key',
      value: 'KEY',
      text: 'The key as an argument: other users of this machine can see it while the command runs.',
    },
    { name: 'key-file', value: 'PATH', text: 'File with the key, such as .portolan/api-key.' },
  ],
  async run({ io }, given) {
    const url = baseOf(given.text('url') ?? (io.env.PORTOLAN_URL || LOCAL_URL));
    if (isOpen(url)) io.err(`note: ${url} is not encrypted: everybody on the way can read the key.\n`);
    const key = new Secret(
      given.text('key') ?? (await readSecretInput(io, given.text('key-file'), `API key for ${url}: `)),
    );
    const api = createClient({ url, key, timeoutMs: timeoutMs(given) }, io);
    const self = await api.get('/api-keys/self').catch((error: unknown) => {
      if (error instanceof ApiFailure && error.refusal.status === 404) return undefined;
      throw error;
    });
    const path = credentialsPath(io);
    const name = given.text('profile') ?? (io.env.PORTOLAN_PROFILE || DEFAULT_PROFILE);
    writeProfiles(path, new Map([...readProfiles(path), [name, { url, key, workspace: given.text('workspace') }]]));
    return say(`Logged in to ${url} with ${selfSentence(self)}, as profile "${name}".`, {
      url,
      profile: name,
      key: self ?? null,
    });
  },
};

export const logout: Command = {
  words: ['logout'],
  text: 'Forgets a kept key. The key itself goes on working: "keys revoke" ends it.',
  flags: [{ name: 'all', text: 'Forgets every profile.' }],
  async run({ io }, given) {
    const path = credentialsPath(io);
    const profiles = new Map(readProfiles(path));
    const name = given.text('profile') ?? (io.env.PORTOLAN_PROFILE || DEFAULT_PROFILE);
    if (given.has('all')) profiles.clear();
    else if (!profiles.delete(name)) throw new Refused(`There is no profile "${name}".`);
    writeProfiles(path, profiles);
    return say(given.has('all') ? 'All profiles are forgotten.' : `Profile "${name}" is forgotten.`, { profile: name });
  },
};

export const whoami: Command = {
  words: ['whoami'],
  text: 'Says which key commands are made with.',
  async run({ api }) {
    const self = await api().get('/api-keys/self');
    const scopes = Array.isArray(self.scopes) ? self.scopes.length : 0;
    const ends = textOf(self, 'expires_at');
    return say(
      `You use ${selfSentence(self)}: ${textOf(self, 'status')}, ${scopes} scopes${ends === '' ? '' : `, until ${ends}`}.`,
      self,
    );
  },
};

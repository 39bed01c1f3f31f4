import type { ResolveCredentialResponse } from '@portolan/proto';
import { PlatformError } from '@portolan/service-kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StoredCredential } from '../ports/credentials.ts';
import type { VirtualKey } from '../ports/virtual-keys.ts';
import { createCredentialCache } from './cache.ts';

const KEY: VirtualKey = {
  id: 'vk-1',
  slug: 'one',
  provider: 'openai',
  organizationId: 'o',
  workspaceId: 'w',
  credentialId: 'c-1',
  status: 'active',
  expiresAtMs: undefined,
  models: undefined,
  deniedModels: new Set(),
};

const MINUTE = 60_000;
const FRESH = 5 * MINUTE;
const USABLE = 24 * 60 * MINUTE;

const answer = (secret: string, generation = 1): ResolveCredentialResponse => ({
  credentialId: 'c-1',
  provider: 'openai',
  settingsJson: '{}',
  secrets: [{ field: 'key', value: Buffer.from(secret) }],
  allowedHosts: ['api.openai.com'],
  generation,
  version: generation,
  freshFor: { seconds: FRESH / 1_000, nanos: 0 },
  usableFor: { seconds: USABLE / 1_000, nanos: 0 },
});

/** A cache whose questions are answered when the test says so. */
const world = () => {
  let nowMs = 0;
  const questions: {
    answer(given: ResolveCredentialResponse): void;
    fail(type?: 'connection_error' | 'not_found'): void;
  }[] = [];
  const clock = { wallMs: () => 1_700_000_000_000 + nowMs, monotonicMs: () => nowMs };
  const cache = createCredentialCache({
    clock,
    onChange: () => undefined,
    resolve: () =>
      new Promise((resolve, reject) => {
        questions.push({
          answer: resolve,
          fail: (type = 'connection_error') => reject(new PlatformError(type, { public: 'no' })),
        });
      }),
  });
  return {
    cache,
    questions,
    /** Lets time pass, and the sweeps that fall into it. */
    pass(ms: number) {
      nowMs += ms;
      vi.advanceTimersByTime(ms);
    },
  };
};

const turn = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

const secretOf = async (given: StoredCredential | Promise<StoredCredential>) => (await given).key?.reveal();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A cache that holds the answer `first`. */
const warm = async () => {
  const made = world();
  const first = answer('first');
  const asked = made.cache.of(KEY);
  made.questions[0]?.answer(first);
  expect(await secretOf(asked)).toBe('first');
  return { ...made, first };
};

describe('a credential in memory', () => {
  it('is given at once, without a promise and without a question', async () => {
    const { cache, questions, pass } = await warm();
    pass(3 * MINUTE);
    expect(cache.of(KEY)).not.toBeInstanceOf(Promise);
    expect(questions).toHaveLength(1);
  });

  it('is asked for anew in the background before it ends', async () => {
    const { cache, questions, pass } = await warm();
    pass(4.5 * MINUTE);
    expect(await secretOf(cache.of(KEY))).toBe('first');
    expect(questions).toHaveLength(2);
    questions[1]?.answer(answer('second'));
    await vi.waitFor(async () => expect(await secretOf(cache.of(KEY))).toBe('second'));
  });

  it('that is not fresh any more is asked for first', async () => {
    const { cache, questions, pass } = await warm();
    pass(FRESH);
    const asked = cache.of(KEY);
    expect(asked).toBeInstanceOf(Promise);
    questions[1]?.answer(answer('second'));
    expect(await secretOf(asked)).toBe('second');
  });

  it('serves while the vault cannot be reached, until it may not be used any longer', async () => {
    const { cache, questions, pass } = await warm();
    pass(FRESH);
    const asked = cache.of(KEY);
    questions[1]?.fail();
    expect(await secretOf(asked)).toBe('first');
    pass(USABLE - FRESH - 1);
    expect(cache.of(KEY)).not.toBeInstanceOf(Promise);
    questions.at(-1)?.fail();
    await turn();
    pass(1);
    const last = cache.of(KEY);
    questions.at(-1)?.fail();
    await expect(secretOf(last)).rejects.toMatchObject({ type: 'vault_unavailable' });
  });

  it('that nobody uses is erased within a sweep of ten minutes', async () => {
    const { first, pass } = await warm();
    pass(10 * MINUTE);
    expect(first.secrets[0]?.value.toString()).toBe('first');
    pass(2 * MINUTE);
    expect(first.secrets[0]?.value.every((byte) => byte === 0)).toBe(true);
  });

  it('that nobody uses is spared while the vault cannot be reached, but not beyond its time', async () => {
    const { cache, questions, first, pass } = await warm();
    pass(FRESH);
    const asked = cache.of(KEY);
    questions[1]?.fail();
    await asked;
    pass(60 * MINUTE);
    expect(first.secrets[0]?.value.toString()).toBe('first');
    pass(USABLE);
    expect(first.secrets[0]?.value.every((byte) => byte === 0)).toBe(true);
  });

  it('that was replaced is erased once no call can have it in its hands', async () => {
    const { cache, questions, first, pass } = await warm();
    pass(FRESH);
    const asked = cache.of(KEY);
    questions[1]?.answer(answer('second'));
    await asked;
    expect(first.secrets[0]?.value.toString()).toBe('first');
    pass(4 * MINUTE);
    expect(first.secrets[0]?.value.every((byte) => byte === 0)).toBe(true);
    expect(await secretOf(cache.of(KEY))).toBe('second');
  });

  it('of a handle that was given another credential is another question', async () => {
    const { cache, questions } = await warm();
    const asked = cache.of({ ...KEY, credentialId: 'c-2' });
    questions[1]?.answer({ ...answer('other'), credentialId: 'c-2' });
    expect(await secretOf(asked)).toBe('other');
  });

  it('is erased when everything ends', async () => {
    const { cache, first } = await warm();
    cache.close();
    expect(first.secrets[0]?.value.every((byte) => byte === 0)).toBe(true);
  });
});

describe('what the vault tells', () => {
  it('a revocation erases at once, and nothing that was asked before it is believed', async () => {
    const { cache, questions, first, pass } = await warm();
    pass(FRESH);
    const asked = cache.of(KEY);
    cache.hear('c-1', { generation: 2, status: 'revoked' });
    expect(first.secrets[0]?.value.every((byte) => byte === 0)).toBe(true);
    questions[1]?.answer(answer('first', 1));
    await expect(secretOf(asked)).rejects.toMatchObject({ type: 'invalid_provider_slug' });
  });

  it('an answer that is older than what was heard is asked for again', async () => {
    const { cache, questions } = world();
    const asked = cache.of(KEY);
    cache.hear('c-1', { generation: 2, status: 'active' });
    questions[0]?.answer(answer('old', 1));
    await vi.waitFor(() => expect(questions).toHaveLength(2));
    questions[1]?.answer(answer('new', 2));
    expect(await secretOf(asked)).toBe('new');
  });

  it('a vault that keeps answering with less than it has told is out of order, and nobody is blamed', async () => {
    const { cache, questions } = world();
    const asked = cache.of(KEY);
    cache.hear('c-1', { generation: 9, status: 'active' });
    for (let asks = 0; asks < 3; asks += 1) {
      await vi.waitFor(() => expect(questions).toHaveLength(asks + 1));
      questions[asks]?.answer(answer('old', 1));
    }
    await expect(secretOf(asked)).rejects.toMatchObject({ type: 'vault_unavailable' });
  });

  it('a credential that is gone is gone, also when it was usable', async () => {
    const { cache, questions, pass } = await warm();
    pass(FRESH);
    const asked = cache.of(KEY);
    questions[1]?.fail('not_found');
    await expect(secretOf(asked)).rejects.toMatchObject({ type: 'invalid_provider_slug' });
    const again = cache.of(KEY);
    questions[2]?.fail('connection_error');
    await expect(secretOf(again)).rejects.toMatchObject({ type: 'vault_unavailable' });
  });

  it('in doubt everything is asked again, and serves if nobody answers', async () => {
    const { cache, questions } = await warm();
    cache.doubtAll();
    const asked = cache.of(KEY);
    expect(asked).toBeInstanceOf(Promise);
    questions[1]?.fail();
    expect(await secretOf(asked)).toBe('first');
  });
});

describe('what was written down', () => {
  it('is taken up as old as it is, and asked for first', async () => {
    const { cache, questions } = world();
    const kept = (ageMs: number) => [
      { virtualKeyId: 'vk-1', resolvedAtMs: 1_700_000_000_000 - ageMs, answer: answer('kept') },
    ];
    cache.takeUp(kept(USABLE));
    expect(cache.kept()).toEqual([]);
    cache.takeUp(kept(USABLE - 1));
    const asked = cache.of(KEY);
    questions[0]?.fail();
    expect(await secretOf(asked)).toBe('kept');
  });
});

it('an answer shows nothing of its secret to whoever prints it', async () => {
  const { cache } = await warm();
  const held = await cache.of(KEY);
  for (const print of [JSON.stringify(held), String(held), `${JSON.stringify(held.key)}`])
    expect(print).not.toContain('first');
});

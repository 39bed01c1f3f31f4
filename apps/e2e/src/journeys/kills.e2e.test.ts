import process from 'node:process';
import { type StandIn, startStandIn, until } from '@portolan/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, type Json } from '../set-up/json.ts';
import { type Managed, manage } from '../set-up/manage.ts';
import { type Platform, startPlatform } from '../set-up/platform.ts';
import { killService, SERVICES } from '../set-up/processes.ts';
import { rawChat } from '../set-up/raw.ts';

/** Of each service. Pauses grow with each end in a row, so that more take minutes; the eighth in a row would be the last. */
const KILLS = Number(process.env.TEST_KILLS ?? '2');
const LONGEST_MS = 120_000 + KILLS * 60_000;
const SETTLED_WITHIN_MS = 60_000;

let platform: Platform;
let standIn: StandIn;
beforeAll(async () => {
  [platform, standIn] = await Promise.all([startPlatform(), startStandIn('openai')]);
});
afterAll(async () => {
  await Promise.all([platform?.stop(), standIn?.close()]);
});

/** Something that is made again and again, each time with a content that its number says. */
interface Kind {
  readonly path: string;
  body(number: number): object;
  /** That what was made is there, whole, and works. `made` is the answer that acknowledged it. */
  check(number: number, made: Json): Promise<void>;
}

const configOf = (number: number) => ({
  provider: 'openai',
  api_key: `sk-config-${number}`,
  custom_host: standIn.url,
  override_params: { model: 'gpt-4o', user: `killed-${number}` },
});
const keyOfLast = () => standIn.requests.at(-1)?.headers.authorization;

const KINDS: readonly Kind[] = [
  {
    path: '/configs',
    body: (number) => ({ name: `killed-${number}`, config: configOf(number) }),
    async check(number, made) {
      const slug = String(at(made, 'slug'));
      const { status, body } = await manage(platform, 'GET', `/configs/${slug}`);
      expect([status, at(body, 'name')]).toEqual([200, `killed-${number}`]);
      expect((await rawChat(platform, slug)).status).toBe(200);
      expect(at(standIn.requests.at(-1)?.body, 'user')).toBe(`killed-${number}`);
    },
  },
  {
    path: '/virtual-keys',
    body: (number) => ({
      name: `killed-${number}`,
      slug: `killed-${number}`,
      provider: 'openai',
      key: `sk-virtual-${number}`,
      custom_host: standIn.url,
    }),
    async check(number) {
      const { status, body } = await manage(platform, 'GET', `/virtual-keys/killed-${number}`);
      expect([status, at(body, 'ai_provider_name')]).toEqual([200, 'openai']);
      const headers = { 'x-portkey-virtual-key': `killed-${number}` };
      expect((await rawChat(platform, undefined, headers)).status).toBe(200);
      expect(keyOfLast()).toBe(`Bearer sk-virtual-${number}`);
    },
  },
  {
    path: '/api-keys/workspace/service',
    body: (number) => ({ name: `killed-${number}`, scopes: ['configs.list'] }),
    async check(number, made) {
      const { body } = await manage(platform, 'GET', `/api-keys/${at(made, 'id')}`);
      expect(at(body, 'name')).toBe(`killed-${number}`);
      const own = { apiUrl: platform.apiUrl, apiKey: String(at(made, 'key')) };
      expect((await manage(own, 'GET', '/configs')).status).toBe(200);
    },
  },
];

interface Acknowledged {
  readonly kind: Kind;
  readonly number: number;
  readonly body: Json;
}

/** Makes one after another until told to stop, and notes those that were acknowledged. */
const keepMaking = async (kind: Kind, acknowledged: Acknowledged[], isOver: () => boolean): Promise<void> => {
  for (let number = 0; !isOver(); number += 1) {
    const answer: Managed | undefined = await manage(platform, 'POST', kind.path, kind.body(number)).catch(
      () => undefined,
    );
    if (answer?.status === 200) acknowledged.push({ kind, number, body: answer.body });
  }
};

describe('services that are killed in turn while things are made', () => {
  it(`lose nothing that was acknowledged, in ${KILLS * SERVICES.length} kills`, { timeout: LONGEST_MS }, async () => {
    const acknowledged: Acknowledged[] = [];
    let isOver = false;
    const making = KINDS.map((kind) => keepMaking(kind, acknowledged, () => isOver));
    const countOf = (kind: Kind) => acknowledged.filter((one) => one.kind === kind).length;
    /** Some of every kind have been acknowledged since, so that the next kill falls into work again. */
    const untilMoreAreMade = (before: readonly number[]) =>
      until(async () => KINDS.every((kind, at) => countOf(kind) > (before[at] ?? 0) + 1) || undefined, {
        timeoutMs: SETTLED_WITHIN_MS,
        what: 'more of every kind',
      });
    try {
      for (let round = 0; round < KILLS; round += 1) {
        for (const service of SERVICES) {
          await untilMoreAreMade(KINDS.map(countOf));
          await killService(platform.pid, service);
        }
      }
      await untilMoreAreMade(KINDS.map(countOf));
    } finally {
      isOver = true;
    }
    await Promise.all(making);
    await until(async () => (await isWell()) || undefined, {
      timeoutMs: SETTLED_WITHIN_MS,
      what: 'a platform where everything works',
    });
    for (const { kind, number, body } of acknowledged) await kind.check(number, body);
    await expectNothingHalf();
  });
});

/** A virtual key is made and serves: vault, control plane and gateway all do what they are for. */
let probes = 0;
const isWell = async (): Promise<boolean> => {
  probes += 1;
  const slug = `probe-${probes}`;
  const fields = { name: slug, slug, provider: 'openai', key: 'sk-probe', custom_host: standIn.url };
  const made = await manage(platform, 'POST', '/virtual-keys', fields).catch(() => undefined);
  if (made?.status !== 200) return false;
  const answer = await rawChat(platform, undefined, { 'x-portkey-virtual-key': slug }).catch(() => undefined);
  return answer?.status === 200;
};

/** Whatever is listed can be read and used, acknowledged or not. */
const expectNothingHalf = async (): Promise<void> => {
  for (let page = 0; ; page += 1) {
    const { body } = await manage(platform, 'GET', `/virtual-keys?page_size=100&current_page=${page}`);
    const listed = at(body, 'data');
    if (!Array.isArray(listed) || listed.length === 0) return;
    for (const one of listed) {
      const headers = { 'x-portkey-virtual-key': String(at(one, 'slug')) };
      const { status } = await rawChat(platform, undefined, headers);
      expect(status, String(at(one, 'slug'))).toBe(200);
    }
  }
};

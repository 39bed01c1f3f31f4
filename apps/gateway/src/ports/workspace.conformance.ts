import { parseReference } from '@portolan/prompt-template';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Workspace } from './workspace.ts';

/** What is saved in a workspace under test. */
export interface SavedThings {
  readonly configs: Readonly<Record<string, object>>;
  /** Slug to provider. */
  readonly virtualKeys: Readonly<Record<string, string>>;
}

export interface MadeWorkspace {
  readonly workspace: Workspace;
  close(): Promise<void>;
}

const SAVED: SavedThings = {
  configs: {
    'pc-one': { virtual_key: 'a' },
    'pc-two': { strategy: { mode: 'fallback' }, targets: [{ virtual_key: 'b' }] },
  },
  virtualKeys: { a: 'openai', b: 'anthropic' },
};

/** What every workspace promises, wherever it is kept. */
export const workspaceConformance = (make: (saved: SavedThings) => Promise<MadeWorkspace>): void => {
  describe('a workspace', () => {
    let made: MadeWorkspace;
    beforeAll(async () => {
      made = await make(SAVED);
    });
    afterAll(() => made.close());

    it('gives a saved config with its version, ready to route by, the very same each time', () => {
      const found = made.workspace.config('pc-one');
      expect(found).toMatchObject({ slug: 'pc-one', route: { kind: 'leaf', target: { slug: 'a' } } });
      expect(found?.version).toBeTruthy();
      expect(made.workspace.config('pc-one')?.route).toBe(found?.route);
      expect(made.workspace.config('pc-two')?.version).not.toBe(found?.version);
    });

    it('gives its virtual keys, one by one and all together, without anything secret', () => {
      const [a, b] = [made.workspace.virtualKey('a'), made.workspace.virtualKey('b')];
      expect([a?.provider, b?.provider]).toEqual(['openai', 'anthropic']);
      expect(a).toMatchObject({ slug: 'a', status: 'active', models: undefined, expiresAtMs: undefined });
      expect(
        made.workspace
          .virtualKeys()
          .map(({ slug }) => slug)
          .sort(),
      ).toEqual(['a', 'b']);
    });

    it('has nothing that was not saved, whatever the name', () => {
      for (const name of ['', 'pc-none', 'toString', '__proto__', 'constructor']) {
        expect(made.workspace.config(name)).toBeUndefined();
        expect(made.workspace.virtualKey(name)).toBeUndefined();
      }
      const reference = parseReference('pp-none');
      if (reference === undefined) throw new Error('this is a reference');
      expect(made.workspace.prompt(reference)).toBeUndefined();
      expect(made.workspace.partial(reference)).toBeUndefined();
    });

    it('after a miss there is either nothing newer, or something that does not have it either', async () => {
      expect((await made.workspace.newer('pc-none'))?.config('pc-none')).toBeUndefined();
    });

    it('can always be had as it is now', async () => {
      expect((await made.workspace.refreshed()).config('pc-one')).toMatchObject({ slug: 'pc-one' });
    });
  });
};

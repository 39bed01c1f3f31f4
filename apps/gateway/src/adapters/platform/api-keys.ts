import { isApiKey } from '@portolan/api-key';
import { type Clock, PlatformError } from '@portolan/service-kit';
import { isToken } from '@portolan/token-auth';
import type { ApiKey, ApiKeys } from '../../ports/api-keys.ts';
import type { SnapshotView } from '../../snapshot/view.ts';
import { callerOf, factsOfKey, refusalOfKey } from './caller.ts';
import type { HeldPeppers } from './peppers.ts';
import type { TokenCallers } from './tokens.ts';
import type { WorkspaceDeps } from './workspace.ts';

export interface PlatformKeysDeps extends WorkspaceDeps {
  readonly peppers: HeldPeppers;
  readonly tokens: TokenCallers;
  readonly clock: Pick<Clock, 'wallMs'>;
}

type Entry = NonNullable<ReturnType<SnapshotView['apiKey']>>;

const nothingHeard = (type: 'control_plane_unavailable' | 'vault_unavailable', who: string): PlatformError =>
  new PlatformError(type, { public: `${who} has not been heard of since this gateway started` });

/** API keys by their digest, and tokens in their place. */
export const platformApiKeys = (deps: PlatformKeysDeps): ApiKeys => {
  const { peppers, tokens, clock, catchUp } = deps;
  // A caller is worked out once for each view: an organization or workspace may change without its keys.
  const callers = new WeakMap<Entry, { readonly view: SnapshotView; readonly caller: ApiKey }>();

  const callerIn = (view: SnapshotView, entry: Entry): ApiKey => {
    const known = callers.get(entry);
    if (known?.view === view) return known.caller;
    const caller = callerOf(factsOfKey(entry.apiKey), view, deps);
    callers.set(entry, { view, caller });
    return caller;
  };

  const lookUp = (view: SnapshotView, digests: readonly string[]): ApiKey | undefined => {
    for (const digest of digests) {
      const entry = view.apiKey(digest);
      if (entry === undefined) continue;
      const refusal = refusalOfKey(entry.apiKey, entry.secret, clock.wallMs());
      if (refusal === 'unknown') return undefined;
      if (refusal !== undefined) throw refusal;
      return callerIn(view, entry);
    }
    return undefined;
  };

  const lookAgain = async (digests: readonly string[], seen: SnapshotView): Promise<ApiKey | undefined> =>
    (await catchUp.after(digests[0] ?? '', seen)) ? lookUp(deps.view(), digests) : undefined;

  return {
    find(key) {
      const view = deps.view();
      // Before anything was heard, nobody can be told that there is no such key.
      if (view.revision === 0) throw nothingHeard('control_plane_unavailable', 'The control plane');
      if (isToken(key)) return tokens.find(key);
      if (!peppers.known) throw nothingHeard('vault_unavailable', 'The vault');
      const digests = peppers.digests(key);
      const found = lookUp(view, digests);
      // Nobody can have issued a key whose checksum is wrong; keys from elsewhere have none, and are there before they are used.
      return found !== undefined || !isApiKey(key) ? found : lookAgain(digests, view);
    },
    get ready() {
      return peppers.known && deps.view().revision > 0;
    },
  };
};

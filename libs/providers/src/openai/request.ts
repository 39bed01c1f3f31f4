import { isObject, type JsonObject } from '../spec/json.ts';
import type { CallContext, UpstreamRequest } from '../spec/provider.ts';
import { BodyEdit } from './body-edit.ts';
import { MARKERS, type Marker, removeMarkers, TOP_LEVEL_EXTENSIONS } from './extensions.ts';
import { familyOf } from './model-family.ts';
import { applyModelRules } from './model-rules.ts';

/** A custom host may well understand reasoning in a history; OpenAI itself refuses it. */
const CUSTOM_HOST_MARKERS: readonly Marker[] = MARKERS.filter((marker) => marker !== 'reasoning_content');

/**
 * Forwards a body as it came: unknown parameters and nulls included, so that new ones work the day they appear.
 * Out go the gateway's own extensions, in goes `include_usage` for a stream, since without it no cost is known.
 * A plain call needs none of it and leaves as the very same object, after one look at each key and message:
 * a few microseconds.
 *
 * Under a custom host top-level parameters of other providers stay: they may be meant for that very host.
 */
export const relayRequest =
  (path: string, options: { readonly isChat: boolean }) =>
  (body: JsonObject, ctx: CallContext): UpstreamRequest => {
    const isCustomHost = ctx.options.customHost !== undefined;
    const edit = new BodyEdit(body);
    for (const name in body) {
      if (body[name] === 'portkey-default') edit.remove(name);
      else if (!isCustomHost && TOP_LEVEL_EXTENSIONS.has(name)) edit.drop(name, 'not a parameter of OpenAI');
    }
    if (options.isChat) {
      removeMarkers(edit, isCustomHost ? CUSTOM_HOST_MARKERS : MARKERS);
      if (ctx.options.settings.drop_unsupported_params === 'true' && !(isCustomHost && isOwnModel(body))) {
        applyModelRules(edit);
      }
    }
    if (body.stream === true) askForUsage(edit);
    return { path, body: edit.body, notices: edit.notices };
  };

const isOwnModel = ({ model }: JsonObject): boolean => typeof model === 'string' && !familyOf(model).isKnown;

/** Makes the provider report usage at the end of the stream; other stream options stay. */
export const askForUsage = (edit: BodyEdit): void => {
  const options = edit.get('stream_options');
  if (!isObject(options)) edit.set('stream_options', { include_usage: true });
  else if (options.include_usage !== true) edit.set('stream_options', { ...options, include_usage: true });
};

import { blockDelta, textDelta, toolArgumentsDelta, toolOpeningDelta } from '../chat/chunks.ts';
import { parseEventObject } from '../chat/parse-event.ts';
import { isObject, type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';
import type { CallerForm } from './caller-form.ts';
import { customInput } from './response.ts';

/** A content block between its start and its stop. */
interface OpenBlock {
  readonly kind: 'tool' | 'custom-tool' | 'json' | 'other';
  /** Of a call: its number among the calls. */
  readonly call: number;
  /** Some of the input has come. */
  hasInput: boolean;
  /** What has come of a free-text input, which can only be read whole. */
  pending: string;
}

/** Bounds on what one answer may leave open; nothing in the field comes near. */
const MAX_OPEN_BLOCKS = 1024;
const MAX_PENDING_CHARS = 4 * 1024 * 1024;

/** The deltas that a block event makes; undefined for an event that cannot be read. */
type Deltas = readonly JsonObject[] | undefined;

/** The content blocks of one answer as they come and go. */
export interface OpenBlocks {
  start(event: JsonObject): Deltas;
  delta(event: JsonObject): Deltas;
  stop(event: JsonObject): Deltas;
  /** Calls for the caller seen so far. */
  readonly calls: number;
  /** The answer itself came by way of a tool. */
  readonly jsonTool: boolean;
}

export const openBlocks = (form: CallerForm, strict: boolean): OpenBlocks => {
  const open = new Map<number, OpenBlock>();
  let calls = 0;
  let jsonTool = false;
  const typed = (index: number, delta: JsonObject): readonly JsonObject[] => (strict ? [] : [blockDelta(index, delta)]);
  const textual = (index: number, text: string): readonly JsonObject[] =>
    text === '' ? [] : [textDelta(text, strict ? undefined : index)];

  const startUse = (index: number, block: JsonObject): Deltas => {
    const id = stringAt(block, 'id');
    const name = stringAt(block, 'name');
    if (id === undefined || name === undefined) return undefined;
    const whole = isObject(block.input) && Object.keys(block.input).length > 0 ? block.input : undefined;
    const state = { call: calls, hasInput: whole !== undefined, pending: '' };
    if (form.isJsonTool(name)) {
      jsonTool = true;
      open.set(index, { kind: 'json', ...state });
      return whole === undefined ? [] : [textDelta(JSON.stringify(whole))];
    }
    calls += 1;
    if (form.isCustomTool(name)) {
      open.set(index, { kind: 'custom-tool', ...state, pending: whole === undefined ? '' : JSON.stringify(whole) });
      return [{ tool_calls: [{ index: state.call, id, type: 'custom', custom: { name, input: '' } }] }];
    }
    open.set(index, { kind: 'tool', ...state });
    const opening = toolOpeningDelta(state.call, id, name);
    return whole === undefined ? [opening] : [opening, toolArgumentsDelta(state.call, JSON.stringify(whole))];
  };

  const input = (block: OpenBlock, fragment: string): Deltas => {
    if (fragment === '' || block.kind === 'other') return [];
    block.hasInput = true;
    if (block.kind === 'json') return [textDelta(fragment)];
    if (block.kind === 'tool') return [toolArgumentsDelta(block.call, fragment)];
    block.pending += fragment;
    return block.pending.length > MAX_PENDING_CHARS ? undefined : [];
  };

  return {
    start(event) {
      const index = numberAt(event, 'index');
      const block = objectAt(event, 'content_block');
      if (index === undefined || block === undefined || open.size >= MAX_OPEN_BLOCKS) return undefined;
      if (block.type === 'tool_use') return startUse(index, block);
      open.set(index, { kind: 'other', call: 0, hasInput: false, pending: '' });
      if (block.type === 'text') return textual(index, stringAt(block, 'text') ?? '');
      const { type, ...rest } = block;
      if (type !== 'thinking') return typed(index, rest);
      return ['thinking', 'signature'].flatMap((part) => {
        const begun = stringAt(block, part) ?? '';
        return begun === '' ? [] : typed(index, { [part]: begun });
      });
    },
    delta(event) {
      const index = numberAt(event, 'index');
      const delta = objectAt(event, 'delta');
      if (index === undefined || delta === undefined) return undefined;
      const text = (key: string): string | undefined => stringAt(delta, key);
      switch (delta.type) {
        case 'text_delta': {
          const piece = text('text');
          return piece === undefined ? undefined : textual(index, piece);
        }
        case 'input_json_delta': {
          const block = open.get(index);
          const fragment = text('partial_json');
          return block === undefined || fragment === undefined ? undefined : input(block, fragment);
        }
        case 'thinking_delta':
          return typed(index, { thinking: text('thinking') ?? '' });
        case 'signature_delta':
          return typed(index, { signature: text('signature') ?? '' });
        case 'citations_delta':
          return typed(index, { citation: delta.citation });
        default:
          return [];
      }
    },
    stop(event) {
      const index = numberAt(event, 'index');
      if (index === undefined) return undefined;
      const block = open.get(index);
      open.delete(index);
      if (block?.kind === 'custom-tool') {
        const text = customInput(parseEventObject(block.pending === '' ? '{}' : block.pending) ?? block.pending);
        return [{ tool_calls: [{ index: block.call, custom: { input: text } }] }];
      }
      if (block === undefined || block.hasInput) return [];
      if (block.kind === 'json') return [textDelta('{}')];
      return block.kind === 'tool' ? [toolArgumentsDelta(block.call, '{}')] : [];
    },
    get calls() {
      return calls;
    },
    get jsonTool() {
      return jsonTool;
    },
  };
};
